/*
 * The epoch is kept in a page that the kernel empties in a child (MADV_WIPEONFORK), so that it
 * needs no handler of fork(), which a bare clone() does not call. The first who finds it empty
 * takes the next number; the last number is in ordinary memory, which a child inherits.
 */
#include "usdt/process.h"

#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>

#include "include/usdt.h"
#include "usdt/image.h"

static struct {
	uint64_t epoch;		/* 0: wiped */
	char rest[IMAGE_PAGE_MAX - sizeof(uint64_t)];
} wiped __attribute__((aligned(IMAGE_PAGE_MAX)));

static uint64_t last_epoch;
static bool is_sure;
static uint64_t held_in;	/* the epoch of the mutex's owner; 0: none, or not yet */
static pthread_mutex_t mutex;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void
mutex_init(void)
{
	pthread_mutexattr_t attr;

	pthread_mutexattr_init(&attr);
	pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_ERRORCHECK);
	pthread_mutex_init(&mutex, &attr);
	pthread_mutexattr_destroy(&attr);
}

/*
 * A signal handler may interrupt this library in the same thread, also between taking the mutex
 * and its noting who has it: so the thread says first that it is inside, and asks that. Not by
 * the mutex's own check of its owner, which comes too late. initial-exec: no allocation at first
 * use, which may be in a handler.
 */
#define PER_THREAD static __thread __attribute__((tls_model("initial-exec")))

PER_THREAD volatile sig_atomic_t is_inside;
PER_THREAD volatile sig_atomic_t is_held_by_fork;	/* not in a handler that interrupted us */

static void
before_fork(void)
{
	is_held_by_fork = !is_inside;
	if (!is_held_by_fork)
		return;
	is_inside = true;
	pthread_mutex_lock(&mutex);	/* held_in stays 0: the child takes over */
}

static void
after_fork(void)
{
	if (!is_held_by_fork)
		return;
	pthread_mutex_unlock(&mutex);
	is_inside = false;
}

/* The owner of the mutex is a thread of the parent: it can't be unlocked here. */
static void
in_child(void)
{
	mutex_init();
	if (is_held_by_fork)
		is_inside = false;
	__atomic_store_n(&wiped.epoch, 0, __ATOMIC_RELEASE);
}

static void
start(void)
{
	mutex_init();
	pthread_atfork(before_fork, after_fork, in_child);
	is_sure = madvise(&wiped, sizeof(wiped), MADV_WIPEONFORK) == 0;
}

int
process_lock(void)
{
	if (is_inside)
		return USDT_E_BUSY;
	is_inside = true;
	pthread_once(&once, start);
	/* A bare clone() may leave us a mutex of the parent's thread, which is never unlocked here. */
	const uint64_t epoch = process_epoch();
	if (pthread_mutex_trylock(&mutex) != 0) {
		const uint64_t theirs = __atomic_load_n(&held_in, __ATOMIC_ACQUIRE);
		if (theirs != 0 && theirs != epoch) {
			is_inside = false;
			return USDT_E_BUSY;
		}
		pthread_mutex_lock(&mutex);
	}
	__atomic_store_n(&held_in, epoch, __ATOMIC_RELEASE);
	return 0;
}

void
process_unlock(void)
{
	__atomic_store_n(&held_in, 0, __ATOMIC_RELEASE);
	pthread_mutex_unlock(&mutex);
	is_inside = false;
}

uint64_t
process_epoch(void)
{
	uint64_t epoch = __atomic_load_n(&wiped.epoch, __ATOMIC_ACQUIRE);

	if (epoch != 0)
		return epoch;
	uint64_t next = __atomic_add_fetch(&last_epoch, 1, __ATOMIC_ACQ_REL);
	if (__atomic_compare_exchange_n(&wiped.epoch, &epoch, next, false, __ATOMIC_ACQ_REL,
	    __ATOMIC_ACQUIRE))
		return next;
	return epoch;
}

bool
process_epoch_is_sure(void)
{
	return is_sure;
}
