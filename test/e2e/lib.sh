# What the end-to-end tests share: they are typed as a user would, and run at the top of the tree.
# Nothing sleeps for a fixed time where a condition can be awaited; everything is cleaned up.
set -u
: "${B:=build}"
dtrace=${DTRACE:-$B/dtrace}	# another build of it, with sanitizers for example
root=$B/root/bullseye
tmp=$(mktemp -d)
patience=${PATIENCE:-1}		# how many times as long as here everything may take
pids=
unset PYTHONHOME PYTHONPATH PYTHONUNBUFFERED
export LC_ALL=C TZ=UTC

# A failure in a part of a pipeline counts, too.
cleanup() {
	code=$?
	[ ! -e "$tmp/failed" ] || code=1
	trap - EXIT
	for pid in $pids; do
		kill -KILL "$pid" 2>/dev/null
	done
	wait 2>/dev/null
	rm -rf "$tmp"
	exit $code
}
trap cleanup EXIT
trap 'exit 130' INT TERM

fail() {
	: >"$tmp/failed"
	echo "FAIL: $*"
	for file in out err target; do
		[ ! -s "$tmp/$file" ] || { echo "--- $file:"; tail -n 20 "$tmp/$file"; }
	done
	exit 1
}

skip() {
	echo "$*"
	exit 77
}

# await WHAT COMMAND...: until the command succeeds, 20 s at most (times $patience).
await() {
	what=$1
	shift
	tries=0
	until "$@" >/dev/null 2>&1; do
		tries=$((tries + 1))
		[ $tries -lt $((400 * patience)) ] || fail "waited in vain for $what"
		sleep 0.05
	done
}

# start COMMAND...: a target in the background, which says when it is ready; its process is $target,
# its output $tmp/target.
start() {
	rm -f "$tmp/target"	# what is awaited in it must be of this one
	"$@" >"$tmp/target" 2>&1 </dev/null &
	target=$!
	pids="$pids $target"
	await "$1 to be ready" grep -q ready "$tmp/target"
}

# start_python39 FILE ARGS...: on the Python 3.9 of its own root, which becomes its "/".
start_python39() {
	cp "$1" "$root/tmp/"
	script=/tmp/$(basename "$1")
	shift
	start chroot "$root" /usr/bin/python3.9 -u "$script" "$@"
}

start_python311() {
	start /usr/bin/python3 -u "$@"
}

need_python311() {
	/usr/bin/python3 test/sdt.py /usr/bin/python3 2>/dev/null | grep -q 'python:line' &&
		/usr/bin/python3 -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' ||
		skip "/usr/bin/python3 is no Python 3.11 with probes"
}

# run ARGS...: dtrace to its end: $tmp/out, $tmp/err, $status.
run() {
	timeout -k 1 $((30 * patience)) "$dtrace" "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
	status=$?
}

# trace ARGS...: dtrace in the background, to be interrupted by a Ctrl-C as on a terminal.
trace() {
	rm -f "$tmp/out" "$tmp/err"	# what is awaited in them must be of this tracer
	env --default-signal=INT "$dtrace" "$@" >"$tmp/out" 2>"$tmp/err" </dev/null &
	tracer=$!
	pids="$pids $tracer"
}

# Waits for the tracer to end by itself, or interrupts it first.
finish() {
	tries=0
	while kill -0 $tracer 2>/dev/null && [ "$(state $tracer)" != Z ]; do
		tries=$((tries + 1))
		[ $tries -lt $((400 * patience)) ] || fail "the tracer does not end"
		sleep 0.05
	done
	wait $tracer
	status=$?
}

interrupt() {
	kill -INT $tracer
	finish
}

state() {
	sed 's/.*) //; s/ .*//' "/proc/$1/stat" 2>/dev/null
}

is_gone() {
	! kill -0 "$1" 2>/dev/null || [ "$(state "$1")" = Z ]
}

lines() { # are there N lines in FILE?
	[ -e "$2" ] && [ "$(wc -l <"$2")" -ge "$1" ]
}

# Is nothing of a tracer in the process: no breakpoint, no semaphore?
clean() {
	/usr/bin/python3 test/sdt.py "$1"
}

armed() {
	! clean "$1"
}

# expect out|err: the bytes on standard input.
expect() {
	cat >"$tmp/want"
	diff -u "$tmp/want" "$tmp/$1" || fail "standard $1 is not what was expected"
}

# expect_like out|err PATTERN...: a line that matches each extended regular expression.
expect_like() {
	in=$1
	shift
	for pattern; do
		grep -qE -e "$pattern" "$tmp/$in" || fail "no line in $in matches: $pattern"
	done
}

expect_status() {
	[ $status -eq "$1" ] || fail "exit status $status, expected $1"
}
