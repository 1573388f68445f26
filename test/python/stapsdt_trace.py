"""Provider.trace(): what a traced function is, and what its probes see."""
import asyncio
import copy
import inspect
import pickle
import stapsdt
import weakref
from stapsdt_ready import ready

p = stapsdt.Provider("traceapp")


@p.trace
def handle(path: str, status: int = 3, *, ms: float = 1.5) -> int:
    """Handles."""
    if status == 99:
        raise KeyError(path)
    return status + 1


class Thing:
    @p.trace
    def __init__(self, n):
        self.n = n

    @p.trace
    def method(self, x: bool) -> str:
        return "%d%s" % (self.n, x)

    @staticmethod
    @p.trace
    def static(*args: int, **kwargs: int):
        return len(args) + len(kwargs)

    @classmethod
    @p.trace(name="made")
    def make(cls, n: int):
        return cls(n)


@p.trace
def generate(n: int) -> str:
    got = yield n
    yield got
    return "end"


@p.trace
async def later(what: str) -> str:
    await asyncio.sleep(0)
    if what == "bad":
        raise ValueError
    return what * 2


@p.trace
def many(a, b, c, d, e, f, g, h, i, j, k, l, m, n):
    return m


def raises(kind, function, *args, **kwargs):
    try:
        function(*args, **kwargs)
    except kind:
        return
    raise AssertionError("did not raise")


def run():
    assert handle("/a") == 4 and handle("/b", 7) == 8 and handle(status=1, path="/c", ms=0.5) == 2
    assert handle("/d", 2**64 + 5) == 2**64 + 6
    raises(KeyError, handle, "/e", 99)
    raises(TypeError, handle)
    raises(TypeError, handle, 1, 2, 3)
    raises(TypeError, handle, [], object())     # neither fits: 0
    thing = Thing(5)
    assert thing.method(True) == "5True" and Thing.method(thing, x=False) == "5False"
    assert Thing.static(1, 2, a=3) == 3 and Thing.make(4).n == 4
    g = generate(6)
    assert next(g) == 6 and g.send(7) == 7 and list(g) == []
    g = generate(8)
    next(g)
    g.close()
    assert asyncio.run(later("x")) == "xx"
    raises(ValueError, lambda: asyncio.run(later("bad")))
    assert many(*range(14)) == 12


assert handle.__name__ == "handle" and handle.__doc__ == "Handles."
assert inspect.signature(handle).parameters["status"].default == 3
assert handle.__wrapped__("/") == 4 and "handle" in repr(handle)
assert pickle.loads(pickle.dumps(handle)) is handle and copy.deepcopy(handle) is handle
assert weakref.ref(handle)() is handle and Thing.method is Thing.__dict__["method"]
assert inspect.iscoroutinefunction(later) and inspect.isgeneratorfunction(generate)
handle.extra = 1
assert handle.extra == 1
for bad in 3, staticmethod(run), classmethod(run), Thing:
    raises(TypeError, p.trace, bad)


async def agen():
    yield 1
raises(TypeError, p.trace, agen)
raises(ValueError, p.trace(name=""), run)
raises(ValueError, p.trace, lambda: 0)
run()
p.load()
run()
ready()
run()
print("done", flush=True)
