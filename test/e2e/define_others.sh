#!/bin/sh
# What -h and -G made is seen by other tracers: bpftrace lists and traces it, gdb knows the probes.
. test/e2e/lib.sh
command -v bpftrace >/dev/null || skip "no bpftrace"
src=$PWD/test/e2e/define
dtrace=$(realpath "$dtrace")
cd "$tmp"
"$dtrace" -h -s "$src"/python.d -o edit.h
sed 's/PYTHON_/PyDTrace_/' edit.h >pydtrace_probes.h
"$dtrace" -G -s "$src"/python.d
for how in "" "-D_SDT_HAS_SEMAPHORES=1 -include $src/../../../include/dipper/sdt.h"; do
	gcc -O2 $how -I. -I"$src" -o interp "$src"/interp_main.c "$src"/python.c python.o || fail gcc
	bpftrace -l 'usdt:./interp:*' >out 2>err
	[ "$(grep -c '^usdt:./interp:python:' out)" -eq 8 ] || fail "bpftrace lists: $(cat out)"
	start ./interp
	timeout -k 1 30 bpftrace -p $target -e '
		usdt:./interp:python:function__entry
		/ arg2 == 3 /
		{
			printf("%s %s %d\n", str(arg0), str(arg1), arg2);
			exit();
		}' >out 2>err || fail "bpftrace: $?"
	grep -q '^/x/file.py frob 3$' out || fail "bpftrace printed $(cat out)"
	kill $target
	if command -v gdb >/dev/null; then
		gdb -batch -nx -ex 'info probes stap python' interp >out 2>err
		[ "$(grep -c '^stap *python .*interp *$' out)" -eq 8 ] || fail "gdb lists: $(cat out)"
	fi
done
