/*
 * bpf(2) and perf_event_open(2): nothing else in the project calls them (libbpf's wrappers do
 * the calling where they have what we need). Functions return an fd or 0, or a negative errno.
 */
#ifndef OS_BPF_H
#define OS_BPF_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* BPF_TRACE_UPROBE_MULTI: Linux 6.6, which the headers of Debian 12 do not know yet. */
enum { SYSBPF_UPROBE_MULTI = 48 };

struct sysbpf_map {
	enum bpf_map_type type;
	const char *name;		/* at most 15 characters are used */
	uint32_t key_bytes, value_bytes, max_entries, flags;
	int btf_fd;			/* task storage: key and value types; 0: none */
	uint32_t btf_key_type, btf_value_type;
};

int sysbpf_map_new(const struct sysbpf_map *);
int sysbpf_map_lookup(int fd, const void *key, void *value);
int sysbpf_map_update(int fd, const void *key, const void *value);
int sysbpf_map_delete(int fd, const void *key);
int sysbpf_map_next_key(int fd, const void *key, void *next);	/* -ENOENT: no more */
int sysbpf_btf_load(const void *data, size_t bytes);

struct sysbpf_prog {
	enum bpf_prog_type type;
	uint32_t expected_attach_type;
	uint32_t flags;			/* BPF_F_SLEEPABLE */
	uint32_t target;		/* of a TRACING program: the function's id in BTF */
	const char *name;
	const struct bpf_insn *insn;
	size_t ninsn;
	int btf_fd;
	const struct bpf_func_info *func_info;
	uint32_t nfunc_info;
	/* verifier log: filled when log_bytes > 0 and the program is refused, or log_level > 0 */
	char *log;
	size_t log_bytes;
	uint32_t log_level;
};

int sysbpf_prog_load(const struct sysbpf_prog *);
/* Run a raw tracepoint program once, on this CPU, in this process. */
int sysbpf_prog_run(int prog_fd);
/* How many instructions the verifier processed (bpf_prog_info); 0 if the kernel doesn't say. */
uint32_t sysbpf_prog_verified_insns(int prog_fd);

/* Breakpoints for a set of places in one file. ref_ctr: file offsets of semaphores, or NULL;
 * pid 0: every process. gives: a link; closing it disarms. */
struct sysbpf_uprobes {
	const char *path;
	const uint64_t *off;
	const uint64_t *ref_ctr;
	const uint64_t *cookie;
	uint32_t n;
	pid_t pid;
	bool is_return;
};
int sysbpf_link_uprobe_multi(int prog_fd, const struct sysbpf_uprobes *);
/* The same for one place through a perf event: two fds, the event and its link. */
int sysbpf_link_uprobe_perf(int prog_fd, const char *path, uint64_t off, uint64_t ref_ctr,
    uint64_t cookie, pid_t pid, bool is_return, int fds[2]);
/* A raw tracepoint, by name. gives: a link; without a cookie (0) on every kernel. */
int sysbpf_link_raw_tp(int prog_fd, const char *name, uint64_t cookie);
/* Functions of the kernel proper, by name, at entry or return. gives: a link. */
struct sysbpf_kprobes {
	const char *const *name;
	const uint64_t *cookie;
	uint32_t n;
	bool is_return;
};
int sysbpf_link_kprobe_multi(int prog_fd, const struct sysbpf_kprobes *);
/* The same for one through a perf event: two fds, the event and its link. */
int sysbpf_link_kprobe_perf(int prog_fd, const char *name, uint64_t cookie, bool is_return,
    int fds[2]);
/* A TRACING program to the function that it was loaded for. gives: a link. */
int sysbpf_link_tracing(int prog_fd, uint32_t attach_type, uint64_t cookie);
/* A trace event by its number in tracefs: two fds, the event and its link. */
int sysbpf_link_tracepoint(int prog_fd, uint64_t id, uint64_t cookie, int fds[2]);
/* What perf counts: PERF_TYPE_…, PERF_COUNT_…, and where not. */
struct sysbpf_event {
	uint32_t type;
	uint64_t config;
	bool no_user, no_kernel;
};
/* Each time so many happened on one CPU: two fds, the event and its link. */
int sysbpf_link_event(int prog_fd, int cpu, const struct sysbpf_event *, uint64_t period,
    uint64_t cookie, int fds[2]);
/* Count our own: can it be counted here? gives: an fd. */
int sysbpf_event_open(const struct sysbpf_event *);
/* Records of every executable mapping that is made on one CPU; its pages are os/mapped.c's. */
int sysbpf_mmaps_open(int cpu);

#endif
