/*
 * Features are found by trying: a program of a few instructions is loaded, a link is asked for
 * that cannot come to be, and the kernel's answer tells. Nothing stays behind.
 */
#include "os/feature.h"

#include <errno.h>
#include <linux/btf.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "os/bpf.h"
#include "os/btf.h"
#include "os/nop5.h"

#define INSN(CODE, DST, SRC, OFF, IMM) \
	((struct bpf_insn){ .code = (CODE), .dst_reg = (DST), .src_reg = (SRC), .off = (OFF), \
	    .imm = (IMM) })
#define MOV_IMM(DST, IMM) INSN(BPF_ALU64 | BPF_MOV | BPF_K, DST, 0, 0, IMM)
#define CALL_HELPER(ID) INSN(BPF_JMP | BPF_CALL, 0, 0, 0, ID)
#define EXIT_INSN() INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)

/* gives: a program's fd or -errno. */
static int
load(const struct bpf_insn *insn, size_t ninsn, uint32_t attach_type, uint32_t flags)
{
	return sysbpf_prog_load(&(struct sysbpf_prog){
		.type = BPF_PROG_TYPE_KPROBE,
		.expected_attach_type = attach_type,
		.flags = flags,
		.name = "feature",
		.insn = insn,
		.ninsn = ninsn,
	});
}

/*
 * A directory cannot be probed: EBADF says that the kernel looked at it, thus knows this link.
 * The first kernels with it took any thread of the process for the process; those that were
 * mended look at the pid first and refuse a negative one.
 */
static bool
has_uprobe_multi(void)
{
	const struct bpf_insn insn[] = { MOV_IMM(0, 0), EXIT_INSN() };
	_cleanup_fd_ int prog_fd = load(insn, 2, SYSBPF_UPROBE_MULTI, 0);
	const uint64_t off = 0;
	struct sysbpf_uprobes u = { .path = "/", .off = &off, .n = 1 };

	if (prog_fd < 0 || sysbpf_link_uprobe_multi(prog_fd, &u) != -EBADF)
		return false;
	u.pid = -1;
	return sysbpf_link_uprobe_multi(prog_fd, &u) == -EINVAL;
}

static bool
loads(const struct bpf_insn *insn, size_t ninsn, uint32_t flags)
{
	_cleanup_fd_ int prog_fd = load(insn, ninsn, 0, flags);
	return prog_fd >= 0;
}

static bool
has_uprobe_sleep(void)
{
	const struct bpf_insn insn[] = {
		INSN(BPF_ST | BPF_MEM | BPF_DW, 10, 0, -8, 0),
		INSN(BPF_ALU64 | BPF_MOV | BPF_X, 1, 10, 0, 0),
		INSN(BPF_ALU64 | BPF_ADD | BPF_K, 1, 0, 0, -8),
		MOV_IMM(2, 8),
		MOV_IMM(3, 0),
		CALL_HELPER(BPF_FUNC_copy_from_user),
		MOV_IMM(0, 0),
		EXIT_INSN(),
	};
	return loads(insn, sizeof(insn) / sizeof(insn[0]), BPF_F_SLEEPABLE);
}

static bool
has_sdiv(void)
{
	const struct bpf_insn insn[] = {
		MOV_IMM(0, 8),
		MOV_IMM(1, -2),
		INSN(BPF_ALU64 | BPF_DIV | BPF_X, 0, 1, 1, 0),
		MOV_IMM(0, 0),
		EXIT_INSN(),
	};
	return loads(insn, sizeof(insn) / sizeof(insn[0]), 0);
}

/* A program that asks for its cookie; target: of a TRACING program. gives: its fd or -errno. */
static int
load_cookie(enum bpf_prog_type type, uint32_t attach_type, uint32_t target)
{
	const struct bpf_insn insn[] = {
		CALL_HELPER(BPF_FUNC_get_attach_cookie),
		MOV_IMM(0, 0),
		EXIT_INSN(),
	};
	return sysbpf_prog_load(&(struct sysbpf_prog){
		.type = type,
		.expected_attach_type = attach_type,
		.target = target,
		.name = "feature",
		.insn = insn,
		.ninsn = sizeof(insn) / sizeof(insn[0]),
	});
}

static bool
has_rawtp_cookie(void)
{
	_cleanup_fd_ int prog_fd = load_cookie(BPF_PROG_TYPE_RAW_TRACEPOINT, 0, 0);
	return prog_fd >= 0;
}

/* A function that every kernel has and lets be traced; a program is on it for a moment. */
static const char function[] = "vfs_getattr";

static bool
has_fentry(void)
{
	struct btf_types *btf = btf_types_open(BTF_DIRECTORY "/vmlinux", NULL);
	if (btf == NULL)
		return false;
	uint32_t id = btf_find_function(btf, function);
	btf_types_close(btf);
	_cleanup_fd_ int prog_fd = load_cookie(BPF_PROG_TYPE_TRACING, BPF_TRACE_FENTRY, id);
	if (prog_fd < 0)
		return false;
	_cleanup_fd_ int link_fd = sysbpf_link_tracing(prog_fd, BPF_TRACE_FENTRY, 1);
	return link_fd >= 0;
}

static bool
has_kprobe(void)
{
	_cleanup_fd_ int prog_fd = load_cookie(BPF_PROG_TYPE_KPROBE, 0, 0);
	int fds[2];
	if (prog_fd < 0 || sysbpf_link_kprobe_perf(prog_fd, function, 1, false, fds) < 0)
		return false;
	close(fds[1]);
	close(fds[0]);
	return true;
}

static bool
has_kprobe_multi(void)
{
	_cleanup_fd_ int prog_fd = load_cookie(BPF_PROG_TYPE_KPROBE, BPF_TRACE_KPROBE_MULTI, 0);
	const char *const name[] = { function };
	const uint64_t cookie = 1;
	if (prog_fd < 0)
		return false;
	_cleanup_fd_ int link_fd = sysbpf_link_kprobe_multi(prog_fd,
	    &(struct sysbpf_kprobes){ .name = name, .cookie = &cookie, .n = 1 });
	return link_fd >= 0;
}

/* A task storage map wants types for its keys and values: one int serves for both. */
static int
task_storage_new(void)
{
	static const struct {
		struct btf_header header;
		struct btf_type type;
		uint32_t encoding;
		char str[8];
	} types = {
		.header = {
			.magic = BTF_MAGIC, .version = BTF_VERSION,
			.hdr_len = sizeof(struct btf_header),
			.type_len = sizeof(struct btf_type) + sizeof(uint32_t),
			.str_off = sizeof(struct btf_type) + sizeof(uint32_t),
			.str_len = 8,
		},
		.type = { .name_off = 1, .info = BTF_KIND_INT << 24, .size = 4 },
		.encoding = BTF_INT_SIGNED << 24 | 32,
		.str = "\0int",
	};
	_cleanup_fd_ int btf_fd = sysbpf_btf_load(&types, sizeof(types));
	if (btf_fd < 0)
		return btf_fd;
	return sysbpf_map_new(&(struct sysbpf_map){
		.type = BPF_MAP_TYPE_TASK_STORAGE,
		.name = "feature",
		.key_bytes = 4,
		.value_bytes = 4,
		.flags = BPF_F_NO_PREALLOC,
		.btf_fd = btf_fd,
		.btf_key_type = 1,
		.btf_value_type = 1,
	});
}

static bool
has_task_storage(void)
{
	_cleanup_fd_ int map_fd = task_storage_new();
	if (map_fd < 0)
		return false;
	const struct bpf_insn insn[] = {
		CALL_HELPER(BPF_FUNC_get_current_task_btf),
		INSN(BPF_ALU64 | BPF_MOV | BPF_X, 2, 0, 0, 0),
		INSN(BPF_LD | BPF_IMM | BPF_DW, 1, BPF_PSEUDO_MAP_FD, 0, map_fd),
		INSN(0, 0, 0, 0, 0),
		MOV_IMM(3, 0),
		MOV_IMM(4, BPF_LOCAL_STORAGE_GET_F_CREATE),
		CALL_HELPER(BPF_FUNC_task_storage_get),
		MOV_IMM(0, 0),
		EXIT_INSN(),
	};
	return loads(insn, sizeof(insn) / sizeof(insn[0]), 0);
}

static const struct {
	const char *name, *doc;
	bool (*try)(void);
} row[FEATURE_MAX] = {
#define FEATURE(ID, NAME, TRY, DOC) [FEATURE_##ID] = { NAME, DOC, TRY },
#include "os/feature.def"
#undef FEATURE
};

bool
feature_has(struct features *f, enum feature id)
{
	if (f->known[id] == 0)
		f->known[id] = row[id].try() ? 1 : -1;
	return f->known[id] > 0;
}

void
feature_force(struct features *f, enum feature id, bool has)
{
	f->known[id] = has ? 1 : -1;
}

const char *
feature_name(enum feature id)
{
	return row[id].name;
}

const char *
feature_doc(enum feature id)
{
	return row[id].doc;
}
