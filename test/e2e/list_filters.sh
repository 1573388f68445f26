#!/bin/sh
# -l by provider, module, function, name and number; of a process, of the whole system.
. test/e2e/lib.sh
mod=args_$$
cp "$B/e2e/args" "$tmp/$mod"
start "$tmp/$mod"
rows() { # N ARGS...: so many probes are listed
	n=$1
	shift
	run -l "$@"
	expect_status 0
	[ "$(grep -c " $mod " "$tmp/out")" -eq "$n" ] || fail "not $n probes: dtrace -l $*"
}
rows 6 -P 'args*'
rows 6 -P "args$target"
rows 6 -m "$mod"
rows 6 -p $target
rows 1 -f "$mod:fire_float"
rows 1 -n "$mod::floating"
rows 2 -n "args$target:::[st]*"
rows 6				# of everything

# Numbers are those of the list of everything.
rows 6 -p $target
id=$(sed -n "s/^ *\([0-9]*\) *args$target .* floating\$/\1/p" "$tmp/out")
rows 1 -p $target -i "$id"
expect_like out "^ *$id  *args$target  *$mod  *fire_float floating\$"
run -q -p $target -i "$id { printf(\"%d %s %s\n\", id, probeprov, probename); exit(0); }"
expect_status 0
expect out <<E
$id args$target floating

E
