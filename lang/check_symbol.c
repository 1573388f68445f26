/*
 * Symbols of the kernel (D guide, "External Symbols and Types"): what is at an address that is known
 * now. Each CPU has its own of some; the program's is meant.
 */
#include "lang/checker.h"

#include <errno.h>
#include <string.h>

#include "lang/diag.h"
#include "lang/builtin.h"
#include "lang/token.h"

bool
is_symbol(const struct node *n)
{
	return n->kind == NODE_IDENT && strchr(n->str, '`') != NULL;
}

static struct symbol
find(struct checker *c, const struct node *n)
{
	struct symbol s = { 0 };
	int err = c->env->symbol != NULL ? c->env->symbol(c->env->self, n->str, &s) : -ENOENT;

	if (err == -EACCES)
		err_ident_undef(n->pos, n->str,
		    "the kernel hides its addresses (kernel.kptr_restrict)");
	if (err == -ENODEV)
		err_ident_undef(n->pos, n->str, "Unknown module name");
	if (err != 0)
		err_ident_undef(n->pos, n->str, "Unknown symbol name");
	return s;
}

static struct node *
new_node(struct checker *c, enum node_kind kind, const struct node *at, const struct type *t)
{
	struct node *n = node_new(c->env->arena, kind, at->pos);

	n->type = t;
	return n;
}

static struct node *
new_address(struct checker *c, const struct node *at, uint64_t addr, const struct type *t)
{
	struct node *n = new_node(c, NODE_INT, at, t);

	n->val = addr;
	return n;
}

static struct node *
add(struct checker *c, const struct node *at, struct node *a, struct node *b, const struct type *t)
{
	struct node *n = new_node(c, NODE_BINARY, at, t);

	(void)c;
	n->op = TOK_ADD;
	n->a = a;
	n->b = b;
	return n;
}

/* addr + percpu[cpu] */
static struct node *
percpu_address(struct checker *c, const struct node *at, const struct symbol *s,
    const struct type *ptr)
{
	const struct type *t = c->types->t_uint64;
	struct node *cpu = new_node(c, NODE_BUILTIN, at, c->types->t_int);
	struct node *index = new_node(c, NODE_BINARY, at, t), *base = new_node(c, NODE_DEREF, at, t);

	cpu->bvar = BV_CPU;
	cpu->str = "cpu";
	index->op = TOK_MUL;
	index->a = convert(c, cpu, t);
	index->b = new_address(c, at, 8, t);
	base->a = add(c, at, index, new_address(c, at, s->percpu, t), type_ptr(c->types, t));
	return add(c, at, base, new_address(c, at, s->addr, t), ptr);
}

static struct node *
address(struct checker *c, const struct node *at, const struct symbol *s)
{
	const struct type *ptr = type_ptr(c->types, s->type != NULL ? s->type : c->types->t_void);

	return s->percpu != 0 ? percpu_address(c, at, s, ptr) : new_address(c, at, s->addr, ptr);
}

/* It may be asked for also of what has no type that is known. */
struct node *
check_symbol_address(struct checker *c, struct node *n)
{
	const struct symbol s = find(c, n);

	return address(c, n, &s);
}

struct node *
check_symbol(struct checker *c, struct node *n)
{
	const struct symbol s = find(c, n);

	if (s.type == NULL)
		err_sym_notypes(n->pos, n->str);
	if (type_real(s.type)->kind == TYPE_FUNC)	/* as in C */
		return address(c, n, &s);
	if (!type_filled(s.type)->is_complete)
		err_op_incomplete(n->pos, "`", spell(c, s.type));
	n->kind = NODE_DEREF;
	n->a = address(c, n, &s);
	n->str = NULL;
	n->type = s.type;
	return n;
}
