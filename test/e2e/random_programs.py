#!/usr/bin/python3
"""random_programs.py DTRACE TARGET SECONDS [SEED]: random D programs, with the values that they must give.

Each program is well-typed, by construction; it is run by the kernel and by the evaluator below, and
what END prints must be the same: integers of all sizes, strings, structures and bit-fields, globals,
thread- and clause-locals, associative arrays, allocated memory, inlines, conditions, aggregations, and
the number of faults.  TARGET is build/e2e/fire,
for programs whose probe is in a process; the others are clauses of BEGIN.  A program that does not
compile, does not load, or prints something else is printed with its seed, and the exit status is 1.
"""
import random
import re
import subprocess
import sys
import time

sys.dont_write_bytecode = True
from random_machine import (  # noqa: E402
    ARITHMETIC, INT, LONG, RELATION, TYPES, ULONG, Fault, Machine, aggregated, basename, cleanpath,
    dirname, divide, lltostr, promote, strtok, strtoll, substr, tail, usual, wrap)
from random_structs import Structs  # noqa: E402

EDGES = [0, 1, 2, 7, 127, 128, 255, 256, 32767, 65535, 65536, 2147483647, 4294967295,
         0x123456789abcdef, 9223372036854775807]
WORDS = ["", "a", "spam", "Ham", "eggs/and/ham", "-12", "077x", "0x1f", "one two  three", "Zzz", "/",
         "/usr//lib/../x/.", "../a/./b//", "//"]
DELIMITERS = ["/", " ", "/ ", ".e", ""]
FIRED = ["alpha", "beta", "gamma"]
HITS = 7


# An expression is (text, type or "string", function of a Machine).  Types are (size, is signed).

def literal(value):
    return str(value), INT if value <= 2147483647 else LONG, lambda m: value


def string_literal(text):
    return '"%s"' % text, "string", lambda m: m.cut(text)


def convert(expr, kind, name):
    text, _, value = expr
    return f"(({name})({text}))", kind, lambda m: wrap(value(m), kind)


class Program(Structs):
    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.strsize = self.pick([16, 32, 256, 1024])
        self.fires = self.rng.random() < 0.4
        names = list(TYPES)
        self.ints = {f"g{i}": self.pick(names) for i in range(4)}
        self.ints |= {f"self->i{i}": self.pick(names) for i in range(2)}
        self.locals = {f"this->t{i}": self.pick(names) for i in range(2)}
        self.strings = ["gs0", "gs1", "self->s"]
        self.int_arrays = {"ai": (["int"], self.pick(names)), "as": (["string"], self.pick(names)),
                           "am": (["int", "string"], "int64_t"),
                           "aw": ([self.pick(names), "string", self.pick(names)], self.pick(names))}
        self.string_array = "ax"
        self.aggrs = {}
        self.inlines = {}
        self.choose_structs()
        self.scale = self.pick([1, 1, 1, 2, 3])
        self.inlines = {f"in{i}": self.inline(f"in{i}") for i in range(3)}
        self.clauses = [self.clause() for _ in range(self.rng.randint(1, 5 * self.scale))]
        self.rounds = HITS if self.fires else self.rng.randint(1, 4)

    def pick(self, values):
        return self.rng.choice(values)

    # Expressions -------------------------------------------------------------------------------

    def int_var(self):
        name, kind = self.pick([*self.ints.items(), *self.locals.items()])
        return name, TYPES[kind], lambda m: m.var[name]

    def int_leaf(self):
        choice = self.rng.randrange(12)
        if choice < 2:
            return literal(self.pick(EDGES))
        if choice == 2 and self.fires:
            return "arg1", LONG, lambda m: m.arg1
        if choice == 3:
            name = self.pick(list(self.int_arrays))
            kinds, kind = self.int_arrays[name]
            text, key = self.key(kinds)
            return f"{name}[{text}]", TYPES[kind], lambda m: m.array[name].get(key(m), 0)
        if choice in (4, 5):
            return self.member_leaf()
        if choice == 6:
            return self.element_leaf()
        if choice == 7 and self.inlines:
            return self.pick(list(self.inlines.values()))[1]
        return self.int_var()

    def inline(self, name):
        """Its text, and what it is as an expression: it is computed where it stands."""
        of = self.pick(list(TYPES))
        text, _, value = self.int(2)
        return f"inline {of} {name} = {text};", (name, TYPES[of], lambda m: wrap(value(m), TYPES[of]))

    def key(self, kinds):
        parts = []
        for kind in kinds:
            if kind == "string":
                parts.append(self.string(1))
                continue
            text, _, value = self.int(1)
            parts.append((f"({kind})(({text}) & 3)", TYPES[kind], lambda m, value=value: value(m) & 3))
        return ", ".join(p[0] for p in parts), lambda m: tuple(p[2](m) for p in parts)

    def int(self, depth):
        if depth == 0 or self.rng.random() < 0.15:
            return self.int_leaf()
        return self.pick([self.arithmetic, self.arithmetic, self.relation, self.division, self.unary,
                          self.shift, self.logic, self.choice, self.cast, self.of_string,
                          self.comparison])(depth - 1)

    def arithmetic(self, depth):
        (a, ka, x), (b, kb, y) = self.int(depth), self.int(depth)
        op, kind = self.pick(list(ARITHMETIC)), usual(ka, kb)
        do = ARITHMETIC[op]
        return f"({a} {op} {b})", kind, lambda m: wrap(do(wrap(x(m), kind), wrap(y(m), kind)), kind)

    def relation(self, depth):
        (a, ka, x), (b, kb, y) = self.int(depth), self.int(depth)
        op, kind = self.pick(list(RELATION)), usual(ka, kb)
        do = RELATION[op]
        return f"({a} {op} {b})", INT, lambda m: int(do(wrap(x(m), kind), wrap(y(m), kind)))

    def division(self, depth):
        """The divisor is a variable: a constant 0 would not compile."""
        (a, ka, x), (b, kb, y) = self.int(depth), self.int_var()
        op, kind = self.pick("/%"), usual(ka, kb)
        return f"({a} {op} {b})", kind, lambda m: divide(op, wrap(x(m), kind), wrap(y(m), kind), kind)

    def unary(self, depth):
        a, ka, x = self.int(depth)
        op, kind = self.pick("-~!"), promote(ka)
        if op == "!":
            return f"!({a})", INT, lambda m: int(x(m) == 0)
        if op == "-":
            return f"-({a})", kind, lambda m: wrap(-x(m), kind)
        return f"~({a})", kind, lambda m: wrap(~x(m), kind)

    def shift(self, depth):
        a, ka, x = self.int(depth)
        kind = promote(ka)
        n, op = self.rng.randrange(8 * kind[0] - 1), self.pick(["<<", ">>"])
        if op == "<<":
            return f"({a} << {n})", kind, lambda m: wrap(wrap(x(m), kind) << n, kind)
        return f"({a} >> {n})", kind, lambda m: wrap(wrap(x(m), kind) >> n, kind)

    def logic(self, depth):
        (a, _, x), (b, _, y) = self.int(depth), self.int(depth)
        op = self.pick(["&&", "||", "^^"])
        if op == "&&":
            return f"({a} && {b})", INT, lambda m: int(x(m) != 0 and y(m) != 0)
        if op == "||":
            return f"({a} || {b})", INT, lambda m: int(x(m) != 0 or y(m) != 0)
        return f"({a} ^^ {b})", INT, lambda m: int((x(m) != 0) != (y(m) != 0))

    def choice(self, depth):
        (c, _, z), (a, ka, x), (b, kb, y) = self.int(depth), self.int(depth), self.int(depth)
        kind = usual(ka, kb)
        return f"({c} ? {a} : {b})", kind, lambda m: wrap(x(m) if z(m) else y(m), kind)

    def cast(self, depth):
        name = self.pick(list(TYPES))
        return convert(self.int(depth), TYPES[name], name)

    def comparison(self, depth):
        (a, _, x), (b, _, y) = self.string(depth), self.string(depth)
        op = self.pick(list(RELATION))
        do = RELATION[op]
        return f"({a} {op} {b})", INT, lambda m: int(do(x(m), y(m)))

    def of_string(self, depth):
        (a, _, x), (b, _, y) = self.string(depth), self.string(0)
        what = self.pick(["strlen", "index", "rindex", "strtoll"])
        if what == "strlen":
            return f"strlen({a})", ULONG, lambda m: len(x(m))
        if what == "strtoll":
            return f"strtoll({a})", LONG, lambda m: strtoll(x(m))
        if what == "index":
            return f"index({a}, {b})", INT, lambda m: x(m).find(y(m))
        return f"rindex({a}, {b})", INT, lambda m: x(m).rfind(y(m))

    def string_leaf(self):
        choice = self.rng.randrange(6)
        if choice < 2:
            return string_literal(self.pick(WORDS))
        if choice == 2 and self.fires:
            return "copyinstr(arg0)", "string", lambda m: m.cut(m.text)
        if choice == 3:
            text, key = self.key(["int"])
            at = f"{self.string_array}[{text}]"
            return (f'({at} != NULL ? {at} : "none")', "string",
                    lambda m: m.array[self.string_array].get(key(m), m.cut("none")))
        name = self.pick(self.strings)
        return name, "string", lambda m: m.var[name]

    def string(self, depth):
        if depth == 0 or self.rng.random() < 0.3:
            return self.string_leaf()
        return self.pick([self.join, self.join, self.part, self.number, self.letters, self.found,
                          self.found, self.path, self.string_choice])(depth - 1)

    def join(self, depth):
        (a, _, x), (b, _, y) = self.string(depth), self.string(depth)
        return f"strjoin({a}, {b})", "string", lambda m: m.cut(x(m) + y(m))

    def part(self, depth):
        a, _, x = self.string(depth)
        at = self.rng.randint(-9, 9)
        if self.rng.random() < 0.5:
            return f"substr({a}, {at})", "string", lambda m: substr(x(m), at)
        n = self.rng.randint(-9, 9)
        return f"substr({a}, {at}, {n})", "string", lambda m: substr(x(m), at, n)

    def number(self, depth):
        a, _, x = self.int(depth)
        if self.rng.random() < 0.5:
            return f"lltostr({a})", "string", lambda m: m.cut(str(wrap(x(m), LONG)))
        base = self.pick([2, 3, 8, 10, 16, 36])
        return f"lltostr({a}, {base})", "string", lambda m: m.cut(lltostr(x(m), base))

    def path(self, depth):
        a, _, x = self.string(depth)
        function = self.pick([basename, dirname, cleanpath])
        return f"{function.__name__}({a})", "string", lambda m: m.cut(function(x(m)))

    def found(self, depth):
        """What may be NULL, and is something else then."""
        a, _, x = self.string(depth)
        what = self.pick(["strchr", "strrchr", "strstr", "strtok"])
        if what == "strtok":
            with_ = self.pick(DELIMITERS)
            text, value = f'strtok({a}, "{with_}")', lambda m: strtok(x(m), with_)
        elif what == "strstr":
            b, _, y = self.string(0)
            text, value = f"strstr({a}, {b})", lambda m: tail(x(m), x(m).find(y(m)))
        else:
            char = self.pick("a/ m")
            text = f"{what}({a}, '{char}')"
            value = ((lambda m: tail(x(m), x(m).find(char))) if what == "strchr" else
                     (lambda m: tail(x(m), x(m).rfind(char))))
        other, _, otherwise = self.string(0)

        def one(m):
            found = value(m)
            return otherwise(m) if found is None else found
        return f"({text} != NULL ? {text} : {other})", "string", one

    def letters(self, depth):
        a, _, x = self.string(depth)
        if self.rng.random() < 0.5:
            return f"toupper({a})", "string", lambda m: x(m).upper()
        return f"tolower({a})", "string", lambda m: x(m).lower()

    def string_choice(self, depth):
        (c, _, z), (a, _, x), (b, _, y) = self.int(depth), self.string(depth), self.string(depth)
        return f"({c} ? {a} : {b})", "string", lambda m: x(m) if z(m) else y(m)

    # Statements: (lines, function of a Machine) -------------------------------------------------

    def store(self):
        name, kind_name = self.pick([*self.ints.items(), *self.locals.items()])
        kind = TYPES[kind_name]
        op = self.pick(["=", "=", "=", "++", "--", "+=", "-=", "*=", "&=", "|=", "^="])
        if op in ("++", "--"):
            def step(m):
                m.var[name] = wrap(m.var[name] + (1 if op == "++" else -1), kind)
            return [self.pick([f"{name}{op};", f"{op}{name};"])], step
        text, of, value = self.int(self.rng.randint(1, 4 + self.scale))

        def put(m):
            new = value(m)
            if op != "=":
                wide = usual(kind, of)
                new = ARITHMETIC[op[0]](wrap(m.var[name], wide), wrap(new, wide))
            m.var[name] = wrap(new, kind)
        return [f"{name} {op} {text};"], put

    def store_string(self):
        name = self.pick(self.strings)
        text, _, value = self.string(self.rng.randint(1, 3 + self.scale))

        def put(m):
            m.var[name] = value(m)
        return [f"{name} = {text};"], put

    def store_element(self):
        name = self.pick([*self.int_arrays, self.string_array])
        if name == self.string_array:
            key_text, key = self.key(["int"])
            text, _, value = self.string(3)
        else:
            kinds, kind_name = self.int_arrays[name]
            key_text, key = self.key(kinds)
            text, _, number = self.int(3)

            def value(m):
                return wrap(number(m), TYPES[kind_name])

        def put(m):
            new = value(m)
            m.array[name][key(m)] = new
        return [f"{name}[{key_text}] = {text};"], put

    def tokens(self):
        """The first words of a text."""
        text, _, value = self.string(2)
        with_, names = self.pick(DELIMITERS[:-1]), self.rng.sample(self.strings, 2)

        def put(m):
            rest = value(m)
            for name in names:
                rest = rest.lstrip(with_)
                token = strtok(rest, with_)
                m.var[name] = m.cut("none") if token is None else token
                rest = rest[len(token or ""):]
        lines = []
        for name, of in zip(names, [text, "NULL"]):
            lines += [f'this->w = strtok({of}, "{with_}");',
                      f'{name} = this->w != NULL ? this->w : "none";']
        return lines, put

    def choose_aggr(self):
        function = self.pick([("count",), ("sum",), ("min",), ("max",), ("avg",), ("quantize",),
                              ("lquantize", self.pick([-7, 0, 3]), self.pick([13, 17, 100]),
                               self.pick([1, 3, 10]))])
        kinds = self.pick([[], ["int"], ["string"], ["int", "string"],
                           ["uint8_t", "string", "int64_t"]])
        return function, kinds

    def aggregate(self):
        name = f"@a{self.rng.randrange(6)}"
        if name not in self.aggrs:
            self.aggrs[name] = self.choose_aggr()
        function, kinds = self.aggrs[name]
        key_text, key = self.key(kinds)
        text, _, number = convert(self.int(3), LONG, "int64_t")

        def add(m):
            value = None if function[0] == "count" else number(m)
            m.aggr[name].setdefault(key(m), []).append(value)
        where = f"{name}[{key_text}]" if kinds else name
        given = "" if function[0] == "count" else ", ".join([text, *map(str, function[1:])])
        return [f"{where} = {function[0]}({given});"], add

    def condition(self, depth):
        test, _, value = self.int(3)
        yes, do = self.block(depth - 1)
        no, otherwise = self.block(depth - 1)

        def run(m):
            (do if value(m) else otherwise)(m)
        return [f"if ({test}) {{", *("\t" + line for line in yes), "} else {",
                *("\t" + line for line in no), "}"], run

    def block(self, depth):
        lines, steps = [], []
        for _ in range(self.rng.randint(1, 4)):
            kinds = [self.store, self.store, self.store_string, self.store_element, self.aggregate,
                     self.store_member, self.store_member, self.store_allocated, self.copy_struct,
                     self.tokens]
            if depth > 0 and self.rng.random() < 0.2:
                text, step = self.condition(depth)
            else:
                text, step = self.pick(kinds)()
            lines += text
            steps.append(step)

        def run(m):
            for step in steps:
                step(m)
        return lines, run

    def clause(self):
        """Locals have values first: what an earlier clause left in them is not promised."""
        predicate = self.int(3) if self.rng.random() < 0.4 else None
        if predicate and re.search("this->|in[0-9]", predicate[0]):
            predicate = None
        begin_text, begin = self.begin_structs()
        first = {name: self.pick(EDGES) for name in self.locals}
        lines, body = self.block(2)
        text = ["PROBE"]
        if predicate:
            text.append(f"/ {predicate[0]} /")
        text += ["{", *(f"\t{name} = {value};" for name, value in first.items()),
                 *("\t" + line for line in [*begin_text, *lines]), "}"]

        def run(m):
            try:
                if predicate and not predicate[2](m):
                    return
                for name, value in first.items():
                    m.var[name] = wrap(value, TYPES[self.locals[name]])
                begin(m)
                body(m)
            except Fault:
                m.faults += 1
        return "\n".join(text) + "\n", run

    # The whole ----------------------------------------------------------------------------------

    def text(self):
        probe = "app$target:::hit" if self.fires else "BEGIN"
        start = {**{name: self.start_of(name) for name in self.ints},
                 **{name: '"%s"' % self.start_of(name) for name in self.strings}}
        out = ["#pragma D option quiet", f"#pragma D option strsize={self.strsize}"]
        for name, kind in [*self.ints.items(), *self.locals.items()]:
            out.append(f"{name.split('->')[0]} {kind} {name.split('->')[1]};"
                       if "->" in name else f"{kind} {name};")
        for name in self.strings:
            out.append("self string s;" if "->" in name else f"string {name};")
        for name, (kinds, kind) in self.int_arrays.items():
            out.append(f"{kind} {name}[{', '.join(kinds)}];")
        out += [f"string {self.string_array}[int];", "this string w;", *self.declare_structs()]
        out += [text for text, _ in self.inlines.values()]
        if self.fires:      # a thread's own variables begin with the thread
            out.append("int begun;")
        begin = probe + (" / !begun /" if self.fires else "")
        out += [begin, "{", *(f"\t{name} = {value};" for name, value in start.items())]
        if self.fires:
            out.append("\tbegun = 1;")
        out.append("}")
        clauses = "".join(text for text, _ in self.clauses).replace("PROBE", probe)
        out.append(clauses * (1 if self.fires else self.rounds))
        # What a thread has can only be seen by it: END is a firing of another.
        out += [probe, "{", *(f"\tsee_{i} = {name};" for i, name in enumerate(self.own())),
                "\tsee_r = self->r;", "}"]
        out += ["END", "{"]
        for name in [n for n in self.ints if "->" not in n]:
            out.append(f'\tprintf("{name} %d\\n", (int64_t){name});')
        for name in ("gs0", "gs1"):
            out.append(f'\tprintf("{name} %s\\n", {name});')
        for i, name in enumerate(self.own()):
            if name in self.ints:
                out.append(f'\tprintf("{name} %d\\n", (int64_t)see_{i});')
            else:
                out.append(f'\tprintf("{name} %s\\n", see_{i});')
        out += self.print_structs()
        for name, (function, kinds) in sorted(self.aggrs.items()):
            form = "".join(" %s" if kind == "string" else " %d" for kind in kinds)
            begin, value = ("histogram ", "\\n%@d") if "quantize" in function[0] else ("", " %@d")
            out.append(f'\tprinta("{begin}{name[1:]}{form}{value}\\n", {name});')
        if not self.fires:
            out.append("\texit(0);")
        out.append("}")
        if not self.fires:
            out.append("BEGIN { exit(0); }")
        return "\n".join(out) + "\n"

    def own(self):
        return [n for n in self.ints if "->" in n] + ["self->s"]

    def start_of(self, name):
        chosen = random.Random(f"{self.strsize} {name}")
        return chosen.choice(EDGES if name in self.ints else WORDS)

    def expected(self):
        m = Machine(self.strsize)
        for name, kind in self.ints.items():
            m.var[name] = wrap(self.start_of(name), TYPES[kind])
        for name in self.strings:
            m.var[name] = m.cut(self.start_of(name))
        m.array = {name: {} for name in [*self.int_arrays, self.string_array, "hr"]}
        m.object = {"gr": self.zeros(), "self->r": self.zeros()}
        m.aggr = {name: {} for name in self.aggrs}
        for i in range(self.rounds):
            m.arg1, m.text = i, FIRED[i % 3]
            for _, run in self.clauses:
                run(m)
        lines = [f"{name} {wrap(m.var[name], LONG)}" for name in self.ints]
        lines += [f"{name} {m.var[name]}" for name in self.strings]
        lines += self.structs_expected(m)
        for name, entries in m.aggr.items():
            for key, values in entries.items():
                for value in aggregated(self.aggrs[name][0], values):
                    lines.append(" ".join([name[1:], *map(str, key), str(value)]))
        return sorted(lines), m.faults


def printed(out):
    """The lines; a histogram is one for each bucket that has something, behind what it belongs to."""
    of = ""
    for line in filter(None, out.splitlines()):
        bucket = re.fullmatch(r" *((?:< |>= )?-?[0-9]+) \|[@ ]{40} ([0-9]+) *", line)
        if bucket and bucket[2] != "0":
            yield f"{of} {bucket[1]} {bucket[2]}"
        elif line.startswith("histogram "):
            of = line[10:]
        elif not bucket and "- Distribution -" not in line:
            yield line


def run(dtrace, target, program, text):
    command = [dtrace, "-q", "-s", "/dev/stdin"]
    if program.fires:
        command += ["-c", f"{target} {HITS}"]
    try:
        done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=60)
    except subprocess.TimeoutExpired:
        return [], "takes more than a minute", 0
    errors = [line for line in done.stderr.splitlines() if line.startswith("dtrace: ")]
    faults = sum(": error in dt_clause_" in line or ": error on enabled" in line for line in errors)
    if done.returncode != 0 or faults != len(errors):
        return [], f"exit status {done.returncode}: {done.stderr}", 0
    return sorted(printed(done.stdout)), None, faults


def main():
    dtrace, target, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
    seed = int(sys.argv[4]) if len(sys.argv) > 4 else 1
    end = time.monotonic() + seconds
    first = seed
    while time.monotonic() < end:
        program = Program(seed)
        text = program.text()
        want, want_faults = program.expected()
        got, error, faults = run(dtrace, target, program, text)
        if error or got != want or faults != want_faults:
            print(text)
            print(f"# seed {seed}: {error or ''}")
            for line in sorted(set(want) ^ set(got)):
                print("#", "wanted" if line in want else "printed", line)
            print(f"# wanted {want_faults} faults, told of {faults}")
            return 1
        seed += 1
    print(f"{seed - first} programs, seeds {first} to {seed - 1}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
