/* Facts about CPython, read from its ELF file, and held against a process. */
#include "interp/cpython.h"

#include <elf.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "interp/evalframe.h"
#include "interp/flow.h"
#include "interp/handler.h"
#include "interp/image.h"
#include "interp/x86.h"
#include "os/elf.h"
#include "os/proc.h"

enum { VERSION_3_11 = 0x030B };

/* Py_Version is 0xMMmmppRR; the interpreter exports it from 3.11 on. */
static bool
is_3_11(struct elf *elf)
{
	uint64_t addr;
	uint32_t version;

	return elf_symbol_find(elf, "Py_Version", &addr) == 0
	    && elf_read(elf, addr, &version, sizeof(version))
	    && version >> 16 == VERSION_3_11;
}

static int
find_line(void *self, const struct elf_sdt *n)
{
	uint64_t *semaphore = self;

	if (strcmp(n->prov, "python") != 0 || strcmp(n->name, "line") != 0)
		return 0;
	*semaphore = n->semaphore;
	return 1;
}

static void
ignore(void *self, const char *why)
{
	(void)self;
	(void)why;
}

bool
cpython_needs_line(struct elf *elf, uint64_t *off, uint64_t *semaphore_off)
{
	uint64_t cold, semaphore = 0;

	if (!is_3_11(elf))
		return false;
	elf_each_sdt(elf, find_line, ignore, &semaphore);
	return semaphore != 0
	    && elf_symbol_find(elf, "Py_FinalizeEx", &cold) == 0
	    && elf_file_offset(elf, elf_skip_endbr(elf, cold), true, off)
	    && elf_file_offset(elf, semaphore, false, semaphore_off);
}

static const struct cpython_layout layout_table[] = {
#define CPYTHON(...) { __VA_ARGS__ },
#include "interp/cpython.def"
#undef CPYTHON
};

static const struct cpython_layout *
find_layout(uint32_t release, bool is_free_threaded)
{
	for (size_t i = 0; i < sizeof(layout_table) / sizeof(layout_table[0]); i++)
		if (layout_table[i].version == release >> 16 &&
		    layout_table[i].is_free_threaded == is_free_threaded)
			return &layout_table[i];
	return NULL;
}

/* The interpreter says where things are, from 3.13 on; a build of its own kind says otherwise
 * than ours. */
static bool
is_as_it_says(const struct elf *elf, const struct cpython *c)
{
	const struct cpython_layout *l = c->layout;
	const struct {
		uint8_t word;
		uint16_t off;
	} want[] = {
		{ l->debug.interpreters, l->runtime_interpreters },
		{ l->debug.interp_next, l->interp_next },
		{ l->debug.interp_threads, l->interp_threads },
		{ l->debug.tstate_next, l->tstate_next },
		{ l->debug.tstate_interp, l->tstate_interp },
		{ l->debug.tstate_frame, l->tstate_frame },
		{ l->debug.tstate_thread_id, l->tstate_thread_id },
		{ l->debug.frame_code, l->frame_code },
		{ l->debug.frame_instr, l->frame_instr },
		{ l->debug.code_file, l->code_file },
		{ l->debug.code_name, l->code_name },
		{ l->debug.code_qualname, l->code_qualname },
		{ l->debug.code_lines, l->code_lines },
		{ l->debug.code_line, l->code_line },
		{ l->debug.code_bytecode, l->code_bytecode },
		{ l->debug.str_state, l->str_state },
		{ l->debug.str_ascii, l->str_ascii },
	};

	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		uint64_t v;

		if (want[i].word != 0 &&
		    (!elf_read(elf, c->runtime + 8 + 8u * want[i].word, &v, sizeof(v)) ||
		    v != want[i].off))
			return false;
	}
	return true;
}

/* _Py_DebugOffsets: a cookie, the version, and whether it is free-threaded. */
static bool
is_free_threaded(const struct elf *elf, uint64_t runtime)
{
	uint64_t word[3];

	return elf_read(elf, runtime, word, sizeof(word)) &&
	    memcmp(word, "xdebugpy", sizeof(word[0])) == 0 && word[2] != 0;
}

/*
 * _PyThreadState_GetCurrent() is one load of a thread-local variable:
 *
 *     mov %fs:OFFSET, %rax                  in a program
 *     data16 lea GOT(%rip), %rdi; call …    in a library
 */
static void
find_tls(struct elf *elf, struct cpython *c)
{
	static const uint8_t fs[] = { 0x64, 0x48, 0x8b, 0x04, 0x25 };
	static const uint8_t lea[] = { 0x66, 0x48, 0x8d, 0x3d };
	enum { NEAR = 16 };
	uint8_t code[NEAR + 16];
	uint64_t addr;
	int32_t v;

	c->tls = CPYTHON_TLS_NONE;
	if (c->layout->runtime_tstate != 0) {
		c->tls = CPYTHON_TLS_RUNTIME;
		c->tls_at = (int64_t)c->runtime + c->layout->runtime_tstate;
		return;
	}
	if (elf_symbol_find(elf, "_PyThreadState_GetCurrent", &addr) != 0)
		return;
	addr = elf_skip_endbr(elf, addr);
	if (!elf_read(elf, addr, code, sizeof(code)))
		return;
	for (unsigned i = 0; i < NEAR; i++) {
		if (memcmp(code + i, fs, sizeof(fs)) == 0) {
			memcpy(&v, code + i + sizeof(fs), sizeof(v));
			c->tls = CPYTHON_TLS_FS;
			c->tls_at = v;
			return;
		}
		if (memcmp(code + i, lea, sizeof(lea)) == 0) {
			memcpy(&v, code + i + sizeof(lea), sizeof(v));
			c->tls = CPYTHON_TLS_GOT;
			c->tls_at = (int64_t)addr + i + (int64_t)sizeof(lea) + 4 + v;
			return;
		}
	}
}

static int
find_function_entry(void *self, const struct elf_sdt *n)
{
	bool *has = self;

	*has |= strcmp(n->prov, "python") == 0 && strcmp(n->name, "function__entry") == 0;
	return *has;
}

/*
 * Interpreters before 3.11 have their version in a text only, "3.8.18", which Py_GetVersion()
 * takes the address of.
 */
static bool
is_version(const struct image *image, uint64_t addr, uint32_t *release)
{
	enum { TEXT = 12, FINAL = 0xf0 };
	size_t n;
	const uint8_t *at = image_at(image, addr, &n);
	char text[TEXT + 1] = "";
	unsigned major, minor, micro;
	int len = 0;

	if (at == NULL || n < TEXT)
		return false;
	memcpy(text, at, TEXT);
	if (sscanf(text, "%1u.%2u.%2u%n", &major, &minor, &micro, &len) != 3 || major != 3)
		return false;
	/* "+": built from a checkout; "a1", "rc1": a pre-release */
	*release = major << 24 | minor << 16 | micro << 8 |
	    (text[len] == '\0' || text[len] == '+' ? FINAL : 0);
	return true;
}

static bool
find_version(struct elf *elf, const struct image *image, uint32_t *release)
{
	enum { STEPS = 64, MOV_FIRST = 0xb8, MOV_LAST = 0xbf };
	struct x86_insn in;
	struct flow f;
	uint64_t addr;

	if (elf_symbol_find(elf, "Py_GetVersion", &addr) != 0)
		return false;
	flow_begin(&f, image, flow_skip_endbr(image, addr));
	for (int i = 0; i < STEPS && flow_decode(&f, &in) && !x86_is_end(&in); i++) {
		uint64_t to = (in.op >= MOV_FIRST && in.op <= MOV_LAST) ||
		    (in.op == 0xc7 && !in.is_mem) ? (uint64_t)in.imm :
		    in.op == 0x8d && in.base < 0 ? f.pc + in.bytes + (uint64_t)(int64_t)in.disp : 0;

		if (to != 0 && is_version(image, to, release))
			return true;
		flow_next(&f, &in);
	}
	return false;
}

static void
read_version(struct elf *elf, struct cpython *c)
{
	struct image image;
	uint64_t at;

	if (elf_symbol_find(elf, "Py_Version", &at) == 0) {
		if (!elf_read(elf, at, &c->release, sizeof(c->release)))
			c->release = 0;
		return;
	}
	if (!image_read(&image, elf) || !find_version(elf, &image, &c->release))
		c->release = 0;
	image_fini(&image);
}

static void
find_objects(struct elf *elf, struct cpython *c)
{
	static const char *const name[CPYTHON_OBJECTS] = {
		[CPYTHON_INT] = "PyLong_Type",
		[CPYTHON_FLOAT] = "PyFloat_Type",
		[CPYTHON_STR] = "PyUnicode_Type",
		[CPYTHON_BOOL] = "PyBool_Type",
		[CPYTHON_CELL] = "PyCell_Type",
		[CPYTHON_NONE] = "_Py_NoneStruct",
		[CPYTHON_TRUE] = "_Py_TrueStruct",
	};

	for (size_t i = 0; i < CPYTHON_OBJECTS; i++)
		if (elf_symbol_find(elf, name[i], &c->object[i]) != 0)
			c->object[i] = 0;
}

static void
read_code(struct elf *elf, struct cpython *c)
{
	struct image image;
	uint64_t eval;
	bool is_object = c->layout->is_object;

	if (elf_symbol_find(elf, "_PyEval_EvalFrameDefault", &eval) != 0)
		eval = 0;
	if (!image_read(&image, elf))
		snprintf(c->why, sizeof(c->why), "its file can't be read");
	else if (is_object ? !evalframe_find(&image, c->layout, eval,
	    elf_function_bytes(elf, eval), c->handlers) :
	    !handlers_find(&image, c->layout, eval, c->handlers))
		snprintf(c->why, sizeof(c->why), "%s", c->handlers->why);
	image_fini(&image);
}

/* Why it can't be traced by its code, but for its code. */
static void
find_layout_of(struct elf *elf, struct cpython *c)
{
	enum { RELEASE_LEVEL_FINAL = 0xf };
	bool is_ft = is_free_threaded(elf, c->runtime);

	c->layout = find_layout(c->release, is_ft);
	if (c->release == 0)
		snprintf(c->why, sizeof(c->why), "its version can't be told");
	else if (elf_machine(elf) != EM_X86_64)
		snprintf(c->why, sizeof(c->why), "its code is not x86-64");
	else if (c->layout == NULL)
		snprintf(c->why, sizeof(c->why), "version %u.%u%s is not one that we know",
		    c->release >> 24, c->release >> 16 & 0xff, is_ft ? "t" : "");
	else if ((c->release >> 4 & 0xf) != RELEASE_LEVEL_FINAL)
		snprintf(c->why, sizeof(c->why), "it is a pre-release");
	else if (!is_as_it_says(elf, c))
		snprintf(c->why, sizeof(c->why), "its structures are not those of version %u.%u",
		    c->release >> 24, c->release >> 16 & 0xff);
}

bool
cpython_read(struct elf *elf, struct cpython *c, struct handlers *h)
{
	*c = (struct cpython){ .handlers = h };
	if (elf_symbol_find(elf, "_PyRuntime", &c->runtime) != 0)
		return false;
	elf_each_sdt(elf, find_function_entry, ignore, &c->has_probes);
	read_version(elf, c);
	find_layout_of(elf, c);
	c->is_true = c->has_probes && c->release >> 16 <= VERSION_3_11;
	if (c->why[0] == '\0') {
		find_tls(elf, c);
		find_objects(elf, c);
		if (!c->is_true && h != NULL)
			read_code(elf, c);
	}
	return true;
}

static bool
read_word(pid_t pid, uint64_t addr, uint64_t *v)
{
	return proc_read(pid, addr, v, sizeof(*v)) == 0;
}

/* Is there a code object, with a name that we could read? */
static bool
is_code(const struct cpython_layout *l, pid_t pid, uint64_t code)
{
	uint64_t type, name, str;
	uint32_t state;
	char text[8];

	/* the name of a type is the first member of it, behind what all objects with a size have */
	return read_word(pid, code + l->ob_type, &type) &&
	    read_word(pid, type + l->bytes_size + 8, &name) &&
	    proc_read(pid, name, text, sizeof("code")) == 0 &&
	    memcmp(text, "code", sizeof("code")) == 0 &&
	    read_word(pid, code + l->code_name, &str) &&
	    proc_read(pid, str + l->str_state, &state, sizeof(state)) == 0 &&
	    (state >> l->str_compact_bit & 1) != 0;
}

/* Some frame of the thread runs a code object; a thread without frames has nothing to say. */
static bool
check_frames(const struct cpython_layout *l, pid_t pid, uint64_t tstate)
{
	enum { LOOK = 16 };
	uint64_t frame, code;

	if (!read_word(pid, tstate + l->tstate_frame, &frame) ||
	    (l->has_cframe && !read_word(pid, frame + l->cframe_frame, &frame)))
		return false;
	if (frame == 0)
		return true;
	for (int i = 0; i < LOOK && frame != 0; i++) {
		if (!read_word(pid, frame + l->frame_code, &code))
			return false;
		if (is_code(l, pid, code & ~UINT64_C(3)))
			return true;
		if (!read_word(pid, frame + l->frame_previous, &frame))
			return false;
	}
	return false;
}

static const char *
check_once(const struct cpython *c, pid_t pid, uint64_t bias)
{
	const struct cpython_layout *l = c->layout;
	uint64_t interp, tstate, back, id;

	if (!read_word(pid, c->runtime + bias + l->runtime_interpreters, &interp))
		return "its state can't be read";
	if (interp == 0)
		return NULL;
	if (!read_word(pid, interp + l->interp_threads, &tstate))
		return "its interpreter is not where it should be";
	if (tstate == 0)
		return NULL;
	if (!read_word(pid, tstate + l->tstate_interp, &back) || back != interp ||
	    !read_word(pid, tstate + l->tstate_thread_id, &id))
		return "its threads are not where they should be";
	if (id != 0 && !check_frames(l, pid, tstate))
		return "its frames are not where they should be";
	return NULL;
}

/* It runs meanwhile: what is true is true at one of several looks. */
const char *
cpython_check(const struct cpython *c, pid_t pid, uint64_t bias)
{
	enum { LOOKS = 20, PAUSE_US = 500 };
	const char *why = NULL;

	for (int i = 0; i < LOOKS; i++) {
		why = check_once(c, pid, bias);
		if (why == NULL)
			return NULL;
		usleep(PAUSE_US);
	}
	return why;
}
