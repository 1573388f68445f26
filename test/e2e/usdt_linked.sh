#!/bin/sh
# -c: the probes of objects that the dynamic linker maps before main() are armed before main().
. test/e2e/lib.sh
run -q -c "$B/e2e/linked" -n 'pythonapp$target:::firstProbe { printf("%s %s %d\n", probemod, stringof(arg0), arg1); }'
expect_status 0
expect out <<'E'
plug.so linked 1
plug.so linked 2
plug.so linked 3

E
