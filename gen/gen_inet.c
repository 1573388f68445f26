/*
 * Network addresses as text: read from memory, spelled by a routine.
 */
#include <net/if_arp.h>
#include <sys/socket.h>

#include "gen/gen_private.h"

enum { V4_BYTES = 4, V6_BYTES = 16, ETHER_BYTES = 6, INFINIBAND_BYTES = 20 };

/* The address's bytes through a routine, whose last argument is arg (IR_NONE: none). */
static ir_val
spell(struct gen_fn *fn, enum rt rt, ir_val addr, uint32_t bytes, ir_val arg, int32_t off)
{
	const int32_t text = gen_temp(fn, RT_ADDRESS_BYTES);
	const int32_t src = gen_read_temp(fn, addr, bytes);
	struct ir_func *f = fn->f;
	ir_val state = ir_load(f, 4, fn->st, STATE_level);
	ir_val from = ir_const(f, src), to = ir_const(f, text);

	ir_zero(f, fn->st, text, RT_ADDRESS_BYTES);
	ir_storei(f, 8, fn->st, STATE_scratch, 0);	/* nothing is spelled yet */
	if (arg == IR_NONE)
		ir_fcall(f, gen_rt(fn->g, rt), 3, state, from, to);
	else
		ir_fcall(f, gen_rt(fn->g, rt), 4, state, from, to, arg);
	return gen_string_copy(fn, gen_state_at(fn, off), gen_state_at(fn, text));
}

ir_val
gen_inet_ntoa(struct gen_fn *fn, const struct node *args, int32_t off)
{
	return spell(fn, RT_IPV4, gen_expr(fn, args), V4_BYTES, IR_NONE, off);
}

ir_val
gen_inet_ntoa6(struct gen_fn *fn, const struct node *args, int32_t off)
{
	ir_val addr = gen_expr(fn, args), strict;

	strict = args->next != NULL ? gen_expr(fn, args->next) : ir_const(fn->f, 0);
	return spell(fn, RT_IPV6, addr, V6_BYTES, strict, off);
}

ir_val
gen_inet_ntop(struct gen_fn *fn, const struct node *args, int32_t off)
{
	struct ir_func *f = fn->f;
	ir_label v4 = ir_label_new(f), end = ir_label_new(f);
	ir_val family = gen_expr(fn, args), addr = gen_expr(fn, args->next), len;

	ir_jcci(f, OP_JNE, family, AF_INET6, v4);
	len = ir_mov(f, spell(fn, RT_IPV6, addr, V6_BYTES, ir_const(f, 1), off));
	ir_jmp(f, end);
	ir_place(f, v4);
	ir_set(f, len, spell(fn, RT_IPV4, addr, V4_BYTES, IR_NONE, off));
	ir_place(f, end);
	return len;
}

ir_val
gen_link_ntop(struct gen_fn *fn, const struct node *args, int32_t off)
{
	struct ir_func *f = fn->f;
	ir_label ether = ir_label_new(f), infiniband = ir_label_new(f), end = ir_label_new(f);
	ir_val type = gen_expr(fn, args), addr = gen_expr(fn, args->next), len;

	ir_jcci(f, OP_JEQ, type, ARPHRD_ETHER, ether);
	ir_jcci(f, OP_JEQ, type, ARPHRD_INFINIBAND, infiniband);
	gen_fault(fn, FAULT_ILLOP, IR_NONE);
	ir_place(f, ether);
	len = ir_mov(f, spell(fn, RT_HEX, addr, ETHER_BYTES, ir_const(f, ETHER_BYTES), off));
	ir_jmp(f, end);
	ir_place(f, infiniband);
	ir_set(f, len, spell(fn, RT_HEX, addr, INFINIBAND_BYTES, ir_const(f, INFINIBAND_BYTES),
	    off));
	ir_place(f, end);
	return len;
}
