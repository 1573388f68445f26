#!/bin/sh
# -F: entries and returns indent; a second clause of an entry does not; what quiet leaves.
. test/e2e/lib.sh
cat >"$tmp/f.d" <<'D'
syscall::write:entry /pid == $target/ { self->in = 1; trace("in"); }
syscall::write:entry /pid == $target/ { }
syscall::write:return /self->in/ { self->in = 0; trace((int)arg1); }
syscall::exit_group:entry /pid == $target/ { }
D
run -F -s "$tmp/f.d" -c '/bin/echo hello'
expect_status 0
sed -i '/^hello$/d; s/^ *[0-9][0-9]* /CPU /' "$tmp/out"
{
	printf 'CPU %-41s\n' FUNCTION
	printf 'CPU %-41s   %-33s\n' ' => write' in
	printf 'CPU %-41s \n' '  | write:entry'
	printf 'CPU %-41s  %10d\n' ' <= write' 6
	printf 'CPU %-41s \n\n' ' => exit_group'
} | expect out

# Rows also where nothing is recorded; all of them in one line.
run -x flowindent -q -n 'BEGIN { trace("a"); } BEGIN { } BEGIN { trace(1); exit(0); }'
sed -i 's/ *[0-9][0-9]* |/CPU |/g' "$tmp/out"
{
	printf 'CPU %-41s\n' FUNCTION
	printf 'CPU %-41s a' '| :BEGIN'
	printf 'CPU %-41s ' '| :BEGIN' '| :BEGIN'
	printf '1\n'
} >"$tmp/want"
sed 's/ *CPU/CPU/g' "$tmp/want" >"$tmp/trimmed"
sed 's/ *CPU/CPU/g' "$tmp/out" | cmp - "$tmp/trimmed" || fail "quiet rows"
