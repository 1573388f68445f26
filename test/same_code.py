# same_code.py PID: is the code of all objects that the process maps what is in their files? A
# breakpoint is a difference.
import re
import sys

pid = sys.argv[1]
different = 0
with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb") as memory:
    for line in maps:
        found = re.match(r"([0-9a-f]+)-([0-9a-f]+) r-xp ([0-9a-f]+) \S+ \d+ +(/.*)$", line)
        if not found or not found[4].startswith("/"):
            continue
        start, end, offset = (int(found[i], 16) for i in (1, 2, 3))
        with open(found[4], "rb") as file:
            file.seek(offset)
            code = file.read(end - start)
        memory.seek(start)
        there = memory.read(len(code))
        different += sum(a != b for a, b in zip(code, there))
sys.exit(different != 0)
