#!/bin/sh
# Random programs give what the evaluator in random_programs.py says: for RANDOM_SECONDS, from RANDOM_SEED on.
. test/e2e/lib.sh
/usr/bin/python3 test/e2e/random_programs.py "$dtrace" "$B/e2e/fire" "${RANDOM_SECONDS:-10}" "${RANDOM_SEED:-1}" ||
	fail "a program gives other values in the kernel"
