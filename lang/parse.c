/*
 * The parser: clauses, statements, and what all its files share. Recursive descent, one token of
 * look-ahead. The mode of the lexer is set before the token that ends a context is consumed,
 * because consuming it reads the next one.
 */
#include "lang/parse.h"

#include <stddef.h>

#include "lang/diag.h"
#include "lang/option.h"
#include "lang/parser.h"

void
node_list_add(struct node_list *l, struct node *n)
{
	if (l->last == NULL)
		l->last = &l->first;
	*l->last = n;
	l->last = &n->next;
}

/* Nothing leaves after a throw: the parser is gone then. */
void
parser_enter(struct parser *p)
{
	if (++p->depth > PARSER_DEPTH_MAX)
		err_too_deep(p->tok.pos);
}

void
parser_leave(struct parser *p)
{
	p->depth--;
}

struct lexeme
parser_next(struct parser *p)
{
	struct lexeme t = p->tok;

	p->tok = lex_next(&p->lx);
	return t;
}

bool
parser_accept(struct parser *p, enum token k)
{
	if (p->tok.kind != k)
		return false;
	parser_next(p);
	return true;
}

struct lexeme
parser_expect(struct parser *p, enum token k)
{
	if (p->tok.kind != k)
		parser_syntax(p);
	return parser_next(p);
}

void
parser_syntax(struct parser *p)
{
	if (p->tok.kind == TOK_EOF)
		err_syntax(p->tok.pos, "syntax error near end of input");
	err_syntax_near(p->tok.pos, (int)p->tok.n, p->tok.text);
}

static struct node *parse_statement(struct parser *);

/* block: { {statement} } */
static struct node *
parse_block(struct parser *p)
{
	struct node_list l = {0};
	struct node *n;

	parser_expect(p, TOK_LBRACE);
	while (p->tok.kind != TOK_RBRACE)
		if ((n = parse_statement(p)) != NULL)
			node_list_add(&l, n);
	return l.first;
}

/* branch: block | statement */
static struct node *
parse_branch(struct parser *p)
{
	struct node *n;

	if (p->tok.kind != TOK_LBRACE)
		return parse_statement(p);
	n = parse_block(p);
	parser_expect(p, TOK_RBRACE);
	return n;
}

/* if: IF ( expr ) branch [ELSE branch] */
static struct node *
parse_if(struct parser *p)
{
	struct node *n = node_new(p->env->arena, NODE_IF, p->tok.pos);

	parser_expect(p, TOK_IF);
	parser_expect(p, TOK_LPAR);
	n->a = parse_expr(p);
	parser_expect(p, TOK_RPAR);
	n->b = parse_branch(p);
	if (parser_accept(p, TOK_ELSE))
		n->c = parse_branch(p);
	return n;
}

/* aggregation: @name [keys] = expr;  any other use of an aggregation is the checker's to judge */
static bool
is_aggregation(const struct node *e)
{
	return e->kind == NODE_ASSIGN && e->op == 0 && e->a->kind == NODE_AGGREF && !e->in_parens;
}

/* statement: ; | if | expr ;   The ; before } may be missing. NULL: the empty statement. */
static struct node *
parse_statement(struct parser *p)
{
	struct node *n, *e;

	if (parser_accept(p, TOK_SEMI))
		return NULL;
	parser_enter(p);
	if (p->tok.kind == TOK_IF) {
		n = parse_if(p);
		parser_leave(p);
		return n;
	}
	n = node_new(p->env->arena, NODE_EXPR, p->tok.pos);
	e = parse_expr(p);
	n->a = e;
	if (is_aggregation(e)) {
		n->kind = NODE_AGGR;
		n->str = e->a->str;
		n->list = e->a->list;
		n->a = NULL;
		n->b = e->b;
	}
	if (p->tok.kind != TOK_RBRACE)
		parser_expect(p, TOK_SEMI);
	parser_leave(p);
	return n;
}

/* predicate: / expr / */
static struct node *
parse_predicate(struct parser *p)
{
	struct node *n;

	p->lx.src->diag->region = REGION_PREDICATE;
	p->lx.mode = LEX_PREDICATE;
	parser_expect(p, TOK_DIV);
	n = parse_expr(p);
	if (p->tok.kind != TOK_EPRED)
		parser_syntax(p);
	p->lx.mode = LEX_TOP;
	p->lx.src->diag->region = REGION_NONE;
	parser_next(p);
	return n;
}

/* clause: pspec {, pspec} [predicate] [block] */
static struct node *
parse_clause(struct parser *p)
{
	struct node *n = node_new(p->env->arena, NODE_CLAUSE, p->tok.pos);
	struct node_list l = {0};

	do {
		struct node *d = node_new(p->env->arena, NODE_PDESC, p->tok.pos);

		if (p->tok.kind != TOK_PSPEC)
			parser_syntax(p);
		d->pdesc = parse_pdesc(p->env, &p->tok);
		node_list_add(&l, d);
		parser_next(p);
	} while (parser_accept(p, TOK_COMMA));
	n->list = l.first;

	if (p->tok.kind == TOK_DIV)
		n->a = parse_predicate(p);
	if (p->tok.kind == TOK_LBRACE) {
		n->has_body = true;
		p->lx.mode = LEX_CODE;
		p->lx.src->diag->region = REGION_ACTIONS;
		n->b = parse_block(p);
		p->lx.mode = LEX_TOP;
		p->lx.src->diag->region = REGION_NONE;
		parser_expect(p, TOK_RBRACE);
	} else if (n->a != NULL) {
		err_syntax(n->pos,
		    "expected actions { } following probe description and predicate");
	} else if (p->lx.src->kind == SOURCE_FILE &&
	    (p->env->options == NULL || !options_on(p->env->options, OPT_PSPEC))) {
		err_syntax(n->pos,
		    "expected predicate and/or actions following probe description");
	}
	for (struct node *d = n->list; d != NULL; d = d->next)
		d->pdesc->is_bare = n->a == NULL && !n->has_body;
	return n;
}

/* program: {clause | (provider | inline | translator | declaration) ; | ;} */
struct program *
parse(struct source *src, struct lang_env *env)
{
	struct parser p = { .env = env };
	struct program *prog = arena_new(env->arena, struct program);
	struct node_list l = {0}, providers = {0};
	bool is_empty = true;

	src->diag->region = REGION_NONE;
	lex_init(&p.lx, src, env);
	p.tok = lex_next(&p.lx);
	while (p.tok.kind != TOK_EOF) {
		if (parser_accept(&p, TOK_SEMI))
			continue;
		is_empty = false;
		if (p.tok.kind == TOK_PSPEC && src->is_library)
			err_syntax(p.tok.pos, "a library may not have probe clauses");
		if (p.tok.kind == TOK_PSPEC) {
			node_list_add(&l, parse_clause(&p));
			continue;
		}
		p.lx.mode = LEX_CODE;
		if (p.tok.kind == TOK_PROVIDER)
			parse_provider(&p, &providers);
		else if (p.tok.kind == TOK_INLINE)
			parse_inline(&p, &l);
		else if (p.tok.kind == TOK_TRANSLATOR)
			parse_translator(&p, &l);
		else
			parse_declaration(&p, &l);
		p.lx.mode = LEX_TOP;
		parser_expect(&p, TOK_SEMI);
	}
	if (is_empty && !src->is_library && (env->options == NULL || !options_on(env->options, OPT_EMPTY)))
		err_empty(p.tok.pos);
	prog->src = src;
	prog->clause = l.first;
	prog->provider = providers.first;
	return prog;
}
