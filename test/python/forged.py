# Says "ready"; then makes os.rmdir("/nowhere") calls while its own structures are wrong: names of a
# code object that are at no address, or too long, a thread state that is in a circle of them.
import ctypes
import os
import sys

def word(address):
    return ctypes.c_void_p.from_address(address)

def forged():
    try: os.rmdir("/nowhere")
    except OSError: pass

def whole():
    try: os.rmdir("/nowhere")
    except OSError: pass

# PyCodeObject of 3.11: co_name, co_qualname, co_linetable
code = id(forged.__code__)
NAMES = (120, 128)
LINES = 136

print("ready", flush=True)
if "wait" in sys.argv:
    sys.stdin.readline()
whole()
for bad in (8, 1 << 62, (1 << 64) - 4096, id(code)):
    kept = [word(code + at).value for at in NAMES]
    for at in NAMES:
        word(code + at).value = bad
    forged()
    for at, value in zip(NAMES, kept):
        word(code + at).value = value
# a length that is none
name = word(code + 128).value
length = ctypes.c_ssize_t.from_address(name + 16)
for bad in (-1, 1 << 62):
    kept, length.value = length.value, bad
    forged()
    length.value = kept
# a table of lines that says it is endless
table = word(code + LINES).value
length = ctypes.c_ssize_t.from_address(table + 16)
kept, length.value = length.value, (1 << 63) - 1
forged()
length.value = kept
whole()
print("whole", flush=True)
