/*
 * Addresses as people read them: stacks and symbols, of the kernel and of processes.
 *
 * In the stack of jstack() the functions of Python stand where the interpreter's evaluation loop is.
 */
#ifndef RUN_SHOW_H
#define RUN_SHOW_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "lang/option.h"
#include "type/type.h"

struct evaluator;
struct pycodes;
struct show;
struct usyms;

struct ksyms;
/* target: whose addresses plain numbers are, for %A; 0: nobody's. */
struct show *show_new(const struct options *, struct ksyms *, pid_t target);
void show_free(struct show *);

/* Code objects that stacks have met; what is added there has names here. */
struct pycodes *show_pycodes(struct show *);
/* Where the evaluation loop is in the process, where no symbol says so. */
void show_evaluator(struct show *, pid_t, const struct evaluator *, uint64_t bias);

struct usyms *show_usyms(struct show *);	/* processes, and what they map */

/* A value of that kind (rec/stack.h): a stack begins a line, its frames are indented. */
void show_stack(struct show *, struct buf *, enum type_how, const void *, uint32_t bytes,
    uint32_t indent);
void show_symbol(struct show *, struct buf *, enum type_how, const void *);

/* "module`function+0x1f", of the place that a frame is at. */
void show_kernel_frame(struct show *, struct buf *, uint64_t pc, bool is_return);
void show_user_frame(struct show *, struct buf *, pid_t, uint64_t pc, bool is_return);
/* The same of any address, for %a and %A. */
void show_kernel_address(struct show *, struct buf *, uint64_t);
void show_target_address(struct show *, struct buf *, uint64_t);

/* Values that are shown alike become the same one, so that keys of aggregations fall together: an
 * address the first of its function or module, a stack one without what is not shown of it. */
void show_fold(struct show *, enum type_how, void *, uint32_t bytes);

#endif
