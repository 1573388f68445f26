#!/bin/sh
# trace(): the width of every size and sign.
. test/e2e/lib.sh
export _DTRACE_TESTING=1
run -n '
BEGIN { trace((char)-1); trace((uint8_t)200); trace((short)-2); trace((uint16_t)65535); }
BEGIN { trace(-3); trace(4294967295u); trace(-4LL); trace(18446744073709551615ull); }
BEGIN { trace("text"); trace(1 == 1); exit(0); }'
expect_status 0
{
	printf '%32s\n' FUNCTION:NAME
	printf '%32s  %3d %3u %5d %5u\n' :BEGIN -1 200 -2 65535
	printf '%32s  %10d %10u %19d %20s\n' :BEGIN -3 4294967295 -4 18446744073709551615
	printf '%32s   %-33s %10d\n' :BEGIN text 1
	echo
} | expect out

run -q -n 'BEGIN { trace((char)-1); trace(" "); trace(-4LL); trace(" "); trace("x"); exit(0); }'
expect out <<'E'
-1 -4 x
E
