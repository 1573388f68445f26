# Says "ready"; then, in many kinds of functions, what the interpreter says of its stack, and at once
# a system call that the tracer sees: os.rmdir(), which gives the lock up.  A line for each: the
# functions with their lines, outermost first.  "ready" as soon as it may be traced, "wait" or not.
import asyncio
import functools
import os
import sys
import threading

lines = []
if "deep" in sys.argv:
    sys.setrecursionlimit(5000)

def say(kind):
    frame, stack = sys._getframe(1), []
    code = frame.f_code
    top = "%s %s %d" % (code.co_name, getattr(code, "co_qualname", code.co_name), frame.f_lineno)
    while frame is not None:
        name = getattr(frame.f_code, "co_qualname", frame.f_code.co_name)
        stack.append("%s:%d" % (name, frame.f_lineno))
        frame = frame.f_back
    caller = sys._getframe(2).f_code.co_name if len(stack) > 1 else ""
    lines.append((kind, top, len(stack), caller, stack))

def plain():
    say("plain"); os.rmdir("/nowhere")

class Thing:
    def __init__(self):
        try: say("init"); os.rmdir("/nowhere")
        except OSError: pass
    def method(self):
        def closure():
            try: say("closure"); os.rmdir("/nowhere")
            except OSError: pass
            return self
        return closure()
    @property
    def prop(self):
        return self.method()
    def __add__(self, other):
        try: say("add"); os.rmdir("/nowhere")
        except OSError: pass

def ignore(function, *args, **kw):
    try:
        return function(*args, **kw)
    except OSError:
        pass

def key(x):
    try: say("key"); os.rmdir("/nowhere")
    except OSError: pass
    return x

def gen():
    for i in range(2):
        ignore(plain)
        try: say("gen"); os.rmdir("/nowhere")
        except OSError: pass
        yield i

async def coroutine(n):
    if n == 0:
        try: say("coroutine"); os.rmdir("/nowhere")
        except OSError: pass
        return
    await coroutine(n - 1)

def deep(n):
    if n > 0:
        return deep(n - 1)
    try: say("deep"); os.rmdir("/nowhere")
    except OSError: pass

def work():
    ignore(plain)
    deep(3)
    Thing().prop + 1

long = "def long():\n" + "    x = 1 if len('') else 2\n" * 600 + \
    "    try: say('long'); os.rmdir('/nowhere')\n    except OSError: pass\n"

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
for kind, top, depth, caller, stack in lines:
    if "stack" in sys.argv:
        print("stack", kind, *reversed(stack))
    else:
        print("at", top, depth, caller)
