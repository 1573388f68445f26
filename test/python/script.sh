#!/bin/sh
# examples/python/call_stack.d: with -qs, and as an executable script found by its first line.
. test/e2e/lib.sh
# The tracer may come in the middle of an import: what counts begins with the first call of foo.
indented() {
	sed -n '/function-entry: .*app.py:foo:/,$p' "$tmp/out" >"$tmp/calls"
	cp "$tmp/calls" "$tmp/out"
	expect_like out "^[0-9]+	 function-entry: +[^ ]*/app.py:foo:[0-9]+\$"
	# Entries are one blank deeper inside; a return stands where its entry stood.
	awk -F: '
	/app.py:(foo|bar):/ {
		match($2, /^ */)
		indent = RLENGTH
		sub(/.*\t */, "", $1)
		event = $1 " " $3
		if (event == "function-entry foo") { at = indent; seen++ }
		else if (!seen) next
		else if (event == "function-return foo") { if (indent != at) exit 1 }
		else if (indent != at + 1) exit 1
	}
	END { if (seen < 3) exit 2 }' "$tmp/out" || fail "not indented as it should be ($?)"
	! grep -q 'importlib' "$tmp/out" || fail "calls inside imports are shown"
	awk '/^[0-9]/ { if ($1 < last) exit 1; last = $1 }' "$tmp/out" || fail "not in order of time"
}
start_python39 test/python/app.py
run -p $target -qs examples/python/call_stack.d -n 'tick-300ms { exit(0); }'
expect_status 0
expect err </dev/null
indented

# Installed as /usr/sbin/dtrace, in a mount namespace of our own.
make -s install B="$B" DESTDIR="$tmp/dest" PREFIX=/usr >/dev/null || fail "make install"
mkdir "$tmp/run"
cat >"$tmp/run/script" <<E
mount -t overlay overlay -o lowerdir=$tmp/dest/usr/sbin:/usr/sbin /usr/sbin || exit 77
exec timeout 20 $tmp/dest/usr/share/doc/dipper/examples/python/call_stack.d -p $target -n 'tick-300ms { exit(0); }'
E
unshare -m sh "$tmp/run/script" >"$tmp/out" 2>"$tmp/err"
status=$?
[ $status -ne 77 ] || skip "cannot mount an overlay on /usr/sbin here"
expect_status 0
indented

make -s uninstall B="$B" DESTDIR="$tmp/dest" PREFIX=/usr >/dev/null || fail "make uninstall"
[ -z "$(find "$tmp/dest" -type f)" ] || fail "uninstall left files:" $(find "$tmp/dest" -type f)
