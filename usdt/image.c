/* The ELF image of a provider's probes: see image.h. Sizes first, then every section in order. */
#include "usdt/image.h"

#include <elf.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What depends on the machine: the code of a site, and where a C call passes its arguments, for
 * a stub is a function that is called with them. Those behind the registers are on the stack, on
 * x86-64 above the return address. */
#if defined(__x86_64__)
enum { MACHINE = EM_X86_64 };
static const char *const operand[USDT_MAX_ARGS] = {
	"%rdi", "%rsi", "%rdx", "%rcx", "%r8", "%r9",
	"8(%rsp)", "16(%rsp)", "24(%rsp)", "32(%rsp)", "40(%rsp)", "48(%rsp)",
};
#define INT3 0xcc
static const unsigned char stub_code[][IMAGE_STUB] = {
	[IMAGE_NOP1] = { 0x90, 0xc3, INT3, INT3, INT3, INT3, INT3, INT3,
	    INT3, INT3, INT3, INT3, INT3, INT3, INT3, INT3 },
	[IMAGE_NOP5] = { 0x0f, 0x1f, 0x44, 0x00, 0x00, 0xc3, INT3, INT3,
	    INT3, INT3, INT3, INT3, INT3, INT3, INT3, INT3 },
};
#elif defined(__aarch64__)
enum { MACHINE = EM_AARCH64 };
static const char *const operand[USDT_MAX_ARGS] = {
	"x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "[sp]", "[sp, 8]", "[sp, 16]", "[sp, 24]",
};
#define NOP_RET	0x1f, 0x20, 0x03, 0xd5, 0xc0, 0x03, 0x5f, 0xd6
#define BRK0	0x00, 0x00, 0x20, 0xd4
static const unsigned char stub_code[][IMAGE_STUB] = {
	[IMAGE_NOP1] = { NOP_RET, BRK0, BRK0 },
	[IMAGE_NOP5] = { NOP_RET, BRK0, BRK0 },
};
#endif

enum section {
	S_NULL, S_BUILD_ID, S_HASH, S_DYNSYM, S_DYNSTR, S_BASE, S_TEXT, S_DYNAMIC, S_PROBES,
	S_STAPSDT, S_USDT, S_SHSTRTAB, NSECTION
};

static const struct section_kind {
	const char *name;
	uint32_t type, flags, link, info, align, entry_bytes;
} section_kind[NSECTION] = {
	[S_NULL] = { .name = "" },
	[S_BUILD_ID] = { ".note.gnu.build-id", SHT_NOTE, SHF_ALLOC, .align = 4 },
	[S_HASH] = { ".hash", SHT_HASH, SHF_ALLOC, S_DYNSYM, .align = 8, .entry_bytes = 4 },
	[S_DYNSYM] = { ".dynsym", SHT_DYNSYM, SHF_ALLOC, S_DYNSTR, 1, 8, sizeof(Elf64_Sym) },
	[S_DYNSTR] = { ".dynstr", SHT_STRTAB, SHF_ALLOC, .align = 1 },
	[S_BASE] = { ".stapsdt.base", SHT_PROGBITS, SHF_ALLOC, .align = 1 },
	[S_TEXT] = { ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, .align = IMAGE_STUB },
	[S_DYNAMIC] = { ".dynamic", SHT_DYNAMIC, SHF_ALLOC | SHF_WRITE, S_DYNSTR,
	    .align = 8, .entry_bytes = sizeof(Elf64_Dyn) },
	[S_PROBES] = { ".probes", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, .align = 2 },
	[S_STAPSDT] = { ".note.stapsdt", SHT_NOTE, .align = 4 },
	[S_USDT] = { ".note.usdt", SHT_NOTE, .align = 4 },
	[S_SHSTRTAB] = { ".shstrtab", SHT_STRTAB, .align = 1 },
};

enum { NPHDR = 6, NDYN = 6, NOTE_TYPE_STAPSDT = 3, NOTE_TYPE_USDT = 1 };

/* The build: where each section is, and where the next byte goes. */
struct build {
	struct image *image;
	const char *provider;
	const struct image_probe *const *probe;
	size_t n, nsym;
	enum image_nop nop;
	size_t off[NSECTION], bytes[NSECTION], headers, page;
	size_t at;
};

static size_t
round_up(size_t n, size_t to)
{
	return (n + to - 1) / to * to;
}

const char *
image_type_name(int type)
{
	static const struct { int type; const char *name; } row[] = {
		{ USDT_UINT8, "uint8_t" }, { USDT_INT8, "int8_t" },
		{ USDT_UINT16, "uint16_t" }, { USDT_INT16, "int16_t" },
		{ USDT_UINT32, "uint32_t" }, { USDT_INT32, "int32_t" },
		{ USDT_UINT64, "uint64_t" }, { USDT_INT64, "int64_t" },
		{ USDT_STRING, "char *" }, { USDT_DOUBLE, "double" },
	};
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++)
		if (row[i].type == type)
			return row[i].name;
	return NULL;
}

const unsigned char *
image_stub_code(enum image_nop nop)
{
	return stub_code[nop];
}

size_t
image_stub(const struct image *image, size_t i)
{
	return image->text + i * IMAGE_STUB;
}

size_t
image_semaphore(const struct image *image, size_t i)
{
	return image->sem + i * sizeof(uint16_t);
}

/* Text of the standard note: "8@%rdi -4@%rsi". gives: its length without the zero byte. A float
 * operand would make other tracers refuse the probe, so that a double is 8 bytes like a string. */
static size_t
args_text(const struct image_probe *p, char *to, size_t to_bytes)
{
	size_t n = 0;

	*to = '\0';
	for (unsigned i = 0; i < p->nargs; i++) {
		int bytes = p->type[i] < 0 ? p->type[i] : p->type[i] & 15;
		n += (size_t)snprintf(to + n, to_bytes - n, "%s%d@%s", i > 0 ? " " : "", bytes,
		    operand[i]);
	}
	return n;
}

static const char *
arg_name(const struct image_probe *p, unsigned i)
{
	return p->arg_name[i] != NULL ? p->arg_name[i] : "";
}

static size_t
note_bytes(size_t name_bytes, size_t desc_bytes)
{
	return sizeof(Elf64_Nhdr) + round_up(name_bytes, 4) + round_up(desc_bytes, 4);
}

static size_t
stapsdt_desc_bytes(const struct build *b, const struct image_probe *p)
{
	char args[256];

	return 3 * sizeof(uint64_t) + strlen(b->provider) + 1 + strlen(p->name) + 1 +
	    args_text(p, args, sizeof(args)) + 1;
}

static size_t
usdt_desc_bytes(const struct image_probe *p)
{
	size_t n = 2 * sizeof(uint64_t) + sizeof(uint32_t);

	for (unsigned i = 0; i < p->nargs; i++)
		n += strlen(image_type_name(p->type[i])) + 1 + strlen(arg_name(p, i)) + 1;
	return n;
}

/* The sizes of all sections, which need no addresses, and then where they are. */
static void
lay_out(struct build *b)
{
	struct image *image = b->image;

	b->nsym = 1 + 2 * b->n;
	b->bytes[S_BUILD_ID] = note_bytes(sizeof("GNU"), IMAGE_ID);
	b->bytes[S_HASH] = (2 + b->n + b->nsym) * sizeof(uint32_t);
	b->bytes[S_DYNSYM] = b->nsym * sizeof(Elf64_Sym);
	b->bytes[S_DYNSTR] = 1;
	b->bytes[S_BASE] = 1;
	b->bytes[S_TEXT] = b->n * IMAGE_STUB;
	b->bytes[S_DYNAMIC] = NDYN * sizeof(Elf64_Dyn);
	b->bytes[S_PROBES] = b->n * sizeof(uint16_t);
	for (size_t i = 0; i < b->n; i++) {
		const struct image_probe *p = b->probe[i];
		b->bytes[S_DYNSTR] += 2 * strlen(p->name) + sizeof("_semaphore") + 1;
		b->bytes[S_STAPSDT] += note_bytes(sizeof("stapsdt"), stapsdt_desc_bytes(b, p));
		b->bytes[S_USDT] += note_bytes(sizeof("usdt"), usdt_desc_bytes(p));
	}
	for (int s = 0; s < NSECTION; s++)
		b->bytes[S_SHSTRTAB] += strlen(section_kind[s].name) + 1;

	size_t at = sizeof(Elf64_Ehdr) + NPHDR * sizeof(Elf64_Phdr);
	for (int s = S_BUILD_ID; s < NSECTION; s++) {
		bool is_page = s == S_TEXT || s == S_DYNAMIC || s == S_PROBES || s == S_STAPSDT;
		at = round_up(at, is_page ? b->page : section_kind[s].align);
		b->off[s] = at;
		at += b->bytes[s];
	}
	b->headers = round_up(at, 8);
	image->nbytes = b->headers + NSECTION * sizeof(Elf64_Shdr);
	image->text = b->off[S_TEXT];
	image->text_bytes = round_up(b->bytes[S_TEXT], b->page);
	image->sem = b->off[S_PROBES];
	image->sem_bytes = round_up(b->bytes[S_PROBES], b->page);
	image->loaded_bytes = image->sem + image->sem_bytes;
}

static void
put(struct build *b, const void *from, size_t n)
{
	memcpy(b->image->bytes + b->at, from, n);
	b->at += n;
}

static void
put_string(struct build *b, const char *s)
{
	put(b, s, strlen(s) + 1);
}

static void
put_u64(struct build *b, uint64_t x)
{
	put(b, &x, sizeof(x));
}

static void
put_headers(struct build *b)
{
	Elf64_Ehdr ehdr = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64,
		    __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB,
		    EV_CURRENT },
		.e_type = ET_DYN, .e_machine = MACHINE, .e_version = EV_CURRENT,
		.e_phoff = sizeof(Elf64_Ehdr), .e_shoff = b->headers,
		.e_ehsize = sizeof(Elf64_Ehdr),
		.e_phentsize = sizeof(Elf64_Phdr), .e_phnum = NPHDR,
		.e_shentsize = sizeof(Elf64_Shdr), .e_shnum = NSECTION, .e_shstrndx = S_SHSTRTAB,
	};
	const struct { uint32_t type, flags; size_t from, to, align; } segment[NPHDR] = {
		{ PT_LOAD, PF_R, 0, b->off[S_BASE] + 1, b->page },
		{ PT_LOAD, PF_R | PF_X, b->off[S_TEXT], b->off[S_TEXT] + b->bytes[S_TEXT],
		    b->page },
		{ PT_LOAD, PF_R | PF_W, b->off[S_DYNAMIC], b->off[S_PROBES] + b->bytes[S_PROBES],
		    b->page },
		{ PT_DYNAMIC, PF_R | PF_W, b->off[S_DYNAMIC],
		    b->off[S_DYNAMIC] + b->bytes[S_DYNAMIC], 8 },
		{ PT_NOTE, PF_R, b->off[S_BUILD_ID], b->off[S_BUILD_ID] + b->bytes[S_BUILD_ID], 4 },
		{ PT_GNU_STACK, PF_R | PF_W, 0, 0, 16 },
	};
	put(b, &ehdr, sizeof(ehdr));
	for (int i = 0; i < NPHDR; i++) {
		size_t bytes = segment[i].to - segment[i].from;
		Elf64_Phdr phdr = {
			.p_type = segment[i].type, .p_flags = segment[i].flags,
			.p_offset = segment[i].from, .p_vaddr = segment[i].from,
			.p_paddr = segment[i].from, .p_filesz = bytes, .p_memsz = bytes,
			.p_align = segment[i].align,
		};
		put(b, &phdr, sizeof(phdr));
	}
}

static void
put_section_headers(struct build *b)
{
	uint32_t name = 0;

	for (int s = 0; s < NSECTION; s++) {
		const struct section_kind *kind = &section_kind[s];
		Elf64_Shdr shdr = {
			.sh_name = name, .sh_type = kind->type, .sh_flags = kind->flags,
			.sh_addr = kind->flags & SHF_ALLOC ? b->off[s] : 0,
			.sh_offset = b->off[s], .sh_size = b->bytes[s],
			.sh_link = kind->link, .sh_info = kind->info,
			.sh_addralign = kind->align, .sh_entsize = kind->entry_bytes,
		};
		put(b, &shdr, sizeof(shdr));
		name += (uint32_t)strlen(kind->name) + 1;
	}
}

/* Each probe has a function, its stub, and an object, its semaphore: symbols 1 + 2i and 2 + 2i. */
static void
put_symbols(struct build *b)
{
	uint32_t name = 1;

	b->at += sizeof(Elf64_Sym);
	for (size_t i = 0; i < b->n; i++) {
		uint32_t name_bytes = (uint32_t)strlen(b->probe[i]->name) + 1;
		Elf64_Sym stub = {
			.st_name = name, .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC),
			.st_shndx = S_TEXT, .st_value = image_stub(b->image, i),
			.st_size = IMAGE_STUB,
		};
		Elf64_Sym semaphore = {
			.st_name = name + name_bytes,
			.st_info = ELF64_ST_INFO(STB_GLOBAL, STT_OBJECT),
			.st_shndx = S_PROBES, .st_value = image_semaphore(b->image, i),
			.st_size = sizeof(uint16_t),
		};
		put(b, &stub, sizeof(stub));
		put(b, &semaphore, sizeof(semaphore));
		name += 2 * name_bytes + (uint32_t)sizeof("_semaphore") - 1;
	}
}

static void
put_symbol_names(struct build *b)
{
	put_string(b, "");
	for (size_t i = 0; i < b->n; i++) {
		put_string(b, b->probe[i]->name);
		put(b, b->probe[i]->name, strlen(b->probe[i]->name));
		put_string(b, "_semaphore");
	}
}

/* The hash function of the System V ABI. */
static uint32_t
symbol_hash(const char *name)
{
	uint32_t h = 0;

	for (; *name != '\0'; name++) {
		h = (h << 4) + (unsigned char)*name;
		h ^= (h & 0xf0000000) >> 24;
		h &= 0x0fffffff;
	}
	return h;
}

/* As many buckets as probes. A bucket is the number of a symbol, a chain that of the next one. */
static void
put_hash(struct build *b)
{
	uint32_t *table = (uint32_t *)(void *)(b->image->bytes + b->at);
	uint32_t nbucket = (uint32_t)b->n, *bucket = table + 2, *chain = bucket + nbucket;
	const char *names = (const char *)b->image->bytes + b->off[S_DYNSTR];
	const void *symbols = b->image->bytes + b->off[S_DYNSYM];
	const Elf64_Sym *sym = symbols;

	table[0] = nbucket;
	table[1] = (uint32_t)b->nsym;
	for (uint32_t i = 1; i < b->nsym; i++) {
		uint32_t *head = &bucket[symbol_hash(names + sym[i].st_name) % nbucket];
		chain[i] = *head;
		*head = i;
	}
}

static void
put_dynamic(struct build *b)
{
	const Elf64_Dyn dyn[NDYN] = {
		{ DT_HASH, { b->off[S_HASH] } },
		{ DT_STRTAB, { b->off[S_DYNSTR] } },
		{ DT_SYMTAB, { b->off[S_DYNSYM] } },
		{ DT_STRSZ, { b->bytes[S_DYNSTR] } },
		{ DT_SYMENT, { sizeof(Elf64_Sym) } },
		{ DT_NULL, { 0 } },
	};
	put(b, dyn, sizeof(dyn));
}

static void
put_note(struct build *b, const char *owner, size_t desc_bytes, uint32_t type)
{
	Elf64_Nhdr nhdr = {
		.n_namesz = (uint32_t)strlen(owner) + 1, .n_descsz = (uint32_t)desc_bytes,
		.n_type = type,
	};
	put(b, &nhdr, sizeof(nhdr));
	put_string(b, owner);
	b->at = round_up(b->at, 4);
}

static void
put_stapsdt_notes(struct build *b)
{
	for (size_t i = 0; i < b->n; i++) {
		const struct image_probe *p = b->probe[i];
		char args[256];
		put_note(b, "stapsdt", stapsdt_desc_bytes(b, p), NOTE_TYPE_STAPSDT);
		put_u64(b, image_stub(b->image, i));
		put_u64(b, b->off[S_BASE]);
		put_u64(b, image_semaphore(b->image, i));
		put_string(b, b->provider);
		put_string(b, p->name);
		args_text(p, args, sizeof(args));
		put_string(b, args);
		b->at = round_up(b->at, 4);
	}
}

static void
put_usdt_notes(struct build *b)
{
	for (size_t i = 0; i < b->n; i++) {
		const struct image_probe *p = b->probe[i];
		uint32_t nargs = p->nargs;
		put_note(b, "usdt", usdt_desc_bytes(p), NOTE_TYPE_USDT);
		put_u64(b, image_stub(b->image, i));
		put_u64(b, b->off[S_BASE]);
		put(b, &nargs, sizeof(nargs));
		for (unsigned j = 0; j < p->nargs; j++) {
			put_string(b, image_type_name(p->type[j]));
			put_string(b, arg_name(p, j));
		}
		b->at = round_up(b->at, 4);
	}
}

/* A hash of all the bytes, to name files by; equality is always checked on the bytes. */
static void
put_build_id(struct build *b)
{
	uint64_t lane[3] = { 0x9e3779b97f4a7c15, 0xc2b2ae3d27d4eb4f, 0x165667b19e3779f9 };

	for (size_t i = 0; i + 8 <= b->image->nbytes; i += 8) {
		uint64_t word;
		memcpy(&word, b->image->bytes + i, sizeof(word));
		for (int k = 0; k < 3; k++) {
			lane[k] = (lane[k] ^ word) * (0x9fb21c651e98df25 + 2 * (uint64_t)k);
			lane[k] ^= lane[k] >> 32;
		}
	}
	memcpy(b->image->id, lane, IMAGE_ID);
	b->at = b->off[S_BUILD_ID];
	put_note(b, "GNU", IMAGE_ID, NT_GNU_BUILD_ID);
	put(b, b->image->id, IMAGE_ID);
}

static void
put_stubs(struct build *b)
{
	for (size_t i = 0; i < b->n; i++)
		put(b, stub_code[b->nop], IMAGE_STUB);
}

static void
put_section_names(struct build *b)
{
	for (int s = 0; s < NSECTION; s++)
		put_string(b, section_kind[s].name);
}

int
image_build(struct image *image, const char *provider, const struct image_probe *const *probe,
    size_t n, enum image_nop nop)
{
	static const struct { enum section section; void (*put)(struct build *); } step[] = {
		{ S_DYNSTR, put_symbol_names },
		{ S_DYNSYM, put_symbols },
		{ S_HASH, put_hash },
		{ S_TEXT, put_stubs },
		{ S_DYNAMIC, put_dynamic },
		{ S_STAPSDT, put_stapsdt_notes },
		{ S_USDT, put_usdt_notes },
		{ S_SHSTRTAB, put_section_names },
	};
	struct build b = {
		.image = image, .provider = provider, .probe = probe, .n = n, .nop = nop,
		.page = (size_t)sysconf(_SC_PAGESIZE),
	};

	*image = (struct image){0};
	lay_out(&b);
	image->bytes = calloc(1, image->nbytes);
	if (image->bytes == NULL)
		return USDT_E_MEMORY;
	put_headers(&b);
	for (size_t i = 0; i < sizeof(step) / sizeof(*step); i++) {
		b.at = b.off[step[i].section];
		step[i].put(&b);
	}
	b.at = b.headers;
	put_section_headers(&b);
	put_build_id(&b);
	return 0;
}

void
image_fini(struct image *image)
{
	free(image->bytes);
	*image = (struct image){0};
}
