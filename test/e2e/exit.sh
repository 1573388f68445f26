#!/bin/sh
# exit(n) is the exit status; no clause starts after it, but END does.
. test/e2e/lib.sh
run -q -n 'BEGIN { exit(3); } BEGIN { printf("not this\n"); } END { printf("end\n"); }'
expect_status 3
expect out <<'E'
end

E
