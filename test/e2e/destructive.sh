#!/bin/sh
# Actions that change something: refused without -w, by themselves; raise(), stop(), system().
. test/e2e/lib.sh
run -n 'BEGIN { system("echo no"); exit(0); }'
expect_status 1
expect out </dev/null
expect err <<'E'
dtrace: description 'BEGIN ' matched 1 probe
dtrace: could not enable tracing: Destructive actions not allowed
E
cat >"$tmp/raise.d" <<'D'
tick-1s /0/ { if (0) raise(9); }
BEGIN { exit(0); }
D
run -s "$tmp/raise.d"
expect_status 1
expect_like err 'Destructive actions not allowed$'
run -w -s "$tmp/raise.d"
expect_status 0
expect_like err '^dtrace: allowing destructive actions$'

# What a command prints stands among what was traced; a failed one changes nothing.
run -qn '#pragma D option destructive
BEGIN { printf("a\n"); system("echo b; exit 3"); printf("c\n"); system("echo %s %d", "d", 4);
    exit(0); }'
expect_status 0
expect out <<'E'
a
b
c
d 4

E

# A signal from the program itself; the record of its clause is there.
run -qw -c '/bin/sleep 20' -n 'syscall::clock_nanosleep:entry, syscall::nanosleep:entry
    /pid == $target/ { raise(15); printf("raised\n"); }'
expect_status 0
printf 'raised\n\n' | expect out

# A stopped process goes on when it is told to.
run -qw -c '/bin/echo done' -n 'syscall::write:entry /pid == $target/
    { stop(); system("until grep -q stopped /proc/%d/status; do sleep 0.05; done; echo stopped",
    pid); system("kill -CONT %d", pid); }'
expect_status 0
expect_like out '^stopped$' '^done$'
