#!/bin/sh
# As large as programs may be: many clauses on one probe, deep expressions, many operations on
# strings, long strings. Each loads and gives the right value.
. test/e2e/lib.sh

# clauses N: their sum in a clause behind them.
clauses() {
	awk -v n="$1" 'BEGIN {
		for (i = 0; i < n; i++)
			printf "BEGIN { x += %d; }\n", i
		printf "BEGIN { printf(\"%%d\\n\", x); exit(0); }\n" }'
}
for n in 127 128 129 200 300 1000; do
	{
		echo 'int x;'
		clauses $n
	} >"$tmp/clauses.d"
	run -qs "$tmp/clauses.d"
	expect out <<END
$((n * (n - 1) / 2))

END
done

# In so many, faults, predicates and exit() do what they do in few.
{
	echo 'int x;'
	clauses 300 | sed '100s|.*|BEGIN { y = *(int *)16; x = 0; }|
		150s|.*|BEGIN /x == 0/ { x = 0; }|
		200s|.*|BEGIN { printf("%d ", x); }|
		251s|.*|BEGIN { exit(0); }|'
	cat <<'E'
ERROR { printf("error in clause %d: %d ", arg2, arg4 == DTRACEFLT_BADADDR); }
END { printf("%d\n", x); }
E
} >"$tmp/clauses.d"
run -qs "$tmp/clauses.d"
expect_status 0
x=$((199 * 198 / 2 - 99 - 149))
expect out <<END
error in clause 99: 1 $x $((x + 250 * 249 / 2 - 199 * 198 / 2 - 199))

END

# nest N FORMAT BEGIN: the expression with itself in the place of "E", N deep.
nest() {
	awk -v n="$1" -v format="$2" -v e="$3" 'BEGIN {
		for (i = 0; i < n; i++) {
			next_e = format
			gsub(/I/, i % 7 + 1, next_e)
			at = index(next_e, "E")
			e = substr(next_e, 1, at - 1) e substr(next_e, at + 1)
		}
		print e }'
}
echo "int x; BEGIN { x = 1; trace($(nest 60 '(I + (E ^ I))' x)); exit(0); }" >"$tmp/deep.d"
value=1
for i in $(seq 0 59); do
	n=$((i % 7 + 1))
	value=$((n + (value ^ n)))
done
run -qs "$tmp/deep.d"
expect_like out "^$value\$"
echo "int x; BEGIN { x = 1; trace($(nest 60 '(x != I + 1 ? (x ? E : 2) : x + I)' 9)); exit(0); }" >"$tmp/deep.d"
run -qs "$tmp/deep.d"
expect_like out '^9$'
echo "int x; BEGIN { trace($(nest 60 '((E || x == I) && x < I)' 1)); exit(0); }" >"$tmp/deep.d"
run -qs "$tmp/deep.d"
expect_like out '^1$'
echo "BEGIN { trace($(nest 60 'strjoin(E, "I")' execname)); exit(0); }" >"$tmp/deep.d"
for size in 256 4096; do
	run -q -x strsize=$size -s "$tmp/deep.d"
	expect_like out '^dtrace1234567.*1234$'
done

# 50 operations on strings in a clause.
{
	echo 'BEGIN { this->s = "a/b/../word";'
	for op in 'basename(this->s)' 'dirname(this->s)' 'cleanpath(this->s)' 'toupper(this->s)' \
	    'strjoin(this->s, "x")' 'substr(this->s, 2, 3)' 'strstr(this->s, "..")' \
	    'strchr(this->s, 111)' 'strtok(this->s, "/")' 'lltostr(strlen(this->s))'; do
		for n in 1 2 3 4 5; do
			echo "printf(\"%s \", $op);"
		done
	done
	echo 'exit(0); }'
} >"$tmp/strings.d"
for size in 256 4096; do
	run -q -x strsize=$size -s "$tmp/strings.d"
	tr -d '\n' <"$tmp/out" | tr ' ' '\n' | uniq -c | awk '{ print $1, $2 }' >"$tmp/counted"
	mv "$tmp/counted" "$tmp/out"
	expect out <<'END'
5 word
5 a/b/..
5 a/word
5 A/B/../WORD
5 a/b/../wordx
5 b/.
5 ../word
5 ord
5 a
5 11
END
done
