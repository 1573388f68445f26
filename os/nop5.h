/*
 * Probes on 5-byte nops: whether the kernel rewrites them, and how to make it leave one alone.
 * The essay is in nop5.c.
 */
#ifndef OS_NOP5_H
#define OS_NOP5_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/user.h>

/* Costs next to nothing; false: certainly not. */
bool nop5_may_be_optimised(void);
/* Tried in a process of our own. Where it can't be tried, the answer is yes. */
bool nop5_is_optimised(void);

/* A process of our own that runs probed instructions of one file. */
struct nop5_helper {
	pid_t pid;
	uint64_t bytes;		/* size of the file */
	uint64_t crowded;	/* the file is mapped here, with no room around it … */
	uint64_t roomy;		/* … and here, with room */
	struct user_regs_struct idle;	/* for its next step */
};

/* A program that does nothing, for the link of a helper; gives: an fd or -errno. */
int nop5_idle_prog(void);

/* 0, or -errno: no helper is left behind. */
int nop5_helper_start(struct nop5_helper *, const char *path);
/* requires: a uprobe on the helper at that offset of the file, on a 5-byte nop. gives: as long
 * as that uprobe is there, the kernel rewrites the instruction in no process. */
bool nop5_helper_pin(struct nop5_helper *, uint64_t off);
void nop5_helper_end(struct nop5_helper *);

#endif
