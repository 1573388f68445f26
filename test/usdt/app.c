/*
 * A program with probes of its own, which does what its arguments say, in their order:
 *
 *	flags:N		(first) the flags of the provider; name:NAME (first) its name
 *	load unload free add:NAME
 *	ready		says so, and where the probes are
 *	await off	until request is, or isn't, traced any more (20 s at most)
 *	go:FILE		until this file exists
 *	fire:N twelve:N	fires; says how many were
 *	last		fires every 5 ms until it isn't traced any more
 *	fork:N clone:N	so many children, each of which fires 10 times and must live
 *	race:N		two threads fire while it unloads and loads N times
 *	files:N		lowers RLIMIT_NOFILE
 *	sleep:MS
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../include/usdt.h"

static const char *name = "app";
static unsigned flags;
static struct usdt_provider *app;
static struct usdt_probe *request, *twelve;
static volatile bool stop;

static void
must(int err)
{
	if (err == 0)
		return;
	printf("%s (%s)\n", usdt_strerror(err), usdt_provider_message(app));
	exit(1);
}

static void
make(void)
{
	must(usdt_provider_new(name, flags, &app));
	must(usdt_provider_add(app, "request", 3, (struct usdt_arg[]){
	    { USDT_STRING, "path" }, { USDT_INT32, "status" }, { USDT_DOUBLE, "ms" } }, &request));
	must(usdt_provider_add(app, "twelve", 12, (struct usdt_arg[]){
	    { USDT_UINT8, NULL }, { USDT_INT8, NULL }, { USDT_UINT16, NULL }, { USDT_INT16, NULL },
	    { USDT_UINT32, NULL }, { USDT_INT32, NULL }, { USDT_UINT64, NULL },
	    { USDT_INT64, NULL }, { USDT_INT32, NULL }, { USDT_INT8, NULL }, { USDT_STRING, NULL },
	    { USDT_INT16, "last" } }, &twelve));
}

static int
fire(long n)
{
	char path[32];
	int fired = 0;

	for (long i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "/path/%ld", i);
		fired += USDT_FIRE(request, path, -i, (double)i + 0.5);
	}
	return fired;
}

static int
fire_twelve(long n)
{
	int fired = 0;

	for (long i = 0; i < n; i++)
		fired += USDT_FIRE(twelve, 255, -1, 65535, -2, 4294967295u, -3, 1ull << 63, -4L, -5,
		    -6, "eleven", -12);
	return fired;
}

static void
children(long n, bool is_clone)
{
	int well = 0, status;

	for (long i = 0; i < n; i++) {
		fflush(stdout);
		pid_t pid = is_clone ? (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, 0) :
		    fork();
		if (pid == 0)
			_exit(fire(10) >= 0 && fire_twelve(10) >= 0 ? 0 : 1);
		fire(10);
		waitpid(pid, &status, 0);
		well += status == 0;
	}
	printf("%d of %ld children well\n", well, n);
}

static void *
firing(void *unused)
{
	(void)unused;
	while (!stop) {
		fire(1);
		fire_twelve(1);
	}
	return NULL;
}

static void
race(long n)
{
	pthread_t thread[2];

	for (int i = 0; i < 2; i++)
		pthread_create(&thread[i], NULL, firing, NULL);
	for (long i = 0; i < n; i++) {
		must(usdt_provider_unload(app));
		must(usdt_provider_load(app));
		usleep(1000);
	}
	stop = true;
	for (int i = 0; i < 2; i++)
		pthread_join(thread[i], NULL);
	printf("raced\n");
}

static void
await(int is_on)
{
	for (int i = 0; i < 2000; i++) {
		if (usdt_is_enabled(request) == is_on)
			return;
		usleep(10000);
	}
	printf("waited in vain\n");
	exit(1);
}

static void
last(void)
{
	for (int i = 0; i < 4000 && fire(2) > 0; i++)
		usleep(5000);
	printf("off\n");
}

static void
go(const char *path)
{
	for (int i = 0; i < 2000 && access(path, F_OK) < 0; i++)
		usleep(10000);
}

int
main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		char *colon = strchr(argv[i], ':');
		const char *text = colon != NULL ? colon + 1 : "";
		long n = strtol(text, NULL, 0);
		char what = argv[i][0];
		if (colon != NULL)
			*colon = '\0';
		if (strcmp(argv[i], "flags") == 0) {
			flags = (unsigned)n;
			continue;
		}
		if (strcmp(argv[i], "name") == 0) {
			name = text;
			continue;
		}
		if (app == NULL)
			make();
		if (strcmp(argv[i], "load") == 0)
			must(usdt_provider_load(app));
		else if (strcmp(argv[i], "unload") == 0)
			must(usdt_provider_unload(app));
		else if (strcmp(argv[i], "free") == 0)
			usdt_provider_free(app);
		else if (strcmp(argv[i], "add") == 0)
			must(usdt_provider_add(app, text, 0, NULL, NULL));
		else if (strcmp(argv[i], "ready") == 0)
			printf("ready %d %s\n", (int)getpid(), usdt_provider_file(app));
		else if (strcmp(argv[i], "last") == 0)
			last();
		else if (strcmp(argv[i], "go") == 0)
			go(text);
		else if (strcmp(argv[i], "files") == 0)
			setrlimit(RLIMIT_NOFILE, &(struct rlimit){ (rlim_t)n, (rlim_t)n });
		else if (what == 'a' || what == 'o')
			await(what == 'a');
		else if (strcmp(argv[i], "fire") == 0)
			printf("fired %d\n", fire(n));
		else if (what == 't')
			printf("fired %d\n", fire_twelve(n));
		else if (strcmp(argv[i], "fork") == 0 || what == 'c')
			children(n, what == 'c');
		else if (what == 'r')
			race(n);
		else if (what == 's')
			usleep((useconds_t)n * 1000);
		fflush(stdout);
	}
	return 0;
}
