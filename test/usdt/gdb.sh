#!/bin/sh
# gdb lists the probes, stops at one, and knows its arguments.
. test/usdt/lib.sh
need gdb
start_app load ready await fire:2
timeout 30 gdb -q -nx -batch -p $target -ex 'info probes stap app' -ex 'break -probe-stap app:request' \
	-ex continue -ex 'printf "%s %d\n", $_probe_arg0, $_probe_arg1' -ex 'delete' -ex 'detach' \
	>"$tmp/out" 2>"$tmp/err" </dev/null
expect_like out 'app +request +0x[0-9a-f]+ +0x[0-9a-f]+ +.*/app-[0-9a-f]+\.so' 'app +twelve' '^/path/0 0$'
app_ends
