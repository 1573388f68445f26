#!/bin/sh
# fbt: functions of the kernel, one by its name and several by a pattern; or why there are none.
. test/e2e/lib.sh
run -l -n 'fbt::vfs_read:'
if grep -q 'fbt is not available' "$tmp/err"; then
	expect_like err 'fbt is not available: the kernel (has no kprobes|does not tell its types)'
	run -n 'fbt::vfs_read:entry'
	expect_status 1
	expect_like err 'fbt is not available: the kernel ' 'does not match any probes'
	run -n 'BEGIN { exit(0); }'
	[ "$(wc -l <"$tmp/err")" -eq 1 ] || fail "BEGIN looks for functions"
	skip "no function of the kernel can be traced here"
fi
expect_like out '^ +[0-9]+ +fbt +vmlinux +vfs_read entry$' '^ +[0-9]+ +fbt +vmlinux +vfs_read return$'
run -l -v -n 'fbt::vfs_read:'
expect_like out 'args\[0\]: struct file \*' 'args\[2\]: size_t' 'args\[0\]: long' 'args\[1\]: ssize_t'

head -c 100 /dev/zero >"$tmp/100"
for func in vfs_read 'vfs_rea[d]'; do
	run -q -c "dd if=$tmp/100 of=/dev/null bs=77" -n '
	fbt::'"$func"':entry / pid == $target && arg2 == 77 / {
		self->on = 1;
		printf("%s:%s:%s:%s %d\n", probeprov, probemod, probefunc, probename, args[2]);
	}
	fbt::'"$func"':return / self->on / { printf("%d %d %d\n", arg0, arg1, args[1]); self->on = 0; }'
	expect_status 0
	expect out <<'E'
fbt:vmlinux:vfs_read:entry 77
-1 77 77
fbt:vmlinux:vfs_read:entry 77
-1 23 23
fbt:vmlinux:vfs_read:entry 77
-1 0 0

E
done

# A negative result; a function without a result; many functions at once.
run -q -c "cat $tmp/nothing" -n '
fbt::do_sys_openat2:return / pid == $target && arg1 < 0 / { printf("%d\n", arg1); }'
expect_like out '^-2$'
run -q -c "cat $tmp/100" -n 'fbt::vfs_*: / pid == $target / { @[probefunc, probename] = count(); }'
expect_like out '^  vfs_open +entry +1$' '^  vfs_open +return +1$'

# What must not be traced is refused, with a sentence, and the rest goes on.
run -q -n 'fbt::vfs_read:entry,fbt::migrate_disable:entry { exit(0); } tick-1s { exit(0); }'
expect_status 0
expect_like err 'fbt:vmlinux:migrate_disable:entry is not armed: '
