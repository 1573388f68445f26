#!/bin/sh
# Without root: the sentence, the status; and what needs none works.
. test/e2e/lib.sh
cp "$dtrace" "$tmp/dtrace"
chmod 755 "$tmp" "$tmp/dtrace"
as_nobody() {
	setpriv --reuid=65534 --regid=65534 --clear-groups "$tmp/dtrace" "$@" \
		>"$tmp/out" 2>"$tmp/err" </dev/null
	status=$?
}
as_nobody -n 'BEGIN { exit(0); }'
expect_status 2
expect err <<'E'
dtrace: run as root for tracing and listing probes
E
as_nobody -l
expect_status 2
as_nobody -V
expect_status 0
