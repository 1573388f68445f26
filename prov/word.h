/*
 * Arguments that a program finds in words of its context, one after the other, 8 bytes each: those
 * of raw tracepoints, of functions entered and left.
 */
#ifndef PROV_WORD_H
#define PROV_WORD_H

#include "os/btf.h"
#include "prov/prov.h"

/* The types of the kernel proper, read when first asked for; NULL: it has none. */
const struct btf_types *word_types(struct prov_env *);

/* Where the i-th argument is: in the words of a parameter. */
const void *word_place(const struct btf_arg *);
extern const void *const word_minus_one;	/* nowhere: it is -1 */

/* p->arg and the shape of its sites, from places and types of n arguments. */
void word_set(struct prov_env *, struct probe *p, const void *const *place,
    const struct btf_arg *type, uint32_t n);

/* As an enter(), with the places of words in the context. Words beyond are 0. */
void word_enter_at(struct ir_func *, const void *site, ir_val ctx, ir_val st, uint32_t mask,
    const uint16_t *off, uint32_t noff);
/* For struct provider: word i is at 8 * i. */
void word_enter(struct ir_func *, const void *site, ir_val ctx, ir_val st, uint32_t mask,
    ir_label fault);

#endif
