/*
 * Sizes of aggregation values and of key tuples, and the digest of a tuple. Rows of aggr.def say
 * how many words a value has; those of lquantize() and llquantize() have as many as
 * their parameters say.
 */
#include "rec/aggr.h"

#include <string.h>

#include "lang/builtin.h"

enum { EXACT_BYTES = 32 };	/* strings in a longer tuple: a digest is cheaper */
enum { CACHE_LINE_BYTES = 64 };

static uint32_t
lquantize_words(const struct var *v)
{
	int64_t base = v->aggarg[0], limit = v->aggarg[1], step = v->aggarg[2];

	return (uint32_t)((limit - base) / step) + 2;
}

bool
aggr_magnitude_next(const struct var *v, struct aggr_magnitude *m)
{
	const uint64_t factor = (uint64_t)v->aggarg[0], steps = (uint64_t)v->aggarg[3];
	uint64_t from = m->to, last = 1;

	if (m->to == 0) {
		from = 1;
		for (int64_t i = 0; i < v->aggarg[1]; i++)
			from *= factor;
	}
	for (int64_t i = 0; i <= v->aggarg[2]; i++)
		last *= factor;
	if (from >= last)
		return false;
	m->bin = m->to == 0 ? 1 : m->bin + m->nbin;
	m->from = from;
	m->to = from * factor;
	m->step = m->to / (steps < m->to ? steps : m->to);
	m->nbin = (uint32_t)((m->to - 1) / m->step - m->from / m->step) + 1;
	return true;
}

uint32_t
aggr_llquantize_zero(const struct var *v)
{
	struct aggr_magnitude m = { 0 };
	uint32_t n = 1;

	while (aggr_magnitude_next(v, &m))
		n += m.nbin;
	return n;
}

uint32_t
aggr_words(const struct var *v)
{
	static const uint8_t words[NR_AGG] = {
#define AGGR(NAME, WORDS) [AGG_##NAME] = WORDS,
#include "rec/aggr.def"
#undef AGGR
	};

	if (v->aggfn->id == AGG_LLQUANTIZE)
		return 2 * aggr_llquantize_zero(v) + 1;
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

/* Strings, and no stack: that may be longer than what a digest's loop looks at. */
static bool
suits_digest(const struct var *v)
{
	bool has_string = false;

	for (uint32_t i = 0; i < v->nkey; i++) {
		if (type_is_shown(v->key[i]))
			return false;
		has_string |= type_is_string(v->key[i]);
	}
	return has_string;
}

enum aggr_form
aggr_form(const struct var *v)
{
	if (v->nkey == 0 && v->aggfn->id != AGG_MIN && v->aggfn->id != AGG_MAX)
		return AGGR_BY_CPU;
	return suits_digest(v) && tuple_bytes(v) > EXACT_BYTES ? AGGR_DIGESTED : AGGR_EXACT;
}

uint32_t
aggr_key_bytes(const struct var *v)
{
	const uint32_t bytes[] = {
		[AGGR_BY_CPU] = 4,
		[AGGR_EXACT] = AGGR_KEY_TUPLE + tuple_bytes(v),
		[AGGR_DIGESTED] = AGGR_KEY_DIGEST + 16,
	};

	return bytes[aggr_form(v)];
}

uint32_t
aggr_value_bytes(const struct var *v)
{
	uint32_t bytes = aggr_words_off(v) + aggr_words(v) * 8;

	if (aggr_form(v) != AGGR_BY_CPU)
		return bytes;
	return (bytes + CACHE_LINE_BYTES - 1) / CACHE_LINE_BYTES * CACHE_LINE_BYTES;
}

uint32_t
aggr_words_off(const struct var *v)
{
	const uint32_t off[] = {
		[AGGR_BY_CPU] = AGGR_USED + 8,
		[AGGR_EXACT] = 0,
		[AGGR_DIGESTED] = tuple_bytes(v),
	};

	return off[aggr_form(v)];
}

/* ---- digests: the same as gen/rt_digest.c makes programs do ---- */

static uint64_t
rotate(uint64_t x, int bits)
{
	return x << bits | x >> (64 - bits);
}

static void
sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = rotate(v[1], 13) ^ v[0];
	v[0] = rotate(v[0], 32);
	v[2] += v[3];
	v[3] = rotate(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = rotate(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = rotate(v[1], 17) ^ v[2];
	v[2] = rotate(v[2], 32);
}

void
aggr_digest_begin(struct aggr_seed seed, uint64_t state[AGGR_DIGEST_WORDS])
{
	state[0] = seed.key[0] ^ UINT64_C(0x736f6d6570736575);
	state[1] = seed.key[1] ^ UINT64_C(0x646f72616e646f6d);
	state[2] = seed.key[0] ^ UINT64_C(0x6c7967656e657261);
	state[3] = seed.key[1] ^ UINT64_C(0x7465646279746573);
}

/* Some bytes of a tuple as words, zeros behind the last. */
static void
digest_bytes(uint64_t v[4], const char *p, size_t bytes)
{
	for (size_t i = 0; i < bytes; i += 8) {
		uint64_t word = 0;

		memcpy(&word, p + i, bytes - i < 8 ? bytes - i : 8);
		v[3] ^= word;
		sip_round(v);
		v[0] ^= word;
	}
}

void
aggr_digest(const struct var *v, struct aggr_seed seed, const void *tuple, uint64_t digest[2])
{
	uint64_t state[AGGR_DIGEST_WORDS];
	const char *p = tuple;

	aggr_digest_begin(seed, state);
	for (uint32_t i = 0; i < v->nkey; i++) {
		uint32_t room = tuple_elem_bytes(v->key[i]);

		digest_bytes(state, p, type_is_string(v->key[i]) ? strnlen(p, room - 1) + 1 : room);
		p += room;
	}
	state[2] ^= 0xff;
	for (int i = 0; i < 3; i++)
		sip_round(state);
	digest[0] = state[0] ^ state[1];
	digest[1] = state[2] ^ state[3];
}
