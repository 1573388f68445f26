/*
 * What must be known before the first instruction: the clauses of all programs, what each reads,
 * the schema of its record, where variables live, and which maps there are.
 */
#include "base/vec.h"
#include "gen/gen_private.h"
#include "lang/scope.h"
#include "rec/aggr.h"
#include "rec/python.h"
#include "rec/unwind.h"

enum { READ_BYTES = 32 };	/* values, and addresses of networks */

uint32_t
gen_string_bytes(const struct gen *g)
{
	return (g->opts.strsize + 7) & ~7u;
}

uint32_t
gen_read_bytes(const struct gen *g)
{
	const uint32_t scratch = (g->opts.scratchsize + 7) & ~7u;
	uint32_t most = READ_BYTES;

	if (g->priv->uses_scratch && scratch > most)
		most = scratch;
	if (g->priv->uses_execargs && gen_string_bytes(g) > most)
		most = gen_string_bytes(g);
	return most;
}

/* Scalars take 8 bytes wherever they live, extended as their type says: no store and no load
 * needs to know more. */
uint32_t
gen_value_bytes(const struct gen *g, const struct type *t)
{
	if (t != NULL && type_is_string(t))
		return gen_string_bytes(g);
	if (t == NULL || !type_is_bytes(t) || type_real(t)->size_bytes == 0)
		return 8;
	return (type_real(t)->size_bytes + 7) & ~7u;
}

static void
walk_list(struct node *n, void (*fn)(void *, struct node *), void *arg)
{
	for (; n != NULL; n = n->next)
		gen_walk(n, fn, arg);
}

void
gen_walk(struct node *n, void (*fn)(void *, struct node *), void *arg)
{
	bool has_stmts = n->kind == NODE_CLAUSE || n->kind == NODE_IF;

	fn(arg, n);
	if (n->a != NULL)
		gen_walk(n->a, fn, arg);
	if (n->b != NULL)
		(has_stmts ? walk_list : gen_walk)(n->b, fn, arg);
	if (n->c != NULL)
		(has_stmts ? walk_list : gen_walk)(n->c, fn, arg);
	walk_list(n->list, fn, arg);
}

/* ---- records ---- */

struct plan {
	struct gen *g;
	vec(struct rec_act) act;
	uint32_t branch;		/* branches with actions so far */
	uint32_t bytes;
};

static enum rec_kind
field_kind(const struct node *n)
{
	if (n->kind == NODE_BUILTIN && n->bvar == BV_PROBEPROV)
		return REC_PROBEPROV;
	if (n->kind == NODE_BUILTIN && n->bvar == BV_PROBEMOD)
		return REC_PROBEMOD;
	if (n->kind == NODE_BUILTIN && n->bvar == BV_PROBEFUNC)
		return REC_PROBEFUNC;
	if (n->kind == NODE_BUILTIN && n->bvar == BV_PROBENAME)
		return REC_PROBENAME;
	if (n->kind == NODE_STR)
		return REC_CONST_STR;
	if (n->kind == NODE_INT)
		return REC_CONST_INT;
	if (type_is_shown(n->type))
		return REC_SHOWN;
	if (type_is_bytes(n->type))
		return REC_BYTES;
	return type_is_string(n->type) ? REC_STR : REC_INT;
}

static void
place_field(struct plan *p, struct rec_field *f)
{
	f->off = p->bytes;
	p->bytes += (f->size + 7) & ~7u;
}

static void
plan_field(struct plan *p, struct rec_field *f, const struct node *n)
{
	if (n->kind == NODE_CAST && type_is_string(n->type) && n->a->kind == NODE_STR)
		n = n->a;
	f->kind = field_kind(n);
	f->type = n->type;
	f->str = f->kind == REC_CONST_STR ? n->str : NULL;
	f->val = f->kind == REC_CONST_INT ? (int64_t)n->val : 0;
	if (f->kind == REC_PROBEPROV)
		f->size = 4;
	else if (f->kind == REC_STR)
		f->size = p->g->opts.strsize;
	else if (f->kind == REC_INT || f->kind == REC_BYTES || f->kind == REC_SHOWN)
		f->size = type_real(n->type)->size_bytes;
	if (f->size == 0)
		return;
	place_field(p, f);
}

/* The speculation that ended, which is not what the argument says when that is none. */
static void
plan_spec(struct plan *p, struct rec_field *f)
{
	f->kind = REC_BYTES;
	f->type = p->g->priv->types->t_int64;
	f->size = sizeof(struct rec_spec);
	place_field(p, f);
}

/* What tracemem() reads; the record has room for its constant size. */
static void
plan_memory(struct plan *p, struct rec_field *f, const struct node *addr)
{
	f->kind = REC_BYTES;
	f->type = addr->type;
	f->size = (uint32_t)addr->next->val;
	place_field(p, f);
}

/* print(): an address and what is there. */
static void
plan_print(struct plan *p, struct rec_act *act, const struct node *addr)
{
	struct rec_field *f = &act->field[1];
	const uint32_t max = (p->g->opts.printsize + 7) & ~7u;

	plan_field(p, &act->field[0], addr);
	f->kind = REC_BYTES;
	f->type = type_real(addr->type)->base;
	f->size = type_filled(f->type)->size_bytes;
	f->size = f->size < max ? f->size : max;
	place_field(p, f);
	act->nfield = 2;
}

bool
gen_prints_address(const struct node *call)
{
	return call->fn->id == BA_PRINT && type_real(call->list->type)->kind == TYPE_PTR;
}

static void
plan_act(struct plan *p, const struct node *call, uint32_t when)
{
	struct rec_act act = { .act = call->fn->id, .when = when };
	const struct node *arg = call->list;
	uint32_t n = 0;

	if ((call->fn->flags & ACT_FORMAT) && arg->kind == NODE_STR) {
		act.fmt = arg->str;
		arg = arg->next;
	}
	for (const struct node *a = arg; a != NULL; a = a->next)
		n++;
	act.field = arena_alloc(p->g->arena, (n + 2) * sizeof(*act.field));
	act.aggr = arena_alloc(p->g->arena, (n + 1) * sizeof(*act.aggr));
	if (act.act == BA_TRACEMEM) {
		plan_memory(p, &act.field[act.nfield++], arg);
		arg = arg->next->next;
	}
	if (gen_prints_address(call)) {
		plan_print(p, &act, arg);
		arg = NULL;
	}
	if (call->fn->flags & ACT_VALUE) {
		plan_field(p, &act.field[act.nfield++], call);
		arg = NULL;
	}
	if (act.act == BA_COMMIT || act.act == BA_DISCARD)
		plan_spec(p, &act.field[act.nfield++]);
	for (; arg != NULL && !(call->fn->flags & ACT_KERNEL); arg = arg->next) {
		if (arg->kind == NODE_AGGREF)
			act.aggr[act.naggr++] = arg->var;
		else
			plan_field(p, &act.field[act.nfield++], arg);
	}
	vec_push(&p->act, act);
}

bool
gen_has_action(const struct node *stmts)
{
	for (; stmts != NULL; stmts = stmts->next)
		if (gen_action_call(stmts) != NULL)
			return true;
	return false;
}

const struct node *
gen_action_call(const struct node *stmt)
{
	const struct node *e = stmt->kind == NODE_EXPR ? stmt->a : NULL;

	return e != NULL && e->kind == NODE_CALL && e->fn->kind == BUILTIN_ACT ? e : NULL;
}

/* Branches get the bytes behind the header, in the order of the text. */
static void
plan_stmts(struct plan *p, const struct node *stmts, uint32_t when)
{
	for (const struct node *n = stmts; n != NULL; n = n->next) {
		if (n->kind == NODE_IF) {
			for (int i = 0; i < 2; i++) {
				const struct node *b = i == 0 ? n->b : n->c;

				plan_stmts(p, b, gen_has_action(b)
				    ? (uint32_t)sizeof(struct rec_hdr) + p->branch++ : 0);
			}
		} else if (gen_action_call(n) != NULL) {
			plan_act(p, gen_action_call(n), when);
		}
	}
}

static void
count_branch(void *arg, struct node *n)
{
	uint32_t *count = arg;

	if (n->kind == NODE_IF)
		*count += gen_has_action(n->b) + gen_has_action(n->c);
}

static void
find_speculate(void *arg, struct node *n)
{
	if (n->kind == NODE_CALL && n->fn->kind == BUILTIN_ACT && n->fn->id == BA_SPECULATE)
		*(bool *)arg = true;
}

static bool
is_error_clause(const struct node *clause)
{
	for (const struct node *n = clause->list; n != NULL; n = n->next)
		if (strcmp(n->pdesc->name, "ERROR") == 0)
			return true;
	return false;
}

static void
plan_record(struct gen *g, struct gen_clause *c)
{
	struct plan p = { .g = g, .bytes = sizeof(struct rec_hdr) };
	struct rec_act row = { .act = REC_ACT_DEFAULT };
	uint32_t nbranch = 0;
	bool speculates = false;

	c->rec.is_error_clause = is_error_clause(c->node);
	c->rec.is_default = c->node->b == NULL;
	gen_walk(c->node, count_branch, &nbranch);
	p.bytes += (nbranch + 7) & ~7u;
	gen_walk(c->node, find_speculate, &speculates);
	if (speculates) {
		c->rec.spec_off = p.bytes;
		p.bytes += sizeof(struct rec_spec);
	}
	plan_stmts(&p, c->node->b, 0);
	if (c->rec.is_default)
		vec_push(&p.act, row);
	c->rec.nact = (uint32_t)p.act.n;
	c->rec.act = arena_alloc(g->arena, (p.act.n + 1) * sizeof(*c->rec.act));
	if (p.act.n > 0)
		memcpy(c->rec.act, p.act.v, p.act.n * sizeof(*p.act.v));
	vec_fini(&p.act);
	if (c->rec.nact > 0 && !(c->rec.is_default && g->opts.quiet))
		c->rec.bytes = p.bytes;
	if (c->rec.bytes > g->layout.rec_bytes)
		g->layout.rec_bytes = c->rec.bytes;
}

/* ---- clauses ---- */

static bool
is_address_read(const struct node *n)
{
	if (n->kind == NODE_CALL && n->fn->kind == BUILTIN_ACT)
		return n->fn->id == BA_TRACEMEM || n->fn->id == BA_PRINT;
	if (n->kind == NODE_CAST)
		return type_is_string(n->type) && !type_is_string(n->a->type)
		    && n->a->kind != NODE_STR;
	if (n->kind == NODE_DEREF)
		return true;
	return n->kind == NODE_CALL && n->fn->kind == BUILTIN_FUNC && (n->fn->id == BF_COPYINSTR
	    || n->fn->id == BF_EXECARGS
	    || n->fn->id == BF_COPYIN || n->fn->id == BF_COPYINTO);
}

static void
scan_node(void *arg, struct node *n)
{
	struct gen_clause *c = arg;

	if (n->kind == NODE_ARG)
		c->argmask |= 1u << n->val;
	if (n->kind == NODE_ARG && !type_is_float(n->type))
		c->wordmask |= 1u << n->val;
	if (is_address_read(n))
		c->uses_user_memory = true;
}

static void
scan_program(void *arg, struct node *n)
{
	struct gen *g = arg;

	g->priv->uses_scratch |= gen_is_scratch_call(n);
	g->priv->uses_execargs |= n->kind == NODE_CALL && n->fn->kind == BUILTIN_FUNC
	    && n->fn->id == BF_EXECARGS;
	g->uses_python |= gen_uses_python(n);
	g->uses_python_stack |= gen_is_python_stack(n);
	g->uses_ways |= n->kind == NODE_BUILTIN
	    && (n->bvar == BV_CALLER || n->bvar == BV_STACKDEPTH);
	g->uses_user_stacks |= gen_is_user_stack(n);
	g->uses_user_addresses |= gen_is_user_stack(n)
	    || (n->type != NULL && type_real(n->type)->kind == TYPE_USYM);
}

static void
add_clause(struct gen *g, struct program *program, struct node *n)
{
	struct gen_clause *c = &g->clause[g->nclause++];

	c->program = program;
	c->node = n;
	gen_walk(n, scan_node, c);
	gen_walk(n, scan_program, g);
	plan_record(g, c);
}

static uint32_t
count_clauses(struct program **program, uint32_t nprogram)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < nprogram; i++)
		for (struct node *c = program[i]->clause; c != NULL; c = c->next)
			n += c->kind == NODE_CLAUSE;
	return n;
}

/* ---- variables and maps ---- */

static void
add_map(struct gen *g, struct var *v)
{
	struct gen_map *m = &g->map[g->nmap];

	v->map = MAP_FIRST + (int)g->nmap++;
	m->var = v;
	if (v->scope == VAR_AGGR) {
		m->kind = GEN_MAP_AGGR;
		m->key_bytes = aggr_key_bytes(v);
		m->value_bytes = aggr_value_bytes(v);
	} else {
		m->kind = GEN_MAP_ASSOC;
		m->key_bytes = (v->scope == VAR_SELF ? 8 : 0) + tuple_bytes(v);
		m->value_bytes = gen_value_bytes(g, v->type);
	}
}

static void
place_var(struct gen *g, struct var *v)
{
	uint32_t *bytes = v->scope == VAR_GLOBAL ? &g->global_bytes
	    : v->scope == VAR_SELF ? &g->self_bytes : &g->layout.this_bytes;

	v->off = *bytes;
	*bytes += gen_value_bytes(g, v->type);
}

void
gen_layout(struct gen *g, struct program **program, uint32_t nprogram)
{
	struct state_layout *l = &g->layout;
	uint32_t nvar = 0;

	g->clause = arena_alloc(g->arena,
	    (count_clauses(program, nprogram) + 1) * sizeof(*g->clause));
	for (uint32_t i = 0; i < nprogram; i++)
		for (struct node *c = program[i]->clause; c != NULL; c = c->next)
			if (c->kind == NODE_CLAUSE)
				add_clause(g, program[i], c);
	for (struct var *v = g->priv->scope->first; v != NULL; v = v->next)
		nvar++;
	g->map = arena_alloc(g->arena, (nvar + 1) * sizeof(*g->map));
	for (struct var *v = g->priv->scope->first; v != NULL; v = v->next) {
		if (v->scope == VAR_AGGR ? v->aggfn != NULL : v->is_assoc)
			add_map(g, v);
		else if (v->scope != VAR_AGGR)
			place_var(g, v);
	}
	l->this_off = STATE_fixed_bytes;
	l->rec_off = l->this_off + l->this_bytes;
	l->python_off = l->rec_off + l->rec_bytes;
	l->python_bytes = g->uses_python ? sizeof(struct rec_python_now) : 0;
	if (g->uses_python_stack)
		l->python_bytes += sizeof(struct rec_python_stack);
	l->unwind_off = l->python_off + l->python_bytes;
	l->temp_off = l->unwind_off + (g->uses_user_stacks
	    ? (uint32_t)sizeof(struct unwind_now) : 0);
}
