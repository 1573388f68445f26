#!/bin/sh
# The headers: in C of several standards and in C++, after <errno.h>; the static library alone.
. test/usdt/lib.sh
need gcc g++ pkg-config
cat >"$tmp/old.c" <<'E'
#include <errno.h>
#include <libstapsdt.h>
#include <stdio.h>

int
main(void)
{
	SDTProvider_t *p = providerInit("app");
	SDTProbe_t *probe = providerAddProbe(p, "probe", 2, uint64, int32);

	errno = 7;
	if (providerLoad(p) != 0 || p->sdt_errno != noError || errno != 7)
		return 1;
	probeFire(probe, "text", 42L);
	providerDestroy(p);
	puts("well");
	return 0;
}
E
sed 's/sdt_errno/errno/; s/ || errno != 7//; /errno = 7/d; /<errno.h>/d' "$tmp/old.c" >"$tmp/older.c"
cat >"$tmp/new.c" <<'E'
#include <stdio.h>
#include <usdt.h>

int
main(void)
{
	struct usdt_provider *app;
	struct usdt_probe *probe;
	struct usdt_arg arg[4] = {
		{ USDT_STRING, "path" }, { USDT_INT32, "n" }, { USDT_DOUBLE, "ms" }, { USDT_UINT64, NULL },
	};
	short n = -1;
	int evaluated = 0;

	if (usdt_provider_new("app", 0, &app) != 0 ||
	    usdt_provider_add(app, "probe", 4, arg, &probe) != 0 || usdt_provider_load(app) != 0)
		return 1;
	USDT_FIRE(probe, "path", (evaluated++, n), 1.5, &n);
	USDT_FIRE(probe);
	USDT_FIRE(probe, 1.0f, 2u, 3, 4L, '5', 6ULL, 7, 8, 9, 10, 11, 12);
	usdt_provider_free(app);
	if (evaluated != 0 || usdt_bits(1.5) != 0x3ff8000000000000)
		return 1;
	puts("well");
	return 0;
}
E
cp "$tmp/old.c" "$tmp/old.cc"
cp "$tmp/new.c" "$tmp/new.cc"
make -s B="$B" PREFIX="$tmp/prefix" install-lib >"$tmp/out" 2>&1 || fail "not installed"
export PKG_CONFIG_PATH="$tmp/prefix/lib/pkgconfig" LD_LIBRARY_PATH="$tmp/prefix/lib"
build() { # library source compiler...
	library=$1 source=$2
	shift 2
	"$@" -Wall -Wextra -Wconversion -Wpedantic -Werror -o "$tmp/program" "$tmp/$source" \
		$(pkg-config --cflags --libs "$library") >"$tmp/out" 2>&1 || fail "$* $source"
	[ "$("$tmp/program")" = well ] || fail "$* $source does not run"
}
build libstapsdt old.c gcc -std=c11
build libstapsdt older.c gcc -std=gnu99 -Wno-pedantic
build libstapsdt old.cc g++ -std=c++11
build libusdt new.c gcc -std=c11
build libusdt new.c gcc -std=gnu17 -O2
build libusdt new.cc g++ -std=c++11
build libusdt new.cc g++ -std=c++20 -O2
if command -v clang >/dev/null; then
	build libusdt new.c clang -std=c11
	build libstapsdt old.c clang -std=c11
fi
gcc -static -I"$tmp/prefix/include" -o "$tmp/program" "$tmp/new.c" \
	"$tmp/prefix/lib/libusdt.a" >"$tmp/out" 2>&1 || fail "not linked statically"
[ "$("$tmp/program")" = well ] || fail "the static program does not run"
readelf -lW "$tmp/program" | grep -q 'GNU_STACK.*RW ' || fail "its stack is executable"

# Nothing but the interface is exported; nothing but libc is needed.
for library in libusdt libstapsdt; do
	nm -D --defined-only "$B/$library.so.0" | sed 's/.* //; s/@.*//' | grep -v '^LIB' |
		grep -v -x -e 'usdt_.*' -e 'provider[A-Z].*' -e 'probe[A-Z].*' >"$tmp/out"
	expect out </dev/null
	[ "$(readelf -d "$B/$library.so.0" | grep -c NEEDED)" = 1 ] || fail "needs more than libc"
done
make -s B="$B" PREFIX="$tmp/prefix" uninstall >"$tmp/out" 2>&1 || fail "not uninstalled"
[ -z "$(find "$tmp/prefix" ! -type d)" ] || fail "left: $(find "$tmp/prefix" ! -type d)"
