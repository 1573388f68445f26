#!/bin/sh
# D libraries: our own, those of -L in the order of names and of what they depend on; files that
# depend on what isn't there are left out; errors name the file.
. test/e2e/lib.sh

run -qn 'BEGIN { printf("%d %d %d %s %s\n", EPERM, SIGHUP, CLD_KILLED, tcp_state_string[10],
    tcp_state_string[pid == 0 ? 1 : 99]); exit(0); }'
expect out <<END
1 1 2 state-listen <unknown>

END

dir=$tmp/lib
mkdir "$dir"
cat >"$dir/a.d" <<END
#pragma D depends_on library z.d
#pragma D depends_on provider syscall
inline int A = Z + 1;
translator z_t < int n > { z_value = n * A; };
END
cat >"$dir/z.d" <<END
#pragma D depends_on library a.d
typedef struct z { int z_value; } z_t;
inline int Z = 41;
END
cat >"$dir/none.d" <<END
#pragma D depends_on provider no_such_provider
this would be wrong
END
cat >"$dir/none2.d" <<END
#pragma D depends_on library none.d
inline int A = 0;
END
cat >"$dir/none3.d" <<END
#pragma D depends_on module no_such_module
inline int A = 0;
END
echo 'not read' >"$dir/text"
run -q -L "$dir" -n 'BEGIN { printf("%d %d\n", A, xlate <z_t>(2).z_value); exit(0); }'
expect out <<END
42 84

END

# Without libraries, and with others than our own.
run -x nolibs -L "$dir" -n 'BEGIN { trace(EPERM); }'
expect_status 1
expect_like err 'invalid probe specifier BEGIN.*: in action list: .*EPERM'
run -x syslibdir="$dir" -n 'BEGIN { trace(A); trace(EPERM); }'
expect_status 1
expect_like err 'in action list: .*EPERM'

# What is wrong in a library is told of it.
echo 'BEGIN { }' >"$dir/wrong.d"
run -L "$dir" -n BEGIN
expect_status 1
expect_like err "^dtrace: invalid probe specifier BEGIN: \"$dir/wrong.d\", line 1: a library may not have"
printf 'typedef struct w { int m; } w_t;\ntranslator w_t < int n > { m = "text"; };\n' >"$dir/wrong.d"
run -qL "$dir" -n 'BEGIN { exit(3); }'
expect_status 3
run -L "$dir" -n 'BEGIN { trace(xlate <w_t>(1).m); }'
expect_status 1
expect_like err "^dtrace: invalid probe specifier .*: \"$dir/wrong.d\", line 2: translator member m"
printf '#pragma D depends_on something else\n' >"$dir/wrong.d"
run -L "$dir" -n BEGIN
expect_like err "line 1: malformed #pragma D depends_on"
run -L "$dir/nowhere" -n BEGIN
expect_status 1
expect_like err "^dtrace: failed to open library directory $dir/nowhere: No such file"

printf 'typedef long uid_t; typedef int uid_t; BEGIN { exit(0); }' >"$tmp/again.d"
run -s "$tmp/again.d"
expect_like err 'line 1: type redeclared: uid_t$'
