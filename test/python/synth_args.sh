#!/bin/sh
# Pythons without true probes of their own: the arguments; a name that isn't ASCII is read, or
# faults, and is never something else.
. test/e2e/lib.sh
. test/python/pythons
. test/python/each_arg
names() {
	args || return 1
	start_waiting names.py
	run -qp $target -n 'python$target:::function-entry { printf("%s %s\n", stringof(arg1), stringof(arg3)); }
	tick-200ms { exit(0); }'
	expect_status 0
	expect_like out '^ascii ascii$'
	expect_like err 'invalid address \(0x0\)'
	! grep -qv '^ascii ascii$\|^$' "$tmp/out" || fail "a name is misread"
	run -qp $target -n 'python$target:::function-* { printf("%s %s %s\n", probename, pyfunc, pyqualname); }
	tick-200ms { exit(0); }'
	expect_status 0
	for probe in entry return; do
		expect_like out "^function-$probe méthode (Café\.)?méthode\$" "^function-$probe ascii ascii\$"
	done
	expect err </dev/null
	kill -KILL $target
	exec 3>&-
}
each_python names
