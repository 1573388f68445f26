/*
 * The front end alone, with a made-up environment: what test/lang's files are run through.
 *
 *   lang_tool [-d parse|check] [-x option[=value]] [-P|-m|-f|-n] file.d [arguments]
 *
 * Prints the tree after that stage (check), or the error line with its tag, and exits 1. The
 * file is a script; with a letter, what is given to that letter. More options may stand in a
 * comment on its first line: lang_tool -n -x caret, with arguments after a "--".
 * $target is 1234, $pid 99; arguments are $1, $2 … The provider "none" has no probes. Every
 * probe has two typed arguments, int and char *; of those named "other" the first is a
 * uint64_t; those named "multi" differ; those of "translated" are ints, to be translated to
 * struct out *. Types of a kernel are those of -x btfpath.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lang/check.h"
#include "lang/check.h"
#include "lang/diag.h"
#include "lang/option.h"
#include "lang/parse.h"
#include "os/ktype.h"

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
	struct buf out;
	int argc;
	char **argv;		/* $1 is argv[0] */
	struct ktypes *ktypes;	/* of -x btfpath; NULL: there are none of a kernel */
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

	return options_set(&t->options, name, value, OPTION_PROGRAM);
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
	if (options_set(&t->options, arg, value, OPTION_COMMAND) != 0) {
		fprintf(stderr, "lang_tool: bad option %s\n", arg);
		exit(2);
	}
	t->diag.caret = options_on(&t->options, OPT_CARET);
}

/* Options; leaves the file and the arguments. */
static void
parse_options(struct tool *t, int argc, char **argv)
{
	static const char letters[] = "Pmfn";
	int c;

	optind = 1;
	while ((c = getopt(argc, argv, "+d:x:Pmfn")) != -1) {
		if (c == 'd') {
			t->stage = optarg;
		} else if (c == 'x') {
			set_option(t, optarg);
		} else if (c == '?') {
			exit(2);
		} else {
			t->src.kind = SOURCE_ARG;
			t->src.spec = (enum source_spec)(strchr(letters, c) - letters);
		}
	}
}

/* The words of the first line of a test, as if they were on the command line. */
static void
parse_first_line(struct tool *t)
{
	static const char start[] = "/* lang_tool ";
	const char *end = strstr(t->src.text, " */");
	char *line, *word, **argv;
	int argc = 0;

	if (strncmp(t->src.text, start, sizeof(start) - 1) != 0 || end == NULL)
		return;
	line = arena_strndup(&t->arena, t->src.text + 3, (size_t)(end - t->src.text) - 3);
	argv = arena_alloc(&t->arena, (strlen(line) + 2) * sizeof(*argv));
	while ((word = strsep(&line, " ")) != NULL)
		argv[argc++] = word;
	parse_options(t, argc, argv);
	t->argc = argc - optind;
	t->argv = argv + optind;
}

static void
open_source(struct tool *t, int argc, char **argv)
{
	t->stage = "check";
	parse_options(t, argc, argv);
	if (optind >= argc) {
		fputs("usage: lang_tool [options] file.d [arguments]\n", stderr);
		exit(2);
	}
	t->src.name = argv[optind];
	t->src.text = read_file(&t->arena, t->src.name, &t->src.len);
	t->argc = argc - optind - 1;
	t->argv = argv + optind + 1;
	parse_first_line(t);
	if (t->src.kind == SOURCE_ARG)
		t->src.name = t->src.text;
	t->src.diag = &t->diag;
}

static int
tool_arg_type(void *self, const struct pdesc *d, unsigned idx, const struct type **type,
    const struct type **from, unsigned *nargs)
{
	struct tool *t = self;

	*from = NULL;
	*nargs = 2;
	if (idx >= *nargs)
		return -ENOENT;
	if (strcmp(d->name, "multi") == 0)
		return -EINVAL;
	if (strcmp(d->name, "translated") == 0) {
		*type = type_find(&t->types, "struct out *");
		*from = t->types.t_int;
		return 0;
	}
	*type = idx == 1 ? t->types.t_charptr :
	    strcmp(d->name, "other") == 0 ? t->types.t_uint64 : t->types.t_int;
	return 0;
}

static int
tool_symbol(void *self, const char *name, struct symbol *s)
{
	struct tool *t = self;

	if (strncmp(name, "none`", 5) == 0)
		return -ENODEV;
	name = strchr(name, '`') + 1;
	if (strcmp(name, "hidden") == 0)
		return -EACCES;
	s->addr = 0xffffffff81000000;
	s->type = strcmp(name, "untyped") == 0 ? NULL : t->types.t_int;
	if (strcmp(name, "function") == 0)
		s->type = type_real(type_find_typedef(&t->types, "function_t"));
	s->percpu = strcmp(name, "percpu") == 0 ? 0xffffffff82000000 : 0;
	return strcmp(name, "other") == 0 ? -ENOENT : 0;
}

/* What the session does between parsing and checking. */
static void
match(const struct program *prog)
{
	for (const struct node *n = prog->clause; n != NULL; n = n->next)
		for (const struct node *d = n->kind == NODE_CLAUSE ? n->list : NULL; d; d = d->next)
			if (strcmp(d->pdesc->prov, "none") == 0)
				err_pdesc_zero(d->pos, d->pdesc->text);
}

static void
compile(struct tool *t)
{
	struct program *prog = parse(&t->src, &t->env);

	if (strcmp(t->stage, "check") == 0) {
		match(prog);
		check(prog, &t->env);
	}
	program_print(&t->out, prog);
}

int
main(int argc, char **argv)
{
	static struct tool t;		/* outlives the jump */

	arena_init(&t.arena);
	intern_init(&t.intern, &t.arena);
	scope_init(&t.scope, &t.arena);
	options_init(&t.options);
	t.diag.arena = &t.arena;
	t.diag.errtags = true;
	open_source(&t, argc, argv);
	types_init(&t.types, &t.arena, &t.intern, (uint32_t)options_get(&t.options, OPT_STRSIZE));
	t.env = (struct lang_env){
		.arena = &t.arena, .intern = &t.intern, .types = &t.types, .scope = &t.scope,
		.options = &t.options, .self = &t, .arg_type = tool_arg_type,
		.macro = tool_macro, .option = tool_option, .symbol = tool_symbol,
	};
	if (t.options.str[OPT_BTFPATH] != NULL)
		t.ktypes = ktypes_new(&t.types, &t.options.str[OPT_BTFPATH]);
	if (setjmp(t.diag.catch) == 0)
		compile(&t);
	else
		buf_printf(&t.out, "%s%s\n", t.diag.message, t.diag.source_lines);
	fputs(buf_str(&t.out), stdout);
	buf_fini(&t.out);
	ktypes_free(t.ktypes);
	scope_fini(&t.scope);
	types_fini(&t.types);
	intern_fini(&t.intern);
	arena_fini(&t.arena);
	return t.diag.message != NULL;
}
