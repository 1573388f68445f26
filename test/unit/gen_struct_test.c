/*
 * Random structures in every place that can hold one: what is assigned to their members, copied, and
 * counted up in them is what the kernel's programs read of them again. Needs root.
 *
 *   gen_struct_test [seed]
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "test/unit/gen_run.h"
#include "test/unit/pick.h"
#include "test/unit/tap.h"

enum { PROGRAMS = 25, STATEMENTS = 14, RESULTS = 12, LEAVES_MAX = 64 };

/* A member that is an integer: how it is written behind an object's name, and what it can hold. */
struct leaf {
	char path[64];
	unsigned bits;
	bool is_signed;
};

/* The same structure in several places, and what must be in each. */
static const struct object {
	const char *name, *declaration;
	bool is_elem;
} objects[] = {
	{ "g", "struct s g;", false },
	{ "self->t", "self struct s t;", false },
	{ "this->c", "this struct s c;", false },
	{ "e[1]", "struct s e[int];", true },
	{ "e[i + 1]", "", true },		/* i is 1 */
	{ "(*this->p)", "this struct s *p;", false },
};
enum { NOBJECT = sizeof(objects) / sizeof(objects[0]) };

struct test {
	struct buf text;
	struct leaf leaf[LEAVES_MAX];
	unsigned nleaf;
	int64_t value[NOBJECT][LEAVES_MAX];
	int64_t want[RESULTS];
};

static struct run run;
static int64_t
fit(const struct leaf *l, int64_t v)
{
	const unsigned drop = 64 - l->bits;
	const uint64_t up = (uint64_t)v << drop;

	return l->is_signed ? (int64_t)up >> drop : (int64_t)(up >> drop);
}

static __attribute__((format(printf, 4, 5))) void
add_leaf(struct test *p, unsigned bits, bool is_signed, const char *fmt, ...)
{
	struct leaf *l = &p->leaf[p->nleaf];
	va_list ap;

	if (p->nleaf == LEAVES_MAX)
		return;
	p->nleaf++;
	va_start(ap, fmt);
	vsnprintf(l->path, sizeof(l->path), fmt, ap);
	va_end(ap);
	l->bits = bits;
	l->is_signed = is_signed;
}

/* One to four members of integer types, at each of the prefixes. */
static void
add_members(struct test *p, char name, const char *const *prefix, unsigned nprefix)
{
	static const char *const types[] = { "char", "short", "int", "long" };
	const unsigned n = 1 + pick(4);

	for (unsigned i = 0; i < n; i++) {
		const unsigned size = pick(4), nelem = pick(3);
		const bool is_signed = pick(2), is_bits = pick(3) == 0;
		const unsigned bits = is_bits ? 1 + pick(8u << size) : 8u << size;

		buf_printf(&p->text, "%s %s %c%u", is_signed ? "signed" : "unsigned", types[size],
		    name, i);
		if (is_bits)
			buf_printf(&p->text, ":%u", bits);
		else if (nelem > 1)
			buf_printf(&p->text, "[%u]", nelem);
		buf_puts(&p->text, "; ");
		for (unsigned k = 0; k < nprefix; k++) {
			if (is_bits || nelem <= 1)
				add_leaf(p, bits, is_signed, "%s.%c%u", prefix[k], name, i);
			else
				for (unsigned j = 0; j < nelem; j++)
					add_leaf(p, bits, is_signed, "%s.%c%u[%s]", prefix[k],
					    name, i, j == 0 ? "0" : pick(2) ? "1" : "i");
		}
	}
}

static void
declare(struct test *p)
{
	static const char *const none[] = { "" }, *const two[] = { ".in[0]", ".in[i]" },
	    *const one[] = { ".one" };

	buf_puts(&p->text, "#pragma D option scratchsize=2048\nstruct in { ");
	add_members(p, 'x', two, 2);
	buf_puts(&p->text, "};\nstruct one { ");
	add_members(p, 'y', one, 1);
	buf_puts(&p->text, "};\nstruct s { ");
	add_members(p, 'a', none, 1);
	buf_puts(&p->text, "struct in in[2]; ");
	add_members(p, 'b', none, 1);
	buf_puts(&p->text, "struct one one; };\nint i;\n");
	for (unsigned i = 0; i < NOBJECT; i++)
		buf_printf(&p->text, "%s\n", objects[i].declaration);
	for (unsigned i = 0; i < RESULTS; i++)
		buf_printf(&p->text, "int64_t r%u;\n", i);
}

static void
copy_object(struct test *p, unsigned to, unsigned from)
{
	buf_printf(&p->text, "\t%s = %s;\n", objects[to].name, objects[from].name);
	memcpy(p->value[to], p->value[from], sizeof(p->value[to]));
}

static void
add_statement(struct test *p)
{
	const unsigned to = pick(NOBJECT), from = pick(NOBJECT);
	const unsigned l = pick(p->nleaf), m = pick(p->nleaf);
	const struct leaf *leaf = &p->leaf[l];
	int64_t *v = &p->value[to][l];
	const int32_t number = (int32_t)pick(100000) - 50000;

	switch (pick(6)) {
	case 0:
		copy_object(p, to, from);
		break;
	case 1:
		buf_printf(&p->text, "\t%s%s = %s%s;\n", objects[to].name, leaf->path,
		    objects[from].name, p->leaf[m].path);
		*v = fit(leaf, p->value[from][m]);
		break;
	case 2:
		buf_printf(&p->text, "\t%s%s++;\n", objects[to].name, leaf->path);
		*v = fit(leaf, (int64_t)((uint64_t)*v + 1));
		break;
	case 3:
		buf_printf(&p->text, "\t%s%s ^= %d;\n", objects[to].name, leaf->path, number);
		*v = fit(leaf, *v ^ number);
		break;
	case 4:
		if (objects[to].is_elem) {
			buf_printf(&p->text, "\t%s = 0;\n", objects[to].name);
			memset(p->value[to], 0, sizeof(p->value[to]));
			break;
		}
		/* fallthrough */
	default:
		buf_printf(&p->text, "\t%s%s = %d;\n", objects[to].name, leaf->path, number);
		*v = fit(leaf, number);
		break;
	}
}

static void
make_test(struct test *p)
{
	declare(p);
	buf_puts(&p->text, "BEGIN\n{\n\ti = 1;\n"
	    "\tthis->p = (struct s *)alloca(sizeof (struct s));\n");
	for (unsigned i = 0; i < STATEMENTS; i++)
		add_statement(p);
	for (unsigned i = 0; i < RESULTS; i++) {
		const unsigned o = pick(NOBJECT), l = pick(p->nleaf);

		buf_printf(&p->text, "\tr%u = %s%s;\n", i, objects[o].name, p->leaf[l].path);
		p->want[i] = p->value[o][l];
	}
	buf_puts(&p->text, "}\n");
}

static void
run_test(void)
{
	struct test p = { .text = BUF_INIT };
	const uint64_t start = seed;
	bool ok;

	make_test(&p);
	memset(&run.opts, 0, sizeof(run.opts));
	run.has_sdiv = true;
	run.opts.has_task_storage = true;
	ok = run_open(&run, buf_str(&p.text)) == 0 && run_fire(&run) == 0;
	for (unsigned i = 0; ok && i < RESULTS; i++) {
		char name[8];

		snprintf(name, sizeof(name), "r%u", i);
		if (run_int(&run, name) != p.want[i]) {
			printf("# %s is %" PRId64 ", not %" PRId64 "\n", name,
			    run_int(&run, name), p.want[i]);
			ok = false;
		}
	}
	if (!ok)
		printf("# seed %" PRIu64 "\n# %s\n", start, buf_str(&p.text));
	CHECK(ok);
	run_close(&run);
	buf_fini(&p.text);
}

int
main(int argc, char **argv)
{
	const int n = argc > 1 ? 1 : PROGRAMS;

	if (argc > 1)
		seed = strtoull(argv[1], NULL, 0);
	if (geteuid() != 0) {
		printf("1..0 # skip needs root\n");
		return 0;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (int i = 0; i < n; i++)
		run_test();
	return tap_done();
}
