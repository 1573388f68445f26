/* Names: what all the tracers can handle; or, if asked, what at least some can. */
#include "usdt/name.h"

#include <string.h>

#include "include/usdt.h"

/* Not <ctype.h>, which depends on the locale. */
static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_identifier(const char *name)
{
	if (!is_letter(*name))
		return false;
	while (is_letter(*name) || is_digit(*name))
		name++;
	return *name == '\0';
}

/* A colon separates the parts of a probe's description, in every tool. */
static bool
is_printable(const char *name)
{
	for (; *name != '\0'; name++)
		if ((unsigned char)*name < ' ' || *name == 0x7f || *name == ':')
			return false;
	return true;
}

static int
check(const char *name, size_t max, bool is_any)
{
	if (name == NULL || *name == '\0')
		return USDT_E_NAME_EMPTY;
	if (strlen(name) > (is_any ? NAME_ANY_MAX : max))
		return USDT_E_NAME_LONG;
	if (!(is_any ? is_printable(name) : is_identifier(name)))
		return USDT_E_NAME_CHARS;
	return 0;
}

int
name_check_provider(const char *name, bool is_any)
{
	int err = check(name, NAME_PROVIDER_MAX, is_any);

	if (err != 0 || is_any)
		return err;
	if (strstr(name, "__") != NULL)
		return USDT_E_NAME_UNDERSCORES;
	if (is_digit(name[strlen(name) - 1]))
		return USDT_E_NAME_DIGIT;
	return 0;
}

int
name_check_arg(const char *name)
{
	return check(name, NAME_ARG_MAX, false) == 0 ? 0 : USDT_E_ARG_NAME;
}

/* "__" at an end, or within "___", would not come back as the same dash. */
static bool
has_stray_underscores(const char *name)
{
	size_t n = strlen(name);

	return strstr(name, "___") != NULL || strncmp(name, "__", 2) == 0 ||
	    (n >= 2 && strcmp(name + n - 2, "__") == 0);
}

int
name_of_probe(const char *name, bool is_any, char *to, size_t bytes)
{
	size_t n = 0;

	*to = '\0';
	if (name == NULL || *name == '\0')
		return USDT_E_NAME_EMPTY;
	for (; *name != '\0' && n + 3 <= bytes; name++) {
		to[n++] = *name;
		if (*name == '-' && !is_any) {
			to[n - 1] = '_';
			to[n++] = '_';
		}
	}
	to[n] = '\0';
	if (*name != '\0')
		return USDT_E_NAME_LONG;
	int err = check(to, NAME_PROBE_MAX, is_any);
	if (err == 0 && !is_any && has_stray_underscores(to))
		return USDT_E_NAME_UNDERSCORES;
	return err;
}
