/*
 * Processes: the ones we trace (grab), the one we start (create), what they map.
 * Functions return 0 or a negative errno.
 */
#ifndef OS_PROC_H
#define OS_PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct proc {
	pid_t pid;
	int pidfd;		/* readable when the process has ended */
	bool is_ours;		/* made by proc_create() */
	bool is_held;		/* stopped until proc_continue() */
};

/* A running process, not stopped. -ESRCH: none such. */
int proc_grab(struct proc *, pid_t);

/*
 * Start a command (split on blanks; no quotes, no shell) and hold it when the dynamic linker has
 * mapped its libraries, right before its first own instruction. If we die it dies.
 */
int proc_create(struct proc *, const char *command, char *err, size_t err_bytes);
int proc_continue(struct proc *);
void proc_release(struct proc *);	/* closes; a held process is let go */
bool proc_has_ended(const struct proc *);

/* A mapping of /proc/PID/maps that is backed by a file. */
struct proc_map {
	uint64_t start, end, off;
	bool is_exec, is_write, is_private;
	unsigned dev_major, dev_minor;
	uint64_t inode;
	const char *path;	/* as in maps, without " (deleted)"; valid during the call */
	bool is_deleted;
};

int proc_each_map(pid_t, int (*fn)(void *self, const struct proc_map *), void *self);
/* The same, and with those without a file: path is "[vdso]" … or empty. */
int proc_each_mapping(pid_t, int (*fn)(void *self, const struct proc_map *), void *self);

/* Open for reading a regular file and nothing else (opening a fifo or a device does something).
 * gives: an fd; -EINVAL: it is something else. */
int proc_open_regular(const char *name);

/* Open the file behind a mapping whatever its name: map_files, else the process's own root.
 * gives: an O_RDONLY fd. */
int proc_open_map(pid_t, const struct proc_map *);
/* The name by which the kernel can find that file for a uprobe. */
int proc_map_path(pid_t, const struct proc_map *, char *path, size_t bytes);

/* Is the mapping the main program of its process? */
bool proc_is_main(pid_t, const struct proc_map *);

int proc_read(pid_t, uint64_t addr, void *to, size_t n);	/* process memory; 0 or -errno */
int proc_write(pid_t, uint64_t addr, const void *from, size_t n);
int proc_each_pid(int (*fn)(void *self, pid_t), void *self);

#endif
