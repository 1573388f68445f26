/* Tables of lines: a turn of a loop for each entry. */
#include "interp/lines_ir.h"

#include <linux/bpf.h>

/*
 * The table of lines of a code object, from its beginning on: an entry for each few instructions,
 *
 *     1 kind:4 units-1:3    and, by kind, what follows, in bytes whose highest bit is 0:
 *     0 … 9                 the same line, and a byte
 *     10 … 12               kind - 10 lines on, and two bytes
 *     13, 14                a signed number of lines, and for 14 three numbers
 *     15                    no line
 *
 * A turn of the loop takes a byte that begins an entry, and as many behind it as are easily
 * known; or one byte otherwise.
 */
static ir_val
shift_and(struct ir_func *f, ir_val v, int shift, int64_t mask)
{
	return ir_bini(f, OP_AND, shift != 0 ? ir_bini(f, OP_RSH, v, shift) : v, mask);
}

/* The signed number behind an entry's first byte: 6 bits in a byte, 64 says that there are more;
 * the lowest bit is the sign. */
static ir_val
line_delta(struct ir_func *f, ir_val bytes)
{
	ir_val more = shift_and(f, bytes, 14, 1), v = shift_and(f, bytes, 8, 63), sign;
	ir_val part = ir_bini(f, OP_LSH, shift_and(f, bytes, 16, 63), 6);

	v = ir_bin(f, OP_ADD, v, ir_bin(f, OP_MUL, part, more));
	more = ir_bin(f, OP_AND, more, shift_and(f, bytes, 22, 1));
	part = ir_bini(f, OP_LSH, shift_and(f, bytes, 24, 63), 12);
	v = ir_bin(f, OP_ADD, v, ir_bin(f, OP_MUL, part, more));
	sign = ir_bini(f, OP_AND, v, 1);
	v = ir_bini(f, OP_RSH, v, 1);
	return ir_bin(f, OP_ADD, ir_bin(f, OP_XOR, v, ir_neg(f, sign)), sign);
}

/* Adds to the line what an entry says; gives how many bytes it has at least. */
static ir_val
line_entry(struct ir_func *f, ir_val st, ir_val bytes)
{
	enum { ONE_LINE = 10, LONG = 13, NO_LINE = 15 };
	ir_val kind = shift_and(f, bytes, 3, 15), len = ir_const(f, 2);
	ir_val delta = ir_mov(f, kind), line;
	ir_label is_long = ir_label_new(f), add = ir_label_new(f), done = ir_label_new(f),
	    none = ir_label_new(f);

	ir_jcci(f, OP_JLT, kind, ONE_LINE, done);
	ir_jcci(f, OP_JEQ, kind, NO_LINE, none);
	ir_jcci(f, OP_JGE, kind, LONG, is_long);
	ir_updi(f, OP_SUB, delta, ONE_LINE);
	ir_jmp(f, add);
	ir_place(f, is_long);
	ir_set(f, delta, line_delta(f, bytes));
	ir_place(f, add);
	line = ir_load(f, 8, st, LINES_line);
	ir_store(f, 8, st, LINES_line, ir_bin(f, OP_ADD, line, delta));
	ir_jmp(f, done);
	ir_place(f, none);
	ir_seti(f, len, 1);
	ir_place(f, done);
	return len;
}

/* Gives how many bytes to go on; jumps when the entry is the instruction's. */
static ir_val
location(struct ir_func *f, ir_val st, ir_val bytes, ir_label found)
{
	enum { ENTRY = 0x80, UNITS = 7 };
	ir_val len = ir_const(f, 1), units;
	ir_label skip = ir_label_new(f);

	ir_jcci(f, OP_JEQ, ir_bini(f, OP_AND, bytes, ENTRY), 0, skip);
	ir_set(f, len, line_entry(f, st, bytes));
	units = ir_load(f, 8, st, LINES_units);
	units = ir_bin(f, OP_SUB, units, shift_and(f, bytes, 0, UNITS));
	ir_updi(f, OP_SUB, units, 1);
	ir_store(f, 8, st, LINES_units, units);
	ir_jcci(f, OP_JSLT, units, 0, found);
	ir_place(f, skip);
	return len;
}

/* Up to 3.10 an entry is two bytes: how many bytes of code, how many lines. In 3.10 the lines are
 * those on to this code's (-128: it has none), before it they are those on to the next. */
static ir_val
pair(struct ir_func *f, ir_val st, ir_val bytes, enum cpython_lines kind, ir_label found)
{
	enum { NO_LINE = -128 };
	ir_val units = ir_load(f, 8, st, LINES_units), line = ir_load(f, 8, st, LINES_line);
	ir_val delta = ir_extend(f, ir_bini(f, OP_RSH, bytes, 8), 1, true);
	ir_label no_line = ir_label_new(f);

	units = ir_bin(f, OP_SUB, units, shift_and(f, bytes, 0, 0xff));
	ir_store(f, 8, st, LINES_units, units);
	if (kind == CPYTHON_LNOTAB)
		ir_jcci(f, OP_JSLT, units, 0, found);
	else
		ir_jcci(f, OP_JEQ, delta, NO_LINE, no_line);
	ir_store(f, 8, st, LINES_line, ir_bin(f, OP_ADD, line, delta));
	ir_place(f, no_line);
	if (kind == CPYTHON_DELTAS)
		ir_jcci(f, OP_JSLT, units, 0, found);
	return ir_const(f, 2);
}

struct ir_func *
lines_ir(struct arena *a, enum cpython_lines kind, int turns)
{
	enum { WORD = 8 };
	static const char *const name[] = {
		[CPYTHON_LOCATIONS] = "python_locations",
		[CPYTHON_DELTAS] = "python_deltas",
		[CPYTHON_LNOTAB] = "python_lnotab",
	};
	struct ir_func *f = ir_func_new(a, name[kind], IR_STATIC, 1);
	ir_label found = ir_label_new(f), begin;
	ir_val st = ir_arg(f, 0), n = ir_const(f, 0), at, err, bytes, len;

	begin = ir_loop_begin(f);
	at = ir_load(f, 8, st, LINES_at);
	ir_jcc(f, OP_JGE, at, ir_load(f, 8, st, LINES_end), found);
	err = ir_call(f, BPF_FUNC_probe_read_user, 3, ir_bini(f, OP_ADD, st, LINES_bytes),
	    ir_const(f, WORD), at);
	ir_jcci(f, OP_JNE, err, 0, found);
	bytes = ir_load(f, 8, st, LINES_bytes);
	len = kind == CPYTHON_LOCATIONS ? location(f, st, bytes, found)
	    : pair(f, st, bytes, kind, found);
	ir_store(f, 8, st, LINES_at, ir_bin(f, OP_ADD, ir_load(f, 8, st, LINES_at), len));
	ir_updi(f, OP_ADD, n, 1);
	ir_loop_end(f, begin, n, turns);
	ir_reti(f, 0);
	ir_place(f, found);
	ir_reti(f, 1);
	return f;
}
