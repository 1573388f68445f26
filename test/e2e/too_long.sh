#!/bin/sh
# A clause that is too long for a BPF jump is refused with a sentence, wherever it is compiled.
. test/e2e/lib.sh
{
	echo 'BEGIN { if (pid != 0) {'
	awk 'BEGIN { for (i = 0; i < 9000; i++) printf "a[\"%d\", %d] = %d;\n", i, i, i }'
	echo '} exit(0); }'
} >"$tmp/long.d"
run -qs "$tmp/long.d"
expect_status 1
expect out </dev/null
echo 'dtrace: could not enable tracing: BPF program exceeds maximum program size' | expect err
run -d bpf -qs "$tmp/long.d"
expect_status 1
expect out </dev/null
echo 'dtrace: BPF program exceeds maximum program size' | expect err
