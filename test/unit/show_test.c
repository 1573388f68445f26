/* Stacks and symbols of this process as text, and which of them are one key. */
#include <inttypes.h>
#include <stdint.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "lang/option.h"
#include "os/ksym.h"
#include "os/usym.h"
#include "rec/stack.h"
#include "run/show.h"
#include "test/unit/tap.h"

void function(void);

__attribute__((noinline)) void
function(void)
{
	__asm__ volatile("nop; nop; nop; nop");
}

static uint64_t
address(void (*fn)(void))
{
	return (uint64_t)(uintptr_t)fn;
}

static const char *
symbol(struct show *s, struct buf *b, enum type_how how, uint64_t pid, uint64_t addr)
{
	uint64_t words[] = { pid, addr };

	buf_clear(b);
	show_symbol(s, b, how, words);
	return buf_str(b);
}

static void
test_user(struct show *s, uint64_t pid)
{
	const uint64_t pc = address(function);
	uint64_t stack[] = { pid, pc + 2, pc + 1, 16, 0, pc };
	uint64_t words[] = { pid, pc + 3 };
	char text[128];
	struct buf b = BUF_INIT;

	CHECK_STR(symbol(s, &b, HOW_UADDR, pid, pc), "show_test`function");
	CHECK_STR(symbol(s, &b, HOW_UADDR, pid, pc + 2), "show_test`function+0x2");
	CHECK_STR(symbol(s, &b, HOW_USYM, pid, pc + 2), "show_test`function");
	CHECK_STR(symbol(s, &b, HOW_UMOD, pid, pc + 2), "show_test");
	CHECK_STR(symbol(s, &b, HOW_USYM, pid, 16), "0x10");
	CHECK_STR(symbol(s, &b, HOW_UMOD, pid, 16), "0x10");
	CHECK_STR(symbol(s, &b, HOW_USYM, 0, pc), (snprintf(text, sizeof(text), "0x%" PRIx64, pc), text));

	/* the end of a stack is the first zero; a return address belongs to the call before it */
	buf_clear(&b);
	show_stack(s, &b, HOW_USTACK, stack, sizeof(stack), 2);
	CHECK_STR(buf_str(&b), "\n  show_test`function+0x2\n  show_test`function+0x1\n  0x10\n");

	show_fold(s, HOW_USYM, words, sizeof(words));
	CHECK(words[0] == pid && words[1] == pc);
	words[1] = pc + 3;
	show_fold(s, HOW_UADDR, words, sizeof(words));
	CHECK(words[1] == pc + 3);
	show_fold(s, HOW_UMOD, words, sizeof(words));
	CHECK(words[1] <= pc && words[1] % 4096 == 0);
	buf_fini(&b);
}

/* What the linker puts between a call and another object's function. */
static void
test_stub(struct show *s, uint64_t pid)
{
#if defined(__x86_64__)
	struct buf b = BUF_INIT;
	uint64_t stub;

	__asm__("lea pause@PLT(%%rip), %0" : "=r"(stub));
	CHECK_STR(symbol(s, &b, HOW_UADDR, pid, stub), "show_test`pause@plt");
	CHECK_STR(symbol(s, &b, HOW_UADDR, pid, stub + 4), "show_test`pause@plt+0x4");
	buf_fini(&b);
#endif
	(void)s, (void)pid;
}

/* Its addresses have names when it is gone, if it was seen before. */
static void
test_gone(struct show *s)
{
	struct buf b = BUF_INIT;
	pid_t pid = fork();

	if (pid == 0) {
		pause();
		_exit(0);
	}
	usyms_note(show_usyms(s), pid);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	CHECK_STR(symbol(s, &b, HOW_USYM, (uint64_t)pid, address(function)), "show_test`function");
	buf_fini(&b);
}

int
main(void)
{
	struct ksyms *ksyms = ksyms_new();
	struct options options;
	struct show *s;

	options_init(&options);
	s = show_new(&options, ksyms, getpid());
	test_user(s, (uint64_t)getpid());
	test_stub(s, (uint64_t)getpid());
	test_gone(s);
	show_free(s);
	ksyms_free(ksyms);
	return tap_done();
}
