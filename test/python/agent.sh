#!/bin/sh
# -x pyagent: functions, lines and calls of C functions, from sys.monitoring in the process.
. test/e2e/lib.sh
versions=${PYENV_ROOT:-${HOME:-/root}/.pyenv}/versions
tried=

program='python$target:::function-*, python$target:::c-* / basename(stringof(arg0)) == "agent.py" /
	{ printf("%s %s:%d\n", probename, stringof(arg1), arg2); }
python$target:::line / basename(stringof(arg0)) == "agent.py" && stringof(arg1) != "<module>" /
	{ printf("%s:%d\n", stringof(arg1), arg2); }'

events() { # one turn of shop()
	cat <<'END'
function-entry shop:16
shop:17
function-entry items:12
items:13
function-return items:13
shop:18
shop:19
function-entry price:7
price:8
c-call len:8
c-return len:8
price:9
function-return price:9
shop:20
shop:21
shop:22
shop:17
function-entry items:13
function-return items:13
function-return shop:17
END
}

# A command, from its start.
for python in "$versions"/3.1[2-9].*/bin/python3; do
	[ -x "$python" ] || continue
	tried=1
	run -q -x pyagent -c "$python test/python/agent.py" -n "$program"
	expect_status 0
	grep -v -e '<module>' -e 'print:' -e '^$' -e '^ready' "$tmp/out" >"$tmp/got"
	events | diff -u - "$tmp/got" || fail "$python: other events"
	[ ! -s "$tmp/err" ] || fail "$python: it complains"
done

gone() {
	[ "$(grep -c '^tool None' "$tmp/target")" -eq "$1" ]
}

# A process that runs: how the tracer ends does not matter.
for root in "$B/root/sid"; do
	[ -e "$root/.complete" ] || continue
	cp test/python/agent.py "$root/tmp/"
	for version in 3.14 3.15; do
		tried=1
		start chroot "$root" /usr/bin/python$version -u /tmp/agent.py wait
		run -q -x pyagent -p $target -n "$program tick-200ms { exit(0); }"
		expect_status 0
		events | while read -r line; do
			grep -qxF -e "$line" "$tmp/out" || fail "$version: no $line"
		done
		await "the agent to stop" gone 1
		trace -q -x pyagent -p $target -n "$program"
		await "events" grep -q 'price:8' "$tmp/out"
		kill -KILL $tracer
		await "the agent to stop" gone 2
		run -l -p $target -n 'python$target:::line'
		! grep -q " line$" "$tmp/out" || fail "its probes are still there"
		! ls -d "$root"/tmp/dtrace-* 2>/dev/null || fail "something is left in /tmp"
		kill $target
	done
	rm -f "$root/tmp/agent.py"
done

# Where there can't be one it is said, and the rest goes on.
need_python311
start_python311 test/python/loop.py wait
run -q -x pyagent -p $target -n 'python$target:::function-entry { exit(0); }'
expect_status 0
expect_like err "^dtrace: process $target has no agent: it runs no CPython of version 3\.12 or later$"

[ -n "$tried" ] || skip "no CPython of version 3.12 or later is here"
