# Says "ready"; then calls functions with all kinds of arguments, and says what pyarg() is to be.
import os
import sys

class Café:
    def méthode(self, x):
        try: os.rmdir("/nowhere")
        except OSError: pass

def one(x):
    try: os.rmdir("/nowhere")
    except OSError: pass

def cell(x):
    def inner():
        return x
    try: os.rmdir("/nowhere")
    except OSError: pass
    return inner

def same(*values):
    return [(v, repr(v)) for v in values]

values = same(0, 1, -1, 255, 12345678901, -(1 << 59), (1 << 60) - 1, 1 << 60, (1 << 63) - 1,
    -(1 << 63) + 1, True, False, None,
    0.0, -0.0, 1.0, 0.1, 3.14, -2.5, 1e10, 123456789.987654, 1e15, 1e16, 1.5e300, 1e-4, 1e-5, 2.5e-10,
    float("inf"), float("-inf"), float("nan"))
values += [(s, s) for s in ("", "abc", "é", "méthode →", "日本語 😀", "x" * 255, "é" * 125)]
values += [(1 << 63, "<int>"), (-10 ** 30, "<int>"), ([1], "<list>"), ((), "<tuple>"), ({}, "<dict>"),
    (b"x", "<bytes>"), (one, "<function>"), (Café, "<type>"), (Café(), "<Café>"), (1j, "<complex>"),
    (1 / 3, "0.333333"), (2 / 3, "0.666667"), (0.9999999, "1.0"), (9.9999999e-05, "1e-04"),
    (5e-324, "4.940656e-324"), (sys.float_info.max, "1.797693e+308")]

print("ready", flush=True)
if "wait" in sys.argv:
    sys.stdin.readline()
for value, text in values:
    one(value)
    print("at one %s %s|" % (text, ""))
one(x="keyword")
print("at one keyword |")
cell(5)
# what an inner function uses has another place before 3.11
print("at cell %s |" % (5 if sys.version_info >= (3, 11) else ""))
Café().méthode(7)
print("at méthode <Café> 7|")
