/* Names of the kernel's addresses, from /proc/kallsyms: read at the first question. */
#ifndef OS_KSYM_H
#define OS_KSYM_H

#include <stdbool.h>
#include <stdint.h>

struct ksyms;

struct ksym {
	const char *mod;	/* "vmlinux": the kernel proper */
	const char *name;
	uint64_t start;
};

struct ksyms *ksyms_new(void);
void ksyms_free(struct ksyms *);

/* The symbol that an address is in; the strings live as long as the table. */
bool ksym_find(struct ksyms *, uint64_t addr, struct ksym *);
/* All of them by address, with where the next one begins. */
void ksym_each(struct ksyms *, void (*fn)(void *self, const struct ksym *, uint64_t end), void *self);
/* The first address of a module that is known. */
bool ksym_module(struct ksyms *, const char *mod, uint64_t *start);

/* The first symbol of that name, of one module or, NULL, of any. -ENOENT: there is none; -EACCES: the
 * kernel hides its addresses. An offset is one in per-CPU memory. */
struct ksym_place {
	uint64_t addr;
	const char *mod;
	bool is_offset;
};
int ksym_lookup(struct ksyms *, const char *mod, const char *name, struct ksym_place *);

/* The text of /proc/kallsyms, which is changed: for tests, in place of the machine's. */
struct ksyms *ksyms_parse(char *text);

#endif
