"""What `-x pyagent` runs in a process: probes of Python's own that are fired by sys.monitoring.

    python:::function-entry, function-return    file, name, line, qualified name, 0, 0, why
    python:::line                               file, name, line
    python:::c-call, c-return                   file, name of the C function, line

They are those of other interpreters where these have them (man/dtrace.8).  The agent works while
somebody traces: when it finds that nobody does, it takes its callbacks away and frees its tool.
What is left then is this module, and the library of the probes, which does nothing.

It comes in a directory of its own, with that library, and removes both when they are loaded; what
it could not do is in the file "error" there.  As sitecustomize, for a command that is started by
the tracer, it makes room for the one that is meant.  The tracer adds a call of main().
"""
import sys


class Agent:
    CALL, GENERATOR, EXCEPTION = range(3)   # why a function is entered or left
    PATIENCE_S = 10                         # for the tracer to come,
    GRACE_S = 0.5                           # and then for it to arm all that it wants
    KNOWN = 4096                            # code objects whose names are kept

    def __init__(self, library):
        import ctypes
        import threading
        import types

        class Argument(ctypes.Structure):
            _fields_ = [("type", ctypes.c_int), ("name", ctypes.c_char_p)]

        class Probe(ctypes.Structure):
            _fields_ = [("semaphore", ctypes.POINTER(ctypes.c_ushort))]

        string, int32, uint64 = 0x18, -4, 8             # enum usdt_type
        place = [(string, b"file"), (string, b"function"), (int32, b"line")]
        more = place + [(string, b"qualname"), (uint64, b"frame"), (uint64, b"thread"), (int32, b"why")]
        self.lib = ctypes.PyDLL(library)                # holds the lock: events keep their order
        self.lib.usdt_strerror.restype = ctypes.c_char_p
        self.lib.usdt_fire.argtypes = [ctypes.c_void_p, ctypes.c_uint, ctypes.c_void_p]
        self.provider = ctypes.c_void_p()
        self.ask(self.lib.usdt_provider_new(b"python", 0, ctypes.byref(self.provider)))
        self.probe = {}
        for name, arguments in (("function-entry", more), ("function-return", more), ("line", place),
                                ("c-call", place), ("c-return", place)):
            probe = ctypes.POINTER(Probe)()
            self.ask(self.lib.usdt_provider_add(
                self.provider, name.encode(), len(arguments),
                (Argument * len(arguments))(*arguments), ctypes.byref(probe)))
            self.probe[name] = probe
        self.address = {name: ctypes.cast(probe, ctypes.c_void_p).value
                        for name, probe in self.probe.items()}
        self.words = [n * ctypes.c_uint64 for n in range(8)]
        self.text_at = bytes.__basicsize__ - 1          # where a bytes object has its text
        self.c_types = (types.BuiltinFunctionType, types.MethodDescriptorType,
                        types.WrapperDescriptorType, types.MethodWrapperType,
                        types.ClassMethodDescriptorType)
        self.lock = threading.Lock()
        self.known, self.tool = {}, None

    def ask(self, error):
        if error != 0:
            raise RuntimeError(self.lib.usdt_strerror(error).decode())

    def start(self):
        """Also when it has stopped, or waits in vain, for another tracer."""
        import time

        monitoring = sys.monitoring
        events = monitoring.events
        with self.lock:
            self.until, self.has_come = time.monotonic() + self.PATIENCE_S, False
            if self.tool is not None:
                monitoring.set_events(self.tool, self.mask(self.probe))
                return
            self.ask(self.lib.usdt_provider_load(self.provider))
            self.tool = next((tool for tool in (4, 3, 1, 2, 0) if not monitoring.get_tool(tool)), None)
            if self.tool is None:
                raise RuntimeError("all of sys.monitoring's tools are in use")
            monitoring.use_tool_id(self.tool, "dtrace")
            self.callback = {
                events.PY_START: ("function-entry", self.function("function-entry", self.CALL)),
                events.PY_RESUME: ("function-entry", self.function("function-entry", self.GENERATOR)),
                events.PY_THROW: ("function-entry", self.function("function-entry", self.EXCEPTION)),
                events.PY_RETURN: ("function-return", self.function("function-return", self.CALL)),
                events.PY_YIELD: ("function-return", self.function("function-return", self.GENERATOR)),
                events.PY_UNWIND: ("function-return", self.function("function-return", self.EXCEPTION)),
                events.LINE: ("line", self.line),
                events.CALL: ("c-call", self.call("c-call")),
                events.C_RETURN: ("c-return", self.call("c-return")),
                events.C_RAISE: ("c-return", self.call("c-return")),
            }
            for event, (_, function) in self.callback.items():
                monitoring.register_callback(self.tool, event, function)
            monitoring.set_events(self.tool, self.mask(self.probe))

    def mask(self, probes):
        """C_RETURN and C_RAISE come with CALL, and can't be asked for."""
        events = sys.monitoring.events
        mask = 0
        for event, (name, _) in self.callback.items():
            if name in probes and event not in (events.C_RETURN, events.C_RAISE):
                mask |= event
        return mask | (events.CALL if "c-return" in probes else 0)

    def idle(self):
        """A probe that did not fire: which are traced?  The lock's own holder may come here."""
        import time

        if self.tool is None or not self.lock.acquire(blocking=False):
            return
        try:
            traced = [name for name, probe in self.probe.items() if probe.contents.semaphore[0]]
            now = time.monotonic()
            if traced and not self.has_come:
                self.until, self.has_come = now + self.GRACE_S, True
            elif traced and now >= self.until:
                sys.monitoring.set_events(self.tool, self.mask(traced))
            elif not traced and now >= self.until:
                self.stop()
        finally:
            self.lock.release()

    def stop(self):
        monitoring = sys.monitoring
        monitoring.set_events(self.tool, 0)
        for event in self.callback:
            monitoring.register_callback(self.tool, event, None)
        monitoring.free_tool_id(self.tool)
        self.tool = None
        self.known.clear()
        self.lib.usdt_provider_unload(self.provider)

    # What is called at events.  The texts live as long as the tuple that has their addresses.

    def about(self, code):
        found = self.known.get(id(code))
        if found is None:
            texts = [text.encode("utf-8", "surrogateescape")
                     for text in (code.co_filename, code.co_name, code.co_qualname)]
            found = (*(id(text) + self.text_at for text in texts), texts, code)
            if len(self.known) >= self.KNOWN:
                self.known.clear()
            self.known[id(code)] = found
        return found

    def function(self, name, why):
        probe, words, fire, frame = self.address[name], self.words[7], self.lib.usdt_fire, sys._getframe
        is_call = name == "function-entry" and why == self.CALL

        def callback(code, *_):
            about = self.about(code)
            line = code.co_firstlineno if is_call else frame(1).f_lineno or 0
            if not fire(probe, 7, words(about[0], about[1], line, about[2], 0, 0, why)):
                self.idle()
        return callback

    def line(self, code, line):
        about = self.about(code)
        if not self.lib.usdt_fire(self.address["line"], 3, self.words[3](about[0], about[1], line)):
            self.idle()

    def call(self, name):
        probe, words, fire, frame = self.address[name], self.words[3], self.lib.usdt_fire, sys._getframe

        def callback(code, _offset, function, _argument):
            if not isinstance(function, self.c_types):
                return
            text = function.__qualname__.encode("utf-8", "surrogateescape")
            if not fire(probe, 3, words(self.about(code)[0], id(text) + self.text_at,
                                        frame(1).f_lineno or 0)):
                self.idle()
        return callback


def remove(os, directory, script):
    """The tracer removes what is left, and waits for the script to go, which is last."""
    cache = os.path.join(directory, "__pycache__")
    try:
        for file in os.listdir(cache):
            os.unlink(os.path.join(cache, file))
        os.rmdir(cache)
    except OSError:
        pass
    for function, path in ((os.unlink, os.path.join(directory, "libusdt.so.0")), (os.unlink, script),
                           (os.rmdir, directory)):
        try:
            function(path)
        except OSError:
            pass


def main(path, is_sitecustomize):
    import os

    directory = os.path.dirname(path)
    try:
        if hasattr(sys, "monitoring"):
            agent = sys.modules.get("_dtrace_agent")
            if agent is None:
                agent = sys.modules["_dtrace_agent"] = Agent(os.path.join(directory, "libusdt.so.0"))
            agent.start()
    except Exception as error:
        with open(os.path.join(directory, "error"), "w", encoding="utf-8") as file:
            file.write(str(error))
    remove(os, directory, path)
    if is_sitecustomize:
        rest = [entry for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep)
                if entry and entry != directory]
        os.environ["PYTHONPATH"] = os.pathsep.join(rest)
        if not rest:
            del os.environ["PYTHONPATH"]
        sys.path[:] = [entry for entry in sys.path if entry != directory]
        module = sys.modules.pop("sitecustomize")
        try:
            import sitecustomize
        except ImportError as error:
            if error.name != "sitecustomize":
                raise
            sys.modules["sitecustomize"] = module
