/* The functions of one ELF object, and where each of them can be probed: for pid.c. */
#ifndef PROV_PID_OBJECT_H
#define PROV_PID_OBJECT_H

#include <stdbool.h>
#include <stdint.h>

#include "interp/func.h"
#include "os/elf.h"
#include "prov/prov.h"

struct pid_func {
	uint64_t addr, bytes;		/* link-time */
	const char *name;
	bool is_ifunc;
	const struct pid_func *cold;	/* its other part; NULL: none known */
};

/* Read once, whoever maps it. By address; of aliases the one with the best name is last. */
struct pid_object {
	struct pid_func *func;
	uint32_t n;
	const char *why;		/* nothing in it can be probed: a sentence; else NULL */
};

const struct pid_object *pid_object_get(struct prov_env *, int fd);
/* The last function that begins at or before an address, or NULL. */
const struct pid_func *pid_object_at(const struct pid_object *, uint64_t addr);

/* The code of a function. */
struct pid_code {
	const struct pid_object *object;
	struct elf *elf;
	struct func f, cold;		/* cold.n is 0 when there is none */
	const char *why;		/* only where it begins can be probed: a sentence; else NULL */
};

/* Bytes may be 0: not known. pid_code_fini() it. */
void pid_code_read(struct pid_code *, const struct pid_object *, struct elf *,
    const struct pid_func *);
void pid_code_fini(struct pid_code *);

/* Calls fn with each function that a resolver (is_ifunc) can give; their names are its. */
void pid_code_implementations(const struct pid_code *, const char *name,
    void (*fn)(void *self, const struct pid_func *), void *self);

/* For func_each_end(). */
struct func_ask pid_code_ask(struct pid_code *);

#endif
