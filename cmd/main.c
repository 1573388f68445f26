/*
 * dtrace(8): the command over the library in include/dt.h. main() is the list of its steps;
 * letters are handled in classes, whatever their order (modes, settings, programs, processes).
 */
#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/args.h"
#include "cmd/define.h"
#include "include/dt.h"

enum { EXIT_USAGE = 2 };

extern char **environ;

/* The one global: a signal handler has no other way to the session. */
static struct dt *interrupted;

static void
on_signal(int sig)
{
	(void)sig;
	if (interrupted != NULL)
		dt_interrupt(interrupted);
}

/* SIGINT and SIGTERM end tracing, unless they were ignored when we started. They are blocked
 * but for the moments when the session waits. */
static void
catch_signals(struct dt *dt)
{
	static const int sig[] = { SIGINT, SIGTERM };
	sigset_t set;

	interrupted = dt;
	sigemptyset(&set);
	for (size_t i = 0; i < 2; i++) {
		struct sigaction old, act = { .sa_handler = on_signal };

		if (sigaction(sig[i], NULL, &old) == 0 && old.sa_handler == SIG_IGN)
			continue;
		sigaction(sig[i], &act, NULL);
		sigaddset(&set, sig[i]);
	}
	sigprocmask(SIG_BLOCK, &set, NULL);
}

static int
fail(struct dt *dt)
{
	fprintf(stderr, "dtrace: %s\n", dt_error(dt));
	return 1;
}

static int
set_option(struct dt *dt, const char *name, const char *value)
{
	int err = dt_option(dt, name, value);

	if (err == 0)
		return 0;
	fprintf(stderr, "dtrace: failed to set -x %s: %s\n", name,
	    err == -ENOENT ? "Invalid option name" : "Invalid value for specified option");
	return 1;
}

/* DTRACE_OPT_STRSIZE=512 in the environment is -x strsize=512, before the command line. */
static int
set_from_environment(struct dt *dt)
{
	static const char prefix[] = "DTRACE_OPT_";

	for (char **e = environ; *e != NULL; e++) {
		char name[64];
		const char *eq = strchr(*e, '=');
		size_t n;

		if (strncmp(*e, prefix, sizeof(prefix) - 1) != 0 || eq == NULL)
			continue;
		n = (size_t)(eq - *e) - (sizeof(prefix) - 1);
		if (n >= sizeof(name))
			continue;
		for (size_t i = 0; i < n; i++) {
			char c = (*e)[sizeof(prefix) - 1 + i];

			name[i] = (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
		}
		name[n] = '\0';
		if (set_option(dt, name, eq + 1) != 0)
			return 1;
	}
	return 0;
}

static int
set_x(struct dt *dt, const char *text)
{
	char name[64];
	size_t n = strcspn(text, "=");

	if (n >= sizeof(name))
		n = sizeof(name) - 1;
	memcpy(name, text, n);
	name[n] = '\0';
	return set_option(dt, name, text[n] == '=' ? text + n + 1 : NULL);
}

static int
apply_settings(struct dt *dt, const struct args *a)
{
	int err = set_from_environment(dt);

	for (size_t i = 0; i < a->nopt && err == 0; i++)
		switch (a->opt[i].letter) {
		case 'C': err = set_option(dt, "cpp", NULL); break;
		case 'D': err = set_option(dt, "define", a->opt[i].value); break;
		case 'F': err = set_option(dt, "flowindent", NULL); break;
		case 'H': err = set_option(dt, "cpphdrs", NULL); break;
		case 'I': err = set_option(dt, "incdir", a->opt[i].value); break;
		case 'L': err = set_option(dt, "libdir", a->opt[i].value); break;
		case 'U': err = set_option(dt, "undef", a->opt[i].value); break;
		case 'b': err = set_option(dt, "bufsize", a->opt[i].value); break;
		case 'q': err = set_option(dt, "quiet", NULL); break;
		case 'v': dt_verbose(dt, 1); break;
		case 'w': err = set_option(dt, "destructive", NULL); break;
		case 'x': err = set_x(dt, a->opt[i].value); break;
		case 'X': err = set_option(dt, "stdc", a->opt[i].value); break;
		case 'Z': err = set_option(dt, "zdefs", NULL); break;
		}
	return err;
}

static int
grab(struct dt *dt, const char *text)
{
	char *end;
	long pid;

	errno = 0;
	pid = strtol(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0' || pid <= 0 || pid > 0x7fffffff) {
		fprintf(stderr, "dtrace: invalid pid: %s\n", text);
		return 1;
	}
	return dt_grab(dt, (pid_t)pid) < 0 ? fail(dt) : 0;
}

static int
add_programs(struct dt *dt, const struct args *a)
{
	for (size_t i = 0; i < a->nopt; i++) {
		const char *v = a->opt[i].value;

		switch (a->opt[i].letter) {
		case 'f': case 'i': case 'm': case 'n': case 'P':
			if (dt_add_text(dt, a->opt[i].letter, v) < 0)
				return fail(dt);
			break;
		case 's':
			if (dt_add_file(dt, v) < 0)
				return fail(dt);
			break;
		}
	}
	return 0;
}

static int
add_processes(struct dt *dt, const struct args *a)
{
	for (size_t i = 0; i < a->nopt; i++) {
		if (a->opt[i].letter == 'p' && grab(dt, a->opt[i].value) != 0)
			return 1;
		if (a->opt[i].letter == 'c' && dt_create(dt, a->opt[i].value) < 0)
			return fail(dt);
	}
	return 0;
}

/* $0 is the script when there is just one program and it is a script. */
static const char *
script_name(const struct args *a, const char *argv0)
{
	const struct arg_opt *last = NULL;
	size_t n = args_programs(a, &last);

	return n == 1 && last->letter == 's' ? last->value : argv0;
}

static unsigned
notice_matched(struct dt *dt)
{
	unsigned total = 0;

	for (unsigned i = 0; i < dt_nprogram(dt); i++) {
		const char *kind, *name;
		unsigned n;

		dt_program(dt, i, &kind, &name, &n);
		total += n;
		if (!dt_option_on(dt, "quiet"))
			fprintf(stderr, "dtrace: %s '%s' matched %u probe%s\n", kind, name, n,
			    n == 1 ? "" : "s");
	}
	return total;
}

static int
dump(struct dt *dt, const struct args *a, bool is_early, FILE *out)
{
	for (size_t i = 0; i < a->nopt; i++) {
		const char *stage = a->opt[i].letter == 'd' ? a->opt[i].value : "bpf";

		if (strchr("dS", a->opt[i].letter) == NULL
		    || (strcmp(stage, "parse") == 0) != is_early)
			continue;
		if (dt_dump(dt, stage, a->opt[i].letter == 'S' ? stderr : out) < 0)
			return fail(dt);
	}
	if (!is_early && dt_option_on(dt, "verbose") && !args_has(a, 'S') &&
	    dt_dump(dt, "bpf", stderr) < 0)
		return fail(dt);
	return 0;
}

static int
trace(struct dt *dt)
{
	int r = 0;

	if (dt_option_on(dt, "destructive") && !dt_option_on(dt, "quiet"))
		fputs("dtrace: allowing destructive actions\n", stderr);
	catch_signals(dt);
	if (dt_go(dt) < 0) {
		fprintf(stderr, "dtrace: could not enable tracing: %s\n", dt_error(dt));
		return 1;
	}
	while (r == 0)
		r = dt_work(dt);
	if (r < 0)
		fail(dt);
	if (dt_stop(dt) < 0)
		return fail(dt);
	return r < 0 ? 1 : dt_exit_status(dt);
}

static int
run(struct dt *dt, const struct args *a, FILE *out)
{
	bool verbose = args_has(a, 'v');
	unsigned total;

	if (dump(dt, a, true, out) != 0)
		return 1;
	if (args_has(a, 'l'))
		dt_listing(dt);
	if (dt_compile(dt) < 0)
		return fail(dt);
	if (dump(dt, a, false, out) != 0)
		return 1;
	if (args_has(a, 'l'))
		return dt_list(dt, out, verbose) < 0 ? fail(dt) : 0;
	if (args_has(a, 'e') || args_has(a, 'd')) {
		for (unsigned i = 0; verbose && i < dt_nprogram(dt); i++)
			dt_report(dt, i, out);
		return 0;
	}
	total = notice_matched(dt);
	for (unsigned i = 0; verbose && i < dt_nprogram(dt); i++)
		dt_report(dt, i, out);
	if (dt_nprogram(dt) == 0 || (total == 0 && !dt_option_on(dt, "zdefs") &&
	    !dt_option_on(dt, "pyagent"))) {
		fprintf(stderr, "dtrace: no probes %s\n",
		    dt_nprogram(dt) == 0 ? "specified" : "matched");
		return 1;
	}
	return trace(dt);
}

static int
version(struct dt *dt, bool verbose)
{
	puts("dtrace: Dipper D 2.0");
	if (verbose) {
		printf("This is Dipper %s\n", dt_version);
		dt_features(dt, stdout);
	}
	return 0;
}

static bool
is_define(const struct args *a)
{
	return args_has(a, 'G') || args_has(a, 'h');
}

/* -G, -h, -l and -V exclude each other; what touches the kernel needs root. */
static int
check_modes(struct args *a)
{
	int modes = args_has(a, 'G') + args_has(a, 'h') + args_has(a, 'l') + args_has(a, 'V');

	if (a->nopt == 0 && a->noperand == 0) {
		args_usage();
		return EXIT_USAGE;
	}
	if (modes > 1) {
		fputs("dtrace: only one of the [-GhlV] options can be specified at a time\n", stderr);
		return EXIT_USAGE;
	}
	if (is_define(a))
		return define_check(a);
	if (!args_has(a, 'V') && geteuid() != 0) {
		fputs("dtrace: run as root for tracing and listing probes\n", stderr);
		return EXIT_USAGE;
	}
	return 0;
}

static int
define(struct dt *dt, const struct args *a, const char *argv0)
{
	dt_operands(dt, script_name(a, argv0), a->noperand, a->operand);
	if (add_programs(dt, a) != 0)
		return 1;
	return define_write(dt, a) < 0 ? fail(dt) : 0;
}

static int
with_session(struct dt *dt, const struct args *a, const char *argv0)
{
	FILE *out = stdout;
	int status;

	if (apply_settings(dt, a) != 0)
		return 1;
	if (args_has(a, 'V'))
		return version(dt, args_has(a, 'v'));
	if (is_define(a))
		return define(dt, a, argv0);
	if (args_has(a, 'l') && set_option(dt, "zdefs", NULL) != 0)
		return 1;
	for (size_t i = 0; i < a->nopt; i++)
		if (a->opt[i].letter == 'o') {
			out = fopen(a->opt[i].value, "ae");
			if (out == NULL) {
				fprintf(stderr, "dtrace: failed to open output file '%s': %s\n",
				    a->opt[i].value, strerror(errno));
				return 1;
			}
		}
	dt_files(dt, out, stderr);
	dt_operands(dt, script_name(a, argv0), a->noperand, a->operand);
	status = add_programs(dt, a) != 0 || add_processes(dt, a) != 0 ? 1 : run(dt, a, out);
	if (out != stdout && fclose(out) != 0 && status == 0)
		status = 1;
	return status;
}

int
main(int argc, char **argv)
{
	struct args a;
	struct dt *dt;
	int status;

	setlocale(LC_ALL, "");
	status = args_parse(&a, argc, argv);
	if (status == 0 && args_has(&a, 'h') && a.nopt == 1 && a.noperand == 0) {
		args_usage();
		args_free(&a);
		return 0;
	}
	if (status == 0)
		status = check_modes(&a);
	if (status != 0) {
		args_free(&a);
		return status;
	}
	dt = dt_new(getenv("_DTRACE_TESTING") != NULL);
	if (dt == NULL) {
		fputs("dtrace: Memory allocation failure\n", stderr);
		return 1;
	}
	status = with_session(dt, &a, argv[0]);
	interrupted = NULL;
	dt_free(dt);
	args_free(&a);
	return status;
}
