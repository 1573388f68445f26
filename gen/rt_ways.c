/* A routine that tells the kernel's ways to a program from the frames of a stack (rec/stack.h). */
#include "gen/gen_private.h"

enum { WAYS_TURNS = 13 };		/* WAYS_MAX is 2 to the power of one less */

/* Is the call before pc in a range? Jumps to out, if not. */
static void
search(struct ir_func *f, ir_val pc, ir_label out)
{
	ir_label found = ir_label_new(f), begin;
	ir_val n = ir_mov(f, ir_load(f, 8, ir_map_value(f, MAP_WAYS, 0), 0));
	ir_val base = ir_const(f, 0), turn = ir_const(f, 0), at;
	const int32_t first = (int32_t)offsetof(struct ways, range);

	ir_jcci(f, OP_JEQ, n, 0, out);
	begin = ir_loop_begin(f);
	ir_jcci(f, OP_JLE, n, 1, found);
	{
		ir_val half = ir_bini(f, OP_RSH, n, 1);
		ir_val i = ir_bini(f, OP_AND, ir_bin(f, OP_ADD, base, half), WAYS_MAX - 1);

		at = ir_bin(f, OP_ADD, ir_map_value(f, MAP_WAYS, first), ir_bini(f, OP_LSH, i, 4));
		rt_halve(f, base, n, half, rt_is_below(f, pc, ir_load(f, 8, at, 0)));
	}
	ir_updi(f, OP_ADD, turn, 1);
	ir_loop_end(f, begin, turn, WAYS_TURNS);
	ir_place(f, found);
	ir_updi(f, OP_AND, base, WAYS_MAX - 1);
	at = ir_bin(f, OP_ADD, ir_map_value(f, MAP_WAYS, first), ir_bini(f, OP_LSH, base, 4));
	ir_jcc(f, OP_JLT, pc, ir_load(f, 8, at, 0), out);
	ir_jcc(f, OP_JGE, pc, ir_load(f, 8, at, 8), out);
}

void
rt_way(struct gen *g, struct ir_func *f)
{
	ir_label out = ir_label_new(f);

	(void)g;
	search(f, ir_arg(f, 0), out);
	ir_reti(f, 1);
	ir_place(f, out);
	ir_reti(f, 0);
}
