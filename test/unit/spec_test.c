/* What speculations hold: order, late records, ends that were lost, numbers used again, room. */
#include "run/spec.h"

#include <string.h>

#include "test/unit/tap.h"

static char shown[64];

static int
show(void *self, const void *record, size_t bytes)
{
	strncat(shown, record, bytes);
	return self != NULL && strlen(shown) >= *(const size_t *)self ? -1 : 0;
}

static bool
add(struct specs *s, uint32_t id, uint32_t word, const char *text)
{
	return specs_add(s, (struct rec_spec){ id, word }, text, strlen(text));
}

static const char *
end(struct specs *s, uint32_t id, uint32_t word, bool is_commit)
{
	shown[0] = '\0';
	CHECK_INT(specs_end(s, (struct rec_spec){ id, word }, is_commit, show, NULL), 0);
	return shown;
}

static void
test_hold(void)
{
	struct specs *s = specs_new(2, 1000);

	CHECK(!add(s, 1, 1, "a"));
	CHECK(!add(s, 2, 1, "x"));
	CHECK(!add(s, 1, 1, "b"));
	CHECK_STR(end(s, 1, 1, true), "ab");
	CHECK_STR(end(s, 1, 1, true), "");
	CHECK_STR(end(s, 2, 1, false), "");
	CHECK_STR(end(s, 2, 1, true), "");
	/* numbers that there are not */
	CHECK(!add(s, 0, 1, "a"));
	CHECK(!add(s, 3, 1, "a"));
	CHECK_STR(end(s, 0, 1, true), "");
	CHECK_STR(end(s, 3, 1, true), "");
	CHECK_INT(specs_drops(s), 0);
	specs_free(s);
	specs_free(NULL);
}

/* Firings that began before the end, or after the next begin, on another CPU. */
static void
test_late(void)
{
	struct specs *s = specs_new(2, 1000);

	CHECK_STR(end(s, 1, 1, true), "");
	CHECK(add(s, 1, 1, "late"));		/* shown at once */
	CHECK_STR(end(s, 1, 3, false), "");
	CHECK(!add(s, 1, 3, "late"));
	CHECK(!add(s, 1, 1, "too late"));
	CHECK_STR(end(s, 1, 1, true), "");
	specs_free(s);

	s = specs_new(2, 1000);
	CHECK(!add(s, 1, 1, "a"));
	CHECK(!add(s, 1, 3, "c"));		/* early */
	CHECK(!add(s, 1, 1, "b"));
	CHECK_STR(end(s, 1, 1, true), "ab");
	CHECK_STR(end(s, 1, 3, true), "c");
	/* the end of 5 was lost */
	CHECK(!add(s, 1, 5, "lost"));
	CHECK(!add(s, 2, 5, "other"));
	CHECK(!add(s, 1, 7, "d"));
	CHECK(!add(s, 1, 9, "e"));
	CHECK_STR(end(s, 1, 5, true), "");
	CHECK_STR(end(s, 2, 5, true), "other");
	CHECK_STR(end(s, 1, 9, true), "e");
	specs_free(s);
	/* words come around */
	s = specs_new(2, 1000);
	CHECK(!add(s, 2, UINT32_MAX, "y"));
	CHECK(!add(s, 2, 1, "z"));
	CHECK_STR(end(s, 2, UINT32_MAX, true), "y");
	CHECK_STR(end(s, 2, 1, true), "z");
	specs_free(s);
}

static void
test_room(void)
{
	struct specs *s = specs_new(1, 30);
	size_t stop = 4;

	CHECK(!add(s, 1, 1, "0123456789"));
	CHECK(!add(s, 1, 1, "0123456789abc"));
	CHECK_INT(specs_drops(s), 1);
	CHECK_INT(specs_drops(s), 0);
	CHECK(!add(s, 1, 1, "ok"));
	CHECK_STR(end(s, 1, 1, true), "0123456789ok");
	CHECK(!add(s, 1, 3, "abcd"));
	CHECK(!add(s, 1, 3, "not"));
	shown[0] = '\0';
	CHECK_INT(specs_end(s, (struct rec_spec){ 1, 3 }, true, show, &stop), -1);
	CHECK_STR(shown, "abcd");
	specs_free(s);
}

int
main(void)
{
	test_hold();
	test_late();
	test_room();
	return tap_done();
}
