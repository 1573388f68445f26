/*
 * THE interface of a provider, and what it works with. A new provider is one file and one row
 * in prov.def.
 */
#ifndef PROV_PROV_H
#define PROV_PROV_H

#include <linux/bpf.h>

#include "base/buf.h"
#include "base/vec.h"
#include "ir/ir.h"
#include "lang/option.h"
#include "os/feature.h"
#include "os/ktype.h"
#include "os/proc.h"
#include "prov/probe.h"

/* Why a description can't be listed: tags of diagnostics, D_PROC_… */
enum prov_error {
	PROV_ERR_GRAB, PROV_ERR_PID, PROV_ERR_DYN, PROV_ERR_LIB, PROV_ERR_FUNC, PROV_ERR_OFF,
	PROV_ERR_NAME,
};

struct prov_env {
	struct arena *arena;
	struct intern *intern;
	struct types *types;
	struct probes *probes;
	struct features *features;
	const struct options *options;
	const struct proc *target;	/* -p and -c processes */
	uint32_t ntarget;
	bool is_listing;		/* -l: the probes of each process, by themselves */
	bool follows;			/* targets are also the processes that these fork */
	bool names_processes;		/* some description has the pid of one */
	pid_t only;			/* list what this process has; 0: all that are meant */
	const struct proc_map *mapped;	/* … in this mapping, which it has just made; NULL: in all */
	bool is_settled;		/* the mapping's file has no more for other processes */
	uint32_t pass;			/* grows whenever processes are looked through again */
	vec(int) link;			/* fds of everything armed; closing them disarms */
	struct ktypes *ktypes;
	struct map cache;		/* what providers remember, in the arena; keys begin with
					 * the provider's name; map_fini() it */
	/* One line for the user, not an error: an object skipped, a probe refused, with its reason.
	 * level 0: always shown, 1: under -v. */
	void (*note)(void *self, int level, const char *fmt, ...)
		__attribute__((format(printf, 3, 4)));
	void *note_self;
	char err[512];			/* the sentence behind a negative return value */
	enum prov_error err_kind;	/* … and its tag */
};

/* A clause, its entry function, and what of the kernel called that. */
enum { STACK_SKIP = 3 };

/* The kind of BPF program that a provider's probes run. How it knows which probe fired: by the
 * cookie, by which(); without either, each probe has its own program. */
struct context {
	enum bpf_prog_type type;
	bool may_sleep;			/* can be loaded sleepable where the kernel allows */
	bool has_cookie;		/* probe id by bpf_get_attach_cookie() */
	bool is_run;			/* not attached to anything: the session runs it */
	bool is_targeted;		/* loaded for each site anew, for site->target */
	uint32_t stack_skip;		/* frames that are certainly not the probe's place yet: STACK_SKIP, or 0
				 * where there are registers to begin at */
	bool has_errno;			/* arg1 is what a system call gave: the variable errno */
	/* The probe id by the site's number: `table` is the address of SITE_NUMBERS ids (u32),
	 * 0 where no site of the program has that number. Not ours: jump to `out`. */
	ir_val (*which)(struct ir_func *, ir_val ctx, ir_val table, ir_label out);
};

struct provider {
	const char *name;		/* "profile"; for messages */
	const struct context *context;
	uint32_t frame_arg;		/* which argument is the Python frame that its probes are about;
					 * 0: they are about none */

	/* Add every probe that the description can match to env->probes. 0 or -errno + env->err.
	 * Called for each description of a program, and again when a process maps new objects. */
	int (*list)(struct prov_env *, const struct pdesc *);

	/* Append the IR that stores arguments; the contract is gen.h's gen_enter_fn with the site
	 * as `self`. NULL: no arguments. */
	void (*enter)(struct ir_func *, const void *site, ir_val ctx, ir_val st, uint32_t mask,
	    ir_label fault);

	/* Append IR that jumps to `none` when the site was reached and its probe doesn't fire all
	 * the same (gen_skip_fn). NULL: it always fires. */
	void (*skip)(struct ir_func *, const void *site, ir_val ctx, ir_label none);

	/* The attach type to load programs with (uprobe_multi wants its own). NULL: 0. */
	uint32_t (*attach_type)(struct prov_env *);

	/* Arm sites that share a loaded program; cookies are probe ids. Pushes fds to env->link.
	 * A site that can't be armed gets ->refused and a note; the others go on. */
	int (*attach)(struct prov_env *, struct site **, size_t n, int prog_fd);

	/* Why a program may not use that argument of the site, a sentence; NULL: it may. Asked
	 * for every argument that a clause uses, before enter(). NULL function: any may be used.
	 * is_word: not only as the floating-point number that args[] says it is. */
	const char *(*arg_refused)(const struct site *, unsigned arg, bool is_word);

	/* What makes the probe fire, what it does not see, and what it costs, where that isn't plain:
	 * for -v and -l -v, lines indented by two tabs. NULL: it is plain. */
	void (*mechanism)(const struct probe *, struct buf *);

	/* What -l -v shows of a probe's sites: lines indented by tabs. NULL: nothing. */
	void (*describe)(const struct probe *, struct buf *);

	/* Set p->arg and p->narg, which list() left for later because it takes time; asked once,
	 * and only when a program or -l -v wants to know. NULL: list() has set them. */
	void (*types)(struct prov_env *, struct probe *);
};

/* All providers, in order of listing; NULL at the end. */
extern const struct provider *const provider_table[];

/* Let every provider list what a description can match. */
int prov_list(struct prov_env *, const struct pdesc *);
/* Tell of sites that attach() refused: for each reason the first, and how many more. */
void prov_note_refused(struct prov_env *, struct site *const *, size_t n);
/*
 * What is remembered of a file, under a word for what it is: zeroed memory of the environment's
 * arena, that of the first time as long as the file is the same. *is_new: this is the first time.
 * NULL: the file can't be asked who it is.
 */
void *prov_of_file(struct prov_env *, const char *what, int fd, size_t bytes, bool *is_new);
/* So many more fds may be opened, as far as we may decide it. */
void prov_allow_fds(const struct prov_env *, size_t n);
/* The types of args[] are known after it. */
void prov_types(struct prov_env *, struct probe *);

#endif
