/* locks N: N threads, which all write to one pipe and read from it: they wait for its mutex. */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

static int fd[2];

static void *
work(void *arg)
{
	char bytes[4096] = { 0 };

	for (int i = 0; i < 20000; i++) {
		if (write(fd[1], bytes, sizeof(bytes)) < 0 || read(fd[0], bytes, sizeof(bytes)) < 0)
			break;
	}
	return arg;
}

int
main(int argc, char **argv)
{
	enum { MOST = 16 };
	int n = argc > 1 ? atoi(argv[1]) : 4;
	pthread_t thread[MOST];

	if (pipe(fd) != 0)
		return 1;
	for (int i = 0; i < n && i < MOST; i++)
		pthread_create(&thread[i], NULL, work, NULL);
	for (int i = 0; i < n && i < MOST; i++)
		pthread_join(thread[i], NULL);
	return 0;
}
