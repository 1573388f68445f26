#!/bin/sh
# Names in user stacks: of programs that have ended, that were executed later, whose files are deleted or
# in a file system that nobody else sees; and of C++.
. test/e2e/lib.sh

one_stack='syscall::getppid:entry /pid == $target/ { ustack(); exit(0); }'

# It begins after the tracer, is not a target, and has ended when its names are wanted.
trace -qn 'syscall::getppid:entry /execname == "frames"/ { @[ustack()] = count(); n++; }
    tick-50hz /n > 4 && !said/ { printf("seen\n"); said = 1; } BEGIN { printf("armed\n"); }'
await "the tracer to be ready" grep -q armed "$tmp/out"
start build/e2e/frames 3
await "stacks" grep -q seen "$tmp/out"
kill -KILL "$target"
await "the target to end" is_gone "$target"
interrupt
expect_status 0
expect_like out '^              frames`deep\+0x[0-9a-f]+$' '^              frames`main\+0x[0-9a-f]+$' \
	'^              frames`_start\+0x[0-9a-f]+$'

# Another program, in the same process.
cat >"$tmp/before.sh" <<'E'
echo ready
read -r line
exec build/e2e/frames 3
E
mkfifo "$tmp/go"
sleep 100 >"$tmp/go" &
pids="$pids $!"
sh "$tmp/before.sh" >"$tmp/target" 2>&1 <"$tmp/go" &
target=$!
pids="$pids $target"
await "the shell to be ready" grep -q ready "$tmp/target"
trace -p "$target" -qn 'BEGIN { printf("armed\n"); } syscall::read:return { @[ustack()] = count(); }
    syscall::getppid:entry /pid == $target/ { ustack(); n++; }
    syscall::getppid:entry /n == 30/ { exit(0); }'
await "the tracer to be ready" grep -q armed "$tmp/out"
echo go >"$tmp/go"
finish
expect_status 0
expect_like out '^              frames`deep\+0x[0-9a-f]+$' '^              frames`main\+0x[0-9a-f]+$'
kill "$target"

# Its file is there only for itself.
cp build/e2e/frames "$tmp/removed"
start "$tmp/removed" 2
rm "$tmp/removed"
run -p "$target" -qn "$one_stack"
expect_status 0
expect_like out '^              removed`deep\+0x[0-9a-f]+$' '^              removed`main\+0x[0-9a-f]+$'

if unshare -m true 2>/dev/null; then
	mkdir "$tmp/hidden"
	start unshare -m sh -c 'mount -t tmpfs none "$0/hidden" && cp build/e2e/frames "$0/hidden/" &&
	    exec "$0/hidden/frames" 2' "$tmp"
	[ ! -e "$tmp/hidden/frames" ] || fail "the file system is not hidden"
	run -p "$target" -qn "$one_stack"
	expect_status 0
	expect_like out '^              frames`deep\+0x[0-9a-f]+$' '^              frames`main\+0x'
fi

start build/e2e/mangled
run -p "$target" -qn "$one_stack"
expect_status 0
expect_like out '^              mangled`_Zodd\+0x[0-9a-f]+$' \
	'^              mangled`outer::inner::step\(int\)\+0x[0-9a-f]+$'
