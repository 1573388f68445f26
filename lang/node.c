/* Making nodes, and the text of trees: -d parse, -d check. */
#include "lang/node.h"

#include <ctype.h>
#include <inttypes.h>
#include <stddef.h>

#include "lang/builtin.h"
#include "lang/token.h"
#include "type/spell.h"

static const char *const node_names[] = {
#define NODE(KIND, NAME, FIELDS) [NODE_##KIND] = NAME,
#include "lang/node.def"
#undef NODE
};

const char *
node_name(enum node_kind k)
{
	return node_names[k];
}

bool
node_any(const struct node *n, bool (*is)(const struct node *, const void *), const void *arg)
{
	for (; n != NULL; n = n->next) {
		if (is(n, arg) || node_any(n->a, is, arg) || node_any(n->b, is, arg) ||
		    node_any(n->c, is, arg) || node_any(n->list, is, arg))
			return true;
	}
	return false;
}

struct node *
node_new(struct arena *a, enum node_kind kind, struct pos pos)
{
	struct node *n = arena_new(a, struct node);

	n->kind = kind;
	n->pos = pos;
	return n;
}

/* Heights are told anew: trees were put together since the parser told them. */
struct node *
node_copy(struct arena *a, const struct node *n)
{
	struct node *first = NULL, **last = &first;

	for (; n != NULL; n = n->next) {
		struct node *copy = arena_new(a, struct node);
		const struct node *part[4];
		uint16_t height = 0;

		*copy = *n;
		part[0] = copy->a = node_copy(a, n->a);
		part[1] = copy->b = node_copy(a, n->b);
		part[2] = copy->c = node_copy(a, n->c);
		part[3] = copy->list = node_copy(a, n->list);
		for (int i = 0; i < 4; i++)
			for (const struct node *p = part[i]; p != NULL; p = p->next)
				if (p->height >= height)
					height = (uint16_t)(p->height + 1);
		copy->height = height;
		*last = copy;
		last = &copy->next;
	}
	return first;
}

static void
print_quoted(struct buf *b, const char *s, size_t len)
{
	buf_putc(b, '"');
	for (size_t i = 0; i < len; i++)
		if (s[i] == '"' || s[i] == '\\')
			buf_printf(b, "\\%c", s[i]);
		else if (isprint((unsigned char)s[i]))
			buf_putc(b, s[i]);
		else
			buf_printf(b, "\\x%02x", (unsigned char)s[i]);
	buf_putc(b, '"');
}

static void
print_type(struct buf *b, const struct type *t)
{
	struct arena a;

	arena_init(&a);
	buf_puts(b, type_spell(&a, t));
	arena_fini(&a);
}

static const char *const scope_prefix[] = {
	[VAR_GLOBAL] = "", [VAR_SELF] = "self->", [VAR_THIS] = "this->", [VAR_AGGR] = "@",
};

/* " self->x", and in a declaration the types of its keys. */
static void
print_var(struct buf *b, const struct var *v, bool has_keys)
{
	buf_printf(b, " %s%s", scope_prefix[v->scope], v->name);
	if (!has_keys || !v->is_assoc)
		return;
	for (uint32_t i = 0; i < v->nkey; i++) {
		buf_puts(b, i ? ", " : "[");
		print_type(b, v->key[i]);
	}
	buf_putc(b, ']');
}

static void
print_fields(struct buf *b, const struct node *n)
{
	if (n->op != 0)
		buf_printf(b, " %s", token_text(n->op));
	if (n->is_post)
		buf_puts(b, " post");
	if (n->is_arrow)
		buf_puts(b, " ->");
	if (n->var != NULL)
		print_var(b, n->var, n->kind == NODE_DECL);
	else if (n->kind == NODE_STR)
		buf_putc(b, ' '), print_quoted(b, n->str, n->len);
	else if (n->str != NULL)
		buf_printf(b, " %s", n->str);
	if (n->fn != NULL && n->str == NULL)
		buf_printf(b, " %s", n->fn->name);
	if (n->kind == NODE_INT || n->kind == NODE_ARG || n->kind == NODE_PART ||
	    n->kind == NODE_BITS || n->kind == NODE_BOUND)
		buf_printf(b, " %" PRId64, (int64_t)n->val);
	if (n->kind == NODE_BITS)
		buf_printf(b, "+%u", n->len);
	if (n->is_delete)
		buf_puts(b, " delete");
	if (n->is_null)
		buf_puts(b, " null");
	if (n->pdesc != NULL) {
		buf_putc(b, ' ');
		buf_puts(b, n->pdesc->text);
		if (n->pdesc->is_bare)
			buf_puts(b, " bare");
	}
	if (n->ctype != NULL) {
		buf_puts(b, " in ");
		print_type(b, n->ctype);
	}
}

static void
print_list(struct buf *b, const struct node *n, int depth)
{
	for (; n != NULL; n = n->next)
		node_print(b, n, depth);
}

/* Children that a reader would mix up get a line that says what they are. */
static void
print_part(struct buf *b, const char *label, const struct node *n, int depth)
{
	if (n == NULL)
		return;
	buf_fill(b, ' ', 2 * (size_t)depth);
	buf_printf(b, "%s:\n", label);
	print_list(b, n, depth + 1);
}

void
node_print(struct buf *b, const struct node *n, int depth)
{
	const struct type *type = n->type;

	if (type == NULL && n->kind == NODE_DECL)
		type = n->var->type;
	buf_fill(b, ' ', 2 * (size_t)depth);
	buf_puts(b, node_name(n->kind));
	print_fields(b, n);
	if (type != NULL) {
		buf_puts(b, " : ");
		print_type(b, type);
	}
	buf_printf(b, " @%u\n", n->pos.line);

	depth++;
	switch ((int)n->kind) {
	case NODE_CLAUSE:
		print_list(b, n->list, depth);
		print_part(b, "predicate", n->a, depth);
		print_part(b, "body", n->b, depth);
		break;
	case NODE_IF:
		print_list(b, n->a, depth);
		print_part(b, "then", n->b, depth);
		print_part(b, "else", n->c, depth);
		break;
	case NODE_AGGR:
		print_part(b, "keys", n->list, depth);
		print_list(b, n->b, depth);
		break;
	default:
		print_list(b, n->a, depth);
		print_list(b, n->b, depth);
		print_list(b, n->c, depth);
		print_list(b, n->list, depth);
	}
}

void
program_print(struct buf *b, const struct program *prog)
{
	print_list(b, prog->provider, 0);
	print_list(b, prog->clause, 0);
}
