/*
 * The provider sdt: the kernel's tracepoints, with the fields of the record that each makes. The
 * kernel says how a record looks (tracefs), so that names, places and types are right on every
 * kernel. argN is a number's value; of text and bytes, the address in the record.
 */
#include <linux/bpf.h>
#include <string.h>

#include "os/bpf.h"
#include "prov/record.h"
#include "prov/tracepoint.h"
#include "rec/state.h"

static const struct context record_context = {
	.type = BPF_PROG_TYPE_TRACEPOINT,
	.has_cookie = true,
};

extern const struct provider provider_sdt;

enum how { VALUE, ADDRESS, DATA_LOC, REL_DATA_LOC };

struct place {
	enum how how;
	uint32_t off, size_bytes;
	bool is_signed;
};

static int
list(struct prov_env *env, const struct pdesc *d)
{
	return tracepoint_may_match(d, "sdt") ? tracepoint_list(env, d, &provider_sdt) : 0;
}

static enum how
how_of(const struct tracefs_field *f)
{
	if (strncmp(f->type, "__data_loc ", 11) == 0)
		return DATA_LOC;
	if (strncmp(f->type, "__rel_loc ", 10) == 0)
		return REL_DATA_LOC;
	return record_is_scalar(f) && f->off % f->size_bytes == 0 ? VALUE : ADDRESS;
}

/* One for all fields that are alike. */
static const struct place *
place_of(struct prov_env *env, const struct tracefs_field *f)
{
	enum how how = how_of(f);
	char key[64];
	struct place *p;

	snprintf(key, sizeof(key), "sdt place %d %u %u %d", (int)how, f->off, f->size_bytes,
	    f->is_signed);
	p = map_get(&env->cache, key);
	if (p == NULL) {
		p = arena_new(env->arena, struct place);
		*p = (struct place){ how, f->off, f->size_bytes, f->is_signed };
		map_put(&env->cache, arena_strdup(env->arena, key), p);
	}
	return p;
}

static void
types(struct prov_env *env, struct probe *p)
{
	struct shape *shape = arena_new(env->arena, struct shape);
	struct tracefs_field *field;
	uint32_t n;

	if (tracefs_fields(env->arena, p->mod, p->name, &field, &n) != 0)
		return;
	shape->place = arena_alloc(env->arena, n * sizeof(*shape->place) + 1);
	shape->nplace = n;
	for (uint32_t i = 0; i < n; i++)
		shape->place[i] = place_of(env, &field[i]);
	p->site->shape = shape;
	record_set_types(env, p, field, n);
}

/* The address of the context, as a number: by way of the state, where it is no pointer any more. */
static ir_val
address(struct ir_func *f, ir_val ctx, ir_val st)
{
	ir_store(f, 8, st, STATE_scratch, ctx);
	return ir_load(f, 8, st, STATE_scratch);
}

static ir_val
load(struct ir_func *f, ir_val ctx, ir_val st, const struct place *p)
{
	const int32_t off = (int32_t)p->off;
	ir_val v;

	switch (p->how) {
	case VALUE:
		v = ir_load(f, (int)p->size_bytes, ctx, off);
		return p->is_signed && p->size_bytes < 8
		    ? ir_extend(f, v, (int)p->size_bytes, true) : v;
	case ADDRESS:
		return ir_bini(f, OP_ADD, address(f, ctx, st), off);
	case DATA_LOC:
	case REL_DATA_LOC:
		break;
	}
	/* the low half is where it begins: in the record, or after this field; then, how long */
	v = ir_load(f, 2, ctx, off);
	if (p->how == REL_DATA_LOC)
		v = ir_bini(f, OP_ADD, v, off + 4);
	return ir_bin(f, OP_ADD, v, address(f, ctx, st));
}

static void
enter(struct ir_func *f, const void *self, ir_val ctx, ir_val st, uint32_t mask, ir_label fault)
{
	const struct shape *shape = ((const struct site *)self)->shape;

	(void)fault;
	for (uint32_t i = 0; i < STATE_NARG; i++) {
		int32_t off = STATE_arg + 8 * (int32_t)i;

		if (!(mask & 1u << i))
			continue;
		if (shape != NULL && i < shape->nplace)
			ir_store(f, 8, st, off, load(f, ctx, st, shape->place[i]));
		else
			ir_storei(f, 8, st, off, 0);
	}
}

static int
arm(struct prov_env *env, const struct probe *p, int prog_fd)
{
	uint64_t id;
	int fds[2], err = tracefs_id(p->mod, p->name, &id);

	if (err == 0)
		err = sysbpf_link_tracepoint(prog_fd, id, p->id, fds);
	if (err < 0)
		return err;
	vec_push(&env->link, fds[0]);
	vec_push(&env->link, fds[1]);
	return 0;
}

static int
attach(struct prov_env *env, struct site **site, size_t n, int prog_fd)
{
	prov_allow_fds(env, 2 * n);
	for (size_t i = 0; i < n; i++) {
		int err = arm(env, site[i]->probe, prog_fd);

		site[i]->is_armed = err == 0;
		if (err < 0)
			site[i]->refused = arena_strdup(env->arena, strerror(-err));
	}
	prov_note_refused(env, site, n);
	return 0;
}

const struct provider provider_sdt = {
	.name = "sdt",
	.context = &record_context,
	.list = list,
	.enter = enter,
	.attach = attach,
	.types = types,
};
