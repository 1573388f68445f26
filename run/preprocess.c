/*
 * -C: a script goes through the C preprocessor before it is compiled. The script is its standard
 * input, as in DTrace; files that are included with quotes are looked for beside the script.
 */
#include <errno.h>
#include <string.h>

#include "os/command.h"
#include "run/session.h"

/* What DTrace defines, so that a script can tell. */
static const char *const predefined[] = {
	"-U__GNUC__", "-D__linux", "-D__Linux", "-D__unix", "-D__SVR4",
	"-D__SUNW_D=1", "-D__SUNW_D_VERSION=0x2000000", "-D__SUNW_D_64",
#if defined __x86_64__
	"-D__amd64",
#endif
};

#define NPREDEFINED (sizeof(predefined) / sizeof(predefined[0]))

/* The options that are arguments of the preprocessor, in the order they were given. */
void
preprocess_option(struct dt *s, const char *name, const char *value)
{
	static const struct { const char *name, *flag; } table[] = {
		{ "define", "-D" }, { "undef", "-U" }, { "incdir", "-I" }, { "cppargs", "" },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (strcmp(table[i].name, name) == 0)
			vec_push(&s->cpp_arg,
			    arena_printf(&s->arena, "%s%s", table[i].flag, value));
}

/* The line of the interpreter is no directive; the number of lines stays. */
static void
blank_first_line(struct buf *text)
{
	if (text->n > 1 && text->p[0] == '#' && text->p[1] == '!')
		memset(text->p, ' ', strcspn(text->p, "\n"));
}

int
preprocess(struct dt *s, const char *path, struct buf *text)
{
	const char **argv = arena_alloc(&s->arena,
	    (NPREDEFINED + s->cpp_arg.n + 6) * sizeof(*argv));
	const char *stdc = s->options.str[OPT_STDC];
	const char *cpp = s->options.str[OPT_CPPPATH], *slash = strrchr(path, '/');
	struct buf out = BUF_INIT;
	size_t n = 0;
	int status;

	argv[n++] = cpp != NULL ? cpp : "cpp";
	for (size_t i = 0; i < NPREDEFINED; i++)
		argv[n++] = predefined[i];
	if (stdc != NULL && strcmp(stdc, "s") == 0)
		argv[n++] = "-traditional-cpp";
	else
		argv[n++] = "-std=c99";
	if (options_on(&s->options, OPT_CPPHDRS))
		argv[n++] = "-H";
	if (slash != NULL) {
		argv[n++] = "-iquote";
		argv[n++] = slash == path ? "/" :
		    arena_strndup(&s->arena, path, (size_t)(slash - path));
	}
	for (size_t i = 0; i < s->cpp_arg.n; i++)
		argv[n++] = s->cpp_arg.v[i];
	blank_first_line(text);
	status = command_run(argv, text->p, text->n, &out);
	if (status == 0) {
		buf_clear(text);
		buf_add(text, out.p, out.n);
	}
	buf_fini(&out);
	if (status < 0)
		return session_error(s, status, "failed to run %s: %s", argv[0],
		    strerror(-status));
	return status == 0 ? 0 : session_error(s, -EINVAL,
	    "failed to compile script %s: Preprocessor failed to process input program", path);
}
