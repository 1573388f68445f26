/*
 * Running a Python file in a process (PEP 768): each thread state has room for a file's name and a
 * word that asks for it, which the thread looks at when a bit of its "eval breaker" is set. Where
 * they are, the interpreter says, in _Py_DebugOffsets.
 */
#include <stddef.h>
#include <string.h>

#include "interp/cpython.h"
#include "os/proc.h"

/* As they stand there. */
struct remote {
	uint64_t breaker;	/* in the thread state */
	uint64_t support;	/* in the thread state: a structure, in which are … */
	uint64_t enabled;	/* in the interpreter: an int */
	uint64_t asked;		/* … an int, */
	uint64_t file;		/* a name, */
	uint64_t file_bytes;	/* of at most so many bytes with its NUL */
};

enum { THREADS = 1024, FILE_MAX_BYTES = 512, STOP_BIT = 1 << 5, OFFSET_MAX = 1 << 16 };

static bool
read_remote(const struct cpython *c, pid_t pid, uint64_t bias, struct remote *r)
{
	uint64_t at = c->runtime + bias + 8 + 8u * c->layout->debug.remote;

	return proc_read(pid, at, r, sizeof(*r)) == 0 && r->breaker < OFFSET_MAX &&
	    r->support < OFFSET_MAX && r->enabled < OFFSET_MAX && r->asked < OFFSET_MAX &&
	    r->file < OFFSET_MAX && r->file_bytes <= FILE_MAX_BYTES;
}

static bool
read_word(pid_t pid, uint64_t addr, uint64_t *word)
{
	return proc_read(pid, addr, word, sizeof(*word)) == 0;
}

static bool
find_interpreter(const struct cpython *c, pid_t pid, uint64_t bias, uint64_t *interp)
{
	return read_word(pid, c->runtime + bias + c->layout->runtime_interpreters, interp) &&
	    *interp != 0;
}

/* The name first: a thread that sees the word has the name. */
static bool
ask(pid_t pid, const struct remote *r, uint64_t tstate, const char *file)
{
	const int32_t yes = 1;
	uint64_t breaker;

	if (proc_write(pid, tstate + r->support + r->file, file, strlen(file) + 1) < 0 ||
	    proc_write(pid, tstate + r->support + r->asked, &yes, sizeof(yes)) < 0 ||
	    !read_word(pid, tstate + r->breaker, &breaker))
		return false;
	breaker |= STOP_BIT;
	return proc_write(pid, tstate + r->breaker, &breaker, 1) == 0;
}

const char *
cpython_run(const struct cpython *c, pid_t pid, uint64_t bias, const char *file)
{
	struct remote r;
	uint64_t interp, tstate;
	int32_t enabled;

	if (c->layout == NULL || c->layout->debug.remote == 0)
		return "only CPython 3.14 and later let others run something in them";
	if (!read_remote(c, pid, bias, &r) || !find_interpreter(c, pid, bias, &interp) ||
	    proc_read(pid, interp + r.enabled, &enabled, sizeof(enabled)) < 0)
		return "its interpreter is not where it should be";
	if (enabled != 1)
		return "its remote debugging is disabled";
	if (strlen(file) >= r.file_bytes)
		return "the name of the file is too long";
	if (!read_word(pid, interp + c->layout->interp_threads, &tstate) || tstate == 0)
		return "it has no thread that runs Python";
	for (int n = 0; tstate != 0 && n < THREADS; n++)
		if (!ask(pid, &r, tstate, file) ||
		    !read_word(pid, tstate + c->layout->tstate_next, &tstate))
			return n > 0 ? NULL : "its threads are not where they should be";
	return NULL;
}

void
cpython_run_not(const struct cpython *c, pid_t pid, uint64_t bias, const char *file)
{
	const int32_t no = 0;
	char name[FILE_MAX_BYTES];
	uint64_t interp, tstate = 0;
	struct remote r;

	if (!read_remote(c, pid, bias, &r) || !find_interpreter(c, pid, bias, &interp) ||
	    !read_word(pid, interp + c->layout->interp_threads, &tstate))
		return;
	for (int n = 0; tstate != 0 && n < THREADS; n++) {
		size_t bytes = strlen(file) + 1;

		if (bytes <= sizeof(name) &&
		    proc_read(pid, tstate + r.support + r.file, name, bytes) == 0 &&
		    memcmp(name, file, bytes) == 0)
			(void)proc_write(pid, tstate + r.support + r.asked, &no, sizeof(no));
		if (!read_word(pid, tstate + c->layout->tstate_next, &tstate))
			return;
	}
}
