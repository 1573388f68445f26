/* The text of stacks and symbols. Names are in os/ksym.c and os/usym.c. */
#include "run/show.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/vec.h"
#include "interp/evaluator.h"
#include "os/ksym.h"
#include "os/usym.h"
#include "rec/python.h"
#include "rec/stack.h"
#include "run/ways.h"
#include "run/pycode.h"

struct evaluator_code {
	pid_t pid;
	struct evaluator at;
	uint64_t bias;
};

struct show {
	const struct options *options;
	pid_t target;
	struct ksyms *ksyms;
	struct usyms *usyms;
	struct pycodes *pycodes;
	vec(struct evaluator_code) evaluator;
};

struct show *
show_new(const struct options *options, struct ksyms *ksyms, pid_t target)
{
	struct show *s = calloc(1, sizeof(*s));

	if (s == NULL)
		BUG("out of memory");
	s->options = options;
	s->target = target;
	s->ksyms = ksyms;
	s->usyms = usyms_new();
	s->pycodes = pycodes_new();
	return s;
}

void
show_free(struct show *s)
{
	if (s == NULL)
		return;
	usyms_free(s->usyms);
	pycodes_free(s->pycodes);
	vec_fini(&s->evaluator);
	free(s);
}

struct pycodes *
show_pycodes(struct show *s)
{
	return s->pycodes;
}

void
show_evaluator(struct show *s, pid_t pid, const struct evaluator *e, uint64_t bias)
{
	const struct evaluator_code code = { .pid = pid, .at = *e, .bias = bias };

	for (size_t i = 0; i < s->evaluator.n; i++)
		if (s->evaluator.v[i].pid == pid) {
			s->evaluator.v[i] = code;
			return;
		}
	vec_push(&s->evaluator, code);
}

struct usyms *
show_usyms(struct show *s)
{
	return s->usyms;
}

static uint64_t
word(const void *p, size_t i)
{
	uint64_t w;

	memcpy(&w, (const char *)p + 8 * i, sizeof(w));
	return w;
}

static void
put_name(struct buf *b, const char *mod, const char *name, uint64_t off)
{
	buf_printf(b, "%s`%s", mod, name);
	if (off != 0)
		buf_printf(b, "+0x%" PRIx64, off);
}

static void
put_address(struct buf *b, uint64_t addr)
{
	buf_printf(b, "0x%" PRIx64, addr);
}

/* ------------------------------------------------------------------------ places */

void
show_kernel_frame(struct show *s, struct buf *b, uint64_t pc, bool is_return)
{
	struct ksym sym;

	if (ksym_find(s->ksyms, pc - is_return, &sym))
		put_name(b, sym.mod, sym.name, pc - sym.start);
	else
		put_address(b, pc);
}

void
show_user_frame(struct show *s, struct buf *b, pid_t pid, uint64_t pc, bool is_return)
{
	struct usym sym;

	if (!usym_find(s->usyms, pid, pc, is_return, &sym))
		put_address(b, pc);
	else if (options_on(s->options, OPT_NORESOLVE))
		buf_printf(b, "%s:0x%" PRIx64, sym.object, pc - sym.base);
	else if (sym.name != NULL)
		put_name(b, sym.object, sym.name, pc - sym.start);
	else
		buf_printf(b, "%s`0x%" PRIx64, sym.object, pc);
}

void
show_kernel_address(struct show *s, struct buf *b, uint64_t addr)
{
	show_kernel_frame(s, b, addr, false);
}

void
show_target_address(struct show *s, struct buf *b, uint64_t addr)
{
	if (s->target != 0)
		show_user_frame(s, b, s->target, addr, false);
	else
		put_address(b, addr);
}

/* ------------------------------------------------------------------------ values */

static size_t
skip_ways(struct show *s, const void *data, size_t n)
{
	struct ksym sym;
	size_t i = 0;

	while (i < n && word(data, i) != 0 && ksym_find(s->ksyms, word(data, i) - 1, &sym)
	    && ways_has(&sym))
		i++;
	return i;
}

static void
show_kernel_stack(struct show *s, struct buf *b, const void *data, size_t n, uint32_t indent)
{
	const size_t first = skip_ways(s, data, n), shown = n - STACK_SLACK;

	for (size_t i = first; i < n && i < first + shown && word(data, i) != 0; i++) {
		buf_fill(b, ' ', indent);
		show_kernel_frame(s, b, word(data, i), i > 0);
		buf_putc(b, '\n');
	}
}

static void
show_user_stack(struct show *s, struct buf *b, const void *data, size_t n, uint32_t indent)
{
	const size_t first = STACK_USER_PC / 8;
	const pid_t pid = (pid_t)word(data, STACK_PID / 8);

	for (size_t i = first; i < n && word(data, i) != 0; i++) {
		buf_fill(b, ' ', indent);
		show_user_frame(s, b, pid, word(data, i), i > first);
		buf_putc(b, '\n');
	}
}

/* Is it the function that runs the bytecode of Python functions? start: of all of it. */
static bool
is_evaluator(struct show *s, pid_t pid, uint64_t pc, bool is_return, uint64_t *start)
{
	static const char name[] = "_PyEval_EvalFrameDefault";
	struct usym sym;

	if (usym_find(s->usyms, pid, pc, is_return, &sym) && sym.name != NULL) {
		*start = sym.start;
		return strncmp(sym.name, name, sizeof(name) - 1) == 0;
	}
	for (size_t i = 0; i < s->evaluator.n; i++) {
		const struct evaluator_code *e = &s->evaluator.v[i];

		if (e->pid != pid || e->at.n == 0)
			continue;
		*start = e->at.range[0].start + e->bias;
		for (size_t j = 0; j < e->at.n; j++)
			if (pc - e->bias >= e->at.range[j].start && pc - e->bias < e->at.range[j].end)
				return true;
	}
	return false;
}

/* The functions that one call of the evaluation loop runs, from frame i on; gives what is next. */
static size_t
show_python_run(struct show *s, struct buf *b, const void *frame, size_t i, size_t n,
    uint32_t indent)
{
	bool is_last = false;

	for (; i < n && word(frame, i) != 0 && !is_last; i++) {
		is_last = word(frame, i) >> PYTHON_FRAME_ENTRY;
		buf_fill(b, ' ', indent);
		pycodes_print(s->pycodes, b, word(frame, i));
		buf_putc(b, '\n');
	}
	return i;
}

/* Where native frames end too early, the rest of Python's are behind them. */
static void
show_python_stack(struct show *s, struct buf *b, const void *data, size_t words, uint32_t indent)
{
	const pid_t pid = (pid_t)word(data, STACK_PID / 8);
	const size_t n = (words - STACK_USER_PC / 8) / 2;
	const char *pc = (const char *)data + STACK_USER_PC, *frame = pc + 8 * n;
	size_t next = 0;
	uint64_t start;

	for (size_t i = 0; i < n && word(pc, i) != 0; i++) {
		if (next < n && word(frame, next) != 0
		    && is_evaluator(s, pid, word(pc, i), i > 0, &start)) {
			next = show_python_run(s, b, frame, next, n, indent);
			continue;
		}
		buf_fill(b, ' ', indent);
		show_user_frame(s, b, pid, word(pc, i), i > 0);
		buf_putc(b, '\n');
	}
	while (next < n && word(frame, next) != 0)
		next = show_python_run(s, b, frame, next, n, indent);
}

void
show_stack(struct show *s, struct buf *b, enum type_how how, const void *data, uint32_t bytes,
    uint32_t indent)
{
	static void (*const show[])(struct show *, struct buf *, const void *, size_t, uint32_t) = {
		[HOW_STACK] = show_kernel_stack,
		[HOW_USTACK] = show_user_stack,
		[HOW_JSTACK] = show_python_stack,
	};

	buf_putc(b, '\n');
	show[how](s, b, data, bytes / 8, indent);
}

static void
show_kernel_symbol(struct show *s, struct buf *b, bool is_mod, uint64_t addr)
{
	struct ksym sym;

	if (!ksym_find(s->ksyms, addr, &sym))
		put_address(b, addr);
	else if (is_mod)
		buf_puts(b, sym.mod);
	else
		put_name(b, sym.mod, sym.name, 0);
}

static void
show_user_symbol(struct show *s, struct buf *b, enum type_how how, pid_t pid, uint64_t addr)
{
	struct usym sym;

	if (!usym_find(s->usyms, pid, addr, false, &sym))
		put_address(b, addr);
	else if (how == HOW_UMOD)
		buf_puts(b, sym.object);
	else if (sym.name == NULL)
		buf_printf(b, "%s`0x%" PRIx64, sym.object, addr);
	else
		put_name(b, sym.object, sym.name, how == HOW_UADDR ? addr - sym.start : 0);
}

void
show_symbol(struct show *s, struct buf *b, enum type_how how, const void *data)
{
	if (how == HOW_SYM || how == HOW_MOD)
		show_kernel_symbol(s, b, how == HOW_MOD, word(data, 0));
	else
		show_user_symbol(s, b, how, (pid_t)word(data, STACK_PID / 8),
		    word(data, STACK_USER_PC / 8));
}

static void
fold_stack(struct show *s, char *data, size_t n)
{
	const size_t first = skip_ways(s, data, n);
	size_t left = n - first < n - STACK_SLACK ? n - first : n - STACK_SLACK;

	memmove(data, data + 8 * first, 8 * left);
	memset(data + 8 * left, 0, 8 * (n - left));
}

/* Where the evaluation loop was is not shown. */
static void
fold_python_stack(struct show *s, char *data, size_t words)
{
	const pid_t pid = (pid_t)word(data, STACK_PID / 8);
	const size_t n = (words - STACK_USER_PC / 8) / 2;
	char *pc = data + STACK_USER_PC, *frame = pc + 8 * n;
	uint64_t w;

	for (size_t i = 0; i < n && word(pc, i) != 0; i++)
		if (is_evaluator(s, pid, word(pc, i), i > 0, &w)) {
			w++;		/* a return address in it */
			memcpy(pc + 8 * i, &w, sizeof(w));
		}
	for (size_t i = 0; i < n && word(frame, i) != 0; i++) {
		w = pycodes_fold(s->pycodes, word(frame, i));
		memcpy(frame + 8 * i, &w, sizeof(w));
	}
}

static uint64_t
fold_kernel(struct show *s, enum type_how how, uint64_t addr)
{
	struct ksym sym;

	if (!ksym_find(s->ksyms, addr, &sym))
		return addr;
	if (how == HOW_MOD)
		(void)ksym_module(s->ksyms, sym.mod, &sym.start);
	return sym.start;
}

static uint64_t
fold_user(struct show *s, enum type_how how, pid_t pid, uint64_t addr)
{
	struct usym sym;

	if (how == HOW_UADDR || !usym_find(s->usyms, pid, addr, false, &sym))
		return addr;
	return how == HOW_UMOD ? sym.base : sym.name != NULL ? sym.start : addr;
}

void
show_fold(struct show *s, enum type_how how, void *data, uint32_t bytes)
{
	uint64_t words[2];

	if (how == HOW_STACK)
		fold_stack(s, data, bytes / 8);
	else if (how == HOW_JSTACK)
		fold_python_stack(s, data, bytes / 8);
	if (how <= HOW_JSTACK)
		return;
	memcpy(words, data, bytes);
	if (how == HOW_SYM || how == HOW_MOD)
		words[0] = fold_kernel(s, how, words[0]);
	else
		words[1] = fold_user(s, how, (pid_t)words[0], words[1]);
	memcpy(data, words, bytes);
}
