/*
 * The ring buffer's reader. Records of all CPUs come out in the order of their time stamps.
 *
 * A program reads the clock before it reserves room, so a record can stand behind a younger one.
 * But each firing that may still send a record holds a state entry (rec/state.h) that is marked
 * busy and shows the firing's time stamp: nothing older than the oldest of these can still come.
 * So: look at the entries first, then take everything out of the ring, then emit what is older
 * than all of them; the rest waits for the next round.
 */
#ifndef RUN_RING_H
#define RUN_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ring;

/* Maps the ring (of `bytes`, a power of two) and the state map (n entries of state_bytes).
 * gives: NULL and errno. The fds stay the caller's. */
struct ring *ring_new(int ring_fd, size_t bytes, int state_fd, uint32_t n, uint32_t state_bytes);
void ring_free(struct ring *);

/* Calls fn for each record that is due, in order; is_last: for all, whatever runs still.
 * fn returns non-zero to stop (that record counts as taken). gives: fn's value, or 0;
 * *taken: bytes that were in the ring. */
int ring_read(struct ring *, bool is_last, int (*fn)(void *self, const void *data, size_t bytes),
    void *self, size_t *taken);

/* Is a firing that may send a record still running? */
bool ring_is_busy(const struct ring *);

#endif
