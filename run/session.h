/*
 * A session: what include/dt.h hides. Its parts are filled stage by stage (architecture,
 * section 4): texts, programs, matches, groups, loaded programs, links.
 */
#ifndef RUN_SESSION_H
#define RUN_SESSION_H

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/intern.h"
#include "base/vec.h"
#include "include/dt.h"
#include "gen/gen.h"
#include "ir/encode.h"
#include "lang/diag.h"
#include "lang/env.h"
#include "lang/option.h"
#include "os/bpf.h"
#include "os/feature.h"
#include "os/proc.h"
#include "os/proc_pause.h"
#include "prov/prov.h"
#include "prov/uprobe.h"
#include "run/aggr.h"
#include "run/consume.h"
#include "run/ring.h"
#include "run/status.h"

/* One -n, -P … or -s: its text, its tree, and how many (clause, probe) pairs it enabled. It stays
 * where it is, because positions point to its source. */
struct text {
	struct source src;
	struct program *program;
	unsigned matched;
	uint32_t first_clause;		/* the number of its first */
	uint32_t row;			/* the prologue of a row of compose.def, + 1; else 0 */
};

/* A process that REC_PROCESS told of lately, and perhaps again. */
struct met {
	pid_t pid;
	bool is_changed;
	uint32_t nlook;			/* how often we looked since then */
	uint64_t when_ns;
};

/* What a probe runs: clause indices in program order. Probes with equal lists share them. */
struct enabling {
	uint32_t *clause;
	uint32_t n, cap;
};

/* Sites that share one BPF program. */
struct group {
	struct gen_group gen;
	const struct provider *provider;
	uint32_t probe;			/* the one probe of a kind without cookies; else 0 */
	vec(struct site *) site;
	struct ir_prog *ir;
	struct bpf_code *code;
	int prog_fd;			/* -1: not loaded */
};

/* A D library. */
struct library {
	struct source src;
	const char *base;		/* how others depend on it: the file's name alone */
	struct program *program;
	bool is_read;
};

/* What a Python process is given to run, and where. */
struct agent {
	pid_t pid;
	int tmp_fd, dir_fd;		/* its /tmp; the directory there */
	char name[32];			/* of that directory */
	const char *script;
	const struct cpython *py;	/* NULL: a command that starts with it */
	uint64_t bias;
	char file[64];			/* the script as the process names it */
};

struct dt {
	struct arena arena;
	struct intern intern;
	struct types types;
	struct scope scope;
	struct options options;
	struct diag diag;
	struct lang_env lang;
	struct features features;
	struct probes probes;
	struct prov_env prov;
	struct ksyms *ksyms;
	char err[1024];
	FILE *out, *errf;
	bool is_testing;
	int verbose;
	/* command line */
	const char *argv0;
	char **operand;
	int noperand;
	uint64_t operand_used;		/* bit N: $N was referenced */
	vec(struct proc) target;
	vec(struct text *) text;
	unsigned nadded;		/* the last ones of them came from library_upkeep() */
	vec(const char *) cpp_arg;	/* -D, -U, -I … for -C */
	vec(const char *) library_dir;	/* -L */
	vec(struct library *) library;	/* ours first, then those of the directories */
	bool is_parsed;
	FILE *parse_dump;		/* -d parse; NULL: not wanted */
	/* compiled */
	struct enabling *enabling;	/* by probe id - 1 */
	uint32_t nenabling;
	uint32_t *error_clause;
	uint32_t nerror_clause;
	uint32_t nclause;
	uint32_t nmatched;		/* probes that all clauses were matched with */
	struct gen *gen;
	vec(struct group *) group;
	uint32_t ntable;		/* groups that find their probe in a table */
	/* loaded */
	vec(int) map_fd;		/* by map number; -1: not made */
	vec(int) own_fd;		/* everything else to close: BTF, programs, perf events */
	uint8_t *control;		/* MAP_CONTROL, mapped */
	size_t control_bytes;
	uint32_t nprobe_name;		/* entries of MAP_PROBE */
	size_t ring_bytes;
	struct ring *ring;
	struct consumer *consumer;
	struct aggrs *aggrs;
	struct show *show;
	struct cfi_row *cfi;		/* MAP_CFI, mapped; NULL: there is none */
	uint32_t ncfi;			/* rows in it */
	bool is_cfi_full;
	vec(struct met) met;
	struct status status;
	uint32_t ncpu;
	int epoll_fd;
	bool is_running;
	vec(struct uprobe_site *) held;	/* processes looked at by hold.c */
	vec(struct agent) agent;	/* of -x pyagent */
	uint8_t *follow;		/* what targets tell of themselves, mapped; NULL: nothing */
	const struct group *linker_group;	/* the program at dynamic linkers; NULL: not loaded */
	vec(struct proc_pause) paused;
	uint64_t nlate;			/* of follow.h, told so far */
	struct watch *watch;		/* NULL: no description wants it */
	int exit_status;
	bool is_done;
	uint64_t last_status_ns, last_read_ns;
	size_t last_taken;
	volatile sig_atomic_t interrupts;
};

/* Leave a sentence; gives err, for `return session_error(s, -ENOENT, …)`. */
int session_error(struct dt *, int err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The bytes of a file, in the session's arena. */
int session_read(struct dt *, const char *path, const char **text, size_t *len);

/* library.c: which there are; read them (throws); and what depends_on asks. */
int library_add(struct dt *);
void library_read(struct dt *);
int library_upkeep(struct dt *);	/* adds texts that the others turned out to need */
bool library_depends(void *self, const char *kind, const char *name);

/* Parse all texts, once: their trees, or a sentence. */
int session_parse(struct dt *);

/* preprocess.c: an option that is for the preprocessor; and the text of a script through it. */
void preprocess_option(struct dt *, const char *name, const char *value);
int preprocess(struct dt *, const char *path, struct buf *text);

/* macro.c: the value of $name as text, or NULL. */
const char *macro_value(void *self, const char *name);
/* D_MACRO_UNUSED: operands that no text used; throws at the end of the last one. */
void macro_check_unused(struct dt *, const struct text *last);

/* match.c: is one of a text's descriptions so? The first that is ends the walk. */
bool match_any(const struct text *, bool (*is)(void *self, struct pdesc *), void *self);
/* Let providers list what a text's descriptions can match; throws D_PDESC_ZERO. After
 * the checker (which may make several clauses of one) clauses join the enablings of probes. */
void match_list(struct dt *, struct text *);
/* Has a description the pid of one process? */
bool match_names_process(const struct text *);
/* Is a probe meant by its number? */
bool match_has_id(const struct text *);
/* -x follow: let descriptions of a target mean its children, too. */
void match_follow(struct dt *, struct text *);
void match_enable(struct dt *, struct text *);
/* Processes have new objects: list again; then the probes from this id on join the enablings. */
void match_list_again(struct dt *);
void match_enable_new(struct dt *, uint32_t first);
/* symbol.c: of the kernel; see lang/env.h */
int symbol_find(void *self, const char *name, struct symbol *);
int match_arg_type(void *self, const struct pdesc *, unsigned idx, const struct type **,
    const struct type **from, unsigned *nargs);
struct enabling *match_enabling(struct dt *, uint32_t probe);

/* compose.c: texts for the rows that the user's enable; which clauses a site runs. */
void compose_add(struct dt *);
struct enabling compose_enabling(struct dt *, const struct site *);

/* link.c: groups of sites that share a program, and their IR. Sites that came since the last
 * call join their group or make new ones. */
int link_groups(struct dt *);
int link_encode(struct dt *, struct group *);		/* registers, BPF; once */

/* trace.c: the steps of dt_go() that dumps and follow.c need too. */
int trace_generate(struct dt *);
int trace_arm(struct dt *);
/* Is there a node of this kind in a program? */
bool trace_uses(const struct dt *, bool (*is)(const struct node *, const void *));

/* disarm.c: requires: clauses are not active; many perf events may go after we have ended. */
void disarm(struct dt *);

/* dump.c: all trees as text. */
void dump_tree(const struct dt *, struct buf *);

/* list.c: what -l without descriptions lists, so that probes have the ids that it prints. */
int list_everything(struct dt *);

/* follow.c */
int follow_maps(struct dt *);		/* after load_maps() */
/* Run a program of our own at a raw tracepoint. */
int follow_hook(struct dt *, const char *name, struct ir_prog *);
int follow_start(struct dt *);
/* A gen_skip_fn, with the session: is it a process that we follow? */
void follow_filter(struct ir_func *, const void *session, ir_val ctx, ir_label none);
void follow_stop(struct dt *);		/* nobody waits for us any more */
void follow_free(struct dt *);
/* Arm a place of our own with a program of our own. */
int follow_arm(struct dt *, struct ir_prog *, bool can_sleep, const struct uprobe_site *place);
int follow_update(struct dt *);

/* unwind.c: the kernel's offsets that programs know a process by; MAP_PROCESS, MAP_UNWIND, MAP_CFI,
 * and what is in them. */
void unwind_offsets(struct dt *, struct gen_opts *);
int unwind_make_maps(struct dt *);
int unwind_start(struct dt *);
void unwind_met(void *self, uint64_t pid);
void unwind_update(struct dt *);
void unwind_free(struct dt *);

/* python.c: the kernel's offsets that frames are found by; MAP_PYTHON, and what is in it. */
void python_offsets(struct dt *, struct gen_opts *);
int python_make_maps(struct dt *);
int python_start(struct dt *);
void python_met(void *self, uint64_t pid);
/* The interpreter in a process, and how far it is moved; NULL: none that we know. The session's. */
const struct cpython *python_interpreter(struct dt *, pid_t, uint64_t *bias);
void python_exec(void *self, uint64_t pid);

/* watch.c: before the first listing; what was mapped since then is listed again. */
int watch_start(struct dt *);
void watch_free(struct watch *);
void watch_read(struct dt *);
int watch_wake(struct dt *);		/* let records end a wait for epoll_fd */

/*
 * agent.c: -x pyagent. Start a command that finds an agent; have running processes start one,
 * before their probes are listed; a description that an agent will have probes for; the end.
 */
int agent_create(struct dt *, const char *command, int (*create)(struct dt *, const char *));
void agent_start(struct dt *);
bool agent_will_have(const struct dt *, const struct pdesc *);
void agent_stop(struct dt *);

/* hold.c: after trace_arm(). */
int hold_update(struct dt *);

/* load.c */
size_t load_ring_bytes(const struct dt *);
int load_map(struct dt *, int number, const struct sysbpf_map *);
int load_ring(struct dt *);		/* before trace_generate(): its size may have to be lowered */
int load_maps(struct dt *);
/* Names of the enabled probes from this id on, for MAP_PROBE. */
int load_probe_names(struct dt *, uint32_t first);
int load_group(struct dt *, struct group *);
/* Load the group's program for each of these sites, and attach it. */
int load_targets(struct dt *, struct group *, struct site **, size_t n);

/* aggr_map.c: the kernel's side of aggregations, for run/aggr.c. */
struct aggr_source aggr_map_source(struct dt *);

#endif
