#!/bin/sh
# Strings are values: assignment, the six comparisons, the functions.
. test/e2e/lib.sh
cat >"$tmp/s.d" <<'D'
#pragma D option quiet
string g;
BEGIN
{
	g = "global";
	self->s = strjoin(g, "+self");
	this->t = self->s;
	printf("%s %s %s\n", g, self->s, this->t);
	printf("%d%d%d%d%d%d\n", "abc" == "abc", "abc" != "abc", "abc" < "abd", "abc" <= "abc",
	    "b" > "abc", "" >= "a");
	printf("%d %d\n", strlen(""), strlen("hello"));
	printf("[%s] [%s] [%s] [%s] [%s]\n", substr("foobar", 3), substr("foobar", 1, 3),
	    substr("foobar", -3), substr("foobar", 0, -2), substr("foobarbazbop", -24, 13));
	printf("%s %s %s %s\n", basename("/usr/lib/x.py"), basename("/"), basename(""),
	    basename("/foo/bar/"));
	printf("%s %s %s %s\n", dirname("/usr/lib/x.py"), dirname("x"), dirname(""),
	    dirname("/foo/bar///baz/"));
	printf("%s\n", probename == "BEGIN" ? "begin" : "other");
	printf("[%s]\n", stringof("x"));
	exit(0);
}
D
run -s "$tmp/s.d"
expect_status 0
expect out <<'E'
global global+self global+self
101110
0 5
[bar] [oob] [bar] [foob] [f]
x.py / . bar
/usr/lib . . /foo/bar
begin
[x]

E

# A string is cut at strsize.
run -q -x strsize=5 -n 'BEGIN { printf("%s\n", strjoin("abc", "defgh")); exit(0); }'
expect out <<'E'
abcd

E
