/* -d STAGE and -S: each stage of a compilation as text. */
#include <errno.h>
#include <string.h>

#include "ir/regs.h"
#include "ir/text.h"
#include "run/session.h"

void
dump_tree(const struct dt *s, struct buf *b)
{
	for (size_t i = 0; i < s->text.n; i++)
		program_print(b, s->text.v[i]->program);
}

static int
show_match(struct dt *s, struct buf *b)
{
	for (uint32_t i = 0; i < s->probes.n; i++) {
		const struct probe *p = s->probes.probe[i];
		const struct enabling *e = match_enabling(s, p->id);

		if (e->n == 0)
			continue;
		buf_printf(b, "%u %s:%s:%s:%s %u site%s, clauses", p->id, p->prov, p->mod, p->func,
		    p->name, p->nsite, p->nsite == 1 ? "" : "s");
		for (uint32_t c = 0; c < e->n; c++)
			buf_printf(b, " %u", e->clause[c]);
		buf_putc(b, '\n');
	}
	return 0;
}

static int
show_link(struct dt *s, struct buf *b)
{
	for (size_t i = 0; i < s->group.n; i++) {
		const struct group *g = s->group.v[i];

		buf_printf(b, "%s: %zu site%s, %s%u function%s, clauses", g->gen.name, g->site.n,
		    g->site.n == 1 ? "" : "s", g->gen.is_sleepable ? "sleepable, " : "",
		    g->ir->nfunc, g->ir->nfunc == 1 ? "" : "s");
		for (uint32_t c = 0; c < g->gen.nclause; c++)
			buf_printf(b, " %u", g->gen.clause[c]);
		buf_putc(b, '\n');
	}
	return 0;
}

static void
dump_ir(struct dt *s, struct buf *b, bool with_regs)
{
	for (size_t i = 0; i < s->group.n; i++) {
		struct group *g = s->group.v[i];

		if (with_regs)
			(void)link_encode(s, g);	/* it has registers, whether or not it fits */
		for (uint32_t f = 0; f < g->ir->nfunc; f++)
			ir_print(b, g->ir->func[f], with_regs);
	}
}

static int
show_bpf(struct dt *s, struct buf *b)
{
	for (size_t i = 0; i < s->group.n; i++) {
		if (link_encode(s, s->group.v[i]) < 0)
			return -E2BIG;
		disasm(b, s->group.v[i]->code);
	}
	return 0;
}

/* What the kernel and the consumer share: sizes and the schema of each clause's record. */
static int
show_load(struct dt *s, struct buf *b)
{
	const struct gen *g = s->gen;

	buf_printf(b, "state %u bytes: this %u+%u record %u+%u temporaries %u+%u\n",
	    g->layout.bytes, g->layout.this_off, g->layout.this_bytes, g->layout.rec_off,
	    g->layout.rec_bytes, g->layout.temp_off, g->layout.temp_bytes);
	buf_printf(b, "globals %u bytes, thread-locals %u bytes\n", g->global_bytes, g->self_bytes);
	for (uint32_t i = 0; i < g->nmap; i++)
		buf_printf(b, "map %u: %s %s key %u value %u\n", MAP_FIRST + i,
		    g->map[i].kind == GEN_MAP_AGGR ? "aggregation" : "array", g->map[i].var->name,
		    g->map[i].key_bytes, g->map[i].value_bytes);
	for (uint32_t i = 0; i < g->nclause; i++) {
		const struct rec *r = &g->clause[i].rec;

		buf_printf(b, "clause %u: record of %u bytes\n", i, r->bytes);
		for (uint32_t a = 0; a < r->nact; a++)
			for (uint32_t f = 0; f < r->act[a].nfield; f++)
				buf_printf(b, "  action %u field %u: kind %d at %u size %u\n", a, f,
				    r->act[a].field[f].kind, r->act[a].field[f].off,
				    r->act[a].field[f].size);
	}
	return 0;
}

static int
show_check(struct dt *s, struct buf *b)
{
	dump_tree(s, b);
	return 0;
}

static int
show_ir(struct dt *s, struct buf *b)
{
	dump_ir(s, b, false);
	return 0;
}

static int
show_regs(struct dt *s, struct buf *b)
{
	dump_ir(s, b, true);
	return 0;
}

static const struct stage {
	const char *name;
	bool needs_gen;
	int (*show)(struct dt *, struct buf *);		/* 0, or -errno and session_error() */
} stage_table[] = {
	{ "check", false, show_check },
	{ "match", false, show_match },
	{ "link", true, show_link },
	{ "ir", true, show_ir },
	{ "regs", true, show_regs },
	{ "bpf", true, show_bpf },
	{ "load", true, show_load },
};

int
dt_dump(struct dt *s, const char *name, FILE *f)
{
	const size_t n = sizeof(stage_table) / sizeof(*stage_table);
	const struct stage *stage = stage_table;
	struct buf b = BUF_INIT;
	int err;

	if (strcmp(name, "parse") == 0) {
		s->parse_dump = f;	/* the checker will rewrite the tree: see dt_compile() */
		return 0;
	}
	while (stage < stage_table + n && strcmp(stage->name, name) != 0)
		stage++;
	if (stage == stage_table + n)
		return session_error(s, -EINVAL, "no such stage: %s (parse check match link ir regs "
		    "bpf load)", name);
	if (stage->needs_gen && trace_generate(s) < 0)
		return -EINVAL;
	err = stage->show(s, &b);
	if (err == 0)
		fputs(buf_str(&b), f);
	buf_fini(&b);
	return err;
}
