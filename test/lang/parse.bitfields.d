/* lang_tool -d parse */
/* Offsets as the System V ABI has them; the compiler's own answers are in type_test.c. */
struct a { char c; int x : 3; int y : 30; short s : 4; long l; };
struct b { unsigned long a : 40; unsigned int b : 24; char c; };
union c { char c; int x : 9; long l[3]; };
BEGIN
{
	sizeof (struct a);
	offsetof(struct a, l);
	offsetof(struct b, c);
	sizeof (struct b);
	sizeof (union c);
}
