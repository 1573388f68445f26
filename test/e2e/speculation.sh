#!/bin/sh
# Speculations: held, committed in place with their own rows, discarded; numbers, drops, sizes.
. test/e2e/lib.sh
cat >"$tmp/s.d" <<'D'
BEGIN { a = speculation(); b = speculation(); printf("%d %d\n", a, b); }
BEGIN { speculate(a); printf("held %d\n", 1); }
BEGIN { speculate(b); printf("never\n"); }
BEGIN { speculate(7); printf("nor this\n"); }
BEGIN { printf("before\n"); }
BEGIN { speculate(a); printf("held %d\n", 2); trace("x\n"); }
BEGIN { discard(b); printf("discarded\n"); }
BEGIN { commit(a); commit(b); commit(0); commit(-1); }
BEGIN { commit(a); }
BEGIN { speculate(a); printf("too late\n"); }
BEGIN { c = speculation(); printf("again %d\n", c); }
BEGIN { speculate(c); printf("forgotten\n"); }
BEGIN { exit(0); }
END { d = speculation(); }
END { speculate(d); printf("at the end\n"); }
END { commit(d); }
D
run -q -x nspec=2 -s "$tmp/s.d"
expect_status 0
expect err </dev/null
expect out <<'E'
1 2
before
discarded
held 1
held 2
x
again 1
at the end

E

# Rows keep their own probe; a clause with nothing but speculate() has one, commit() has none.
run -n 'BEGIN { x = speculation(); } BEGIN { speculate(x); } BEGIN { speculate(x); trace("a"); }
    BEGIN { trace("first"); } BEGIN { exit(0); } END { commit(x); } END { trace("last"); }'
expect_status 0
sed -i 's/^ *[0-9][0-9]* /CPU /' "$tmp/out"
{
	echo 'CPU     ID                    FUNCTION:NAME'
	printf 'CPU %6d %32s   %-33s\n' 1 :BEGIN first
	printf 'CPU %6d %32s \n' 1 :BEGIN			# exit()
	printf 'CPU %6d %32s \n' 1 :BEGIN
	printf 'CPU %6d %32s   %-33s\n' 1 :BEGIN a 2 :END last
	echo
} | expect out

# What was recorded on the way to an error is only seen when there was one.
cat >"$tmp/open.d" <<'D'
#pragma D option nspec=32
syscall::openat:entry
/pid == $target/
{
	self->s = speculation();
}
syscall::openat:entry
/self->s/
{
	speculate(self->s);
	printf("open %s\n", copyinstr(arg1));
}
syscall::openat:return
/self->s && errno != 0/
{
	speculate(self->s);
	printf("failed %d\n", errno);
}
syscall::openat:return
/self->s && errno != 0/
{
	commit(self->s);
	self->s = 0;
}
syscall::openat:return
/self->s/
{
	discard(self->s);
	self->s = 0;
}
D
run -q -s "$tmp/open.d" -c '/bin/cat /etc/passwd /nonexistent/file'
expect_status 0
grep -A1 '^open' "$tmp/out" | grep -v '^--' >"$tmp/opens"
tail -n 2 "$tmp/opens" >"$tmp/out"
expect out <<'E'
open /nonexistent/file
failed 2
E
grep -q 'open /etc/passwd' "$tmp/opens" && fail "an open without an error is shown"

# More than there are; more than they hold.
run -q -x droptags -n 'BEGIN { speculation(); speculation(); speculation(); exit(0); }'
expect_status 0
expect err <<'E'
dtrace: [DTRACEDROP_SPECUNAVAIL] 2 failed speculations (no speculative buffer available)
E
run -q -x specsize=600 -n 'BEGIN { x = speculation(); }
    BEGIN { speculate(x); printf("%s\n", strjoin("a", "b")); }
    BEGIN { speculate(x); printf("%s\n", strjoin("c", "d")); }
    BEGIN { speculate(x); printf("%s\n", strjoin("e", "f")); }
    BEGIN { commit(x); } BEGIN { exit(0); }'
expect_status 0
printf 'ab\ncd\n\n' | expect out
expect err <<'E'
dtrace: 1 speculative drop
E
run -q -x nspec=1024 -n 'BEGIN { x = speculation(); y = speculation(); trace(y); exit(0); }'
printf '2\n' | expect out
