#!/bin/sh
# -h and -G: names of the products, what is accepted and what is refused, the C compiler that the
# environment says; as any user.
. test/e2e/lib.sh
src=$PWD/test/e2e/define
dtrace=$(realpath "$dtrace")
cp "$dtrace" "$tmp/dtrace"
dtrace=$tmp/dtrace
chmod 777 "$tmp"
cd "$tmp"
mkdir sub
cp "$src"/python.d sub/app.d
cp "$src"/python.d app.txt
unset CC CFLAGS

define() { # status, arguments: as nobody
	want=$1
	shift
	setpriv --reuid 65534 --regid 65534 --clear-groups "$dtrace" "$@" >out 2>err </dev/null
	status=$?
	[ $status -eq "$want" ] || fail "exit status $status, expected $want: $*"
	[ $want -ne 0 ] || [ ! -s err ] || fail "says something: $*"
}

made() { # exactly these files, which it removes
	for file; do
		[ -s "$file" ] || fail "not made: $file"
		rm "$file"
	done
	left=$(find . -maxdepth 1 -newer dtrace -name '*.[ho]' -o -name 'd.out*')
	[ -z "$left" ] || fail "made too: $left"
}

# One script: a name of its own, in the current directory.
define 0 -h -s sub/app.d;			made app.h
define 0 -G -s sub/app.d;			made app.o
define 0 -h -s app.txt -o other.h;		made other.h
define 0 -G -s app.txt;				made d.out
define 0 -G -s sub/app.d -s app.txt -n BEGIN;	made app.o d.out.1 d.out.2
define 0 -G -s sub/app.d -n BEGIN -o all.o;	made all.o
define 0 -h -n 'provider a { probe b(int); };' -o n.h;	made n.h

# What builds pass.
define 0 -32 -fpic -x nolibs -k -h -s sub/app.d;		made app.h
define 0 -64 -G -fPIC -x nolibs -q -s sub/app.d one.o two.o;	made app.o
define 0 -xnolibs -G -o app.o -s sub/app.d -I. -D X=1 -U Y;	made app.o

# What has no product.
for args in -G '-G -o x.o' '-G -fPIC x.o'; do
	define 2 $args
	expect err <<'END'
dtrace: -G requires one or more scripts or enabling options
END
done
define 2 -h -o x.h
expect err <<'END'
dtrace: -h requires one or more scripts or enabling options
END
define 2 -h -s sub/app.d -s app.txt
expect err <<'END'
dtrace: -h requires an output file if multiple scripts are specified
END
for args in '-h -n BEGIN' '-h -s app.txt'; do
	define 2 $args
	expect err <<'END'
dtrace: -h requires an output file if no scripts are specified
END
done
define 2 -h -G -s sub/app.d
expect err <<'END'
dtrace: only one of the [-GhlV] options can be specified at a time
END
define 2 -33 -h -s sub/app.d
expect_like err '^dtrace: illegal option -- 33$'
"$dtrace" -h 2>err || fail "-h alone: $?"
expect_like err '^Usage: dtrace '

# Programs that are wrong, or can't be.
define 1 -h -n 'provider a { probe b(int; };' -o x.h
expect err <<'END'
dtrace: invalid probe specifier provider a { probe b(int; };: syntax error near ";"
END
define 1 -h -n 'provider a { probe b__c(); probe b_c(); };' -o x.h
expect err <<'END'
dtrace: probes a:b__c and a:b_c would have the same macro A_B_C
END
define 1 -G -n 'provider a { probe b(int,int,int,int,int,int,int,int,int,int,int,int,int); };'
expect err <<'END'
dtrace: probe a:b has 13 arguments; a probe in a program can have 12
END
define 1 -h -s sub/app.d -o nowhere/x.h
expect err <<'END'
dtrace: failed to write output file 'nowhere/x.h': No such file or directory
END
define 1 -h -s sub/app.d -o /dev/full
expect err <<'END'
dtrace: failed to write output file '/dev/full': No space left on device
END
[ -c /dev/full ] || fail "/dev/full is gone"
made

# The compiler, with words as the shell reads them; nothing of it stays, nothing is overwritten.
cat >cc <<'END'
#!/bin/sh
printf '<%s>' "$@" >cc.args
exec gcc "$@"
END
chmod +x cc
cp sub/app.d app.d
CC='./cc -g' CFLAGS='-O1 -MMD "-DTEXT=a b" -Wall -Wextra -Werror -pedantic -Wmissing-declarations' \
	define 0 -G -s app.d
grep -q '^<-g><-O1><-MMD><-DTEXT=a b><-Wall>' cc.args || fail "arguments: $(cat cc.args)"
cmp app.d sub/app.d || fail "the script was overwritten"
made app.o
mkdir tmp
chmod 777 tmp
TMPDIR=$tmp/tmp CFLAGS='--coverage -save-temps' define 0 -G -s app.d
made app.o
[ -z "$(ls tmp)" ] || fail "left behind: $(ls tmp)"
CC=false define 1 -G -s app.d
expect err <<'END'
dtrace: failed to compile the object: false exited with status 1
END
made

# The same bytes each time.
CFLAGS=-g define 0 -G -s app.d -o one.o
CFLAGS=-g define 0 -G -s app.d -o two.o
cmp one.o two.o || fail "the object depends on the time of day"
rm one.o two.o

# -C: macros, files beside the script, from -I, and errors where they are in the script.
cat >sub/c.d <<'END'
#!/usr/sbin/dtrace -Cs
#include "beside.h"
#include <below.h>
#ifdef __SUNW_D
provider NAME {
	probe first(TYPE);
};
#endif
END
echo '#define TYPE int' >sub/beside.h
mkdir include
echo '#define TYPE2 int' >include/below.h
define 0 -C -I include -D NAME=given -h -s sub/c.d -o c.h
grep -q '^#define GIVEN_FIRST(arg0)' c.h || fail "c.h: $(cat c.h)"
made c.h
echo 'provider x { probe y(TYPE2; };' >>sub/c.d
define 1 -C -I include -D NAME=given -h -s sub/c.d
expect err <<'END'
dtrace: failed to compile script sub/c.d: line 9: syntax error near ";"
END
define 1 -h -s sub/c.d
expect err <<'END'
dtrace: failed to compile script sub/c.d: line 2: invalid control directive: #include
END
define 1 -C -h -s sub/c.d
expect_like err 'below.h' \
	'^dtrace: failed to compile script sub/c.d: Preprocessor failed to process input program$'
define 1 -C -x cpppath=./nothing -h -s sub/c.d
expect err <<'END'
dtrace: failed to run ./nothing: No such file or directory
END
made

# -C is for programs that trace, too.
echo '#define WORD "hello"
BEGIN { trace(WORD); exit(0); }' >trace.d
run -q -C -s trace.d
expect out <<'END'
hello
END
