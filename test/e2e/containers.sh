#!/bin/sh
# Programs in other namespaces, under other names, or under none any more.
. test/e2e/lib.sh
mod=box_$$
mkdir "$tmp/image"
cp "$B/e2e/fire" "$tmp/image/$mod"
cp "$B/e2e/fire" "$tmp/image/new"
mkdir "$tmp/bind" "$tmp/a" "$tmp/b" "$tmp/u" "$tmp/w" "$tmp/v" "$tmp/x"
script="app*:$mod::hit { @[pid] = count(); @twice[pid, arg1] = count(); }
    tick-500ms / ++n == 2 / { exit(0); }
    END { trunc(@twice, 1); printa(\"%d %@d\\n\", @); printa(\"most %d %d %@d\\n\", @twice); }"
forever() { # PROGRAM
	"$1" -f -s 1000 1000000 >/dev/null &
	target=$!
	pids="$pids $target"
}
saw() { # PID...: each was seen, and no hit twice
	run -q -n "$script"
	expect_status 0
	for pid; do
		grep -q "^$pid [1-9]" "$tmp/out" || fail "process $pid was not seen"
	done
	grep -q '^most [0-9]* [0-9]* 1$' "$tmp/out" || fail "a hit was counted twice"
}

# The same file under two names; then deleted, and a newer one has its name.
mount --bind "$tmp/image" "$tmp/bind" 2>"$tmp/err" || skip "no mounts here: $(cat "$tmp/err")"
unmount() {
	code=$?
	for pid in $pids; do
		kill -KILL "$pid" 2>/dev/null
	done
	wait 2>/dev/null
	umount "$tmp/bind" "$tmp/a" "$tmp/b" 2>/dev/null
	(exit $code)
	cleanup
}
trap unmount EXIT
forever "$tmp/image/$mod"
old=$target
forever "$tmp/bind/$mod"
saw $old $target
mv "$tmp/image/new" "$tmp/image/$mod"
forever "$tmp/image/$mod"
saw $old $target
run -q -p $old -n 'app$target:::hit { printf("%d\n", pid); exit(0); }'
expect_like out "^$old\$"
kill -KILL $old $target

# One image, two containers.
if mount -t overlay -o lowerdir="$tmp/image",upperdir="$tmp/u",workdir="$tmp/w" none "$tmp/a" 2>"$tmp/err" &&
    mount -t overlay -o lowerdir="$tmp/image",upperdir="$tmp/v",workdir="$tmp/x" none "$tmp/b" 2>"$tmp/err"; then
	forever "$tmp/a/$mod"
	first=$target
	forever "$tmp/b/$mod"
	second=$target
	forever "$tmp/image/$mod"
	saw $first $second $target
	kill -KILL $first $second $target
else
	echo "# no overlays here: $(cat "$tmp/err")"
fi

# A process in a PID namespace of its own has our number for it.
unshare -p -f --kill-child "$tmp/image/$mod" -f -s 1000 1000000 >/dev/null &
outer=$!
pids="$pids $outer"
inner() { inner=$(cat "/proc/$outer/task/$outer/children" 2>/dev/null | tr -d ' ') && [ -n "$inner" ]; }
await "the process inside" inner
run -q -p $inner -n 'app$target:::hit { printf("%d %s\n", pid, probeprov); exit(0); }'
expect_like out "^$inner app$inner\$"
saw $inner

# A tracer in one has its own numbers.
cat >"$tmp/inside.sh" <<E
"$dtrace" -q -c "$tmp/image/$mod -s 1000 1000000" -n '
    app\$target:::hit / pid == \$target / { printf("%s\n", probeprov); exit(0); }
    END { printf("target %d\n", \$target); raise(0); }' -w
E
unshare -p -f --mount-proc --kill-child sh "$tmp/inside.sh" >"$tmp/out" 2>"$tmp/err" </dev/null ||
	fail "the tracer inside"
expect_like out '^app[0-9]{1,2}$' '^target [0-9]{1,2}$'
