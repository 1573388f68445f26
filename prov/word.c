/*
 * A place is an address in a table that nobody reads: its index says which word, how many bytes of
 * it, and whether they are signed. So equal places are one pointer, as struct shape wants.
 */
#include "prov/word.h"

#include <string.h>

#include "prov/record.h"
#include "rec/state.h"

enum { SIZES = 4, KINDS = 2 * SIZES, WORDS = 2 * BTF_ARGS };

static const char place_table[WORDS * KINDS + 1];

const void *const word_minus_one = &place_table[WORDS * KINDS];

const struct btf_types *
word_types(struct prov_env *env)
{
	return ktypes_btf(env->ktypes);
}

const void *
word_place(const struct btf_arg *a)
{
	uint32_t size = 0;

	while (size < SIZES - 1 && (!a->is_scalar || a->size_bytes > 1u << size))
		size++;
	return a->slot < WORDS ? &place_table[a->slot * KINDS + 2 * size + a->is_signed] : NULL;
}

void
word_set(struct prov_env *env, struct probe *p, const void *const *place,
    const struct btf_arg *type, uint32_t n)
{
	struct shape *shape = arena_new(env->arena, struct shape);

	shape->place = arena_alloc(env->arena, n * sizeof(*shape->place) + 1);
	shape->nplace = n;
	memcpy(shape->place, place, n * sizeof(*place));
	p->arg = arena_alloc(env->arena, n * sizeof(*p->arg) + 1);
	p->narg = n;
	for (uint32_t i = 0; i < n; i++)
		p->arg[i] = type[i].id != 0 && type[i].is_scalar ?
		    ktypes_by_id(env->ktypes, type[i].id) :
		    record_type(env, type[i].type, type[i].size_bytes, type[i].is_signed);
	for (struct site *s = p->site; s != NULL; s = s->next)
		s->shape = shape;
}

static ir_val
load(struct ir_func *f, ir_val ctx, uint32_t index, const uint16_t *off, uint32_t noff)
{
	uint32_t size = 1u << (index % KINDS / 2);
	ir_val v;

	if (index / KINDS >= noff)
		return ir_const(f, 0);
	v = ir_load(f, 8, ctx, off[index / KINDS]);
	return size < 8 ? ir_extend(f, v, (int)size, index % 2 != 0) : v;
}

void
word_enter_at(struct ir_func *f, const void *self, ir_val ctx, ir_val st, uint32_t mask,
    const uint16_t *off, uint32_t noff)
{
	const struct shape *shape = ((const struct site *)self)->shape;

	for (uint32_t i = 0; i < STATE_NARG; i++) {
		const char *place = shape != NULL && i < shape->nplace ? shape->place[i] : NULL;
		int32_t to = STATE_arg + 8 * (int32_t)i;

		if (!(mask & 1u << i))
			continue;
		if (place == NULL || place == word_minus_one)
			ir_storei(f, 8, st, to, place == NULL ? 0 : -1);
		else
			ir_store(f, 8, st, to,
			    load(f, ctx, (uint32_t)(place - place_table), off, noff));
	}
}

void
word_enter(struct ir_func *f, const void *self, ir_val ctx, ir_val st, uint32_t mask,
    ir_label fault)
{
	uint16_t off[WORDS];

	(void)fault;
	for (uint32_t i = 0; i < WORDS; i++)
		off[i] = (uint16_t)(8 * i);
	word_enter_at(f, self, ctx, st, mask, off, WORDS);
}
