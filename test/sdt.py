"""The probe sites of ELF files and of processes, read independently of the tracer.

    sdt.py FILE      the .note.stapsdt records of a file (64-bit, little-endian)
    sdt.py PID       the state of every site in a process; exits 1 if a tracer left something there
"""
import os
import struct
import sys
from collections import namedtuple

Note = namedtuple("Note", "provider name pc offset semaphore semaphore_offset args code")


def notes(path):
    """Yield a Note for every site: pc is as linked, offset is in the file, code is its first byte."""
    with open(path, "rb") as f:
        data = f.read()
    if data[:6] != b"\x7fELF\x02\x01":
        return
    phoff, shoff = struct.unpack_from("<QQ", data, 0x20)
    phnum, _, shnum, shstr = struct.unpack_from("<HHHH", data, 0x38)
    loads = []
    for i in range(phnum):
        kind, _, off, va, _, filesz, _, _ = struct.unpack_from("<IIQQQQQQ", data, phoff + 56 * i)
        if kind == 1:
            loads.append((va, off, filesz))
    secs = [struct.unpack_from("<IIQQQQIIQQ", data, shoff + 64 * i) for i in range(shnum)]

    def name(sec):
        at = secs[shstr][4] + sec[0]
        return data[at:data.index(b"\0", at)].decode()

    def in_file(va):
        return next((va - start + off for start, off, n in loads if start <= va < start + n), None)

    base = next((s[3] for s in secs if name(s) == ".stapsdt.base"), 0)
    for sec in (s for s in secs if name(s) == ".note.stapsdt"):
        at, end = sec[4], sec[4] + sec[5]
        while at < end:
            nlen, dlen, kind = struct.unpack_from("<III", data, at)
            at += 12 + (nlen + 3 & ~3)
            desc = data[at:at + dlen]
            at += dlen + 3 & ~3
            if kind != 3:
                continue
            pc, linked, sem = struct.unpack_from("<QQQ", desc)
            slide = base - linked if base and linked else 0
            pc, sem = pc + slide, sem + slide if sem else 0
            prov, probe, args = (s.decode() for s in desc[24:].split(b"\0")[:3])
            yield Note(prov, probe, pc, in_file(pc), sem, in_file(sem) if sem else None, args,
                       data[in_file(pc)])


def mappings(pid):
    """Yield (start, end, offset, key of the file, a path that opens it) for each file mapped."""
    with open("/proc/%d/maps" % pid) as f:
        for line in f:
            span, _, offset, dev, inode = line.split()[:5]
            if inode != "0":
                start, end = (int(x, 16) for x in span.split("-"))
                path = "/proc/%d/map_files/%x-%x" % (pid, start, end)
                yield start, end, int(offset, 16), (dev, inode), path


def sites(pid):
    """Yield (note, address of the site, its first byte now, semaphore's value now or None)."""
    spans = {}
    for start, end, offset, key, path in mappings(pid):
        spans.setdefault(key, []).append((start, end, offset, path))
    with open("/proc/%d/mem" % pid, "rb", 0) as mem:
        def read(key, at, size):
            # The last mapping of an offset is the one that relocation and data live in.
            for start, end, offset, _ in reversed(spans[key]):
                if offset <= at < offset + end - start:
                    mem.seek(start + at - offset)
                    return start + at - offset, mem.read(size)
            return 0, None
        for key, where in spans.items():
            try:
                found = list(notes(where[0][3]))
            except (OSError, IndexError, struct.error, ValueError):
                continue
            for n in found:
                at, code = read(key, n.offset, 1)
                sem = None
                if n.semaphore_offset is not None:
                    sem = struct.unpack("<H", read(key, n.semaphore_offset, 2)[1])[0]
                if code:
                    yield n, at, code[0], sem


def main():
    what = sys.argv[1]
    if not what.isdigit() or os.path.exists(what):
        for n in notes(what):
            print("%s:%s pc %#x offset %#x semaphore %#x %s"
                  % (n.provider, n.name, n.pc, n.offset, n.semaphore, n.args))
        return 0
    total = patched = raised = 0
    for n, at, code, sem in sites(int(what)):
        total += 1
        patched += code != n.code
        raised += bool(sem)
        if "-v" in sys.argv or code != n.code or sem:
            print("%s:%s at %#x: %s, semaphore %s"
                  % (n.provider, n.name, at, "clean" if code == n.code else "patched", sem))
    print("%d probe sites: %d patched, %d semaphores raised" % (total, patched, raised))
    return 1 if patched or raised else 0


if __name__ == "__main__":
    sys.exit(main())
