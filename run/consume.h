/* Records → what their actions do. Records come in order of their time stamps. */
#ifndef RUN_CONSUME_H
#define RUN_CONSUME_H

#include <stdio.h>

#include "base/buf.h"
#include "lang/option.h"
#include "prov/probe.h"
#include "rec/rec.h"
#include "run/aggr.h"
#include "run/show.h"

struct consume_env {
	const struct rec *const *rec;		/* schema by clause */
	uint32_t nrec;
	const struct probes *probes;
	struct options *options;		/* setopt() changes them */
	struct aggrs *aggrs;
	struct show *show;
	FILE *out;				/* traced data */
	FILE *err;				/* "dtrace: error in …" */
	bool is_testing;			/* _DTRACE_TESTING: no CPU and ID columns */
	void (*process_met)(void *self, uint64_t pid);	/* REC_PROCESS; may be NULL */
	void (*python_met)(void *self, uint64_t pid);	/* REC_PYTHON; may be NULL */
	void (*python_exec)(void *self, uint64_t pid);	/* REC_PYTHON_EXEC; may be NULL */
	void *self;
};

struct consumer;
struct consumer *consumer_new(const struct consume_env *);
void consumer_free(struct consumer *);

/* Act on one record. Every byte is checked against the schema: a record that does not fit is
 * -EBADMSG. gives: 0, or 1 when exit() was executed, with its status. Output is buffered. */
int consume(struct consumer *, const void *data, size_t bytes, int *exit_status);

/* Records of speculations that did not fit specsize, since the last call. */
uint64_t consumer_spec_drops(struct consumer *);

/* Hand buffered output to the file. 0 or -errno (-EPIPE …). */
int consumer_flush(struct consumer *);

#endif
