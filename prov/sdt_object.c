/* Notes of an object → probes with file offsets, functions, and places of arguments. */
#include "prov/sdt_object.h"

#include <elf.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/vec.h"
#include "os/elf.h"
#include "prov/python.h"

struct reader {
	struct prov_env *env;
	struct elf *elf;
	int fd;
	const char *name;
	vec(struct elf_usdt) usdt;	/* by pc, once all are there */
	vec(struct sdt_note) note;
};

static void
on_bad(void *self, const char *why)
{
	struct reader *r = self;

	r->env->note(r->env->note_self, 1, "%s: %s", r->name, why);
}

static void __attribute__((format(printf, 3, 4)))
skip(struct reader *r, const struct elf_sdt *sdt, const char *fmt, ...)
{
	char why[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	r->env->note(r->env->note_self, 1, "%s: skipped probe %s:::%s: %s", r->name, sdt->prov,
	    sdt->name, why);
}

/* Names and arguments get printed on terminals; names are parts of descriptions. */
static bool
is_clean(const char *s, bool is_name)
{
	size_t n = 0;

	for (; s[n] != '\0'; n++) {
		unsigned char c = (unsigned char)s[n];

		if (c < ' ' || c == 0x7f || (is_name && (c == ' ' || c == ':')))
			return false;
	}
	return !is_name || (n > 0 && n < 128);
}

/* "function__entry" → "function-entry" */
static const char *
hyphenate(struct intern *in, const char *s)
{
	char out[128];
	size_t n = 0;

	while (*s != '\0' && n < sizeof(out) - 1) {
		bool is_double = s[0] == '_' && s[1] == '_';

		out[n++] = is_double ? '-' : *s;
		s += is_double ? 2 : 1;
	}
	return intern_n(in, out, n);
}

/* An instruction of five bytes that does nothing: the kernel may turn a breakpoint there into a
 * call. nop := {66} (90 | 0f 1f modrm [sib] [disp]) */
static bool
is_nop5(const unsigned char *p)
{
	size_t n = 0, mod, rm;

	while (n < 4 && p[n] == 0x66)
		n++;
	if (n == 4)
		return p[4] == 0x90;
	if (n > 2 || p[n] != 0x0f || p[n + 1] != 0x1f)
		return false;
	mod = p[n + 2] >> 6;
	rm = p[n + 2] & 7;
	n += 3;
	if (mod < 3 && rm == 4)
		n++;
	return n + (mod == 1 ? 1 : mod == 2 || (mod == 0 && rm == 5) ? 4 : 0) == 5;
}

static const char *
find_symbol(void *self, const char *symbol, uint64_t *addr)
{
	struct reader *r = self;

	switch (elf_symbol_find(r->elf, symbol, addr)) {
	case 0:
		return NULL;
	case -EEXIST:
		return "names several places in its object";
	case -ENOTSUP:
		return "is thread-local or has no address";
	default:
		return "is in no symbol table of its object";
	}
}

/* Equal texts share one answer, unless they have symbols, which are at other distances. */
static const struct sdt_args *
read_args(struct reader *r, const struct elf_sdt *sdt)
{
	struct arena *arena = r->env->arena;
	struct arena_mark mark = arena_mark(arena);
	int machine = elf_machine(r->elf);
	char *key = arena_printf(arena, "stapsdt args %d %s", machine, sdt->args);
	struct sdt_args *args = map_get(&r->env->cache, key);
	struct argspec *s;
	char place[256];

	if (args != NULL) {
		arena_reset(arena, mark);
		return args;
	}
	args = arena_new(arena, struct sdt_args);
	args->spec = s = argspec_parse(arena, machine, sdt->args);
	if (s->has_symbols)
		argspec_resolve(arena, s, sdt->pc, find_symbol, r);
	else
		map_put(&r->env->cache, key, args);
	args->shape.place = arena_alloc(arena, s->narg * sizeof(*args->shape.place));
	args->shape.nplace = s->narg;
	for (uint32_t i = 0; i < s->narg; i++) {
		/* one that can't be read, or has a long name, is like no other */
		int n = snprintf(place, sizeof(place), "%d %s = %" PRIx64, machine, s->arg[i].text,
		    s->arg[i].val);

		args->shape.place[i] = s->arg[i].why == NULL && n < (int)sizeof(place) ?
		    (const void *)intern(r->env->intern, place) : &s->arg[i];
	}
	return args;
}

static int
on_usdt(void *self, const struct elf_usdt *usdt)
{
	struct reader *r = self;

	vec_push(&r->usdt, *usdt);
	return 0;
}

static int
usdt_cmp(const void *pa, const void *pb)
{
	const struct elf_usdt *a = pa, *b = pb;

	return a->pc == b->pc ? 0 : a->pc < b->pc ? -1 : 1;
}

/* Has each argument the size and sign of its type? A string and a double travel as 8 bytes. */
static bool
suits(const struct elf_usdt *usdt, const struct argspec *spec)
{
	if (usdt->narg != spec->narg)
		return false;
	for (uint32_t i = 0; i < spec->narg; i++) {
		const char *type = usdt->type[i];
		const struct arg *a = &spec->arg[i];

		if (*usdt->name[i] != '\0' && !is_clean(usdt->name[i], true))
			return false;
		if (strcmp(type, argspec_type(a)) != 0 && (a->size_bytes != 8 || a->is_signed ||
		    (strcmp(type, "char *") != 0 && strcmp(type, "double") != 0)))
			return false;
	}
	return true;
}

/* The types and names of a probe's arguments; NULL: there are none, or none that suit. */
static const struct sdt_arg *
read_types(struct reader *r, const struct elf_sdt *sdt, const struct argspec *spec)
{
	const struct elf_usdt key = { .pc = sdt->pc };
	const struct elf_usdt *usdt = r->usdt.n == 0 ? NULL :
	    bsearch(&key, r->usdt.v, r->usdt.n, sizeof(key), usdt_cmp);
	struct sdt_arg *arg;

	if (usdt == NULL)
		return NULL;
	if (!suits(usdt, spec)) {
		r->env->note(r->env->note_self, 1, "%s: the note of types does not suit the "
		    "arguments of probe %s:::%s", r->name, sdt->prov, sdt->name);
		return NULL;
	}
	arg = arena_alloc(r->env->arena, usdt->narg * sizeof(*arg));
	for (uint32_t i = 0; i < usdt->narg; i++)
		arg[i] = (struct sdt_arg){
			.type = intern(r->env->intern, usdt->type[i]),
			.name = intern(r->env->intern, usdt->name[i]),
		};
	return arg;
}

static int
on_note(void *self, const struct elf_sdt *sdt)
{
	struct reader *r = self;
	struct intern *in = r->env->intern;
	struct sdt_note n = { .pc = sdt->pc, .base = sdt->base, .semaphore = sdt->semaphore };
	unsigned char insn[5];
	const char *func;

	if (!is_clean(sdt->prov, true) || !is_clean(sdt->name, true) ||
	    !is_clean(sdt->args, false)) {
		on_bad(r, "skipped a probe whose names are empty, too long or have "
		    "characters that names can't have");
		return 0;
	}
	if (!elf_file_offset(r->elf, sdt->pc, true, &n.off)) {
		skip(r, sdt, "its address 0x%" PRIx64 " is in no executable segment", sdt->pc);
		return 0;
	}
	if (sdt->semaphore != 0 &&
	    (!elf_file_offset(r->elf, sdt->semaphore, false, &n.ref_ctr_off) ||
	    n.ref_ctr_off == 0 || n.ref_ctr_off % 2 != 0)) {
		skip(r, sdt, "its semaphore 0x%" PRIx64 " is at no place where the kernel could "
		    "count", sdt->semaphore);
		return 0;
	}
	n.prov = hyphenate(in, sdt->prov);
	n.name = hyphenate(in, sdt->name);
	if (strcmp(n.prov, "pid") == 0) {
		skip(r, sdt, "its provider has the name of another");
		return 0;
	}
	func = elf_symbol_at(r->elf, sdt->pc, NULL);
	n.func = func != NULL && is_clean(func, true) ? intern(in, func) : "";
	n.args = read_args(r, sdt);
	n.arg = read_types(r, sdt, n.args->spec);
	n.is_nop5 = elf_machine(r->elf) == EM_X86_64 &&
	    elf_read(r->elf, sdt->pc, insn, sizeof(insn)) && is_nop5(insn);
	n.is_replaced = python_replaces(r->env, r->fd, n.prov, n.name);
	vec_push(&r->note, n);
	return 0;
}

static void
read_object(struct reader *r, int fd, struct sdt_object *obj)
{
	struct arena *arena = r->env->arena;
	char why[256];
	size_t bytes;

	r->elf = elf_open(fd, why, sizeof(why));
	if (r->elf == NULL) {
		on_bad(r, why);
		return;
	}
	elf_each_usdt(r->elf, on_usdt, on_bad, r);
	if (r->usdt.n > 1)
		qsort(r->usdt.v, r->usdt.n, sizeof(*r->usdt.v), usdt_cmp);
	elf_each_sdt(r->elf, on_note, on_bad, r);
	vec_fini(&r->usdt);
	elf_free(r->elf);
	if (r->note.n == 0)
		return;
	bytes = r->note.n * sizeof(*obj->note);
	obj->nnote = (uint32_t)r->note.n;
	obj->note = arena_alloc(arena, bytes);
	memcpy(obj->note, r->note.v, bytes);
	vec_fini(&r->note);
}

const struct sdt_object *
sdt_object_get(struct prov_env *env, int fd, const char *name)
{
	static const struct sdt_object none;
	struct reader r = { .env = env, .fd = fd, .name = name };
	bool is_new;
	struct sdt_object *obj = prov_of_file(env, "stapsdt object", fd, sizeof(*obj), &is_new);

	if (is_new)
		read_object(&r, fd, obj);
	return obj != NULL ? obj : &none;
}
