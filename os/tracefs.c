/*
 * tracefs is where its own mount point is, or, on older systems, below debugfs.
 *
 *     available_events             sched:sched_switch
 *     available_filter_functions   vfs_read
 *     events/GROUP/NAME/id         372
 *     events/GROUP/NAME/format     …
 *         <tab>field:pid_t prev_pid;<tab>offset:24;<tab>size:4;<tab>signed:1;
 *
 * The text is the kernel's, or a module's: what does not look like this is left out.
 */
#include "os/tracefs.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"

enum { FIELDS_MAX = 128, RECORD_MAX_BYTES = 8192 };

static FILE *
open_below(const char *path)
{
	static const char *const root[] = {
		"/sys/kernel/tracing", "/sys/kernel/debug/tracing",
	};
	char full[PATH_MAX];
	FILE *f = NULL;

	for (size_t i = 0; i < sizeof(root) / sizeof(root[0]) && f == NULL; i++) {
		snprintf(full, sizeof(full), "%s/%s", root[i], path);
		f = fopen(full, "re");
	}
	return f;
}

/* Names come from programs: none leads out of the directory. */
static FILE *
open_event(const char *group, const char *name, const char *file)
{
	char path[PATH_MAX];

	if (strchr(group, '/') != NULL || strchr(name, '/') != NULL || *group == '\0' ||
	    *name == '\0' || *group == '.' || *name == '.') {
		errno = ENOENT;
		return NULL;
	}
	snprintf(path, sizeof(path), "events/%s/%s/%s", group, name, file);
	return open_below(path);
}

int
tracefs_each_event(int (*fn)(void *, const char *group, const char *name), void *self)
{
	_cleanup_file_ FILE *f = open_below("available_events");
	char line[512];
	int err = 0;

	if (f == NULL)
		return -errno;
	while (err == 0 && fgets(line, sizeof(line), f) != NULL) {
		char *name = strchr(line, ':');

		line[strcspn(line, "\n")] = '\0';
		if (name == NULL || name[1] == '\0')
			continue;
		*name++ = '\0';
		err = fn(self, line, name);
	}
	return err;
}

/* "name", or "name [module]". */
int
tracefs_each_function(int (*fn)(void *, const char *name), void *self)
{
	_cleanup_file_ FILE *f = open_below("available_filter_functions");
	char line[512];
	int err = 0;

	if (f == NULL)
		return -errno;
	while (err == 0 && fgets(line, sizeof(line), f) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (strchr(line, ' ') == NULL)
			err = fn(self, line);
	}
	return err;
}

bool
tracefs_has(const char *group, const char *name)
{
	_cleanup_file_ FILE *f = open_event(group, name, "id");

	return f != NULL;
}

int
tracefs_id(const char *group, const char *name, uint64_t *id)
{
	_cleanup_file_ FILE *f = open_event(group, name, "id");

	if (f == NULL)
		return -errno;
	return fscanf(f, "%" SCNu64, id) == 1 ? 0 : -EINVAL;
}

/* "const char * filename" → type and name; "char comm[16]" → "char[16]", "comm". */
static bool
split_declaration(struct arena *a, char *text, struct tracefs_field *field)
{
	char *array = strchr(text, '[');
	char *end, *name;

	/* "__data_loc char[] name" has its brackets in the type already */
	if (array != NULL && strchr(array, ' ') != NULL)
		array = NULL;
	end = array != NULL ? array : text + strlen(text);
	for (name = end; name > text && name[-1] != ' '; name--)
		continue;
	if (name == text || name == end)
		return false;
	field->name = arena_strndup(a, name, (size_t)(end - name));
	name[-1] = '\0';
	field->type = arena_printf(a, "%s%s", text, array != NULL ? array : "");
	return true;
}

static bool
parse_field(struct arena *a, char *line, struct tracefs_field *field)
{
	static const char head[] = "\tfield:";
	unsigned off, size, is_signed;
	char *end = strchr(line, ';');

	if (strncmp(line, head, sizeof(head) - 1) != 0 || end == NULL ||
	    sscanf(end, "; offset:%u; size:%u; signed:%u;", &off, &size, &is_signed) != 3 ||
	    off > RECORD_MAX_BYTES || size > RECORD_MAX_BYTES)
		return false;
	*end = '\0';
	line += sizeof(head) - 1;
	if (strstr(line, " common_") != NULL || !split_declaration(a, line, field))
		return false;
	field->off = off;
	field->size_bytes = size;
	field->is_signed = is_signed != 0;
	return true;
}

int
tracefs_fields(struct arena *a, const char *group, const char *name,
    struct tracefs_field **fields, uint32_t *n)
{
	_cleanup_file_ FILE *f = open_event(group, name, "format");
	struct tracefs_field found[FIELDS_MAX];
	char line[1024];

	*n = 0;
	if (f == NULL)
		return -errno;
	while (*n < FIELDS_MAX && fgets(line, sizeof(line), f) != NULL)
		if (parse_field(a, line, &found[*n]))
			++*n;
	*fields = arena_alloc(a, *n * sizeof(**fields) + 1);
	memcpy(*fields, found, *n * sizeof(**fields));
	return 0;
}
