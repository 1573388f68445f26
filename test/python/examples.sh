#!/bin/sh
# The scripts in examples/python: each on a program that does what it looks at.
. test/e2e/lib.sh
need_python311

# example FILE ARGUMENTS PATTERN...: lines that match are in what it prints.
example() {
	file=examples/python/$1
	arguments=$2
	shift 2
	echo "$file" >>"$tmp/run"
	run -qs "$file" -c "/usr/bin/python3 test/python/shop.py $tmp/books" $arguments
	[ $status -eq 0 ] || fail "$file: exit status $status"
	expect_like out "$@"
}

# A program that does one thing after the other, as a stack shows it.
shop='[^ ]*test/python/shop\.py'

example allocations.d 1000000 "^ +stock \($shop:60\)$" "^ +main \($shop:74\)$" '^ +3[0-9]{6}$'
example audit.d '' '^open +keep_books +shop\.py +1$' '^import +main +shop\.py +1$'
example blocking.d '' '^clock_nanosleep$' "^close \($shop:64\)$"
example call_stack.d '' "function-entry: +$shop:price:15$"
example cpu_profile.d '' "^$shop +[0-9]+ +(Shop\.)?(price|total|serve) +[0-9]+$" "^ +serve \($shop:[0-9]+\)$"
example exceptions.d '' "^$shop +17 price +[0-9]+$"
example files_by_code.d '' "^shop\.py +53 keep_books +w +[^ ]*/books$"
example flow.d '' '^ +[0-9]+ +-> total \(shop\.py:20\)$' '^ +[0-9]+ +<- price \(shop\.py:17\)$'
example func_counts.d '' 'price +[0-9]+$'
example func_time.d '' 'price'
example gc.d '' 'generation 2: [0-9]+ objects in [0-9]+ us$'
example gc_pauses.d '' '^generation 2 \(us\)$' "^$shop +main +1$"
example gil.d '' '^waits \(us\)$' "^serve \($shop:[0-9]+\)$"
example imports.d '' '^ +[0-9]+ us +colorsys$'
example inclusive_exclusive.d '' "^$shop +close +1 +[0-9]{5,} +[0-9]{5,}$"
example off_cpu.d '' "^ +close \($shop:64\)$" "^ +rush \($shop:[0-9]+\)$"
example slow_calls.d 15 ': close\(\) took [0-9]+ ms$' "^ +main \($shop:76\)$"
example tasks.d "" "^cook $shop +4 +[0-9]+$"

# None is left out.
find examples/python -name '*.d' | sort >"$tmp/all"
sort "$tmp/run" | diff "$tmp/all" - || fail "not each example was run once"
