"""Machine code for what is noted: steps on so many members side by side, compiled by LLVM.

A function works on a stretch of rows: every number of a month has a row, one place in it for each
of `LANES` members. Steps are what IEEE 754 rounds exactly, and exponentials made of such steps in
the order of `sim.exponentials`: the bits are those of NumPy, on any processor.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from ctypes import CFUNCTYPE, c_int64, c_void_p
from typing import Any

import llvmlite
import llvmlite.binding as llvm

from sim import exponentials as e
from sim.steps import (
    ABSOLUTE,
    ADD,
    AND,
    CHOOSE,
    COMPARISONS,
    DIVIDE,
    EXPONENTIAL,
    LESS_ONE,
    LOGARITHM,
    MAXIMUM,
    MINIMUM,
    MULTIPLY,
    NEGATIVE,
    NOT,
    OR,
    SQRT,
    SUBTRACT,
)

LANES = 8
"""Members side by side: a cache line of numbers."""

ROW = f"<{LANES} x double>"
MASK = f"<{LANES} x i1>"
BITS = f"<{LANES} x i64>"

EFFORT = 1
"""How hard LLVM works at code without loops to speak of: more takes longer and gains nothing."""

ARITHMETIC = {ADD: "fadd", SUBTRACT: "fsub", MULTIPLY: "fmul", DIVIDE: "fdiv"}
CALLED = {
    SQRT: f"llvm.sqrt.v{LANES}f64",
    ABSOLUTE: f"llvm.fabs.v{LANES}f64",
    EXPONENTIAL: "exponential",
    LESS_ONE: "exponential_less_one",
    LOGARITHM: "logarithm",
}


def literal(number: float) -> str:
    """Return a number in every place of a row."""
    bits = struct.unpack("<Q", struct.pack("<d", number))[0]
    return "<" + ", ".join([f"double 0x{bits:016X}"] * LANES) + ">"


def bits_literal(bits: int) -> str:
    return "<" + ", ".join([f"i64 {bits}"] * LANES) + ">"


ROOM = 1 << 24
"""Rows from this on are those of the room, not a function's own."""


class Lines:
    """The lines of a function, each result under a name of its own."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.count = 0

    def new(self, text: str) -> str:
        self.count += 1
        name = f"%x{self.count}"
        self.lines.append(f"  {name} = {text}")
        return name

    def do(self, text: str) -> None:
        self.lines.append(f"  {text}")

    def place(self, row: int) -> str:
        """Return where a row is."""
        base, at = ("room", row - ROOM) if row >= ROOM else ("rows", row)
        return self.new(f"getelementptr {ROW}, ptr %{base}, i64 {at}")


class Writer(Lines):
    """The lines of a function that does steps on rows; what is where, by number."""

    def __init__(self, row: Mapping[int, int], fixed: Mapping[int, float]) -> None:
        super().__init__()
        self.row = row
        self.fixed = fixed
        self.known: dict[int, str] = {}  # as a row of numbers
        self.masks: dict[int, str] = {}  # as a row of answers, yes or no

    def number(self, one: int) -> str:
        """Return a row of numbers; an answer is 1 or 0."""
        if one in self.fixed:
            return literal(self.fixed[one])
        if one not in self.known:
            if one in self.masks:
                self.known[one] = self.new(f"uitofp {MASK} {self.masks[one]} to {ROW}")
            else:
                self.known[one] = self.new(f"load {ROW}, ptr {self.place(self.row[one])}, align 64")
        return self.known[one]

    def mask(self, one: int) -> str:
        """Return a row of answers: yes where a number is not 0."""
        if one not in self.masks:
            zero = literal(0.0)
            self.masks[one] = self.new(f"fcmp une {ROW} {self.number(one)}, {zero}")
        return self.masks[one]

    def step(self, one: int, what: str, inputs: Sequence[int]) -> None:
        """Do a step."""
        if what in COMPARISONS:
            first, second = map(self.number, inputs)
            self.masks[one] = self.new(f"fcmp {what} {ROW} {first}, {second}")
        elif what in (AND, OR):
            first, second = map(self.mask, inputs)
            self.masks[one] = self.new(f"{what} {MASK} {first}, {second}")
        elif what == NOT:
            ones = "<" + ", ".join(["i1 true"] * LANES) + ">"
            self.masks[one] = self.new(f"xor {MASK} {self.mask(inputs[0])}, {ones}")
        elif what == CHOOSE and inputs[1] in self.masks and inputs[2] in self.masks:
            self.masks[one] = self.chosen(MASK, *map(self.mask, inputs))
        elif what == CHOOSE:
            yes, no = map(self.number, inputs[1:])
            self.known[one] = self.chosen(ROW, self.mask(inputs[0]), yes, no)
        else:
            self.known[one] = arithmetic(self, what, *map(self.number, inputs))

    def chosen(self, kind: str, where: str, yes: str, no: str) -> str:
        return self.new(f"select {MASK} {where}, {kind} {yes}, {kind} {no}")

    def store(self, one: int, rows: Iterable[int]) -> None:
        """Write a number into rows."""
        for row in rows:
            self.do(f"store {ROW} {self.number(one)}, ptr {self.place(row)}, align 64")


def arithmetic(lines: Lines, what: str, one: str, other: str = "") -> str:
    """Return a step of arithmetic on rows."""
    if what in ARITHMETIC:
        return lines.new(f"{ARITHMETIC[what]} {ROW} {one}, {other}")
    if what == NEGATIVE:
        return lines.new(f"fneg {ROW} {one}")
    if what in CALLED:
        return lines.new(f"call {ROW} @{CALLED[what]}({ROW} {one})")
    side = {MAXIMUM: "oge", MINIMUM: "ole"}[what]  # what is no number stays so, as in NumPy
    farther = lines.new(f"fcmp {side} {ROW} {one}, {other}")
    none = lines.new(f"fcmp uno {ROW} {one}, {one}")
    kept = lines.new(f"or {MASK} {farther}, {none}")
    return lines.new(f"select {MASK} {kept}, {ROW} {one}, {ROW} {other}")


# Functions ------------------------------------------------------------------------------------


def function(name: str, lines: Sequence[str]) -> str:
    """Return the text of a function that works on rows of its own, and on a room."""
    body = "\n".join(lines)
    return f"define internal void @{name}(ptr %rows, ptr %room) {{\n{body}\n  ret void\n}}\n"


def call_on(lines: Lines, name: str, own: int, room: int) -> None:
    """Call a function, with the first row of its own and the first of its room."""
    lines.do(f"call void @{name}(ptr {lines.place(own)}, ptr {lines.place(room)})")


def looped(
    name: str, body: Sequence[tuple[str, int, int]], left: Sequence[int], most: int, flag: int
) -> str:
    """Return the text of a function that calls others until no row says that something is left.

    Where something is left after so many times, the row `flag` becomes 1.
    """
    lines = Lines()
    lines.do("br label %head")
    lines.lines.append("head:")
    lines.do("%time = phi i64 [0, %0], [%next, %body]")
    rows = [lines.new(f"load {ROW}, ptr {lines.place(row)}, align 64") for row in left]
    asked = [lines.new(f"fcmp une {ROW} {row}, {literal(0.0)}") for row in rows]
    some = asked[0]
    for one in asked[1:]:
        some = lines.new(f"or {MASK} {some}, {one}")
    found = lines.new(f"call i1 @llvm.vector.reduce.or.v{LANES}i1({MASK} {some})")
    goes = lines.new(f"icmp ult i64 %time, {most}")
    lines.do(f"br i1 {lines.new(f'and i1 {found}, {goes}')}, label %body, label %end")
    lines.lines.append("body:")
    for other, own, room in body:
        call_on(lines, other, own, room)
    lines.do("%next = add i64 %time, 1")
    lines.do("br label %head")
    lines.lines.append("end:")
    place = lines.place(flag)
    before = lines.new(f"load {ROW}, ptr {place}, align 64")
    ever = lines.new(f"select {MASK} {some}, {ROW} {literal(1.0)}, {ROW} {before}")
    lines.do(f"store {ROW} {ever}, ptr {place}, align 64")
    return function(name, lines.lines)


def _exponentials() -> str:
    """Return the text of exponentials and the logarithm, as in `sim.exponentials`."""
    parts = []
    for name in ("exponential", "exponential_less_one"):
        x = Lines()
        least, most = literal(e.LEAST), literal(e.MOST)
        under = x.new(f"fcmp olt {ROW} %number, {least}")  # what is no number stays none
        within = x.new(f"select {MASK} {under}, {ROW} {least}, {ROW} %number")
        above = x.new(f"fcmp ogt {ROW} {within}, {most}")
        within = x.new(f"select {MASK} {above}, {ROW} {most}, {ROW} {within}")
        scaled = arithmetic(x, MULTIPLY, within, literal(e.LOG2_E))
        shifted = arithmetic(x, ADD, scaled, literal(e.TO_WHOLE))
        whole = arithmetic(x, SUBTRACT, shifted, literal(e.TO_WHOLE))
        high = arithmetic(x, MULTIPLY, whole, literal(e.LN2_HIGH))
        low = arithmetic(x, MULTIPLY, whole, literal(e.LN2_LOW))
        rest = arithmetic(x, SUBTRACT, arithmetic(x, SUBTRACT, within, high), low)
        series = literal(e.TERMS[0])
        for term in e.TERMS[1:]:
            series = arithmetic(x, ADD, arithmetic(x, MULTIPLY, series, rest), literal(term))
        square = arithmetic(x, MULTIPLY, rest, rest)
        less_one = arithmetic(x, ADD, rest, arithmetic(x, MULTIPLY, square, series))
        bits = x.new(f"bitcast {ROW} {shifted} to {BITS}")
        bits = x.new(f"shl {BITS} {bits}, {bits_literal(e.MANTISSA_BITS)}")
        bits = x.new(f"add {BITS} {bits}, {bits_literal(e.ONE_BITS)}")
        power = x.new(f"bitcast {BITS} {bits} to {ROW}")
        one, below = literal(1.0), literal(0.0 if name == "exponential" else -1.0)
        if name == "exponential":
            found = arithmetic(x, MULTIPLY, arithmetic(x, ADD, one, less_one), power)
        else:
            times = arithmetic(x, MULTIPLY, power, less_one)
            found = arithmetic(x, ADD, times, arithmetic(x, SUBTRACT, power, one))
        x.do(f"ret {ROW} {x.new(f'select {MASK} {under}, {ROW} {below}, {ROW} {found}')}")
        parts.append(_of_row(name, x))
    return "\n".join([*parts, _logarithm()])


def _logarithm() -> str:
    x = Lines()
    bits = x.new(f"bitcast {ROW} %number to {BITS}")
    biased = x.new(f"add {BITS} {bits}, {bits_literal(e.BELOW_ONE)}")
    biased = x.new(f"lshr {BITS} {biased}, {bits_literal(e.MANTISSA_BITS)}")
    taken = x.new(f"shl {BITS} {biased}, {bits_literal(e.MANTISSA_BITS)}")
    near = x.new(f"sub {BITS} {bits}, {taken}")
    near = x.new(f"add {BITS} {near}, {bits_literal(e.ONE_BITS)}")
    near = x.new(f"bitcast {BITS} {near} to {ROW}")

    def times(one: str, other: str) -> str:
        return arithmetic(x, MULTIPLY, one, other)

    def plus(one: str, other: str) -> str:
        return arithmetic(x, ADD, one, other)

    first = [literal(term) for term in e.LOG_TERMS]
    fraction = arithmetic(x, SUBTRACT, near, literal(1.0))
    ratio = arithmetic(x, DIVIDE, fraction, plus(literal(2.0), fraction))
    square = times(ratio, ratio)
    fourth = times(square, square)
    even = plus(first[3], times(fourth, first[5]))
    even = times(fourth, plus(first[1], times(fourth, even)))
    odd = plus(first[4], times(fourth, first[6]))
    odd = plus(first[2], times(fourth, odd))
    odd = times(square, plus(first[0], times(fourth, odd)))
    half = times(times(literal(0.5), fraction), fraction)
    whole = x.new(f"add {BITS} {biased}, {bits_literal(e.WHOLE_BITS)}")
    whole = x.new(f"bitcast {BITS} {whole} to {ROW}")
    whole = arithmetic(x, SUBTRACT, whole, literal(e.TO_WHOLE + e.BIAS))
    small = plus(times(ratio, plus(half, plus(odd, even))), times(whole, literal(e.LN2_LOW)))
    found = plus(arithmetic(x, SUBTRACT, small, half), fraction)
    found = plus(found, times(whole, literal(e.LN2_HIGH)))
    none = arithmetic(x, SUBTRACT, "%number", literal(float("inf")))
    some = x.new(f"fcmp ogt {ROW} %number, {literal(0.0)}")
    x.do(f"ret {ROW} {x.new(f'select {MASK} {some}, {ROW} {found}, {ROW} {none}')}")
    return _of_row("logarithm", x)


def _of_row(name: str, lines: Lines) -> str:
    body = "\n".join(lines.lines)
    return f"define internal {ROW} @{name}({ROW} %number) noinline {{\n{body}\n}}\n"


DECLARED = f"""
declare {ROW} @llvm.sqrt.v{LANES}f64({ROW})
declare {ROW} @llvm.fabs.v{LANES}f64({ROW})
declare i1 @llvm.vector.reduce.or.v{LANES}i1({MASK})
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
"""


# Compiling ------------------------------------------------------------------------------------


def _machine() -> Any:
    """Return what LLVM knows of this processor."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    target = llvm.Target.from_default_triple()
    features = llvm.get_host_cpu_features().flatten()
    return target.create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=features, opt=EFFORT, jit=True
    )


def kind_of_machine() -> str:
    """Return all that machine code depends on beside its text."""
    features = llvm.get_host_cpu_features().flatten()
    return f"{llvmlite.__version__} {llvm.get_host_cpu_name()} {features} {LANES} {EFFORT}"


def compiled(text: str) -> bytes:
    """Return the machine code of functions, as it may be kept in a file."""
    module = llvm.parse_assembly(text + _exponentials() + DECLARED)
    code: bytes = _machine().emit_object(module)
    return code


class Program:
    """Machine code that can be called; it lets go of the interpreter while it works."""

    def __init__(self, codes: Sequence[bytes]) -> None:
        self._engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), _machine())
        for code in codes:
            self._engine.add_object_file(llvm.ObjectFileRef.from_data(code))
        self._engine.finalize_object()

    def function(self, name: str, pointers: int, numbers: int) -> Callable[..., None]:
        """Return a function that takes so many pointers, and then whole numbers."""
        kind = CFUNCTYPE(None, *[c_void_p] * pointers, *[c_int64] * numbers)
        found: Callable[..., None] = kind(self._engine.get_function_address(name))
        return found
