"""An expression: operations on numbers, one after the other, with shared results.

It can be evaluated on Values, on floats and on anything else, and it prints as the program
that computes it. `autograd.testing.exact` computes its exact value, and `check` compares.
Hypothesis draws expressions with the strategy `autograd.testing.expressions`.
"""

from __future__ import annotations

import builtins
import math
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from autograd.engine import table
from autograd.engine.operands import Traced, counted
from autograd.engine.primitive import Primitive, Reduction
from autograd.engine.value import Value
from autograd.functional import gradients

if TYPE_CHECKING:
    from autograd.testing.exact import Expectation, Expected

# The operations that Python writes with an operator.
_INFIX: Final[dict[Primitive, tuple[str, Callable[[Any, Any], Any]]]] = {
    table.add: ("+", operator.add),
    table.subtract: ("-", operator.sub),
    table.multiply: ("*", operator.mul),
    table.divide: ("/", operator.truediv),
    table.power: ("**", operator.pow),
    table.remainder: ("%", operator.mod),
    table.floor_divide: ("//", operator.floordiv),
}


@dataclass(frozen=True, eq=False, repr=False)
class Step:
    """One operation of an expression.

    Attributes:
        operation: the primitive. `where` has three operands, and takes the second where
            the first is positive, else the third.
        operands: for each operand its position among the inputs of the expression followed by
            its steps, as an int; or a constant, as a float.
    """

    operation: Primitive
    operands: tuple[int | float, ...]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Step):
            return NotImplemented
        return self.operation is other.operation and repr(self) == repr(other)

    def __hash__(self) -> int:
        return hash((self.operation, self.operands))

    def __repr__(self) -> str:
        """The call that makes the step: a position is an int there, and a constant a float."""
        return f"Step({_path(self.operation)}, {_tuple(self.operands)})"


@dataclass(frozen=True, repr=False)
class Expression:
    """Operations on numbers, one after the other; the last gives the result.

    Attributes:
        point: the number for each input.
        steps: the operations.
        formulas: for each operation that is not in the table a function of mpmath numbers, or
            a `Formula`.

    Called with numbers or Values in place of those of its point, it is a function. Two expressions
    are equal if they have equal points and steps. `print` shows the program; `repr` gives the call
    that makes the expression, without its formulas.

    >>> from autograd import multiply, sin
    >>> expression = Expression((2.0,), (Step(multiply, (0, 0)), Step(sin, (1,))))
    >>> expression
    Expression((2.0,), (Step(multiply, (0, 0)), Step(sin, (1,))))
    >>> print(expression)
    from autograd import Value, sin
    x0 = Value(2.0)
    x1 = x0 * x0
    out = sin(x1)
    >>> expression(0.0)
    0.0
    >>> inputs, out = expression.on_values()
    >>> out.backward()
    >>> print(f"{inputs[0].grad:.12f}")  # 2 x cos(x**2)
    -2.614574483454
    """

    point: tuple[float, ...]
    steps: tuple[Step, ...]
    formulas: Mapping[Primitive, Any] = field(default_factory=dict, compare=False)

    def __call__(self, *numbers: Any) -> Any:
        """The result for these inputs, as many as the expression has."""
        if len(numbers) != len(self.point):
            raise TypeError(
                f"this expression has {counted(len(self.point), 'input')}, "
                f"got {counted(len(numbers), 'argument')}"
            )
        return self.evaluate(numbers, apply)[-1]

    def evaluate(
        self, numbers: Sequence[Any], apply: Callable[[Primitive, list[Any]], Any]
    ) -> list[Any]:
        """The inputs, and then the result of every step, in arithmetic of one's own.

        Args:
            numbers: the inputs.
            apply: carries out an operation on the list of its operands, of which the
                constants are floats.

        >>> from autograd import exp, multiply
        >>> expression = Expression((2.0,), (Step(multiply, (0, 3.0)), Step(exp, (1,))))
        >>> words = lambda primitive, operands: f"{primitive.name}({', '.join(map(str, operands))})"
        >>> expression.evaluate(["x"], words)
        ['x', 'multiply(x, 3.0)', 'exp(multiply(x, 3.0))']
        """
        results = list(numbers)
        for step in self.steps:
            operands = [results[x] if isinstance(x, int) else x for x in step.operands]
            results.append(apply(step.operation, operands))
        return results

    def on_values(self) -> tuple[list[Value], Value]:
        """A Value for each number of the point, and the Value that results from them."""
        inputs = [Value(number) for number in self.point]
        return inputs, self(*inputs)

    def exact(self, order: int = 1) -> Expectation:
        """The exact value and derivatives, in arithmetic of 60 digits, independent of the table.

        Args:
            order: 0 for the value alone, 1 for its derivatives as well, 2 for theirs too.

        Raises:
            LookupError: there is no formula for an operation of the expression.
        """
        from autograd.testing.exact import expectation

        return expectation(self.point, self.evaluate, self.formulas, order)

    def check(self, order: int = 1) -> None:
        """Compare the engine with `exact`: the value, ``backward()`` and `gradients`.

        Args:
            order: 0 for the value alone, 1 for its derivatives as well, 2 for theirs too.

        Raises:
            AssertionError: the message has the number that is off, the exact one, and the code.
        """
        for what, actual, expected in self.comparisons(order):
            if not expected.allows(actual):
                within = f" to within {expected.error:.1e}" if expected.error else ""
                statements = [line for line in code(self) if " import " not in line]
                raise AssertionError(
                    f"{what} is {actual!r}, should be {float(expected.number)!r}{within}, "
                    f"in {'; '.join(statements)}"
                )

    def comparisons(self, order: int = 1) -> Iterator[tuple[str, float, Expected]]:
        """Each number that `check` compares: its description, the engine's, the expected one."""
        expected = self.exact(order)
        inputs, out = self.on_values()
        yield "the value", out.data, expected.value
        if order == 0:
            return
        slopes = gradients(out, inputs)
        out.backward()
        for i, slope in enumerate(expected.gradient):
            yield f"d out / d x{i}", inputs[i].grad, slope
            yield f"d out / d x{i} by gradients()", slopes[i].data, slope
            if order > 1:
                curvatures = gradients(slopes[i], inputs)
                for j, curvature in enumerate(expected.hessian[i]):
                    yield f"d/dx{j} of d out / d x{i}", curvatures[j].data, curvature

    def __repr__(self) -> str:
        return f"Expression({_tuple(self.point)}, {_tuple(self.steps)})"

    def __str__(self) -> str:
        return "\n".join(code(self))

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        """Print the program in Hypothesis's reports, or within a container the call."""
        if len(printer.stack) > 1:
            printer.text(repr(self))
            return
        with printer.indent(4):
            for line in code(self):
                printer.break_()
                printer.text(line)


def apply(operation: Primitive, operands: Sequence[Any]) -> Any:
    """The operation on operands, written as a program writes it."""
    if operation in _INFIX and any(isinstance(x, Traced) for x in operands):
        return _INFIX[operation][1](*operands)
    if operation is table.where:
        test, x, y = operands
        return table.where(test > 0.0, x, y)
    if isinstance(operation, Reduction):
        return operation(*operation.split(operands))
    return operation(*operands)


def is_offered(operation: Primitive) -> bool:
    """True if the package has the operation among its public names."""
    name = operation.name
    is_public = name in table.__all__ or hasattr(builtins, name)
    return is_public and getattr(table, name, None) is operation


# ── Printing ──────────────────────────────────────────────────────────────────


def _number(x: float) -> str:
    """The number as Python code that needs no import."""
    return repr(x) if math.isfinite(x) else f"float('{x}')"


def _tuple(items: Sequence[Any]) -> str:
    """The tuple of these numbers or steps as Python code."""
    shown = [_number(x) if isinstance(x, float) else repr(x) for x in items]
    return f"({', '.join(shown)}{',' * (len(shown) == 1)})"


def _path(operation: Primitive) -> str:
    """The name of an operation: with its module, if that does not offer it or Python has one."""
    name = operation.name
    if getattr(table, name, None) is not operation:
        return name  # an operation of one's own
    if not is_offered(operation):
        return f"autograd.engine.table.{name}"
    return f"autograd.{name}" if hasattr(builtins, name) else name


def code(expression: Expression) -> list[str]:
    """The statements that build the expression, the last of which sets ``out``."""
    count = len(expression.point)
    names = [f"x{i}" for i in range(count + len(expression.steps))]
    if expression.steps:
        names[-1] = "out"
    statements = [f"{name} = Value({_number(x)})" for name, x in zip(names, expression.point)]
    imported = {"Value"}
    for name, step in zip(names[count:], expression.steps):
        operands = [names[x] if isinstance(x, int) else _number(x) for x in step.operands]
        statements.append(f"{name} = {_as_python(step.operation, operands, imported)}")
    if not expression.steps:
        statements.append(f"out = {names[-1]}")
    lines = ["import autograd"] if "autograd" in imported else []
    lines.append(f"from autograd import {', '.join(sorted(imported - {'autograd'}))}")
    return [*lines, *statements]


def _as_python(operation: Primitive, operands: list[str], imported: set[str]) -> str:
    """The operation on operands as Python writes it; adds the names it needs to ``imported``."""
    if operation in _INFIX:
        x, y = operands
        # -2.0 ** x is -(2.0 ** x)
        x = f"({x})" if operation is table.power and x.startswith("-") else x
        return f"{x} {_INFIX[operation][0]} {y}"
    if operation is table.negative:
        return f"-{operands[0]}"
    if operation is table.absolute:
        return f"abs({operands[0]})"
    if operation is table.where:
        operands = [f"{operands[0]} > 0.0", *operands[1:]]
    if isinstance(operation, Reduction):
        operands = [f"[{', '.join(part)}]" for part in operation.split(operands)]
    name, suffix = operation.name, ""
    if operation in (table.share, table.log_share):
        name, suffix = operation.symbol, "[0]"
    if suffix or is_offered(operation):
        imported.add("autograd" if hasattr(builtins, name) else name)
        name = f"autograd.{name}" if hasattr(builtins, name) else name
    return f"{name}({', '.join(operands)}){suffix}"
