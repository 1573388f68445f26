/*
 * The kernel interface: what a refused program tells, maps, features, and offsets of members
 * against libbpf's reading of the same types.
 */
#include <bpf/btf.h>
#include <errno.h>
#include <unistd.h>

#include "os/bpf.h"
#include "os/btf.h"
#include "os/feature.h"
#include "test/unit/tap.h"

static void
test_btf(void)
{
	struct btf_member_query q[] = {
		{ .name = "group_leader" }, { .name = "comm" }, { .name = "real_parent" },
		{ .name = "tgid" }, { .name = "no_such_member", .off = 7 },
		{ .name = "sched_reset_on_fork" },	/* a bit-field */
	};
	enum { N = sizeof(q) / sizeof(q[0]) };
	struct btf *btf = btf__load_vmlinux_btf();

	btf_member_offsets("task_struct", q, N);
	if (btf == NULL) {
		printf("# SKIP offsets: this kernel has no types\n");
		CHECK_INT(q[0].off, 0);
		return;
	}
	const struct btf_type *t = btf__type_by_id(btf,
	    (uint32_t)btf__find_by_name_kind(btf, "task_struct", BTF_KIND_STRUCT));
	for (int i = 0; i < 4; i++) {
		uint32_t want = 0;
		for (uint32_t m = 0; m < btf_vlen(t); m++)
			if (strcmp(btf__name_by_offset(btf, btf_members(t)[m].name_off),
			    q[i].name) == 0)
				want = btf_member_bit_offset(t, m) / 8;
		CHECK(want != 0);
		CHECK_INT(q[i].off, want);
	}
	CHECK_INT(q[4].off, 0);
	CHECK_INT(q[5].off, 0);
	btf__free(btf);

	btf_member_offsets("no_such_struct", q, N);
	CHECK_INT(q[0].off, 0);
}

struct against {
	const struct btf_types *ours;
	struct btf *theirs;
	uint32_t nfunc, nwrong;
};

/* Prototypes against libbpf's reading: as many parameters, unless there are more than programs may
 * have or one without a size. */
static int
on_function(void *self, const char *name, uint32_t id)
{
	struct against *a = self;
	const struct btf_type *t = btf__type_by_id(a->theirs, id);
	struct btf_prototype p;

	a->nfunc++;
	if (t == NULL || !btf_is_func(t) ||
	    strcmp(btf__name_by_offset(a->theirs, t->name_off), name) != 0 ||
	    !btf_prototype(a->ours, id, &p)) {
		a->nwrong++;
		return 0;
	}
	const struct btf_type *proto = btf__type_by_id(a->theirs, t->type);
	for (uint32_t i = 0; i < btf_vlen(proto) && i < BTF_ARGS; i++) {
		int64_t size = btf__resolve_size(a->theirs, btf_params(proto)[i].type);
		if (size <= 0)
			break;
		a->nwrong += i >= p.narg || p.arg[i].size_bytes != size;
	}
	return 0;
}

static void
test_prototypes(void)
{
	struct btf_types *b = btf_types_open(BTF_DIRECTORY "/vmlinux", NULL);
	struct against a = { .ours = b, .theirs = btf__load_vmlinux_btf() };
	struct btf_prototype p;

	if (b == NULL) {
		printf("# SKIP prototypes: this kernel has no types\n");
		return;
	}
	btf_each_function(b, on_function, &a);
	CHECK(a.nfunc > 1000);
	CHECK_INT(a.nwrong, 0);
	CHECK(btf_prototype(b, btf_find_function(b, "vfs_read"), &p));
	CHECK_INT(p.narg, 4);
	CHECK_STR(p.arg[0].type, "struct file *");
	CHECK_STR(p.arg[1].type, "char *");
	CHECK_STR(p.result.type, "ssize_t");
	CHECK(p.result.is_signed);
	CHECK_INT(p.result.slot, 4);
	CHECK(btf_prototype(b, btf_find_tracepoint(b, "sched_process_exec"), &p));
	CHECK_INT(p.narg, 3);
	CHECK_STR(p.arg[0].type, "struct task_struct *");
	CHECK_INT(btf_find_function(b, "no_such_function"), 0);
	CHECK(!btf_prototype(b, 0, &p));
	CHECK(!btf_prototype(b, UINT32_MAX, &p));
	btf__free(a.theirs);
	btf_types_close(b);
}

static void
test_prog(void)
{
	const struct bpf_insn good[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K }, { .code = BPF_JMP | BPF_EXIT } };
	const struct bpf_insn bad[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_X, .src_reg = 7 },
		{ .code = BPF_JMP | BPF_EXIT } };
	char log[4096] = "";
	struct sysbpf_prog p = { .type = BPF_PROG_TYPE_RAW_TRACEPOINT, .name = "a-name too long",
	    .insn = good, .ninsn = 2, .log = log, .log_bytes = sizeof(log) };

	int fd = sysbpf_prog_load(&p);
	CHECK(fd >= 0);
	CHECK_STR(log, "");
	CHECK_INT(sysbpf_prog_run(fd), 0);
	CHECK_INT(sysbpf_prog_verified_insns(fd), 2);
	close(fd);
	p.log_level = 1;
	fd = sysbpf_prog_load(&p);
	CHECK(fd >= 0);
	CHECK(log[0] != '\0');
	close(fd);

	/* The kernel's reason, whatever the size of the log. */
	p.log_level = 0;
	p.insn = bad;
	CHECK_INT(sysbpf_prog_load(&p), -EACCES);
	CHECK(strstr(log, "R7 !read_ok") != NULL);
	p.log_bytes = 16;
	CHECK_INT(sysbpf_prog_load(&p), -EACCES);
	CHECK_INT(sysbpf_prog_run(-1), -EBADF);
}

static void
test_map(void)
{
	const uint32_t key = 5;
	uint64_t value = 7;
	uint32_t next = 0;
	int fd = sysbpf_map_new(&(struct sysbpf_map){ .type = BPF_MAP_TYPE_HASH, .name = "h",
	    .key_bytes = 4, .value_bytes = 8, .max_entries = 4 });

	CHECK(fd >= 0);
	CHECK_INT(sysbpf_map_lookup(fd, &key, &value), -ENOENT);
	CHECK_INT(sysbpf_map_update(fd, &key, &value), 0);
	value = 0;
	CHECK_INT(sysbpf_map_lookup(fd, &key, &value), 0);
	CHECK_INT(value, 7);
	CHECK_INT(sysbpf_map_next_key(fd, NULL, &next), 0);
	CHECK_INT(next, 5);
	CHECK_INT(sysbpf_map_next_key(fd, &next, &next), -ENOENT);
	CHECK_INT(sysbpf_map_delete(fd, &key), 0);
	CHECK_INT(sysbpf_map_next_key(fd, NULL, &next), -ENOENT);
	close(fd);
}

/* Trying leaves nothing open behind. */
static void
test_features(void)
{
	struct features f = { 0 };
	int before = dup(0);

	close(before);
	for (int i = 0; i < FEATURE_MAX; i++)
		printf("# %s: %s\n", feature_name((enum feature)i),
		    feature_has(&f, (enum feature)i) ? "yes" : "no");
	int after = dup(0);
	close(after);
	CHECK_INT(after, before);
	feature_force(&f, FEATURE_SDIV, false);
	CHECK(!feature_has(&f, FEATURE_SDIV));
	feature_force(&f, FEATURE_SDIV, true);
	CHECK(feature_has(&f, FEATURE_SDIV));
}

int
main(void)
{
	if (geteuid() != 0) {
		printf("1..0 # SKIP needs root\n");
		return 0;
	}
	test_btf();
	test_prototypes();
	test_prog();
	test_map();
	test_features();
	return tap_done();
}
