/*
 * The process that stapsdt_test.c looks through: does what it reads, answers "ok". Its provider
 * ends in a digit. fire() holds known values in registers and memory at its probes, whose
 * argument strings are written by hand.
 */
#include <dlfcn.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/sdt.h>
#include <unistd.h>

/* A probe at this instruction, with these arguments. */
#define PROBE(NAME, ARGS) \
	"990: nop\n" \
	".pushsection .note.stapsdt,\"\",\"note\"\n" \
	".balign 4\n.4byte 992f-991f, 994f-993f, 3\n" \
	"991: .asciz \"stapsdt\"\n992: .balign 4\n" \
	"993: .8byte 990b, _.stapsdt.base, 0\n" \
	".asciz \"app2\"\n.asciz \"" NAME "\"\n.asciz \"" ARGS "\"\n" \
	"994: .balign 4\n.popsection\n"

/* Not static: the names in the argument strings must be the symbols' own. */
int table[4] = { 10, -20, 30, -40 };
unsigned char bytes[2] = { 7, 200 };
long wide = -5;

void fire(void);

__asm__(".text\n.globl fire\n.type fire, @function\nfire:\n"
    "push %rbx\npush %rbp\npush %r12\n"
    "movabs $0x1122334455667788, %rax\n"
    "movabs $0xfffffffffffffffe, %r12\n"
    "lea table(%rip), %rbx\n"
    "mov $2, %ecx\n"
    PROBE("regs", "8@%rax -8@%rax 4@%eax 2@%ax 1@%al 1@%ah -1@%al -4@%r12d 4@%r12d -2@%r12")
    PROBE("consts", "8@$-1 4@$-1 -4@$4294967293 8@$0x10 1@$257 -1@$255 8@$18446744073709551615")
    PROBE("mem", "-4@(%rbx) 4@4(%rbx) -4@(%rbx,%rcx,4) -4@-4(%rbx,%rcx,4) -4@table(%rip) "
	"-4@table+4(%rip) 1@bytes+1(%rip) -1@bytes+1(%rip) 8@wide(%rip) -4@8+table(%rip)")
    PROBE("addr", "8@$table 8@%rip 8@$table+4")
    PROBE("fault", "8@%rax 4@(%rax)")
    PROBE("bad", "8@%rax 8f@%rbx 8@nowhere(%rip) 16@%rax")
    "pop %r12\npop %rbp\npop %rbx\nret\n.size fire, . - fire\n");

static void __attribute__((noinline))
twice(int i)
{
	if (i > 0)
		STAP_PROBE1(app2, many__sites, i);
	else
		STAP_PROBE2(app2, many__sites, i, &table);
}

/* Load a library so that its file has no name any more. */
static void *
load_memfd(const char *path)
{
	int fd = memfd_create("hidden lib", 0), c;
	FILE *from = fopen(path, "r"), *to = fdopen(fd, "w");
	char name[64];
	void *dl;

	while ((c = getc(from)) != EOF)
		putc(c, to);
	fflush(to);
	fclose(from);
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	dl = dlopen(name, RTLD_NOW);
	fclose(to);
	return dl;
}

/* Load a library from a mount that only this process sees, over a directory. */
static void *
load_mount(char *path)
{
	char copy[512], name[64], cmd[1200];

	snprintf(copy, sizeof(copy), "%s", path);
	*strrchr(copy, '/') = '\0';
	snprintf(name, sizeof(name), "/dev/shm/stapsdt_host.%d", getpid());
	snprintf(cmd, sizeof(cmd), "cp %s %s", path, name);
	if (system(cmd) != 0 || unshare(CLONE_NEWNS) != 0 ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("none", copy, "tmpfs", 0, NULL) != 0)
		return NULL;
	snprintf(cmd, sizeof(cmd), "mv %s %s", name, path);
	return system(cmd) == 0 ? dlopen(path, RTLD_NOW) : NULL;
}

int
main(void)
{
	char line[512];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (fgets(line, sizeof(line), stdin) != NULL) {
		char *arg = strchr(line, ' ');
		int ok = 1;

		line[strcspn(line, "\n")] = '\0';
		if (arg != NULL)
			*arg++ = '\0';
		if (strcmp(line, "fire") == 0)
			fire(), twice(1), twice(0);
		else if (strcmp(line, "dlopen") == 0)
			ok = dlopen(arg, RTLD_NOW) != NULL;
		else if (strcmp(line, "memfd") == 0)
			ok = load_memfd(arg) != NULL;
		else if (strcmp(line, "mount") == 0)
			ok = load_mount(arg) != NULL;
		puts(ok ? "ok" : "failed");
		fflush(stdout);
	}
	return 0;
}
