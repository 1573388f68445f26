#!/bin/sh
# -S prints the code of a program and then runs that program, not one compiled anew: clear() finds
# the keys by the digest that its code makes.
. test/e2e/lib.sh
run -S -qn 'BEGIN { s = strjoin(execname, "x"); @[s, strjoin(s, s)] = count(); clear(@); exit(0); }'
expect_status 0
expect out <<END

  dtracex                                             dtracexdtracex                                                    0
END
expect_like err '^dtrace_0:$' 'call bpf_map_lookup_elem'
