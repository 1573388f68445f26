#!/bin/sh
# Every call is seen on Pythons that were built without probes.
. test/e2e/lib.sh
. test/python/pythons
. test/python/each_call
each_python calls built_pythons
