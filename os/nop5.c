/*
 * A uprobe is a breakpoint: the kernel writes int3 over the first byte of an instruction. Linux
 * 6.18 and later do better for a 5-byte nop (0f 1f 44 00 00), which is what some probe macros
 * leave at a site: at the first hit it becomes a call into a trampoline, a page that the kernel
 * maps into the process within the reach of a call, and no trap is needed any more. When the
 * process forks, its child inherits the call but not the trampoline: it dies with SIGSEGV at the
 * next hit. A tracer that kills what it looks at is worse than a slow one, so that the kernel must
 * be kept from doing this.
 *
 * There is no flag to ask for that. But the kernel keeps one object for each place (inode and
 * offset) that is probed, shared by all tracers and processes, and when rewriting fails, because
 * no page is free within ±2 GiB of the instruction, it notes in this object that it must not be
 * tried again. So we let it fail once, where it hurts nobody:
 *
 *     helper process, forked from us
 *     ┌────────────── 2 GiB ─────────────┬──────────┬────────────── 2 GiB ─────────────┐
 *     │ reserved: nothing can be mapped  │ the file │ reserved: nothing can be mapped  │
 *     └──────────────────────────────────┴──────────┴──────────────────────────────────┘
 *     ┌──────────┐
 *     │ the file │  once more, with free pages around it
 *     └──────────┘
 *
 *  1. a link with a program that does nothing puts the breakpoint into the helper, and only there;
 *  2. the helper, under ptrace, runs the instruction in the crowded mapping: the kernel finds no
 *     room, gives up and marks the object;
 *  3. it runs it in the other mapping, where there is room: if the breakpoint is still there
 *     after that, the mark holds. That is the proof; without it the site is not pinned;
 *  4. the helper is killed. The link stays open as long as the site is traced, and keeps the
 *     object, with its mark.
 *
 * One step of the helper may run the instruction behind the nop too, of a file that we do not
 * know: with every register zero, and under PTRACE_SYSEMU, so that it makes no system call.
 *
 * What this leaves: the traced process is never touched. A site which another tracer had rewritten
 * before is a call already; uprobe.c looks for that.
 */
#include "os/nop5.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "os/bpf.h"

int
nop5_idle_prog(void)
{
	static const struct bpf_insn insn[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	return sysbpf_prog_load(&(struct sysbpf_prog){
		.type = BPF_PROG_TYPE_KPROBE,
		.expected_attach_type = SYSBPF_UPROBE_MULTI,
		.name = "idle",
		.insn = insn,
		.ninsn = 2,
	});
}

#if defined(__x86_64__)

#ifndef MFD_EXEC
#define MFD_EXEC 0x10U		/* Linux 6.3 */
#endif

enum { INT3 = 0xcc, SYSCALL_UPROBE = 336 };

/* A call reaches so far, and a page more. */
#define REACH ((uint64_t)(2ull << 30) + (1ull << 16))

static pid_t
wait_for(pid_t pid, int *status)
{
	pid_t r;
	do
		r = waitpid(pid, status, 0);
	while (r < 0 && errno == EINTR);
	return r;
}

/*
 * Rewritten probes need a system call of their own (uprobe, 336), which fails for everybody but
 * the kernel's trampoline; some kernels even send a signal, so that a child asks.
 */
bool
nop5_may_be_optimised(void)
{
	int status;
	pid_t pid = fork();
	if (pid == 0)
		_exit(syscall(SYSCALL_UPROBE) < 0 && errno == ENOSYS ? 0 : 1);
	if (pid < 0 || wait_for(pid, &status) < 0)
		return true;
	return !(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* In the child: run the probed function in the file, and tell by the exit status whether its
 * first byte is a breakpoint still. */
static void __attribute__((noreturn))
run_function(int fd)
{
	long page = sysconf(_SC_PAGESIZE);
	unsigned char *code = mmap(NULL, (size_t)page, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	if (code == MAP_FAILED)
		_exit(1);
	void (*fn)(void);
	memcpy(&fn, &code, sizeof(fn));
	fn();
	_exit(*(volatile unsigned char *)code == INT3 ? 0 : 1);
}

/* On a file of our own, which no other process can see, so that its probe may be for all. */
bool
nop5_is_optimised(void)
{
	static const unsigned char code[] = { 0x0f, 0x1f, 0x44, 0, 0, 0xc3 };
	static const uint64_t off = 0;
	if (!nop5_may_be_optimised())
		return false;
	_cleanup_fd_ int fd = memfd_create("nop5", MFD_CLOEXEC | MFD_EXEC);
	if (fd < 0)
		return true;
	if (write(fd, code, sizeof(code)) != sizeof(code))
		return true;
	_cleanup_fd_ int prog_fd = nop5_idle_prog();
	if (prog_fd < 0)
		return true;
	char path[64];
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	_cleanup_fd_ int link_fd = sysbpf_link_uprobe_multi(prog_fd,
	    &(struct sysbpf_uprobes){ .path = path, .off = &off, .n = 1 });
	if (link_fd < 0)
		return true;
	pid_t pid = fork();
	if (pid == 0)
		run_function(fd);
	int status;
	if (pid < 0 || wait_for(pid, &status) < 0)
		return true;
	return !(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* In the child: become traced, hold nothing, and wait to be moved. */
static void __attribute__((noreturn))
helper_main(void)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
		_exit(1);
	syscall(SYS_close_range, 0u, ~0u, 0u);
	setsid();		/* Ctrl-C is not for it */
	raise(SIGSTOP);
	_exit(1);
}

static int
helper_fork(struct nop5_helper *h)
{
	int status;

	h->pid = fork();
	if (h->pid == 0)
		helper_main();
	if (h->pid < 0)
		return -errno;
	struct user_regs_struct was;
	if (wait_for(h->pid, &status) < 0 || !WIFSTOPPED(status) ||
	    ptrace(PTRACE_GETREGS, h->pid, NULL, &was) < 0) {
		nop5_helper_end(h);
		return -EPERM;
	}
	h->idle = (struct user_regs_struct){
		.orig_rax = ~0ull, .eflags = 0x202,
		.cs = was.cs, .ss = was.ss, .fs_base = was.fs_base, .gs_base = was.gs_base,
	};
	return 0;
}

/* Mapped in ourselves first, so that the child has the same and needs not tell where. */
int
nop5_helper_start(struct nop5_helper *h, const char *path)
{
	*h = (struct nop5_helper){ .pid = -1 };
	_cleanup_fd_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (st.st_size <= 0)
		return -EINVAL;
	h->bytes = (uint64_t)st.st_size;

	uint64_t span = 2 * REACH + h->bytes;
	char *area = mmap(NULL, span, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
	    -1, 0);
	if (area == MAP_FAILED)
		return -errno;
	int err = 0;
	void *crowded = mmap(area + REACH, h->bytes, PROT_READ | PROT_EXEC,
	    MAP_PRIVATE | MAP_FIXED, fd, 0);
	void *roomy = mmap(NULL, h->bytes, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	if (crowded == MAP_FAILED || roomy == MAP_FAILED)
		err = -errno;
	h->crowded = (uintptr_t)crowded;
	h->roomy = (uintptr_t)roomy;
	if (err == 0)
		err = helper_fork(h);
	if (roomy != MAP_FAILED)
		munmap(roomy, h->bytes);
	munmap(area, span);
	return err;
}

static bool
is_breakpoint(const struct nop5_helper *h, uint64_t addr)
{
	errno = 0;
	long word = ptrace(PTRACE_PEEKTEXT, h->pid, (void *)addr, NULL);
	return errno == 0 && (word & 0xff) == INT3;
}

/* Run the instruction there, once. */
static bool
run(struct nop5_helper *h, uint64_t addr)
{
	struct user_regs_struct regs = h->idle;
	int status;

	regs.rip = addr;
	if (ptrace(PTRACE_SETREGS, h->pid, NULL, &regs) < 0 ||
	    ptrace(PTRACE_SYSEMU_SINGLESTEP, h->pid, NULL, NULL) < 0)
		return false;
	if (wait_for(h->pid, &status) < 0 || !WIFSTOPPED(status)) {
		h->pid = -1;
		return false;
	}
	if (WSTOPSIG(status) == SIGTRAP)
		return true;
	/* Either the instruction could not be fetched, or the one behind it failed. */
	return ptrace(PTRACE_GETREGS, h->pid, NULL, &regs) == 0 && regs.rip != addr;
}

bool
nop5_helper_pin(struct nop5_helper *h, uint64_t off)
{
	return h->pid > 0 && off < h->bytes && run(h, h->crowded + off) &&
	    run(h, h->roomy + off) && is_breakpoint(h, h->roomy + off);
}

void
nop5_helper_end(struct nop5_helper *h)
{
	int status;

	if (h->pid <= 0)
		return;
	kill(h->pid, SIGKILL);
	wait_for(h->pid, &status);
	h->pid = -1;
}

#else	/* only x86-64 rewrites */

bool
nop5_may_be_optimised(void)
{
	return false;
}

bool
nop5_is_optimised(void)
{
	return false;
}

int
nop5_helper_start(struct nop5_helper *h, const char *path)
{
	(void)h;
	(void)path;
	return -ENOSYS;
}

bool
nop5_helper_pin(struct nop5_helper *h, uint64_t off)
{
	(void)h;
	(void)off;
	return false;
}

void
nop5_helper_end(struct nop5_helper *h)
{
	(void)h;
}

#endif
