#!/bin/sh
# Functions on text, numbers, addresses and memory; strings that are NULL; faults name their address.
. test/e2e/lib.sh
cat >"$tmp/f.d" <<'D'
#pragma D option quiet
string u;
BEGIN
{
	s = "/usr/lib/python3";
	printf("%s %s [%s] %d\n", strchr(s, '/'), strrchr(s, '/'), strchr(s, 'x'),
	    strchr(s, 'x') == NULL);
	printf("%s %d %d\n", strstr(s, "lib"), index(s, "/"), rindex(s, "/"));
	method = strtok("GET /index.html HTTP/1.1", " ");
	printf("%s %s\n", method, strtok(NULL, " "));
	printf("%s %s %s\n", toupper(s), tolower("ABC"), cleanpath("/usr/../lib//x/."));
	printf("%s %s %d %d\n", lltostr(-5), lltostr(255, 16), strtoll("12") + 1,
	    strtoll("ff", 16));
	printf("%x %c%c\n", htons(0x1234), s[1], "abc"[2]);
	p = (uint32_t *)alloca(16);
	p[0] = htonl(0x7f000001);
	p[1] = p[2] = p[3] = 0;
	printf("%s %s\n", inet_ntoa(p), inet_ntoa6(p));
	printf("%s %d\n", link_ntop(1, p), *p == p[0]);
	printf("%d %d\n", progenyof($pid), progenyof(1 << 30));
	printf("[%s] %d\n", u, u == NULL);
}
BEGIN { printf("%d", strlen(u)); }
BEGIN { printf("%d", *(int *)8); }
BEGIN { x = 100; q = alloca(200); r = alloca(x); }
BEGIN { exit(0); }
D
run -s "$tmp/f.d"
expect_status 0
expect out <<'O'
/usr/lib/python3 /python3 [] 1
lib/python3 0 8
GET /index.html
/USR/LIB/PYTHON3 abc /lib/x
-5 0xff 13 255
3412 uc
127.0.0.1 7f00:1::
7f:00:00:01:00:00 1
1 0
[] 1

O
grep -q 'invalid address (0x0)' "$tmp/err" || fail "strlen(NULL) does not fault"
grep -q 'invalid address (0x8)' "$tmp/err" || fail "*(int *)8 does not fault"
grep -q 'out of scratch space' "$tmp/err" || fail "scratch space has no end"

# Memory of a process: written only when that is allowed.
run -n 'BEGIN { copyout(alloca(8), 0, 8); }'
expect_status 1
grep -q 'Destructive actions not allowed' "$tmp/err" || fail "copyout() without -w"
run -q -x scratchsize=1k -n 'BEGIN { p = (char *)alloca(1024); p[1023] = 7; printf("%d\n", p[1023]); exit(0); }'
expect out <<'O'
7

O
