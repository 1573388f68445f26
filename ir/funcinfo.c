/*
 * A BTF blob: header, types, strings. Type ids are positions in the list, from 1:
 *
 *   functions   1 u64   2 … 7 u64 (0 … 5 times u64)   8 … the functions
 *   map         1 u32   2 u8   3 u8[value_bytes]
 */
#include "ir/funcinfo.h"

#include <ctype.h>
#include <linux/btf.h>
#include <string.h>

#include "base/buf.h"

enum { ARGS_MAX = 5, U64_TYPE = 1, PROTO_TYPE = 2, FUNC_TYPE = PROTO_TYPE + ARGS_MAX + 1 };

struct blob {
	struct buf types, strings;
};

static void
blob_init(struct blob *b)
{
	*b = (struct blob){ BUF_INIT, BUF_INIT };
	buf_putc(&b->strings, '\0');	/* offset 0 is the empty name */
}

/* Names become C identifiers: older kernels take nothing else. */
static uint32_t
add_name(struct blob *b, const char *name)
{
	uint32_t off = (uint32_t)b->strings.n;

	if (!isalpha((unsigned char)*name))
		buf_putc(&b->strings, '_');
	for (; *name != '\0'; name++)
		buf_putc(&b->strings, isalnum((unsigned char)*name) ? *name : '_');
	buf_putc(&b->strings, '\0');
	return off;
}

static void
add_type(struct blob *b, uint32_t name_off, uint32_t kind, uint32_t vlen, uint32_t size_or_type)
{
	struct btf_type t = {
		.name_off = name_off, .info = kind << 24 | vlen, .size = size_or_type,
	};

	buf_add(&b->types, &t, sizeof(t));
}

static void
add_int(struct blob *b, const char *name, uint32_t bytes)
{
	uint32_t bits = bytes * 8;

	add_type(b, add_name(b, name), BTF_KIND_INT, 0, bytes);
	buf_add(&b->types, &bits, sizeof(bits));
}

static void *
blob_finish(struct blob *b, struct arena *a, uint32_t *bytes)
{
	struct btf_header h = {
		.magic = BTF_MAGIC, .version = BTF_VERSION, .hdr_len = sizeof(h),
		.type_len = (uint32_t)b->types.n,
		.str_off = (uint32_t)b->types.n, .str_len = (uint32_t)b->strings.n,
	};
	char *p = arena_alloc(a, sizeof(h) + b->types.n + b->strings.n);

	memcpy(p, &h, sizeof(h));
	memcpy(p + sizeof(h), b->types.p, b->types.n);
	memcpy(p + sizeof(h) + b->types.n, b->strings.p, b->strings.n);
	*bytes = (uint32_t)(sizeof(h) + b->types.n + b->strings.n);
	buf_fini(&b->types);
	buf_fini(&b->strings);
	return p;
}

void
funcinfo_fill(struct arena *a, struct bpf_code *code, struct ir_func *const *func)
{
	struct btf_param param = { .type = U64_TYPE };
	struct blob b;

	blob_init(&b);
	add_int(&b, "u64", 8);
	param.name_off = add_name(&b, "a");
	for (uint32_t n = 0; n <= ARGS_MAX; n++) {
		add_type(&b, 0, BTF_KIND_FUNC_PROTO, n, U64_TYPE);
		for (uint32_t i = 0; i < n; i++)
			buf_add(&b.types, &param, sizeof(param));
	}
	code->func_info = arena_alloc(a, code->nfunc * sizeof(*code->func_info));
	for (uint32_t i = 0; i < code->nfunc; i++) {
		add_type(&b, add_name(&b, func[i]->name), BTF_KIND_FUNC,
		    func[i]->linkage == IR_GLOBAL ? BTF_FUNC_GLOBAL : BTF_FUNC_STATIC,
		    PROTO_TYPE + (uint32_t)func[i]->narg);
		code->func_info[i] = (struct bpf_func_info){
			.insn_off = code->func_start[i], .type_id = FUNC_TYPE + i,
		};
	}
	code->btf = blob_finish(&b, a, &code->btf_bytes);
}

struct btf_blob
funcinfo_map_btf(struct arena *a, uint32_t value_bytes)
{
	struct btf_blob out = { .key_type = 1, .value_type = 3 };
	struct btf_array array = { .type = 2, .index_type = 1, .nelems = value_bytes };
	struct blob b;

	blob_init(&b);
	add_int(&b, "u32", 4);
	add_int(&b, "u8", 1);
	add_type(&b, 0, BTF_KIND_ARRAY, 0, 0);
	buf_add(&b.types, &array, sizeof(array));
	out.data = blob_finish(&b, a, &out.bytes);
	return out;
}
