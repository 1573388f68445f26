"""Says the native stack of its calls, as the C library unwinds it, and makes a system call from the
same place: in functions, generators, a sort, threads."""
import ctypes
import os
import sys
import threading


class Info(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char_p), ("base", ctypes.c_void_p),
                ("symbol", ctypes.c_char_p), ("address", ctypes.c_void_p)]


lib = ctypes.CDLL(None)
frames = (ctypes.c_void_p * 400)()
info = Info()
calls = [(lib.backtrace, (frames, 400)), (lib.rmdir, (b"/nowhere",))]


def point(what):
    """Both calls are made by the same instruction, so that their callers are the same."""
    n = [call(*args) for call, args in calls][0]
    if what is None:
        return
    print("at", what)
    for pc in frames[:n]:
        if lib.dladdr(ctypes.c_void_p(pc), ctypes.byref(info)):
            print("%s:0x%x" % (os.path.basename(os.path.realpath(info.name)).decode(), pc - info.base))


def deep(n, what):
    return deep(n - 1, what) if n else point(what)


def generate(what):
    yield point(what)


def main():
    for _ in range(1000):   # until the interpreter has settled what it does here
        point(None)
    print("ready", flush=True)
    sys.stdin.readline()
    point("a function")
    deep(20, "a recursion")
    list(generate("a generator"))
    sorted([2, 1], key=lambda x: point("a sort") or x)
    max(map(lambda x: deep(x, "a map") or 0, [1, 2]))
    t = threading.Thread(target=deep, args=(3, "a thread"))
    t.start()
    t.join()
    print("end")


main()
