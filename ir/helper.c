/* The kernel's own list, from its header, as a table. */
#include "ir/helper.h"

#include <linux/bpf.h>
#include <string.h>

#define NAME(x) #x
static const char *const name[] = { __BPF_FUNC_MAPPER(NAME) };
#undef NAME

enum { NAMES = sizeof(name) / sizeof(name[0]) };

const char *
helper_name(int nr)
{
	return nr >= 0 && nr < NAMES ? name[nr] : NULL;
}

int
helper_find(const char *wanted)
{
	for (int i = 0; i < NAMES; i++) {
		if (strcmp(name[i], wanted) == 0)
			return i;
	}
	return -1;
}
