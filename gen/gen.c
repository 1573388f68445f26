/*
 * Checked trees → IR programs: the list of steps. Clauses become static functions, shared by
 * all programs that read memory alike; routines become global functions, shared by all.
 */
#include "gen/gen.h"

#include <stdlib.h>

#include "base/vec.h"
#include "gen/gen_private.h"

struct gen *
gen_new(struct arena *arena, const struct gen_opts *opts, struct scope *scope,
    struct types *types, struct program **program, uint32_t nprogram)
{
	struct gen *g = arena_new(arena, struct gen);

	g->arena = arena;
	g->opts = *opts;
	g->priv = arena_new(arena, struct gen_private);
	g->priv->scope = scope;
	g->priv->types = types;
	gen_layout(g, program, nprogram);
	for (int i = 0; i < 2; i++)
		g->priv->code[i] = arena_alloc(arena, (g->nclause + 1) * sizeof(struct gen_code));
	return g;
}

struct ir_prog *
gen_program(struct gen *g, const struct gen_group *group)
{
	struct gen_prog *p = arena_new(g->arena, struct gen_prog);

	p->ir = arena_new(g->arena, struct ir_prog);
	p->ir->name = group->name;
	p->ir->func = arena_alloc(g->arena, sizeof(*p->ir->func));
	p->ir->func[0] = gen_entry(g, group);
	p->ir->nfunc = 1;
	p->next = g->priv->prog;
	g->priv->prog = p;
	return p->ir;
}

int
gen_table_map(const struct gen *g)
{
	return MAP_FIRST + (int)g->nmap;
}

struct ir_func *
gen_rt(struct gen *g, enum rt rt)
{
	static const struct {
		const char *name;
		int narg;
	} row[RT_MAX] = {
#define RT(ID, NAME, NARG, DOC) [RT_##ID] = { #NAME, NARG },
#include "gen/rt.def"
#undef RT
	};

	if (g->priv->rt[rt] == NULL)
		g->priv->rt[rt] = ir_func_new(g->arena, row[rt].name, IR_GLOBAL, row[rt].narg);
	return g->priv->rt[rt];
}

/* Bodies of the routines that were called; a routine may call others, of any row. */
static void
emit_routines(struct gen *g)
{
	static void (*const body[RT_MAX])(struct gen *, struct ir_func *) = {
#define RT(ID, NAME, NARG, DOC) [RT_##ID] = NAME,
#include "gen/rt.def"
#undef RT
	};
	bool again = true;

	while (again) {
		again = false;
		for (int i = 0; i < RT_MAX; i++) {
			struct ir_func *f = g->priv->rt[i];

			if (f != NULL && f->ninsn == 0) {
				body[i](g, f);
				again = true;
			}
		}
	}
}

/* The program's functions are its entry and all that can be reached from it. */
static void
collect_functions(struct gen *g, struct ir_prog *p)
{
	vec(struct ir_func *) func = {0};

	vec_push(&func, p->func[0]);
	for (size_t i = 0; i < func.n; i++) {
		for (uint32_t k = 0; k < func.v[i]->ninsn; k++) {
			struct ir_func *callee = func.v[i]->insn[k].callee;
			size_t at = 0;

			while (callee != NULL && at < func.n && func.v[at] != callee)
				at++;
			if (callee != NULL && at == func.n)
				vec_push(&func, callee);
		}
	}
	p->func = arena_alloc(g->arena, func.n * sizeof(*p->func));
	p->nfunc = (uint32_t)func.n;
	memcpy(p->func, func.v, func.n * sizeof(*p->func));
	vec_fini(&func);
}

void
gen_finish(struct gen *g)
{
	struct state_layout *l = &g->layout;
	uint32_t room = gen_string_bytes(g);

	/* Programs made after this one (for probes that appear later) must not need more. */
	for (uint32_t i = 0; i < g->nclause; i++)
		gen_clause(g, i, g->priv->code[1][i].func != NULL);
	l->temp_bytes = g->priv->temp_bytes;
	if (room < gen_read_bytes(g))
		room = gen_read_bytes(g);
	l->bytes = (l->temp_off + l->temp_bytes + room + 63) & ~63u;
	emit_routines(g);
	for (struct gen_prog *p = g->priv->prog; p != NULL; p = p->next)
		collect_functions(g, p->ir);
	g->priv->prog = NULL;
}
