#!/bin/sh
# Debian 12's kernel, 6.1: no uprobe_multi, no signed division.
exec test/kernels/run bookworm
