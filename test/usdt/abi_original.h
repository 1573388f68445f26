/*
 * The binary interface of libstapsdt 0.1, written down from its description: what programs expect
 * that were compiled long ago. Not our header, on purpose.
 */
#ifndef ABI_ORIGINAL_H
#define ABI_ORIGINAL_H

enum { ORIGINAL_NO_ERROR = -1, ORIGINAL_ELF, ORIGINAL_TMP, ORIGINAL_OPEN, ORIGINAL_SYMBOL,
	ORIGINAL_CLOSE };
enum { ORIGINAL_UINT8 = 1, ORIGINAL_INT8 = -1, ORIGINAL_UINT16 = 2, ORIGINAL_INT16 = -2,
	ORIGINAL_UINT32 = 4, ORIGINAL_INT32 = -4, ORIGINAL_UINT64 = 8, ORIGINAL_INT64 = -8 };

struct original_provider;

struct original_probe {			/* 56 bytes */
	char *name;			/* 0 */
	int argFmt[6];			/* 8 */
	void *_fire;			/* 32 */
	struct original_provider *provider;	/* 40 */
	int argCount;			/* 48 */
};

struct original_list {			/* 64 bytes */
	struct original_probe probe;
	struct original_list *next;	/* 56 */
};

struct original_provider {		/* 56 bytes */
	char *name;			/* 0 */
	struct original_list *probes;	/* 8 */
	int error_number;		/* 16: "errno" */
	char *error;			/* 24 */
	void *_handle;			/* 32 */
	char *_filename;		/* 40 */
	int _memfd;			/* 48 */
	int _use_memfd;			/* 52 */
};

struct original_provider *providerInit(const char *name);
int providerUseMemfd(struct original_provider *provider, int use_memfd);
struct original_probe *providerAddProbe(struct original_provider *, const char *name,
    int argCount, ...);
int providerLoad(struct original_provider *provider);
int providerUnload(struct original_provider *provider);
void providerDestroy(struct original_provider *provider);
void probeFire(struct original_probe *probe, ...);
int probeIsEnabled(struct original_probe *probe);

#endif
