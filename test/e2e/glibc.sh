#!/bin/sh
# The probes of glibc and its dynamic linker, which Ubuntu's have and Debian's stable ones have not:
# in a process with a root of its own, of another user-space than ours.
. test/e2e/lib.sh
root=$B/root/jammy
[ -x "$root/usr/bin/python3.10" ] || skip "$root is not there: tools/python-root jammy"
cat >"$root/tmp/glibc_$$.py" <<'E'
import _ctypes, threading, time
print("ready", flush=True)
while True:
    threading.Thread(target=int).start()
    _ctypes.dlclose(_ctypes.dlopen("libutil.so.1", 2))
    time.sleep(0.02)
E
trap 'rm -f "$root/tmp/glibc_$$.py"; cleanup' EXIT
start chroot "$root" /usr/bin/python3.10 -u "/tmp/glibc_$$.py"
run -l -p $target -P 'rtld$target' -P 'libc$target'
for probe in memory_sbrk_more setjmp pthread_start map_complete; do
	expect_like out " (libc|rtld)$target .* $probe\$"
done
run -q -p $target -n 'libc$target:::pthread_start { @["start"] = count(); a = 1; }
    rtld$target:::map_start { @["map"] = count(); b = 1; }
    tick-10ms / a && b / { exit(0); }'
expect_status 0
expect_like out '^  start  *[1-9]' '^  map  *[1-9]'
clean $target || fail "something is left in the process"
