# Says "ready"; then calls os.rmdir("/nowhere") where Python frames are not easy to find, and says in
# which function, called by which, and how deep.
import ctypes
import os
import sys
import threading

def rmdir():
    try: os.rmdir("/nowhere")
    except OSError: pass

# Code objects of many names come to be in each other's place.
def reuse():
    for i in range(200):
        name = "made_%d" % i
        space = {"rmdir": rmdir}
        exec("\n" * i + "def %s():\n    rmdir()" % name, space)
        print("at rmdir %s 4" % name)
        space[name]()
        del space

# A thread's own state among many; threads that come and go, where others were.
def threads():
    ready, go = threading.Semaphore(0), threading.Event()
    def wait():
        ready.release()
        go.wait()
    waiting = [threading.Thread(target=wait) for i in range(40)]
    for t in waiting:
        t.start()
        ready.acquire()
    for i in range(20):
        def named():
            rmdir()
        t = threading.Thread(target=named)
        print("at rmdir named 5")
        t.start()
        t.join()
        print("at rmdir threads 3")
        rmdir()
    go.set()

# Another interpreter in the same thread.
def interpreters():
    try:
        import _interpreters as module
    except ImportError:
        try:
            import _xxsubinterpreters as module
        except ImportError:
            return
    made = module.create()
    for i in range(2):
        print("at inside <module> 2")
        module.run_string(made, "import os\ndef inside():\n    try: os.rmdir('/nowhere')\n"
            "    except OSError: pass\ninside()")
        print("at rmdir interpreters 3")
        rmdir()
    module.destroy(made)
    print("at rmdir interpreters 3")
    rmdir()

# A child is another process with the parent's addresses.
def child():
    pid = os.fork()
    if pid == 0:
        rmdir()
        os._exit(0)
    os.waitpid(pid, 0)

# The list of frames is a circle.
def circle():
    if sys.version_info < (3, 11) or "free-threading" in sys.version:
        return
    class Frame(ctypes.Structure):
        _fields_ = [("head", ctypes.c_void_p * 3), ("frame", ctypes.c_void_p)]
    frame = Frame.from_address(id(sys._getframe())).frame
    previous = 48 if sys.version_info < (3, 12) else 8
    at = ctypes.c_void_p.from_address(frame + previous)
    whole, at.value = at.value, frame
    print("circle")
    rmdir()
    at.value = whole

print("ready", flush=True)
if "wait" in sys.argv:
    sys.stdin.readline()
reuse()
threads()
interpreters()
child()
circle()
