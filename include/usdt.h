/*
 * libusdt: probes that a running program adds to itself, for dtrace, bpftrace, bcc, perf and gdb.
 *
 *	struct usdt_provider *app;
 *	struct usdt_probe *request;
 *
 *	usdt_provider_new("myapp", 0, &app);
 *	usdt_provider_add(app, "request", 2, (struct usdt_arg[]){
 *	    { USDT_STRING, "path" }, { USDT_INT32, "status" } }, &request);
 *	usdt_provider_load(app);
 *	...
 *	USDT_FIRE(request, path, status);	one load and a branch when nobody traces
 *	...
 *	usdt_provider_free(app);
 *
 * Errors. Functions that can fail return 0 or a negative enum usdt_error; usdt_strerror() has a
 * sentence for each, and usdt_provider_message() the details of the last one of a provider.
 * Nothing is printed, errno is left alone, and no handle that is NULL makes them crash.
 *
 * Ownership. usdt_provider_free() frees the provider and its probes. Strings that are passed in
 * are copied; strings that are returned live as long as what they were asked of.
 *
 * Threads. Everything may be called from any thread. Firing takes no lock, allocates nothing and
 * may be done in a signal handler; unloading while other threads fire is safe, freeing is not.
 * The other functions return USDT_E_BUSY in a signal handler that interrupted one of them, and in
 * the child of a bare clone() that was made while another thread was in one.
 *
 * Processes. After fork() (or a bare clone()) the probes of the child are its own: they can be
 * traced, unloaded and freed without an effect on the parent.
 */
#ifndef USDT_H
#define USDT_H

#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

#define USDT_VERSION	100	/* 1.0; more digits: compatible additions */
#define USDT_MAX_ARGS	12	/* what all tracers accept */

struct usdt_provider;

/* A probe; other fields follow. */
struct usdt_probe {
	const volatile uint16_t *semaphore;	/* how many trace it; the kernel's; not NULL */
};

/* The type of an argument: the low four bits of the absolute value are its size in bytes. */
enum usdt_type {
	USDT_UINT8 = 1, USDT_INT8 = -1,
	USDT_UINT16 = 2, USDT_INT16 = -2,
	USDT_UINT32 = 4, USDT_INT32 = -4,
	USDT_UINT64 = 8, USDT_INT64 = -8,
	USDT_STRING = 0x18,	/* const char *; to other tools it is uint64_t */
	USDT_DOUBLE = 0x28	/* as its 8 bytes: usdt_bits(); likewise */
};

struct usdt_arg {
	enum usdt_type type;
	const char *name;	/* for tracers that show names; NULL: none */
};

enum usdt_error {
	USDT_OK = 0,
	USDT_E_HANDLE = -1,		/* NULL, or a provider that was freed */
	USDT_E_NAME_EMPTY = -2,
	USDT_E_NAME_LONG = -3,		/* > 50 bytes; probe: > 60; USDT_ANY_NAME: > 200 */
	USDT_E_NAME_CHARS = -4,		/* no identifier; if any: ':' or controls */
	USDT_E_NAME_UNDERSCORES = -5,	/* "__"; probe: "___", "__" at an end */
	USDT_E_NAME_DIGIT = -6,		/* of a provider, at the end: the pid follows */
	USDT_E_DUPLICATE = -7,		/* this provider has a probe of that name */
	USDT_E_ARG_COUNT = -8,		/* more than USDT_MAX_ARGS */
	USDT_E_ARG_TYPE = -9,		/* not an enum usdt_type */
	USDT_E_ARG_NAME = -10,		/* > 60 bytes, or no identifier */
	USDT_E_FLAGS = -11,		/* unknown or contradictory */
	USDT_E_MEMORY = -12,
	USDT_E_PLACE = -13,		/* no place for the file of the probes: see message */
	USDT_E_LOAD = -14,		/* the file can't be loaded: see message */
	USDT_E_BUSY = -15		/* a signal handler, or a bare clone(), came in between */
};

/* Flags of a provider. */
#define USDT_ANY_NAME	1u	/* also names that some of the tools can't handle */
#define USDT_NO_MEMFD	2u	/* a file with a name, or fail */
#define USDT_MEMFD	4u	/* no name: perf, and bpftrace from 0.25 on, can't see it */
/*
 * Sites of five bytes, which Linux 6.18 and later turn into calls, so that a hit costs about 0.75
 * of a trap. The risk: a signal handler that interrupts such a call and in which a process forks
 * and goes on in the child kills this child (other forks are handled); and kernels without this
 * take longer than for the one-byte site. The environment variable USDT_NOP5=1 does the same.
 * Without MADV_WIPEONFORK (Linux 4.14) it is ignored.
 */
#define USDT_NOP5	8u

/*
 * gives: a provider without probes in *out; NULL there on error. Names are C identifiers of 50
 * bytes at most, without "__", and don't end in a digit, so that every tool can handle them.
 */
int usdt_provider_new(const char *name, unsigned flags, struct usdt_provider **out);

/*
 * Declares a probe; it exists, and never fires, until the next usdt_provider_load(), which may be
 * a further one: probes that are loaded are not disturbed. A '-' in a name is written as "__",
 * which is how DTrace shows it.  gives: the probe in *out, owned by the provider; NULL on error.
 */
int usdt_provider_add(struct usdt_provider *, const char *name, unsigned nargs,
    const struct usdt_arg *args, struct usdt_probe **out);

/*
 * Makes all the probes visible to tracers, which costs a file of some 16 KB (shared by all the
 * processes of this user that declare the same probes) and about 50 us. What is loaded stays.
 *
 * The file is DIR/PROVIDER-HASH.so; DIR is the first that works of $USDT_DIR, or else /run/usdt
 * (root), /run/user/UID/usdt, $TMPDIR/usdt-UID, and the same in /tmp, /var/tmp and /dev/shm; it
 * must be the user's own and closed to others, and allow to execute. If none does: a memfd.
 */
int usdt_provider_load(struct usdt_provider *);

/* Hides the probes; firing does nothing, also in other threads. Loading again is possible. */
int usdt_provider_unload(struct usdt_provider *);

/* Unloads, and frees the provider and its probes. NULL, or one that was freed: nothing. No other
 * thread may be firing one of its probes. */
void usdt_provider_free(struct usdt_provider *);

const char *usdt_provider_name(const struct usdt_provider *);
int usdt_provider_is_loaded(const struct usdt_provider *);
/* The file that holds the probes of the last load, "/proc/PID/fd/N" for a memfd; "" if none. */
const char *usdt_provider_file(const struct usdt_provider *);
/* What went wrong at last, in detail; "" if nothing did. Valid until the next call. */
const char *usdt_provider_message(const struct usdt_provider *);
/* The probe of this name, or NULL. */
struct usdt_probe *usdt_provider_find(const struct usdt_provider *, const char *name);

const char *usdt_probe_name(const struct usdt_probe *);
unsigned usdt_probe_nargs(const struct usdt_probe *);
/* The type of an argument; 0 if there is none of this number. */
int usdt_probe_type(const struct usdt_probe *, unsigned i);
const char *usdt_probe_arg_name(const struct usdt_probe *, unsigned i);

/* Says what an error means; never NULL. */
const char *usdt_strerror(int error);

/*
 * Does anybody trace this probe? The function also notices debuggers that set a breakpoint without
 * counting themselves in the semaphore; the inline form costs less.
 */
int usdt_is_enabled(const struct usdt_probe *);

static inline int
usdt_enabled(const struct usdt_probe *probe)
{
	return (int)__builtin_expect(probe != NULL &&
	    *__atomic_load_n(&probe->semaphore, __ATOMIC_RELAXED) != 0, 0);
}

/*
 * Fires if somebody traces it, and says whether it did. `n` values: those that are missing are 0,
 * those beyond the probe's arguments are ignored. Integers of any width as their value converted to
 * uint64_t, strings as their address, doubles as usdt_bits().
 */
int usdt_fire(const struct usdt_probe *, unsigned n, const uint64_t *values);

static inline uint64_t
usdt_bits(double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	return bits;
}

#ifdef __cplusplus
}	/* extern "C" */

inline uint64_t usdt_value(double x) { return usdt_bits(x); }
inline uint64_t usdt_value(float x) { return usdt_bits(x); }
template <typename T> inline uint64_t usdt_value(T *x) { return (uint64_t)x; }
template <typename T> inline uint64_t usdt_value(T x) { return (uint64_t)x; }

template <typename... T> inline int
usdt_fire_values(const struct usdt_probe *probe, T... x)
{
	const uint64_t values[] = { usdt_value(x)..., 0 };
	return usdt_fire(probe, sizeof...(x), values);
}

#define USDT_FIRE_(p, n, ...)	(usdt_enabled(p) ? usdt_fire_values((p), __VA_ARGS__) : 0)
#define USDT_VALUE_(x)		(x)
#define USDT_FIRE_0_(p)		(usdt_enabled(p) ? usdt_fire_values(p) : 0)

#else

/* Floating-point values by their bits, everything else converted; only one branch is evaluated. */
#define USDT_VALUE_(x) \
	_Generic((x), \
	    float: usdt_bits(_Generic((x), float: (x), double: (x), default: 0.0)), \
	    double: usdt_bits(_Generic((x), float: (x), double: (x), default: 0.0)), \
	    default: (uint64_t)_Generic((x), float: 0, double: 0, default: (x)))

#define USDT_FIRE_(p, n, ...) \
	(usdt_enabled(p) ? usdt_fire((p), n, (const uint64_t[]){ __VA_ARGS__ }) : 0)
#define USDT_FIRE_0_(p)		(usdt_enabled(p) ? usdt_fire((p), 0, NULL) : 0)

#endif

/*
 * USDT_FIRE(probe, value...): fires if somebody traces it, and says whether it did. The values, 12
 * at most, of any integer, pointer or floating-point type, are evaluated only then, but `probe`
 * twice. Floating-point values are meant for USDT_DOUBLE: cast them for an integer argument.
 */
#define USDT_FIRE(...) \
	USDT_PICK_(__VA_ARGS__, USDT_FIRE_12_, USDT_FIRE_11_, USDT_FIRE_10_, USDT_FIRE_9_, \
	    USDT_FIRE_8_, USDT_FIRE_7_, USDT_FIRE_6_, USDT_FIRE_5_, USDT_FIRE_4_, USDT_FIRE_3_, \
	    USDT_FIRE_2_, USDT_FIRE_1_, USDT_FIRE_0_, )(__VA_ARGS__)
#define USDT_PICK_(p, a, b, c, d, e, f, g, h, i, j, k, l, what, ...)	what

#define USDT_FIRE_1_(p, a) \
	USDT_FIRE_(p, 1, USDT_VALUE_(a))
#define USDT_FIRE_2_(p, a, b) \
	USDT_FIRE_(p, 2, USDT_VALUE_(a), USDT_VALUE_(b))
#define USDT_FIRE_3_(p, a, b, c) \
	USDT_FIRE_(p, 3, USDT_VALUE_(a), USDT_VALUE_(b), USDT_VALUE_(c))
#define USDT_FIRE_4_(p, a, b, c, d) \
	USDT_FIRE_(p, 4, USDT_VALUE_(a), USDT_VALUE_(b), USDT_VALUE_(c), USDT_VALUE_(d))
#define USDT_FIRE_5_(p, a, b, c, d, e) \
	USDT_FIRE_(p, 5, USDT_VALUE_(a), USDT_VALUE_(b), USDT_VALUE_(c), USDT_VALUE_(d), \
	    USDT_VALUE_(e))
#define USDT_FIRE_6_(p, a, b, c, d, e, f) \
	USDT_FIRE_(p, 6, USDT_VALUE_(a), USDT_VALUE_(b), USDT_VALUE_(c), USDT_VALUE_(d), \
	    USDT_VALUE_(e), USDT_VALUE_(f))
#define USDT_FIRE_7_(p, a, b, c, d, e, f, g) \
	USDT_FIRE_(p, 7, USDT_VALUE_(a), USDT_VALUE_(b), USDT_VALUE_(c), USDT_VALUE_(d), \
	    USDT_VALUE_(e), USDT_VALUE_(f), USDT_VALUE_(g))
#define USDT_FIRE_8_(p, a, b, c, d, e, f, g, h) \
	USDT_FIRE_(p, 8, USDT_VALUE_(a), USDT_VALUE_(b), USDT_VALUE_(c), USDT_VALUE_(d), \
	    USDT_VALUE_(e), USDT_VALUE_(f), USDT_VALUE_(g), USDT_VALUE_(h))
#define USDT_FIRE_9_(p, a, b, c, d, e, f, g, h, i) \
	USDT_FIRE_(p, 9, USDT_VALUE_(a), USDT_VALUE_(b), USDT_VALUE_(c), USDT_VALUE_(d), \
	    USDT_VALUE_(e), USDT_VALUE_(f), USDT_VALUE_(g), USDT_VALUE_(h), USDT_VALUE_(i))
#define USDT_FIRE_10_(p, a, b, c, d, e, f, g, h, i, j) \
	USDT_FIRE_(p, 10, USDT_VALUE_(a), USDT_VALUE_(b), USDT_VALUE_(c), USDT_VALUE_(d), \
	    USDT_VALUE_(e), USDT_VALUE_(f), USDT_VALUE_(g), USDT_VALUE_(h), USDT_VALUE_(i), \
	    USDT_VALUE_(j))
#define USDT_FIRE_11_(p, a, b, c, d, e, f, g, h, i, j, k) \
	USDT_FIRE_(p, 11, USDT_VALUE_(a), USDT_VALUE_(b), USDT_VALUE_(c), USDT_VALUE_(d), \
	    USDT_VALUE_(e), USDT_VALUE_(f), USDT_VALUE_(g), USDT_VALUE_(h), USDT_VALUE_(i), \
	    USDT_VALUE_(j), USDT_VALUE_(k))
#define USDT_FIRE_12_(p, a, b, c, d, e, f, g, h, i, j, k, l) \
	USDT_FIRE_(p, 12, USDT_VALUE_(a), USDT_VALUE_(b), USDT_VALUE_(c), USDT_VALUE_(d), \
	    USDT_VALUE_(e), USDT_VALUE_(f), USDT_VALUE_(g), USDT_VALUE_(h), USDT_VALUE_(i), \
	    USDT_VALUE_(j), USDT_VALUE_(k), USDT_VALUE_(l))

#endif
