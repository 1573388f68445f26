#!/bin/sh
# profile-97 in processes that were not asked for: several Pythons by one program, each function by
# name and by stack; a process without Python has neither, and no fault.
. test/e2e/lib.sh
need_python311
[ -e "$root/.complete" ] || skip "no $root: tools/python-root bullseye makes it"
sh -c 'echo ready; while :; do :; done' >"$tmp/shell" &
shell=$!
pids="$pids $shell"
start_python39 test/python/busy.py
old=$target
start_python311 test/python/busy.py
run -q -n '
profile-97 / pid == $1 || pid == $2 || pid == $3 /
{ @name[pid, pyfunc, pycaller, pydepth] = count(); @stack[pid, jstack(5)] = count(); n[pid]++; }
syscall::newfstatat:entry, syscall::newstat:entry, syscall::statx:entry / pid == $1 || pid == $2 / { @call[pid, pyfunc, pydepth] = count(); }
tick-100ms / n[$1] > 5 && n[$2] > 5 && n[$3] > 2 && i++ > 3 / { exit(0); }
END { printa("name %d %s %s %d %@d\n", @name); printa("call %d %s %d %@d\n", @call);
  printa("stack of %d%k", @stack); }' $old $target $shell
expect_status 0
expect err </dev/null
expect_like out "^name $old spin main 3 " "^name $target spin main 3 " "^name $shell   0 " \
	"^call $old calls 4 " "^call $target calls 4 " '^spin \(.*/busy.py:1[2-4]\)$' \
	'^main \(.*/busy.py:18\)$' '^calls \(.*/busy.py:8\)$'
! grep "^name $shell [^ ]" "$tmp/out" || fail "the shell has Python functions"
