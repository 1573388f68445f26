#!/bin/sh
# The pid provider: entries, returns and instructions of functions of all kinds; what is refused.
. test/e2e/lib.sh
[ "$(uname -m)" = x86_64 ] || skip "pid probes are for x86-64"
functions=$B/e2e/functions

# Arguments in registers and on the stack; both names of one function; the value.
for how in multi perf; do
	run -q -x uprobe=$how -c "$functions 1" -n '
	pid$target:a.out:ten:entry { printf("%d %d %d %d %d %d %d %d %d %d\n", arg0, arg1, arg2, arg3, arg4, arg5, arg6, arg7, arg8, arg9); }
	pid$target:a.out:other_name:entry { printf("%s %s %d\n", probemod, probefunc, arg9); }
	pid$target:functions:ten:return { printf("%s %d\n", probename, arg1); }
	pid$target:a.out:hidden:entry / ++n == 1 / { printf("%s\n", copyinstr(arg0)); }'
	expect_status 0
	# which of two names of one place comes first is the kernel's choice
	sort "$tmp/out" | sed '/^ready$/d; /^$/d' >"$tmp/sorted"
	diff -u - "$tmp/sorted" <<'E' || fail "arguments"
1 -2 3 -4 5 -6 7 -8 9 -10
functions other_name -10
return -5
some text
E
done

# Every call begins and ends once, by whatever instruction, and has its value.
run -q -c "$functions 10" -n '
pid$target:a.out:factorial:return { @value[arg1] = count(); }
pid$target:a.out::entry { @entry[probefunc] = count(); }
pid$target:a.out::return { @return[probefunc] = count(); }
END { printa("%s %@d\n", @entry); printf("-\n"); printa("%s %@d\n", @return); printf("-\n"); printa("%d %@d\n", @value); }'
expect_status 0
sed -n '/^ready/d; /^-$/q; p' "$tmp/out" | sed -e '/^$/d' -e '/^_/d' -e /main/d -e /resolve/d -e /vector/d | sort >"$tmp/entry"
sed '1,/^-$/d; /^-$/,$d' "$tmp/out" | sed -e '/^$/d' -e '/^_/d' -e /main/d -e /resolve/d -e /vector/d | sort >"$tmp/return"
cat >"$tmp/want" <<'E'
begins_with_nop 10
call_round 10
chosen 10
factorial 80
hidden 30
jumps 10
jumps_by_pointer 10
jumps_if_less 100
jumps_if_odd 100
last 90
middle 10
repeats 10
repeats_whole 10
ten 10
twice 10
waits_for_lock 10
with_data 10
with_switch 90
without_sense 10
E
diff -u "$tmp/want" "$tmp/entry" || fail "entries"
grep -v -e middle -e with_data -e without_sense "$tmp/want" | diff -u - "$tmp/return" || fail "returns"
sed '1,/^-$/d' "$tmp/out" | sed '1,/^-$/d' | sed '/^$/d' >"$tmp/value"
printf '24 10\n120 10\n6 10\n1 30\n2 20\n' | sort >"$tmp/want"
sort "$tmp/value" | diff -u "$tmp/want" - || fail "values"

# A return says where it is; each instruction is a probe.
run -q -c "$functions 1" -n '
pid$target:a.out:jumps_if_odd:return { printf("%x %d\n", arg0, arg1 == -5); }
pid$target:a.out:last: { printf("%s %s\n", probefunc, probename); }
pid$target:a.out:last:4 / ++n == 9 / { exit(0); }'
grep -v last "$tmp/out" | sort | uniq -c | awk 'NF == 3 { print $1, $2, $3 }' >"$tmp/offsets"
printf '5 11 1\n5 8 0\n' | diff -u - "$tmp/offsets" || fail "where it returned"
grep last "$tmp/out" | head -n 4 | diff -u - /dev/fd/3 3<<'E' || fail "instructions"
last 0
last entry
last 4
last return
E

# Vector instructions are left alone.
if grep -qw avx /proc/cpuinfo; then
	run -q -c "$functions 3" -n 'pid$target:a.out:vector*:entry, pid$target:a.out:vector*:return { @[probefunc, probename] = count(); }'
	expect_status 0
	expect_like out '^  vector +return +3$' '^  vector_first +entry +3$' '^  vector_first +return +3$'
fi

# Refused, each with its reason.
refused() { # DESCRIPTION SENTENCE
	run -x errtags -c "$functions 1" -n "$1"
	[ $status -eq 1 ] || fail "$1 is not refused"
	sed 's/ pid[1-9][0-9]*:nosuch/ pidN:nosuch/' "$tmp/err" >"$tmp/said"
	echo "dtrace: invalid probe specifier $1: $2" | diff -u - "$tmp/said" || fail "$1"
}
refused 'pid$target:a.out:nosuch:entry' "[D_PROC_FUNC] failed to lookup 'nosuch' in module 'functions'"
refused 'pid$target:a.out:last:5' "[D_PROC_OFF] offset 0x5 outside of function 'last'"
refused 'pid$target:a.out:last:2' "[D_PROC_OFF] function 'last' of module 'functions' has no place for probe 2: no instruction begins there"
refused 'pid$target:a.out:last:begin' "[D_PROC_NAME] 'begin' is an invalid probe name"
refused 'pid$target:libc:-:1000' "[D_PROC_LIB] 'libc' is not a.out, the only module that has addresses"
refused 'pid$target:a.out:middle:return' "[D_PROC_FUNC] function 'middle' of module 'functions' has no place for probe return: a jump in it leads into the middle of an instruction"
refused 'pid$target:a.out:with_data:return' "[D_PROC_FUNC] function 'with_data' of module 'functions' has no place for probe return: it has data in its code"
refused 'pid$target:a.out:without_sense:return' "[D_PROC_FUNC] function 'without_sense' of module 'functions' has no place for probe return: it has bytes that are no instruction"
refused 'pid$target:a.out:waits_for_lock:4' "[D_PROC_OFF] function 'waits_for_lock' of module 'functions' has no place for probe 4: the kernel takes no probe on that instruction"
refused 'pid$target:a.out:vector:entry' "[D_PROC_FUNC] function 'vector' of module 'functions' has no place for probe entry: the kernel takes no probe on that instruction"
refused 'pid$target:nosuch:main:entry' "[D_PDESC_ZERO] probe description pidN:nosuch:main:entry does not match any probes"
refused 'pid0:a.out:main:entry' "[D_PROC_BADPID] 'pid0' does not contain a valid pid"
refused 'pid4194303:a.out:main:entry' "[D_PROC_GRAB] failed to grab process 4194303"
run -x errtags -n 'pid$pid:a.out:main:entry { }'
sed 's/pid[0-9]* is/pidN is/' "$tmp/err" | grep -qF ' [D_PROC_DYN] process pidN is dtrace itself' || fail "itself"
run -Z -q -c "$functions 1" -n 'pid$target:a.out:nosuch:entry { }'
expect_status 0

# An address of the program, as it is in the process and as it was linked for.
start "$functions" 1000000 1000
run -l -v -p $target -n 'pid$target:a.out:last:entry'
addr=$(sed -n 's/.*, Address: 0x\([0-9a-f]*\),.*/\1/p' "$tmp/out")
run -q -p $target -n 'pid$target:a.out:-:'$addr' { printf("%s %s\n", probefunc, probename); exit(0); }'
expect out <<E
- $addr

E
addr=$(nm "$functions" | sed -n 's/ T last$//p' | sed 's/^0*//')
run -q -p $target -n 'pid$target:a.out:-:'$addr' { printf("%s %s\n", probefunc, probename); exit(0); }'
expect out <<E
- $addr

E
run -p $$ -n 'pid'$target':a.out:-:12 { }'
expect_like err 'has no place for probe 12: no code is at that address'
clean $target || fail "something is left in the process"
