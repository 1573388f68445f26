# Calls of every kind, without a loop that depends on time.  "profile": prints what sys.setprofile
# sees of them, "entry NAME LINE" and "return NAME LINE", each thread's by itself; "wait": says that
# it is ready, and begins when it gets a line; else it just runs.
import asyncio
import contextlib
import functools
import os
import sys
import tempfile
import threading

try:
    import _interpreters as interpreters
except ImportError:
    try:
        import _xxsubinterpreters as interpreters
    except ImportError:
        interpreters = None         # 3.7 has none

def plain(a, b=1, *args, **kw):
    return a

def outer(n):
    def inner(k):
        return n + k
    return inner(1) + plain(n, b=2, c=3)

def fact(n):
    return 1 if n == 0 else n * fact(n - 1)

class Base:
    attr = plain(1)
    def __init__(self, n):
        self.n = plain(n)
    def __add__(self, other):
        return self.n + other
    @property
    def prop(self):
        return self.n
    @classmethod
    def make(cls, n):
        return cls(n)
    @staticmethod
    def static():
        return 3

class Derived(Base):
    def __init__(self, n):
        super().__init__(n)
        if n < 0:
            raise ValueError(n)

def gen(n):
    for i in range(n):
        yield i

def delegate(n):
    yield from gen(n)
    return n

def closed():
    try:
        yield 1
        yield 2
    finally:
        plain(0)

def thrown():
    try:
        yield 1
    except KeyError:
        yield 2

def dying():
    try:
        yield 1
    except KeyError:
        yield 2

async def leaf(n):
    return n

async def coroutine(n):
    return await leaf(n) + await leaf(n)

def dies():
    g = dying()
    next(g)
    del g

def drive(co):
    try:
        while True:
            co.send(None)
    except StopIteration as e:
        return e.value

def raises():
    raise KeyError(1)

def through(n):
    if n == 0:
        raises()
    through(n - 1)

def caught():
    try:
        through(3)
    except KeyError:
        return plain(2)

def cleans():
    try:
        raises()
    finally:
        plain(3)

def from_c():
    return sorted([3, 1, 2], key=lambda v: -v) + list(map(plain, [1, 2])) + [eval("plain(4)")]

def delayed(fn):
    @functools.wraps(fn)
    def wrapper(*args):
        return fn(*args)
    return wrapper

class Callable:
    @delayed
    def __call__(self, n):
        return plain(n)
    def __getattr__(self, name):
        return plain(name)
    def __enter__(self):
        return self
    def __exit__(self, *args):
        return plain(True)

@contextlib.contextmanager
def managed():
    plain(1)
    yield plain(2)
    plain(3)

def objects():
    with Callable() as c:
        c(1)
        functools.partial(c, 2)()
        c.missing
        raises()
    with managed():
        plain(4)

async def ticker(n):
    for i in range(n):
        yield plain(i)
        await asyncio.sleep(0)

async def worker(n):
    async for i in ticker(n):
        await leaf(i)
    try:
        await failing()
    except KeyError:
        return [j async for j in ticker(1)]

async def failing():
    await asyncio.sleep(0)
    raises()

async def crowd():
    await asyncio.gather(worker(1), worker(2), leaf(3))

SUB = """
def sub(n):
    return sub(n - 1) if n else counted()
def counted():
    return sum(numbers())
def numbers():
    yield 1
    yield 2
sub(3)
"""

# An interpreter of its own, on this thread; what it has seen itself goes through a file.
def interpreter():
    script = f"code = compile({SUB!r}, {__file__!r}, 'exec')\n"
    with tempfile.TemporaryDirectory() as top:
        path = os.path.join(top, "seen")
        if sys.getprofile():
            script += f"""
import sys
seen = []
def note(frame, event, arg):
    code = frame.f_code
    if event in ("call", "return") and code.co_filename == {__file__!r}:
        event = "entry" if event == "call" else event
        seen.append(f"{{event}} {{code.co_name}} {{frame.f_lineno}}")
sys.setprofile(note)
exec(code, {{}})
sys.setprofile(None)
with open({path!r}, "w") as f:
    f.write("\\n".join(seen))
"""
        else:
            script += "exec(code, {})"
        one = interpreters.create()
        interpreters.run_string(one, script)
        interpreters.destroy(one)
        if sys.getprofile():
            with open(path) as f:
                seen[threading.get_ident()] += f.read().split("\n")

def hot():
    n = 0
    for i in range(500):
        n += plain(i) and 1
    return n

def all_of_it():
    outer(1)
    fact(5)
    Base(1) + 2
    Base.make(1).prop
    Base.static()
    try:
        Derived(-1)
    except ValueError:
        pass
    Derived(1)
    list(gen(3))
    list(delegate(2))
    g = closed()
    next(g)
    g.close()
    g = thrown()
    next(g)
    g.throw(KeyError(1))
    g.close()
    dies()
    drive(coroutine(1))
    caught()
    try:
        cleans()
    except KeyError:
        pass
    from_c()
    objects()
    asyncio.run(crowd())
    hot()

def in_thread():
    for _ in range(3):
        all_of_it()

seen = {}

# A generator that dies is closed by that, as its probes tell; sys.setprofile doesn't before 3.11.
unseen = []
if sys.version_info < (3, 11):
    line = dying.__code__.co_firstlineno
    left = line + (3 if sys.version_info >= (3, 10) else 4)
    unseen = [f"entry dying {line + 2}", f"return dying {left}"]

def note(frame, event, arg):
    code = frame.f_code
    if event in ("call", "return") and code.co_filename == __file__ and code is not note.__code__:
        mine = seen.setdefault(threading.get_ident(), [])
        if code is dies.__code__ and event == "return":
            mine += unseen
        mine.append(f"{'entry' if event == 'call' else event} {code.co_name} {frame.f_lineno}")

def run():
    all_of_it()
    if interpreters:
        interpreter()
    threads = [threading.Thread(target=in_thread) for _ in range(2)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()

if sys.argv[1:] == ["profile"]:
    threading.setprofile(note)
    sys.setprofile(note)
    run()
    sys.setprofile(None)
    for thread in seen.values():
        print("\n".join(thread))
else:
    if sys.argv[1:] == ["wait"]:
        print("ready", flush=True)
        sys.stdin.readline()
    run()
