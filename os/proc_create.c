/*
 * Starting a process and holding it (-c). It is traced with ptrace(2) from before its exec until
 * proc_continue(), so it dies if we do. A breakpoint at its entry point stops it when the
 * dynamic linker has mapped the libraries and run their initialisers.
 *
 *   parent                          child
 *   fork                            wait for a byte
 *   PTRACE_SEIZE, EXITKILL
 *   write the byte                  exec; on failure write errno
 *   stop at exec (or read errno);
 *   breakpoint; run
 *   stop at entry; take it away
 */
#include "os/proc.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/vec.h"

/* A breakpoint instruction, and where the pc is when it has been hit. */
#if defined(__x86_64__)
enum { BREAK_INSN = 0xcc, BREAK_MASK = 0xff, BREAK_PC_AFTER = 1 };
#define REGS_PC(r) ((r)->rip)
#elif defined(__aarch64__)
#define BREAK_INSN 0xd4200000ul
#define BREAK_MASK 0xfffffffful
enum { BREAK_PC_AFTER = 0 };
#define REGS_PC(r) ((r)->pc)
#else
#error "no breakpoint known for this machine"
#endif

static int __attribute__((format(printf, 4, 5)))
fail(int err, char *text, size_t bytes, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, bytes, fmt, ap);
	va_end(ap);
	return err;
}

static _Noreturn void
child_exec(int sock, char **argv)
{
	sigset_t none;
	char go;
	int err;

	/* What we block or ignore for ourselves is not the command's business. */
	signal(SIGPIPE, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (read(sock, &go, 1) == 1) {
		execvp(argv[0], argv);
		err = errno;
		if (write(sock, &err, sizeof(err)) < 0)
			_exit(126);
	}
	_exit(127);
}

/* Wait until the process stops. 0, or what waitpid() said: it has ended. */
static int
wait_stop(pid_t pid, int *status)
{
	pid_t got;

	do
		got = waitpid(pid, status, __WALL);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return -errno;
	return WIFSTOPPED(*status) ? 0 : -ESRCH;
}

static int
read_entry(pid_t pid, uint64_t *entry)
{
	_cleanup_file_ FILE *f = NULL;
	char name[64];
	Elf64_auxv_t av;

	snprintf(name, sizeof(name), "/proc/%d/auxv", pid);
	f = fopen(name, "re");
	if (f == NULL)
		return -errno;
	while (fread(&av, sizeof(av), 1, f) == 1) {
		if (av.a_type == AT_ENTRY) {
			*entry = av.a_un.a_val;
			return 0;
		}
	}
	return -ENOEXEC;	/* a 32-bit process: its table has another shape */
}

/* The signal to go on with after a stop: what is not an event of ptrace's own is the process's. */
static void *
signal_of(int status)
{
	return (void *)(uintptr_t)(status >> 16 == 0 ? WSTOPSIG(status) : 0);
}

static bool
is_exec_stop(int status)
{
	return status >> 8 == (SIGTRAP | PTRACE_EVENT_EXEC << 8);
}

/* Let it run to the breakpoint. -EAGAIN: it has executed another program first. */
static int
run_to(pid_t pid, uint64_t pc)
{
	struct user_regs_struct regs;
	struct iovec iov = { &regs, sizeof(regs) };
	void *sig = NULL;
	int err, status;

	for (;;) {
		if (ptrace(PTRACE_CONT, pid, NULL, sig) != 0)
			return -errno;
		err = wait_stop(pid, &status);
		if (err != 0)
			return err;
		if (is_exec_stop(status))
			return -EAGAIN;
		sig = signal_of(status);
		if ((uintptr_t)sig != SIGTRAP)
			continue;
		if (ptrace(PTRACE_GETREGSET, pid, (void *)NT_PRSTATUS, &iov) != 0)
			return -errno;
		if (REGS_PC(&regs) != pc + BREAK_PC_AFTER)
			continue;
		REGS_PC(&regs) = pc;
		return ptrace(PTRACE_SETREGSET, pid, (void *)NT_PRSTATUS, &iov) != 0 ? -errno : 0;
	}
}

/* requires: stopped at its exec. gives: stopped at its entry point, unchanged. A 32-bit process
 * stays where it is. */
static int
run_to_entry(pid_t pid)
{
	uint64_t entry = 0;
	long text;
	int err;

	do {
		err = read_entry(pid, &entry);
		if (err != 0)
			return err == -ENOEXEC ? 0 : err;
		errno = 0;
		text = ptrace(PTRACE_PEEKTEXT, pid, (void *)entry, NULL);
		if (errno != 0)
			return -errno;
		if (ptrace(PTRACE_POKETEXT, pid, (void *)entry,
		    (void *)(((unsigned long)text & ~(unsigned long)BREAK_MASK) | BREAK_INSN)) != 0)
			return -errno;
		err = run_to(pid, entry);
	} while (err == -EAGAIN);
	if (err != 0)
		return err;
	return ptrace(PTRACE_POKETEXT, pid, (void *)entry, (void *)text) != 0 ? -errno : 0;
}

/* Seize the child and let it exec. 0, a negative errno, or the errno of its exec. */
static int
seize(pid_t pid, int sock)
{
	int err, why, status;

	if (ptrace(PTRACE_SEIZE, pid, NULL, (void *)(PTRACE_O_EXITKILL | PTRACE_O_TRACEEXEC)) != 0)
		return -errno;
	if (write(sock, "", 1) != 1)
		return -errno;
	while ((err = wait_stop(pid, &status)) == 0 && !is_exec_stop(status))
		if (ptrace(PTRACE_CONT, pid, NULL, signal_of(status)) != 0)
			return -errno;
	if (err == -ESRCH && recv(sock, &why, sizeof(why), MSG_DONTWAIT) == sizeof(why))
		return why;
	return err;
}

static int
create(struct proc *p, char **argv, char *err, size_t err_bytes)
{
	int sock[2], e;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sock) != 0)
		return fail(-errno, err, err_bytes, "%s", strerror(errno));
	fflush(NULL);
	p->pid = fork();
	if (p->pid == 0) {
		close(sock[0]);
		child_exec(sock[1], argv);
	}
	e = p->pid < 0 ? errno : 0;
	close(sock[1]);
	if (p->pid < 0) {
		close(sock[0]);
		return fail(-e, err, err_bytes, "%s", strerror(e));
	}
	e = seize(p->pid, sock[0]);
	close(sock[0]);
	if (e > 0)
		return fail(-e, err, err_bytes, "%s", strerror(e));
	if (e == 0)
		e = run_to_entry(p->pid);
	if (e == -ESRCH)
		return fail(e, err, err_bytes, "the process ended before it began to run");
	if (e < 0)
		return fail(e, err, err_bytes, "the process could not be held: %s", strerror(-e));
	p->pidfd = (int)syscall(SYS_pidfd_open, p->pid, 0);
	return p->pidfd < 0 ? fail(-errno, err, err_bytes, "%s", strerror(errno)) : 0;
}

int
proc_create(struct proc *p, const char *command, char *err, size_t err_bytes)
{
	static const char blank[] = " \t\n\r\f\v";
	_cleanup_free_ char *copy = strdup(command);
	vec(char *) argv = {0};
	char *word, *rest = copy;
	int e;

	*p = (struct proc){ .pid = -1, .pidfd = -1 };
	while ((word = strsep(&rest, blank)) != NULL)
		if (*word != '\0')
			vec_push(&argv, word);
	if (argv.n == 0)
		return fail(-EINVAL, err, err_bytes, "the command is empty");
	vec_push(&argv, NULL);
	e = create(p, argv.v, err, err_bytes);
	vec_fini(&argv);
	if (e != 0) {
		if (p->pid > 0) {
			kill(p->pid, SIGKILL);
			waitpid(p->pid, NULL, __WALL);
		}
		*p = (struct proc){ .pid = -1, .pidfd = -1 };
		return e;
	}
	p->is_ours = true;
	p->is_held = true;
	return 0;
}

int
proc_continue(struct proc *p)
{
	if (!p->is_held)
		return 0;
	p->is_held = false;
	return ptrace(PTRACE_DETACH, p->pid, NULL, NULL) != 0 ? -errno : 0;
}
