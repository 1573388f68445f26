/*
 * Records → rows of output. What an action shows is a function in show_table; the rest of this
 * file checks a record against its schema and finds the values in it.
 *
 * Formats are parsed and values described once per clause, when the consumer is made; a record
 * then only moves the pointers of its values.
 */
#include "run/consume.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "lang/builtin.h"
#include "lang/printf.h"
#include "os/command.h"
#include "run/fault.h"
#include "run/format.h"
#include "run/output.h"
#include "run/pycode.h"
#include "run/row.h"
#include "run/spec.h"
#include "type/value.h"

/* Output goes to the file when there is this much, even between two flushes. */
enum { FLUSH_BYTES = 1 << 20 };
/* A provider's name, and a pid behind it. */
enum { PROV_BYTES = 192 };

/* An action of the schema, ready to be shown. */
struct act {
	const struct rec_act *rec;
	const struct printf_fmt *fmt;		/* NULL: none */
	struct format_value *value;		/* rec->nfield */
	char *prov;				/* room for the name of a family's provider */
};

struct clause {
	const struct rec *rec;			/* NULL: never sends */
	struct act *act;			/* rec->nact */
	bool may_be_silent;			/* has actions that no row is shown for */
};

/* What all actions of one record know. */
struct firing {
	const struct probe *probe;
	uint32_t clause;
	pid_t pid;				/* of an error */
	bool has_exited;
	int exit_status;
};

struct consumer {
	struct consume_env env;
	struct arena arena;
	struct clause *clause;			/* env.nrec */
	struct buf out;
	struct output output;			/* where that goes */
	struct row_state row;
	struct specs *specs;
	struct firing now;
};

/* ----------------------------------------------------------------------- actions */

static int
show_act_printf(struct consumer *c, const struct act *a)
{
	format_print(&c->out, a->fmt, a->value, a->rec->nfield);
	return 0;
}

static int
show_act_trace(struct consumer *c, const struct act *a)
{
	for (uint32_t i = 0; i < a->rec->nfield; i++)
		format_trace(&c->out, &a->value[i], options_on(c->env.options, OPT_QUIET),
		    options_on(c->env.options, OPT_RAWBYTES),
		    (uint32_t)options_get(c->env.options, OPT_STACKINDENT));
	return 0;
}

static int64_t
value_or(const struct act *a, uint32_t i, int64_t otherwise)
{
	return i < a->rec->nfield ? format_int(&a->value[i]) : otherwise;
}

static int
show_act_exit(struct consumer *c, const struct act *a)
{
	c->now.has_exited = true;
	c->now.exit_status = (int)value_or(a, 0, 0);
	return 0;
}

static int
show_act_printa(struct consumer *c, const struct act *a)
{
	return aggrs_print(c->env.aggrs, &c->out, a->rec->aggr, a->rec->naggr, a->fmt);
}

static int
show_act_clear(struct consumer *c, const struct act *a)
{
	return aggrs_clear(c->env.aggrs, a->rec->aggr[0]);
}

static int
show_act_trunc(struct consumer *c, const struct act *a)
{
	return aggrs_trunc(c->env.aggrs, a->rec->aggr[0], a->rec->nfield > 0, value_or(a, 0, 0));
}

static int
show_act_normalize(struct consumer *c, const struct act *a)
{
	aggrs_normalize(c->env.aggrs, a->rec->aggr[0], value_or(a, 0, 1));
	return 0;
}

/* As many bytes as the optional second value says, if it is not too large. */
static int
show_act_tracemem(struct consumer *c, const struct act *a)
{
	int64_t shown = value_or(a, 1, -1);
	uint32_t size = a->value[0].size;

	format_dump(&c->out, a->value[0].data,
	    shown >= 0 && shown < size ? (uint32_t)shown : size);
	return 0;
}

/* Said at once, after what was traced before. */
static int
library_fault(struct consumer *c, const char *what)
{
	struct buf b = BUF_INIT;
	int err = consumer_flush(c);

	fault_print_library(&b, c->now.clause, c->now.probe, what);
	fputs(buf_str(&b), c->env.err);
	buf_fini(&b);
	return err;
}

static int
show_act_freopen(struct consumer *c, const struct act *a)
{
	struct buf path = BUF_INIT, what = BUF_INIT;
	int err = consumer_flush(c), failed;

	format_print(&path, a->fmt, a->value, a->rec->nfield);
	failed = err < 0 ? 0 : output_reopen(&c->output, buf_str(&path));
	if (failed < 0) {
		buf_printf(&what, "couldn't freopen() \"%s\": %s", buf_str(&path),
		    strerror(-failed));
		err = library_fault(c, buf_str(&what));
	}
	buf_fini(&path);
	buf_fini(&what);
	return err;
}

/* A terminal or a pipe can't be emptied: nothing to say. */
static int
show_act_ftruncate(struct consumer *c, const struct act *a)
{
	int err = consumer_flush(c);

	(void)a;
	(void)output_truncate(&c->output);
	return err;
}

static int
show_act_system(struct consumer *c, const struct act *a)
{
	struct buf text = BUF_INIT, what = BUF_INIT;
	int err = consumer_flush(c), status;

	format_print(&text, a->fmt, a->value, a->rec->nfield);
	status = err < 0 ? 0 : command_shell(buf_str(&text));
	if (status < 0) {
		buf_printf(&what, "couldn't run \"%s\": %s", buf_str(&text), strerror(-status));
		err = library_fault(c, buf_str(&what));
	}
	buf_fini(&text);
	buf_fini(&what);
	return err;
}

static int
show_act_setopt(struct consumer *c, const struct act *a)
{
	char text[2][256] = { "", "1" };	/* a flag is set to 1 */
	struct buf what = BUF_INIT;
	int err = 0, failed;

	for (uint32_t i = 0; i < a->rec->nfield && i < 2; i++)
		snprintf(text[i], sizeof(text[i]), "%.*s",
		    (int)strnlen(a->value[i].data, a->value[i].size),
		    (const char *)a->value[i].data);
	failed = options_set(c->env.options, text[0], text[1], OPTION_TRACING);
	if (failed < 0) {
		buf_printf(&what, "couldn't set option \"%s\" to \"%s\": %s", text[0], text[1],
		    option_strerror(failed));
		err = library_fault(c, buf_str(&what));
	}
	buf_fini(&what);
	return err;
}

static int show_held(void *self, const void *record, size_t bytes);

/* commit(), discard(): at once, also when the record that says so is held itself. */
static int
show_act_end(struct consumer *c, const struct act *a)
{
	struct rec_spec spec;

	memcpy(&spec, a->value[0].data, sizeof(spec));
	return specs_end(c->specs, spec, a->rec->act == BA_COMMIT, show_held, c);
}

/* What a pointer leads to, behind the pointer; or a value. */
static int
show_act_print(struct consumer *c, const struct act *a)
{
	enum { COLUMN = 44 };			/* where a row's data begin */
	const uint32_t n = a->rec->nfield;
	const struct format_value *v = &a->value[n - 1];

	if (n > 1)
		buf_printf(&c->out, "0x%llx = *\n", (unsigned long long)format_int(&a->value[0]));
	value_spell(&c->out, a->rec->field[n - 1].type, v->data, v->size, COLUMN, n > 1);
	return 0;
}

static int
show_act_nothing(struct consumer *c, const struct act *a)
{
	(void)c, (void)a;
	return 0;
}

static const struct show_row {
	int (*show)(struct consumer *, const struct act *);	/* 0 or -errno */
	bool needs_format, needs_aggr;
	bool ends_speculation;			/* shows no row of its own */
} show_table[NR_BA] = {
	[BA_EXIT] = { .show = show_act_exit },
	[BA_PRINT] = { .show = show_act_print },
	[BA_PRINTA] = { .show = show_act_printa, .needs_aggr = true },
	[BA_PRINTF] = { .show = show_act_printf, .needs_format = true },
	[BA_TRACE] = { .show = show_act_trace },
	[BA_CLEAR] = { .show = show_act_clear, .needs_aggr = true },
	[BA_TRUNC] = { .show = show_act_trunc, .needs_aggr = true },
	[BA_NORMALIZE] = { .show = show_act_normalize, .needs_aggr = true },
	[BA_DENORMALIZE] = { .show = show_act_normalize, .needs_aggr = true },
	[BA_COMMIT] = { .show = show_act_end, .ends_speculation = true },
	[BA_DISCARD] = { .show = show_act_end, .ends_speculation = true },
	[BA_SPECULATE] = { .show = show_act_nothing },
	[BA_TRACEMEM] = { .show = show_act_tracemem },
	[BA_FREOPEN] = { .show = show_act_freopen, .needs_format = true },
	[BA_FTRUNCATE] = { .show = show_act_ftruncate },
	[BA_RAISE] = { .show = show_act_nothing },
	[BA_SETOPT] = { .show = show_act_setopt },
	[BA_STOP] = { .show = show_act_nothing },
	[BA_SYSTEM] = { .show = show_act_system, .needs_format = true },
	[BA_STACK] = { .show = show_act_trace },
	[BA_JSTACK] = { .show = show_act_trace },
	[BA_USTACK] = { .show = show_act_trace },
	[BA_FUNC] = { .show = show_act_trace },
	[BA_MOD] = { .show = show_act_trace },
	[BA_SYM] = { .show = show_act_trace },
	[BA_UADDR] = { .show = show_act_trace },
	[BA_UFUNC] = { .show = show_act_trace },
	[BA_UMOD] = { .show = show_act_trace },
	[BA_USYM] = { .show = show_act_trace },
};

/* ------------------------------------------------------------------------ schema */

static struct format_value
make_value(const struct consumer *c, const struct rec *rec, const struct rec_field *f)
{
	struct format_value v = { .size = f->size, .kind = FORMAT_STR, .show = c->env.show };

	switch (f->kind) {
	case REC_INT:
	case REC_CONST_INT:
		v.kind = FORMAT_INT;
		v.is_signed = f->type != NULL && type_is_int(f->type) && type_is_signed(f->type);
		break;
	case REC_BYTES:
	case REC_SHOWN:
		v = format_value(f->type, NULL, c->env.show);
		v.size = f->size;
		break;
	case REC_STR:
	case REC_PROBEPROV:
	case REC_PROBEMOD:
	case REC_PROBEFUNC:
	case REC_PROBENAME:
	case REC_CONST_STR:
		break;
	}
	if (f->kind == REC_CONST_INT) {
		v.data = &f->val;
		v.size = f->type != NULL ? type_real(f->type)->size_bytes : sizeof(f->val);
	} else if (f->kind == REC_CONST_STR) {
		v.data = f->str;
		v.size = (uint32_t)strlen(f->str) + 1;
	} else if (f->kind == REC_INT || f->kind == REC_STR || f->kind == REC_BYTES
	    || f->kind == REC_SHOWN || f->kind == REC_PROBEPROV) {
		if (f->off < sizeof(struct rec_hdr) || f->off > rec->bytes ||
		    f->size > rec->bytes - f->off)
			BUG("a field of a record of %u bytes is at %u", rec->bytes, f->off);
	}
	return v;
}

static void
make_act(struct consumer *c, const struct rec *rec, struct act *a, const struct rec_act *from)
{
	const char *error;

	a->rec = from;
	a->value = arena_alloc(&c->arena, (from->nfield + 1) * sizeof(*a->value));
	a->prov = arena_alloc(&c->arena, PROV_BYTES);
	for (uint32_t i = 0; i < from->nfield; i++)
		a->value[i] = make_value(c, rec, &from->field[i]);
	if (from->act == REC_ACT_DEFAULT)
		return;
	if (from->fmt != NULL) {
		a->fmt = printf_parse(&c->arena, from->fmt, &error);
		if (a->fmt == NULL)
			BUG("%s", error);
	}
	if (from->when >= rec->bytes)
		BUG("a branch of a record of %u bytes is at %u", rec->bytes, from->when);
	if ((show_table[from->act].needs_format && a->fmt == NULL) ||
	    (show_table[from->act].needs_aggr && from->naggr == 0))
		BUG("action %d has no format or aggregation", from->act);
}

static bool
ends_speculation(const struct rec_act *a)
{
	return a->act != REC_ACT_DEFAULT && show_table[a->act].ends_speculation;
}

struct consumer *
consumer_new(const struct consume_env *env)
{
	struct consumer *c = calloc(1, sizeof(*c));

	if (c == NULL)
		BUG("out of memory");
	c->env = *env;
	output_init(&c->output, env->out);
	c->specs = specs_new((uint32_t)options_get(env->options, OPT_NSPEC),
	    (uint64_t)options_get(env->options, OPT_SPECSIZE));
	arena_init(&c->arena);
	c->clause = arena_alloc(&c->arena, (env->nrec + 1) * sizeof(*c->clause));
	for (uint32_t i = 0; i < env->nrec; i++) {
		const struct rec *rec = env->rec[i];
		struct clause *clause = &c->clause[i];

		if (rec == NULL || rec->bytes == 0)
			continue;
		clause->rec = rec;
		clause->act = arena_alloc(&c->arena, (rec->nact + 1) * sizeof(*clause->act));
		for (uint32_t j = 0; j < rec->nact; j++)
			make_act(c, rec, &clause->act[j], &rec->act[j]);
		for (uint32_t j = 0; j < rec->nact; j++)
			clause->may_be_silent |= ends_speculation(&rec->act[j]);
		if (rec->spec_off > rec->bytes
		    || rec->bytes - rec->spec_off < sizeof(struct rec_spec))
			BUG("the speculation of a record of %u bytes is at %u", rec->bytes,
			    rec->spec_off);
	}
	return c;
}

void
consumer_free(struct consumer *c)
{
	if (c == NULL)
		return;
	buf_fini(&c->out);
	output_fini(&c->output);
	specs_free(c->specs);
	arena_fini(&c->arena);
	free(c);
}

/* ----------------------------------------------------------------------- records */

/* Let the values of an action point into this record. */
static void
load_values(const struct consumer *c, struct act *a, const unsigned char *data)
{
	const struct probe *p = c->now.probe;
	pid_t pid;

	for (uint32_t i = 0; i < a->rec->nfield; i++) {
		const struct rec_field *f = &a->rec->field[i];
		struct format_value *v = &a->value[i];
		const char *name = NULL;

		switch (f->kind) {
		case REC_INT:
		case REC_STR:
		case REC_BYTES:
		case REC_SHOWN:
			v->data = data + f->off;
			continue;
		case REC_CONST_STR:
		case REC_CONST_INT:
			continue;
		case REC_PROBEPROV:
			memcpy(&pid, data + f->off, sizeof(pid));
			name = probe_provider(p, pid, a->prov, PROV_BYTES);
			break;
		case REC_PROBEMOD:
			name = p->mod;
			break;
		case REC_PROBEFUNC:
			name = p->func;
			break;
		case REC_PROBENAME:
			name = p->name;
			break;
		}
		v->data = name;
		v->size = (uint32_t)strlen(name) + 1;
	}
}

static bool
was_reached(const struct rec_act *a, const unsigned char *data)
{
	return a->when == 0 || data[a->when] != 0;
}

static bool
has_row(const struct clause *clause, const unsigned char *data)
{
	for (uint32_t i = 0; i < clause->rec->nact; i++)
		if (!ends_speculation(&clause->rec->act[i])
		    && was_reached(&clause->rec->act[i], data))
			return true;
	return false;
}

/* All actions, or only those that end a speculation, or all but these. */
enum which { ACTS_ALL, ACTS_ENDS, ACTS_HELD };

static int
run_acts(struct consumer *c, struct clause *clause, const unsigned char *data, enum which which)
{
	int err = 0;

	for (uint32_t i = 0; i < clause->rec->nact && err == 0; i++) {
		struct act *a = &clause->act[i];

		if (a->rec->act == REC_ACT_DEFAULT || !was_reached(a->rec, data))
			continue;
		if (which != ACTS_ALL && ends_speculation(a->rec) != (which == ACTS_ENDS))
			continue;
		load_values(c, a, data);
		err = show_table[a->rec->act].show(c, a);
	}
	return err;
}

/* hdr: of the record. */
static int
show_row(struct consumer *c, struct clause *clause, const struct rec_hdr *hdr,
    const unsigned char *data, enum which which)
{
	const bool is_quiet = options_on(c->env.options, OPT_QUIET);
	const bool is_row = !clause->may_be_silent || has_row(clause, data);
	int err;

	if (is_row && options_on(c->env.options, OPT_FLOWINDENT))
		row_put_flow(&c->row, &c->out, hdr, c->now.probe, c->env.is_testing);
	else if (is_row && !is_quiet)
		row_put(&c->row, &c->out, hdr, c->now.probe, c->env.is_testing);
	err = run_acts(c, clause, data, which);
	if (is_row && !is_quiet)
		buf_putc(&c->out, '\n');
	return err;
}

static void
begin_firing(struct consumer *c, const struct rec_hdr *hdr)
{
	c->now = (struct firing){
		.probe = probe_by_id(c->env.probes, hdr->probe), .clause = hdr->clause,
		.pid = hdr->clause == REC_ERROR ? (pid_t)hdr->pid : 0,
	};
}

/* A record that a speculation held, among the actions of the one that commits it. */
static int
show_held(void *self, const void *record, size_t bytes)
{
	struct consumer *c = self;
	const struct firing committing = c->now;
	struct rec_hdr hdr;
	int err;

	(void)bytes;
	memcpy(&hdr, record, sizeof(hdr));
	begin_firing(c, &hdr);
	err = show_row(c, &c->clause[hdr.clause], &hdr, record, ACTS_HELD);
	c->now = committing;
	return err;
}

static int
consume_clause(struct consumer *c, const struct rec_hdr *hdr, const unsigned char *data,
    size_t bytes)
{
	struct clause *clause = hdr->clause < c->env.nrec ? &c->clause[hdr->clause] : NULL;
	struct rec_spec spec = { 0 };

	if (clause == NULL || clause->rec == NULL || bytes != clause->rec->bytes)
		return -EBADMSG;
	if (clause->rec->spec_off != 0)
		memcpy(&spec, data + clause->rec->spec_off, sizeof(spec));
	if (spec.word == 0 || specs_add(c->specs, spec, data, bytes))
		return show_row(c, clause, hdr, data, ACTS_ALL);
	return run_acts(c, clause, data, ACTS_ENDS);
}

/* Said at once, after what was traced before. */
static int
consume_error(struct consumer *c, const unsigned char *data, size_t bytes)
{
	struct rec_error e;
	struct buf b = BUF_INIT;
	int err;

	if (bytes != sizeof(struct rec_hdr) + sizeof(e))
		return -EBADMSG;
	memcpy(&e, data + sizeof(struct rec_hdr), sizeof(e));
	err = consumer_flush(c);
	fault_print(&b, &e, c->now.probe, c->now.pid);
	fputs(buf_str(&b), c->env.err);
	buf_fini(&b);
	return err;
}

/* REC_MAPS, REC_PYTHON: something to be done with a process. */
static int
consume_pid(struct consumer *c, void (*fn)(void *, uint64_t), const unsigned char *data,
    size_t bytes)
{
	uint64_t pid;

	if (bytes != sizeof(struct rec_hdr) + sizeof(pid))
		return -EBADMSG;
	memcpy(&pid, data + sizeof(struct rec_hdr), sizeof(pid));
	if (fn != NULL)
		fn(c->env.self, pid);
	return 0;
}

/* What a code object was, for the stacks that have its id. */
static int
consume_code(struct consumer *c, bool (*add)(struct pycodes *, const void *, size_t),
    const unsigned char *data, size_t bytes)
{
	return add(show_pycodes(c->env.show), data + sizeof(struct rec_hdr),
	    bytes - sizeof(struct rec_hdr)) ? 0 : -EBADMSG;
}

int
consume(struct consumer *c, const void *data, size_t bytes, int *exit_status)
{
	struct rec_hdr hdr;
	int err;

	if (bytes < sizeof(hdr))
		return -EBADMSG;
	memcpy(&hdr, data, sizeof(hdr));
	if (hdr.clause == REC_MAPS)
		return 0;
	if (hdr.clause == REC_PROCESS)
		return consume_pid(c, c->env.process_met, data, bytes);
	if (hdr.clause == REC_PYTHON)
		return consume_pid(c, c->env.python_met, data, bytes);
	if (hdr.clause == REC_PYTHON_EXEC)
		return consume_pid(c, c->env.python_exec, data, bytes);
	if (hdr.clause == REC_PYTHON_CODE)
		return consume_code(c, pycodes_add, data, bytes);
	if (hdr.clause == REC_PYTHON_LINES)
		return consume_code(c, pycodes_add_lines, data, bytes);
	begin_firing(c, &hdr);
	if (c->now.probe == NULL)
		return -EBADMSG;
	if (hdr.clause == REC_ERROR)
		return consume_error(c, data, bytes);
	err = consume_clause(c, &hdr, data, bytes);
	if (err == 0 && c->out.n >= FLUSH_BYTES)
		err = consumer_flush(c);
	if (c->now.has_exited)
		*exit_status = c->now.exit_status;
	return err < 0 ? err : c->now.has_exited;
}

/* What could not be written is lost: the caller ends tracing. */
int
consumer_flush(struct consumer *c)
{
	int err = c->out.n > 0 ? output_write(&c->output, c->out.p, c->out.n) : 0;

	buf_clear(&c->out);
	return err;
}

uint64_t
consumer_spec_drops(struct consumer *c)
{
	return specs_drops(c->specs);
}
