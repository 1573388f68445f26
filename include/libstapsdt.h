/*
 * The interface of libstapsdt 0.1, over libusdt: programs written for it compile and, since names,
 * structures and values are the same, run without being compiled again (libstapsdt.so.0). New
 * programs should use <usdt.h>.
 *
 * Differences, on purpose:
 *
 *  - up to 12 arguments instead of 6; more, or a type that doesn't exist, give NULL and an error;
 *  - loading twice does nothing the second time, but loads the probes added in between;
 *  - probes stay valid, and firing them does nothing, after unload, in other threads too;
 *  - providerDestroy() unloads;
 *  - files have names (usdt_provider_load() in usdt(3)), unless memfd_enabled is asked for;
 *  - the header can be used together with <errno.h>, and from C++.
 */
#ifndef LIBSTAPSDT_H
#define LIBSTAPSDT_H

#ifdef __cplusplus
extern "C" {
#endif

#define MAX_ARGUMENTS 6

typedef enum {
	noError = -1,
	elfCreationError,
	tmpCreationError,
	sharedLibraryOpenError,
	symbolLoadingError,
	sharedLibraryCloseError
} SDTError_t;

typedef enum {
	noarg = 0,
	uint8 = 1, int8 = -1,
	uint16 = 2, int16 = -2,
	uint32 = 4, int32 = -4,
	uint64 = 8, int64 = -8
} ArgType_t;

typedef enum {
	memfd_disabled = 0,
	memfd_enabled = 1
} MemFDOption_t;

struct SDTProvider;

typedef struct SDTProbe {
	char *name;
	ArgType_t argFmt[MAX_ARGUMENTS];	/* the first six */
	void *_fire;			/* the site, a nop or a breakpoint; NULL: not loaded */
	struct SDTProvider *provider;
	int argCount;
} SDTProbe_t;

typedef struct SDTProbeList_ {
	SDTProbe_t probe;
	struct SDTProbeList_ *next;
} SDTProbeList_t;

/* The name of a field was "errno", which <errno.h> makes a macro. */
#pragma push_macro("errno")
#undef errno
typedef struct SDTProvider {
	char *name;
	SDTProbeList_t *probes;		/* the latest first */
	__extension__ union {
		SDTError_t errno;
		SDTError_t sdt_errno;
	};
	char *error;			/* a sentence, or NULL */
	void *_handle;			/* not NULL while loaded */
	char *_filename;
	int _memfd;			/* -1: none */
	MemFDOption_t _use_memfd;
} SDTProvider_t;
#pragma pop_macro("errno")

/* gives: a provider; NULL without a name or memory. What is wrong with a name, loading tells. */
SDTProvider_t *providerInit(const char *name);

/* memfd_enabled: memory instead of a file; memfd_disabled: a file or nothing; without this call: a
 * file, else memory. gives: 1, or 0 if the provider is loaded. */
int providerUseMemfd(SDTProvider_t *provider, const MemFDOption_t use_memfd);

/* argCount values of type ArgType_t follow. gives: a probe, which lives as long as the provider, or
 * NULL and errno, error of the provider. A name that exists gives a probe that is the same. */
SDTProbe_t *providerAddProbe(SDTProvider_t *provider, const char *name, int argCount, ...);

/* Both give 0, or -1 and errno, error of the provider. */
int providerLoad(SDTProvider_t *provider);
int providerUnload(SDTProvider_t *provider);

void providerDestroy(SDTProvider_t *provider);

/* argCount values follow: integers of 64 bits, or pointers. */
void probeFire(SDTProbe_t *probe, ...);

/* gives: 1 if somebody traces it, else 0. */
int probeIsEnabled(SDTProbe_t *probe);

#ifdef __cplusplus
}
#endif

#endif
