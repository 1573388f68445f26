#!/bin/sh
# -x follow: what the command forks is traced too, and what that forks, from the first instruction
# on; each process by its own name, and nobody else.
. test/e2e/lib.sh
fire=$(realpath "$B/e2e/fire")
cat >"$tmp/tree.sh" <<E
"$fire" -f 5 >/dev/null
sh -c '"$fire" -f 3 >/dev/null & wait'
"$fire" -t 2 -f 4 >/dev/null &
wait
exec "$fire" -f 2 >/dev/null
E
"$fire" -f -s 1000 1000000 >/dev/null &		# a stranger
stranger=$!
pids="$pids $stranger"
run -q -Z -x follow -c "sh $tmp/tree.sh" -n 'app$target:::hit { @[probeprov, pid] = count(); }
    END { printf("command %d\n", $target); printa("%s %d %@d\n", @); }'
expect_status 0
command=$(sed -n 's/^command //p' "$tmp/out")
sed -n 's/^app\([0-9]*\) \1 //p' "$tmp/out" | sort -n >"$tmp/hits"
[ "$(tr '\n' ' ' <"$tmp/hits")" = "2 3 5 8 " ] || fail "not every hit of every process"
grep -q "^app$command $command 2\$" "$tmp/out" || fail "the command itself"
clean $stranger || fail "something is left in another process"

# Without it the command alone is meant.
run -q -Z -c "sh $tmp/tree.sh" -n 'app$target:::hit { @[pid == $target] = count(); }
    END { printa("%d %@d\n", @); }'
expect_status 0
expect out <<'E'
1 2

E

# Children that do nothing but end.
run -q -x follow -c "$B/e2e/forker 40" -n 'forker$target:::hit { @[pid == $target] = count(); }
    END { printa("%d %@d\n", @); }'
expect_like out '^40 of 40 children well$'
grep -q '^1 8000$' "$tmp/out" && expect_like out '^0 40$' || expect_like err 'nop'
