/* Segments read whole; relocations are trusted as little as everything else. */
#include "interp/image.h"

#include <stdlib.h>
#include <string.h>

#include "os/elf.h"

enum { IMAGE_MAX = 256 << 20 };

static uint8_t *
word_at(const struct image *m, uint64_t addr)
{
	for (size_t i = 0; i < m->n; i++) {
		const struct image_segment *s = &m->segment[i];

		if (addr >= s->addr && s->bytes >= 8 && addr - s->addr <= s->bytes - 8)
			return s->data + (addr - s->addr);
	}
	return NULL;
}

static void
relocate(void *self, uint64_t at, const uint64_t *value)
{
	uint8_t *p = word_at(self, at);

	if (p != NULL && value != NULL)
		memcpy(p, value, sizeof(*value));
}

bool
image_read(struct image *m, struct elf *elf)
{
	uint64_t total = 0;

	*m = (struct image){0};
	for (size_t i = 0; m->n < IMAGE_SEGMENTS; i++) {
		struct image_segment *s = &m->segment[m->n];

		if (!elf_segment(elf, i, &s->addr, &s->bytes, &s->is_exec))
			break;
		if (s->bytes > IMAGE_MAX || (total += s->bytes) > IMAGE_MAX)
			return false;
		s->data = malloc(s->bytes);
		if (s->data == NULL)
			return false;
		m->n++;
		if (!elf_read(elf, s->addr, s->data, s->bytes))
			return false;
	}
	elf_each_relative(elf, relocate, m);
	return true;
}

void
image_fini(struct image *m)
{
	for (size_t i = 0; i < m->n; i++)
		free(m->segment[i].data);
	m->n = 0;
}

const uint8_t *
image_at(const struct image *m, uint64_t addr, size_t *n)
{
	for (size_t i = 0; i < m->n; i++) {
		const struct image_segment *s = &m->segment[i];

		if (addr < s->addr || addr - s->addr >= s->bytes)
			continue;
		*n = s->bytes - (addr - s->addr);
		return s->data + (addr - s->addr);
	}
	return NULL;
}

bool
image_is_code(const struct image *m, uint64_t addr)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->segment[i].is_exec && addr - m->segment[i].addr < m->segment[i].bytes)
			return true;
	return false;
}
