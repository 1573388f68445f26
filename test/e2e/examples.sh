#!/bin/sh
# The scripts in examples/, but for those of Python: each on a program that does what it looks at.
. test/e2e/lib.sh

# example FILE ARGUMENTS PATTERN...: lines that match are in what it prints.  Everything of the
# machine is traced, so that nothing can be said of the other lines.
example() {
	file=examples/$1
	arguments=$2
	shift 2
	echo "$file" >>"$tmp/seen"
	run -s "$file" -q -c "$B/e2e/errand" $arguments
	[ $status -eq 0 ] || fail "$file: exit status $status"
	! grep -v 'drop' "$tmp/err" | grep -q . || fail "$file complains"
	expect_like out "$@"
}

calls='errand +[a-z0-9]+ +[1-9]'
histogram='^ +[0-9]+ \|@+ +[0-9]+'
example syscall/counts.d '' 'PROGRAM +SYSTEM CALL +CALLS$' '^[^ ]+ +[a-z0-9_]+ +[0-9]+$'
