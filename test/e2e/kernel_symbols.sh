#!/bin/sh
# Symbols of the kernel: addresses of functions, and variables where the kernel has their names.
. test/e2e/lib.sh
addr=$(sed -n 's/^\([0-9a-f]*\) T vfs_read$/\1/p' /proc/kallsyms)
[ -n "$addr" ] && [ "$addr" != 0000000000000000 ] || skip "this kernel hides its symbols"
run -q -n '
BEGIN { printf("%p %a %d\n", &`vfs_read, `vfs_read, &vmlinux`vfs_read == `vfs_read); exit(0); }'
expect_status 0
expect out <<E
$addr vmlinux\`vfs_read 1

E
run -q -n 'BEGIN { trace(`no_such_symbol); }'
expect_status 1
expect err <<'E'
dtrace: invalid probe specifier BEGIN { trace(`no_such_symbol); }: in action list: failed to resolve `no_such_symbol: Unknown symbol name
E
run -q -n 'BEGIN { trace(no_such_module`x); }'
expect_like err 'failed to resolve no_such_module`x: Unknown module name$'

grep -q ' jiffies$' /proc/kallsyms || exit 0	# CONFIG_KALLSYMS_ALL: variables, too
run -q -n '
BEGIN { self->j = `jiffies; printf("%s", stringof(`linux_banner)); }
BEGIN { printf("%s %d\n", `init_task.comm, `init_task.pid); }
BEGIN { printf("%d\n", `runqueues.cpu == cpu); }
tick-100ms { printf("%d\n", `jiffies > self->j); exit(0); }'
expect_status 0
{ cat /proc/version; printf 'swapper 0\n'; printf '1\n1\n\n'; } >"$tmp/banner"
sed -i 's/^swapper\/0 /swapper /' "$tmp/out"
expect out <"$tmp/banner"
