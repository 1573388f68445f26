"""Structures, bit-fields and allocated memory in random_programs.py's programs.

A structure is a dictionary of what is in it, by the path to it: "m1", "m2.n0", "m3[1]".
"""
from random_machine import ARITHMETIC, INT, LONG, TYPES, usual, wrap

ELEMENTS = 4


class Member:
    """A place with an integer: its type, and for a bit-field how many bits it has."""

    def __init__(self, path, name, bits=0):
        self.path, self.name, self.bits = path, name, bits
        self.declared = TYPES[name]
        self.kind = INT if 0 < bits < 32 else self.declared     # in arithmetic, as C has it

    def keep(self, value):
        if self.bits == 0:
            return wrap(value, self.declared)
        value &= (1 << self.bits) - 1
        if self.declared[1] and value >> self.bits - 1:
            value -= 1 << self.bits
        return value


class Structs:
    """A part of Program: objects of one structure type, everywhere where D can have them."""

    OBJECTS = ["gr", "self->r", "this->r", "this->q"]

    def choose_structs(self):
        """The type, as text and as members; and the type of what this->p points to."""
        self.members, lines, self.inner = [], [], ""
        for i in range(self.rng.randint(2, 6)):
            line = self.choose_member(f"m{i}", self.rng.randrange(6))
            lines.append(f"\t{line}")
        self.struct_text = [*self.inner.splitlines(), "struct rec {", *lines, "};"]
        self.pointed = self.pick(list(TYPES))

    def choose_member(self, name, form):
        if form == 5 and not self.inner:
            fields = [self.choose_field(f"n{i}", f"{name}.") for i in range(self.rng.randint(1, 3))]
            self.inner = "struct inner {\n" + "".join(f"\t{f}\n" for f in fields) + "};\n"
            return f"struct inner {name};"
        if form == 4:
            kind = self.pick(list(TYPES))
            self.members += [Member(f"{name}[{i}]", kind) for i in range(ELEMENTS)]
            return f"{kind} {name}[{ELEMENTS}];"
        return self.choose_field(name, "")

    def choose_field(self, name, prefix):
        kind = self.pick(list(TYPES))
        bits = self.rng.randint(1, 8 * TYPES[kind][0]) if self.rng.random() < 0.4 else 0
        self.members.append(Member(prefix + name, kind, bits))
        return f"{kind} {name}{f':{bits}' if bits else ''};"

    def zeros(self):
        return {member.path: 0 for member in self.members}

    # Each is (text of the object, how a member follows it, function of a Machine: its dictionary).

    def object(self):
        if self.rng.random() < 0.25:
            text, key = self.key(["int"])
            return f"hr[{text}]", ".", lambda m: m.array["hr"].setdefault(key(m), self.zeros())
        name = self.pick(self.OBJECTS)
        return name, "->" if name == "this->q" else ".", lambda m: m.object[name]

    def member_leaf(self):
        text, dot, of = self.object()
        member = self.pick(self.members)
        return f"{text}{dot}{member.path}", member.kind, lambda m: of(m)[member.path]

    def element_leaf(self):
        """What is allocated, by element or by byte."""
        size, _ = kind = TYPES[self.pointed]
        index = self.int(1)
        at = f"(({index[0]}) & {ELEMENTS - 1})"
        form = self.rng.randrange(3)
        if form < 2:
            text = f"this->p[{at}]" if form else f"*(this->p + {at})"
            return text, kind, lambda m: m.object["this->p"][index[2](m) & ELEMENTS - 1]

        def byte(m):
            value = m.object["this->p"][(index[2](m) & ELEMENTS - 1) // size]
            return value >> 8 * ((index[2](m) & ELEMENTS - 1) % size) & 255
        return f"((uint8_t *)this->p)[{at}]", TYPES["uint8_t"], byte

    # Statements.

    def store_member(self):
        text, dot, of = self.object()
        member = self.pick(self.members)
        op = self.pick(["=", "=", "+=", "^=", "-="])
        value_text, kind, value = self.int(3)

        def put(m):
            new = value(m)
            if op != "=":
                wide = usual(member.kind, kind)
                new = ARITHMETIC[op[0]](wrap(of(m)[member.path], wide), wrap(new, wide))
            of(m)[member.path] = member.keep(new)
        return [f"{text}{dot}{member.path} {op} {value_text};"], put

    def store_allocated(self):
        index, (value_text, _, value) = self.int(1), self.int(3)

        def put(m):
            new = wrap(value(m), TYPES[self.pointed])
            m.object["this->p"][index[2](m) & ELEMENTS - 1] = new
        return [f"this->p[({index[0]}) & {ELEMENTS - 1}] = {value_text};"], put

    def copy_struct(self):
        """All of it, or of what is in it."""
        (to_text, to_dot, to), (from_text, from_dot, of) = self.object(), self.object()
        part = ""
        if self.inner and self.rng.random() < 0.3:
            part = next(m.path.split(".")[0] for m in self.members if "." in m.path)

        def copy(m):
            new = dict(of(m))
            to(m).update((path, v) for path, v in new.items() if path.startswith(part))
        if part:
            return [f"{to_text}{to_dot}{part} = {from_text}{from_dot}{part};"], copy
        star = {"->": "*", ".": ""}
        return [f"{star[to_dot]}{to_text} = {star[from_dot]}{from_text};"], copy

    # What all programs have.

    def declare_structs(self):
        return [*self.struct_text, "struct rec gr, see_r;", "struct rec hr[int];",
                "self struct rec r;", "this struct rec r, *q;", f"this {self.pointed} *p;"]

    def begin_structs(self):
        """At the beginning of a clause."""
        def begin(m):
            m.object["this->r"] = dict(m.object["gr"])
            m.object["this->q"] = self.zeros()
            m.object["this->p"] = [0] * ELEMENTS
        return ["this->r = gr;", "this->q = (struct rec *)alloca(sizeof (struct rec));",
                f"this->p = ({self.pointed} *)alloca({ELEMENTS} * sizeof ({self.pointed}));"], begin

    def print_structs(self):
        form = " %d" * len(self.members)
        for name in ["gr", "see_r", *(f"hr[{i}]" for i in range(4))]:
            values = ", ".join(f"(int64_t){name}.{m.path}" for m in self.members)
            yield f'\tprintf("{name}{form}\\n", {values});'

    def structs_expected(self, m):
        objects = {"gr": m.object["gr"], "see_r": m.object["self->r"],
                   **{f"hr[{i}]": m.array["hr"].get((i,), self.zeros()) for i in range(4)}}
        for name, values in objects.items():
            yield " ".join([name, *(str(wrap(values[x.path], LONG)) for x in self.members)])
