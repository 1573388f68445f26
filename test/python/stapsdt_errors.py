"""What the module refuses, and how; nobody traces. With an argument: while somebody does."""
import os
import sys

import stapsdt
from stapsdt_ready import ready

T = stapsdt.ArgTypes


def raises(kind, text, function, *args, **kwargs):
    try:
        function(*args, **kwargs)
    except kind as e:
        assert type(e) is kind, (kind, e)
        assert text in str(e), (text, str(e))
    else:
        raise AssertionError("%s(%r) did not raise %s" % (function, args, kind))


p = stapsdt.Provider("errapp")
f = p.add_probe("f", T.uint64, T.int32)
s = p.add_probe("s", T.string, T.double, T.uint8)
none = p.add_probe("none")
assert f.is_enabled is False and not f and f.fire("x", 1) is False   # not loaded yet
assert p.load() is False and p.is_loaded and p.file
assert p.load() is False
if len(sys.argv) > 1:
    ready()
traced = f.is_enabled
assert f.fire("x", 1) is traced

# The count and the types of arguments.
raises(TypeError, "f: fire() takes 2 arguments (0 given)", f.fire)
raises(TypeError, "f: fire() takes 2 arguments (1 given)", f.fire, 1)
raises(TypeError, "f: fire() takes 2 arguments (3 given)", f.fire, 1, 2, 3)
raises(TypeError, "none: fire() takes 0 arguments (1 given)", none.fire, 1)
raises(TypeError, "keyword", f.fire, 1, b=2)
raises(TypeError, "f: arg1 must be int32, not str", f.fire, 1, "x")
raises(TypeError, "f: arg1 must be int32, not bytes", f.fire, 1, b"x")
raises(TypeError, "f: arg1 must be int32, not float", f.fire, 1, 1.0)
raises(TypeError, "f: arg0 must be uint64, not list", f.fire, [], 1)
raises(TypeError, "f: arg0 must be uint64, not object", f.fire, object(), 1)
raises(TypeError, "f: arg0 must be uint64, not bytearray", f.fire, bytearray(b"x"), 1)
raises(TypeError, "s: arg0 must be string, not int", s.fire, 1, 1.0, 1)
raises(TypeError, "s: arg0 must be string, not float", s.fire, 1.0, 1.0, 1)
raises(TypeError, "s: arg0 must be string, not bool", s.fire, True, 1.0, 1)
raises(TypeError, "s: arg1 must be double, not str", s.fire, "", "1.0", 1)
raises(TypeError, "s: arg1 must be double, not bytes", s.fire, "", b"1.0", 1)

# The range of integers: what fits the bits, with a sign or without.
big = p.add_probe("big", *[T.uint8, T.int8, T.uint16, T.int16, T.uint32, T.int32, T.uint64, T.int64])
for i, n in enumerate((8, 8, 16, 16, 32, 32, 64, 64)):
    for x in (2**n, -2**(n - 1) - 1, 2**(n + 40), -2**5000, 10**5000):
        raises(OverflowError, "big: arg%d is out of range for %s" %
               (i, list(T)[i + 1].name), big.fire, *[x if j == i else 0 for j in range(8)])
    for x in (2**n - 1, -2**(n - 1), 0, None, True):
        big.fire(*[x if j == i else 0 for j in range(8)])
raises(OverflowError, "s: arg1 is out of range for double", s.fire, "", 10**400, 1)
raises(OverflowError, "s: arg2 is out of range for uint8", s.fire, "", 1, 256)


class Bad:
    def __index__(self):
        raise KeyError("mine")


raises(KeyError, "mine", f.fire, Bad(), 1)

# Names, types, how often.
E = stapsdt.Error
assert issubclass(E, OSError) and E.__name__ == "Error" and E.__module__ == "stapsdt"
raises(E, "empty", stapsdt.Provider, "")
raises(E, "too long", stapsdt.Provider, "x" * 201)
raises(E, "a:b: the name has a character", stapsdt.Provider, "a:b")
raises(E, "digit", stapsdt.Provider, "app2", strict=True)
raises(E, "underscores", stapsdt.Provider, "a__b", strict=True)
raises(E, "too long", stapsdt.Provider, "x" * 51, strict=True)
raises(ValueError, "null", stapsdt.Provider, "a\0b")
raises(UnicodeEncodeError, "surrogates", stapsdt.Provider, "\ud800")
raises(TypeError, "str", stapsdt.Provider, b"bytes")
raises(TypeError, "str", stapsdt.Provider, None)
raises(TypeError, "name", stapsdt.Provider)
assert stapsdt.Provider("app2").name == "app2"
raises(E, "empty", p.add_probe, "")
raises(E, "character", p.add_probe, "a:b")
raises(ValueError, "null", p.add_probe, "a\0b")
raises(TypeError, "str", p.add_probe, 3)
raises(E, "12 arguments", p.add_probe, "many", *[T.int8] * 13)
raises(ValueError, "3 is not a valid ArgTypes", p.add_probe, "g", 3)
raises(ValueError, "ArgTypes", p.add_probe, "g", "x")
raises(ValueError, "ArgTypes", p.add_probe, "g", list)
raises(E, "identifier", p.add_probe, "g", **{"a b": int})
raises(E, "has a probe of this name", p.add_probe, "f", T.uint64)
raises(E, "has a probe of this name", p.add_probe, "f", T.uint64, T.uint32)
again = p.add_probe("f", 8, -4)
assert again.fire("x", 1) is f.fire("x", 1) is traced
raises(TypeError, "cannot create", stapsdt.Probe)
raises(TypeError, "", stapsdt.probe, 1, "x")
raises(E, "digit", stapsdt.probe, "app2", "x")

# What is not a handle.
raw = stapsdt._stapsdt
for function in raw.load, raw.unload, raw.file, raw.is_loaded:
    raises(TypeError, "Handle", function, 3)
raises(TypeError, "", raw.probe_new, None, "x", ())
raises(TypeError, "", raw.probe_new, p._handle, "x", (3,))
raises(TypeError, "", raw.traced, len, 1, 2, 3, 4, 5)
raises(TypeError, "cannot create", raw.Handle)
raises(TypeError, "cannot create", raw.TracedFunction)

assert p.unload() is False and not p.is_loaded and p.unload() is False
assert f.fire("x", 1) is False and not f
with p as same:
    assert same is p and p.is_loaded
    raises(TypeError, "takes 2", f.fire)
assert not p.is_loaded
assert repr(f) == "<stapsdt.Probe errapp:f(uint64, int32)>", repr(f)
assert repr(p.add_probe("h", path=str)) == "<stapsdt.Probe errapp:h(string path)>"
assert stapsdt.Provider("empty").load() is False

# The short way.
a = stapsdt.probe("shortapp", "a", int, path=str)
assert repr(a) == "<stapsdt.Probe shortapp:a(int64, string path)>"
b = stapsdt.probe("shortapp", "b-c")
assert b.name == "b__c" and a.fire(1, "x") is False and b.fire() is False
raises(E, "has a probe", stapsdt.probe, "shortapp", "a")

# No place for the file.
os.environ["USDT_DIR"] = "/proc/no/such/directory"
q = stapsdt.Provider("nowhere", memfd=False)
q.add_probe("x")
raises(E, "no place", q.load)
print("done, traced" if traced else "done")
