"""What random_programs.py's programs compute with: integers as C's, strings as D's, and all that is stored."""

TYPES = {"int8_t": (1, True), "uint8_t": (1, False), "int16_t": (2, True), "uint16_t": (2, False),
         "int": (4, True), "uint32_t": (4, False), "int64_t": (8, True), "uint64_t": (8, False)}
INT, LONG, ULONG = (4, True), (8, True), (8, False)


class Fault(Exception):
    """The clause ends here."""


def wrap(value, kind):
    size, signed = kind
    value &= (1 << 8 * size) - 1
    if signed and value >> 8 * size - 1:
        value -= 1 << 8 * size
    return value


def promote(kind):
    return INT if kind[0] < 4 else kind


def usual(a, b):
    """The usual arithmetic conversions of C, LP64."""
    a, b = promote(a), promote(b)
    size = max(a[0], b[0])
    return size, (a[0] < size or a[1]) and (b[0] < size or b[1])


def quotient(x, y):
    q = abs(x) // abs(y)
    return q if (x < 0) == (y < 0) else -q


class Machine:
    """What the program has stored: variables by their text in D, arrays as dictionaries."""

    def __init__(self, strsize):
        self.strsize = strsize
        self.var, self.array, self.aggr = {}, {}, {}
        self.object = {}        # structures, and what is allocated: each a dictionary of places
        self.arg1, self.text, self.faults = 0, "", 0

    def cut(self, text):
        return text[:self.strsize - 1]


ARITHMETIC = {"+": lambda x, y: x + y, "-": lambda x, y: x - y, "*": lambda x, y: x * y,
              "&": lambda x, y: x & y, "|": lambda x, y: x | y, "^": lambda x, y: x ^ y}
RELATION = {"<": lambda x, y: x < y, "<=": lambda x, y: x <= y, ">": lambda x, y: x > y,
            ">=": lambda x, y: x >= y, "==": lambda x, y: x == y, "!=": lambda x, y: x != y}


def divide(op, x, y, kind):
    if y == 0:
        raise Fault
    q = quotient(x, y)
    return wrap(q if op == "/" else x - q * y, kind)


def strtoll(text, base=10):
    """As strtol(3), but for what does not fit."""
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"[:base]
    text = text.lstrip(" \t\n\v\f\r")
    sign = -1 if text[:1] == "-" else 1
    value = 0
    for c in text[text[:1] in ("-", "+"):]:
        if c.lower() not in digits:
            break
        value = value * base + digits.index(c.lower())
    return sign * value


def substr(text, at, n=None):
    """As Perl's, clipped at both ends."""
    length = len(text)
    if at < 0:
        at += length
    end = length if n is None else at + n if n >= 0 else length + n
    return text[max(at, 0):max(end, 0)] if max(at, 0) < max(end, 0) else ""


def strtok(text, delimiters):
    """The first token; None: there is none."""
    text = text.lstrip(delimiters) if delimiters else text
    for i, c in enumerate(text):
        if c in delimiters:
            return text[:i]
    return text or None


def tail(text, at):
    return None if at < 0 else text[at:]


def basename(path):
    if path == "":
        return "."
    return path.rstrip("/").rpartition("/")[2] or "/"


def dirname(path):
    """As dirname(3)."""
    path = path.rstrip("/") if path.strip("/") else path[:1]
    if "/" not in path:
        return "."
    return path.rpartition("/")[0].rstrip("/") or "/"


def cleanpath(path):
    if path == "":
        return ""
    parts, is_absolute = [], path[0] == "/"
    for part in path.split("/"):
        if part == ".." and (is_absolute or parts[-1:] not in ([], [".."])):
            del parts[-1:]
        elif part not in ("", "."):
            parts.append(part)
    return "/" * is_absolute + "/".join(parts) or "."


def lltostr(value, base):
    """Bases but 10 show the bits, and what they are in C."""
    if base == 10:
        return str(wrap(value, LONG))
    value, text = wrap(value, ULONG), ""
    while value or not text:
        text = "0123456789abcdefghijklmnopqrstuvwxyz"[value % base] + text
        value //= base
    return {16: "0x", 8: "0" * (text != "0")}.get(base, "") + text


def quantize(value):
    """The bucket: what is nearest to 0 in it."""
    power = 1 << min(max(abs(value).bit_length() - 1, 0), 62)
    return 0 if value == 0 else power if value > 0 else -power


def lquantize(value, base, limit, step):
    if value < base:
        return f"< {base}"
    level = (value - base) // step
    last = (limit - base) // step
    return f">= {base + last * step}" if level >= last else base + level * step


def aggregated(function, values):
    """What is printed: a value, or for each bucket its bound and a count."""
    if function[0] in ("quantize", "lquantize"):
        bucket = {"quantize": quantize, "lquantize": lquantize}[function[0]]
        counts = {}
        for value in values:
            where = bucket(value, *function[1:])
            counts[where] = counts.get(where, 0) + 1
        return [f"{where} {n}" for where, n in counts.items()]
    if function[0] == "count":
        return [len(values)]
    if function[0] in ("min", "max"):   # their start values are those of cleared ones, shown as 0
        value = {"min": min, "max": max}[function[0]](values)
        return [0 if value == {"min": 2**63 - 1, "max": -2**63}[function[0]] else value]
    total = wrap(sum(values), LONG)
    return [total if function[0] == "sum" else quotient(total, len(values))]
