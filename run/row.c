/*
 * Rows of output: CPU, id and name of the probe; or, under -F, the functions by their depth:
 *
 *     CPU FUNCTION
 *       0  -> outer
 *       0    -> inner
 *       0    | inner:line
 *       0    <- inner
 *       0  <- outer
 */
#include "run/row.h"

#include <string.h>

#include "run/format.h"

enum { NAME_WIDTH = 32, FLOW_WIDTH = 41, FLOW_STEP = 2 };
enum flow { FLOW_NONE, FLOW_ENTRY, FLOW_RETURN };

/* "%3d %6d %32s " */
void
row_put(struct row_state *r, struct buf *b, const struct rec_hdr *hdr, const struct probe *p,
    bool is_testing)
{
	size_t nfunc = strlen(p->func), nname = strlen(p->name), n = nfunc + 1 + nname;

	if (!r->has_header) {
		if (!is_testing)
			buf_printf(b, "%3s %6s ", "CPU", "ID");
		buf_printf(b, "%32s\n", "FUNCTION:NAME");
		r->has_header = true;
	}
	if (!is_testing) {
		format_dec(b, hdr->cpu, 3);
		buf_putc(b, ' ');
		format_dec(b, hdr->probe, 6);
		buf_putc(b, ' ');
	}
	if (n < NAME_WIDTH)
		buf_fill(b, ' ', NAME_WIDTH - n);
	buf_add(b, p->func, nfunc);
	buf_putc(b, ':');
	buf_add(b, p->name, nname);
	buf_putc(b, ' ');
}

static bool
ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && strcmp(s + n - m, end) == 0;
}

static enum flow
flow_of(const struct probe *p)
{
	if (strcmp(p->name, "entry") == 0 || ends_with(p->name, "-entry"))
		return FLOW_ENTRY;
	if (strcmp(p->name, "return") == 0 || ends_with(p->name, "-return"))
		return FLOW_RETURN;
	return FLOW_NONE;
}

/* "%3d %-41s ". A second clause of a probe that was entered is no other entry. */
void
row_put_flow(struct row_state *r, struct buf *b, const struct rec_hdr *hdr,
    const struct probe *p, bool is_testing)
{
	const bool is_syscall = strcmp(p->prov, "syscall") == 0;
	enum flow flow = flow_of(p);
	struct buf text = BUF_INIT;

	if (flow == FLOW_ENTRY && r->probe == hdr->probe && r->clause != hdr->clause)
		flow = FLOW_NONE;
	if (flow == FLOW_RETURN && r->indent > 0)
		r->indent -= FLOW_STEP;
	if (!r->has_header) {
		if (!is_testing)
			buf_printf(b, "%3s ", "CPU");
		buf_printf(b, "%-41s\n", "FUNCTION");
		r->has_header = true;
	}
	buf_fill(&text, ' ', r->indent);
	if (flow == FLOW_ENTRY)
		buf_printf(&text, "%s%s", is_syscall ? " => " : " -> ", p->func);
	else if (flow == FLOW_RETURN)
		buf_printf(&text, "%s%s", is_syscall ? " <= " : " <- ", p->func);
	else
		buf_printf(&text, "| %s:%s", p->func, p->name);
	if (!is_testing) {
		format_dec(b, hdr->cpu, 3);
		buf_putc(b, ' ');
	}
	format_text(b, text.p, text.n, -FLOW_WIDTH);
	buf_putc(b, ' ');
	if (flow == FLOW_ENTRY)
		r->indent += FLOW_STEP;
	r->probe = hdr->probe;
	r->clause = hdr->clause;
	buf_fini(&text);
}
