#!/bin/sh
# A probe with a semaphore in a command of -c: held until armed, then every event, then the end.
. test/e2e/lib.sh
for how in multi perf; do
	run -q -x uprobe=$how -c "$B/e2e/fire 4" -n '
	app$target:::hit { printf("%s %d %s %s %s\n", copyinstr(arg0), arg1, probemod, probefunc, probename); }'
	expect_status 0
	expect out <<'E'
alpha 0 fire serve hit
beta 1 fire serve hit
gamma 2 fire serve hit
alpha 3 fire serve hit

E
done
