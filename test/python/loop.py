# Says "ready", then calls on and on, "wait" or not.
import threading
import time

def gen():
    yield 1

def leaf(n):
    if n < 0:
        raise ValueError(n)
    return n

def deep(n):
    return leaf(n) if n == 0 else deep(n - 1)

def work():
    while True:
        deep(50)
        list(gen())
        try:
            leaf(-1)
        except ValueError:
            pass
        time.sleep(0.002)

for _ in range(3):
    threading.Thread(target=work, daemon=True).start()
print("ready", flush=True)
work()
