#!/bin/sh
# CPython's own test of DTrace passes on the Pythons of distributions.
. test/e2e/lib.sh
. test/python/pythons
. test/python/conform
dist_pythons() {
	packaged_pythons
	true_pythons
}
each_python conform dist_pythons
