#!/bin/sh
# Pythons with true probes of their own have the same arguments.
. test/e2e/lib.sh
. test/python/pythons
. test/python/each_arg
each_python args true_pythons
