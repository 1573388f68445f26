#!/bin/sh
# bcc lists the probes of a process, of a file and of a memfd.
. test/usdt/lib.sh
need tplist-bpfcc
for flags in 0 4; do
	rm -f "$tmp/target"
	start_app flags:$flags load ready sleep:20000
	tplist-bpfcc -p $target >"$tmp/out" 2>"$tmp/err"
	expect_like out 'app:request' 'app:twelve'
	kill -KILL $target
done
