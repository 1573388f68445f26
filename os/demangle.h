/* Names of C++ as they are written there. */
#ifndef OS_DEMANGLE_H
#define OS_DEMANGLE_H

struct demangler;

struct demangler *demangler_new(void);
void demangler_free(struct demangler *);

/* The name in C++'s syntax, which lives as long as the demangler, or the name itself, if it is none
 * of C++ or nobody can tell. The name must live as long, too. */
const char *demangle(struct demangler *, const char *name);

#endif
