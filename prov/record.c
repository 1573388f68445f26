/*
 * "pid_t", "const char *", "char[16]", "struct sock *", "__data_loc char[]", "gfp_t": the kernel's
 * spelling. Names that D has are taken as they are, structures stay incomplete.
 */
#include "prov/record.h"

#include <string.h>

static const struct type *
integer(struct prov_env *env, uint32_t size_bytes, bool is_signed)
{
	static const char *const name[][2] = {
		{ "uint8_t", "int8_t" }, { "uint16_t", "int16_t" },
		{ "uint32_t", "int32_t" }, { "uint64_t", "int64_t" },
	};
	uint32_t row = size_bytes == 1 ? 0 : size_bytes == 2 ? 1 : size_bytes == 4 ? 2 : 3;

	return type_find(env->types, name[row][is_signed]);
}

/* "struct sock *": to a structure, known or not; other pointers: void *. */
static const struct type *
pointer(struct prov_env *env, const char *spelling)
{
	const char *s = spelling;
	const struct type *to = env->types->t_void;

	if (strncmp(s, "const ", 6) == 0)
		s += 6;
	if (strncmp(s, "struct ", 7) == 0) {
		size_t n = strcspn(s + 7, " *");

		to = type_tag(env->types, TYPE_STRUCT,
		    intern(env->intern, arena_strndup(env->arena, s + 7, n)));
	}
	for (s = strchr(s, '*'); s != NULL; s = strchr(s + 1, '*'))
		to = type_ptr(env->types, to);
	return to;
}

/* "char[16]", "char[TASK_COMM_LEN]", "__data_loc char[]", which is as long as it is. */
static const struct type *
array(struct prov_env *env, const char *spelling, uint32_t size_bytes)
{
	const bool is_elsewhere = strncmp(spelling, "__", 2) == 0 &&
	    strstr(spelling, "_loc ") != NULL;
	const char *of = is_elsewhere ? strchr(spelling, ' ') + 1 : spelling;
	const struct type *t = type_find(env->types,
	    arena_strndup(env->arena, of, strcspn(of, "[")));

	if (t == NULL || !type_is_scalar(t) || type_filled(t)->size_bytes == 0)
		t = env->types->t_uint8;
	return type_array(env->types, t,
	    is_elsewhere ? 0 : size_bytes / type_real(t)->size_bytes);
}

static bool
is_word(uint32_t size_bytes)
{
	return size_bytes == 1 || size_bytes == 2 || size_bytes == 4 || size_bytes == 8;
}

const struct type *
record_type(struct prov_env *env, const char *spelling, uint32_t size_bytes, bool is_signed)
{
	const struct type *t;

	if (strchr(spelling, '[') != NULL)
		return array(env, spelling, size_bytes);
	t = type_find(env->types, spelling);
	/* Arguments of system calls have 8 bytes each, whatever their type. */
	if (t != NULL && type_is_scalar(t) && type_filled(t)->size_bytes <= size_bytes)
		return t;
	if (strchr(spelling, '*') != NULL)
		return pointer(env, spelling);
	if (!is_word(size_bytes))
		return type_ptr(env->types, env->types->t_void);
	return integer(env, size_bytes, is_signed);
}

bool
record_is_scalar(const struct tracefs_field *f)
{
	return strchr(f->type, '[') == NULL && is_word(f->size_bytes);
}

void
record_set_types(struct prov_env *env, struct probe *p, const struct tracefs_field *field,
    uint32_t n)
{
	p->arg = arena_alloc(env->arena, n * sizeof(*p->arg) + 1);
	p->narg = n;
	for (uint32_t i = 0; i < n; i++)
		p->arg[i] = record_type(env, field[i].type, field[i].size_bytes, field[i].is_signed);
}
