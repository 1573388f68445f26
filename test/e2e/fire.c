/*
 * fire [-t THREADS] [-s MICROSECONDS] [-f] N: waits until the probe app:hit(name, i, thread) is
 * enabled, fires it N times in each thread, sleeping in between if asked, and ends. With -f it does
 * not wait. i counts from 0 in each thread.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define _SDT_HAS_SEMAPHORES 1
#include <sys/sdt.h>

#include "test/e2e/target.h"

__extension__ volatile unsigned short app_hit_semaphore __attribute__((section(".probes")));

static long hits;
static useconds_t pause_us;

APART void
serve(const char *name, long i, long thread)
{
	if (app_hit_semaphore)
		DTRACE_PROBE3(app, hit, name, i, thread);
}

static void *
loop(void *arg)
{
	static const char *const name[] = { "alpha", "beta", "gamma" };

	for (long i = 0; i < hits; i++) {
		serve(name[i % 3], i, (long)arg);
		if (pause_us > 0)
			usleep(pause_us);
	}
	return NULL;
}

int
main(int argc, char **argv)
{
	long nthread = 1;
	int wait_ms = 20000, c;
	pthread_t thread[64];

	while ((c = getopt(argc, argv, "fs:t:")) != -1) {
		if (c == 'f')
			wait_ms = 0;
		else if (c == 's')
			pause_us = (useconds_t)atol(optarg);
		else if (c == 't')
			nthread = atol(optarg);
		else
			return 2;
	}
	fprintf(stderr, "ready\n");
	if (optind == argc || nthread < 1 || nthread > 64)
		return 2;
	hits = atol(argv[optind]);
	for (; wait_ms > 0 && !app_hit_semaphore; wait_ms--)
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
	/* Sites are armed one after the other, and then clauses begin to count: let them, also on
	 * an emulated machine. */
	usleep(200000);
	for (long i = 1; i < nthread; i++)
		pthread_create(&thread[i], NULL, loop, (void *)i);
	loop(0);
	for (long i = 1; i < nthread; i++)
		pthread_join(thread[i], NULL);
	fprintf(stderr, "fired %ld\n", hits * nthread);
	return 0;
}
