/*
 * paged: fires paged:hit(text) three times, with the address of a text on a page of a file that
 * this process has mapped but never touched, so that only a program that may sleep can read it.
 */
#include <err.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <sys/sdt.h>

#include "test/e2e/target.h"

APART void
fire(const char *text)
{
	DTRACE_PROBE1(paged, hit, text);
	__asm__ volatile("" ::: "memory");
}

int
main(void)
{
	static const char text[] = "never touched";
	char path[] = "/tmp/paged.XXXXXX";
	int fd = mkstemp(path);
	char *page;

	if (fd < 0 || write(fd, text, sizeof(text)) != sizeof(text))
		err(1, "%s", path);
	unlink(path);
	for (int i = 0; i < 3; i++) {
		page = mmap(NULL, sizeof(text), PROT_READ, MAP_PRIVATE, fd, 0);
		if (page == MAP_FAILED)
			err(1, "mmap");
		fire(page);
		munmap(page, sizeof(text));
	}
	return 0;
}
