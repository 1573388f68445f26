/* Code that handlers of opcodes, and the loop itself, may not have: places are in the code, and the search ends. */
#include <stdint.h>
#include <string.h>

#include "base/cleanup.h"
#include "interp/evalframe.h"
#include "interp/handler.h"
#include "interp/image.h"

enum { OPCODES = 256, CODE = 0x1000, TABLE = 0x100000 };

static const struct cpython_layout layout[] = {
	{ .resume = { 151, 150 }, .leave = { 83 }, .yield = { 86 }, .frame_instr = 56,
	    .frame_is_entry = 68 },
	{ .resume = { 128, 196, 245 }, .leave = { 35, 246 }, .yield = { 120, 247 },
	    .frame_instr = 56, .tstate_breaker = 24, .tstate_tracing = 60, .code_monitored = 168 },
	{ .resume = { 128, 196, 245 }, .leave = { 35, 246 }, .yield = { 120, 247 },
	    .frame_instr = 56, .is_free_threaded = true, .frame_copy = 72, .code_monitored = 184 },
	{ .version = 0x0309, .is_object = true, .tstate_frame = 24, .frame_previous = 24 },
};

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* OPCODES bytes say where each handler begins, 16 bytes apart; the rest is code. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static uint64_t table[OPCODES];
	static struct handlers h;
	uint8_t code[8192];
	struct image image = { .n = 2 };

	if (n <= OPCODES)
		return 0;
	n -= OPCODES;
	n = n < sizeof(code) ? n : sizeof(code);
	memcpy(code, data + OPCODES, n);
	for (size_t i = 0; i < OPCODES; i++)
		table[i] = CODE + 16u * data[i] % n;
	image.segment[0] = (struct image_segment){ CODE, n, true, code };
	image.segment[1] = (struct image_segment){ TABLE, sizeof(table), false, (uint8_t *)table };
	for (size_t i = 0; i < sizeof(layout) / sizeof(layout[0]); i++) {
		bool found = layout[i].is_object ?
		    evalframe_find(&image, &layout[i], CODE + data[0], n, &h) :
		    handlers_find(&image, &layout[i], CODE + data[0], &h);

		if (!found) {
			if (h.why[0] == '\0')
				BUG("refused without a reason");
			continue;
		}
		for (uint32_t k = 0; k < h.n; k++)
			if (h.place[k].frame < 0 ||
			    (!image_is_code(&image, h.place[k].addr) && h.place[k].why != CPYTHON_RAISE))
				BUG("a place at %llx", (unsigned long long)h.place[k].addr);
	}
	return 0;
}
