/* What the programs that are traced share. */
#ifndef TEST_E2E_TARGET_H
#define TEST_E2E_TARGET_H

/* A function that stays one, by its own name, whatever the compiler knows of its callers. */
#if __has_attribute(noipa)
#define APART __attribute__((noipa)) static
#else
#define APART __attribute__((noinline)) static
#endif

#endif
