"""How the programs of the tests wait for the tracer."""
import os
import time


def ready(*text):
    """Says so, and waits till it traces this process: till there is the file $GO.PID."""
    print("ready", *text, flush=True)
    while not os.path.exists("%s.%d" % (os.environ["GO"], os.getpid())):
        time.sleep(0.01)
