"""Probes that a program adds to itself, for dtrace, bpftrace, bcc, perf and gdb.

    import stapsdt

    provider = stapsdt.Provider("pythonapp")
    probe = provider.add_probe(
        "firstProbe", stapsdt.ArgTypes.uint64, stapsdt.ArgTypes.int32)
    provider.load()
    ...
    probe.fire("My little probe", 42)       # some 20 ns while nobody traces

and, as root:

    dtrace -p PID -n 'pythonapp$target::: { printf("%s %d\\n", stringof(arg0), arg1); }'

Drop-in for the package of this name that wraps libstapsdt. See stapsdt(3).
"""
import threading as _threading
from enum import IntEnum

from ._stapsdt import Error, Probe
from . import _stapsdt
from . import _trace

__all__ = ["ArgTypes", "Error", "Probe", "Provider", "probe"]

Error.__module__ = __name__


class ArgTypes(IntEnum):
    """The types of arguments. `string` and `double` are uint64 to other tracers than ours."""
    noarg = 0
    uint8 = 1
    int8 = -1
    uint16 = 2
    int16 = -2
    uint32 = 4
    int32 = -4
    uint64 = 8
    int64 = -8
    string = 0x18
    double = 0x28


_OF_CLASS = {
    bool: ArgTypes.uint8, int: ArgTypes.int64, float: ArgTypes.double,
    str: ArgTypes.string, bytes: ArgTypes.string,
}


def _type(of):
    return _OF_CLASS[of] if isinstance(of, type) and of in _OF_CLASS else ArgTypes(of)


class Provider:
    """A provider: a name, and probes, which tracers see while it is loaded.

    It is unloaded when neither it nor any of its probes is referred to any more.

    strict: refuse names that some tracers can't handle (a digit at a provider's end, "__" at
        odd places, more than 50 bytes, no identifier), and write a '-' in a probe's name as "__".
    memfd: True: keep the probes in a memfd, which newer bpftrace and perf don't find; False: never
        do so; None: if there is no place for a file.
    nop5: sites that the kernel can turn into calls, which makes them faster while traced; see
        stapsdt(3) for the risk.
    """

    def __init__(self, name, *, strict=False, memfd=None, nop5=False):
        flags = 0 if strict else _stapsdt.ANY_NAME
        if memfd is not None:
            flags |= _stapsdt.MEMFD if memfd else _stapsdt.NO_MEMFD
        if nop5:
            flags |= _stapsdt.NOP5
        self._handle = _stapsdt.provider_new(name, flags)
        self._name = name

    def __repr__(self):
        return "<stapsdt.Provider %s%s>" % (self._name, " (loaded)" if self.is_loaded else "")

    def __enter__(self):
        """Loads the provider; the end of the block unloads it."""
        self.load()
        return self

    def __exit__(self, *exception):
        self.unload()

    def __reduce__(self):
        raise TypeError("probes belong to a process: cannot pickle a Provider")

    @property
    def name(self):
        return self._name

    @property
    def is_loaded(self):
        return _stapsdt.is_loaded(self._handle)

    @property
    def file(self):
        """The file that holds the probes of the last load; "" if there is none."""
        return _stapsdt.file(self._handle)

    def add_probe(self, name, /, *types, **named):
        """Declares a probe, visible from the next load() on.

        A type is one of ArgTypes, its value, or int (int64), str and bytes (string), float
        (double), bool (uint8); 12 at most. By keyword, an argument has a name for tracers that
        show it: add_probe("request", path=str, status=ArgTypes.int32).

        The same declaration again gives the same probe; Error if it differs.
        """
        return self._add(name, [(_type(t), None) for t in types] +
                         [(_type(t), key) for key, t in named.items()])

    def _add(self, name, args):
        args = tuple((int(t), key) for t, key in args if t != ArgTypes.noarg)
        return _stapsdt.probe_new(self._handle, name, args)

    def load(self):
        """Makes the probes visible to tracers. Those that are loaded stay as they are.

        Raises Error if that can't be done; returns False, as the original did on success.
        """
        _stapsdt.load(self._handle)
        return False

    def unload(self):
        """Hides the probes: firing them does nothing, until the next load().

        Raises Error if that can't be done; returns False, as the original did on success.
        """
        _stapsdt.unload(self._handle)
        return False

    def trace(self, function=None, /, *, name=None):
        """A decorator: calls of the function fire NAME-entry and NAME-return.

            @provider.trace
            def handle(path: str, status: int): ...

        NAME is the function's qualified name, with "_" for ".": Class_method.
        NAME-entry has the function's first 12 parameters (without self or cls, *args and
        **kwargs), of the types that their annotations say, else uint64: ints as they are,
        strings as pointers, floats as their 8 bytes, 0 for everything else. NAME-return has the
        value that is returned, and the name of the exception if one was raised, else NULL.

        Coroutines and generators: from the first step to the end. @staticmethod, @classmethod and
        @property go above.
        """
        if function is None:
            return lambda function: self.trace(function, name=name)
        return _trace.trace(self, function, name, _OF_CLASS, ArgTypes)


_lock = _threading.Lock()
_providers = {}


def probe(provider, name, /, *types, **named):
    """The short way: a probe that is loaded, of a provider that lives as long as the process.

        request = stapsdt.probe("myapp", "request", path=str, status=int)

    Names must be such that all tracers can handle them. Every call loads a file of its own: for
    many probes, or in a loop, use a Provider.
    """
    with _lock:
        if provider not in _providers:
            _providers[provider] = Provider(provider, strict=True)
        owner = _providers[provider]
        result = owner.add_probe(name, *types, **named)
        owner.load()
        return result
