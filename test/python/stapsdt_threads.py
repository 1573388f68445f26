"""Threads that fire while another unloads, loads and adds probes, and callables run."""
import sys
import sysconfig
import threading
import time

import stapsdt
from stapsdt_ready import ready

sys.setswitchinterval(1e-5)
p = stapsdt.Provider("threadapp")
probe = p.add_probe("hit", stapsdt.ArgTypes.uint64, int)
p.load()
if sysconfig.get_config_var("Py_GIL_DISABLED"):
    assert not sys._is_gil_enabled()    # the module did not bring it back
ready()

counts = []
is_over = False


def fire(i):
    n = fired = 0
    while not is_over:
        fired += probe.fire("thread", lambda: i)
        fired += probe.fire(b"thread", n)
        n += 2
    counts.append((n, fired))


threads = [threading.Thread(target=fire, args=(i,)) for i in range(4)]
for t in threads:
    t.start()
for n in range(100):
    p.unload()
    time.sleep(0.001)           # here others fire, and below
    if n < 20:
        p.add_probe("more%d" % n, int)
    p.load()
    time.sleep(0.002)
is_over = True
for t in threads:
    t.join()
total, fired = map(sum, zip(*counts))
assert 0 < fired < total, (fired, total)
p.load()
print("done", flush=True)
