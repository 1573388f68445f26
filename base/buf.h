/* A growing byte buffer. Its bytes are always followed by a NUL. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>
#include <stddef.h>

struct buf {
	char *p;		/* owned; NULL while empty and never grown */
	size_t n;		/* bytes used, without the NUL */
	size_t cap;
};

#define BUF_INIT { NULL, 0, 0 }

void buf_fini(struct buf *);
void buf_clear(struct buf *);			/* keeps the memory */
void buf_add(struct buf *, const void *, size_t);
void buf_puts(struct buf *, const char *);
void buf_putc(struct buf *, char);
void buf_fill(struct buf *, char, size_t n);	/* n times the character */
void buf_printf(struct buf *, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *, const char *fmt, va_list)
	__attribute__((format(printf, 2, 0)));
const char *buf_str(struct buf *);		/* "" when empty; never NULL */

#endif
