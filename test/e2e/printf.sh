#!/bin/sh
# printf(): every integer, string and character conversion, flags, widths.
. test/e2e/lib.sh
cat >"$tmp/p.d" <<'D'
#pragma D option quiet
BEGIN
{
	printf("%d|%5d|%-5d|%05d|%+d|% d|%i\n", 42, 42, 42, 42, 42, 42, -42);
	printf("%u|%x|%X|%#x|%o|%#o\n", -1, 48879, 48879, 48879, 8, 8);
	printf("%ld|%lld|%lu|%lx\n", -5L, -6LL, 7UL, 255L);
	printf("%d|%u\n", -9223372036854775807LL - 1, 18446744073709551615ULL);
	printf("%hd|%c|%c\n", (short)-7, 'A', 66);
	printf("%s|%10s|%-10s|%.2s|%10.3s|\n", "str", "str", "str", "str", "string");
	printf("%*d|%*s|%-*s|%.*s\n", 6, 42, 5, "ab", 5, "ab", 1, "xyz");
	printf("%*s|%%|%p\n", 0, "", 4096);
	printf("%d %d %d\n", (char)200, (uint8_t)200, (short)70000);
	printf("%C%C|%S\n", 'a', 10, "a\tb\"c");
	printf("%Y\n", 123785998000000000LL);
	exit(0);
}
D
run -s "$tmp/p.d"
expect_status 0
expect out <<'E'
42|   42|42   |00042|+42| 42|-42
4294967295|beef|BEEF|0xbeef|10|010
-5|-6|7|ff
-9223372036854775808|18446744073709551615
-7|A|B
str|       str|str       |st|       str|
    42|   ab|ab   |x
|%|1000
-56 200 4464
a\n|a\tb\"c\0
1973 Dec  3 16:59:58

E
