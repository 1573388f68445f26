/*
 * dtrace -h writes one header for all definitions, dtrace -G one object, or one for each program
 * when it isn't told the name. Builds call them as they would a compiler: object files among the
 * operands need nothing from us, and -fPIC is no function.
 */
#include "cmd/define.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXIT_USAGE = 2 };

static void
drop_pic(struct args *a)
{
	size_t n = 0;

	for (size_t i = 0; i < a->nopt; i++)
		if (a->opt[i].letter != 'f' || (strcmp(a->opt[i].value, "pic") != 0
		    && strcmp(a->opt[i].value, "PIC") != 0))
			a->opt[n++] = a->opt[i];
	a->nopt = n;
}

/* "x" of a script x.d, without its directory; 0: it has no such name. */
static int
stem(const struct arg_opt *o, const char **name)
{
	const char *slash;
	size_t n;

	if (o->letter != 's')
		return 0;
	slash = strrchr(o->value, '/');
	*name = slash != NULL ? slash + 1 : o->value;
	n = strlen(*name);
	return n > 2 && strcmp(*name + n - 2, ".d") == 0 ? (int)n - 2 : 0;
}

static int
usage_error(const char *what)
{
	fprintf(stderr, "dtrace: %s\n", what);
	return EXIT_USAGE;
}

int
define_check(struct args *a)
{
	const struct arg_opt *last = NULL;
	const char *name;
	size_t n;

	drop_pic(a);
	n = args_programs(a, &last);
	if (args_has(a, 'G'))
		return n > 0 ? 0 : usage_error(
		    "-G requires one or more scripts or enabling options");
	if (n == 0)
		return usage_error("-h requires one or more scripts or enabling options");
	if (args_has(a, 'o'))
		return 0;
	if (n > 1)
		return usage_error(
		    "-h requires an output file if multiple scripts are specified");
	if (stem(last, &name) == 0)
		return usage_error("-h requires an output file if no scripts are specified");
	return 0;
}

static int
write_header(struct dt *dt, const struct args *a)
{
	const struct arg_opt *last = NULL;
	const char *name, *out = args_value(a, 'o');
	char path[4096];
	int n;

	args_programs(a, &last);
	if (out == NULL) {
		n = stem(last, &name);
		snprintf(path, sizeof(path), "%.*s.h", n, name);
		out = path;
	}
	return dt_define_header(dt, out) < 0 ? -1 : 0;
}

/* x.o of a script x.d; else d.out, d.out.1 … */
static int
write_own_object(struct dt *dt, unsigned i, const struct arg_opt *o)
{
	const char *name;
	char path[4096];
	int n = stem(o, &name);

	if (n > 0)
		snprintf(path, sizeof(path), "%.*s.o", n, name);
	else if (i > 0)
		snprintf(path, sizeof(path), "d.out.%u", i);
	else
		snprintf(path, sizeof(path), "d.out");
	return dt_define_object(dt, i, 1, path);
}

static int
write_objects(struct dt *dt, const struct args *a)
{
	const char *out = args_value(a, 'o');
	unsigned n = 0;

	if (out != NULL)
		return dt_define_object(dt, 0, dt_nprogram(dt), out) < 0 ? -1 : 0;
	for (size_t i = 0; i < a->nopt; i++)
		if (strchr("fimnPs", a->opt[i].letter) != NULL
		    && write_own_object(dt, n++, &a->opt[i]) < 0)
			return -1;
	return 0;
}

int
define_write(struct dt *dt, const struct args *a)
{
	return args_has(a, 'G') ? write_objects(dt, a) : write_header(dt, a);
}
