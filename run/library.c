/*
 * D libraries: declarations, inlines and translators that every program may use. Ours are part of
 * the program (dlib/); those of the user are the *.d of directories (-L). A file that depends on
 * what this machine doesn't have is left out without a word.
 *
 * A library is read before the texts, because its types tell how they are read.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lang/check.h"
#include "lang/parse.h"
#include "run/session.h"

static const struct {
	const char *name, *text;
} own_library[] = {
#include "dlib.inc"	/* made from dlib/ (Makefile) */
};

#define NOWN (sizeof(own_library) / sizeof(own_library[0]))

static void
add(struct dt *s, const char *name, const char *base, const char *text, size_t len)
{
	struct library *l = arena_new(&s->arena, struct library);

	l->base = base;
	l->src = (struct source){
		.kind = SOURCE_FILE, .name = name, .text = text, .len = len,
		.spec = SPEC_NAME, .diag = &s->diag, .is_other = true, .is_library = true,
	};
	vec_push(&s->library, l);
}

static int
is_library_name(const struct dirent *e)
{
	size_t n = strlen(e->d_name);

	return n > 2 && e->d_name[0] != '.' && strcmp(e->d_name + n - 2, ".d") == 0;
}

/* In the order of their names, so that every run reads them alike. */
static int
add_directory(struct dt *s, const char *dir)
{
	struct dirent **entry = NULL;
	int n = scandir(dir, &entry, is_library_name, alphasort), err = 0;

	if (n < 0)
		return session_error(s, -errno, "failed to open library directory %s: %s", dir,
		    strerror(errno));
	for (int i = 0; i < n; i++) {
		const char *base = arena_strdup(&s->arena, entry[i]->d_name);
		const char *path = arena_printf(&s->arena, "%s/%s", dir, base), *text;
		size_t len;

		if (err == 0 && (err = session_read(s, path, &text, &len)) == 0)
			add(s, path, base, text, len);
		free(entry[i]);
	}
	free(entry);
	return err;
}

static struct library *
find(struct dt *s, const char *base)
{
	for (size_t i = 0; i < s->library.n; i++)
		if (strcmp(s->library.v[i]->base, base) == 0)
			return s->library.v[i];
	return NULL;
}

/* One that is being read already waits for itself: as if it were there. */
static void
read_library(struct dt *s, struct library *l)
{
	if (l->is_read)
		return;
	l->is_read = true;
	l->program = parse(&l->src, &s->lang);
	check(l->program, &s->lang);
}

static bool
has_module(const char *name)
{
	static const char *const kernel[] = { "vmlinux", "kernel", "genunix", "unix" };
	char path[256];

	for (size_t i = 0; i < sizeof(kernel) / sizeof(kernel[0]); i++)
		if (strcmp(kernel[i], name) == 0)
			name = "vmlinux";
	snprintf(path, sizeof(path), "/sys/kernel/btf/%s", name);
	return strchr(name, '/') == NULL && access(path, R_OK) == 0;
}

static bool
has_provider(const char *name)
{
	for (const struct provider *const *p = provider_table; *p != NULL; p++)
		if (strcmp((*p)->name, name) == 0)
			return true;
	return false;
}

/* #pragma D depends_on KIND NAME, in a library. */
bool
library_depends(void *self, const char *kind, const char *name)
{
	struct dt *s = self;
	struct library *l;

	if (strcmp(kind, "provider") == 0)
		return has_provider(name);
	if (strcmp(kind, "module") == 0)
		return has_module(name);
	l = find(s, name);
	if (l == NULL)
		return false;
	read_library(s, l);
	return !l->src.is_skipped;
}

int
library_add(struct dt *s)
{
	const char *own = s->options.str[OPT_SYSLIBDIR];
	int err = 0;

	if (options_on(&s->options, OPT_NOLIBS))
		return 0;
	for (size_t i = 0; own == NULL && i < NOWN; i++)
		add(s, own_library[i].name, own_library[i].name, own_library[i].text,
		    strlen(own_library[i].text));
	if (own != NULL)
		err = add_directory(s, own);
	for (size_t i = 0; err == 0 && i < s->library_dir.n; i++)
		err = add_directory(s, s->library_dir.v[i]);
	return err;
}

/* Clauses that keep what an inline of a library reads: for programs that use it. */
static const struct {
	const char *var;		/* of a thread */
	const char *text;
} upkeep[] = {
	{ "__on_cpu", "rawtp:::sched_switch { self->__on_cpu += timestamp - __switched[cpu];"
	    " __switched[cpu] = timestamp; }" },
};

int
library_upkeep(struct dt *s)
{
	for (size_t i = 0; i < sizeof(upkeep) / sizeof(upkeep[0]); i++) {
		int err;

		if (scope_find(&s->scope, VAR_SELF, intern(&s->intern, upkeep[i].var)) == NULL)
			continue;
		if ((err = dt_add_text(s, 'n', upkeep[i].text)) < 0)
			return err;
		s->nadded++;
	}
	return 0;
}

void
library_read(struct dt *s)
{
	for (size_t i = 0; i < s->library.n; i++)
		read_library(s, s->library.v[i]);
}
