"""The commands of usdtloop.c, for CPython's function__entry.

    run N          N calls of an empty function            -> run N NS CPU
    call N         N system calls, getppid(), of a function that is called by `deep D` functions
    deep D         -> deep D
    armed MS       wait till function__entry is enabled    -> armed MONOTONIC_NS | timeout
    disarmed MS    wait till it is not                     -> disarmed MONOTONIC_NS | timeout

"Enabled" is the probe's semaphore, read from our own memory.
"""
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import sdt


def handle_request(a, b):
    return a


def run(n):
    for i in range(n):
        handle_request(i, "x")


def call(n, depth):
    if depth > 1:
        return call(n, depth - 1)
    c, t = time.thread_time_ns(), time.perf_counter_ns()
    getppid = os.getppid
    for i in range(n):
        getppid()
    t = time.perf_counter_ns() - t
    print("call", n, t, time.thread_time_ns() - c, flush=True)


def semaphore(probe):
    """A function that reads the semaphore of a probe of this interpreter."""
    exe = os.readlink("/proc/self/exe")
    at = next(n.semaphore for n in sdt.notes(exe) if n.name == probe)
    with open(exe, "rb") as f:
        is_pie = f.read(17)[16] == 3
    if is_pie:
        with open("/proc/self/maps") as f:
            at += int(f.readline().split("-")[0], 16)
    mem = os.open("/proc/self/mem", os.O_RDONLY)
    return lambda: os.pread(mem, 2, at) != b"\0\0"


def main():
    is_enabled, depth = semaphore("function__entry"), 1
    print("ready", flush=True)
    for line in sys.stdin:
        verb, arg = line.split()
        arg = int(arg)
        if verb == "run":
            c, t = time.thread_time_ns(), time.perf_counter_ns()
            run(arg)
            t = time.perf_counter_ns() - t
            print(verb, arg, t, time.thread_time_ns() - c, flush=True)
        elif verb == "call":
            call(arg, depth - 1)        # main() is one
        elif verb == "deep":
            depth = arg
            print(verb, arg, flush=True)
        else:
            end = time.monotonic_ns() + arg * 1000000
            while is_enabled() != (verb == "armed") and time.monotonic_ns() < end:
                time.sleep(50e-6)
            done = is_enabled() == (verb == "armed")
            print(verb if done else "timeout", time.monotonic_ns(), flush=True)


main()
