/* The table of built-in names; so few that a plain walk finds them fast enough. */
#include "lang/builtin.h"

#include <stddef.h>
#include <string.h>

static const struct builtin builtin_table[] = {
#define BVAR(NAME, ID, TYPE) \
	{ .name = NAME, .kind = BUILTIN_VAR, .id = BV_##ID, .result = TYPE },
#define BFUNC(NAME, ID, RESULT, MIN, MAX, ...) \
	{ .name = NAME, .kind = BUILTIN_FUNC, .id = BF_##ID, .result = RESULT, \
	  .min = MIN, .max = MAX, .arg = { __VA_ARGS__ }, \
	  .flags = BF_##ID == BF_COPYOUT || BF_##ID == BF_COPYOUTSTR ? ACT_DESTRUCTIVE : 0 },
#define BACT(NAME, ID, MIN, MAX, FLAGS) \
	{ .name = NAME, .kind = BUILTIN_ACT, .id = BA_##ID, .min = MIN, .max = MAX, \
	  .flags = FLAGS },
#define BAGG(NAME, ID, MIN, MAX) \
	{ .name = NAME, .kind = BUILTIN_AGG, .id = AGG_##ID, .min = MIN, .max = MAX },
#include "lang/builtin.def"
#undef BVAR
#undef BFUNC
#undef BACT
#undef BAGG
};

const struct builtin *
builtin_find(const char *name)
{
	for (size_t i = 0; i < sizeof(builtin_table) / sizeof(builtin_table[0]); i++) {
		if (builtin_table[i].name[0] == name[0] &&
		    strcmp(builtin_table[i].name, name) == 0)
			return &builtin_table[i];
	}
	return NULL;
}
