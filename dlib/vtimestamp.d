/*
 * vtimestamp: for how long the thread has been on a processor, in nanoseconds. What it is made of
 * is kept by a clause that the tracer adds to programs that use it (run/library.c).
 */
inline uint64_t vtimestamp = self->__on_cpu + (timestamp - __switched[cpu]);
