"""shop.py: a little of everything that the scripts in examples/python look at.

Functions and exceptions, collections of garbage, coroutines, threads that compete for the
interpreter, waiting, a large piece of memory, a file.  The first argument is that file.
"""
import asyncio
import gc
import os
import sys
import threading
import time


class Shop:
    def price(self, item):
        if item == "tea":
            raise KeyError(item)
        return len(item)

    def total(self, items):
        total = 0
        for item in items:
            try:
                total += self.price(item)
            except KeyError:
                total += 1
        return total


def serve(milliseconds):
    end = time.thread_time() + milliseconds / 1000
    while time.thread_time() < end:
        Shop().total(["bread", "milk", "tea"])


def rush(milliseconds):
    threads = [threading.Thread(target=serve, args=(milliseconds,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


async def cook(minutes):
    await asyncio.sleep(minutes / 1000)


async def dinner():
    await asyncio.gather(cook(2), cook(3))


def keep_books(path):
    with open(path, "w", encoding="ascii") as file:
        file.write("bread 5\n")
        file.flush()
        os.fsync(file.fileno())


def stock():
    return bytearray(3 << 20)


def close():
    time.sleep(0.02)


def main():
    import colorsys     # pylint: disable=unused-import,import-outside-toplevel
    Shop().total(["bread", "milk", "tea"])
    serve(30)
    rush(30)
    asyncio.run(dinner())
    keep_books(sys.argv[1])
    stock()
    gc.collect()
    close()


main()
