#!/bin/sh
# syscall: arguments at entry, the result and errno at return, names of probes.
. test/e2e/lib.sh
run -q -c "$B/e2e/calls 1" -n '
BEGIN { printf("BEGIN %d\n", errno); }
syscall::close:entry / pid == $target && arg0 == 1000000 / { self->on = 1; printf("%d\n", arg0); }
syscall::mmap:entry / self->on / {
	printf("%d %d %d %d %d %d %d\n", arg0, arg1, arg2, arg3, arg4, arg5, arg6);
	printf("%s:%s:%s:%s\n", probeprov, probemod, probefunc, probename);
}
syscall::close:return, syscall::mmap:return, syscall::getppid:return, syscall::dup:return
/ self->on / { printf("%s %d %d %d %d\n", probefunc, arg0, arg1, arg2, errno); }
syscall::setpriority:entry / self->on / { printf("%d %d\n", args[0], args[2]); self->on = 0; }'
expect_status 0
sed -i 's/^getppid [1-9][0-9]* [1-9][0-9]* /getppid P P /' "$tmp/out"
expect out <<'E'
BEGIN 0
1000000
close -9 -9 0 9
11 22 -33 44 55 66 0
syscall:vmlinux:mmap:entry
mmap -22 -22 0 22
getppid P P 0 0
dup 3 3 0 0
close 0 0 0 0
77 1

E
