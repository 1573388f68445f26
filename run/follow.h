/*
 * What the programs that follow processes (follow_ir.c) share with us (follow.c): the map `follow`,
 * an ARRAY of one entry, mapped.
 *
 *     0  asked     u64  events so far: counted by programs
 *     8  answered  u64  events that we have dealt with: whoever waits for a later one goes on waiting
 *    16  late      u64  waits that were given up
 *    24  event[FOLLOW_SLOTS]   u64 at asked % FOLLOW_SLOTS; 0: not written yet. Upper half: process,
 *              lower half: thread, and FOLLOW_EXEC if it has not loaded an object but become another
 *
 * With -x follow, the map behind it, a HASH, has the processes that targets have forked and that
 * have not ended, by the kernel's numbers. Targets themselves are known to programs as constants.
 */
#ifndef RUN_FOLLOW_H
#define RUN_FOLLOW_H

#include "ir/ir.h"
#include "run/session.h"

enum {
	FOLLOW_asked = 0,
	FOLLOW_answered = 8,
	FOLLOW_late = 16,
	FOLLOW_event = 24,
	FOLLOW_SLOTS = 1024,
	FOLLOW_BYTES = FOLLOW_event + 8 * FOLLOW_SLOTS,
};
#define FOLLOW_EXEC (UINT64_C(1) << 31)

/* A dynamic linker: where it says that its list of objects has changed, and where, from there, the
 * word that says how; 0: not known. */
struct follow_linker {
	struct uprobe_site site;
	int32_t state_distance;
};

/* Number of the map. requires: gen_finish(). */
int follow_map(const struct dt *);

/* Tell of a change, and wait for the answer. can_wait: the program is to be sleepable. For every
 * linker: its state_distance is the cookie. */
struct ir_prog *follow_maps_program(struct dt *, bool can_wait);
/* Tell of an exec of a process that we follow. */
struct ir_prog *follow_exec_program(struct dt *);

/* Offsets in the kernel's structures: task_struct, signal_struct. */
struct follow_task {
	uint32_t tgid, signal, live;
};

/* -x follow: a process that we follow has forked; one has ended. */
struct ir_prog *follow_fork_program(struct dt *, const struct follow_task *);
struct ir_prog *follow_exit_program(struct dt *, const struct follow_task *);

#endif
