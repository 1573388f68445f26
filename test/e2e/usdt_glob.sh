#!/bin/sh
# Descriptions: provider with its pid, by macro and by glob; module, function and name by glob.
. test/e2e/lib.sh
start "$B/e2e/args"
matched() { # N SPEC
	run -p $target -n "$2 { }" -n 'BEGIN { exit(0); }'
	expect_like err "^dtrace: description '[^']*' matched $1 probes?\$"
}
matched 6 'args$target:::'
matched 6 "args$target:::"
matched 6 'args*:::'
matched 3 'args$target:args:fire_[smt]*:'
matched 1 'args$target:a*::none'
matched 2 'args$target:::*s[i]?e*'
matched 6 'args$target:a.out::'
