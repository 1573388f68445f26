#!/bin/sh
# Places that don't do: no execution, no space, read-only; the next one is taken, or it is said why.
. test/usdt/lib.sh
mount_at() { # options
	umount "$tmp/mnt" 2>/dev/null
	mkdir -p "$tmp/mnt"
	mount -t tmpfs -o "$1" none "$tmp/mnt" 2>/dev/null || skip "cannot mount here"
	mkdir "$tmp/mnt/usdt" && export USDT_DIR="$tmp/mnt/usdt"
}
trap 'umount "$tmp/mnt" 2>/dev/null; cleanup' EXIT
refused() { # pattern
	"$B/usdt/app" flags:2 load >"$tmp/out" 2>&1 && fail "loaded: $1"
	expect_like out "$1"
	[ -z "$(find "$USDT_DIR" -name '.*.tmp')" ] || fail "left something"
	"$B/usdt/app" load ready >"$tmp/out" 2>&1 || fail "no memfd instead"
	expect_like out '^ready [0-9]+ /proc/'
}
mount_at noexec
refused "execution is not allowed there"
mount_at size=12k,nr_inodes=10
refused "No space left on device"
mount_at mode=0755
mount -o remount,ro "$tmp/mnt"
refused "Read-only file system"
mount_at mode=0755
mkdir "$USDT_DIR/sub"
chown 12345 "$USDT_DIR"
refused "belongs to somebody else"
chown 0 "$USDT_DIR"
chmod 0777 "$USDT_DIR"
refused "others can write into it"
export USDT_DIR="$tmp/mnt/usdt/sub"
refused "others can replace it"

# Neither files nor memfds: an error that names every place.
unset USDT_DIR
"$B/usdt/app" files:3 load >"$tmp/out" 2>&1 && fail "loaded without descriptors"
expect_like out '/run/usdt: Too many open files; .*/tmp/usdt-0: .*; memfd: Too many open files'

(ulimit -f 8 && "$B/usdt/app" load) >"$tmp/out" 2>&1 && fail "loaded with too small a limit"
expect_like out 'File too large'

# Another user has a directory of its own, and root's tracer sees it.
cp "$B/usdt/app" "$B/libusdt.so.0" "$tmp" && chmod 755 "$tmp" && chmod 777 "$tmp/target" 2>/dev/null
LD_LIBRARY_PATH=$tmp start setpriv --reuid 65534 --regid 65534 --clear-groups "$tmp/app" load ready await
await "the program" grep -q ready "$tmp/target"
grep -q ' /tmp/usdt-65534/app-' "$tmp/target" || fail "not in its own directory"
[ "$(stat -c '%a %u' /tmp/usdt-65534)" = '700 65534' ] || fail "not closed to others"
run -q -p $target -n 'app$target:::request { n++; }'
expect_status 0
wait $target || fail "ended with $?"

# Many at once end up with one and the same file.
export USDT_DIR="$tmp/usdt"
for i in 1 2 3 4 5 6 7 8; do
	"$B/usdt/app" flags:2 load ready >"$tmp/out.$i" 2>&1 &
	pids="$pids $!"
done
wait
[ "$(cat "$tmp"/out.* | sed 's/ready [0-9]* //' | sort -u | wc -l)" = 1 ] || fail "several files"
[ "$(ls -A "$tmp/usdt" | wc -l)" = 1 ] || fail "several files: $(ls -A "$tmp/usdt")"
