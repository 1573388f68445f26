/* The command line, as DTrace scans it: options and operands mixed, letters in classes. */
#ifndef CMD_ARGS_H
#define CMD_ARGS_H

#include <stdbool.h>
#include <stddef.h>

/* An option letter with its argument, in the order of the command line. */
struct arg_opt {
	char letter;
	const char *value;		/* NULL: none */
};

struct args {
	struct arg_opt *opt;		/* owned */
	size_t nopt;
	char **operand;			/* owned array of argv's strings: $1 … */
	int noperand;
};

/* Every letter, whether it takes an argument, and what it is for. */
struct arg_row {
	char letter;
	const char *value;		/* name of the argument in the usage, or NULL */
	const char *doc;
};
extern const struct arg_row arg_table[];

/* gives: 0, or 2 (the exit status) after a message and the usage on stderr. */
int args_parse(struct args *, int argc, char **argv);
void args_free(struct args *);
/* Descriptions and scripts: how many -P -m -f -n -i -s. last: the last; may be NULL. */
size_t args_programs(const struct args *, const struct arg_opt **last);
/* The last argument of a letter, or NULL. */
const char *args_value(const struct args *, char letter);
bool args_has(const struct args *, char letter);
void args_usage(void);

#endif
