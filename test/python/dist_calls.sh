#!/bin/sh
# Every call is seen on the Pythons of distributions.
. test/e2e/lib.sh
. test/python/pythons
. test/python/each_call
each_python calls dist_pythons
