/* A library with a probe that has a semaphore. */
#define _SDT_HAS_SEMAPHORES 1
#include <sys/sdt.h>

__extension__ unsigned short libprov_hello__world_semaphore __attribute__((section(".probes")));

void say_hello(int i);

void
say_hello(int i)
{
	STAP_PROBE1(libprov, hello__world, i);
}
