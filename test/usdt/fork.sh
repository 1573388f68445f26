#!/bin/sh
# Children of a traced program live, whatever the site and the way they are made; those whom
# nobody traces fire nothing.
. test/usdt/lib.sh
need bpftrace
for flags in 0 8; do
	rm -f "$tmp/target" "$tmp/trace"
	start_app flags:$flags load ready await fork:20 clone:20 off
	bpftrace -p $target -e 'usdt:*:app:request { @[pid == '$target']++; @n++;
		if (@n >= 400) { exit() } }' >"$tmp/trace" 2>"$tmp/err"
	app_ends
	[ "$(grep -c '^20 of 20 children well' "$tmp/target")" = 2 ] || fail "children died, $flags"
	grep -q '^@\[1\]: 400' "$tmp/trace" || fail "$flags: $(cat "$tmp/trace")"
done

# By the file, children are traced too, each with its own counts.
for flags in 0 8; do
	rm -f "$tmp/target" "$tmp/trace"
	start_app flags:$flags load ready await fork:20 clone:20
	bpftrace -e "usdt:$file:app:request { @[pid == $target]++; @n++;
		if (@n >= 800) { exit() } }" >"$tmp/trace" 2>"$tmp/err"
	app_ends
	[ "$(grep -c '^20 of 20 children well' "$tmp/target")" = 2 ] || fail "children died, $flags"
	grep -q '^@\[0\]: 400' "$tmp/trace" && grep -q '^@\[1\]: 400' "$tmp/trace" ||
		fail "$flags: $(cat "$tmp/trace")"
done
