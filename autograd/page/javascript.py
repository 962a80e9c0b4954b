"""How numbers, and the steps of a function, are written in JavaScript."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from autograd.engine import table
from autograd.engine.primitive import Primitive, Reduction
from autograd.page.tracing import Reference, Trace

# How closely the parts of a text hang together.
CHOSEN, EITHER, BOTH, COMPARED, SUM, PRODUCT, SIGNED, ATOM = range(8)

_SIGNS: Final = {
    table.add: ("+", SUM),
    table.subtract: ("-", SUM),
    table.multiply: ("*", PRODUCT),
}
_COMMENT: Final = re.compile(r"^ *//.*\n|(?:^ *)?/\*\*(?s:.*?)\*/(?: |\n)?", re.MULTILINE)
_LONGEST: Final = 200  # characters of a step that stands within another one


@dataclass(frozen=True)
class Text:
    """An expression in JavaScript, and how closely its parts hang together."""

    text: str
    binding: int = ATOM

    def within(self, binding: int) -> str:
        """The text as part of one whose parts hang together so closely."""
        return self.text if self.binding >= binding else f"({self.text})"


def js_number(x: float) -> str:
    """A float, so that JavaScript reads the same one.

    >>> js_number(1.0), js_number(-0.0), js_number(1e300), js_number(float("-inf"))
    ('1', '-0', '1e+300', '-Infinity')
    """
    if not math.isfinite(x):
        return "NaN" if x != x else "Infinity" if x > 0.0 else "-Infinity"
    return repr(x).removesuffix(".0")


def without_comments(program: str) -> str:
    r"""A program without the comments of its types, and those that have lines of their own.

    >>> without_comments("// Why.\nconst f = (/** @type {number} */ x) => x; // how\n")
    'const f = (x) => x; // how\n'
    """
    return _COMMENT.sub("", program)


def js_function(
    trace: Trace, names: Sequence[str], parameters: str, *, listed: bool = False
) -> str:
    """A traced function as JavaScript; each operation is a function of its own name.

    Args:
        trace: the steps of the function.
        names: what its arguments are called.
        parameters: how it takes them.
        listed: whether it gives a list.

    >>> from autograd.page.tracing import traced
    >>> trace = traced(lambda xs: xs[0] * (xs[1] - 1) + table.tanh(xs[0]), 2)
    >>> js_function(trace, ["x", "y"], "(x, y)")
    '(x, y) => x * (y - 1) + tanh(x)'
    """
    needed = _needed(trace)
    read = [*trace.results]
    for number in needed:
        read.extend(trace.steps[number - trace.count][1])
    uses = Counter([x for x in read if isinstance(x, int)])
    texts = {number: Text(name, ATOM) for number, name in enumerate(names)}
    statements: list[str] = []

    def text_of(x: Reference) -> Text:
        if isinstance(x, int):
            return texts[x]
        return Text(js_number(x), SIGNED if math.copysign(1.0, x) < 0.0 else ATOM)

    for number in needed:
        primitive, operands = trace.steps[number - trace.count]
        text = _step(primitive, [text_of(x) for x in operands])
        if uses[number] > 1 or len(text.text) > _LONGEST:
            name = f"t{len(statements)}"
            statements.append(f"const {name} = {text.text};")
            text = Text(name, ATOM)
        texts[number] = text
    result = ", ".join([text_of(x).text for x in trace.results])
    if listed:
        result = f"[{result}]"
    if not statements:
        return f"{parameters} => {result}"
    return f"{parameters} => {{ {' '.join(statements)} return {result}; }}"


def _needed(trace: Trace) -> list[int]:
    """The numbers of the steps that the result is computed from."""
    found: set[int] = set()
    waiting = list(trace.results)
    while waiting:
        x = waiting.pop()
        if isinstance(x, int) and x >= trace.count and x not in found:
            found.add(x)
            waiting.extend(trace.steps[x - trace.count][1])
    return sorted(found)


def _step(primitive: Primitive, operands: list[Text]) -> Text:
    """An operation on its operands."""
    if primitive in _SIGNS:
        sign, binding = _SIGNS[primitive]
        left, right = operands
        return Text(f"{left.within(binding)} {sign} {right.within(binding + 1)}", binding)
    if primitive is table.negative:
        return Text(f"-{operands[0].within(ATOM)}", SIGNED)
    listed = ", ".join([operand.text for operand in operands])
    if isinstance(primitive, Reduction):
        listed = f"[{listed}]"
    return Text(f"{primitive.name}({listed})", ATOM)
