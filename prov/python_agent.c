/*
 * Processes whose Python runs an agent (run/agent.c): which interpreter that is, and that no probes
 * of ours are to be made for it.
 */
#include <stdio.h>

#include "base/cleanup.h"
#include "os/elf.h"
#include "prov/python.h"
#include "prov/python_site.h"

struct search {
	struct prov_env *env;
	pid_t pid;
	const struct cpython *found;
	uint64_t bias;
};

static int
search_map(void *self, const struct proc_map *map)
{
	struct search *s = self;
	_cleanup_fd_ int fd = map->is_exec ? proc_open_map(s->pid, map) : -1;
	const struct py_object *o = fd >= 0 ? python_object_get(s->env, fd) : NULL;
	struct elf *elf;
	char err[256];
	uint64_t addr, bytes, off;
	bool is_exec;

	if (o == NULL || !o->is_python || o->py.layout == NULL ||
	    (elf = elf_open(fd, err, sizeof(err))) == NULL)
		return 0;
	for (size_t i = 0; s->found == NULL && elf_segment(elf, i, &addr, &bytes, &is_exec); i++)
		if (is_exec && elf_file_offset(elf, addr, true, &off) && off >= map->off &&
		    off - map->off < map->end - map->start) {
			s->found = &o->py;
			s->bias = map->start + (off - map->off) - addr;
		}
	elf_free(elf);
	return s->found != NULL;
}

const struct cpython *
python_interpreter(struct prov_env *env, pid_t pid, uint64_t *bias)
{
	struct search s = { .env = env, .pid = pid };

	proc_each_map(pid, search_map, &s);
	*bias = s.bias;
	return s.found;
}

static const char *
agent_key(pid_t pid, char *key, size_t bytes)
{
	snprintf(key, bytes, "python agent %d", (int)pid);
	return key;
}

void
python_add_agent(struct prov_env *env, pid_t pid)
{
	char key[64];

	map_put(&env->cache, arena_strdup(env->arena, agent_key(pid, key, sizeof(key))), env);
}

bool
python_has_agent(struct prov_env *env, pid_t pid)
{
	char key[64];

	return map_get(&env->cache, agent_key(pid, key, sizeof(key))) != NULL;
}
