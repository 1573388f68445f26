#!/bin/sh
# os.fork() and multiprocessing: children of a traced program live and fire nothing; each can be
# traced, and unload, on its own.
. test/python/stapsdt_lib

parent_is_traced() { # sites
	start "$python" test/python/stapsdt_fork.py parent "$1"
	traced $target 'forkapp$target:::hit { printf("%s %d\n", stringof(arg0), arg1); }
		forkapp$target:::go { exit(0); }'
	expect out <<'X'
parent 1
parent 2

X
	program_ends
}

child_is_traced() { # number of the child
	await "child $1" lines "$1" "$tmp/target"
	child=$(sed -n "$1s/ready //p" "$tmp/target")
	pids="$pids $child"
	traced "$child" 'forkapp$target:::hit { printf("%s %d\n", stringof(arg0), arg1); exit(0); }'
	expect out <<'X'
process 0

X
	await "child $1 to end" is_gone "$child"
}

forks() {
	parent_is_traced nop1
	rm -f "$tmp/target"
	parent_is_traced nop5
	rm -f "$tmp/target"
	start "$python" test/python/stapsdt_fork.py
	for n in 1 2 3 4; do
		child_is_traced $n
	done
	expect_like target '^last$'
}
each forks
