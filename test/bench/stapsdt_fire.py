#!/usr/bin/env python3
"""What the module stapsdt costs: ns for each call, the loop included. Asserts nothing.

    stapsdt_fire.py [ORIGINAL]

The smallest of many short turns, all kinds taking turns, beside calls of CPython's own that have
the same shape: quote ratios. Builds the module for this interpreter. ORIGINAL: a directory with
the stapsdt.py that wraps libstapsdt, to be measured as well (LD_LIBRARY_PATH for its library).
Prints the same lines again while build/dtrace counts the hits, if it can (root).
"""
import os
import subprocess
import sys
import sysconfig
import tempfile
import time

TOP = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
BUILD = os.path.join(TOP, os.environ.get("B", "build"))
MODULE = os.path.join(BUILD, "python", sysconfig.get_config_var("SOABI"))
LOOP = "def loop(turns):\n    start = clock()\n    for _ in turns: %s\n    return clock() - start\n"
FLOOR = {
    "empty loop": "pass",
    "floor: str.isupper()": "word.isupper()",
    "floor: dict.get(str, int)": "table.get('text', 42)",
    "floor: Python function(str, int)": "nothing('text', 42)",
}
FIRE = {
    "fire()": "none.fire()",
    "fire(str, int)": "two.fire('text', 42)",
    "fire(6 ints)": "six.fire(1, 2, 3, 4, 5, 6)",
    "is_enabled": "two.is_enabled",
}
OURS = {
    "probe and ...": "two and 1",
    "fire(12 ints)": "twelve.fire(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)",
    "fire(callable, int)": "two.fire(nothing, 42)",
    "traced function(str, int)": "traced('text', 42)",
}


def nothing(a=0, b=0):
    pass


def scope(stapsdt, is_ours):
    t = stapsdt.ArgTypes
    p = stapsdt.Provider("benchapp")
    names = {"word": "x", "table": {}, "nothing": nothing, "clock": time.perf_counter_ns,
             "none": p.add_probe("none"), "two": p.add_probe("two", t.uint64, t.int32),
             "six": p.add_probe("six", *[t.int64] * 6), "provider": p}
    if is_ours:
        names["twelve"] = p.add_probe("twelve", *[t.int64] * 12)
        names["traced"] = p.trace(nothing)
    p.load()
    return names


def measure(kinds, names, turns, rounds):
    loops = {}
    for kind, statement in kinds.items():
        exec(LOOP % statement, names)
        loops[kind] = names["loop"]
    best = dict.fromkeys(kinds, float("inf"))
    for _ in range(rounds):
        for kind, loop in loops.items():
            best[kind] = min(best[kind], loop(range(turns)) / turns)
    return best


def show(title, results):
    print("%s:" % title)
    for kind, ns in results.items():
        print("  %-34s %8.1f ns" % (kind, ns))


def load_original(directory):
    sys.path.insert(0, directory)
    mine = sys.modules.pop("stapsdt")
    import stapsdt
    sys.modules["stapsdt"] = mine
    return stapsdt


def main():
    subprocess.run([sys.executable, os.path.join(TOP, "python/backend.py"), "build", MODULE],
                   check=True)
    sys.path.insert(0, MODULE)
    files = tempfile.TemporaryDirectory(prefix="bench.")
    os.environ["USDT_DIR"] = files.name
    import stapsdt
    names = scope(stapsdt, True)
    show("off, Python %d.%d" % sys.version_info[:2],
         measure({**FLOOR, **FIRE, **OURS}, names, 20000, 60))
    if len(sys.argv) > 1:
        show("off, the original",
             measure(FIRE, scope(load_original(sys.argv[1]), False), 20000, 60))
    if os.geteuid() == 0:
        tracer = subprocess.Popen([os.path.join(BUILD, "dtrace"), "-q", "-p", str(os.getpid()),
                                   "-n", "benchapp$target::: { @ = count(); }"],
                                  stdout=subprocess.DEVNULL)
        while not names["two"] and tracer.poll() is None:
            time.sleep(0.01)
        show("while dtrace counts", measure({**FIRE, **OURS}, names, 2000, 20))
        tracer.terminate()
        tracer.wait()


main()
