#!/bin/sh
# bcc lists the probes of a process, of a file and of a memfd; and they fire there, if it can compile.
. test/usdt/lib.sh
need tplist-bpfcc
for flags in 0 4; do
	rm -f "$tmp/target"
	start_app flags:$flags load ready sleep:20000
	tplist-bpfcc -p $target >"$tmp/out" 2>"$tmp/err"
	expect_like out 'app:request' 'app:twelve'
	kill -KILL $target
done
if [ -z "${BCC_KERNEL_SOURCE:-}" ] && [ ! -e "/lib/modules/$(uname -r)/build" ] &&
	[ ! -e /sys/kernel/kheaders.tar.xz ]; then
	echo "# only listed: bcc compiles with headers of the kernel, which there are not"
	exit 0
fi
rm -f "$tmp/target"
start_app load ready go:"$tmp/go" fire:3 off
PYTHONUNBUFFERED=1 env --default-signal=INT trace-bpfcc -p $target "u:$file:request \"%s %d\", arg1, arg2" \
	>"$tmp/out" 2>"$tmp/err" &
tracer=$!
pids="$pids $tracer"
await "trace-bpfcc" grep -q '^PID' "$tmp/out"
touch "$tmp/go"
await "the events" lines 4 "$tmp/out"
expect_like out ' request +/path/0 0$' ' request +/path/1 -1$' ' request +/path/2 -2$'
kill -INT $tracer
app_ends
