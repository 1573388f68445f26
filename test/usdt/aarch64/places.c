/*
 * On aarch64: is each argument where the note says? The site of a probe becomes a jump into code
 * that takes the registers and the stack as they are at a site. And what happens on fork.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "include/usdt.h"

uint64_t seen[USDT_MAX_ARGS];

/* x0 to x7, then what is on the stack. */
__asm__(
"	.globl take\n"
"take:	adrp	x16, seen\n"
"	add	x16, x16, :lo12:seen\n"
"	stp	x0, x1, [x16]\n"
"	stp	x2, x3, [x16, 16]\n"
"	stp	x4, x5, [x16, 32]\n"
"	stp	x6, x7, [x16, 48]\n"
"	ldp	x0, x1, [sp]\n"
"	stp	x0, x1, [x16, 64]\n"
"	ldp	x0, x1, [sp, 16]\n"
"	stp	x0, x1, [x16, 80]\n"
"	ret\n");
extern void take(void);

static void
must(int err, const char *what)
{
	if (err == 0)
		return;
	printf("%s: %s\n", what, usdt_strerror(err));
	exit(1);
}

/* ldr x16, .+8; br x16; the address: as long as a site. */
static void
redirect(unsigned char *site)
{
	const uint32_t jump[2] = { 0x58000050, 0xd61f0200 };
	const uint64_t to = (uint64_t)take;
	unsigned char *page = (unsigned char *)((uintptr_t)site & ~4095ul);

	if (mprotect(page, 4096, PROT_READ | PROT_WRITE) != 0)
		exit(1);
	memcpy(site, jump, sizeof(jump));
	memcpy(site + sizeof(jump), &to, sizeof(to));
	if (mprotect(page, 4096, PROT_READ | PROT_EXEC) != 0)
		exit(1);
	__builtin___clear_cache((char *)site, (char *)site + 16);
}

int
main(void)
{
	struct usdt_arg arg[USDT_MAX_ARGS];
	uint64_t value[USDT_MAX_ARGS];
	struct usdt_provider *app;
	struct usdt_probe *probe;
	int status = 0;

	for (int i = 0; i < USDT_MAX_ARGS; i++) {
		arg[i] = (struct usdt_arg){ USDT_UINT64, NULL };
		value[i] = 0x1111111111111111u * (uint64_t)(i + 1);
	}
	must(usdt_provider_new("arm", 0, &app), "new");
	must(usdt_provider_add(app, "twelve", USDT_MAX_ARGS, arg, &probe), "add");
	must(usdt_provider_load(app), "load");
	if (usdt_fire(probe, USDT_MAX_ARGS, value) != 0 || usdt_is_enabled(probe))
		return 1;
	/* In the file the semaphores are the third segment, the sites the second. */
	uint16_t *semaphore = (uint16_t *)(uintptr_t)probe->semaphore;
	unsigned char *site = (unsigned char *)semaphore - 2 * (size_t)getpagesize();
	redirect(site);
	if (!usdt_is_enabled(probe) || usdt_fire(probe, USDT_MAX_ARGS, value) != 1)
		return 2;
	if (memcmp(seen, value, sizeof(seen)) != 0)
		return 3;
	*semaphore = 1;
	if (USDT_FIRE(probe, 5) != 1 || seen[0] != 5 || seen[11] != 0)
		return 4;
	pid_t child = fork();
	if (child == 0)		/* it maps clean copies: nobody traces it */
		_exit(USDT_FIRE(probe, 6) != 0 || *probe->semaphore != 0 || seen[0] != 5);
	if (waitpid(child, &status, 0) != child || status != 0)
		return 5;
	usdt_provider_unload(app);
	if (USDT_FIRE(probe, 7) != 0)
		return 6;
	usdt_provider_free(app);
	printf("ok\n");
	return 0;
}
