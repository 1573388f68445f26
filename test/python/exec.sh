#!/bin/sh
# -c: a command that becomes Python by exec, in another root, so with another dynamic linker.
. test/e2e/lib.sh
echo 'def first(): pass
first()' >"$root/tmp/exec.py"
run -q -Z -c "chroot $root /usr/bin/python3.9 /tmp/exec.py" -n 'python$target:::function-entry
/ stringof(arg1) == "first" /
{ printf("%s\n", stringof(arg1)); }'
expect_status 0
expect out <<'E'
first

E
