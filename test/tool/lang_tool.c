/*
 * The front end alone, with a made-up environment: what test/lang's files are run through.
 *
 *   lang_tool [-d parse] [-x option[=value]] file.d | -n text | -P … | -m … | -f … [arguments]
 *
 * Prints the tree, or the error line as DTrace words it after its "dtrace: … : " and exits 1.
 * -x errtags and -x caret are diag's; the rest go to options_set(). $target is 1234, $pid 99;
 * arguments are $1, $2 …
 */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
	if (strcmp(arg, "errtags") == 0)
		t->diag.errtags = true;
	else if (strcmp(arg, "caret") == 0)
		t->diag.caret = true;
	else if (options_set(&t->options, arg, value, false) != 0) {
		fprintf(stderr, "bad option %s\n", arg);
		exit(2);
	}
}

static void
parse_args(struct tool *t, int argc, char **argv)
{
	static const char letters[] = "Pmfn";
	int c;

	t->stage = "parse";
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
}

int
main(int argc, char **argv)
{
	static struct tool t;
	struct buf out = BUF_INIT;
	int status = 0;

	arena_init(&t.arena);
	intern_init(&t.intern, &t.arena);
	options_init(&t.options);
	t.diag.arena = &t.arena;
	parse_args(&t, argc, argv);
	types_init(&t.types, &t.arena, &t.intern, (uint32_t)options_get(&t.options, OPT_STRSIZE));
	t.src.diag = &t.diag;
	t.env = (struct lang_env){
		.arena = &t.arena, .intern = &t.intern, .types = &t.types, .scope = &t.scope,
		.options = &t.options, .self = &t, .macro = tool_macro, .option = tool_option,
	};
	if (setjmp(t.diag.catch) == 0) {
		program_print(&out, parse(&t.src, &t.env));
	} else {
		buf_printf(&out, "%s%s\n", t.diag.message, t.diag.source_lines);
		status = 1;
	}
	fputs(buf_str(&out), stdout);
	buf_fini(&out);
	types_fini(&t.types);
	intern_fini(&t.intern);
	arena_fini(&t.arena);
	return status;
}
