#!/bin/sh
# Objects of all kinds: stripped, C++, loaded late, with functions that are chosen at start.
. test/e2e/lib.sh
[ "$(uname -m)" = x86_64 ] || skip "pid probes are for x86-64"

# A stripped program has no functions, but addresses; a library those that others may use.
cp "$B/e2e/functions" "$tmp/stripped"
strip "$tmp/stripped"
addr=$(nm "$B/e2e/functions" | sed -n 's/ T ten$//p' | sed 's/^0*//')
run -q -c "$tmp/stripped 1" -n 'pid$target:a.out:-:'$addr' { printf("%d %d\n", arg0, arg1); }'
expect_like out '^1 -2$'
run -q -c "$tmp/stripped 1" -n 'pid$target:a.out::entry { }'
expect_like err 'does not match any probes'

# All of libc: as many returns as entries, but for those that never return.
run -q -c "$B/e2e/functions 10" -n '
pid$target:libc.so.6::entry { @e[probefunc] = count(); }
pid$target:libc::return { @r[probefunc] = count(); }
END { printa("entry %s %@d\n", @e); printa("return %s %@d\n", @r); }'
expect_status 0
sed -n 's/^entry //p' "$tmp/out" | grep -v -i -e exit -e __libc_start_main | sort >"$tmp/entry"
sed -n 's/^return //p' "$tmp/out" | grep -v -i -e exit -e __libc_start_main | sort >"$tmp/return"
[ "$(wc -l <"$tmp/entry")" -gt 5 ] || fail "nothing was called"
diff -u "$tmp/entry" "$tmp/return" || fail "entries without returns"

# memcpy() is one of several, chosen when the program starts.
run -q -c "/usr/bin/python3 -c import(json)" -n 'pid$target:libc:memcpy:entry { @ = count(); } END { printa("%@d calls\n", @); }'
expect_like out '^[0-9]{2,} calls$'

# An object that is mapped later, by a pattern and by name.
for probe in 'plug.so:plug_fire:entry' 'plug.so:plug_*:entry'; do
	run -q -Z -c "$B/e2e/plug file 300 $B/e2e/plug.so" -n 'pid$target:'"$probe"' { printf("%s %s %d\n", probefunc, copyinstr(arg0), arg1); exit(0); } END { printf("%d\n", $target); }'
	pids="$pids $(grep -x '[0-9]*' "$tmp/out" | head -n 1)"	# goes on when we have ended
	expect_status 0
	expect_like out '^plug_fire My little probe 42$'
done

# Names of C++ are as the linker has them.
command -v g++ >/dev/null || skip "no C++ compiler: the rest was not tested"
cat >"$tmp/shapes.cc" <<'C'
#include <cstdio>
struct shape {
	virtual ~shape() {}
	virtual long area(long a) = 0;
};
struct square : shape {
	long area(long a) override { if (a < 0) throw a; return a * a; }
};
__attribute__((noinline)) long measure(shape *s, long a) { return s->area(a); }
int main()
{
	square s;
	long sum = 0;
	for (long i = -2; i < 5; i++)
		try { sum += measure(&s, i); } catch (long l) { sum += l; }
	std::printf("sum %ld\n", sum);
}
C
g++ -O1 -o "$tmp/shapes" "$tmp/shapes.cc" || fail "it does not compile"
run -q -c "$tmp/shapes" -n '
pid$target:a.out:_ZN6square4areaEl:entry { @["entry"] = count(); @sum["argument"] = sum(arg1); }
pid$target:a.out:_ZN6square*:return { @["return"] = count(); @sum["value"] = sum(arg1); }
pid$target:libstdc*:__cxa_throw:entry { @["throw"] = count(); }
END { printa("%s %@d\n", @); printa("%s %@d\n", @sum); }'
expect_like out '^sum 27$' '^entry 7$' '^return 5$' '^throw 2$' '^argument 7$' '^value 30$'
