#!/bin/sh
# A process that maps broken objects: each is refused with one line under -v, and the probes of the
# others are listed and fire as ever.
. test/e2e/lib.sh
mkdir "$tmp/objects"
cat >"$tmp/hostile.py" <<'E'
import ctypes, mmap, os, random, sys, time
good, where = sys.argv[1:]
data = open(good, "rb").read()
shoff = int.from_bytes(data[0x28:0x30], "little")
note = data.index(b"stapsdt\0") - 12
random.seed(1)
def broken(i):
    d = bytearray(data)
    if i == 0:		# a name as long as four gigabytes
        d[note:note + 4] = b"\xff" * 4
    elif i == 1:	# a description that ends nowhere
        d[note + 4:note + 8] = b"\xff\xff\xff\x7f"
    elif i == 2:	# a place in no segment
        d[note + 20:note + 28] = b"\xff" * 8
    elif i == 3:	# section headers behind the end
        d[0x28:0x30] = b"\xff" * 7 + b"\0"
    elif i == 4:	# half a file
        return bytes(d[:len(d) // 2])
    else:		# noise in headers and note
        for _ in range(1 + i % 7):
            at = random.choice([random.randrange(0x10, 0x200), random.randrange(note, note + 96),
                                random.randrange(shoff, len(d))])
            d[at] = random.randrange(256)
    return bytes(d)
keep = []
for i in range(300):
    path = "%s/broken%d.so" % (where, i)
    with open(path, "wb") as f:
        f.write(broken(i))
    with open(path, "rb") as f:
        keep.append(mmap.mmap(f.fileno(), 0, flags=mmap.MAP_PRIVATE,
                              prot=mmap.PROT_READ | mmap.PROT_EXEC))
fire = ctypes.CDLL(good).plug_fire
fire.argtypes = [ctypes.c_char_p, ctypes.c_int]
print("ready", flush=True)
while True:
    fire(b"well", 7)
    time.sleep(0.02)
E
start /usr/bin/python3 "$tmp/hostile.py" "$(realpath "$B/e2e/plug.so")" "$tmp/objects"
run -l -v -p $target -P 'pythonapp$target'
expect_status 0
expect_like out "^ *[0-9]+ pythonapp$target  *plug\.so  *plug_fire firstProbe\$"
[ "$(grep -c 'broken[0-4]\.so: ' "$tmp/err")" -eq 5 ] || fail "not one line for each of the first five"
[ "$(grep -c "^dtrace: " "$tmp/err")" -eq "$(wc -l <"$tmp/err")" ] || fail "other lines"
run -q -p $target -n "pythonapp$target:plug.so::firstProbe { printf(\"%s %d\\n\", copyinstr(arg0), arg1); exit(0); }"
expect_status 0
expect_like out '^well 7$'
