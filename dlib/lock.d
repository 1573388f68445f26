/* What the kernel's locks say of themselves: subroutines in DTrace. */
#pragma D depends_on module vmlinux

/* A mutex is its owner's address, with three flags in the lowest bits. */
inline struct task_struct *mutex_owner[struct mutex *lock] =
    (struct task_struct *)(lock->owner.counter & ~7);
inline int mutex_owned[struct mutex *lock] =
    mutex_owner[lock] == curthread;
inline int mutex_type_adaptive[struct mutex *lock] = 1;
inline int mutex_type_spin[struct mutex *lock] = 0;

/* A rwlock_t begins with a word: a byte for the writer, a bit for one that waits, readers. */
inline int rw_write_held[void *lock] = (*(uint32_t *)lock & 0xff) == 0xff;
inline int rw_iswriter[void *lock] = (*(uint32_t *)lock & 0xff) == 0xff;
inline int rw_read_held[void *lock] = *(uint32_t *)lock >> 9 != 0;
