#!/bin/sh
# Debian 13's kernel, 6.12.
exec test/kernels/run trixie
