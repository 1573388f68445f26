#!/bin/sh
# -l: the probes of a process; -v: types, and what readelf -n shows; a program's file by itself.
. test/e2e/lib.sh
start "$B/e2e/args"
run -l -p $target -P 'args$target'
expect_status 0
sed "1d; s/^ *[0-9]* *args$target */P /; s/  */ /g" "$tmp/out" | sort >"$tmp/rows"
mv "$tmp/rows" "$tmp/rows.got"
head -n 1 "$tmp/out" >"$tmp/head"
printf '%5s %10s %17s %33s %s\n' ID PROVIDER MODULE FUNCTION NAME | diff - "$tmp/head" || fail header
mv "$tmp/rows.got" "$tmp/out"
expect out <<'E'
P args fire_edges edges
P args fire_float floating
P args fire_memory memory
P args fire_sizes sizes
P args fire_twice two-sites
P args main none
E
run -l -v -p $target -n 'args$target:::sizes'
expect_like out 'args\[0\]: int8_t' 'args\[1\]: uint8_t' 'args\[4\]: int32_t' 'args\[7\]: uint64_t' \
	'-1@v\(%rip\) 1@1\+v\(%rip\)'

# BEGIN, END and ERROR have the first three ids.
run -l -n BEGIN -n END -n ERROR
{
	printf '%5s %10s %17s %33s %s\n' ID PROVIDER MODULE FUNCTION NAME
	printf '%5d %10s %17s %33s %s\n' 1 dtrace '' '' BEGIN 2 dtrace '' '' END 3 dtrace '' '' ERROR
} | expect out

# No match: the header, the sentence, status 0.
run -l -n 'nosuch:::probe'
expect_status 0
expect err <<'E'
dtrace: failed to match nosuch:::probe: No probe matches description
E

# The probes of a file that no process runs.
run -l -x object="$B/e2e/plug.so"
expect_status 0
expect_like out 'pythonapp .*plug\.so .*plug_fire firstProbe$'
