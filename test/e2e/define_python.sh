#!/bin/sh
# -h and -G by the command lines of CPython's build, then the program: optimised, linked at once,
# as a library, in C++; its probes fire with their arguments, and are enabled only while traced.
. test/e2e/lib.sh
src=$PWD/test/e2e/define
dtrace=$(realpath "$dtrace")
CFLAGS='-O2 -Wall -Wextra -Werror -fPIC'
cd "$tmp"
cp "$src"/python.d "$src"/python.c "$src"/interp* .
mkdir Include Python
touch Python/ceval.o

# configure: does -G have to be linked? And what make runs then.
echo 'BEGIN{}' >conftest.d
"$dtrace" -G -s conftest.d -o conftest.o >configure.log 2>&1 || fail "-G of a program: $(cat configure.log)"
nm conftest.o >/dev/null || fail "conftest.o is no object"
[ ! -s configure.log ] || fail "-G of a program says: $(cat configure.log)"
CC="gcc" CFLAGS="$CFLAGS" "$dtrace" -o Include/pydtrace_probes.h -h -s python.d || fail "-h: $?"
sed 's/PYTHON_/PyDTrace_/' Include/pydtrace_probes.h >edited && mv edited Include/pydtrace_probes.h
CC="gcc" CFLAGS="$CFLAGS" "$dtrace" -o Python/pydtrace.o -G -s python.d Python/ceval.o || fail "-G: $?"
! grep PYTHON_ Include/pydtrace_probes.h || fail "two PYTHON_ in a line"
[ "$(readelf -sW Python/pydtrace.o | grep -c 'OBJECT  GLOBAL HIDDEN .*_semaphore')" -eq 12 ] ||
	fail "semaphores: $(readelf -sW Python/pydtrace.o)"
readelf -SW Python/pydtrace.o | grep -q ' \.probes .* 000018 00  WA ' || fail "no .probes of 24 bytes"

include='-IInclude -I.'
build() { # name: and how
	case $1 in
	plain) gcc $CFLAGS $include -o plain interp_main.c python.c Python/pydtrace.o ;;
	pedantic) gcc $CFLAGS -std=c99 -D_POSIX_C_SOURCE=200809L -pedantic-errors -O0 $include \
		-o pedantic interp_main.c python.c Python/pydtrace.o ;;
	lto)	# the compiler must not find out that no C code changes a semaphore
		CFLAGS="$CFLAGS -flto" "$dtrace" -G -s python.d -o lto.o &&
			gcc $CFLAGS -flto $include -o lto interp_main.c python.c lto.o ;;
	gc) gcc $CFLAGS -ffunction-sections -fdata-sections -Wl,--gc-sections $include -o gc \
		interp_main.c python.c Python/pydtrace.o ;;
	shared)
		gcc $CFLAGS $include -shared -o libinterp.so python.c Python/pydtrace.o &&
			gcc $CFLAGS $include -o shared interp_main.c ./libinterp.so ;;
	cxx)
		g++ $CFLAGS $include -c -x c++ -o python.o python.c &&
			gcc $CFLAGS $include -o cxx interp_main.c python.o Python/pydtrace.o ;;
	clang) clang $CFLAGS $include -o clang interp_main.c python.c Python/pydtrace.o ;;
	own) gcc $CFLAGS -D_SDT_HAS_SEMAPHORES=1 -include "$src/../../../include/dipper/sdt.h" \
		$include -o own interp_main.c python.c Python/pydtrace.o ;;
	esac
}

line_is() { # pattern
	tail -n 1 target | grep -q "$1"
}

program='
python$target:::function-entry	{ @[probename, copyinstr(arg0), copyinstr(arg1), arg2] = count(); }
python$target:::function-return	{ @[probename, copyinstr(arg0), copyinstr(arg1), (int)arg2] = count(); }
python$target:::line		{ @[probename, copyinstr(arg0), copyinstr(arg1), arg2] = count(); }
python$target:::gc-start	{ @[probename, "", "", arg0] = count(); }
python$target:::gc-done		{ @[probename, "", "", arg0] = count(); }
python$target:::import-find-load-start	{ @[probename, copyinstr(arg0), "", 0] = count(); }
python$target:::import-find-load-done	{ @[probename, copyinstr(arg0), "", arg1] = count(); }
python$target:::audit		{ @[probename, copyinstr(arg0), "", arg1] = count(); }
python$target:::gc-done
/ ++n == 30 /
{
	printa("%s %s %s %d\n", @);
	clear(@);
}'

for how in plain pedantic lto gc shared cxx clang own; do
	build $how || fail "$how does not build"
	start ./$how
	await "$how to run" grep -q '^enabled 0$' target
	trace -q -p $target -n "$program"
	await "$how to be traced" line_is '^enabled 0xff$'
	await "events of $how" grep -q . out
	interrupt
	await "$how to be let go" line_is '^enabled 0$'
	kill $target
	sort -u out | grep . >sorted
	mv sorted out
	expect out <<'END'
audit my.event  956397711122
function-entry /x/file.py frob 1
function-entry /x/file.py frob 2
function-entry /x/file.py frob 3
function-return /x/file.py frob -1
function-return /x/file.py frob -2
function-return /x/file.py frob -3
gc-done   -10000000000
gc-done   -15000000000
gc-done   -5000000000
gc-start   0
gc-start   1
gc-start   2
import-find-load-done frob  0
import-find-load-done frob  1
import-find-load-start frob  0
line /x/file.py frob 2
line /x/file.py frob 3
line /x/file.py frob 4
END
	: >out
done
