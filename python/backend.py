"""Builds the Python package stapsdt: the backend of pip (PEP 517), and a command for make.

    backend.py build DIR                        DIR/stapsdt, ready for PYTHONPATH=DIR
    backend.py install PREFIX [DESTDIR]         where this Python looks for packages under PREFIX;
                                                nothing if there are no headers of this Python
    backend.py uninstall PREFIX [DESTDIR]

It needs a C compiler and Python's headers, and no package of Python, so that nothing is ever
downloaded. libusdt is compiled in: the package depends on no library but libc.

Environment: CC, CFLAGS, LDFLAGS.
"""
import base64
import glob
import hashlib
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import zipfile

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FILES = "__init__.py", "__init__.pyi", "_trace.py", "py.typed"
LIBSTAPSDT = os.path.join(TOP, "usdt/compat.c")     # another library, of the same folder


def version():
    with open(os.path.join(TOP, "include/usdt.h")) as f:
        n = int(re.search(r"#define\s+USDT_VERSION\s+(\d+)", f.read()).group(1))
    return "%d.%d.%d" % (n // 100, n // 10 % 10, n % 10)


# The package --------------------------------------------------------------------------------------


def sources():
    c = glob.glob(os.path.join(TOP, "usdt/*.c")) + \
        glob.glob(os.path.join(TOP, "python/stapsdt/*.c"))
    return sorted(f for f in c if f != LIBSTAPSDT)


def has_headers():
    return os.path.exists(os.path.join(sysconfig.get_paths()["include"], "Python.h"))


def compile_module(to):
    """Writes the extension to this file, unless it is newer than all it is made of."""
    headers = [f for d in ("usdt", "include", "base", "python/stapsdt")
               for f in glob.glob(os.path.join(TOP, d, "*.[hd]*"))]
    newest = max(os.path.getmtime(f) for f in sources() + headers)
    if os.path.exists(to) and os.path.getmtime(to) > newest:
        return
    if not has_headers():
        sys.exit("stapsdt: no Python.h for %s: install its headers (Debian: python3-dev)"
                 % sys.executable)
    paths = sysconfig.get_paths()
    command = shlex.split(os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc")
    command += ["-std=gnu11", "-D_GNU_SOURCE", "-I" + TOP, "-include", TOP + "/base/banned.h"]
    command += ["-isystem" + d for d in sorted({paths["include"], paths["platinclude"]})]
    command += ["-Wall", "-Wextra", "-fPIC", "-fvisibility=hidden", "-shared", "-pthread"]
    command += shlex.split(os.environ.get("CFLAGS", "-O2 -g"))
    command += shlex.split(os.environ.get("LDFLAGS", ""))
    partial = "%s.%d" % (to, os.getpid())
    subprocess.run(command + ["-o", partial] + sources() + ["-ldl"], check=True)
    os.replace(partial, to)


def extension():
    return "_stapsdt" + sysconfig.get_config_var("EXT_SUFFIX")


def build(to):
    """The package as the directory `to`/stapsdt."""
    package = os.path.join(to, "stapsdt")
    os.makedirs(package, exist_ok=True)
    compile_module(os.path.join(package, extension()))
    for name in FILES:
        shutil.copyfile(os.path.join(TOP, "python/stapsdt", name), os.path.join(package, name))


def metadata():
    return ("Metadata-Version: 2.1\nName: stapsdt\nVersion: %s\n"
            "Summary: Probes that a program adds to itself, for dtrace, bpftrace, bcc, perf, gdb\n"
            "Requires-Python: >=3.8\n" % version())


# pip ----------------------------------------------------------------------------------------------


def tag():
    abi = sysconfig.get_config_var("SOABI").split("-")[1]       # 311, 313t
    platform = re.sub("[-.]", "_", sysconfig.get_platform())
    return "cp%d%d-cp%s-%s" % (sys.version_info[0], sys.version_info[1], abi, platform)


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    name = "stapsdt-%s-%s.whl" % (version(), tag())
    info = "stapsdt-%s.dist-info" % version()
    with tempfile.TemporaryDirectory() as tmp:
        build(tmp)
        members = {}
        for file in FILES + (extension(),):
            with open(os.path.join(tmp, "stapsdt", file), "rb") as f:
                members["stapsdt/" + file] = f.read()
    members[info + "/METADATA"] = metadata().encode()
    members[info + "/WHEEL"] = ("Wheel-Version: 1.0\nGenerator: dipper\n"
                                "Root-Is-Purelib: false\nTag: %s\n" % tag()).encode()
    with open(os.path.join(TOP, "LICENSE"), "rb") as f:
        members[info + "/LICENSE"] = f.read()
    record = ""
    for file, data in members.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        record += "%s,sha256=%s,%d\n" % (file, digest, len(data))
    members[info + "/RECORD"] = (record + info + "/RECORD,,\n").encode()
    with zipfile.ZipFile(os.path.join(wheel_directory, name), "w", zipfile.ZIP_DEFLATED) as z:
        for file, data in members.items():
            z.writestr(file, data)
    return name


def build_sdist(sdist_directory, config_settings=None):
    base = "stapsdt-" + version()
    files = ["pyproject.toml", "LICENSE", "include/usdt.h", "base/banned.h"]
    for pattern in "usdt/*.c", "usdt/*.h", "usdt/*.def", "python/*.py", \
            "python/stapsdt/*.[ch]", "python/stapsdt/*.py*", "python/stapsdt/py.typed":
        files += sorted(os.path.relpath(f, TOP) for f in glob.glob(os.path.join(TOP, pattern))
                        if f != LIBSTAPSDT)
    with tarfile.open(os.path.join(sdist_directory, base + ".tar.gz"), "w:gz") as tar:
        info = tarfile.TarInfo(base + "/PKG-INFO")
        info.size = len(metadata())
        tar.addfile(info, io.BytesIO(metadata().encode()))
        for file in files:
            tar.add(os.path.join(TOP, file), base + "/" + file)
    return base + ".tar.gz"


# make ---------------------------------------------------------------------------------------------


def directory(prefix):
    """Where this Python looks for packages below a prefix: Debian's own place for /usr, else the
    first that it searches, else what is usual."""
    if prefix == "/usr" and "deb_system" in sysconfig.get_scheme_names():
        return sysconfig.get_path("platlib", "deb_system")
    for path in sys.path:
        if path.startswith(prefix + "/") and path.endswith("-packages"):
            return path
    return "%s/lib/python%d.%d/site-packages" % (prefix, *sys.version_info[:2])


def places(prefix, destdir):
    to = destdir + directory(os.path.normpath(prefix))
    return to, os.path.join(to, "stapsdt-%s.dist-info" % version())


def install(prefix, destdir=""):
    to, info = places(prefix, destdir)
    if not has_headers():
        print("stapsdt: not installed, for there is no Python.h for " + sys.executable)
        return
    os.umask(0o022)
    build(to)
    os.makedirs(info, exist_ok=True)
    with open(os.path.join(info, "METADATA"), "w") as f:
        f.write(metadata())
    with open(os.path.join(info, "INSTALLER"), "w") as f:
        f.write("make\n")
    print("stapsdt for Python %d.%d: %s" % (*sys.version_info[:2], to))


def uninstall(prefix, destdir=""):
    to, info = places(prefix, destdir)
    for path in os.path.join(to, "stapsdt"), info:
        if os.path.isdir(path):
            shutil.rmtree(path)


def main(args):
    commands = {"build": build, "install": install, "uninstall": uninstall}
    if not 2 <= len(args) <= 3 or args[0] not in commands:
        sys.exit(__doc__)
    commands[args[0]](*args[1:])


if __name__ == "__main__":
    main(sys.argv[1:])
