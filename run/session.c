/*
 * A session's life up to a compiled program: options, targets, texts, compile. What happens
 * when it runs is trace.c; what it can show of itself is list.c and dump.c.
 */
#include "run/session.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "lang/check.h"
#include "lang/parse.h"
#include "os/ksym.h"
#include "os/ktype.h"
#include "os/cpu.h"

const char dt_version[] = "0.1.0";

enum { SCRIPT_MAX_BYTES = 16 << 20 };

int
session_error(struct dt *s, int err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(s->err, sizeof(s->err), fmt, ap);
	va_end(ap);
	return err < 0 ? err : -EINVAL;
}

const char *
dt_error(const struct dt *s)
{
	return s->err;
}

static int
set_option(void *self, const char *name, const char *value)
{
	struct dt *s = self;

	return options_set(&s->options, name,
	    value != NULL ? arena_strdup(&s->arena, value) : NULL, OPTION_PROGRAM);
}

static void
show_note(void *self, int level, const char *fmt, ...)
{
	struct dt *s = self;
	va_list ap;

	if (level > s->verbose)
		return;
	fputs("dtrace: ", s->errf);
	va_start(ap, fmt);
	vfprintf(s->errf, fmt, ap);
	va_end(ap);
	fputc('\n', s->errf);
}

struct dt *
dt_new(bool is_testing)
{
	struct dt *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	arena_init(&s->arena);
	intern_init(&s->intern, &s->arena);
	options_init(&s->options);
	types_init(&s->types, &s->arena, &s->intern,
	    (uint32_t)options_get(&s->options, OPT_STRSIZE));
	scope_init(&s->scope, &s->arena);
	probes_init(&s->probes, &s->arena, &s->intern);
	s->ksyms = ksyms_new();
	s->ncpu = cpu_possible();
	s->is_testing = is_testing;
	s->out = stdout;
	s->errf = stderr;
	s->argv0 = "dtrace";
	s->diag.arena = &s->arena;
	s->lang = (struct lang_env){
		.arena = &s->arena, .intern = &s->intern, .types = &s->types,
		.scope = &s->scope, .options = &s->options, .self = s,
		.arg_type = match_arg_type, .macro = macro_value, .option = set_option,
		.symbol = symbol_find,
		.depends = library_depends,
	};
	s->prov = (struct prov_env){
		.arena = &s->arena, .intern = &s->intern, .types = &s->types,
		.probes = &s->probes, .features = &s->features, .options = &s->options,
		.note = show_note, .note_self = s,
		.ktypes = ktypes_new(&s->types, &s->options.str[OPT_BTFPATH]),
	};
	return s;
}

static void
close_all(int *fd, size_t n)
{
	while (n > 0)
		if (fd[--n] >= 0)
			close(fd[n]);
}

void
dt_free(struct dt *s)
{
	if (s == NULL)
		return;
	close_all(s->prov.link.v, s->prov.link.n);	/* disarms */
	vec_fini(&s->prov.link);
	agent_stop(s);
	for (size_t i = 0; i < s->target.n; i++)
		proc_release(&s->target.v[i]);
	for (size_t i = 0; i < s->group.n; i++) {
		if (s->group.v[i]->prog_fd >= 0)
			close(s->group.v[i]->prog_fd);
		vec_fini(&s->group.v[i]->site);
	}
	watch_free(s->watch);
	follow_free(s);
	ring_free(s->ring);
	consumer_free(s->consumer);
	aggrs_free(s->aggrs);
	show_free(s->show);
	ksyms_free(s->ksyms);
	unwind_free(s);
	status_fini(&s->status);
	if (s->control != NULL)
		munmap(s->control, s->control_bytes);
	close_all(s->map_fd.v, s->map_fd.n);
	close_all(s->own_fd.v, s->own_fd.n);
	for (uint32_t i = 0; i < s->nenabling; i++)
		free(s->enabling[i].clause);
	free(s->enabling);
	vec_fini(&s->group);
	vec_fini(&s->map_fd);
	vec_fini(&s->own_fd);
	vec_fini(&s->held);
	vec_fini(&s->target);
	vec_fini(&s->text);
	vec_fini(&s->cpp_arg);
	vec_fini(&s->library_dir);
	vec_fini(&s->library);
	map_fini(&s->prov.cache);
	ktypes_free(s->prov.ktypes);
	probes_fini(&s->probes);
	scope_fini(&s->scope);
	types_fini(&s->types);
	intern_fini(&s->intern);
	arena_fini(&s->arena);
	free(s);
}

void
dt_files(struct dt *s, FILE *out, FILE *err)
{
	s->out = out;
	s->errf = err;
}

int
dt_option(struct dt *s, const char *name, const char *value)
{
	int err = options_set(&s->options, name, value, OPTION_COMMAND);

	if (err == 0)
		preprocess_option(s, name, value);
	if (err == 0 && strcmp(name, "libdir") == 0)
		vec_push(&s->library_dir, value);
	return err;
}

bool
dt_option_on(const struct dt *s, const char *name)
{
	for (int i = 0; i < OPT_MAX; i++)
		if (strcmp(option_table[i].name, name) == 0)
			return options_on(&s->options, (enum option)i);
	return false;
}

void
dt_listing(struct dt *s)
{
	s->prov.is_listing = true;
}

void
dt_verbose(struct dt *s, int level)
{
	s->verbose = level;
}

void
dt_operands(struct dt *s, const char *argv0, int n, char **operand)
{
	s->argv0 = argv0;
	s->noperand = n;
	s->operand = operand;
}

static void
add_target(struct dt *s, struct proc p)
{
	vec_push(&s->target, p);
	s->prov.target = s->target.v;
	s->prov.ntarget = (uint32_t)s->target.n;
}

int
dt_grab(struct dt *s, pid_t pid)
{
	struct proc p = {0};
	int err = proc_grab(&p, pid);

	if (err < 0)
		return session_error(s, err, "failed to grab process %d: %s", (int)pid,
		    err == -ESRCH ? "No such process" : strerror(-err));
	add_target(s, p);
	return 0;
}

static int
create(struct dt *s, const char *command)
{
	struct proc p = {0};
	char why[512] = "";
	int err = proc_create(&p, command, why, sizeof(why));

	if (err < 0)
		return session_error(s, err, "failed to execute %s: %s", command,
		    why[0] != '\0' ? why : strerror(-err));
	add_target(s, p);
	return 0;
}

int
dt_create(struct dt *s, const char *command)
{
	return options_on(&s->options, OPT_PYAGENT) ? agent_create(s, command, create) :
	    create(s, command);
}

int
dt_add_text(struct dt *s, char letter, const char *text)
{
	static const struct { char letter; enum source_spec spec; } table[] = {
		{ 'P', SPEC_PROVIDER }, { 'm', SPEC_MODULE }, { 'f', SPEC_FUNCTION },
		{ 'n', SPEC_NAME }, { 'i', SPEC_NAME },
	};
	struct text *t = arena_new(&s->arena, struct text);

	t->src = (struct source){
		.kind = SOURCE_ARG, .name = text, .text = text, .len = strlen(text),
		.spec = SPEC_NAME, .diag = &s->diag,
	};
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		if (table[i].letter == letter)
			t->src.spec = table[i].spec;
	vec_push(&s->text, t);
	return 0;
}

/* The bytes of a file; it is a program, through the preprocessor if that is wanted. */
static int
read_file(struct dt *s, const char *path, bool is_program, const char **text, size_t *len)
{
	_cleanup_fd_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct buf b = BUF_INIT;
	char chunk[4096];
	ssize_t n = -1;
	int err = 0;

	while (fd >= 0 && (n = read(fd, chunk, sizeof(chunk))) > 0 && b.n <= SCRIPT_MAX_BYTES)
		buf_add(&b, chunk, (size_t)n);
	if (n != 0) {
		err = n > 0 ? EFBIG : errno;
		buf_fini(&b);
		return session_error(s, -err, "failed to open %s: %s", path, strerror(err));
	}
	if (is_program && options_on(&s->options, OPT_CPP))
		err = preprocess(s, path, &b);
	*text = arena_strndup(&s->arena, buf_str(&b), b.n);
	*len = b.n;
	buf_fini(&b);
	return err;
}

int
session_read(struct dt *s, const char *path, const char **text, size_t *len)
{
	return read_file(s, path, false, text, len);
}

int
dt_add_file(struct dt *s, const char *path)
{
	struct text *t = arena_new(&s->arena, struct text);
	int err;

	t->src = (struct source){
		.kind = SOURCE_FILE, .name = path, .spec = SPEC_NAME, .diag = &s->diag,
	};
	err = read_file(s, path, true, &t->src.text, &t->src.len);
	if (err == 0)
		vec_push(&s->text, t);
	return err;
}

static int
compile_error(struct dt *s, const struct text *t)
{
	bool is_file = t->src.kind == SOURCE_FILE;

	return session_error(s, -EINVAL, "%s %s: %s%s",
	    is_file ? "failed to compile script" : "invalid probe specifier", t->src.name,
	    s->diag.message, s->diag.source_lines ? s->diag.source_lines : "");
}

/* Pragmas of any text may set options that types depend on: all texts are parsed first. */
int
session_parse(struct dt *s)
{
	volatile size_t i = 0;
	int err;

	if (s->is_parsed)
		return 0;
	if (s->text.n > 0 && (err = library_add(s)) < 0)
		return err;
	s->diag.errtags = options_on(&s->options, OPT_ERRTAGS);
	s->diag.caret = options_on(&s->options, OPT_CARET);
	if (setjmp(s->diag.catch) != 0)
		return compile_error(s, s->text.v[i]);
	library_read(s);
	for (i = 0; i < s->text.n; i++) {
		s->text.v[i]->program = parse(&s->text.v[i]->src, &s->lang);
		s->prov.names_processes |= match_names_process(s->text.v[i]);
		if (options_on(&s->options, OPT_FOLLOW))
			match_follow(s, s->text.v[i]);
	}
	s->prov.follows = options_on(&s->options, OPT_FOLLOW) && s->target.n > 0;
	s->is_parsed = true;
	return 0;
}

static void
compile_text(struct dt *s, struct text *t)
{
	match_list(s, t);
	check(t->program, &s->lang);
	match_enable(s, t);
}

int
dt_compile(struct dt *s)
{
	volatile size_t i = 0;
	int err = session_parse(s);

	if (err < 0)
		return err;
	/* session_parse()'s frame is gone, and with it the place that it caught diagnostics. */
	if (setjmp(s->diag.catch) != 0)
		return compile_error(s, s->text.v[i]);
	if (s->parse_dump != NULL) {
		struct buf b = BUF_INIT;

		dump_tree(s, &b);
		fputs(buf_str(&b), s->parse_dump);
		buf_fini(&b);
	}
	if (watch_start(s) < 0)
		return -1;
	agent_start(s);
	types_set_strsize(&s->types, (uint32_t)options_get(&s->options, OPT_STRSIZE));
	for (i = 0; i < s->text.n && err == 0; i++)
		if (match_has_id(s->text.v[i])) {
			err = list_everything(s);
			break;
		}
	for (i = 0; i < s->text.n && err == 0; i++)
		compile_text(s, s->text.v[i]);
	if (err < 0)
		return session_error(s, err, "%s", s->prov.err);
	if (s->text.n > 0) {
		i = s->text.n - 1;
		macro_check_unused(s, s->text.v[i]);
		i++;
	}
	compose_add(s);
	err = library_upkeep(s);
	for (; err == 0 && i < s->text.n; i++) {
		s->text.v[i]->program = parse(&s->text.v[i]->src, &s->lang);
		compile_text(s, s->text.v[i]);
	}
	return err;
}

unsigned
dt_nprogram(const struct dt *s)
{
	return (unsigned)s->text.n - s->nadded;
}

void
dt_program(struct dt *s, unsigned i, const char **kind, const char **name,
    unsigned *matched)
{
	const struct text *t = s->text.v[i];

	*kind = t->src.kind == SOURCE_FILE ? "script" : "description";
	*name = t->src.name;
	if (t->src.kind == SOURCE_ARG)
		*name = arena_strndup(&s->arena, t->src.text,
		    strcspn(t->src.text, ";/{"));
	*matched = t->matched;
}

int
dt_exit_status(const struct dt *s)
{
	return s->exit_status;
}

void
dt_interrupt(struct dt *s)
{
	s->interrupts++;
}
