/* Local variables that clean up after themselves: _cleanup_free_ char *p = …; */
#ifndef BASE_CLEANUP_H
#define BASE_CLEANUP_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static inline void
cleanup_free(void *p)
{
	free(*(void **)p);
}

static inline void
cleanup_fd(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void
cleanup_file(FILE **f)
{
	if (*f != NULL)
		fclose(*f);
}

#define _cleanup_free_ __attribute__((cleanup(cleanup_free)))
#define _cleanup_fd_ __attribute__((cleanup(cleanup_fd)))
#define _cleanup_file_ __attribute__((cleanup(cleanup_file)))

/* We are wrong, not the input: say where and stop. */
#define BUG(...) \
	(fprintf(stderr, "dtrace: internal error at %s:%d: ", __FILE__, __LINE__), \
	 fprintf(stderr, __VA_ARGS__), fputc('\n', stderr), abort())

#endif
