/* Symbols of the kernel: which of several, how far they reach, what is no symbol. */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "os/ksym.h"
#include "test/unit/tap.h"

static const char TEXT[] =
    "0000000000001000 A per_cpu_start\n"
    "ffffffff81000000 T _text\n"
    "ffffffff81000000 t local\n"
    "ffffffff81000100 t static_function\n"
    "ffffffff81000100 T function\n"
    "ffffffff81000180 t later\n"
    "not a line\n"
    "ffffffff81000190\n"
    "ffffffff81000190 t\n"
    "0000000000000000 T hidden\n"
    "ffffffffc0001000 t module_function\t[some_module]\n"
    "ffffffffc0000800 t first\t[some_module]\n"
    "ffffffffc0002000 t bpf_prog_1_x\t[bpf]";

static const char HIDDEN[] = "0000000000000000 T function\n0000000000000000 A per_cpu_start\n";

static const struct {
	uint64_t addr;
	const char *mod, *name;
	uint64_t off;
} places[] = {
	{ 0xffffffff81000000, "vmlinux", "_text", 0 },
	{ 0xffffffff810000ff, "vmlinux", "_text", 0xff },
	{ 0xffffffff81000104, "vmlinux", "function", 4 },
	{ 0xffffffff81000200, "vmlinux", "later", 0x80 },
	{ 0xffffffffc0000fff, "some_module", "first", 0x7ff },
	{ 0xffffffffc0001001, "some_module", "module_function", 1 },
	{ 0xffffffffc0002001, "bpf", "bpf_prog_1_x", 1 },
};

static const uint64_t nowhere[] = {
	0, 0x1000, 0xffffffff80ffffff, 0xffffffff81000180 + (1 << 20), UINT64_MAX,
};

int
main(void)
{
	char text[sizeof(TEXT)];
	struct ksyms *k;
	struct ksym_place place;
	struct ksym sym;
	uint64_t start = 0;

	memcpy(text, TEXT, sizeof(text));
	k = ksyms_parse(text);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		CHECK(ksym_find(k, places[i].addr, &sym));
		CHECK_STR(sym.mod, places[i].mod);
		CHECK_STR(sym.name, places[i].name);
		CHECK_INT(places[i].addr - sym.start, places[i].off);
	}
	for (size_t i = 0; i < sizeof(nowhere) / sizeof(nowhere[0]); i++)
		CHECK(!ksym_find(k, nowhere[i], &sym));
	CHECK(ksym_module(k, "some_module", &start));
	CHECK(start == 0xffffffffc0000800);
	CHECK(!ksym_module(k, "other", &start));
	CHECK_INT(ksym_lookup(k, NULL, "function", &place), 0);
	CHECK(place.addr == 0xffffffff81000100 && strcmp(place.mod, "vmlinux") == 0);
	CHECK(!place.is_offset);
	CHECK_INT(ksym_lookup(k, "some_module", "first", &place), 0);
	CHECK_INT(ksym_lookup(k, "vmlinux", "first", &place), -ENOENT);
	CHECK_INT(ksym_lookup(k, "vmlinux", "per_cpu_start", &place), 0);
	CHECK(place.addr == 0x1000 && place.is_offset);
	CHECK_INT(ksym_lookup(k, NULL, "hidden", &place), -ENOENT);
	ksyms_free(k);

	memcpy(text, HIDDEN, sizeof(HIDDEN));
	k = ksyms_parse(text);
	CHECK_INT(ksym_lookup(k, NULL, "function", &place), -EACCES);
	ksyms_free(k);

	memcpy(text, "", 1);
	k = ksyms_parse(text);
	CHECK(!ksym_find(k, UINT64_MAX, &sym));
	ksyms_free(k);
	return tap_done();
}
