#!/bin/sh
# Pythons without true probes of their own: the arguments beyond the interpreter's three; what -v
# says of the probe; a name that isn't ASCII is read, or faults, and is never something else.
. test/e2e/lib.sh
. test/python/pythons
args() {
	start_waiting loop.py
	run -x bufsize=16m -qp $target -n 'python$target:::function-entry / stringof(arg1) == "deep" /
	{ @entered[stringof(arg0), arg2, stringof(arg3), args[6]] = count();
	  self->frame = arg4; self->state = arg5; }
	python$target:::function-return / stringof(arg1) == "deep" /
	{ @["state differs"] = sum(self->state != 0 && self->state != arg5);
	  @["no state"] = sum(arg5 == 0);
	  @["no frame"] = sum(arg4 == 0); }
	python$target:::function-return / stringof(arg1) == "leaf" / { @left[stringof(arg1), arg6, arg2] = count(); }
	python$target:::function-return / stringof(arg1) == "gen" / { @left[stringof(arg1), arg6, arg2] = count(); }
	tick-300ms { exit(0); }'
	expect_status 0
	expect_like out "^  $inside/loop.py +13 +deep +0 +[1-9][0-9]*\$" \
		'^  state differs +0$' '^  no state +0$' '^  no frame +0$' \
		'^  leaf +0 +11 +[1-9]' '^  leaf +2 +10 +[1-9]' '^  gen +1 +6 +[1-9]' '^  gen +0 +6 +[1-9]'
	expect err </dev/null
	run -lvp $target -n 'python$target:::function-return'
	expect_like out 'args\[6\]: int32_t' 'Breakpoints on the code of .*: CPython 3\.[0-9]+\.' 'Cost:'
	no_breakpoints $target || fail "breakpoints are left"
	kill -KILL $target
	exec 3>&-
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
each_python args
