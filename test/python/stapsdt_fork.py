"""Children of a traced program, by os.fork() and by multiprocessing; each says who it is."""
import multiprocessing
import os
import sys
import time

import stapsdt
from stapsdt_ready import ready

provider = stapsdt.Provider("forkapp", nop5="nop5" in sys.argv)
hit = provider.add_probe("hit", stapsdt.ArgTypes.string, stapsdt.ArgTypes.int32)
go = provider.add_probe("go")
provider.load()


def work(x):
    """In a worker that nobody traces."""
    return hit.fire("worker", os.getpid()), hit.is_enabled, x


def worker(pid):
    """In a process that is traced by its own pid."""
    ready(os.getpid())
    assert hit.fire("process", os.getpid() == pid)


def check(status):
    assert os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0, status


def main():
    if "parent" in sys.argv:    # the parent is traced, its children are not
        ready()
        assert hit.fire("parent", 1)
        for _ in range(20):
            child = os.fork()
            if child == 0:
                fired = hit.fire("child", 0)
                provider.unload()
                os._exit(1 if fired or hit.is_enabled or provider.is_loaded else 0)
            check(os.waitpid(child, 0)[1])
        with multiprocessing.get_context("fork").Pool(2) as pool:
            assert pool.map(work, range(8)) == [(False, False, x) for x in range(8)]
        assert hit.fire("parent", 2)
        go.fire()
        return
    for method in "fork", "spawn", "forkserver":    # each child is traced in turn
        p = multiprocessing.get_context(method).Process(target=worker, args=(os.getpid(),))
        p.start()
        p.join()
        assert p.exitcode == 0, (method, p.exitcode)
    child = os.fork()           # a child that goes on when its parent has ended
    if child == 0:
        while os.getppid() == int(sys.argv[1]):
            time.sleep(0.01)
        worker(0)
        print("last", flush=True)
    os._exit(0)                 # multiprocessing (3.14) would wait for all who have its pipe


if __name__ == "__main__":
    multiprocessing.set_executable(os.environ["PYTHON"])
    if len(sys.argv) == 1:
        sys.argv.append(str(os.getpid()))
    main()
