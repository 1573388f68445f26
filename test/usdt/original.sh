#!/bin/sh
# A program compiled for libstapsdt runs with ours; valgrind finds nothing; and it is traced.
. test/usdt/lib.sh
need gcc valgrind
"$B/usdt/original" >"$tmp/out" 2>&1 || fail "checks"

# Linked with a library whose symbols have no versions, as the original's.
for name in providerInit providerUseMemfd providerAddProbe providerLoad providerUnload \
	providerDestroy probeFire probeIsEnabled; do
	echo "void $name(void) {}"
done | gcc -w -shared -fno-builtin -Wl,-soname,libstapsdt.so.0 -o "$tmp/libstapsdt.so" -x c - &&
	gcc -o "$tmp/unversioned" test/usdt/original.c -L"$tmp" -lstapsdt || fail "not built"
LD_LIBRARY_PATH=$B "$tmp/unversioned" >"$tmp/out" 2>"$tmp/err" || fail "without versions"
expect err </dev/null

valgrind -q --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite,indirect \
	"$B/usdt/original" >"$tmp/out" 2>"$tmp/err" || fail "checks under valgrind"

LD_BIND_NOW=1 start "$B/usdt/original" wait "$tmp/go"
await "the program" grep -q ready "$tmp/target"
trace -q -p $target -n '
	BEGIN { printf("armed\n"); }
	oldapp$target:::two { printf("%s %d\n", copyinstr(arg0), arg1); }
	oldapp$target:::six { printf("%d %d %d %d %d %d\n", arg0, arg1, arg2, arg3, arg4, arg5); }
	oldapp$target:::seven { printf("%d %d %d\n", arg0, arg5, arg6); exit(0); }'
await "dtrace" grep -q armed "$tmp/out"
touch "$tmp/go"
finish
expect_status 0
expect out <<'E'
armed
by the library 42
by itself 43
255 -1 65535 -2 4294967295 -3
1 6 -7

E
wait $target || fail "the program ended with $?"
