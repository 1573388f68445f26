"""All types of arguments, when somebody traces."""
import ctypes
import os

import stapsdt
from stapsdt_ready import ready

T = stapsdt.ArgTypes
p = stapsdt.Provider("argapp")
ints = p.add_probe("ints", T.uint8, T.int8, T.uint16, T.int16, T.uint32, T.int32, T.uint64, T.int64)
pointers = p.add_probe("pointers", T.uint64, T.int64, T.string)
twelve = p.add_probe("twelve", *[T.int64] * 12)
bits = p.add_probe("bits", T.double, T.double, T.uint64, float)
named = p.add_probe("named", T.uint8, path=str, status=int, ok=bool)
nothing = p.add_probe("nothing", T.noarg)
done = p.add_probe("done")
p.load()
ready()


class Index:
    def __index__(self):
        return 77


name = "n\u00e9" + chr(0x1f600)
for values in ((255, 127, 65535, 32767, 2**32 - 1, 2**31 - 1, 2**64 - 1, 2**63 - 1),
               (0, -128, 0, -32768, 0, -2**31, 0, -2**63),
               (-1,) * 8, (255, 255, 65535, 65535, 2**32 - 1, 2**32 - 1, 2**64 - 1, 2**64 - 1),
               (True, False, None, Index(), 2**31, -5, 2**32 + 5, 2**40),
               (ctypes.c_uint8(9), ctypes.c_int8(-9), 0, 0, 0, 0, ctypes.c_uint64(2**40),
                ctypes.c_long(-7))):
    assert ints.fire(*values) is True
for values in (("str", b"bytes", "string"), (name, name, name),
               (os.fsdecode(b"/tmp/\xff"), "\ud800", ""), (None, 0, None),
               (ctypes.c_char_p(b"c"), b"", b"z"), ("x" * 300, b"nul\0nul", "nul\0nul")):
    assert pointers.fire(*values) is True
assert twelve.fire(*range(1, 13)) is True
assert bits.fire(1.5, 3, -0.5, True) is True
assert named.fire(1, "/a", 200, True) is True
assert nothing.fire() is True
done.fire()
