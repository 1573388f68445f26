#!/bin/sh
# valgrind finds nothing lost, no descriptor open and no byte misused, whatever the order.
. test/usdt/lib.sh
need valgrind
for flags in 0 4 8; do
	valgrind -q --error-exitcode=9 --leak-check=full --track-fds=yes \
		--errors-for-leak-kinds=definite,indirect,possible \
		"$B/usdt/app" flags:$flags fire:1 load fire:1 load unload fire:1 load add:more fire:1 \
		load unload load race:5 free >"$tmp/out" 2>"$tmp/err" || fail "flags $flags"
	! grep 'Open file descriptor' "$tmp/err" | grep -q -e usdt -e memfd || fail "left open"
done
