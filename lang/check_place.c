/*
 * What is in memory (D guide, "Structs and Unions", "Pointers and Scalar Arrays"): members, elements
 * of arrays, addresses. Memory is D's own, which has no address and is PART of a variable; or it
 * is anywhere else, and then what is in it is a DEREF of an address that is computed.
 */
#include "lang/checker.h"

#include "lang/diag.h"
#include "lang/fold.h"
#include "lang/token.h"

bool
is_array(const struct node *n)
{
	return type_real(n->type)->kind == TYPE_ARRAY && n->kind != NODE_STR;
}

bool
is_own(const struct node *n)
{
	return n->kind == NODE_VAR || n->kind == NODE_ELEM || n->kind == NODE_PART;
}

static struct node *
new_int(struct checker *c, struct pos pos, int64_t val)
{
	struct node *n = node_new(c->env->arena, NODE_INT, pos);

	n->type = c->types->t_int64;
	n->val = (uint64_t)val;
	return n;
}

static struct node *
new_binary(struct checker *c, enum token op, struct node *a, struct node *b, const struct type *t)
{
	struct node *n = node_new(c->env->arena, NODE_BINARY, a->pos);

	n->op = (uint16_t)op;
	n->a = a;
	n->b = b;
	n->type = t;
	n->height = (uint16_t)(1 + (a->height > b->height ? a->height : b->height));
	fold(n);
	return n;
}

/* So many bytes behind an address, as a pointer of that type. */
static struct node *
add_offset(struct checker *c, struct node *addr, int64_t off, const struct type *t)
{
	while (addr->kind == NODE_CAST && type_is_scalar(addr->a->type) &&
	    type_real(addr->a->type)->kind == TYPE_PTR)
		addr = addr->a;
	if (addr->kind == NODE_BINARY && addr->op == TOK_ADD && addr->b->kind == NODE_INT) {
		off += (int64_t)addr->b->val;
		addr = addr->a;
	}
	if (off == 0)
		return convert(c, addr, t);
	return new_binary(c, TOK_ADD, addr, new_int(c, addr->pos, off), t);
}

static struct node *
become_deref(struct checker *c, struct node *n, struct node *addr, int64_t off,
    const struct type *t)
{
	n->kind = NODE_DEREF;
	n->a = add_offset(c, addr, off, type_ptr(c->types, t));
	n->b = n->list = NULL;
	n->str = NULL;
	n->is_arrow = false;
	n->type = t;
	return n;
}

static struct node *
become_part(struct node *n, struct node *of, int64_t off, struct node *more, const struct type *t)
{
	bool is_part = of->kind == NODE_PART;

	n->kind = NODE_PART;
	n->val = (uint64_t)off + (is_part ? of->val : 0);
	n->b = more;
	n->a = is_part ? of->a : of;
	n->list = NULL;
	n->str = NULL;
	n->is_arrow = false;
	n->type = t;
	return n;
}

/* What is at an offset of an object in memory. */
static struct node *
become_inner(struct checker *c, struct node *n, struct node *object, int64_t off,
    const struct type *t)
{
	if (object->kind == NODE_DEREF)
		return become_deref(c, n, object->a, off, t);
	return become_part(n, object, off, object->kind == NODE_PART ? object->b : NULL, t);
}

/* The smallest integer that all bits of the field are in; those of packed structures need not be
 * in one of their own type. */
static struct node *
become_bits(struct checker *c, struct node *n, struct node *object, uint32_t off_bits,
    const struct type_member *m)
{
	const struct type *const units[] = {
		c->types->t_uint8, c->types->t_uint16, c->types->t_uint32, c->types->t_uint64,
	};
	struct node *unit = node_new(c->env->arena, NODE_PART, n->pos);
	unsigned size = 0;

	for (; size < 4; size++) {
		uint32_t bits = 8u << size, first = off_bits / bits * bits;

		if (off_bits + m->bits > first + bits)
			continue;
		n->kind = NODE_BITS;
		n->a = become_inner(c, unit, object, first / 8, units[size]);
		n->val = off_bits - first;
		n->len = m->bits;
		n->type = m->type;
		n->str = NULL;
		n->is_arrow = false;
		return n;
	}
	err_unsupported(n->pos, arena_printf(c->env->arena,
	    "bit-field %s, which is in two words, is", m->name));
}

static struct node *
as_object(struct checker *c, struct node *n)
{
	struct node *object = node_new(c->env->arena, NODE_DEREF, n->pos);
	const struct type *t = type_real(n->a->type);

	if (!n->is_arrow && !is_own(n->a) && n->a->kind != NODE_DEREF &&
	    type_is_bytes(n->a->type))
		err_unsupported(n->pos, "a member of an assignment or a comma is");
	if (!n->is_arrow)
		return n->a;
	if (!is_pointer(n->a))
		err_op_ptr(n->pos, "->");
	object->type = t->base;
	if (is_array(n->a))
		return check_array_index(c, object, n->a, new_int(c, n->pos, 0));
	object->a = n->a;
	return object;
}

struct node *
check_object_member(struct checker *c, struct node *n)
{
	const char *op = n->is_arrow ? "->" : ".";
	struct node *object = as_object(c, n);
	const struct type *t = type_filled(object->type);
	const struct type_member *m;
	uint32_t off;

	if (t->kind != TYPE_STRUCT && t->kind != TYPE_UNION) {
		if (n->is_arrow)
			err_op_sou_pointer(n->pos, spell(c, object->type));
		err_op_sou(n->pos, op, spell_node(c, object));
	}
	if (!t->is_complete)
		err_op_incomplete(n->pos, op, spell(c, object->type));
	m = type_member(t, n->str, &off);
	if (m == NULL)
		err_type_member(n->pos, n->str, spell(c, object->type));
	if (m->bits != 0)
		return become_bits(c, n, object, off, m);
	return become_inner(c, n, object, off / 8,
	    type_qualified(c->types, m->type, type_is_const(object->type), false));
}

struct node *
decay(struct checker *c, struct node *n)
{
	const struct type *to;
	struct node *next = n->next, *addr;

	if (!is_array(n))
		return n;
	to = type_ptr(c->types, type_real(n->type)->base);
	if (n->kind != NODE_DEREF)
		err_addrof_object(n->pos);
	addr = add_offset(c, n->a, 0, to);
	addr->next = next;
	return addr;
}

struct node *
check_array_arg(struct checker *c, struct node *arg)
{
	struct node *n = node_new(c->env->arena, NODE_DEREF, arg->pos);

	n->type = arg->type;
	arg->type = type_ptr(c->types, arg->type);
	n->a = arg;
	return n;
}

struct node *
sized(struct checker *c, struct node *n)
{
	if (!is_array(n) || type_real(n->type)->nelem != 0 || !type_is_strcompat(n->type))
		return n;
	return convert(c, n, c->types->t_string);
}

/* An array of one element or none is as long as whoever made it says. */
static void
check_bounds(struct checker *c, const struct node *array, const struct node *index)
{
	const struct type *t = type_real(array->type);

	(void)c;
	if (index->kind == NODE_INT && t->nelem > 1 && index->val >= t->nelem)
		err_arr_bounds(index->pos, (long long)index->val, t->nelem);
}

/* Of a variable: an index that is not known is checked when it is. */
static struct node *
own_element(struct checker *c, struct node *n, struct node *array, struct node *index)
{
	const struct type *t = type_real(array->type), *of = t->base;
	const uint32_t size = type_real(of)->size_bytes;
	struct node *more = array->kind == NODE_PART ? array->b : NULL, *bound, *off;

	if (index->kind == NODE_INT) {
		if (index->val >= t->nelem)
			err_arr_bounds(index->pos, (long long)index->val, t->nelem);
		return become_part(n, array, (int64_t)index->val * size, more, of);
	}
	bound = node_new(c->env->arena, NODE_BOUND, index->pos);
	bound->a = convert(c, index, c->types->t_int64);
	bound->val = t->nelem;
	bound->type = c->types->t_int64;
	bound->height = (uint16_t)(index->height + 1);
	off = size == 1 ? bound : new_binary(c, TOK_MUL, bound, new_int(c, n->pos, size),
	    bound->type);
	if (more != NULL)
		off = new_binary(c, TOK_ADD, more, off, off->type);
	return become_part(n, array, 0, off, of);
}

struct node *
check_array_index(struct checker *c, struct node *n, struct node *array, struct node *index)
{
	const struct type *of = type_real(array->type)->base;
	struct node *off;

	if (!type_is_int(index->type))
		err_op_int(index->pos, "[ ]");
	check_bounds(c, array, index);
	if (is_own(array))
		return own_element(c, n, array, index);
	array = decay(c, array);
	index = convert(c, index, c->types->t_int64);
	if (index->kind == NODE_INT)
		return become_deref(c, n, array,
		    (int64_t)index->val * type_real(of)->size_bytes, of);
	off = new_binary(c, TOK_MUL, index, new_int(c, n->pos, type_real(of)->size_bytes),
	    c->types->t_int64);
	return become_deref(c, n, new_binary(c, TOK_ADD, array, off, array->type), 0, of);
}

struct node *
check_addrof(struct checker *c, struct node *n)
{
	struct node *a;

	if (is_symbol(n->a))
		return check_symbol_address(c, n->a);
	a = n->a = check_value(c, n->a, "&");
	if (a->kind == NODE_VAR || a->kind == NODE_ELEM)
		err_addrof_var(n->pos);
	if (a->kind == NODE_PART)
		err_addrof_object(n->pos);
	if (a->kind == NODE_BITS)
		err_addrof_bitfield(n->pos);
	if (a->kind != NODE_DEREF)
		err_addrof_lval(n->pos);
	return add_offset(c, a->a, 0, type_ptr(c->types, a->type));
}
