/* The kernel's types as D's: from a kernel proper and a module made up here, and from this kernel. */
#include "os/ktype.h"

#include <bpf/btf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "test/unit/tap.h"
#include "type/spell.h"

struct fixture {
	struct arena arena;
	struct intern intern;
	struct types types;
	struct ktypes *k;
	const char *path;
	char dir[64];
};

static void
put_file(const char *dir, const char *name, const struct btf *b)
{
	char path[128];
	__u32 size;
	const void *data = btf__raw_data(b, &size);
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "we");
	if (f == NULL || data == NULL || fwrite(data, 1, size, f) != size)
		BUG("cannot write %s", path);
	fclose(f);
}

/*
 *	struct node {
 *		struct node *next;
 *		union { int i; char text[8]; };
 *		unsigned char low:3, high:5;
 *		mode_t mode;
 *		enum color color;
 *		int (*call)(struct node *, const char *, ...);
 *		struct secret *secret;
 *	};
 */
static struct btf *
make_vmlinux(void)
{
	struct btf *b = btf__new_empty();
	int i = btf__add_int(b, "int", 4, BTF_INT_SIGNED);
	int c = btf__add_int(b, "char", 1, BTF_INT_SIGNED);
	int uc = btf__add_int(b, "unsigned char", 1, 0);
	int ul = btf__add_int(b, "long unsigned int", 8, 0);
	int text = btf__add_array(b, i, c, 8);
	int un = btf__add_union(b, NULL, 8);
	int mode, color, cc, ccp, proto, call, node, np, secret, sp, wide;

	btf__add_field(b, "i", i, 0, 0);
	btf__add_field(b, "text", text, 0, 0);
	mode = btf__add_typedef(b, "kmode_t", ul);
	color = btf__add_enum(b, "color", 4);
	btf__add_enum_value(b, "RED", 1);
	btf__add_enum_value(b, "BLUE", -7);
	wide = btf__add_enum64(b, "wide", 8, false);
	btf__add_enum64_value(b, "HUGE", 0x123456789aull);
	cc = btf__add_const(b, c);
	ccp = btf__add_ptr(b, cc);
	proto = btf__add_func_proto(b, i);
	np = proto + 1;
	btf__add_func_param(b, "n", np);
	btf__add_func_param(b, "s", ccp);
	btf__add_func_param(b, NULL, 0);
	np = btf__add_ptr(b, np + 4);
	call = btf__add_ptr(b, proto);
	secret = btf__add_fwd(b, "secret", BTF_FWD_STRUCT);
	sp = btf__add_ptr(b, secret);
	node = btf__add_struct(b, "node", 56);
	CHECK_INT(node, np + 4);
	btf__add_field(b, "next", np, 0, 0);
	btf__add_field(b, NULL, un, 64, 0);
	btf__add_field(b, "low", uc, 128, 3);
	btf__add_field(b, "high", uc, 131, 5);
	btf__add_field(b, "mode", mode, 192, 0);
	btf__add_field(b, "color", color, 256, 0);
	btf__add_field(b, "call", call, 320, 0);
	btf__add_field(b, "secret", sp, 384, 0);
	/* a circle of names */
	btf__add_typedef(b, "circle", (int)btf__type_cnt(b));
	return wide > 0 ? b : NULL;
}

/* A module knows what the kernel proper does not, and has a node of its own. */
static void
make_module(const char *dir, struct btf *base)
{
	struct btf *b = btf__new_empty_split(base);

	btf__add_struct(b, "node", 4);
	btf__add_field(b, "other", btf__find_by_name(base, "int"), 0, 0);
	btf__add_struct(b, "secret", 8);
	btf__add_field(b, "mode", btf__find_by_name(base, "kmode_t"), 0, 0);
	btf__add_typedef(b, "mine_t", btf__find_by_name(base, "node"));
	put_file(dir, "mod", b);
	btf__free(b);
}

static void
fixture_init(struct fixture *f, const char *dir)
{
	arena_init(&f->arena);
	intern_init(&f->intern, &f->arena);
	types_init(&f->types, &f->arena, &f->intern, 256);
	f->path = dir;
	f->k = ktypes_new(&f->types, &f->path);
}

static void
fixture_fini(struct fixture *f)
{
	ktypes_free(f->k);
	types_fini(&f->types);
	intern_fini(&f->intern);
	arena_fini(&f->arena);
}

static const char *
member_type(struct fixture *f, const struct type *t, const char *name, uint32_t *off)
{
	const struct type_member *m = type_member(t, name, off);

	return m == NULL ? "none" : type_spell(&f->arena, m->type);
}

static void
test_members(struct fixture *f)
{
	const struct type *t = type_tag(&f->types, TYPE_STRUCT, "node");
	uint32_t off = 0;

	CHECK(!t->is_complete);
	CHECK_STR(member_type(f, t, "next", &off), "struct node *");
	CHECK(t->is_complete);
	CHECK_INT(t->size_bytes, 56);
	CHECK_INT(t->align_bytes, 8);
	CHECK_STR(member_type(f, t, "text", &off), "char [8]");
	CHECK_INT(off, 64);
	CHECK_STR(member_type(f, t, "high", &off), "unsigned char");
	CHECK_INT(off, 131);
	CHECK_INT(type_member(t, "high", &off)->bits, 5);
	CHECK_STR(member_type(f, t, "mode", &off), "kmode_t");
	CHECK_STR(member_type(f, t, "color", &off), "enum color");
	CHECK_STR(member_type(f, t, "call", &off), "int (*)(struct node *, const char *, ...)");
	CHECK_STR(member_type(f, t, "nothing", &off), "none");
	CHECK(type_same(type_member(t, "next", &off)->type, type_ptr(&f->types, t)));
}

static void
test_modules(struct fixture *f)
{
	const struct type *t = type_tag(&f->types, TYPE_STRUCT, "mod`node");
	const struct type *node = type_tag(&f->types, TYPE_STRUCT, "vmlinux`node");
	const struct type_member *m;
	uint32_t off = 0;

	CHECK_STR(member_type(f, t, "other", &off), "int");
	CHECK_INT(type_filled(t)->size_bytes, 4);
	CHECK_STR(type_spell(&f->arena, t), "struct node");
	CHECK_STR(member_type(f, node, "secret", &off), "struct secret *");
	m = type_member(node, "secret", &off);
	CHECK_STR(member_type(f, type_real(m->type)->base, "mode", &off), "kmode_t");
	CHECK(!type_filled(type_tag(&f->types, TYPE_UNION, "node"))->is_complete);
	CHECK(!type_filled(type_tag(&f->types, TYPE_STRUCT, "none`node"))->is_complete);
	CHECK(!type_filled(type_tag(&f->types, TYPE_STRUCT, "../mod`node"))->is_complete);
	t = type_find_typedef(&f->types, "mod`mine_t");
	CHECK(t != NULL && type_same(t, node));
	CHECK(type_find_typedef(&f->types, "mine_t") == NULL);
}

static void
test_names(struct fixture *f)
{
	const struct type *t = type_find_typedef(&f->types, "kmode_t");
	int64_t v = 0;

	CHECK(t != NULL && type_real(t) == f->types.t_ulong);
	CHECK(type_find_typedef(&f->types, "kmode_t") == t);
	CHECK(type_find_typedef(&f->types, "nothing_t") == NULL);
	CHECK(type_find_typedef(&f->types, "nothing_t") == NULL);
	t = type_find_typedef(&f->types, "circle");
	CHECK(t != NULL && type_real(t)->kind == TYPE_VOID);
	CHECK(type_find_enumerator(&f->types, "BLUE", &v));
	CHECK_INT(v, -7);
	CHECK(type_find_enumerator(&f->types, "HUGE", &v));
	CHECK_INT(v, 0x123456789all);
	CHECK(!type_find_enumerator(&f->types, "GREEN", &v));
}

/* What the program declares is not the kernel's. */
static void
test_declared(struct fixture *f)
{
	const struct type *theirs = type_tag(&f->types, TYPE_STRUCT, "node");
	struct type *ours;

	CHECK(type_filled(theirs)->is_complete);
	ours = type_declare_tag(&f->types, TYPE_STRUCT, "node");
	CHECK(ours != theirs && !ours->is_complete);
	CHECK(!type_same(ours, theirs));
	CHECK(type_tag(&f->types, TYPE_STRUCT, "node") == ours);
}

static void
test_made_up(void)
{
	struct fixture f = { .dir = "/tmp/ktype_test.XXXXXX" };
	struct btf *b = make_vmlinux();
	char path[128];

	if (mkdtemp(f.dir) == NULL)
		BUG("no directory");
	put_file(f.dir, "vmlinux", b);
	make_module(f.dir, b);
	fixture_init(&f, f.dir);
	test_members(&f);
	test_modules(&f);
	test_names(&f);
	test_declared(&f);
	fixture_fini(&f);
	btf__free(b);
	snprintf(path, sizeof(path), "%s/vmlinux", f.dir);
	unlink(path);
	snprintf(path, sizeof(path), "%s/mod", f.dir);
	unlink(path);
	rmdir(f.dir);
}

static void
test_none(void)
{
	struct fixture f;

	fixture_init(&f, "/nowhere");
	CHECK(!type_filled(type_tag(&f.types, TYPE_STRUCT, "task_struct"))->is_complete);
	CHECK(type_find_typedef(&f.types, "loff_t") == NULL);
	CHECK(ktypes_by_id(f.k, 1) == f.types.t_void);
	fixture_fini(&f);
}

static bool
is_same(const struct btf *b, const struct btf_type *r, const struct type *t)
{
	bool same = t->size_bytes == r->size && t->nmember == btf_vlen(r);

	for (uint32_t i = 0; same && i < t->nmember; i++) {
		const struct type_member *m = &t->member[i];
		const int64_t size = btf__resolve_size(b, btf_members(r)[i].type);

		if (m->off_bits != btf_member_bit_offset(r, i) ||
		    m->bits != btf_member_bitfield_size(r, i) ||
		    (size > 0 && type_real(m->type)->size_bytes != size))
			same = false;
	}
	return same;
}

/* Every type of this kernel, and what is in it, is understood as libbpf does. */
static void
test_this_kernel(void)
{
	struct btf *theirs = btf__load_vmlinux_btf();
	uint32_t nwrong = 0, nalign = 0, nstruct = 0;
	struct fixture f;

	if (theirs == NULL) {
		printf("# SKIP this kernel: it has no types\n");
		return;
	}
	fixture_init(&f, NULL);
	for (uint32_t id = 1; id < btf__type_cnt(theirs); id++) {
		const struct btf_type *r = btf__type_by_id(theirs, id);
		const struct type *t;

		if (!btf_is_composite(r))
			continue;
		t = type_filled(ktypes_by_id(f.k, id));
		nstruct++;
		nwrong += !is_same(theirs, r, t);
		/* attributes of alignment can't be seen in either */
		nalign += r->size > 0 && (int)t->align_bytes != btf__align_of(theirs, id);
	}
	CHECK(nstruct > 1000);
	CHECK_INT(nwrong, 0);
	CHECK(nalign < 100);
	fixture_fini(&f);
	btf__free(theirs);
}

int
main(void)
{
	test_made_up();
	test_none();
	test_this_kernel();
	return tap_done();
}
