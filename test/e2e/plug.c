/*
 * plug file|memfd|deleted DELAY_MS OBJECT: after the delay loads an object that has a probe, from
 * its file, from a memfd, or from a copy that is unlinked; says "ready" and fires it every 20 ms.
 */
#include <dlfcn.h>
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

static void
copy(int to, const char *path)
{
	int from = open(path, O_RDONLY);
	struct stat st;

	if (from < 0 || fstat(from, &st) < 0 ||
	    sendfile(to, from, NULL, (size_t)st.st_size) != st.st_size)
		err(1, "%s", path);
	close(from);
}

int
main(int argc, char **argv)
{
	char path[64] = "/tmp/plug.XXXXXX";
	void (*fire)(const char *, int);
	const char *from;
	void *object;
	int fd = -1;

	if (argc != 4)
		return 2;
	from = argv[3];
	usleep((unsigned)atoi(argv[2]) * 1000);
	if (strcmp(argv[1], "memfd") == 0) {
		if ((fd = memfd_create("pythonapp", 0)) < 0)
			err(1, "memfd");
		snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	} else if (strcmp(argv[1], "deleted") == 0 && (fd = mkstemp(path)) < 0) {
		err(1, "%s", path);
	}
	if (fd >= 0) {
		copy(fd, from);
		from = path;
	}
	if ((object = dlopen(from, RTLD_NOW)) == NULL)
		errx(1, "%s", dlerror());
	if (strcmp(argv[1], "deleted") == 0) {
		unlink(path);
		close(fd);
	}
	if ((*(void **)&fire = dlsym(object, "plug_fire")) == NULL)
		errx(1, "%s", dlerror());
	puts("ready");
	fflush(stdout);
	for (;;) {
		fire("My little probe", 42);
		usleep(20000);
	}
}
