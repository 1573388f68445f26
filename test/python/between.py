# Says "ready"; then a function calls one by way of C code, which calls one by way of C code, and that
# makes a system call.
import functools
import os
import sys

def inner(x):
    try: os.rmdir("/nowhere")
    except OSError: pass
    return 0

def key(x):
    return inner(x)

def middle():
    return sorted([1], key=key)

def outer():
    return functools.reduce(lambda a, b: middle(), [1, 2])

print("ready", flush=True)
if "wait" in sys.argv:
    sys.stdin.readline()
outer()
