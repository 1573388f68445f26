/* fnmatch(3) does the matching; this file says what counts as a pattern. */
#include "base/glob.h"

#include <fnmatch.h>
#include <string.h>

bool
glob_is_pattern(const char *p)
{
	return strpbrk(p, "*?[\\") != NULL;
}

bool
glob_match(const char *pattern, const char *text)
{
	if (*pattern == '\0')
		return true;
	if (!glob_is_pattern(pattern))
		return strcmp(pattern, text) == 0;
	return fnmatch(pattern, text, 0) == 0;
}
