#!/bin/sh
# Options: -x, #pragma D option, the environment; operands become $1 and $$1.
. test/e2e/lib.sh
run -x nonsense -n 'BEGIN { exit(0); }'
expect_status 1
expect err <<'E'
dtrace: failed to set -x nonsense: Invalid option name
E
run -x strsize=much -n 'BEGIN { exit(0); }'
expect_status 1
expect err <<'E'
dtrace: failed to set -x strsize: Invalid value for specified option
E

DTRACE_OPT_QUIET=1 run -n 'BEGIN { printf("quiet\n"); exit(0); }'
expect out <<'E'
quiet

E
expect err </dev/null

run -q -n 'BEGIN { printf("%d %s %s\n", $1, $$2, $$1); exit(0); }' 42 foo
expect out <<'E'
42 foo 42

E
run -q -n 'BEGIN { exit(0); }' 42
expect_status 1
expect_like err "extraneous argument '42' \(\\\$1 is not referenced\)\$"

# [D_MACRO_UNUSED]
run -x errtags -n 'BEGIN { exit(0); }' 42
expect_like err "invalid probe specifier BEGIN .*: \[D_MACRO_UNUSED\] extraneous argument '42'"
printf 'BEGIN\n{\n}\n' >"$tmp/unused.d"
run -s "$tmp/unused.d" 42
expect_like err "line 4: extraneous argument '42'"

# Stability: what -v says of a program, and the least that is wanted.
run -e -v -n 'BEGIN { trace(curthread); } profile:::profile-97 { trace(pid); }'
expect_like out '^Stability attributes for description BEGIN ' 'Identifier Names: Unstable$' \
	'Identifier Names: Stable$' 'Data Semantics:   Private$' 'Dependency Class: Common$'
run -x amin=Stable/Stable/Common -n 'BEGIN { trace(curthread); }'
expect_like err 'attributes for scalar curthread \(Stable/Private/Common\) are less than predefined'
run -x amin=Good -n 'BEGIN { trace(pid); }'
expect_like err '^dtrace: failed to set -x amin: Invalid value'

# -o appends.
run -q -o "$tmp/file" -n 'BEGIN { printf("one\n"); exit(0); }'
run -q -o "$tmp/file" -n 'BEGIN { printf("two\n"); exit(0); }'
grep . "$tmp/file" >"$tmp/out"
expect out <<'E'
one
two
E

run -w -q -n 'BEGIN { exit(0); }'
expect_status 0
run -w -n 'BEGIN { exit(0); }'
expect_like err '^dtrace: allowing destructive actions$'

# Options that are one of some words, and that look inside.
run -x bufpolicy=never -n BEGIN
expect_status 1
expect_like err '^dtrace: failed to set -x bufpolicy: Invalid value for specified option$'
for option in bufpolicy=ring linktype=dof ctfpath=/nowhere tree=8 late=static; do
	run -q -x "$option" -n 'BEGIN { exit(4); }'
	expect_status 4
done
run -q -x bpflog -n 'BEGIN { exit(0); }'
expect_like err '^BPF: ' '(^|: )processed [0-9]+ insns'
run -q -x verbose -n 'BEGIN { exit(0); }'
expect_like err 'call .*ringbuf|exit'
echo BEGIN >"$tmp/bare.d"
run -e -s "$tmp/bare.d"
expect_status 1
run -e -x pspec -s "$tmp/bare.d"
expect_status 0
