/*
 * processes: a child that ends with 3; one that is killed by SIGKILL; one that runs /bin/true, after
 * /nonexistent; a thread; a SIGUSR1 to itself that is handled, and a SIGWINCH that is ignored; a
 * sched_yield().
 */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void
on_signal(int sig)
{
	(void)sig;
}

static void *
in_thread(void *arg)
{
	return arg;
}

/* The name is read before the call, so that its page is in memory when the call begins. */
static void
run(const char *name)
{
	const volatile char *first = name;

	if (*first != '\0')
		execl(name, name, NULL);
}

static void
child(int kind)
{
	switch (kind) {
	case 0:
		_exit(3);
	case 1:
		raise(SIGKILL);
		break;
	case 2:
		run("/nonexistent");
		run("/bin/true");
		break;
	}
	abort();
}

int
main(void)
{
	pthread_t thread;

	for (int kind = 0; kind < 3; kind++) {
		pid_t pid = fork();

		if (pid == 0)
			child(kind);
		waitpid(pid, NULL, 0);
	}
	pthread_create(&thread, NULL, in_thread, NULL);
	pthread_join(thread, NULL);
	signal(SIGUSR1, on_signal);
	raise(SIGUSR1);
	raise(SIGWINCH);
	sched_yield();
	return 0;
}
