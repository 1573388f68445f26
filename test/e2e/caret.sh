#!/bin/sh
# Our own option: the line of a compile error, and a caret under the place.
. test/e2e/lib.sh
cat >"$tmp/c.d" <<'D'
BEGIN
{
	trace(1 + nothing);
}
D
run -x caret -s "$tmp/c.d"
expect_status 1
expect err <<E
dtrace: failed to compile script $tmp/c.d: line 3: failed to resolve nothing: Unknown variable name
  	trace(1 + nothing);
  	          ^
E
