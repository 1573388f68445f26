#!/bin/sh
# Every type of argument, and every kind of Python object, as the tracer sees them.
. test/python/stapsdt_lib

args() {
	start "$python" test/python/stapsdt_args.py
	traced $target '
		argapp$target:::ints {
			printf("%d %d %d %d %d %d ", arg0, arg1, arg2, arg3, arg4, arg5);
			printf("%u %d\n", arg6, arg7);
		}
		argapp$target:::pointers {
			printf("%s|%s|%s\n", arg0 ? stringof(arg0) : "NULL", arg1 ? stringof(arg1) : "NULL",
			    arg2 ? stringof(arg2) : "NULL");
		}
		argapp$target:::twelve {
			printf("%d %d %d %d %d ", arg0, arg1, arg2, arg3, arg4);
			printf("%d %d %d %d %d\n", arg5, arg6, arg7, arg8, arg9);
		}
		argapp$target:::bits { printf("%x %x %x %x\n", arg0, arg1, arg2, arg3); }
		argapp$target:::named { printf("%d %s %d %d\n", arg0, stringof(arg1), arg2, arg3); }
		argapp$target:::nothing { printf("nothing\n"); }
		argapp$target:::done { exit(0); }'
	program_ends
	{
		cat <<'X'
255 127 65535 32767 4294967295 2147483647 18446744073709551615 9223372036854775807
0 -128 0 -32768 0 -2147483648 0 -9223372036854775808
255 -1 65535 -1 4294967295 -1 18446744073709551615 -1
255 -1 65535 -1 4294967295 -1 18446744073709551615 -1
1 0 0 77 2147483648 -5 4294967301 1099511627776
9 -9 0 0 0 0 1099511627776 -7
str|bytes|string
X
		printf 'n\303\251\360\237\230\200|n\303\251\360\237\230\200|n\303\251\360\237\230\200\n'
		printf '/tmp/\377|?|\nNULL|NULL|NULL\nc||z\n'
		printf '%0255d|nul|nul\n' 0 | tr 0 x
		cat <<'X'
1 2 3 4 5 6 7 8 9 10
3ff8000000000000 4008000000000000 bfe0000000000000 3ff0000000000000
1 /a 200 1
nothing

X
	} | expect out
}
each args
