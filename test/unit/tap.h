/* The whole unit test framework: checks that print TAP. main() ends with `return tap_done();`. */
#ifndef TEST_TAP_H
#define TEST_TAP_H

#include <stdio.h>
#include <string.h>

static int tap_n, tap_failed;

#define CHECK(cond) tap_check((cond), __FILE__, __LINE__, #cond)
#define CHECK_STR(got, want) tap_check_str((got), (want), __FILE__, __LINE__, #got)
#define CHECK_INT(got, want) \
	tap_check_int((long long)(got), (long long)(want), __FILE__, __LINE__, #got)

static inline int
tap_check(int ok, const char *file, int line, const char *what)
{
	tap_n++;
	if (!ok)
		tap_failed++;
	printf("%sok %d - %s:%d %s\n", ok ? "" : "not ", tap_n, file, line, what);
	return ok;
}

static inline int
tap_check_str(const char *got, const char *want, const char *file, int line, const char *what)
{
	int ok = got != NULL && want != NULL && strcmp(got, want) == 0;

	tap_check(ok, file, line, what);
	if (!ok)
		printf("#   got: %s\n#  want: %s\n", got ? got : "(null)", want ? want : "(null)");
	return ok;
}

static inline int
tap_check_int(long long got, long long want, const char *file, int line, const char *what)
{
	int ok = got == want;

	tap_check(ok, file, line, what);
	if (!ok)
		printf("#   got: %lld\n#  want: %lld\n", got, want);
	return ok;
}

static inline int
tap_done(void)
{
	printf("1..%d\n", tap_n);
	return tap_failed != 0;
}

#endif
