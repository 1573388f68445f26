/* How many CPUs there may be: what per-CPU tables are sized by. */
#ifndef OS_CPU_H
#define OS_CPU_H

#include <stdint.h>

uint32_t cpu_possible(void);	/* highest possible CPU number + 1; at least 1 */

#endif
