#!/bin/sh
# Structures, unions, arrays and bit-fields that D declares: in variables of every kind, in elements of
# associative arrays, and through pointers; copied, changed, traced; and what faults.
. test/e2e/lib.sh
cat >"$tmp/prog.d" <<'E'
struct in { int a:3; unsigned b:5; char name[12]; long v[4]; };
struct s {
	char c; short h; int i; long l; struct in in; struct s *next; string str;
	union { int x; char y[8]; } u;
};
typedef struct point { int x, y; } point_t;
struct s g;
self struct s t;
struct s as[string];
int arr[10];
point_t p;
struct point moved[point_t, int];
struct { char text[3]; char after; } tight;

BEGIN
{
	g.c = -1; g.h = -2; g.i = 3; g.l = -4; g.in.a = -2; g.in.b = 17; g.in.v[2] = 77;
	g.str = "hello"; g.u.x = 0x01020304;
	this->i = 3;
	g.in.v[this->i] = 99; arr[this->i] = 5; arr[4]++;
	printf("%d %d %d %d %d %d %d %d %s %d\n", g.c, g.h, g.i, g.l, g.in.a, g.in.b, g.in.v[2],
	    g.in.v[3], g.str, g.u.y[3]);
	printf("%d %d %d\n", arr[3], arr[4], arr[5]);
	printf("%d %d %d\n", g.in.a = 5, ++g.in.a, g.in.a = -2);

	as["x"] = g; as["x"].i++; as["y"].l = 5;
	printf("%d %d %d %d %s\n", as["x"].i, as["y"].l, as["z"].i, as["x"].in.v[this->i],
	    as["x"].str);
	as["x"] = 0;
	printf("%d\n", as["x"].i);

	self->t = g; self->t.in.b++; this->t = self->t;
	printf("%d %d %d\n", self->t.in.b, this->t.in.b, g.in.b);
	self->t = 0;
	printf("%d\n", self->t.in.b);

	this->p = (struct s *)alloca(sizeof(struct s));
	this->p->i = 42; this->p->in.b = 9; this->p->in.v[1] = 12; this->p->in.a--;
	this->p->next = this->p; this->p->u.y[this->i] = 7;
	printf("%d %d %d %d %d %d\n", this->p->i, (*this->p).in.b, this->p->next->in.v[1],
	    this->p->next->next->in.a, this->p->u.x, sizeof(struct s));
	*this->p = g;
	this->p->str = "world";
	printf("%s %s %d\n", this->p->str, g.str, (this->p + 1) - this->p);

	p.x = 1; p.y = 2;
	tight.text[0] = 'a'; tight.text[1] = 'b'; tight.text[2] = 'c'; tight.after = 'd';
	printf("%s %d %d\n", tight.text, tight.text == "abc", strlen(tight.text));
}
BEGIN
{
	moved[p, 1].x = 10; p.x++; moved[p, 1] = p; @[p, "x"] = count(); @[p, "x"] = count();
	printf("%d %d", moved[p, 1].x, moved[p, 2].x);
	p.x--;
	printf(" %d\n", moved[p, 1].x);
	printa("%@d\n", @);
}
BEGIN { trace(p); trace(tight); }
BEGIN { printf("\n%d %d %d", g.in.b - 18 < 0, -g.in.b, -40 / g.in.b); }
BEGIN { printf("%d\n", arr[this->i + 7]); }
BEGIN { this->i = -1; arr[this->i] = 1; }
BEGIN { printf("%d\n", ((struct s *)0)->in.v[1]); }
BEGIN { exit(0); }
E
run -x scratchsize=400 -qs "$tmp/prog.d"
expect_status 0
sed -i 's/at BPF pc [0-9]*$/at BPF pc N/' "$tmp/err"
expect err <<'E'
dtrace: error in dt_clause_4 for probe ID 1 (dtrace:::BEGIN): index out of bounds (10) at BPF pc N
dtrace: error in dt_clause_5 for probe ID 1 (dtrace:::BEGIN): index out of bounds (-1) at BPF pc N
dtrace: error in dt_clause_6 for probe ID 1 (dtrace:::BEGIN): invalid address (0x28) at BPF pc N
E
expect out <<'E'
-1 -2 3 -4 -2 17 77 99 hello 1
5 1 0
-3 -2 -2
4 5 0 99 hello
0
18 18 17
0
42 9 12 -1 117440512 336
world hello 1
abc 1 3
2 0 10
2

             0  1  2  3  4  5  6  7  8  9  a  b  c  d  e  f  0123456789abcdef
         0: 01 00 00 00 02 00 00 00                          ........
abcd
1 -17 -2
E
