/* Stability attributes: their words and their order. */
#include "lang/attr.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

const char *const attr_stability[] = {
	"Internal", "Private", "Obsolete", "External", "Unstable", "Evolving", "Stable", "Standard",
	NULL,
};

const char *const attr_class[] = { "Unknown", "CPU", "Platform", "Group", "ISA", "Common", NULL };

/* The number of the word that ends at a slash or at the end. */
static bool
parse_word(const char **s, const char *const *table, uint8_t *value)
{
	size_t n = strcspn(*s, "/");

	for (uint8_t i = 0; table[i] != NULL; i++) {
		if (strlen(table[i]) != n || strncasecmp(table[i], *s, n) != 0)
			continue;
		*value = i;
		*s += n;
		return true;
	}
	return false;
}

static bool
parse_slash(const char **s)
{
	return *(*s)++ == '/';
}

bool
attr_parse(const char *s, struct attr *a)
{
	return parse_word(&s, attr_stability, &a->names) && parse_slash(&s) &&
	    parse_word(&s, attr_stability, &a->data) && parse_slash(&s) &&
	    parse_word(&s, attr_class, &a->class) && *s == '\0';
}

const char *
attr_spell(struct arena *arena, struct attr a)
{
	return arena_printf(arena, "%s/%s/%s", attr_stability[a.names], attr_stability[a.data],
	    attr_class[a.class]);
}

static uint8_t
least(uint8_t a, uint8_t b)
{
	return a < b ? a : b;
}

struct attr
attr_min(struct attr a, struct attr b)
{
	return (struct attr){ least(a.names, b.names), least(a.data, b.data),
	    least(a.class, b.class) };
}

bool
attr_is_below(struct attr a, struct attr min)
{
	return a.names < min.names || a.data < min.data || a.class < min.class;
}
