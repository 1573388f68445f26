"""Callables as arguments: run only while somebody traces; what they raise is reported, no more."""
import sys

import stapsdt
from stapsdt_ready import ready

p = stapsdt.Provider("lazyapp")
f = p.add_probe("f", stapsdt.ArgTypes.string, stapsdt.ArgTypes.int32)
done = p.add_probe("done")
p.load()
calls = []
reports = []
sys.unraisablehook = lambda u: reports.append((u.exc_type.__name__, str(u.exc_value)))


def value(x):
    def call():
        calls.append(x)
        if isinstance(x, BaseException):
            raise x
        return x
    return call


assert f.fire(value("off"), value(1)) is False and calls == []
ready()
made = ["m", "ade"]
assert f.fire(lambda: "".join(made), value(7)) and calls == [7]
assert f.fire(value(None), lambda: True) and f.fire(lambda: b"b" * 3, 2)
assert f.fire(lambda: "\udcff", 3) and f.fire(str, int) and not reports
for bad, expected in ((value(KeyError("k")), ("KeyError", "'k'")),
                      (value([]), ("TypeError", "a probe's argument can't be list")),
                      (lambda: value(1), ("TypeError", "a probe's argument can't be function")),
                      (lambda: 1, ("TypeError", "a probe's argument can't be int"))):
    del reports[:]
    assert f.fire(bad, 4) is True
    assert reports == [expected], reports
del reports[:]
assert f.fire("x", lambda: 2**40) and reports[0][0] == "OverflowError", reports
try:
    f.fire(value(KeyboardInterrupt()), 1)
except KeyboardInterrupt:
    pass
else:
    raise AssertionError("KeyboardInterrupt was lost")
# The provider may go while a callable runs.
assert f.fire(lambda: p.unload() or "x", 5) is False
p.load()
done.fire()
