/* Kinds of tokens; also the operators in tree nodes. */
#ifndef LANG_TOKEN_H
#define LANG_TOKEN_H

enum token {
#define TOKEN(NAME, TEXT, IS_KEYWORD) TOK_##NAME,
#include "lang/token.def"
#undef TOKEN
	TOK_MAX,
};

const char *token_text(enum token);

#endif
