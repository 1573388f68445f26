/* Sentences for the errors of include/usdt.h. */
#include <stddef.h>

#include "include/usdt.h"

const char *
usdt_strerror(int error)
{
	static const struct { int error; const char *text; } row[] = {
#define ROW(error, text) { error, text },
#include "usdt/error.def"
#undef ROW
	};
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++)
		if (row[i].error == error)
			return row[i].text;
	return "unknown error";
}
