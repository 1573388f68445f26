#!/bin/sh
# A Python without probes that executes itself again, where everything has another address: calls and
# functions left by an exception before and after; and one that starts while all are traced.
. test/e2e/lib.sh
. test/python/pythons
cat >"$tmp/again.py" <<'E'
import os, sys, time
def raiser():
    raise ValueError
def go():
    for i in range(5):
        try:
            raiser()
        except ValueError:
            pass
if sys.argv[1] == "late":
    while True:
        go()
        time.sleep(0.02)
go()
if sys.argv[1] == "first":
    os.execv(sys.executable, [sys.executable, __file__, "second"])
E
python=$(built_pythons | sed -n 's,^/ \(.*/3\.1[1-9]\..*\),\1,p' | head -n 1)
[ -n "$python" ] || skip "no Python of pyenv, 3.11 or later"
run -q -c "$python $tmp/again.py first" -n 'python$target:::function-entry,python$target:::function-return
    / copyinstr(arg1) == "raiser" / { @[probename, arg6] = count(); }
    END { printa("%s %d %@d\n", @); }'
expect_status 0
expect_like out '^function-entry 0 10$' '^function-return 2 10$'

trace -q -Z -n 'python*:::function-entry / copyinstr(arg1) == "raiser" / { printf("%d\n", pid); }
    BEGIN { printf("begun\n"); }'
await "the tracer" grep -q begun "$tmp/out"
"$python" "$tmp/again.py" late >/dev/null 2>&1 &
late=$!
pids="$pids $late"
await "its calls" grep -qx $late "$tmp/out"
interrupt
expect_status 0
