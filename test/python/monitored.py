# Calls functions while what is monitored changes, so that their code is rewritten again and again;
# "wait": says that it is ready, and begins when it gets a line.
import sys
import threading

ROUNDS = 40

def called():
    return leaf()

def leaf():
    return 1

def step():
    yield leaf()

def from_tracer():
    pass

def tracer(frame, event, arg):
    from_tracer()
    return tracer

def monitored(tool):
    m = sys.monitoring
    for i in range(ROUNDS):
        m.set_events(tool, (0, m.events.PY_START, m.events.LINE, m.events.PY_RETURN)[i % 4])
        called()
        list(step())
    m.set_events(tool, 0)

def work():
    for i in range(ROUNDS):
        sys.settrace(tracer if i % 2 else None)
        called()
        list(step())
    sys.settrace(None)

if sys.argv[1:] == ["wait"]:
    print("ready", flush=True)
    sys.stdin.readline()
work()
thread = threading.Thread(target=work)
thread.start()
thread.join()
rounds = 2 * ROUNDS
if hasattr(sys, "monitoring"):
    sys.monitoring.use_tool_id(4, "test")
    for event in "PY_START", "LINE", "PY_RETURN":
        sys.monitoring.register_callback(4, getattr(sys.monitoring.events, event), lambda *a: None)
    monitored(4)
    rounds += ROUNDS
print("rounds", rounds, flush=True)
