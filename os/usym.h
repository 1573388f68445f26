/*
 * Names of processes' addresses. What a process maps is remembered when usyms_note() is called for
 * it, so that its addresses have names after it has ended, and those from before it executed
 * another program, too. Files are read once, however many processes map them, at the first question.
 */
#ifndef OS_USYM_H
#define OS_USYM_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct elf;
struct usyms;

struct usyms *usyms_new(void);
void usyms_free(struct usyms *);

/* Look at what the process maps now; does nothing when it is gone. */
void usyms_note(struct usyms *, pid_t);

/* A region of code that the process maps. */
struct usym_code {
	uint64_t start, end;
	uint64_t bias;		/* from a link-time address to where it is */
	struct elf *elf;
	void **user;		/* the caller's, one for each object; NULL at first */
};

/* By address, as they were when the process was noted last. */
void usyms_each_code(struct usyms *, pid_t, void (*fn)(void *self, const struct usym_code *),
    void *self);

struct usym {
	const char *object;	/* name of the file without directories, "[vdso]"; never NULL */
	uint64_t base;		/* where the object's first mapping begins */
	const char *name;	/* of the function, or NULL: none encloses the address */
	uint64_t start;		/* where it begins */
};

/* false: the address is in no object that the process maps or has mapped. A process that was never
 * noted is now. is_return: it is a return address, so that the place is the call before it. The
 * strings live as long as the table. */
bool usym_find(struct usyms *, pid_t, uint64_t addr, bool is_return, struct usym *);

#endif
