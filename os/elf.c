/*
 * ELF objects over libelf. The file is read with pread(2), never mapped: one that is cut short
 * under our hands gives an error and no SIGBUS. libelf checks that sections lie in the file;
 * what their contents say is checked here.
 */
#include "os/elf_private.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/map.h"
#include "base/vec.h"

enum { PAGE = 4096 };
enum { SECTION_RELR = 19 };	/* SHT_RELR, for libcs whose <elf.h> has no name for it */

static struct elf *
fail(struct elf *e, char *err, size_t err_bytes, const char *why)
{
	snprintf(err, err_bytes, "%s", why);
	elf_free(e);
	return NULL;
}

static const char *
read_loads(struct elf *e)
{
	size_t n, cap = 0;

	if (elf_getphdrnum(e->elf, &n) != 0)
		return elf_errmsg(-1);
	for (size_t i = 0; i < n && e->nload < LOADS_MAX; i++) {
		GElf_Phdr ph;

		if (i > INT32_MAX || gelf_getphdr(e->elf, (int)i, &ph) == NULL)
			return elf_errmsg(-1);
		if (ph.p_type == PT_GNU_EH_FRAME) {
			e->frame_hdr = ph.p_vaddr;
			e->frame_hdr_bytes = ph.p_filesz;
		}
		if (ph.p_type != PT_LOAD || ph.p_filesz == 0 ||
		    ph.p_vaddr + ph.p_filesz < ph.p_vaddr ||
		    ph.p_offset + ph.p_filesz < ph.p_offset)
			continue;
		e->load = vec_grow(e->load, e->nload, &cap, sizeof(*e->load));
		e->load[e->nload++] = ph;
	}
	return NULL;
}

Elf_Scn *
elf_next_section(struct elf *e, Elf_Scn *scn, GElf_Word type, const char *name, GElf_Shdr *sh)
{
	size_t strtab;

	if (elf_getshdrstrndx(e->elf, &strtab) != 0)
		return NULL;
	while ((scn = elf_nextscn(e->elf, scn)) != NULL && elf_ndxscn(scn) < SECTIONS_MAX) {
		const char *s;

		if (gelf_getshdr(scn, sh) == NULL || sh->sh_type != type)
			continue;
		if (name == NULL)
			return scn;
		s = elf_strptr(e->elf, strtab, sh->sh_name);
		if (s != NULL && strcmp(s, name) == 0)
			return scn;
	}
	return NULL;
}

struct elf *
elf_open(int fd, char *err, size_t err_bytes)
{
	struct elf *e = calloc(1, sizeof(*e));
	struct stat st;
	GElf_Shdr sh;
	const char *why;

	if (e == NULL)
		return fail(e, err, err_bytes, "out of memory");
	e->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	if (e->fd < 0 || fstat(e->fd, &st) != 0)
		return fail(e, err, err_bytes, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return fail(e, err, err_bytes, "not a regular file");
	if (elf_version(EV_CURRENT) == EV_NONE)
		return fail(e, err, err_bytes, "libelf is too old");
	e->elf = elf_begin(e->fd, ELF_C_READ, NULL);
	if (e->elf == NULL || elf_kind(e->elf) != ELF_K_ELF)
		return fail(e, err, err_bytes, "not an ELF object");
	if (gelf_getehdr(e->elf, &e->ehdr) == NULL)
		return fail(e, err, err_bytes, elf_errmsg(-1));
	why = read_loads(e);
	if (why != NULL)
		return fail(e, err, err_bytes, why);
	e->has_base = elf_next_section(e, NULL, SHT_PROGBITS, ".stapsdt.base", &sh) != NULL;
	e->base = e->has_base ? sh.sh_addr : 0;
	return e;
}

void
elf_free(struct elf *e)
{
	if (e == NULL)
		return;
	map_fini(&e->by_name);
	free(e->symbol);
	free(e->func);
	free(e->load);
	elf_end(e->elf);
	if (e->fd >= 0)
		close(e->fd);
	free(e);
}

int
elf_machine(const struct elf *e)
{
	return e->ehdr.e_machine;
}

uint64_t
elf_entry(const struct elf *e)
{
	return e->ehdr.e_entry;
}

bool
elf_is_dyn(const struct elf *e)
{
	return e->ehdr.e_type == ET_DYN;
}

bool
elf_file_offset(const struct elf *e, uint64_t addr, bool is_exec, uint64_t *off)
{
	for (size_t i = 0; i < e->nload; i++) {
		const GElf_Phdr *ph = &e->load[i];
		uint64_t bytes = ph->p_filesz;

		if (is_exec && (ph->p_flags & PF_X) == 0)
			continue;
		if (!is_exec && ph->p_memsz > bytes) {
			uint64_t rest = -(ph->p_vaddr + bytes) % PAGE;

			bytes += ph->p_memsz - bytes < rest ? ph->p_memsz - bytes : rest;
		}
		if (addr < ph->p_vaddr || addr - ph->p_vaddr >= bytes)
			continue;
		if (__builtin_add_overflow(ph->p_offset, addr - ph->p_vaddr, off))
			continue;
		return true;
	}
	return false;
}

bool
elf_address(const struct elf *e, uint64_t off, uint64_t *addr)
{
	for (size_t i = 0; i < e->nload; i++) {
		const GElf_Phdr *ph = &e->load[i];

		if (off < ph->p_offset || off - ph->p_offset >= ph->p_filesz)
			continue;
		*addr = ph->p_vaddr + (off - ph->p_offset);
		return true;
	}
	return false;
}

bool
elf_read(const struct elf *e, uint64_t addr, void *to, size_t n)
{
	for (size_t i = 0; i < e->nload; i++) {
		const GElf_Phdr *ph = &e->load[i];
		uint64_t at = addr - ph->p_vaddr;

		if (addr < ph->p_vaddr || at >= ph->p_filesz || n > ph->p_filesz - at)
			continue;
		if (ph->p_offset + at > INT64_MAX)
			continue;
		return pread(e->fd, to, n, (off_t)(ph->p_offset + at)) == (ssize_t)n;
	}
	return false;
}

/* A number of n bytes in the object's byte order. */
static uint64_t
number(const struct elf *e, const unsigned char *p, size_t n)
{
	bool is_big = e->ehdr.e_ident[EI_DATA] == ELFDATA2MSB;
	uint64_t v = 0;

	for (size_t i = 0; i < n; i++)
		v |= (uint64_t)p[i] << (8 * (is_big ? n - 1 - i : i));
	return v;
}

static size_t
word_bytes(const struct elf *e)
{
	return e->ehdr.e_ident[EI_CLASS] == ELFCLASS64 ? 8 : 4;
}

static bool
take_string(const char **s, const char *end, const char **to)
{
	size_t len = strnlen(*s, (size_t)(end - *s));

	if (*s + len == end)
		return false;
	*to = *s;
	*s += len + 1;
	return true;
}

/* Prelink moves sections and leaves notes as they were: by what .stapsdt.base moved, the addresses
 * in a note have moved too. */
static uint64_t
moved(const struct elf *e, uint64_t addr, uint64_t base)
{
	addr += e->has_base && base != 0 ? e->base - base : 0;
	return word_bytes(e) == 4 ? addr & UINT32_MAX : addr;
}

/* desc := pc, base, semaphore: a word each; provider NUL, name NUL, arguments NUL */
static const char *
read_sdt(const struct elf *e, const unsigned char *desc, size_t n, struct elf_sdt *sdt)
{
	const size_t w = word_bytes(e);
	const char *s, *end = (const char *)desc + n;

	if (n < 3 * w)
		return "it is too short";
	sdt->base = number(e, desc + w, w);
	sdt->pc = moved(e, number(e, desc, w), sdt->base);
	sdt->semaphore = number(e, desc + 2 * w, w);
	if (sdt->semaphore != 0)
		sdt->semaphore = moved(e, sdt->semaphore, sdt->base);
	s = (const char *)desc + 3 * w;
	if (!take_string(&s, end, &sdt->prov) || !take_string(&s, end, &sdt->name) ||
	    !take_string(&s, end, &sdt->args))
		return "a string in it has no end";
	return NULL;
}

/* desc := pc, base: a word each; u32 narg; for each argument: type NUL, name NUL */
static const char *
read_usdt(const struct elf *e, const unsigned char *desc, size_t n, struct elf_usdt *usdt)
{
	const size_t w = word_bytes(e);
	const char *s, *end = (const char *)desc + n;

	if (n < 2 * w + 4)
		return "it is too short";
	usdt->pc = moved(e, number(e, desc, w), number(e, desc + w, w));
	usdt->narg = (uint32_t)number(e, desc + 2 * w, 4);
	if (usdt->narg > ELF_USDT_ARGS)
		return "it has more arguments than there can be";
	s = (const char *)desc + 2 * w + 4;
	for (uint32_t i = 0; i < usdt->narg; i++)
		if (!take_string(&s, end, &usdt->type[i]) || !take_string(&s, end, &usdt->name[i]))
			return "a string in it has no end";
	return s != end ? "something follows its last string" : NULL;
}

/* A walk over the notes of one kind. */
struct note_walk {
	const char *section, *owner;
	uint32_t type;
	int (*sdt)(void *self, const struct elf_sdt *);		/* one of both */
	int (*usdt)(void *self, const struct elf_usdt *);
	void (*bad)(void *self, const char *why);
	void *self;
	size_t nnote;
};

static void __attribute__((format(printf, 2, 3)))
report(const struct note_walk *w, const char *fmt, ...)
{
	char why[160];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	w->bad(w->self, why);
}

static int
hand_over(struct elf *e, const unsigned char *desc, size_t n, size_t off, struct note_walk *w)
{
	struct elf_usdt usdt;
	struct elf_sdt sdt;
	const char *why = w->sdt != NULL ? read_sdt(e, desc, n, &sdt) :
	    read_usdt(e, desc, n, &usdt);

	if (why != NULL) {
		report(w, "probe note at offset %zu of %s: %s", off, w->section, why);
		return 0;
	}
	return w->sdt != NULL ? w->sdt(w->self, &sdt) : w->usdt(w->self, &usdt);
}

static int
walk_section(struct elf *e, Elf_Data *data, struct note_walk *w)
{
	const size_t owner_bytes = strlen(w->owner) + 1;
	size_t off = 0, next, name_off, desc_off;
	int err = 0;

	for (; off < data->d_size && err == 0; off = next) {
		const unsigned char *bytes = data->d_buf;
		GElf_Nhdr nh;

		next = gelf_getnote(data, off, &nh, &name_off, &desc_off);
		if (next <= off) {
			report(w, "probe note at offset %zu of %s: it ends outside of it", off,
			    w->section);
			return 0;
		}
		if (++w->nnote > NOTES_MAX) {
			report(w, "%s has more than %d notes", w->section, NOTES_MAX);
			return 0;
		}
		if (nh.n_type == w->type && nh.n_namesz == owner_bytes &&
		    memcmp(bytes + name_off, w->owner, owner_bytes) == 0)
			err = hand_over(e, bytes + desc_off, nh.n_descsz, off, w);
	}
	return err;
}

static int
walk_notes(struct elf *e, struct note_walk *w)
{
	Elf_Scn *scn = NULL;
	GElf_Shdr sh;
	Elf_Data *data;
	int err;

	while ((scn = elf_next_section(e, scn, SHT_NOTE, w->section, &sh)) != NULL) {
		if (sh.sh_size > NOTE_SECTION_MAX) {
			report(w, "%s is larger than %d bytes", w->section, NOTE_SECTION_MAX);
			continue;
		}
		data = elf_getdata(scn, NULL);
		if (data == NULL || data->d_buf == NULL) {
			if (sh.sh_size > 0)
				report(w, "%s: %s", w->section, elf_errmsg(-1));
			continue;
		}
		err = walk_section(e, data, w);
		if (err != 0)
			return err;
	}
	return 0;
}

/* libelf says of an object whose table of sections is not all there that it has none. */
static bool
is_cut_off(const struct elf *e)
{
	struct stat st;
	const GElf_Ehdr *h = &e->ehdr;

	return h->e_shoff != 0 && fstat(e->fd, &st) == 0 && (h->e_shoff > (uint64_t)st.st_size
	    || (uint64_t)st.st_size - h->e_shoff < (uint64_t)h->e_shnum * h->e_shentsize);
}

int
elf_each_sdt(struct elf *e, int (*fn)(void *self, const struct elf_sdt *),
    void (*bad)(void *self, const char *why), void *self)
{
	if (is_cut_off(e))
		bad(self, "its table of sections is not all in the file");
	return walk_notes(e, &(struct note_walk){
		.section = ".note.stapsdt", .owner = "stapsdt", .type = 3,
		.sdt = fn, .bad = bad, .self = self,
	});
}

int
elf_each_usdt(struct elf *e, int (*fn)(void *self, const struct elf_usdt *),
    void (*bad)(void *self, const char *why), void *self)
{
	return walk_notes(e, &(struct note_walk){
		.section = ".note.usdt", .owner = "usdt", .type = 1,
		.usdt = fn, .bad = bad, .self = self,
	});
}

/* Calls fn for each defined symbol of a table (SHT_SYMTAB, SHT_DYNSYM). */
static void
each_symbol(struct elf *e, GElf_Word type, void (*fn)(struct elf *, void *, const GElf_Sym *,
    const char *name), void *self)
{
	GElf_Shdr sh;
	Elf_Scn *scn = elf_next_section(e, NULL, type, NULL, &sh);
	Elf_Data *data = scn != NULL ? elf_getdata(scn, NULL) : NULL;
	size_t n;

	if (data == NULL || data->d_buf == NULL || sh.sh_entsize == 0)
		return;
	n = data->d_size / sh.sh_entsize;
	if (n > SYMBOLS_MAX)
		n = SYMBOLS_MAX;
	for (size_t i = 1; i < n; i++) {
		const char *name;
		GElf_Sym sym;

		if (gelf_getsym(data, (int)i, &sym) == NULL)
			return;
		if (sym.st_shndx == SHN_UNDEF)
			continue;
		name = elf_strptr(e->elf, sh.sh_link, sym.st_name);
		if (name != NULL && *name != '\0')
			fn(e, self, &sym, name);
	}
}

struct func_list {
	size_t cap;
};

static void
add_func(struct elf *e, void *self, const GElf_Sym *sym, const char *name)
{
	struct func_list *l = self;
	int type = GELF_ST_TYPE(sym->st_info);

	if ((type != STT_FUNC && type != STT_GNU_IFUNC) || sym->st_size == 0 ||
	    sym->st_shndx == SHN_ABS)
		return;
	e->func = vec_grow(e->func, e->nfunc, &l->cap, sizeof(*e->func));
	e->func[e->nfunc++] = (struct symbol){
		sym->st_value, sym->st_size, name, GELF_ST_BIND(sym->st_info),
		type == STT_GNU_IFUNC
	};
}

/* By address; of several at one address the last is preferred: global before local, then the
 * shorter name (memcpy before __memcpy_erms), then the alphabet, so that it doesn't depend on
 * the linker. */
static int
func_cmp(const void *pa, const void *pb)
{
	const struct symbol *a = pa, *b = pb;
	size_t na, nb;

	if (a->addr != b->addr)
		return a->addr < b->addr ? -1 : 1;
	if ((a->bind == STB_LOCAL) != (b->bind == STB_LOCAL))
		return a->bind == STB_LOCAL ? -1 : 1;
	na = strlen(a->name);
	nb = strlen(b->name);
	if (na != nb)
		return na > nb ? -1 : 1;
	return strcmp(b->name, a->name);
}

static void
read_funcs(struct elf *e)
{
	struct func_list l = {0};

	e->has_func = true;
	each_symbol(e, SHT_SYMTAB, add_func, &l);
	if (e->nfunc == 0)
		each_symbol(e, SHT_DYNSYM, add_func, &l);
	if (e->nfunc > 0)
		qsort(e->func, e->nfunc, sizeof(*e->func), func_cmp);
}

static const struct symbol *
func_at(struct elf *e, uint64_t addr)
{
	enum { LOOK_BACK = 16 };	/* functions inside functions */
	size_t lo = 0, hi;

	if (!e->has_func)
		read_funcs(e);
	hi = e->nfunc;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (e->func[mid].addr <= addr)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (size_t i = 0; i < LOOK_BACK && lo > 0; i++) {
		const struct symbol *s = &e->func[--lo];

		if (addr - s->addr < s->bytes)
			return s;
	}
	return NULL;
}

const char *
elf_symbol_at(struct elf *e, uint64_t addr, uint64_t *sym_addr)
{
	const struct symbol *s = func_at(e, addr);

	if (s == NULL)
		return NULL;
	if (sym_addr != NULL)
		*sym_addr = s->addr;
	return s->name;
}

uint64_t
elf_function_bytes(struct elf *e, uint64_t addr)
{
	const struct symbol *s = func_at(e, addr);

	return s != NULL ? s->bytes - (addr - s->addr) : 0;
}

bool
elf_func(struct elf *e, size_t i, struct elf_func *func)
{
	if (!e->has_func)
		read_funcs(e);
	if (i >= e->nfunc)
		return false;
	*func = (struct elf_func){ e->func[i].addr, e->func[i].bytes, e->func[i].name,
	    e->func[i].is_ifunc };
	return true;
}

static void
count_symbol(struct elf *e, void *self, const GElf_Sym *sym, const char *name)
{
	size_t *n = self;

	(void)e, (void)sym, (void)name;
	++*n;
}

/* `bytes` is 0 for a symbol with an address, else the errno of asking for it. */
static void
add_name(struct elf *e, void *self, const GElf_Sym *sym, const char *name)
{
	size_t *n = self;
	int type = GELF_ST_TYPE(sym->st_info);
	struct symbol *old = map_get(&e->by_name, name);

	if (type == STT_FILE || type == STT_SECTION)
		return;
	if (old != NULL) {
		if (old->addr != sym->st_value)
			old->bytes = EEXIST;
		return;
	}
	e->symbol[*n] = (struct symbol){ .addr = sym->st_value, .name = name };
	if (type == STT_TLS || sym->st_shndx == SHN_ABS)
		e->symbol[*n].bytes = ENOTSUP;
	map_put(&e->by_name, name, &e->symbol[*n]);
	++*n;
}

int
elf_symbol_find(struct elf *e, const char *name, uint64_t *addr)
{
	struct symbol *s;
	size_t n = 0;

	if (!e->has_by_name) {
		e->has_by_name = true;
		each_symbol(e, SHT_SYMTAB, count_symbol, &n);
		each_symbol(e, SHT_DYNSYM, count_symbol, &n);
		e->symbol = calloc(n + 1, sizeof(*e->symbol));
		n = 0;
		if (e->symbol != NULL) {
			each_symbol(e, SHT_SYMTAB, add_name, &n);
			each_symbol(e, SHT_DYNSYM, add_name, &n);
		}
	}
	s = map_get(&e->by_name, name);
	if (s == NULL)
		return -ENOENT;
	*addr = s->addr;
	return -(int)s->bytes;
}

uint64_t
elf_skip_endbr(const struct elf *e, uint64_t addr)
{
	static const unsigned char endbr64[] = { 0xf3, 0x0f, 0x1e, 0xfa };
	unsigned char code[sizeof(endbr64)];

	if (elf_read(e, addr, code, sizeof(code)) && memcmp(code, endbr64, sizeof(code)) == 0)
		return addr + sizeof(endbr64);
	return addr;
}

bool
elf_frame_hdr(const struct elf *e, uint64_t *addr, uint64_t *bytes)
{
	*addr = e->frame_hdr;
	*bytes = e->frame_hdr_bytes;
	return e->frame_hdr_bytes > 0;
}

bool
elf_segment(const struct elf *e, size_t i, uint64_t *addr, uint64_t *bytes, bool *is_exec)
{
	if (i >= e->nload)
		return false;
	*addr = e->load[i].p_vaddr;
	*bytes = e->load[i].p_filesz;
	*is_exec = (e->load[i].p_flags & PF_X) != 0;
	return true;
}

struct relative_walk {
	void (*fn)(void *self, uint64_t at, const uint64_t *value);
	void *self;
};

static void
walk_rela(struct elf *e, Elf_Data *data, const struct relative_walk *w)
{
	GElf_Xword relative = e->ehdr.e_machine == EM_AARCH64 ? R_AARCH64_RELATIVE
	    : R_X86_64_RELATIVE;
	size_t n = data->d_size / sizeof(Elf64_Rela);
	GElf_Rela r;

	for (size_t i = 0; i < n && gelf_getrela(data, (int)i, &r) != NULL; i++) {
		uint64_t value = (uint64_t)r.r_addend;

		if (GELF_R_TYPE(r.r_info) == relative)
			w->fn(w->self, r.r_offset, &value);
	}
}

/* A word is an address to relocate, or (odd) says which of the 63 words behind the last are. */
static void
walk_relr(struct elf *e, Elf_Data *data, const struct relative_walk *w)
{
	const unsigned char *bytes = data->d_buf;
	uint64_t next = 0;

	for (size_t i = 0; i + 8 <= data->d_size; i += 8) {
		uint64_t v = number(e, bytes + i, word_bytes(e));

		if ((v & 1) == 0) {
			w->fn(w->self, v, NULL);
			next = v + 8;
			continue;
		}
		for (unsigned bit = 1; bit < 64; bit++)
			if (v >> bit & 1)
				w->fn(w->self, next + 8 * (bit - 1), NULL);
		next += 8 * 63;
	}
}

void
elf_each_relative(struct elf *e, void (*fn)(void *self, uint64_t at, const uint64_t *value),
    void *self)
{
	static const struct {
		GElf_Word type, max;
		void (*walk)(struct elf *, Elf_Data *, const struct relative_walk *);
	} kind[] = {
		{ SHT_RELA, RELA_MAX, walk_rela },
		{ SECTION_RELR, RELR_MAX, walk_relr },
	};
	const struct relative_walk w = { fn, self };

	if (e->ehdr.e_ident[EI_CLASS] != ELFCLASS64)
		return;
	for (size_t i = 0; i < sizeof(kind) / sizeof(kind[0]); i++) {
		Elf_Scn *scn = NULL;
		GElf_Shdr sh;

		while ((scn = elf_next_section(e, scn, kind[i].type, NULL, &sh)) != NULL) {
			Elf_Data *data;

			if ((sh.sh_flags & SHF_ALLOC) == 0 || sh.sh_size > kind[i].max)
				continue;
			data = kind[i].type == SHT_RELA ? elf_getdata(scn, NULL)
			    : elf_rawdata(scn, NULL);
			if (data != NULL && data->d_buf != NULL)
				kind[i].walk(e, data, &w);
		}
	}
}
