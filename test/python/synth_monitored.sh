#!/bin/sh
# A debugger, or a tool that monitors, comes and goes in a process that is traced: the interpreter
# rewrites code then, and executes the beginning of a function again. Each call counts once.
. test/e2e/lib.sh
. test/python/pythons
monitored() {
	start_waiting monitored.py
	trace -q -p $target -n '
	BEGIN { printf("armed\n"); }
	python$target:::function-entry / stringof(arg0) == "'"$inside"'/monitored.py" / { @in[stringof(arg1)] = count(); }
	python$target:::function-return / stringof(arg0) == "'"$inside"'/monitored.py" / { @out[stringof(arg1)] = count(); }
	END { printf("entries\n"); printa("%s %@d\n", @in); printf("returns\n"); printa("%s %@d\n", @out); }'
	await "the tracer to be ready" grep -q armed "$tmp/out"
	await "the process to be armed" breakpoints $target
	go_on
	finish
	expect_status 0
	expect err </dev/null
	rounds=$(sed -n 's/^rounds //p' "$tmp/target")
	grep -E '^(entries|returns|called|leaf|step) ?' "$tmp/out" | sort >"$tmp/got"
	mv "$tmp/got" "$tmp/out"
	expect out <<-END
	called $rounds
	called $rounds
	entries
	leaf $((2 * rounds))
	leaf $((2 * rounds))
	returns
	step $((2 * rounds))
	step $((2 * rounds))
	END
}
each_python monitored
