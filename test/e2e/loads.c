/*
 * loads [-w FILE] OBJECT...: loads each object in turn, calls its plug_fire() 3 times at once, and
 * goes on to the next; then says how long the slowest dlopen() took, in microseconds. With -w it
 * waits first until there is that file.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static long
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int
main(int argc, char **argv)
{
	long slowest = 0;
	int first = 1;

	puts("ready");
	fflush(stdout);
	if (argc > 2 && strcmp(argv[1], "-w") == 0)
		for (first = 3; access(argv[2], F_OK) != 0; )
			usleep(1000);
	for (int i = first; i < argc; i++) {
		long begin = now_us(), took;
		void *object = dlopen(argv[i], RTLD_NOW);
		void (*fire)(const char *, int);

		took = now_us() - begin;
		if (object == NULL) {
			fprintf(stderr, "%s\n", dlerror());
			return 1;
		}
		*(void **)&fire = dlsym(object, "plug_fire");
		for (int k = 0; k < 3; k++)
			fire(argv[i], k);
		slowest = took > slowest ? took : slowest;
	}
	printf("slowest %ld\n", slowest);
	return 0;
}
