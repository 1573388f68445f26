#!/bin/sh
# stack(), ustack(), and addresses as symbols: as actions, as values of printf() and as keys.
. test/e2e/lib.sh
start build/e2e/frames 4

# Offsets and what libc calls its functions are the build's, and not all of a chain is there
# where libc has no frame pointers.
run -p "$target" -n 'syscall::getppid:entry /pid == $target/ { ustack(); stack(); exit(0); }'
expect_status 0
expect_like out '^              frames`deep\+0x[0-9a-f]+$' \
	'^              vmlinux`do_syscall_64\+0x[0-9a-f]+$'
[ "$(grep -c 'frames`deep+0x' "$tmp/out")" -ge 4 ] || fail "deep() is in the stack too few times"
! grep -q bpf "$tmp/out" || fail "what belongs to programs is in the stack"

run -p "$target" -x stackindent=3 -qn 'syscall::getppid:entry /pid == $target/ {
    printf("[%k|%-5k]\n", ustack(1), stack(1)); stack(1); exit(0); }'
sed -i 's/+0x[0-9a-f]*$/+N/' "$tmp/out"
sed -i 's/`syscall_trace_enter.*+N/`ENTER+N/; s/`do_syscall_64+N/`ENTER+N/' "$tmp/out"
expect out <<'E'
[
libc.so.6`getppid+N
|
     vmlinux`ENTER+N
]

   vmlinux`ENTER+N

E

# Symbols are one key, whatever the address in them; equal stacks, too.
run -p "$target" -qn 'syscall::getppid:entry /pid == $target/ { @s[ustack(1)] = count(); n++;
    @f[usym(ucaller)] = count(); @m[umod(ucaller), mod(caller)] = count();
    @u[ustack(2), pid, execname] = count(); }
    syscall::getppid:entry /n == 5/ { printa(@s); printa("%A %@d\n", @f); printa(@m); exit(0); }'
expect_like out '^              libc.so.6`getppid\+0x[0-9a-f]+$' '^                5$' \
	'^frames`(bottom|deep) 5$' '^  frames {46}vmlinux {59}5$'

run -p "$target" -qn 'syscall::getppid:entry /pid == $target/ {
    printf("%d %d %a %A\n", stackdepth > 2, ustackdepth > 4, caller, ucaller);
    usym(ucaller); uaddr(ucaller); umod(ucaller); func(caller); exit(0); }'
expect_like out '^1 1 vmlinux`[a-z_0-9]+\+0x[0-9a-f]+ frames`(bottom|deep)\+0x[0-9a-f]+$' \
	'^  frames`(bottom|deep) +  frames`(bottom|deep)\+0x[0-9a-f]+ +  frames +  vmlinux`[a-z_0-9]+ +$'

run -p "$target" -x noresolve -qn 'syscall::getppid:entry /pid == $target/ { ustack(2); exit(0); }'
expect_like out '^              libc.so.6:0x[0-9a-f]+$' '^              frames:0x[0-9a-f]+$'

# Variables keep them, until they are assigned 0.
run -p "$target" -qn 'syscall::getppid:entry /pid == $target/ { self->s = ustack(3); self->on = 1;
    a[1] = usym(ucaller); printf("%k", ustack(3)); }
    syscall::getppid:return /self->on/ { printf("%k%A\n%k", self->s, a[1], self->s); @[self->s] = count();
    self->s = 0; printf("none%k", self->s); exit(0); }'
awk '/^$/ { part++; n = 0; next } part <= 3 { line[part, ++n] = $0 }
    END { exit !(line[1, 1] ~ /getppid/ && line[1, 3] != "" && line[1, 1] == line[2, 1] &&
	line[1, 2] == line[2, 2] && line[1, 3] == line[2, 3] && line[1, 3] == line[3, 3]) }' "$tmp/out" ||
	fail "a variable has another stack"
expect_like out '^frames`(bottom|deep)$' '^none$'

# caller is the second frame and stackdepth their number, however the kernel came to the program.
for probe in syscall::getppid:entry rawtp:::sys_enter sdt:::sys_enter; do
	run -p "$target" -qn "$probe"' /pid == $target/ {
	    printf("%a%-2k%d\n", caller, stack(127), stackdepth); exit(0); }'
	awk '/^vmlinux/ { caller = $1 } /^  / { n++; if (n == 2) second = $1 }
	    /^[0-9]/ { exit !(caller == second && $1 == n) }' "$tmp/out" ||
		fail "$probe: caller or stackdepth is not what stack() has"
done

# Whatever was interrupted.
run -qn 'profile-197 { @[stack(), ustack()] = count(); n++; } tick-1s /n > 10/ { exit(0); }'
expect_status 0

# The tracer itself; and where a clause faulted.
run -qn 'BEGIN { ustack(3); x = 1 / (pid - pid); } ERROR { stack(2); ustack(2); exit(0); }'
expect_status 0
expect_like err 'divide-by-zero'

# A number is an address of the target: there must be one.
run -xerrtags -n 'BEGIN { printf("%A", ucaller); exit(0); }'
expect_status 1
expect_like err '\[D_PRINTF_ARG_TYPE\]'
