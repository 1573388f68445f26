#!/bin/sh
# What a process becomes by exec is traced: from its first instruction, with the dynamic linker that
# it had; some moment later, without one.
. test/e2e/lib.sh
gcc -static -I. -o "$tmp/static" test/e2e/fire.c -pthread 2>"$tmp/err" || fail "no static program"
printf 'exec "%s" -f 7\n' "$B/e2e/fire" >"$tmp/dynamic.sh"
printf 'exec "%s" -f -s 1000 300\n' "$tmp/static" >"$tmp/static.sh"
for kind in dynamic static; do
	run -q -Z -c "sh $tmp/$kind.sh" -n 'app$target:::hit { @ = count(); }
	    END { printa("%@d\n", @); }'
	expect_status 0
	[ $kind = static ] && expect_like out '^[1-9][0-9]*$' || expect_like out '^7$'
done

# Again and again, and the tracer dies in the middle: the process goes on.
cat >"$tmp/again.sh" <<'S'
[ $1 -gt 0 ] || { echo end; exit 0; }
[ -e "$2" ] || { sleep 0.01; exec sh "$0" $1 "$2"; }
exec sh "$0" $(($1 - 1)) "$2"
S
echo ready >"$tmp/ready"
start sh -c 'echo ready; exec sh "$@"' sh "$tmp/again.sh" 200 "$tmp/go"
trace -q -Z -p $target -n 'app$target:::hit { } BEGIN { printf("begun\n"); }'
await "the tracer" grep -q begun "$tmp/out"
: >"$tmp/go"
sleep 0.2
kill -KILL $tracer
wait $tracer
await "the process to end" is_gone $target
grep -q '^end$' "$tmp/target" || fail "the process died"
