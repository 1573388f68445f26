#!/bin/sh
# The library on aarch64, built by a cross compiler and run by an emulator, which can't be traced:
# the arguments are where the notes say, untraced probes do nothing, and the file is read here.
. test/usdt/lib.sh
need aarch64-linux-gnu-gcc qemu-aarch64
compile() { # arguments of the compiler
	aarch64-linux-gnu-gcc -std=gnu11 -I. -D_GNU_SOURCE -Wall -Wextra -Wshadow -Wconversion -Werror \
		-O2 "$@" -pthread >"$tmp/out" 2>"$tmp/err" || fail "it does not compile"
}
emulate() { # program, arguments
	program=$1
	shift
	timeout 30 qemu-aarch64 -L /usr/aarch64-linux-gnu "$tmp/$program" "$@" >"$tmp/out" 2>"$tmp/err" ||
		fail "$program ended with $?"
}
compile -include base/banned.h -fPIC -shared -Wl,--version-script=usdt/libusdt.map \
	-Wl,-soname,libusdt.so.0 -o "$tmp/libusdt.so.0" $(ls usdt/*.c | grep -v compat.c)
compile -include base/banned.h -fPIC -shared -Wl,--version-script=usdt/libstapsdt.map \
	-o "$tmp/libstapsdt.so.0" usdt/*.c
compile -o "$tmp/app" test/usdt/app.c "$tmp/libusdt.so.0" -Wl,-rpath,"$tmp"
compile -o "$tmp/places" test/usdt/aarch64/places.c "$tmp/libusdt.so.0" -Wl,-rpath,"$tmp"
emulate app load ready fire:3 twelve:1 add:later load unload load fire:1 fork:2 free
sed -i 's/^ready [0-9]* //' "$tmp/out"
file=$(head -n 1 "$tmp/out")
sed -i 1d "$tmp/out"
[ "$(grep -c "fired [^0]" "$tmp/out")" = 0 ] || fail "somebody traces"
[ "$(grep -c 'fired 0' "$tmp/out")" -ge 3 ] || fail "not fired"
emulate places
expect out <<'T'
ok
T
readelf -nW "$file" >"$tmp/out" 2>"$tmp/err"
expect err </dev/null
expect_like out 'Arguments: 8@x0 -4@x1 8@x2$' \
	'Arguments: 1@x0 -1@x1 2@x2 -2@x3 4@x4 -4@x5 8@x6 -8@x7 -4@\[sp\] -1@\[sp, 8\] 8@\[sp, 16\] -2@\[sp, 24\]$'
run -l -v -x object="$file"
expect_status 0
expect_like out '^ +[0-9]+ +app .* request$' 'args\[0\]: char \*path$' 'args\[2\]: double ms$' \
	'args\[11\]: int16_t last$' 'Arguments: 8@x0 -4@x1 8@x2$'
