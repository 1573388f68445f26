from enum import IntEnum
from types import TracebackType
from typing import Any, Callable, Optional, Type, TypeVar, Union, overload

_F = TypeVar("_F", bound=Callable[..., Any])
_P = TypeVar("_P", bound="Provider")
_ArgType = Union[
    ArgTypes, int, Type[int], Type[bool], Type[float], Type[str], Type[bytes]
]

class Error(OSError): ...

class ArgTypes(IntEnum):
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

class Probe:
    @property
    def name(self) -> str: ...
    @property
    def is_enabled(self) -> bool: ...
    def __bool__(self) -> bool: ...
    # str, bytes, int, bool, float, None, or a callable that gives one of them
    def fire(self, *args: Any) -> bool: ...

class Provider:
    def __init__(
        self,
        name: str,
        *,
        strict: bool = ...,
        memfd: Optional[bool] = ...,
        nop5: bool = ...,
    ) -> None: ...
    def __enter__(self: _P) -> _P: ...
    def __exit__(
        self,
        type: Optional[Type[BaseException]],
        value: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None: ...
    @property
    def name(self) -> str: ...
    @property
    def is_loaded(self) -> bool: ...
    @property
    def file(self) -> str: ...
    def add_probe(self, name: str, /, *types: _ArgType, **named: _ArgType) -> Probe: ...
    def load(self) -> bool: ...
    def unload(self) -> bool: ...
    @overload
    def trace(self, function: _F, /) -> _F: ...
    @overload
    def trace(
        self, function: None = ..., /, *, name: Optional[str] = ...
    ) -> Callable[[_F], _F]: ...

def probe(
    provider: str, name: str, /, *types: _ArgType, **named: _ArgType
) -> Probe: ...
