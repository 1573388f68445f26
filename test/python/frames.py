# Says "ready"; then, in many kinds of functions, what the interpreter says of its stack, and at once
# a system call that the tracer sees: os.rmdir(), which gives the lock up.  A line for each: the
# functions with their lines, outermost first.  "ready" as soon as it may be traced, "wait" or not.
import asyncio
import functools
import os
import sys
import threading

lines = []

def say():
    frame, stack = sys._getframe(1), []
    code = frame.f_code
    top = "%s %s %s %d" % (code.co_name, getattr(code, "co_qualname", code.co_name),
        os.path.basename(code.co_filename), frame.f_lineno)
    while frame is not None:
        name = getattr(frame.f_code, "co_qualname", frame.f_code.co_name)
        stack.append("%s:%d" % (name, frame.f_lineno))
        frame = frame.f_back
    lines.append((top, sys._getframe(2).f_code.co_name, stack))

def plain():
    say(); os.rmdir("/nowhere")

class Thing:
    def __init__(self):
        try: say(); os.rmdir("/nowhere")
        except OSError: pass
    def method(self):
        def closure():
            try: say(); os.rmdir("/nowhere")
            except OSError: pass
            return self
        return closure()
    @property
    def prop(self):
        return self.method()
    def __add__(self, other):
        try: say(); os.rmdir("/nowhere")
        except OSError: pass

def ignore(function, *args, **kw):
    try:
        return function(*args, **kw)
    except OSError:
        pass

def key(x):
    try: say(); os.rmdir("/nowhere")
    except OSError: pass
    return x

def gen():
    for i in range(2):
        ignore(plain)
        try: say(); os.rmdir("/nowhere")
        except OSError: pass
        yield i

async def coroutine(n):
    if n == 0:
        try: say(); os.rmdir("/nowhere")
        except OSError: pass
        return
    await coroutine(n - 1)

def deep(n):
    if n > 0:
        return deep(n - 1)
    try: say(); os.rmdir("/nowhere")
    except OSError: pass

def work():
    ignore(plain)
    deep(3)
    Thing().prop + 1

long = "def long():\n" + "    x = 1 if len('') else 2\n" * 600 + \
    "    try: say(); os.rmdir('/nowhere')\n    except OSError: pass\n"

def all():
    work()
    sorted([1, 2], key=key)
    list(map(lambda x: key(x), [1]))
    functools.partial(key, 3)()
    [key(x) for x in range(2)]
    list(gen())
    asyncio.run(coroutine(3))
    exec(long, globals())
    globals()["long"]()
    class Body:
        ignore(plain)
    for n in (0, 10, 100, 400):
        deep(n)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()

print("ready", flush=True)
if "wait" in sys.argv:
    sys.stdin.readline()
all()
for top, caller, stack in lines:
    print("at", top, len(stack), caller)
    print("stack", *reversed(stack))
