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
		program_print(b, s->text.v[i].program);
}

static void
dump_match(struct dt *s, struct buf *b)
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
}

static void
dump_link(struct dt *s, struct buf *b)
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
}

static void
dump_ir(struct dt *s, struct buf *b, bool with_regs)
{
	for (size_t i = 0; i < s->group.n; i++) {
		struct group *g = s->group.v[i];

		if (with_regs)
			link_encode(s, g);
		for (uint32_t f = 0; f < g->ir->nfunc; f++)
			ir_print(b, g->ir->func[f], with_regs);
	}
}

static void
dump_bpf(struct dt *s, struct buf *b)
{
	for (size_t i = 0; i < s->group.n; i++) {
		link_encode(s, s->group.v[i]);
		buf_printf(b, "%s:\n", s->group.v[i]->gen.name);
		disasm(b, s->group.v[i]->code);
	}
}

/* What the kernel and the consumer share: sizes and the schema of each clause's record. */
static void
dump_load(struct dt *s, struct buf *b)
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
}

int
dt_dump(struct dt *s, const char *stage, FILE *f)
{
	static const struct {
		const char *name;
		bool needs_gen;
	} table[] = {
		{ "check", 0 }, { "match", 0 },
		{ "link", 1 }, { "ir", 1 }, { "regs", 1 }, { "bpf", 1 }, { "load", 1 },
	};
	struct buf b = BUF_INIT;
	size_t i = 0;

	if (strcmp(stage, "parse") == 0) {
		s->parse_dump = f;	/* the checker will rewrite the tree: see dt_compile() */
		return 0;
	}
	while (i < 7 && strcmp(table[i].name, stage) != 0)
		i++;
	if (i == 7)
		return session_error(s, -EINVAL, "no such stage: %s (parse check match link ir regs "
		    "bpf load)", stage);
	if (table[i].needs_gen && s->gen == NULL && trace_generate(s) < 0)
		return -EINVAL;
	switch (i) {
	case 0: dump_tree(s, &b); break;
	case 1: dump_match(s, &b); break;
	case 2: dump_link(s, &b); break;
	case 3: dump_ir(s, &b, false); break;
	case 4: dump_ir(s, &b, true); break;
	case 5: dump_bpf(s, &b); break;
	case 6: dump_load(s, &b); break;
	}
	fputs(buf_str(&b), f);
	buf_fini(&b);
	return 0;
}
