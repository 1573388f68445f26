#!/bin/sh
# vtimestamp counts while the thread is on a processor; the clause that keeps it is not counted.
. test/e2e/lib.sh

run -qc 'sleep 0.3' -n 'syscall::clock_nanosleep:entry /pid == $target/ {
    self->v = vtimestamp; self->t = timestamp; }
syscall::clock_nanosleep:return /self->t/ {
	printf("%d %d\n", timestamp - self->t >= 300000000, vtimestamp - self->v < 200000000);
}'
expect_status 0
expect out <<END
1 1

END

# A thread that works: the clock runs with it.
run -qc 'dd if=/dev/zero of=/dev/null bs=1M count=300 status=none' -n '
syscall::write:entry /pid == $target && !self->t/ { self->v = vtimestamp; self->t = timestamp; }
syscall::exit_group:entry /self->t/ {
	printf("%d\n", vtimestamp > self->v && vtimestamp - self->v <= timestamp - self->t); }'
expect out <<END
1

END

run -n 'BEGIN { self->v = vtimestamp; exit(0); }'
expect err <<END
dtrace: description 'BEGIN ' matched 1 probe
END
