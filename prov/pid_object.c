/* Functions are symbols; the code is read from the file, where no breakpoint is. */
#include "prov/pid_object.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

static const char cold_suffix[] = ".cold";

#if defined(__x86_64__)
enum { MACHINE = EM_X86_64 };
static const char wrong_machine[] = "it has no code for x86-64";
#else
enum { MACHINE = EM_NONE };
static const char wrong_machine[] = "pid probes are for x86-64 only";
#endif

/* "f.cold", "f.cold.1" → "f"; NULL: another name. */
static const char *
cold_of(struct arena *a, const char *name)
{
	const char *dot = strstr(name, cold_suffix);
	size_t n = sizeof(cold_suffix) - 1;

	if (dot == NULL || (dot[n] != '\0' && dot[n] != '.'))
		return NULL;
	return arena_printf(a, "%.*s", (int)(dot - name), name);
}

/* Functions know the parts that lie elsewhere. Two of one name (of several files) get none: whose is
 * whose, symbols don't tell. */
static void
find_cold(struct arena *a, struct pid_object *o)
{
	static struct pid_func several;
	struct map by_name = {0};

	for (uint32_t i = 0; i < o->n; i++) {
		const char *of = cold_of(a, o->func[i].name);

		if (of != NULL)
			map_put(&by_name, of, map_get(&by_name, of) ? &several : &o->func[i]);
	}
	for (uint32_t i = 0; i < o->n && by_name.n > 0; i++) {
		struct pid_func *cold = map_get(&by_name, o->func[i].name);

		if (cold != NULL && cold != &several)
			o->func[i].cold = cold;
	}
	map_fini(&by_name);
}

static void
read_functions(struct prov_env *env, struct pid_object *o, struct elf *elf)
{
	struct elf_func f;
	uint32_t n = 0;

	if (elf_machine(elf) != MACHINE) {
		o->why = wrong_machine;
		return;
	}
	while (elf_func(elf, n, &f))
		n++;
	o->func = arena_alloc(env->arena, (n + 1) * sizeof(*o->func));
	for (o->n = 0; o->n < n && elf_func(elf, o->n, &f); o->n++)
		o->func[o->n] = (struct pid_func){ .addr = f.addr, .bytes = f.bytes,
		    .name = arena_strdup(env->arena, f.name), .is_ifunc = f.is_ifunc };
	find_cold(env->arena, o);
}

const struct pid_object *
pid_object_get(struct prov_env *env, int fd)
{
	bool is_new;
	struct pid_object *o = prov_of_file(env, "pid object", fd, sizeof(*o), &is_new);
	struct elf *elf;
	char err[256];

	if (!is_new)
		return o;
	elf = elf_open(fd, err, sizeof(err));
	if (elf == NULL)
		o->why = arena_strdup(env->arena, err);
	else
		read_functions(env, o, elf);
	elf_free(elf);
	return o;
}

/* NULL, or why it can't be decoded. */
static const char *
read_code(struct func *f, struct elf *elf, uint64_t addr, uint64_t bytes)
{
	uint8_t *code = bytes > 0 && bytes <= FUNC_MAX ? malloc(bytes) : NULL;

	f->addr = addr;
	f->code = code;
	if (bytes == 0)
		return "where it ends is not known";
	if (code == NULL)
		return "it is too large";
	if (!elf_read(elf, addr, code, bytes))
		return "its code is not in the file";
	f->n = bytes;
	return func_decode(f);
}

void
pid_code_read(struct pid_code *c, const struct pid_object *o, struct elf *elf,
    const struct pid_func *func)
{
	*c = (struct pid_code){ .object = o, .elf = elf };
	c->why = read_code(&c->f, elf, func->addr, func->bytes);
	if (c->why != NULL || func->cold == NULL)
		return;
	c->cold.part = &c->f;
	c->why = read_code(&c->cold, elf, func->cold->addr, func->cold->bytes);
	c->f.part = &c->cold;
}

void
pid_code_fini(struct pid_code *c)
{
	free((void *)c->f.code);
	free((void *)c->cold.code);
	func_fini(&c->f);
	func_fini(&c->cold);
}

const struct pid_func *
pid_object_at(const struct pid_object *o, uint64_t addr)
{
	size_t lo = 0, hi = o->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (o->func[mid].addr <= addr)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo > 0 ? &o->func[lo - 1] : NULL;
}

static enum func_beyond
beyond(void *self, uint64_t target)
{
	const struct pid_code *c = self;
	const struct pid_func *f = pid_object_at(c->object, target);

	return f != NULL && target - f->addr < f->bytes ? FUNC_ELSEWHERE : FUNC_UNKNOWN;
}

static bool
word(void *self, uint64_t addr, uint64_t *value)
{
	const struct pid_code *c = self;

	return elf_read(c->elf, addr, value, sizeof(*value));
}

struct func_ask
pid_code_ask(struct pid_code *c)
{
	return (struct func_ask){ .self = c, .beyond = beyond, .word = word };
}

struct implementations {
	const struct pid_code *code;
	const char *name;
	void (*fn)(void *self, const struct pid_func *);
	void *self;
};

static void
on_address(void *self, uint64_t addr)
{
	const struct implementations *im = self;
	const struct pid_func *f = pid_object_at(im->code->object, addr);
	struct pid_func found = { .addr = addr, .name = im->name };
	uint64_t off, begin, end;

	if (!elf_file_offset(im->code->elf, addr, true, &off))
		return;
	if (f != NULL && f->addr == addr)
		found.bytes = f->bytes;
	else if (elf_frame_bounds(im->code->elf, addr, &begin, &end) && begin == addr)
		found.bytes = end - begin;
	im->fn(im->self, &found);
}

void
pid_code_implementations(const struct pid_code *c, const char *name,
    void (*fn)(void *self, const struct pid_func *), void *self)
{
	struct implementations im = { c, name, fn, self };

	if (c->why == NULL)
		func_each_address(&c->f, on_address, &im);
}
