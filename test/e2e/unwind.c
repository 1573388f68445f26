/*
 * Says its own stack, as the compiler's library unwinds it, and then makes a system call, where a tracer can
 * find the same: at the end of chains of all kinds. Built without frame pointers.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>
#include <unwind.h>

enum { FRAMES = 400 };

int deep(int, const char *);
int variable(int, const char *);
int aligned(int, const char *);
int through_pointer(int (*)(int, const char *), int, const char *);

static volatile int turn;

struct stack {
	void *at[FRAMES];
	int n;
};

static _Unwind_Reason_Code
add_frame(struct _Unwind_Context *context, void *arg)
{
	struct stack *s = arg;
	void *at = (void *)_Unwind_GetIP(context);

	if (s->n < FRAMES && at != NULL)
		s->at[s->n++] = at;
	return _URC_NO_REASON;
}

/* The frames but for the innermost, which is where this is. */
static __attribute__((noinline)) int
point(const char *what)
{
	struct stack s = { .n = 0 };
	Dl_info info;

	_Unwind_Backtrace(add_frame, &s);
	printf("at %s\n", what);
	for (int i = 1; i < s.n; i++) {
		const char *name;

		if (dladdr(s.at[i], &info) == 0)
			continue;
		name = strrchr(info.dli_fname, '/');
		printf("%s:0x%lx\n", name != NULL ? name + 1 : info.dli_fname,
		    (unsigned long)((char *)s.at[i] - (char *)info.dli_fbase));
	}
	fflush(stdout);
	return rmdir("/nowhere");
}

__attribute__((noinline)) int
deep(int n, const char *what)
{
	return (n == 0 ? point(what) : deep(n - 1, what)) + turn;
}

/* Its frame's size is known when it runs: it needs a frame pointer. */
__attribute__((noinline)) int
variable(int n, const char *what)
{
	char *p = alloca((size_t)n * 16 + 1);

	memset(p, n, (size_t)n * 16 + 1);
	return (n == 0 ? point(what) : variable(n - 1, what)) + p[n] + turn;
}

__attribute__((noinline)) int
aligned(int n, const char *what)
{
	char a[128] __attribute__((aligned(64)));

	memset(a, n, sizeof(a));
	__asm__ volatile("" : : "r"(a) : "memory");
	return (n == 0 ? variable(2, what) : aligned(n - 1, what)) + a[turn & 63];
}

__attribute__((noinline)) int
through_pointer(int (*fn)(int, const char *), int n, const char *what)
{
	return fn(n, what) + turn;
}

static int
compare(const void *a, const void *b)
{
	if (turn++ == 0)
		deep(2, "a callback of the library");
	return *(const int *)a - *(const int *)b;
}

static void
on_signal(int sig)
{
	char what[32];

	snprintf(what, sizeof(what), "the handler of signal %d", sig);
	deep(1, what);
}

static void *
thread(void *arg)
{
	(void)arg;
	aligned(1, "a thread");
	return NULL;
}

/* Signals that interrupt code anywhere, also where a function begins and ends. */
static volatile sig_atomic_t interrupts;

static void
on_timer(int sig)
{
	(void)sig;
	interrupts++;
	point("an interrupted place");
}

static unsigned
hash(const char *s, unsigned h)
{
	while (*s != '\0')
		h = h * 31 + (unsigned char)*s++;
	return h;
}

static void
be_interrupted(int times)
{
	const struct itimerval each = { { 0, 3000 }, { 0, 3000 } }, never = { { 0, 0 }, { 0, 0 } };
	unsigned h = 0;
	char text[64];

	signal(SIGALRM, on_timer);
	setitimer(ITIMER_REAL, &each, NULL);
	while (interrupts < times) {
		snprintf(text, sizeof(text), "%u %x", h, h);
		h = hash(text, h) + (unsigned)strlen(text);
	}
	setitimer(ITIMER_REAL, &never, NULL);
}

int
main(int argc, char **argv)
{
	static char stack[1 << 16];
	const stack_t other = { .ss_sp = stack, .ss_size = sizeof(stack) };
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_ONSTACK };
	int v[] = { 3, 1, 2 };
	pthread_t t;

	puts("ready");
	fflush(stdout);
	getchar();
	for (int n = 0; n <= 100; n = n * 3 + 1)
		deep(n, "a recursion");
	deep(300, "a deep recursion");
	variable(5, "frames of variable size");
	aligned(3, "aligned frames");
	through_pointer(deep, 2, "a pointer to a function");
	qsort(v, 3, sizeof(v[0]), compare);
	signal(SIGUSR1, on_signal);
	raise(SIGUSR1);
	sigaltstack(&other, NULL);
	sigaction(SIGUSR2, &action, NULL);
	raise(SIGUSR2);
	pthread_create(&t, NULL, thread, NULL);
	pthread_join(t, NULL);
	be_interrupted(argc > 1 ? atoi(argv[1]) : 20);
	puts("end");
	return 0;
}
