/* Run-time faults in DTrace's words, from rec/fault.def. */
#include "run/fault.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "prov/probe.h"
#include "rec/rec.h"

#define NOT_KNOWN UINT64_MAX	/* an address or a pc that the kernel code could not tell */

enum show { SHOW_NONE, SHOW_HEX, SHOW_DEC };

static const struct fault_row {
	uint64_t number;
	const char *text;
	enum show show;
} fault_table[] = {
#define FAULT(NAME, NUMBER, TEXT, SHOW) { NUMBER, TEXT, SHOW_##SHOW },
#include "rec/fault.def"
#undef FAULT
};

static const struct fault_row *
fault_find(uint64_t number)
{
	for (size_t i = 0; i < sizeof(fault_table) / sizeof(fault_table[0]); i++) {
		if (fault_table[i].number == number)
			return &fault_table[i];
	}
	return &fault_table[0];		/* unknown fault */
}

static void
put_place(struct buf *b, uint64_t clause, const struct probe *p, pid_t pid)
{
	char prov[192];

	buf_printf(b, "dtrace: error in dt_clause_%" PRIu64 " for probe ID %u (%s:%s:%s:%s): ",
	    clause, p->id, probe_provider(p, pid, prov, sizeof(prov)), p->mod, p->func, p->name);
}

void
fault_print_library(struct buf *b, uint32_t clause, const struct probe *p, const char *what)
{
	put_place(b, clause, p, 0);
	buf_puts(b, what);
	buf_putc(b, '\n');
}

void
fault_print(struct buf *b, const struct rec_error *e, const struct probe *p, pid_t pid)
{
	const struct fault_row *f = fault_find(e->fault);

	put_place(b, e->clause, p, pid);
	buf_puts(b, f->text);
	if (f->show == SHOW_HEX && e->value != NOT_KNOWN)
		buf_printf(b, " (0x%" PRIx64 ")", e->value);
	else if (f->show == SHOW_DEC)
		buf_printf(b, " (%" PRId64 ")", (int64_t)e->value);
	if (e->pc != NOT_KNOWN)
		buf_printf(b, " at BPF pc %" PRIu64, e->pc);
	buf_putc(b, '\n');
}
