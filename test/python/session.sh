#!/bin/sh
# The first session of a user: function-entry and -return of a running Python, by one line.
. test/e2e/lib.sh
session() { # file, as the program sees it
	run -p $target -n 'python$target:::function-entry,python$target:::function-return { printf("%s %s()\n", stringof(arg0), stringof(arg1));
} tick-300ms { exit(0); }'
	expect_status 0
	expect err <<'E'
dtrace: description 'python$target:::function-entry,python$target:::function-return ' matched 3 probes
E
	head -n 1 "$tmp/out" >"$tmp/head"
	printf '%3s %6s %32s\n' CPU ID FUNCTION:NAME | diff - "$tmp/head" || fail "header"
	expect_like out "^ +[0-9]+ +[0-9]+ +[A-Za-z0-9_.]*:function-entry $1 foo\(\)\$" \
		"^ +[0-9]+ +[0-9]+ +[A-Za-z0-9_.]*:function-return $1 bar\(\)\$"
	# Each call of foo is a call of bar, and comes back.
	for event in 'entry .* foo' 'entry .* bar' 'return .* bar' 'return .* foo'; do
		grep -c "function-$event()" "$tmp/out"
	done >"$tmp/counts"
	awk 'NR == 1 { n = $1 } { if ($1 < 3 || $1 - n > 1 || n - $1 > 1) exit 1 }' "$tmp/counts" ||
		fail "the calls do not add up:" $(cat "$tmp/counts")
	clean $target || fail "something is left in the process"

	# Without the tick, and as it is typed: "matched 2 probes", and ended with Ctrl-C.
	trace -p $target -n 'python$target:::function-entry,python$target:::function-return { printf("%s %s()\n", stringof(arg0), stringof(arg1));
}'
	await "calls" lines 20 "$tmp/out"
	interrupt
	expect_status 0
	expect err <<'E'
dtrace: description 'python$target:::function-entry,python$target:::function-return ' matched 2 probes
E
	clean $target || fail "something is left in the process"
}

start_python39 test/python/app.py
session /tmp/app.py
kill -KILL $target
(need_python311) || exit 0
start_python311 test/python/app.py
session "[^ ]*/app.py"
