/*
 * d_path(): a path from its end to its beginning, as the kernel has it: each entry (struct dentry)
 * has a name and a parent; where the root of a mount is met, the walk goes on at the place that it
 * is mounted on. It ends at an entry that is its own parent, or at a mount that is its own.
 *
 *     / u s r / l i b / x NUL
 *             ^POS             ENTRY, MOUNT: where the walk is
 *
 * Names change while we read: a wrong one may be shown then, nothing worse.
 */
#include <linux/bpf.h>

#include "gen/gen_private.h"

enum { POS = STATE_scratch, ENTRY = POS + 8, MOUNT = ENTRY + 8 };
enum { NAME_BYTES = 255, STEPS = 128 };

/* Text is made in so many bytes: a string, and behind it what the verifier thinks a name needs. */
uint32_t
rt_d_path_bytes(const struct gen *g)
{
	return gen_string_bytes(g) + NAME_BYTES + 1;
}

/* Where a member is in a kernel's structure. */
static uint32_t
member(const struct gen *g, const char *type, const char *name)
{
	const struct type *t = type_find(g->priv->types, type);
	uint32_t off = 0;

	if (t != NULL)
		type_member(t, name, &off);
	return off / 8;
}

/* The value at an address in the kernel's memory; jumps when it can't be read. */
static ir_val
read_at(struct ir_func *f, int size, ir_val base, int32_t off, ir_label fault)
{
	ir_val to = ir_fp(f, ir_frame(f, 8)), from = ir_bini(f, OP_ADD, base, off), failed;

	failed = ir_call(f, BPF_FUNC_probe_read_kernel, 3, to, ir_const(f, size), from);
	ir_jcci(f, OP_JNE, failed, 0, fault);
	return ir_load(f, size, to, 0);
}

/* A slash and the name of the entry, before what is there; jumps when there is no room. */
static void
put_name(struct gen *g, struct ir_func *f, ir_val st, ir_val entry, ir_label end, ir_label fault)
{
	const int32_t name = (int32_t)member(g, "struct dentry", "d_name");
	ir_val len = read_at(f, 4, entry, name + (int32_t)member(g, "struct qstr", "len"), fault);
	ir_val from = read_at(f, 8, entry, name + (int32_t)member(g, "struct qstr", "name"), fault);
	ir_val pos, at;

	len = ir_bound(f, len, NAME_BYTES, end);
	pos = ir_bin(f, OP_SUB, ir_load(f, 8, st, POS), len);
	ir_updi(f, OP_SUB, pos, 1);
	ir_jcci(f, OP_JSLE, pos, 0, end);
	pos = ir_bound(f, pos, gen_string_bytes(g) - 1, end);
	ir_store(f, 8, st, POS, pos);
	at = rt_state_at(g, f, st, ir_bin(f, OP_ADD, ir_arg(f, 1), pos), NAME_BYTES + 1, fault);
	ir_storei(f, 1, at, 0, '/');
	ir_call(f, BPF_FUNC_probe_read_kernel, 3, ir_bini(f, OP_ADD, at, 1), len, from);
}

/* One entry of the path, or one mount. 0: go on; 1: the beginning; 2: fault. */
void
rt_d_path_step(struct gen *g, struct ir_func *f)
{
	const int32_t root = (int32_t)member(g, "struct vfsmount", "mnt_root");
	const int32_t in_mount = (int32_t)member(g, "struct mount", "mnt");
	const int32_t parent_mount = (int32_t)member(g, "struct mount", "mnt_parent");
	const int32_t point = (int32_t)member(g, "struct mount", "mnt_mountpoint");
	const int32_t parent = (int32_t)member(g, "struct dentry", "d_parent");
	ir_label fault = ir_label_new(f), inside = ir_label_new(f), end = ir_label_new(f);
	ir_val st = rt_state(f, fault), entry = ir_load(f, 8, st, ENTRY);
	ir_val mount = ir_load(f, 8, st, MOUNT), up;

	ir_jcc(f, OP_JNE, read_at(f, 8, mount, root, fault), entry, inside);
	ir_updi(f, OP_SUB, mount, in_mount);
	up = read_at(f, 8, mount, parent_mount, fault);
	ir_jcc(f, OP_JEQ, up, mount, end);
	ir_store(f, 8, st, ENTRY, read_at(f, 8, mount, point, fault));
	ir_store(f, 8, st, MOUNT, ir_bini(f, OP_ADD, up, in_mount));
	ir_reti(f, 0);
	ir_place(f, inside);
	up = read_at(f, 8, entry, parent, fault);
	ir_jcc(f, OP_JEQ, up, entry, end);
	put_name(g, f, st, entry, end, fault);
	ir_store(f, 8, st, ENTRY, up);
	ir_reti(f, 0);
	ir_place(f, end);
	ir_reti(f, 1);
	ir_place(f, fault);
	ir_reti(f, 2);
}

/* Gives where the result begins; 0: fault. */
void
rt_d_path(struct gen *g, struct ir_func *f)
{
	const int32_t last = (int32_t)g->opts.strsize - 1;
	ir_label fault = ir_label_new(f), end = ir_label_new(f), some = ir_label_new(f), begin;
	ir_val st = rt_state(f, fault), i = ir_const(f, 0), path = ir_arg(f, 2), is_end, at;

	ir_store(f, 8, st, MOUNT, read_at(f, 8, path,
	    (int32_t)member(g, "struct path", "mnt"), fault));
	ir_store(f, 8, st, ENTRY, read_at(f, 8, path,
	    (int32_t)member(g, "struct path", "dentry"), fault));
	ir_storei(f, 8, st, POS, last);
	at = rt_state_at(g, f, st, ir_arg(f, 1), (uint32_t)last + 1, fault);
	ir_storei(f, 1, at, last, 0);
	begin = ir_loop_begin(f);
	is_end = ir_fcall(f, gen_rt(g, RT_D_PATH_STEP), 2, ir_arg(f, 0), ir_arg(f, 1));
	ir_jcci(f, OP_JEQ, is_end, 1, end);
	ir_jcci(f, OP_JNE, is_end, 0, fault);
	ir_updi(f, OP_ADD, i, 1);
	ir_loop_end(f, begin, i, STEPS);
	ir_place(f, end);
	ir_jcci(f, OP_JNE, ir_load(f, 8, st, POS), last, some);
	ir_storei(f, 1, at, last - 1, '/');
	ir_storei(f, 8, st, POS, last - 1);
	ir_place(f, some);
	ir_ret(f, ir_load(f, 8, st, POS));
	ir_place(f, fault);
	ir_reti(f, 0);
}
