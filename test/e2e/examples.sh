#!/bin/sh
# The scripts in examples/, but for those of Python: each while a program does what it looks at.
. test/e2e/lib.sh

# example FILE ARGUMENTS PATTERN...: lines that match are in what it prints.  The whole machine is
# traced, so that nothing can be said of the other lines.  A script that exits is run without one.
example() {
	file=examples/$1
	arguments=$2
	shift 2
	echo "$file" >>"$tmp/run"
	options=$(sed -n '1s/.* \(-[a-z]*\)$/\1/p' "$file")
	if grep -q 'exit(0);' "$file"; then
		run $options "$file" $arguments
	else
		run $options "$file" -c "$B/e2e/errand 30" $arguments
	fi
	[ $status -eq 0 ] || fail "$file: exit status $status"
	expect_like out "$@"
}

bars='^ +[0-9]+ \|@+ +[0-9]+'

example syscall/by_process.d '' '^ +[0-9]+ errand +[0-9]+$'
example syscall/counts.d '' '^PROGRAM +SYSTEM CALL +CALLS$' '^[^ ]+ +[a-z0-9_]+ +[0-9]+$'
example syscall/error_paths.d '' '^  openat\(0xffffff9c, 0x' '^  failed with error 2: /nonexistent/shopping$'
example syscall/errors.d '' '^errand +openat +2 +3$'
example syscall/file_changes.d '' 'errand +rename +/tmp/errand\.[^/]+/list to /tmp/errand\.[^/]+/done$' \
	'errand +rmdir +/tmp/errand\.[^/]+$'
example syscall/latency.d pread64 '^  errand +$' "$bars"
example syscall/missing.d '' '^errand +/nonexistent/shopping +3$'
example syscall/opens.d '' ' errand +-1 +2 /nonexistent/shopping$' ' errand +[0-9]+ +0 /tmp/errand\.[^/]+/list'
example syscall/progeny.d '' '^  errand +[0-9]+$' '^  errand +mmap +[0-9]+$'
example syscall/rates.d '' '^SECOND +CALLS +FAILURES$'
example syscall/times.d '' '^fsync +[0-9]+ +[0-9]+ +[0-9]+ +[0-9]+$'
example syscall/waits.d '' '^errand in (clock_)?nanosleep \(us\)$' "$bars"
example syscall/writes_of.d '' '^ +3 +4096 bread and milk$' '^ +1 +27 all done: '

example io/bytes.d '' '^errand +[0-9]+ +3 +0 +4096$'
example io/disk_latency.d '' '^[a-z ]+: [^ ]+$'
example io/disk_sizes.d '' '^[a-z ]+: [^ ]+$'
example io/latency.d '' '^errand, fsync \(us\)$' "$bars"
example io/sizes.d '' '^errand, write \(bytes\)$' '^ +4096 \|@+ +1 +$'
example io/slow.d 0 ' errand +fsync +fd 3: [0-9]+ ms$'

example sched/cpus.d '' '^CPU +BUSY +SAMPLES$' '^0 +[0-9]+ +[0-9]+$'
example sched/execs.d '' '^TIME +PID +PARENT +PROGRAM +FILE$'
example sched/exits.d '' '^all done: '
example sched/forks.d '' '^errand +[0-9]+ makes +[0-9]+$' '^errand +2$'
example sched/interrupts.d '' '^soft interrupt [0-9]+ +[0-9]+$'
example sched/migrations.d '' '^all done: '
example sched/off_cpu.d '' '^errand, asleep \(us\)$' "$bars"
example sched/on_cpu.d '' '^errand \(us\)$' "$bars"
example sched/run_queue.d '' '^all \(us\)$' "$bars"
example sched/signals.d '' '^errand +[0-9]+ +15 errand +[0-9]+$'
example sched/switches.d '' '^errand +waits +[0-9]+$' '^by CPU$'
example sched/wakers.d '' ' wakes errand +[0-9]+$'

example memory/faults.d '' '^errand +[1-9][0-9]+ +[1-9][0-9]+$'
example memory/kernel_sizes.d '' '^errand \(bytes\)$' '^errand +[0-9]+$'
example memory/mappings.d '' '^errand +[0-9]{4,} +[0-9]{4,}$' '^errand \(KiB\)$'
example memory/pages.d '' '^errand +[1-9][0-9]+$'

example net/connects.d '' ' errand +127\.0\.0\.1 port [0-9]+, error 0$'
example net/packets.d '' '^lo, (sent|received) \(bytes\)$' "$bars"
example net/retransmits.d '' '^20[0-9][0-9] '
example net/tcp_states.d '' ' CLOSE +SYN_SENT +0$' ' SYN_SENT +ESTABLISHED +[0-9]+$'

example language/aggregations.d '' '^1000 numbers, sum 500500, from 1 to 1000, average 500, deviation 289$'
example language/flow.d '' '=> fsync ' '<= fsync  *0$'
example language/numbers.d '255 hello' \
	'^255 is ff in hexadecimal and 377 in octal; hello has 5 characters$'
example language/per_second.d '' '^errand +[1-9][0-9]*$'
example language/strings.d '' '^module +__init__$' '^cleaned +/etc/passwd$' '^number +0$'

# None is left out.
find examples -name '*.d' ! -path 'examples/python/*' | sort >"$tmp/all"
sort "$tmp/run" | diff "$tmp/all" - || fail "not each example was run once"
