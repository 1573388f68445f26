#!/usr/bin/python3
"""code.py PID: is the code of a process what its files say?  A breakpoint anywhere makes it exit 1."""
import sys

pid = sys.argv[1]
status = 0
with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb") as mem:
    for line in maps:
        field = line.split(None, 5)
        if "x" not in field[1] or field[4] == "0" or len(field) < 6:
            continue
        start, end = (int(n, 16) for n in field[0].split("-"))
        with open(f"/proc/{pid}/map_files/{start:x}-{end:x}", "rb") as file:
            file.seek(int(field[2], 16))
            want = file.read(end - start)
        mem.seek(start)
        have = mem.read(end - start)
        if have[:len(want)] != want:
            status = 1
sys.exit(status)
