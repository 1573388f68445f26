/*
 * Sizes of aggregation values and of key tuples. Rows of aggr.def say how many words a value has;
 * a lquantize() has as many as its parameters say.
 */
#include "rec/aggr.h"

#include "lang/builtin.h"

static uint32_t
lquantize_words(const struct var *v)
{
	int64_t base = v->aggarg[0], limit = v->aggarg[1], step = v->aggarg[2];

	return (uint32_t)((limit - base) / step) + 2;
}

uint32_t
aggr_words(const struct var *v)
{
	static const uint8_t words[NR_AGG] = {
#define AGGR(NAME, WORDS) [AGG_##NAME] = WORDS,
#include "rec/aggr.def"
#undef AGGR
	};

	return v->aggfn->id == AGG_LQUANTIZE ? lquantize_words(v) : words[v->aggfn->id];
}

uint32_t
tuple_elem_bytes(const struct type *t)
{
	return type_is_scalar(t) ? 8 : (type_real(t)->size_bytes + 7u) & ~7u;
}

uint32_t
tuple_bytes(const struct var *v)
{
	uint32_t bytes = 0;

	for (uint32_t i = 0; i < v->nkey; i++)
		bytes += tuple_elem_bytes(v->key[i]);
	return bytes;
}
