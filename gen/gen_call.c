/*
 * Calls of functions: a table of those that give a number, and of those that give a string.
 */
#include <linux/bpf.h>

#include "base/cleanup.h"
#include "gen/gen_private.h"

static ir_val
gen_rand(struct gen_fn *fn, const struct node *args)
{
	(void)args;
	return ir_extend(fn->f, ir_call(fn->f, BPF_FUNC_get_prandom_u32, 0), 4, true);
}

/* The bytes in the order of the network. */
static ir_val
swap(struct gen_fn *fn, const struct node *args)
{
	struct ir_func *f = fn->f;
	const int bits = 8 * (int)type_real(args->type)->size_bytes;
	ir_val v = gen_expr(fn, args), r = ir_const(f, 0);

	if (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__)
		return v;
	for (int i = 0; i < bits; i += 8) {
		ir_val byte = ir_extend(f, ir_bini(f, OP_RSH, v, i), 1, false);

		ir_upd(f, OP_OR, r, ir_bini(f, OP_LSH, byte, bits - 8 - i));
	}
	return r;
}

/* The kernel's own dev_t: 20 bits of minor number. */
enum { MINOR_BITS = 20 };

static ir_val
gen_getmajor(struct gen_fn *fn, const struct node *args)
{
	return ir_bini(fn->f, OP_RSH, gen_expr(fn, args), MINOR_BITS);
}

static ir_val
gen_getminor(struct gen_fn *fn, const struct node *args)
{
	return ir_bini(fn->f, OP_AND, gen_expr(fn, args), (1 << MINOR_BITS) - 1);
}

typedef ir_val number_fn(struct gen_fn *, const struct node *args);
typedef ir_val string_fn(struct gen_fn *, const struct node *args, int32_t off);

static number_fn *const numbers[NR_BF] = {
	[BF_ALLOCA] = gen_alloca,
	[BF_BCOPY] = gen_bcopy,
	[BF_COPYIN] = gen_copyin,
	[BF_COPYINTO] = gen_copyinto,
	[BF_COPYOUT] = gen_copyout,
	[BF_COPYOUTSTR] = gen_copyoutstr,
	[BF_GETMAJOR] = gen_getmajor,
	[BF_GETMINOR] = gen_getminor,
	[BF_HTONL] = swap,
	[BF_HTONLL] = swap,
	[BF_HTONS] = swap,
	[BF_INDEX] = gen_index,
	[BF_NTOHL] = swap,
	[BF_NTOHLL] = swap,
	[BF_NTOHS] = swap,
	[BF_PROGENYOF] = gen_progenyof,
	[BF_RAND] = gen_rand,
	[BF_RINDEX] = gen_rindex,
	[BF_SPECULATION] = gen_speculation,
	[BF_STRLEN] = gen_strlen,
	[BF_STRTOLL] = gen_strtoll,
};

static string_fn *const strings[NR_BF] = {
	[BF_BASENAME] = gen_basename,
	[BF_CLEANPATH] = gen_cleanpath,
	[BF_COPYINSTR] = gen_copyinstr,
	[BF_D_PATH] = gen_d_path,
	[BF_DIRNAME] = gen_dirname,
	[BF_EXECARGS] = gen_execargs,
	[BF_INET_NTOA] = gen_inet_ntoa,
	[BF_INET_NTOA6] = gen_inet_ntoa6,
	[BF_INET_NTOP] = gen_inet_ntop,
	[BF_JSON] = gen_json,
	[BF_LINK_NTOP] = gen_link_ntop,
	[BF_LLTOSTR] = gen_lltostr,
	[BF_PYARG] = gen_pyarg,
	[BF_PYITEM] = gen_pyitem,
	[BF_PYOBJECT] = gen_pyobject,
	[BF_STRCHR] = gen_strchr,
	[BF_STRJOIN] = gen_strjoin,
	[BF_STRRCHR] = gen_strrchr,
	[BF_STRSTR] = gen_strstr,
	[BF_STRTOK] = gen_strtok,
	[BF_SUBSTR] = gen_substr,
	[BF_TOLOWER] = gen_tolower,
	[BF_TOUPPER] = gen_toupper,
};

/* Normalised to the type that the function is declared with. */
ir_val
gen_call(struct gen_fn *fn, const struct node *n)
{
	number_fn *call = n->fn->kind == BUILTIN_FUNC ? numbers[n->fn->id] : NULL;

	if (call == NULL)
		BUG("no number: %s()", n->fn->name);
	return call(fn, n->list);
}

ir_val
gen_string_call(struct gen_fn *fn, const struct node *n, int32_t off)
{
	string_fn *call = n->fn->kind == BUILTIN_FUNC ? strings[n->fn->id] : NULL;

	if (call == NULL)
		BUG("no string: %s()", n->fn->name);
	return call(fn, n->list, off);
}
