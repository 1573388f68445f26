/* The values of macro variables: $target, $pid, $1 … (the lexer says how they are read). */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lang/diag.h"
#include "run/session.h"

static long macro_pid(void) { return getpid(); }
static long macro_ppid(void) { return getppid(); }
static long macro_pgid(void) { return getpgrp(); }
static long macro_sid(void) { return getsid(0); }
static long macro_uid(void) { return getuid(); }
static long macro_euid(void) { return geteuid(); }
static long macro_gid(void) { return getgid(); }
static long macro_egid(void) { return getegid(); }

static const struct {
	const char *name;
	long (*value)(void);
} macro_table[] = {
	{ "pid", macro_pid }, { "ppid", macro_ppid }, { "pgid", macro_pgid }, { "sid", macro_sid },
	{ "uid", macro_uid }, { "euid", macro_euid }, { "gid", macro_gid }, { "egid", macro_egid },
};

static const char *
operand_value(struct dt *s, const char *digits)
{
	unsigned long n = strtoul(digits, NULL, 10);

	if (n == 0)
		return s->argv0;
	if (n < 64)
		s->operand_used |= UINT64_C(1) << n;
	return n <= (unsigned long)s->noperand ? s->operand[n - 1] : NULL;
}

const char *
macro_value(void *self, const char *name)
{
	struct dt *s = self;

	if (strspn(name, "0123456789") == strlen(name) && *name != '\0')
		return operand_value(s, name);
	if (strcmp(name, "target") == 0)
		return arena_printf(&s->arena, "%d", s->target.n ? (int)s->target.v[0].pid : 0);
	for (size_t i = 0; i < sizeof(macro_table) / sizeof(*macro_table); i++)
		if (strcmp(name, macro_table[i].name) == 0)
			return arena_printf(&s->arena, "%ld", macro_table[i].value());
	return NULL;
}

void
macro_check_unused(struct dt *s, const struct text *last)
{
	struct pos end = { .src = (struct source *)(uintptr_t)&last->src, .line = 1 };

	if (options_on(&s->options, OPT_ARGREF))
		return;
	for (const char *p = last->src.text; (p = strchr(p, '\n')) != NULL; p++)
		end.line++;
	end.off = (uint32_t)last->src.len;
	s->diag.region = REGION_NONE;
	for (int i = 1; i <= s->noperand && i < 64; i++)
		if (!(s->operand_used & (UINT64_C(1) << i)))
			err_macro_unused(end, s->operand[i - 1], i);
}
