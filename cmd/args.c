/* Scanning of the command line, by the table of letters. */
#include "cmd/args.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const struct arg_row arg_table[] = {
	{ '3', "2", "accepted, without effect" },
	{ '6', "4", "accepted, without effect" },
	{ 'a', NULL, "accepted, without effect" },
	{ 'A', NULL, "accepted, without effect" },
	{ 'b', "size", "set the trace buffer size" },
	{ 'B', NULL, "accepted, without effect" },
	{ 'c', "command", "run the command; trace until it ends; $target is its process" },
	{ 'C', NULL, "run the C preprocessor on scripts" },
	{ 'd', "stage",
	  "print a stage of the compilation: parse check match link ir regs bpf load" },
	{ 'D', "name[=val]", "define a name for the preprocessor" },
	{ 'e', NULL, "exit after compiling, before enabling probes" },
	{ 'f', "func", "enable or list probes of a function" },
	{ 'F', NULL, "indent rows by the depth of functions" },
	{ 'G', NULL, "write the object that provider definitions in scripts need" },
	{ 'h', NULL, "write the header of provider definitions in scripts; alone: show this text" },
	{ 'H', NULL, "print the files that the preprocessor includes" },
	{ 'i', "id", "enable or list the probe of a number" },
	{ 'I', "dir", "a directory in which the preprocessor looks for files" },
	{ 'k', NULL, "accepted, without effect" },
	{ 'l', NULL, "list the probes that match" },
	{ 'L', "dir", "a directory of D libraries to read, too" },
	{ 'm', "module", "enable or list probes of a module" },
	{ 'n', "name", "enable or list probes of a name" },
	{ 'o', "file", "append output to a file; with -G and -h, the file to write" },
	{ 'p', "pid", "trace a running process; $target is its pid" },
	{ 'P', "provider", "enable or list probes of a provider" },
	{ 'q', NULL, "print only what the program prints" },
	{ 's', "file", "enable or list probes by a D script" },
	{ 'S', NULL, "print the compiled code" },
	{ 'U', "name", "undefine a name for the preprocessor" },
	{ 'v', NULL, "say more: stability, arguments, what was skipped and why" },
	{ 'V', NULL, "print the version" },
	{ 'w', NULL, "permit destructive actions" },
	{ 'x', "opt[=val]", "set an option" },
	{ 'X', "a|c|s|t", "what the preprocessor takes for C: s for K&R's" },
	{ 'Z', NULL, "permit descriptions that match no probes" },
	{ 0, NULL, NULL },
};

void
args_usage(void)
{
	fputs("Usage: dtrace [-32|-64] [-aABCeFGhHklqSvVwZ] [-b size] [-c command] [-d stage]\n"
	    "\t[-D name[=val]] [-I dir] [-L dir] [-o file] [-p pid] [-U name] [-X a|c|s|t] [-x opt[=val]]\n"
	    "\t[-P provider [[predicate] action]]\n"
	    "\t[-m [provider:] module [[predicate] action]]\n"
	    "\t[-f [[provider:] module:] func [[predicate] action]]\n"
	    "\t[-n [[[provider:] module:] func:] name [[predicate] action]]\n"
	    "\t[-i probe-id [[predicate] action]] [-s script] [args ...]\n\n", stderr);
	for (const struct arg_row *r = arg_table; r->letter != 0; r++)
		fprintf(stderr, "\t-%c %-10s %s\n", r->letter, r->value ? r->value : "", r->doc);
}

/* "+": stop at operands, so that they keep their order among the options. */
static const char *
getopt_string(char *s)
{
	char *p = s;

	*p++ = '+';
	for (const struct arg_row *r = arg_table; r->letter != 0; r++) {
		*p++ = r->letter;
		if (r->value != NULL)
			*p++ = ':';
	}
	*p = '\0';
	return s;
}

/* -32 and -64 are letters with one argument that they may have. */
static bool
is_data_model(int c, const char *value)
{
	const char *want = c == '3' ? "2" : c == '6' ? "4" : NULL;

	if (want == NULL || strcmp(value, want) == 0)
		return true;
	fprintf(stderr, "dtrace: illegal option -- %c%s\n", c, value);
	return false;
}

int
args_parse(struct args *a, int argc, char **argv)
{
	char letters[128];
	size_t room = 1;
	int c;

	/* A cluster such as -qs has at most as many letters as characters. */
	for (int i = 1; i < argc; i++)
		room += strlen(argv[i]);
	*a = (struct args){
		.opt = calloc(room, sizeof(*a->opt)),
		.operand = calloc((size_t)argc + 1, sizeof(*a->operand)),
	};
	if (a->opt == NULL || a->operand == NULL) {
		fputs("dtrace: Memory allocation failure\n", stderr);
		return 1;
	}
	while (optind < argc) {
		c = getopt(argc, argv, getopt_string(letters));
		if (c == '?' || !is_data_model(c, optarg)) {
			args_usage();
			return 2;
		}
		if (c != -1) {
			a->opt[a->nopt++] = (struct arg_opt){ (char)c, optarg };
			continue;
		}
		if (optind < argc)
			a->operand[a->noperand++] = argv[optind++];
	}
	return 0;
}

void
args_free(struct args *a)
{
	free(a->opt);
	free(a->operand);
}

bool
args_has(const struct args *a, char letter)
{
	for (size_t i = 0; i < a->nopt; i++)
		if (a->opt[i].letter == letter)
			return true;
	return false;
}

size_t
args_programs(const struct args *a, const struct arg_opt **last)
{
	size_t n = 0;

	for (size_t i = 0; i < a->nopt; i++)
		if (strchr("fimnPs", a->opt[i].letter) != NULL) {
			n++;
			if (last != NULL)
				*last = &a->opt[i];
		}
	return n;
}

const char *
args_value(const struct args *a, char letter)
{
	const char *value = NULL;

	for (size_t i = 0; i < a->nopt; i++)
		if (a->opt[i].letter == letter)
			value = a->opt[i].value;
	return value;
}
