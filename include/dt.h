/*
 * The tracer as a library: one opaque session from options and D texts to printed events.
 *
 *   dt_new → dt_option … → dt_grab / dt_create → dt_add_text / dt_add_file →
 *   dt_compile → dt_go → dt_work until it says done → dt_stop → dt_free
 *
 * Functions return 0 or a negative errno; then dt_error() is the sentence to show (without
 * "dtrace: "). One session belongs to one thread. Nothing here writes to standard output or
 * standard error but what dt_files() says.
 */
#ifndef DT_H
#define DT_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

struct dt;

/* Ends with dt_free(). is_testing: DTrace's _DTRACE_TESTING output (no CPU and ID columns). */
struct dt *dt_new(bool is_testing);
void dt_free(struct dt *);		/* disarms everything; NULL is fine */
const char *dt_error(const struct dt *);

/* Where data and messages go; the files stay the caller's. Default: stdout, stderr. */
void dt_files(struct dt *, FILE *out, FILE *err);

/* -x name=value; value NULL: set. -ENOENT: no such option, -EINVAL: bad value. */
int dt_option(struct dt *, const char *name, const char *value);
/* Is a flag set: "quiet", "zdefs" …? */
bool dt_option_on(const struct dt *, const char *name);
/* How notes about skipped objects and refused probes are shown: 0 only refusals, 1 all (-v). */
void dt_verbose(struct dt *, int level);

/* $0, $1 …; the strings stay the caller's and must outlive the session. */
void dt_operands(struct dt *, const char *argv0, int n, char **operand);

int dt_grab(struct dt *, pid_t);			/* -p */
int dt_create(struct dt *, const char *command);	/* -c: held until dt_go() */

/* -P -m -f -n -i: letter says which; text stays the caller's. */
int dt_add_text(struct dt *, char letter, const char *text);
int dt_add_file(struct dt *, const char *path);		/* -s */

/* Parse, match and check everything that was added, in order. */
int dt_compile(struct dt *);
/* Before it: dt_list() will follow. */
void dt_listing(struct dt *);

/*
 * -h and -G, instead of dt_compile(): what a C program needs to have the probes that the texts
 * define (provider NAME { … };). The header is for all texts, the object for n of them. Needs no
 * root. The object is made by the C compiler that CC and CFLAGS in the environment say.
 */
int dt_define_header(struct dt *, const char *path);
int dt_define_object(struct dt *, unsigned first, unsigned n, const char *path);

/* After dt_compile(): the texts, for the "matched N probes" notices. */
unsigned dt_nprogram(const struct dt *);
/* kind: "description" or "script"; name: what DTrace puts between quotes; matched: pairs. */
void dt_program(struct dt *, unsigned i, const char **kind, const char **name,
    unsigned *matched);

/* -S, -d: print a stage: "check" "match" "link" "ir" "regs" "bpf" "load". Loads nothing.
 * "parse" is asked for before dt_compile(), which prints it. */
int dt_dump(struct dt *, const char *stage, FILE *);
/* -l: the probes that the texts match (all known ones when there are none). */
int dt_list(struct dt *, FILE *, bool verbose);
/* -e -v, -v: the stability report of a program. */
void dt_report(struct dt *, unsigned i, FILE *);
/* -V -v: what the kernel offers. */
void dt_features(struct dt *, FILE *);

int dt_go(struct dt *);			/* load, arm, BEGIN, let -c processes run */

enum { DT_DONE = 1 };
/* Wait a moment for data and handle it. 0: go on; DT_DONE: exit(), or all targets have ended. */
int dt_work(struct dt *);
/* From a signal handler: the first makes dt_work() return DT_DONE, the second drops data. */
void dt_interrupt(struct dt *);
/* Disarm, END, remaining data, aggregations. */
int dt_stop(struct dt *);
int dt_exit_status(const struct dt *);		/* of exit(n); 0 */

extern const char dt_version[];			/* "0.1.0" */

#endif
