"""Provider.trace(): which probes a function gets, and how its arguments reach them."""
import functools
import inspect
import re
import typing

from . import _stapsdt

MAX_ARGS = 12


def _annotations(function):
    try:
        return typing.get_type_hints(function)
    except Exception:       # names that are not defined (yet): no types, then
        return {}


def _parameters(signature):
    """Those that the probe has, and how many positional ones come before them."""
    kinds = inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD
    names = [p.name for p in signature.parameters.values() if p.kind not in kinds]
    skip = 1 if names[:1] in (["self"], ["cls"]) else 0
    return names[skip:skip + MAX_ARGS], skip


def _positional(signature):
    """How many arguments there are if all are passed by position; -1 if they can't be."""
    kinds = inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD
    parameters = signature.parameters.values()
    return len(parameters) if all(p.kind in kinds for p in parameters) else -1


def _c_name(name):
    """As the name of a probe's argument, if it can be one."""
    return name if name.isascii() and len(name) <= 60 else None


def _binder(signature, names):
    def bind(*args, **kwargs):
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        return tuple(bound.arguments[name] for name in names)
    return bind


def _fire_entry(entry, bind, args, kwargs):
    try:
        values = bind(*args, **kwargs)
    except TypeError:       # the function will say so
        values = ()
    entry._fire_any(*values)


def _coroutine(function, entry, done, bind):
    async def call(*args, **kwargs):
        if entry:
            _fire_entry(entry, bind, args, kwargs)
        try:
            result = await function(*args, **kwargs)
        except BaseException as e:
            done._fire_any(None, type(e).__name__)
            raise
        done._fire_any(result)
        return result
    return call


def _generator(function, entry, done, bind):
    def call(*args, **kwargs):
        if entry:
            _fire_entry(entry, bind, args, kwargs)
        try:
            result = yield from function(*args, **kwargs)
        except BaseException as e:
            done._fire_any(None, type(e).__name__)
            raise
        done._fire_any(result)
        return result
    return call


def trace(provider, function, name, of_class, types):
    if isinstance(function, (staticmethod, classmethod, property, type)) or \
            not callable(function):
        raise TypeError("a function is expected: @staticmethod and the like go above")
    if inspect.isasyncgenfunction(function):
        raise TypeError("asynchronous generators can't be traced")
    if name is None:        # "__" would be a dash
        name = re.sub("[._]+", "_", function.__qualname__.split("<locals>.")[-1]).strip("_")
    if not re.match("[A-Za-z_][A-Za-z0-9_]*$", name):
        raise ValueError("a probe can't be called %r: say name=..." % name)
    signature = inspect.signature(function)
    names, skip = _parameters(signature)
    hints = _annotations(function)

    def of(key):
        hint = hints.get(key)
        return of_class.get(hint, types.uint64) if isinstance(hint, type) else types.uint64

    entry = provider._add(name + "__entry", [(of(n), _c_name(n)) for n in names])
    done = provider._add(name + "__return",
                         [(of("return"), "value"), (types.string, "exception")])
    bind = _binder(signature, names)
    if inspect.iscoroutinefunction(function):
        wrapper = _coroutine(function, entry, done, bind)
    elif inspect.isgeneratorfunction(function):
        wrapper = _generator(function, entry, done, bind)
    else:
        wrapper = _stapsdt.traced(function, entry, done, bind, skip, _positional(signature))
    return functools.update_wrapper(wrapper, function)
