#!/bin/sh
# Pythons without true probes of their own: every call, in order, with its name and line, as
# sys.setprofile sees it in a run without us: recursion, generators, coroutines, exceptions, calls from C, threads.
. test/e2e/lib.sh
. test/python/pythons
by_thread='{ events[$1] = events[$1] $2 " " $3 " " $4 "\n"
	if (!($1 in known)) { known[$1] = 1; thread[++n] = $1 } }
	END { for (i = 1; i <= n; i++) printf "%s", events[thread[i]] }'
calls() {
	start_waiting calls.py
	$python "$inside/calls.py" profile | grep -v ' run ' >"$tmp/profiled"
	trace -q -x bufsize=16m -p $target -n '
	BEGIN { printf("armed\n"); }
	python$target:::function-entry / stringof(arg0) == "'"$inside"'/calls.py" /
	{ printf("%d entry %s %d\n", tid, stringof(arg1), arg2); }
	python$target:::function-return / stringof(arg0) == "'"$inside"'/calls.py" /
	{ printf("%d return %s %d\n", tid, stringof(arg1), arg2); }'
	await "the tracer to be ready" grep -q armed "$tmp/out"
	await "the process to be armed" breakpoints $target
	go_on
	finish
	expect_status 0
	expect err </dev/null
	grep ' [er][a-z]* ' "$tmp/out" | grep -v ' run \| <module> ' | awk "$by_thread" >"$tmp/got"
	[ "$(wc -l <"$tmp/profiled")" -gt 20000 ] || fail "sys.setprofile saw next to nothing"
	diff -u "$tmp/profiled" "$tmp/got" >"$tmp/diff" || { head -n 30 "$tmp/diff"; return 1; }
}
each_python calls
