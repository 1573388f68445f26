/*
 * The front end alone, with a made-up environment: what test/lang's files are run through.
 *
 *   lang_tool [-d parse|check] [-x option[=value]] file.d | -n text | -P … [arguments]
 *
 * Prints the tree, or the error line as DTrace words it after its "dtrace: … : " and exits 1.
 * Without -d the tree is checked; errors have their tags. More options may stand in the first
 * line of the file, in a comment: lang_tool -x caret -d parse, with arguments after a "--".
 * $target is 1234, $pid 99; arguments are $1, $2 … Every probe has two typed arguments, int and
 * char *; of those named "other" the first is a uint64_t; those named "multi" differ.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lang/check.h"
#include "lang/diag.h"
#include "lang/option.h"
#include "lang/parse.h"

struct tool {
	const char *stage;
	struct arena arena;
	struct intern intern;
	struct types types;
	struct scope scope;
	struct options options;
	struct diag diag;
	struct source src;
	struct lang_env env;
	int argc;
	char **argv;		/* $1 is argv[0] */
};

static const char *
tool_macro(void *self, const char *name)
{
	struct tool *t = self;
	int n = atoi(name);

	if (strcmp(name, "target") == 0)
		return "1234";
	if (strcmp(name, "pid") == 0)
		return "99";
	if (strcmp(name, "0") == 0)
		return t->src.name;
	return n >= 1 && n <= t->argc ? t->argv[n - 1] : NULL;
}

static int
tool_option(void *self, const char *name, const char *value)
{
	struct tool *t = self;

	return options_set(&t->options, name, value, true);
}

static char *
read_file(struct arena *a, const char *name, size_t *len)
{
	FILE *f = fopen(name, "r");
	char *text;
	long n;

	if (f == NULL || fseek(f, 0, SEEK_END) != 0 || (n = ftell(f)) < 0) {
		perror(name);
		exit(2);
	}
	rewind(f);
	text = arena_alloc(a, (size_t)n + 1);
	*len = fread(text, 1, (size_t)n, f);
	fclose(f);
	return text;
}

static void
set_option(struct tool *t, char *arg)
{
	char *value = strchr(arg, '=');

	if (value != NULL)
		*value++ = '\0';
	if (options_set(&t->options, arg, value, false) != 0) {
		fprintf(stderr, "bad option %s\n", arg);
		exit(2);
	}
	t->diag.errtags = options_on(&t->options, OPT_ERRTAGS);
	t->diag.caret = options_on(&t->options, OPT_CARET);
}

/* The words of the first line of a test, as if they were on the command line. */
static void
parse_first_line(struct tool *t)
{
	static const char start[] = "/* lang_tool ";
	const char *end = strstr(t->src.text, " */");
	bool is_argument = false;
	char *word, *rest;

	if (strncmp(t->src.text, start, sizeof(start) - 1) != 0 || end == NULL)
		return;
	rest = arena_strndup(&t->arena, t->src.text + sizeof(start) - 1,
	    (size_t)(end - t->src.text) - (sizeof(start) - 1));
	t->argv = arena_alloc(&t->arena, (strlen(rest) + 1) * sizeof(*t->argv));
	while ((word = strsep(&rest, " ")) != NULL) {
		if (is_argument)
			t->argv[t->argc++] = word;
		else if (strcmp(word, "--") == 0)
			is_argument = true;
		else if (strcmp(word, "-x") == 0 && rest != NULL)
			set_option(t, strsep(&rest, " "));
		else if (strcmp(word, "-d") == 0 && rest != NULL)
			t->stage = strsep(&rest, " ");
	}
}

static int
tool_arg_type(void *self, const struct pdesc *desc, unsigned idx, const struct type **type,
    unsigned *nargs)
{
	struct tool *t = self;

	*nargs = 2;
	if (idx >= *nargs)
		return -ENOENT;
	if (strcmp(desc->name, "multi") == 0)
		return -EINVAL;
	*type = idx == 1 ? t->types.t_charptr :
	    strcmp(desc->name, "other") == 0 ? t->types.t_uint64 : t->types.t_int;
	return 0;
}

static void
parse_args(struct tool *t, int argc, char **argv)
{
	static const char letters[] = "Pmfn";
	int c;

	t->stage = "check";
	while ((c = getopt(argc, argv, "+d:x:P:m:f:n:")) != -1) {
		if (c == 'd')
			t->stage = optarg;
		else if (c == 'x')
			set_option(t, optarg);
		else if (c == '?')
			exit(2);
		else
			t->src = (struct source){
				.kind = SOURCE_ARG, .name = optarg, .text = optarg,
				.spec = (enum source_spec)(strchr(letters, c) - letters),
				.len = strlen(optarg),
			};
	}
	if (t->src.text == NULL && optind < argc) {
		t->src.name = argv[optind++];
		t->src.text = read_file(&t->arena, t->src.name, &t->src.len);
	}
	if (t->src.text == NULL)
		exit(2);
	t->argc = argc - optind;
	t->argv = argv + optind;
	parse_first_line(t);
}

static struct program *
compile(struct tool *t)
{
	struct program *prog = parse(&t->src, &t->env);

	if (strcmp(t->stage, "check") == 0)
		check(prog, &t->env);
	return prog;
}

int
main(int argc, char **argv)
{
	static struct tool t;
	struct buf out = BUF_INIT;
	volatile int status = 0;	/* set again after setjmp() */

	arena_init(&t.arena);
	intern_init(&t.intern, &t.arena);
	options_init(&t.options);
	t.diag.arena = &t.arena;
	t.diag.errtags = true;
	scope_init(&t.scope, &t.arena);
	parse_args(&t, argc, argv);
	types_init(&t.types, &t.arena, &t.intern, (uint32_t)options_get(&t.options, OPT_STRSIZE));
	t.src.diag = &t.diag;
	t.env = (struct lang_env){
		.arena = &t.arena, .intern = &t.intern, .types = &t.types, .scope = &t.scope,
		.options = &t.options, .self = &t, .macro = tool_macro, .option = tool_option, .arg_type = tool_arg_type,
	};
	if (setjmp(t.diag.catch) == 0) {
		program_print(&out, compile(&t));
	} else {
		buf_printf(&out, "%s%s\n", t.diag.message, t.diag.source_lines);
		status = 1;
	}
	fputs(buf_str(&out), stdout);
	buf_fini(&out);
	scope_fini(&t.scope);
	types_fini(&t.types);
	intern_fini(&t.intern);
	arena_fini(&t.arena);
	return status;
}
