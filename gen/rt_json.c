/*
 * json(): a machine that looks at one byte of the text after the other. What it is about, and where
 * it is in the text and in the path ("a.b[2].c"), is in words of the state:
 *
 *     VALUE   before a value. One that is not wanted is passed over; in a wanted one the next step
 *             of the path is looked for, or, when the path has ended, it is the result.
 *     NESTED, TEXT, PLAIN   in a value that is passed over: an object or array, a string, a number
 *     AFTER   behind it
 *     KEY, IN_KEY, COLON   of a member, which is compared with the step of the path
 */
#include "gen/gen_private.h"

enum { VALUE, NESTED, TEXT, PLAIN, AFTER, KEY, IN_KEY, COLON, NSTATES };

/* Words at argument 1. */
enum {
	STATE = 0, POS = 8,		/* in the text */
	STEP = 16,			/* where the path's next step begins */
	WANT = 24,			/* the value that comes is on the path */
	TAKE = 32,			/* it is the result */
	NEST = 40,			/* how deep in a nested value */
	IN_ARRAY = 48, LEFT = 56,	/* of an array: elements before the wanted one */
	MATCH = 64,			/* where the path goes on if the key is the step; 0: it isn't */
	ESCAPE = 72,			/* the byte before was a backslash */
	FIRST = 80, END = 88,		/* of the result */
};

_Static_assert(END + 8 == RT_JSON_BYTES, "the words are all");

enum { GO_ON = 0, DONE = 1, NONE = 2 };

/* A byte of the text or path, and what most states do: go to the next one. */
struct machine {
	struct gen *g;
	struct ir_func *f;
	ir_val st, v, c, pos;
	ir_label next, stay, none;
};

static ir_val
get(const struct machine *m, int field)
{
	return ir_load(m->f, 8, m->v, field);
}

static void
set(const struct machine *m, int field, ir_val value)
{
	ir_store(m->f, 8, m->v, field, value);
}

static void
seti(const struct machine *m, int field, int32_t value)
{
	ir_storei(m->f, 8, m->v, field, value);
}

static void
go(const struct machine *m, int state)
{
	seti(m, STATE, state);
	ir_jmp(m->f, m->next);
}

static ir_val
path_at(const struct machine *m, ir_val at)
{
	ir_val off = ir_bin(m->f, OP_ADD, ir_arg(m->f, 3), at);

	return ir_load(m->f, 1, rt_state_at(m->g, m->f, m->st, off, 1, m->none), 0);
}

static void
skip_blanks(const struct machine *m)
{
	static const char blank[] = " \t\r\n";

	for (int i = 0; blank[i] != '\0'; i++)
		ir_jcci(m->f, OP_JEQ, m->c, blank[i], m->next);
}

/* A value that is not looked into begins. */
static void
begin_value(const struct machine *m)
{
	struct ir_func *f = m->f;
	ir_label nested = ir_label_new(f), text = ir_label_new(f);

	set(m, FIRST, m->pos);
	ir_jcci(f, OP_JEQ, m->c, '{', nested);
	ir_jcci(f, OP_JEQ, m->c, '[', nested);
	seti(m, NEST, 0);
	ir_jcci(f, OP_JEQ, m->c, '"', text);
	go(m, PLAIN);
	ir_place(f, text);
	set(m, FIRST, ir_bini(f, OP_ADD, m->pos, 1));
	go(m, TEXT);
	ir_place(f, nested);
	seti(m, NEST, 1);
	go(m, NESTED);
}

static void
in_value(const struct machine *m)
{
	struct ir_func *f = m->f;
	ir_label skip = ir_label_new(f), step = ir_label_new(f), take = ir_label_new(f),
	    array = ir_label_new(f), first = ir_label_new(f);
	ir_val at, p;

	skip_blanks(m);
	ir_jcci(f, OP_JEQ, m->c, ']', m->none);
	ir_jcci(f, OP_JEQ, m->c, 0, m->none);
	ir_jcci(f, OP_JEQ, get(m, WANT), 0, skip);
	at = ir_mov(f, get(m, STEP));
	ir_jcci(f, OP_JNE, path_at(m, at), '.', step);
	ir_updi(f, OP_ADD, at, 1);
	set(m, STEP, at);
	ir_place(f, step);
	p = path_at(m, at);
	ir_jcci(f, OP_JEQ, p, 0, take);
	ir_jcci(f, OP_JEQ, p, '[', array);
	ir_jcci(f, OP_JNE, m->c, '{', m->none);
	seti(m, IN_ARRAY, 0);
	go(m, KEY);
	ir_place(f, array);
	ir_jcci(f, OP_JNE, m->c, '[', m->none);
	ir_jcci(f, OP_JEQ, ir_fcall(f, gen_rt(m->g, RT_JSON_INDEX), 4, ir_arg(f, 0), ir_arg(f, 1),
	    ir_arg(f, 2), ir_arg(f, 3)), 0, m->none);
	seti(m, IN_ARRAY, 1);
	ir_jcci(f, OP_JEQ, get(m, LEFT), 0, first);
	seti(m, WANT, 0);
	ir_place(f, first);
	go(m, VALUE);
	ir_place(f, take);
	seti(m, TAKE, 1);
	ir_place(f, skip);
	begin_value(m);
}

static void
in_nested(const struct machine *m)
{
	struct ir_func *f = m->f;
	ir_label open = ir_label_new(f), close = ir_label_new(f), text = ir_label_new(f);

	ir_jcci(f, OP_JEQ, m->c, 0, m->none);
	ir_jcci(f, OP_JEQ, m->c, '"', text);
	ir_jcci(f, OP_JEQ, m->c, '{', open);
	ir_jcci(f, OP_JEQ, m->c, '[', open);
	ir_jcci(f, OP_JEQ, m->c, '}', close);
	ir_jcci(f, OP_JNE, m->c, ']', m->next);
	ir_place(f, close);
	set(m, NEST, ir_bini(f, OP_SUB, get(m, NEST), 1));
	ir_jcci(f, OP_JNE, get(m, NEST), 0, m->next);
	set(m, END, ir_bini(f, OP_ADD, m->pos, 1));
	go(m, AFTER);
	ir_place(f, open);
	set(m, NEST, ir_bini(f, OP_ADD, get(m, NEST), 1));
	ir_jmp(f, m->next);
	ir_place(f, text);
	go(m, TEXT);
}

/* Jumps on at a backslash, or to `plain` at what is behind one. */
static void
check_escape(const struct machine *m, ir_label plain)
{
	struct ir_func *f = m->f;
	ir_label no = ir_label_new(f), end = ir_label_new(f);

	ir_jcci(f, OP_JEQ, m->c, 0, m->none);
	ir_jcci(f, OP_JEQ, get(m, ESCAPE), 0, no);
	seti(m, ESCAPE, 0);
	ir_jmp(f, plain);
	ir_place(f, no);
	ir_jcci(f, OP_JNE, m->c, '\\', end);
	seti(m, ESCAPE, 1);
	ir_jmp(f, m->next);
	ir_place(f, end);
}

static void
in_text(const struct machine *m)
{
	struct ir_func *f = m->f;
	ir_label nested = ir_label_new(f);

	check_escape(m, m->next);
	ir_jcci(f, OP_JNE, m->c, '"', m->next);
	ir_jcci(f, OP_JNE, get(m, NEST), 0, nested);
	set(m, END, m->pos);
	go(m, AFTER);
	ir_place(f, nested);
	go(m, NESTED);
}

/* A number or word; what ends it is looked at again. */
static void
in_plain(const struct machine *m)
{
	static const char ends[] = ",]} \t\r\n";
	struct ir_func *f = m->f;
	ir_label end = ir_label_new(f);

	for (size_t i = 0; i < sizeof(ends); i++)	/* the NUL, too */
		ir_jcci(f, OP_JEQ, m->c, ends[i], end);
	ir_jmp(f, m->next);
	ir_place(f, end);
	set(m, END, m->pos);
	seti(m, STATE, AFTER);
	ir_jmp(f, m->stay);
}

static void
in_after(const struct machine *m)
{
	struct ir_func *f = m->f;
	ir_label go_on = ir_label_new(f), array = ir_label_new(f), more = ir_label_new(f);

	ir_jcci(f, OP_JEQ, get(m, TAKE), 0, go_on);
	ir_reti(f, DONE);
	ir_place(f, go_on);
	skip_blanks(m);
	ir_jcci(f, OP_JNE, m->c, ',', m->none);
	ir_jcci(f, OP_JNE, get(m, IN_ARRAY), 0, array);
	go(m, KEY);
	ir_place(f, array);
	set(m, LEFT, ir_bini(f, OP_SUB, get(m, LEFT), 1));
	ir_jcci(f, OP_JNE, get(m, LEFT), 0, more);
	seti(m, WANT, 1);
	ir_place(f, more);
	go(m, VALUE);
}

/* Words count from 1 in MATCH, so that 0 is none. */
static void
in_key(const struct machine *m)
{
	static const char ends[] = ".[";
	struct ir_func *f = m->f;
	ir_label plain = ir_label_new(f), differs = ir_label_new(f), end = ir_label_new(f),
	    wanted = ir_label_new(f), other = ir_label_new(f);
	ir_val at, p;

	check_escape(m, plain);
	ir_jcci(f, OP_JEQ, m->c, '"', end);
	ir_place(f, plain);
	at = get(m, MATCH);
	ir_jcci(f, OP_JEQ, at, 0, m->next);
	p = path_at(m, ir_bini(f, OP_SUB, at, 1));
	ir_jcc(f, OP_JNE, p, m->c, differs);
	for (int i = 0; ends[i] != '\0'; i++)
		ir_jcci(f, OP_JEQ, p, ends[i], differs);
	set(m, MATCH, ir_bini(f, OP_ADD, at, 1));
	ir_jmp(f, m->next);
	ir_place(f, differs);
	seti(m, MATCH, 0);
	ir_jmp(f, m->next);

	ir_place(f, end);
	seti(m, WANT, 0);
	at = get(m, MATCH);
	ir_jcci(f, OP_JEQ, at, 0, other);
	at = ir_bini(f, OP_SUB, at, 1);
	p = path_at(m, at);
	for (size_t i = 0; i < sizeof(ends); i++)
		ir_jcci(f, OP_JEQ, p, ends[i], wanted);
	ir_place(f, other);
	go(m, COLON);
	ir_place(f, wanted);
	seti(m, WANT, 1);
	set(m, STEP, at);
	go(m, COLON);
}

static void
before_key(const struct machine *m)
{
	skip_blanks(m);
	ir_jcci(m->f, OP_JNE, m->c, '"', m->none);
	set(m, MATCH, ir_bini(m->f, OP_ADD, get(m, STEP), 1));
	go(m, IN_KEY);
}

static void
before_colon(const struct machine *m)
{
	skip_blanks(m);
	ir_jcci(m->f, OP_JNE, m->c, ':', m->none);
	go(m, VALUE);
}

void
rt_json_step(struct gen *g, struct ir_func *f)
{
	static void (*const emit[NSTATES])(const struct machine *) = {
		[VALUE] = in_value, [NESTED] = in_nested, [TEXT] = in_text, [PLAIN] = in_plain,
		[AFTER] = in_after, [KEY] = before_key, [IN_KEY] = in_key, [COLON] = before_colon,
	};
	struct machine m = {
		.g = g, .f = f, .next = ir_label_new(f), .stay = ir_label_new(f),
		.none = ir_label_new(f),
	};
	ir_label at[NSTATES];
	ir_val state;

	m.st = rt_state(f, m.none);
	m.v = rt_state_at(g, f, m.st, ir_arg(f, 1), RT_JSON_BYTES, m.none);
	m.pos = get(&m, POS);
	m.c = ir_load(f, 1, rt_state_at(g, f, m.st, ir_bin(f, OP_ADD, ir_arg(f, 2), m.pos), 1,
	    m.none), 0);
	state = get(&m, STATE);
	for (int i = 0; i < NSTATES; i++) {
		at[i] = ir_label_new(f);
		ir_jcci(f, OP_JEQ, state, i, at[i]);
	}
	ir_jmp(f, m.none);
	for (int i = 0; i < NSTATES; i++) {
		ir_place(f, at[i]);
		emit[i](&m);
	}
	ir_place(f, m.next);
	set(&m, POS, ir_bini(f, OP_ADD, m.pos, 1));
	ir_place(f, m.stay);
	ir_reti(f, GO_ON);
	ir_place(f, m.none);
	ir_reti(f, NONE);
}

/* The number of the step "[n]", to LEFT, and STEP behind it. Gives 0 when it is none. */
void
rt_json_index(struct gen *g, struct ir_func *f)
{
	enum { DIGITS = 6 };
	struct machine m = { .g = g, .f = f, .none = ir_label_new(f) };
	ir_label end = ir_label_new(f), begin;
	ir_val n = ir_const(f, 0), i = ir_const(f, 0), at, c;

	m.st = rt_state(f, m.none);
	m.v = rt_state_at(g, f, m.st, ir_arg(f, 1), RT_JSON_BYTES, m.none);
	at = ir_mov(f, get(&m, STEP));
	begin = ir_loop_begin(f);
	ir_updi(f, OP_ADD, at, 1);
	c = ir_mov(f, path_at(&m, at));
	ir_jcci(f, OP_JEQ, c, ']', end);
	ir_updi(f, OP_SUB, c, '0');
	ir_jcci(f, OP_JGE, c, 10, m.none);
	ir_updi(f, OP_MUL, n, 10);
	ir_upd(f, OP_ADD, n, c);
	ir_updi(f, OP_ADD, i, 1);
	ir_loop_end(f, begin, i, DIGITS);
	ir_place(f, m.none);
	ir_reti(f, 0);
	ir_place(f, end);
	set(&m, LEFT, n);
	set(&m, STEP, ir_bini(f, OP_ADD, at, 1));
	ir_reti(f, 1);
}

void
rt_json_part(struct gen *g, struct ir_func *f)
{
	ir_label out = ir_label_new(f), begin;
	ir_val i = ir_const(f, 0), got;

	begin = ir_loop_begin(f);
	got = ir_fcall(f, gen_rt(g, RT_JSON_STEP), 4, ir_arg(f, 0), ir_arg(f, 1), ir_arg(f, 2),
	    ir_arg(f, 3));
	ir_jcci(f, OP_JNE, got, GO_ON, out);
	ir_updi(f, OP_ADD, i, 1);
	ir_loop_end(f, begin, i, rt_part_bytes(g));
	ir_seti(f, got, GO_ON);
	ir_place(f, out);
	ir_ret(f, got);
}

/* Every byte takes a step, and the end of a number another one. */
void
rt_json(struct gen *g, struct ir_func *f)
{
	ir_label out = ir_label_new(f), begin, none = ir_label_new(f);
	ir_val i = ir_const(f, 0), st = rt_state(f, none), v, got, first;

	v = rt_state_at(g, f, st, ir_arg(f, 1), RT_JSON_BYTES, none);
	ir_zero(f, v, 0, RT_JSON_BYTES);
	ir_storei(f, 8, v, WANT, 1);
	begin = ir_loop_begin(f);
	got = ir_fcall(f, gen_rt(g, RT_JSON_PART), 4, ir_arg(f, 0), ir_arg(f, 1), ir_arg(f, 2),
	    ir_arg(f, 3));
	ir_jcci(f, OP_JNE, got, GO_ON, out);
	ir_updi(f, OP_ADD, i, 1);
	ir_loop_end(f, begin, i, 2 * rt_parts(g));
	ir_place(f, out);
	ir_jcci(f, OP_JNE, got, DONE, none);
	first = ir_load(f, 8, v, FIRST);
	ir_ret(f, rt_range(f, first, ir_bin(f, OP_SUB, ir_load(f, 8, v, END), first)));
	ir_place(f, none);
	ir_reti(f, -1);
}
