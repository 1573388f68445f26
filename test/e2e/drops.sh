#!/bin/sh
# Nothing is lost silently: events printed and drops told add up to the events fired.
. test/e2e/lib.sh
run -q -x bufsize=4k -c "$B/e2e/fire 200000" -n 'app$target:::hit { printf("%s %d\n", copyinstr(arg0), arg1); }'
expect_status 0
printed=$(grep -c '^[a-z]* [0-9]*$' "$tmp/out")
told=$(sed -n 's/^dtrace: \([0-9]*\) drops* on CPU [0-9]*$/\1/p' "$tmp/err" | awk '{ n += $1 } END { print n + 0 }')
[ $((printed + told)) -eq 200000 ] || fail "$printed printed and $told told are not 200000"
[ "$told" -gt 0 ] || skip "a buffer of 4k lost nothing at full speed"

# A map that is too small for its keys: told as well.
run -q -x aggsize=4k -c "$B/e2e/fire 20000" -n 'app$target:::hit { @[arg1] = count(); } END { printa("%d %@d\n", @); }'
kept=$(grep -c '^[0-9]* 1$' "$tmp/out")
told=$(sed -n 's/^dtrace: \([0-9]*\) aggregation drops* on CPU [0-9]*$/\1/p' "$tmp/err" | awk '{ n += $1 } END { print n + 0 }')
[ $((kept + told)) -eq 20000 ] || fail "$kept kept and $told told are not 20000"

# Elements of associative arrays and threads' variables, with tags.
run -q -x droptags -x dynvarsize=4k -c "$B/e2e/fire 20000" -n 'app$target:::hit { a[arg1] = 1; }
    END { n = 0; }'
told=$(sed -n 's/^dtrace: \[DTRACEDROP_DYNAMIC\] \([0-9]*\) dynamic variable drops*$/\1/p' "$tmp/err" |
	awk '{ n += $1 } END { print n + 0 }')
[ "$told" -gt 15000 ] && [ "$told" -lt 20000 ] || fail "$told of 20000 elements did not fit in 4k"
