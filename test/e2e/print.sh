#!/bin/sh
# print(): in C's syntax what a pointer leads to, of types that D declares and of the kernel's.
. test/e2e/lib.sh
cat >"$tmp/prog.d" <<'E'
enum color { RED, GREEN = 5 };
struct in { int x; char c; };
struct s { int a:3; unsigned b:5; char name[8]; struct in in[2]; enum color col; long zero; int *p; };
struct s v;
BEGIN
{
	v.a = -2; v.b = 9; v.name[0] = 'h'; v.name[1] = 'i'; v.in[1].x = 4; v.in[1].c = 'z';
	v.col = GREEN; v.p = (int *)0x1234;
	this->p = (struct s *)alloca(sizeof(struct s));
	*this->p = v;
	print(this->p);
	print(&this->p->col);
}
BEGIN { print(v.in); print(v.col); print(pid > 0); print(probename); exit(0); }
E
_DTRACE_TESTING=1 run -s "$tmp/prog.d"
expect_status 0
sed -i 's/0x[0-9a-f]\{9,\}/PTR/' "$tmp/out"
expect out <<'E'
                   FUNCTION:NAME
                          :BEGIN PTR = *
                                            (struct s) {
                                             .a = (int)-2,
                                             .b = (unsigned int)9,
                                             .name = (char [8]) [
                                              (char)'h',
                                              (char)'i',
                                             ],
                                             .in = (struct in [2]) [
                                              (struct in) {
                                               .x = (int)4,
                                               .c = (char)'z',
                                              },
                                             ],
                                             .col = (enum color)GREEN,
                                             .p = (int *)0x1234,
                                            }
PTR = *
                                            (enum color)GREEN,

                          :BEGIN (struct in [2]) [
                                             (struct in) {
                                              .x = (int)4,
                                              .c = (char)'z',
                                             },
                                            ]
(enum color)GREEN,
(int)1,
(string)"BEGIN",


E
run -q -n 'BEGIN { print((int *)8); } BEGIN { exit(0); }'
expect_status 0
expect_like err 'invalid address \(0x8\)'

[ -e /sys/kernel/btf/vmlinux ] || exit 0
run -q -n 'BEGIN { print(&curthread->pid); print(curthread); exit(0); }'
expect_status 0
expect_like out '^0xff[0-9a-f]* = \*$' '^ {44}\(pid_t\)[0-9]+,$' '^ {44}\(struct task_struct\) \{$' \
	'^ {45}\.comm = \(char \[16\]\) \[$' '^ {45}\.mm = \(struct mm_struct \*\)0xff'
run -q -x printsize=16 -n 'BEGIN { print(curthread->cred); exit(0); }'
expect_status 0
expect_like out '^ {45}\.\.\.$'
