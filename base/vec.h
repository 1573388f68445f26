/* A growing array of T on the heap: vec(int) v = {0}; vec_push(&v, 3); v.v[0]; vec_fini(&v). */
#ifndef BASE_VEC_H
#define BASE_VEC_H

#include <stddef.h>

#define vec(T) struct { T *v; size_t n, cap; }

/* Room for one more element of `size` bytes; out of memory ends the program. */
void *vec_grow(void *v, size_t n, size_t *cap, size_t size);

#define vec_push(vp, x) \
	((vp)->v = vec_grow((vp)->v, (vp)->n, &(vp)->cap, sizeof(*(vp)->v)), \
	 (vp)->v[(vp)->n++] = (x))

#define vec_fini(vp) (free((vp)->v), (vp)->v = NULL, (vp)->n = (vp)->cap = 0)

#endif
