"""A program to be traced: again and again, a known sequence of what Python has probes for."""
import gc
import sys
import time


def foo(n):
    return bar(n) + 1


def bar(n):
    return 2 * n


def collect():
    gc.collect(1)


def load():
    try:
        import no_such_module
    except ImportError:
        pass
    import colorsys
    del sys.modules["colorsys"]


def once():
    foo(20)
    collect()
    load()
    sys.audit("app.event", 42)


print("ready", flush=True)
while True:
    once()
    time.sleep(0.02)
