/*
 * The compiler down to the IR: what test/gen's files are run through.
 *
 *   gen_tool file.d
 *
 * Prints the record of each clause and every function of one program that has all clauses.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "ir/text.h"
#include "test/tool/front.h"

static char text[1 << 16];

static void
print_record(struct buf *b, uint32_t clause, const struct rec *rec)
{
	buf_printf(b, "record %u: %u bytes%s\n", clause, rec->bytes,
	    rec->is_error_clause ? ", ERROR" : "");
	for (uint32_t i = 0; i < rec->nact; i++) {
		const struct rec_act *act = &rec->act[i];

		buf_printf(b, "    act %d", act->act);
		if (act->when != 0)
			buf_printf(b, " when %u", act->when);
		for (uint32_t k = 0; k < act->nfield; k++)
			buf_printf(b, " (kind %d at %u size %u)", act->field[k].kind,
			    act->field[k].off, act->field[k].size);
		buf_printf(b, "\n");
	}
}

static void
store_args(struct ir_func *f, const void *self, ir_val ctx, ir_val st, uint32_t mask,
    ir_label fault)
{
	(void)self;
	(void)fault;
	for (int i = 0; i < STATE_NARG; i++)
		if (mask & 1u << i)
			ir_store(f, 8, st, STATE_arg + 8 * i, ir_load(f, 8, ctx, 8 * i));
}

int
main(int argc, char **argv)
{
	static struct front t;
	struct gen_opts opts = {
		.ncpu = 4, .ring_bytes = 1 << 20, .has_task_storage = true,
		.task_group_leader = 100, .task_comm = 200, .task_real_parent = 300,
		.task_tgid = 400,
	};
	FILE *f = argc == 2 ? fopen(argv[1], "r") : NULL;
	struct buf out = BUF_INIT;
	struct ir_prog *ir;

	if (f == NULL) {
		fprintf(stderr, "usage: gen_tool file.d\n");
		return 2;
	}
	text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
	fclose(f);
	if (front_compile(&t, text, &opts) < 0)
		return 1;
	t.group.enter = store_args;
	t.group.has_cookie = true;
	ir = gen_program(t.gen, &t.group);
	gen_finish(t.gen);
	for (uint32_t i = 0; i < t.gen->nclause; i++)
		print_record(&out, i, &t.gen->clause[i].rec);
	for (uint32_t i = 0; i < ir->nfunc; i++)
		ir_print(&out, ir->func[i], false);
	fputs(buf_str(&out), stdout);
	buf_fini(&out);
	front_fini(&t);
	return 0;
}
