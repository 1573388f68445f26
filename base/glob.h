/* Patterns in probe descriptions: * ? [set] [!set] \x, as fnmatch(3) without flags. */
#ifndef BASE_GLOB_H
#define BASE_GLOB_H

#include <stdbool.h>

bool glob_is_pattern(const char *);

/* An empty pattern matches everything; one without pattern characters, only itself. */
bool glob_match(const char *pattern, const char *text);

#endif
