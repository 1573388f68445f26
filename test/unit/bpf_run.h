/*
 * Loads an IR program into the kernel and runs it once. The program sees map 0, an array map
 * with one value of RUN_BYTES; it is what goes in and what comes out.
 */
#ifndef TEST_BPF_RUN_H
#define TEST_BPF_RUN_H

#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/buf.h"
#include "ir/encode.h"
#include "ir/regs.h"
#include "ir/text.h"
#include "test/unit/machine.h"

enum { RUN_BYTES = 4096, RUN_LOG_BYTES = 1 << 20 };

static char run_log[RUN_LOG_BYTES];

static inline int
run_bpf(int cmd, union bpf_attr *attr)
{
	int r = (int)syscall(SYS_bpf, cmd, attr, sizeof(*attr));

	return r < 0 ? -errno : r;
}

static inline uint64_t
run_ptr(const void *p)
{
	return (uint64_t)(uintptr_t)p;
}

static inline int
run_map_new(void)
{
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = RUN_BYTES,
		.max_entries = 1,
	};

	return run_bpf(BPF_MAP_CREATE, &attr);
}

static inline int
run_map(int cmd, int fd, void *value)
{
	uint32_t key = 0;
	union bpf_attr attr = {
		.map_fd = (uint32_t)fd, .key = run_ptr(&key), .value = run_ptr(value),
	};

	return run_bpf(cmd, &attr);
}

static inline int
run_load(struct bpf_code *c, int map_fd, int btf_fd, uint32_t log_level)
{
	union bpf_attr attr;

	for (uint32_t i = 0; i < c->nreloc; i++)
		c->insn[c->reloc[i].insn].imm = map_fd;
	memset(&attr, 0, sizeof(attr));
	attr.prog_type = BPF_PROG_TYPE_RAW_TRACEPOINT;
	attr.insns = run_ptr(c->insn);
	attr.insn_cnt = c->ninsn;
	attr.license = run_ptr("GPL");
	if (log_level > 0) {
		attr.log_buf = run_ptr(run_log);
		attr.log_size = sizeof(run_log);
		attr.log_level = log_level;
	}
	attr.prog_btf_fd = (uint32_t)btf_fd;
	attr.func_info = run_ptr(c->func_info);
	attr.func_info_cnt = c->nfunc;
	attr.func_info_rec_size = sizeof(*c->func_info);
	return run_bpf(BPF_PROG_LOAD, &attr);
}

/* gives: memory after the run, in place; 0, or a negative errno after telling what happened. */
static inline int
run_code(struct bpf_code *c, void *memory)
{
	union bpf_attr attr;
	int map_fd = run_map_new(), btf_fd, prog_fd, r;

	memset(&attr, 0, sizeof(attr));
	attr.btf = run_ptr(c->btf);
	attr.btf_size = c->btf_bytes;
	btf_fd = run_bpf(BPF_BTF_LOAD, &attr);
	run_log[0] = '\0';
	prog_fd = run_load(c, map_fd, btf_fd, 0);
	if (map_fd < 0 || btf_fd < 0 || prog_fd < 0) {
		size_t n;

		run_load(c, map_fd, btf_fd, 1);		/* refused again, with reasons */
		n = strlen(run_log);
		printf("# map %d, btf %d, program %d\n# %s\n", map_fd, btf_fd, prog_fd,
		    run_log + (n > 3000 ? n - 3000 : 0));
		r = prog_fd < 0 ? prog_fd : -EINVAL;
	} else {
		run_map(BPF_MAP_UPDATE_ELEM, map_fd, memory);
		memset(&attr, 0, sizeof(attr));
		attr.test.prog_fd = (uint32_t)prog_fd;
		r = run_bpf(BPF_PROG_TEST_RUN, &attr);
		run_map(BPF_MAP_LOOKUP_ELEM, map_fd, memory);
	}
	close(map_fd);
	close(btf_fd);
	close(prog_fd);
	return r;
}

static inline void
run_show(const struct ir_prog *prog, const struct bpf_code *c)
{
	struct buf b = BUF_INIT;

	for (uint32_t i = 0; i < prog->nfunc; i++) {
		ir_print(&b, prog->func[i], false);
		ir_print(&b, prog->func[i], true);
	}
	if (c != NULL)
		disasm(&b, c);
	printf("%s", buf_str(&b));
	buf_fini(&b);
}

static inline int
run_prog(struct arena *a, struct ir_prog *prog, bool has_sdiv, void *memory)
{
	struct encode_opts opts = { .has_sdiv = has_sdiv && machine_has(FEATURE_SDIV) };
	struct bpf_code *c;
	int r;

	for (uint32_t i = 0; i < prog->nfunc; i++)
		regs_assign(prog->func[i]);
	c = encode(a, prog, &opts);
	r = c != NULL ? run_code(c, memory) : -E2BIG;
	if (r < 0)
		run_show(prog, c);
	return r;
}

#endif
