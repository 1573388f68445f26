"""A wrapper of libstapsdt by ctypes, as those in the wild are: enough of one to fire."""
import ctypes
import os
import sys
import time

lib = ctypes.CDLL(sys.argv[1])
lib.providerInit.argtypes = [ctypes.c_char_p]
lib.providerInit.restype = ctypes.c_void_p
lib.providerLoad.argtypes = lib.providerUnload.argtypes = [ctypes.c_void_p]
lib.providerDestroy.argtypes = [ctypes.c_void_p]
lib.providerAddProbe.restype = ctypes.c_void_p
lib.probeIsEnabled.argtypes = [ctypes.c_void_p]


class Probe(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char_p), ("argFmt", ctypes.c_int * 6), ("_fire", ctypes.c_void_p),
                ("provider", ctypes.c_void_p), ("argCount", ctypes.c_int)]


provider = lib.providerInit(b"pythonapp")
address = lib.providerAddProbe(ctypes.c_void_p(provider), b"firstProbe", 2, 8, -4)
probe = Probe.from_address(address)
assert probe.name == b"firstProbe" and probe.argCount == 2 and probe._fire is None
assert lib.providerLoad(provider) == 0 and probe._fire
print("ready", flush=True)
while not os.path.exists(sys.argv[2]):
    time.sleep(0.01)
assert lib.probeIsEnabled(address)
lib.probeFire(ctypes.c_void_p(address), b"My little probe", 42)
while lib.probeIsEnabled(address):
    time.sleep(0.01)
assert lib.providerUnload(provider) == 0 and probe._fire is None
lib.probeFire(ctypes.c_void_p(address), b"unloaded", 42)
lib.providerDestroy(provider)
print("well")
