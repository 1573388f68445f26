#!/bin/sh
# The exceptions of C++ programs, by the probes of Debian's libstdc++: with the type's name.
. test/e2e/lib.sh
command -v g++ >/dev/null || skip "there is no g++"
readelf -n /usr/lib/x86_64-linux-gnu/libstdc++.so.6 2>/dev/null | grep -q 'Provider: libstdcxx' ||
	skip "libstdc++ has no probes here"
cat >"$tmp/exceptions.cc" <<E
#include <stdexcept>
int main()
{
	int n = 0;
	for (int i = 0; i < 5; i++) {
		try {
			try {
				throw std::runtime_error("x");
			} catch (...) {
				n++;
				throw;
			}
		} catch (const std::exception &) {
			n++;
		}
	}
	return n - 10;
}
E
g++ -O2 -o "$tmp/exceptions" "$tmp/exceptions.cc" || fail "no program"
run -q -c "$tmp/exceptions" -n 'libstdcxx$target::: { @[probename] = count(); }
    libstdcxx$target:::throw { @type[copyinstr(*(uint64_t *)copyin(arg1 + 8, 8))] = count(); }
    END { printa("%s %@d\n", @); printa("%s %@d\n", @type); }'
expect_status 0
expect out <<'E'
rethrow 5
throw 5
catch 10
St13runtime_error 5

E
