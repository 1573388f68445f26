/*
 * A program compiled for libstapsdt, as it ran with that: what it may rely on, checked as it runs.
 *
 *	original		checks what needs no tracer
 *	original wait FILE	loads, and when FILE exists fires in every way there is
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "abi_original.h"

#define CHECK(what) \
	((what) ? (void)0 : (printf("%s:%d: %s\n", __FILE__, __LINE__, #what), exit(1)))

_Static_assert(sizeof(struct original_probe) == 56 && sizeof(struct original_list) == 64 &&
    sizeof(struct original_provider) == 56, "as measured");

/* The test of a wrapper for Go, which avoids a call. */
static int
byte_says_enabled(const struct original_probe *p)
{
	return p->_fire != NULL && (*(const unsigned char *)p->_fire & 0x90) != 0x90;
}

static void
checks(void)
{
	struct original_provider *p = providerInit("oldapp"), *q;
	struct original_probe *a, *b, *c, *d;

	CHECK(p != NULL && strcmp(p->name, "oldapp") == 0 && p->probes == NULL);
	CHECK(p->error_number == ORIGINAL_NO_ERROR && p->error == NULL && p->_handle == NULL);
	CHECK(providerUnload(p) == 0);
	CHECK(providerLoad(p) == 0 && providerUnload(p) == 0);		/* no probes */

	a = providerAddProbe(p, "first", 2, ORIGINAL_UINT64, ORIGINAL_INT32);
	b = providerAddProbe(p, "second", 6, 1, -1, 2, -2, 4, -8);
	CHECK(a != NULL && b != NULL && strcmp(a->name, "first") == 0 && a->provider == p);
	CHECK(a->argCount == 2 && a->argFmt[0] == 8 && a->argFmt[1] == -4 && a->_fire == NULL);
	CHECK(b->argCount == 6 && b->argFmt[5] == -8);
	CHECK(&p->probes->probe == b && &p->probes->next->probe == a);
	CHECK(p->probes->next->next == NULL);
	probeFire(a, 1, 2);
	CHECK(probeIsEnabled(a) == 0);

	CHECK(providerLoad(p) == 0 && p->_handle != NULL);
	CHECK(a->_fire != NULL && b->_fire != NULL && a->_fire != b->_fire);
	CHECK(!byte_says_enabled(a) && probeIsEnabled(a) == 0 && providerUseMemfd(p, 1) == 0);
	probeFire(b, 1ul, 2ul, 3ul, 4ul, 5ul, 6ul);
	void (*direct)(uint64_t, uint64_t);
	memcpy(&direct, &a->_fire, sizeof(direct));
	direct(1, 2);

	/* Repaired: added after load. It works after the next load, without an unload. */
	void *site = a->_fire;
	c = providerAddProbe(p, "third", 0);
	CHECK(c->_fire == NULL);
	CHECK(providerLoad(p) == 0 && c->_fire != NULL && a->_fire == site);
	CHECK(providerUnload(p) == 0 && a->_fire == NULL && c->_fire == NULL && p->_handle == NULL);
	probeFire(a, 1, 2);
	CHECK(providerLoad(p) == 0 && a->_fire != NULL);
	direct(3, 4);

	/* Repaired: seven to twelve arguments; more, or none such, are an error, not damage. */
	d = providerAddProbe(p, "seven", 7, 8, 8, 8, 8, 8, 8, 8);
	CHECK(d != NULL && d->argCount == 7 && d->_fire == NULL && d->provider == p);
	CHECK(providerAddProbe(p, "many", 13, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8) == NULL);
	CHECK(p->error_number == ORIGINAL_ELF && strstr(p->error, "12 arguments") != NULL);
	CHECK(providerAddProbe(p, "less", -1) == NULL);
	CHECK(providerAddProbe(p, "type", 1, 3) == NULL && strstr(p->error, "type") != NULL);
	CHECK(providerAddProbe(p, NULL, 0) == NULL && providerAddProbe(p, "a:b", 0) == NULL);
	CHECK(providerAddProbe(p, "", 0) == NULL);

	/* Repaired: the same name is the same probe, with the same arguments. */
	CHECK(providerAddProbe(p, "seven", 7, 8, 8, 8, 8, 8, 8, 8) != NULL);
	CHECK(providerAddProbe(p, "seven", 1, 8) == NULL);
	CHECK(providerLoad(p) == 0 && d->_fire != NULL);
	CHECK(p->probes->probe._fire == d->_fire);

	/* Two of the same name, each with sites of its own. */
	q = providerInit("oldapp");
	CHECK(providerUseMemfd(q, 1) == 1 && q->_use_memfd == 1);
	struct original_probe *e = providerAddProbe(q, "first", 2, 8, -4);
	CHECK(providerLoad(q) == 0 && e->_fire != a->_fire && q->_memfd >= 0);
	providerDestroy(q);

	/* Repaired: destroying unloads; what was destroyed, and NULL, do nothing. */
	providerDestroy(p);
	providerDestroy(p);
	probeFire(a, 1, 2);
	CHECK(probeIsEnabled(a) == 0 && providerLoad(p) == -1 && providerUnload(p) == -1);
	CHECK(providerInit(NULL) == NULL && providerLoad(NULL) == -1 && providerUnload(NULL) == -1);
	CHECK(providerAddProbe(NULL, "x", 0) == NULL && providerUseMemfd(NULL, 1) == 0);
	providerDestroy(NULL);
	probeFire(NULL, 1);
	CHECK(probeIsEnabled(NULL) == 0);

	p = providerInit("old:app");
	CHECK(p != NULL && providerLoad(p) == -1 && p->error_number == ORIGINAL_ELF);
	CHECK(p->error != NULL && providerUnload(p) == 0);
	providerDestroy(p);

	setenv("USDT_DIR", "/proc", 1);
	p = providerInit("oldapp");
	providerAddProbe(p, "first", 0);
	CHECK(providerUseMemfd(p, 0) == 1 && providerLoad(p) == -1);
	CHECK(p->error_number == ORIGINAL_TMP && strstr(p->error, "/proc") != NULL);
	CHECK(providerUseMemfd(p, 1) == 1 && providerLoad(p) == 0);
	providerDestroy(p);
	printf("well\n");
}

static void
traced(const char *file)
{
	struct original_provider *p = providerInit("oldapp");
	struct original_probe *two = providerAddProbe(p, "two", 2, 8, -4);
	struct original_probe *six = providerAddProbe(p, "six", 6, 1, -1, 2, -2, 4, -8);
	struct original_probe *seven = providerAddProbe(p, "seven", 7, 8, 8, 8, 8, 8, 8, -4);
	void (*direct)(const char *, long);

	CHECK(providerLoad(p) == 0);
	memcpy(&direct, &two->_fire, sizeof(direct));
	printf("ready\n");
	fflush(stdout);
	while (access(file, F_OK) < 0)
		usleep(10000);
	CHECK(byte_says_enabled(two) && probeIsEnabled(two) == 1);
	probeFire(two, "by the library", 42L);
	direct("by itself", 43);
	probeFire(six, 255L, -1L, 65535L, -2L, 4294967295L, -3L);
	probeFire(seven, 1L, 2L, 3L, 4L, 5L, 6L, -7L);
	for (int i = 0; i < 2000 && probeIsEnabled(two); i++)
		usleep(10000);
	CHECK(!byte_says_enabled(two) && !probeIsEnabled(two));
	providerDestroy(p);
	printf("well\n");
}

int
main(int argc, char **argv)
{
	if (argc > 2)
		traced(argv[2]);
	else
		checks();
	return 0;
}
