/* The texts of tokens. */
#include "lang/token.h"

static const char *const token_texts[] = {
#define TOKEN(NAME, TEXT, WORD) [TOK_##NAME] = TEXT,
#include "lang/token.def"
#undef TOKEN
};

const char *
token_text(enum token k)
{
	return token_texts[k];
}
