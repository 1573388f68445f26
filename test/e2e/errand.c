/*
 * errand: something of everything that the scripts in examples/ look at, once or a few times each:
 * files opened, looked for in vain, written, synced, renamed; memory mapped and touched; a child
 * made, woken and killed; a thread waited for; connections over the loopback.  An argument is how
 * many milliseconds it thinks in the end.
 */
#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void
nap(long ms)
{
	struct timespec time = { .tv_nsec = ms * 1000000 };

	nanosleep(&time, NULL);
}

static void
files(void)
{
	char dir[] = "/tmp/errand.XXXXXX", from[64], to[64], text[4096] = "bread and milk\n";
	int fd;

	if (mkdtemp(dir) == NULL)
		err(1, "%s", dir);
	snprintf(from, sizeof(from), "%s/list", dir);
	snprintf(to, sizeof(to), "%s/done", dir);
	fd = open(from, O_RDWR | O_CREAT, 0600);
	if (fd < 0 || write(fd, text, sizeof(text)) != sizeof(text) || fsync(fd) != 0 ||
	    pread(fd, text, sizeof(text), 0) != sizeof(text))
		err(1, "%s", from);
	close(fd);
	if (rename(from, to) != 0 || unlink(to) != 0 || rmdir(dir) != 0)
		err(1, "%s", to);
	for (int i = 0; i < 3; i++)
		fd = open("/nonexistent/shopping", O_RDONLY);
	if (fd >= 0)
		errx(1, "there is a shop in the desert");
}

static void
memory(void)
{
	size_t size = 1 << 20;
	char *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED)
		err(1, "mmap");
	for (size_t i = 0; i < size; i += 4096)
		at[i] = 1;
	munmap(at, size);
}

static void
child(void)
{
	pid_t pid = fork();

	if (pid < 0)
		err(1, "fork");
	if (pid == 0) {
		pause();
		_exit(0);
	}
	nap(2);
	kill(pid, SIGTERM);
	waitpid(pid, NULL, 0);
}

static void *
rest(void *arg)
{
	nap(5);
	return arg;
}

static void
thread(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, rest, NULL) != 0)
		errx(1, "no thread");
	pthread_join(thread, NULL);
}

static void
network(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(at);
	int listener = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0);
	int server;
	char text[] = "good morning";

	if (bind(listener, (struct sockaddr *)&at, sizeof(at)) != 0 || listen(listener, 1) != 0 ||
	    getsockname(listener, (struct sockaddr *)&at, &len) != 0 ||
	    connect(client, (struct sockaddr *)&at, sizeof(at)) != 0)
		err(1, "loopback");
	server = accept(listener, NULL, NULL);
	if (send(server, text, sizeof(text), 0) < 0 || recv(client, text, sizeof(text), 0) < 0)
		err(1, "loopback");
	close(server);
	close(client);
	close(listener);
}

/* Keeps a CPU busy for as many milliseconds. */
static void
think(long ms)
{
	clock_t until = clock() + ms * CLOCKS_PER_SEC / 1000;

	while (clock() < until)
		for (volatile int i = 0; i < 100000; i++)
			;
}

int
main(int argc, char **argv)
{
	files();
	memory();
	child();
	thread();
	network();
	think(argc > 1 ? atol(argv[1]) : 0);
	printf("all done: %s\n", argv[0]);
	return 0;
}
