#!/bin/sh
# Arguments of every integer type, pointers, arrays and a double arrive as they are, with the
# system's <sys/sdt.h> and our own, from C and C++, optimised or not.
. test/e2e/lib.sh
src=$PWD/test/e2e/define
top=$PWD
own="-D_SDT_HAS_SEMAPHORES=1 -include $top/include/dipper/sdt.h"
dtrace=$(realpath "$dtrace")
cd "$tmp"
cp "$src"/types.* .
"$dtrace" -h -s types.d || fail "-h: $?"
"$dtrace" -G -s types.d || fail "-G: $?"

# A system without <sys/sdt.h>: the header finds ours, where it was installed.
system=/usr/include/$(gcc -print-multiarch)
mkdir -p none/sys
ln -s "$system"/* none/ 2>/dev/null
ln -s "$system"/sys/* none/sys/
rm -f none/sys/sdt.h
without="-nostdinc -isystem $(gcc -print-file-name=include) -isystem none -isystem /usr/include
	-I $top/include"
echo '#include <sys/sdt.h>' | gcc $without -fsyntax-only -x c - 2>/dev/null && fail "it has <sys/sdt.h>"

for cc in "gcc -O2 $without" 'gcc -O0' 'gcc -O2' "gcc -O0 $own" "gcc -O2 -std=c99 $own" "gcc -O2 -flto $own" \
	'g++ -O2 -x c++' "g++ -O0 -x c++ $own" "g++ -O2 -std=c++98 -x c++ $own" \
	"clang -O0 $own" "clang -O2 $own" "clang++ -O2 -x c++ $own"; do
	$cc -I. -Wall -Wextra -Werror -c -o main.o types.c || fail "$cc"
	# SystemTap's says 8f@…, which cannot be read; ours says 8@…, its bytes.
	case $cc in
	*dipper* | *nostdinc*) real='types$target:::real { printf("%x\n", arg0); }' ;;
	*) real='types$target:::free { printf("3fe0000000000000\n"); }' ;;
	esac
	${cc%% *} -o types main.o types.o || fail "link: $cc"
	run -q -c ./types -n '
types$target:::narrow	{ printf("%d %d %d %d %d %d\n", arg0, arg1, arg2, arg3, arg4, arg5); }
types$target:::wide	{ printf("%d %u %d %u %d %u\n", (int)arg0, (uint32_t)arg1, arg2, (uint64_t)arg3, arg4, (uint64_t)arg5); }
types$target:::pointers	{ printf("%s %s %d %d\n", copyinstr(arg0), copyinstr(arg1), arg2, arg5); }
types$target:::many	{ printf("%d %d %d %d %d %d %d %d %d %d\n", arg0, arg1, arg2, arg3, arg4, arg5, arg6, arg7, arg8, arg9); }
types$target:::volatiles	{ printf("%d %d\n", arg0, arg1); }
'"$real"'
types$target:::free	{ printf("free\n"); }'
	[ $status -eq 0 ] || fail "status $status: $cc"
	echo "$cc" >target
	expect out <<'END'
-1 -128 255 -32768 65535 1
-2147483648 4294967295 -9223372036854775808 18446744073709551615 9223372036854775807 18446744073709551614
literal an array 0 70000
1 2 3 -4 5 7 7 8 -9 10
-7 -2
3fe0000000000000
free

END
done
