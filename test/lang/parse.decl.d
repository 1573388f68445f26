/* lang_tool -d parse */
int a; unsigned b, *c, d[3][2]; long long unsigned int e; signed char f;
int*g; int * const * volatile h; const char *i;
self string j; this uint64_t k;
string l[int, string, struct pt *];
self int m[char *];
int (*n)[4]; int *(*o)(int, const char *, ...); void (*p[2])(void);
struct pt { int x, y; };
struct pt q; struct pt *r;
typedef struct { char s[16]; union { int i; long l; } u; } rec_t;
rec_t s, t[2];
enum colour { RED, GREEN = 5, BLUE };
enum colour u;
char v[BLUE * 2 + (RED ? 1 : sizeof (rec_t))];
typedef int number; typedef int number;
number w;
_Bool x; size_t y; string z;
struct later *la;
BEGIN
{
	(struct pt *)a;
	(string)b;
	sizeof (unsigned long);
	sizeof (rec_t *);
	sizeof (a)->b;
	offsetof(rec_t, u);
	(number)a;
}
