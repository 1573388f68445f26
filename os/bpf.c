/*
 * bpf(2) and perf_event_open(2), called directly: what the kernel offers is newer than the
 * headers and the library of the systems we run on, so the few numbers and structures that
 * these lack are written down here.
 *
 * The kernel gives every bpf fd close-on-exec; perf events ask for it.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "os/bpf.h"

/* Ours is MIT; tracing helpers want a program that says it may be linked with the kernel. */
static const char license[] = "Dual MIT/GPL";

/* Of link_create, for BPF_TRACE_UPROBE_MULTI (Linux 6.6): what follows its first 16 bytes. */
struct attr_uprobe_multi {
	uint32_t prog_fd, target_fd, attach_type, flags;
	uint64_t path, off, ref_ctr, cookie;
	uint32_t n, multi_flags;
	int32_t pid, path_fd;
};

enum { UPROBE_MULTI_RETURN = 1 };

/* Of raw_tracepoint_open; the cookie is from Linux 6.9. */
struct attr_raw_tp {
	uint64_t name;
	uint32_t prog_fd, unused;
	uint64_t cookie;
};

/* Raw tracepoint programs see at most this many arguments (MAX_BPF_FUNC_ARGS). */
enum { RAW_TP_ARGS = 12 };

static uint64_t
addr_of(const void *p)
{
	return (uintptr_t)p;
}

static int
sys_bpf(enum bpf_cmd cmd, void *attr, size_t bytes)
{
	long r = syscall(SYS_bpf, cmd, attr, bytes);
	return r < 0 ? -errno : (int)r;
}

static int
sys_perf_event_open(struct perf_event_attr *attr, pid_t pid, int cpu)
{
	attr->size = sizeof(*attr);
	long r = syscall(SYS_perf_event_open, attr, pid, cpu, -1, PERF_FLAG_FD_CLOEXEC);
	return r < 0 ? -errno : (int)r;
}

/* Objects' names: what the kernel refuses in them becomes '_'. */
static void
copy_name(char to[BPF_OBJ_NAME_LEN], const char *name)
{
	for (size_t i = 0; name != NULL && i < BPF_OBJ_NAME_LEN - 1 && name[i] != '\0'; i++) {
		char c = name[i];
		bool is_ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') || c == '.';
		to[i] = is_ok ? c : '_';
	}
}

int
sysbpf_map_new(const struct sysbpf_map *m)
{
	union bpf_attr a = {
		.map_type = m->type,
		.key_size = m->key_bytes,
		.value_size = m->value_bytes,
		.max_entries = m->max_entries,
		.map_flags = m->flags,
	};
	copy_name(a.map_name, m->name);
	if (m->btf_fd > 0) {
		a.btf_fd = (uint32_t)m->btf_fd;
		a.btf_key_type_id = m->btf_key_type;
		a.btf_value_type_id = m->btf_value_type;
	}
	return sys_bpf(BPF_MAP_CREATE, &a, sizeof(a));
}

static int
map_elem(enum bpf_cmd cmd, int fd, const void *key, const void *value)
{
	union bpf_attr a = {
		.map_fd = (uint32_t)fd,
		.key = addr_of(key),
		.value = addr_of(value),	/* next_key: the same place in the union */
	};
	return sys_bpf(cmd, &a, sizeof(a));
}

int
sysbpf_map_lookup(int fd, const void *key, void *value)
{
	return map_elem(BPF_MAP_LOOKUP_ELEM, fd, key, value);
}

int
sysbpf_map_update(int fd, const void *key, const void *value)
{
	return map_elem(BPF_MAP_UPDATE_ELEM, fd, key, value);
}

int
sysbpf_map_delete(int fd, const void *key)
{
	return map_elem(BPF_MAP_DELETE_ELEM, fd, key, NULL);
}

int
sysbpf_map_next_key(int fd, const void *key, void *next)
{
	return map_elem(BPF_MAP_GET_NEXT_KEY, fd, key, next);
}

int
sysbpf_btf_load(const void *data, size_t bytes)
{
	union bpf_attr a = { .btf = addr_of(data), .btf_size = (uint32_t)bytes };
	return sys_bpf(BPF_BTF_LOAD, &a, sizeof(a));
}

int
sysbpf_prog_load(const struct sysbpf_prog *p)
{
	union bpf_attr a = {
		.prog_type = p->type,
		.expected_attach_type = p->expected_attach_type,
		.prog_flags = p->flags,
		.attach_btf_id = p->target,
		.insns = addr_of(p->insn),
		.insn_cnt = (uint32_t)p->ninsn,
		.license = addr_of(license),
	};
	copy_name(a.prog_name, p->name);
	if (p->btf_fd > 0) {
		a.prog_btf_fd = (uint32_t)p->btf_fd;
		a.func_info = addr_of(p->func_info);
		a.func_info_cnt = p->nfunc_info;
		a.func_info_rec_size = sizeof(*p->func_info);
	}
	bool has_log = p->log_bytes > 0;
	if (has_log && p->log_level > 0) {
		a.log_level = p->log_level;
		a.log_buf = addr_of(p->log);
		a.log_size = (uint32_t)p->log_bytes;
	}
	int fd = sys_bpf(BPF_PROG_LOAD, &a, sizeof(a));
	/* A verifier that writes its log is slow: only asked for when there is a reason to read
	 * it. -EAGAIN: the verifier was interrupted. */
	for (int i = 0; fd == -EAGAIN && i < 5; i++)
		fd = sys_bpf(BPF_PROG_LOAD, &a, sizeof(a));
	if (fd < 0 && has_log && a.log_level == 0) {
		a.log_level = 1;
		a.log_buf = addr_of(p->log);
		a.log_size = (uint32_t)p->log_bytes;
		p->log[0] = '\0';
		int again = sys_bpf(BPF_PROG_LOAD, &a, sizeof(a));
		if (again >= 0)		/* an error may be about the size of the log */
			fd = again;
	}
	return fd;
}

int
sysbpf_prog_run(int prog_fd)
{
	uint64_t ctx[RAW_TP_ARGS] = { 0 };
	union bpf_attr a = { .test = {
		.prog_fd = (uint32_t)prog_fd,
		.ctx_in = addr_of(ctx),
		.ctx_size_in = sizeof(ctx),
	} };
	return sys_bpf(BPF_PROG_TEST_RUN, &a, sizeof(a));
}

uint32_t
sysbpf_prog_verified_insns(int prog_fd)
{
	struct bpf_prog_info info = { 0 };
	union bpf_attr a = { .info = {
		.bpf_fd = (uint32_t)prog_fd,
		.info_len = sizeof(info),
		.info = addr_of(&info),
	} };
	if (sys_bpf(BPF_OBJ_GET_INFO_BY_FD, &a, sizeof(a)) < 0)
		return 0;
	return info.verified_insns;
}

int
sysbpf_link_uprobe_multi(int prog_fd, const struct sysbpf_uprobes *u)
{
	struct attr_uprobe_multi a = {
		.prog_fd = (uint32_t)prog_fd,
		.attach_type = SYSBPF_UPROBE_MULTI,
		.path = addr_of(u->path),
		.off = addr_of(u->off),
		.ref_ctr = addr_of(u->ref_ctr),
		.cookie = addr_of(u->cookie),
		.n = u->n,
		.multi_flags = u->is_return ? UPROBE_MULTI_RETURN : 0,
		.pid = u->pid,
	};
	return sys_bpf(BPF_LINK_CREATE, &a, sizeof(a));
}

/* gives: fds[0] the event, fds[1] the link of the program to it; closes the event on failure. */
static int
link_perf_event(int prog_fd, int event_fd, uint64_t cookie, int fds[2])
{
	if (event_fd < 0)
		return event_fd;
	union bpf_attr a = { .link_create = {
		.prog_fd = (uint32_t)prog_fd,
		.target_fd = (uint32_t)event_fd,
		.attach_type = BPF_PERF_EVENT,
		.perf_event = { .bpf_cookie = cookie },
	} };
	int link_fd = sys_bpf(BPF_LINK_CREATE, &a, sizeof(a));
	if (link_fd < 0) {
		close(event_fd);
		return link_fd;
	}
	fds[0] = event_fd;
	fds[1] = link_fd;
	return 0;
}

/* The kernel's number for its events of a kind. */
static int
event_type(const char *kind, uint32_t *type)
{
	char path[64];
	snprintf(path, sizeof(path), "/sys/bus/event_source/devices/%s/type", kind);
	_cleanup_file_ FILE *f = fopen(path, "re");
	if (f == NULL)
		return -errno;
	return fscanf(f, "%u", type) == 1 ? 0 : -EINVAL;
}

int
sysbpf_link_uprobe_perf(int prog_fd, const char *path, uint64_t off, uint64_t ref_ctr,
    uint64_t cookie, pid_t pid, bool is_return, int fds[2])
{
	/* config: bit 0 is "at return", the upper half is the semaphore's place. */
	if (ref_ctr > UINT32_MAX)
		return -ERANGE;
	uint32_t type;
	int err = event_type("uprobe", &type);
	if (err < 0)
		return err;
	struct perf_event_attr attr = {
		.type = type,
		.config = (ref_ctr << 32) | is_return,
		.uprobe_path = addr_of(path),
		.probe_offset = off,
	};
	int event_fd = pid != 0 ? sys_perf_event_open(&attr, pid, -1) :
	    sys_perf_event_open(&attr, -1, 0);
	return link_perf_event(prog_fd, event_fd, cookie, fds);
}

int
sysbpf_link_raw_tp(int prog_fd, const char *name, uint64_t cookie)
{
	struct attr_raw_tp a = {
		.name = addr_of(name),
		.prog_fd = (uint32_t)prog_fd,
		.cookie = cookie,
	};
	return sys_bpf(BPF_RAW_TRACEPOINT_OPEN, &a, sizeof(a));
}

int
sysbpf_link_kprobe_multi(int prog_fd, const struct sysbpf_kprobes *k)
{
	union bpf_attr a = { .link_create = {
		.prog_fd = (uint32_t)prog_fd,
		.attach_type = BPF_TRACE_KPROBE_MULTI,
		.kprobe_multi = {
			.flags = k->is_return ? BPF_F_KPROBE_MULTI_RETURN : 0,
			.cnt = k->n,
			.syms = addr_of(k->name),
			.cookies = addr_of(k->cookie),
		},
	} };
	return sys_bpf(BPF_LINK_CREATE, &a, sizeof(a));
}

int
sysbpf_link_kprobe_perf(int prog_fd, const char *name, uint64_t cookie, bool is_return,
    int fds[2])
{
	uint32_t type;
	int err = event_type("kprobe", &type);
	if (err < 0)
		return err;
	struct perf_event_attr attr = {
		.type = type,
		.config = is_return,
		.kprobe_func = addr_of(name),
	};
	return link_perf_event(prog_fd, sys_perf_event_open(&attr, -1, 0), cookie, fds);
}

int
sysbpf_link_tracing(int prog_fd, uint32_t attach_type, uint64_t cookie)
{
	union bpf_attr a = { .link_create = {
		.prog_fd = (uint32_t)prog_fd,
		.attach_type = attach_type,
		.tracing = { .cookie = cookie },
	} };
	return sys_bpf(BPF_LINK_CREATE, &a, sizeof(a));
}

/* The program runs on every CPU, wherever the event is. */
int
sysbpf_link_tracepoint(int prog_fd, uint64_t id, uint64_t cookie, int fds[2])
{
	struct perf_event_attr attr = { .type = PERF_TYPE_TRACEPOINT, .config = id };
	return link_perf_event(prog_fd, sys_perf_event_open(&attr, -1, 0), cookie, fds);
}

static int
event_open(const struct sysbpf_event *e, uint64_t period, pid_t pid, int cpu)
{
	struct perf_event_attr attr = {
		.type = e->type,
		.config = e->config,
		.sample_period = period,
		.exclude_user = e->no_user,
		.exclude_kernel = e->no_kernel,
	};
	return sys_perf_event_open(&attr, pid, cpu);
}

int
sysbpf_link_event(int prog_fd, int cpu, const struct sysbpf_event *e, uint64_t period,
    uint64_t cookie, int fds[2])
{
	return link_perf_event(prog_fd, event_open(e, period, -1, cpu), cookie, fds);
}

int
sysbpf_event_open(const struct sysbpf_event *e)
{
	return event_open(e, 0, 0, -1);
}

int
sysbpf_mmaps_open(int cpu)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_DUMMY,
		.mmap = 1,
		.mmap2 = 1,
		.watermark = 1,
		.wakeup_watermark = 1,
	};
	return sys_perf_event_open(&attr, -1, cpu);
}
