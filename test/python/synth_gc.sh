#!/bin/sh
# Pythons without probes: collections are seen if the collector's symbol is there; what can't be
# made is refused with a sentence.
. test/e2e/lib.sh
. test/python/pythons
cat >"$tmp/collect.py" <<'P'
import gc
gc.disable()
class Node: pass
def cycle():
    n = Node()
    n.self = n
for generation in 0, 1, 2:
    cycle()
    gc.collect(generation)
P
collects() {
	for probe in line import-find-load-start audit; do
		run -l -c "$python -c pass" -n "python\$target:::$probe"
		expect_like err "has no probe $probe, and none can be made: "
	done
	cp "$tmp/collect.py" "$dir/"
	run -q -c "$python -S $inside/collect.py" -n 'python$target:::gc-start { self->generation = arg0; }
	python$target:::gc-done / arg0 > 0 / { @[self->generation] = max(arg0); }'
	if [ $status -ne 0 ]; then
		expect_like err "has no probe gc-start, and none can be made: "
		return
	fi
	made="$made $python"
	expect_like out '^ +2 +[1-9]'
	case $($python -V) in
	"Python 3.14"*|"Python 3.13"*) ;;
	*) expect_like out '^ +0 +[1-9]' '^ +1 +[1-9]' ;;
	esac
}
made=
each_python collects built_pythons
[ -n "$made" ] || fail "no Python has a collector that can be seen"
