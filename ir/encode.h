/* IR → BPF instructions, relocations and the BTF that names functions. */
#ifndef IR_ENCODE_H
#define IR_ENCODE_H

#include <linux/bpf.h>

#include "ir/ir.h"

enum reloc_kind { RELOC_MAP, RELOC_MAPVAL };

struct reloc {
	uint32_t insn;		/* index of an ld_imm64 */
	enum reloc_kind kind;
	int map;		/* map number of ir_map() */
};

/* What the running kernel can execute; gives shorter code. */
struct encode_opts {
	bool has_sdiv;		/* BPF_SDIV and sign-extending moves (6.6) */
};

struct bpf_code {
	struct bpf_insn *insn;
	uint32_t ninsn;
	struct reloc *reloc;
	uint32_t nreloc;
	uint32_t *line;		/* D line of each instruction */
	uint32_t *func_start;	/* first instruction of each function */
	const char **func_name;
	uint32_t nfunc;
	/* for BPF_BTF_LOAD and BPF_PROG_LOAD's func_info */
	void *btf;
	uint32_t btf_bytes;
	struct bpf_func_info *func_info;
};

/*
 * requires: regs_assign() has run on every function. Functions that the entry doesn't reach are
 * left out. All memory is the arena's. gives: NULL when BPF can't say it: more than 512 bytes of
 * stack (frames count in steps of 32) or 8 frames along a call chain, recursion, or a jump of
 * more than 32,767 instructions.
 */
struct bpf_code *encode(struct arena *, const struct ir_prog *, const struct encode_opts *);

/* BTF blob with an int type and a 4-byte-key/size-byte-value pair, for task storage maps. */
struct btf_blob { void *data; uint32_t bytes; uint32_t key_type, value_type; };
struct btf_blob funcinfo_map_btf(struct arena *, uint32_t value_bytes);

#endif
