#!/bin/sh
# The post's script as it stands there, on a program that imports nothing while it is traced.
. test/e2e/lib.sh
start_python39 test/python/demo.py
run -p $target -qs test/python/post_script.d -n 'tick-1500ms { exit(0); }'
expect_status 0
expect err </dev/null
expect_like out "^[0-9]+	 function-entry: *[^ ]*/demo.py:handle:[0-9]+\$" \
	"^[0-9]+	function-return: *[^ ]*/demo.py:price:[0-9]+\$"
# From the first call of handle on: what it calls stands one blank deeper, and so on.
sed -n '/function-entry: .*:handle:/,$p' "$tmp/out" | awk -F: '
	/demo.py:(handle|total|price):/ {
		match($2, /^ */)
		if ($1 ~ /function-entry/) at[$3] = RLENGTH
		else if (RLENGTH != at[$3]) exit 1
		n++
	}
	END { if (n < 4 || at["price"] <= at["handle"]) exit 2 }' || fail "not indented as it should be ($?)"
