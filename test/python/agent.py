"""agent.py [wait]: some Python code; with wait again and again, telling when a tool of
sys.monitoring comes or goes."""
import sys
import time


def price(item):
    size = len(item)
    return size + 1


def items():
    yield "tea"


def shop():
    for item in items():
        try:
            price(item)
            raise KeyError(item)
        except KeyError:
            pass


had = None
print("ready", flush=True)
while sys.argv[1:] == ["wait"]:
    shop()
    tool = sys.monitoring.get_tool(4)
    if tool != had:
        had = tool
        print("tool", tool, flush=True)
    time.sleep(0.005)
shop()
