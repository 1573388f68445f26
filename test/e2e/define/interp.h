/* Between main.c and python.c, which may be in a library, or in C++. */
#ifdef __cplusplus
extern "C" {
#endif

unsigned interp_enabled(void);
void interp_call(const char *file, const char *name, int line);

#ifdef __cplusplus
}
#endif
