#!/bin/sh
# What libusdt's own note says of arguments: their types and names, in -l -v and for args[].
. test/usdt/lib.sh
start_app load ready await go:"$tmp/go" fire:3 twelve:1 off
run -l -v -p $target -n 'app$target:::request'
expect_status 0
grep -A3 'Argument Types' "$tmp/out" >"$tmp/types"
mv "$tmp/types" "$tmp/out"
expect out <<'T'
	Argument Types
		args[0]: char *path
		args[1]: int32_t status
		args[2]: double ms
T
# Doubles: printed, kept in variables, cut to integers; no arithmetic, as D has no constants of them.
trace -q -p $target -n '
	BEGIN { printf("armed\n"); }
	app$target:::request {
		this->ms = args[2];
		printf("%s %d %f %.2e %g %x ", stringof(args[0]), args[1], args[2], args[2], this->ms, arg2);
		trace(args[2]);
		trace((int)args[2]);
		printf("\n");
	}
	app$target:::twelve {
		printf("%d %d %d %d %d %d %d %d ", args[0], args[1], args[2], args[3], args[4], args[5],
		    args[6], args[7]);
		printf("%d %d %s %d\n", args[8], args[9], stringof(args[10]), args[11]);
		exit(0);
	}'
await "dtrace" grep -q armed "$tmp/out"
touch "$tmp/go"
finish
expect_status 0
expect out <<'T'
armed
/path/0 0 0.500000 5.00e-01 0.5 3fe0000000000000 0.50
/path/1 -1 1.500000 1.50e+00 1.5 3ff8000000000000 1.51
/path/2 -2 2.500000 2.50e+00 2.5 4004000000000000 2.52
255 -1 65535 -2 4294967295 -3 9223372036854775808 -4 -5 -6 eleven -12

T
app_ends
start_app load ready sleep:60000
refuse() { # program, message
	run -p $target -n "app\$target:::request { $1 }"
	expect_status 1
	expect_like err "$2"
}
refuse 'trace(args[2] + 1);' 'operands have incompatible types: "double" \+ "int"'
refuse 'trace(args[2] > 1);' 'operands have incompatible types: "double" > "int"'
refuse 'trace(-args[2]);' 'operator - requires'
refuse 'trace(args[2] ? 1 : 0);' 'operator \?: '
refuse '@[args[2]] = count();' 'cannot use expression of type double as @_\[ \] key #1'
refuse '@ = sum(args[2]);' 'argument #1 must be of scalar type'
refuse 'trace((string)args[2]);' 'invalid cast expression: "double" to "string"'
refuse 'printf("%d", args[2]);' 'conversion: %d'
refuse 'trace(args[3]);' 'args\[3\] is out of range|index 3 is out of range'

# A note that does not suit the probe: no types from it, and -v says so.
cp "$file" "$tmp/bad.so"
LC_ALL=C sed -i 's/double\x00ms/double\x00m /' "$tmp/bad.so"
run -l -v -x object="$tmp/bad.so" -n 'app:::request'
expect_status 0
expect_like out 'args\[2\]: uint64_t$' 'args\[0\]: uint64_t$'
expect_like err 'bad.so: the note of types does not suit the arguments of probe app:::request'
