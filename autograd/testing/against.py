"""check_against: compare two implementations of one function."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from autograd.containers import MismatchError, flatten
from autograd.engine.order import topological_order
from autograd.engine.value import Value
from autograd.functional import gradients, jacobian
from autograd.testing.chain_rule import derivatives, is_same, noise
from autograd.testing.gradients import KinkError
from autograd.testing.inputs import function_name
from autograd.testing.operations import first_fault as first_use
from autograd.testing.operations import kinks
from autograd.testing.outside import (
    Fault,
    Plain,
    first_fault,
    hold_to_same,
    no_derivative,
)
from autograd.testing.rounding import rounding

__tracebackhide__ = True  # pytest shows the user's lines


class DifferenceError(AssertionError):
    """Two implementations differ; the message says where, and by how much."""


def check_against(
    function: Callable[..., Any],
    other: Callable[..., Any],
    *inputs: Any,
    tolerance: float = 0.0,
    skip_kinks: bool = False,
) -> None:
    """Check that two functions have the same values at a point, and the same first derivatives.

    There is no tolerance to be chosen. The rounding error of a function that takes Values follows
    from its record, and that of another is estimated from its values nearby. Where both take
    Values, the derivatives that the chain rule gives are compared; where one does, these with
    differences of the other; where neither does, values alone.

    Args:
        function: takes numbers, or containers, arrays or tensors of them, and returns such.
        other: the same function, written in another way.
        inputs: the arguments of both, in the forms that `check_gradients` takes.
        tolerance: a relative difference that is allowed besides.
        skip_kinks: leave out derivatives that do not exist, rather than raise an error.

    Raises:
        DifferenceError: the two differ by more than rounding explains.
        KinkError: there is no derivative at this point.
        TypeError, ValueError: as for `check_gradients`.

    >>> import math
    >>> from autograd import log, log1p
    >>> check_against(log1p, math.log1p, 1e-5)
    >>> check_against(lambda x: log(1 + x), math.log1p, 1e-5)  # 6 digits fewer, by its rounding
    >>> check_against(math.sqrt, lambda x: x / 2, 9.0)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    autograd.testing.against.DifferenceError: sqrt() is 3.0 and the function is 4.5: rounding ...
    """
    if not tolerance >= 0.0:
        raise ValueError(f"tolerance is a number from 0 on, got {tolerance!r}")
    if not inputs:
        raise TypeError("check_against() needs the inputs to call the functions with")
    names = [function_name(each) for each in (function, other)]
    if names[0] == names[1]:
        names = [f"the {which} {names[0].removeprefix('the ')}" for which in ("first", "second")]
    one = _Implementation(function, inputs, names[0], tolerance)
    two = _Implementation(other, inputs, names[1], tolerance)
    _compare_values(one, two, tolerance)
    if one.traced and two.traced:
        fault = _difference_of_chain_rules(one, two, tolerance, skip_kinks)
    elif one.traced or two.traced:
        traced, plain = (one, two) if one.traced else (two, one)
        source = f"the chain rule of {traced.plain.name}"
        fault = first_fault(plain.plain, traced.jacobian, tolerance, skip_kinks, source)
    else:
        return
    origin = one.kink() or two.kink() if fault and not fault.is_kink else ""
    if origin and skip_kinks:
        return
    if fault and origin:
        raise KinkError(f"{fault.text}\n  It comes from {origin}, which has no derivative.")
    if fault:
        raise (KinkError if fault.is_kink else DifferenceError)(fault.text)


class _Implementation:
    """One of the two functions.

    Attributes:
        plain: the function of plain numbers.
        jacobian: the derivatives by all of its inputs, by the chain rule.
        leaves: the inputs, as Values.
        traced: what it returns for these; empty if it takes no Values.
        values: what it returns for plain numbers, or for Values if it takes nothing else.
    """

    def __init__(
        self, function: Callable[..., Any], inputs: Sequence[Any], name: str, tolerance: float
    ) -> None:
        self.plain = Plain(function, inputs, "check_against()", name)
        self.jacobian = jacobian(function, tuple(range(len(inputs))) if len(inputs) > 1 else 0)
        self.leaves = [*map(Value, self.plain.point)]
        self.traced: list[Value | float] = []
        with suppress(Exception):  # whatever a function of floats raises
            outputs = flatten(self.plain.call(function, self.leaves))[0]
            if any(isinstance(out, Value) for out in outputs):
                self.traced = outputs
        try:
            self.plain.values(self.plain.point)
        except Exception:
            if not self.traced:
                raise
            self.plain.passes_values = True
        self.values = hold_to_same(self.plain.values, self.plain.point, self.names, tolerance)

    def names(self) -> list[str]:
        """The name of each output."""
        return self.plain.output_names

    def positions(self, other: _Implementation) -> list[int]:
        """For each of its outputs the position of the same one of ``other``."""
        if len(self.values) == len(other.values) == 1:
            return [0]
        positions = other.plain.outputs.rebuild([*map(float, range(len(other.values)))])
        return [*map(int, self.plain.outputs.numbers_of(positions))]

    def kink(self) -> str:
        """A kink in the record of what is traced, described; else an empty string."""
        roots = [out for out in self.traced if isinstance(out, Value)]
        found = (first_use(topological_order(root), kinks) for root in roots)
        return next(filter(None, found), "")

    def errors(self) -> list[float]:
        """A bound on the rounding error of each value."""
        if not self.traced:
            return rounding(self.plain.values, self.plain.point)
        return [*map(_rounding_of, self.traced)]


def _compare_values(one: _Implementation, two: _Implementation, tolerance: float) -> None:
    """Raise an error if the two return different values, or values in different shapes."""
    try:
        positions = one.positions(two)
    except MismatchError as error:
        raise DifferenceError(
            f"{two.plain.name} does not return what has the shape of what "
            f"{one.plain.name} returns: {error}{one.plain.place()}"
        ) from None
    if all(is_same(x, two.values[k]) for x, k in zip(one.values, positions, strict=True)):
        return
    errors, others = one.errors(), two.errors()
    for i, k in enumerate(positions):
        x, y, rounded = one.values[i], two.values[k], errors[i] + others[k]
        if not is_same(x, y) and not abs(x - y) <= rounded + tolerance * abs(x):
            raise DifferenceError(
                f"{one.names()[i]} is {x!r} and {two.names()[k]} is {y!r}: rounding explains a "
                f"difference of {rounded:.0e}.{one.plain.place()}"
            )


def _difference_of_chain_rules(
    one: _Implementation, two: _Implementation, tolerance: float, skip_kinks: bool
) -> Fault | None:
    """The first derivative in which the two differ, described."""
    for i, k in enumerate(one.positions(two)):
        out, other = one.traced[i], two.traced[k]
        rows = [
            (derivatives(out, one.leaves), one, out),
            (derivatives(other, two.leaves), two, other),
        ]
        for j, (x, y) in enumerate(zip(rows[0][0], rows[1][0], strict=True)):
            off = abs(x.value - y.value)
            bound = x.error + y.error + tolerance * abs(x.value)
            if is_same(x.value, y.value) or off <= bound:
                continue
            # The chain rule is applied to numbers that were rounded.
            for _, each, root in rows:
                if isinstance(root, Value):
                    bound += _rounding_of(gradients(root, [each.leaves[j]])[0])
            if off <= bound:
                continue
            found = one.plain.slopes(j)[i]
            what = f"derivative of {one.names()[i]} by {one.plain.names[j]}"
            if found.problem:
                if skip_kinks:
                    continue
                return no_derivative(what, found, one.plain)
            return Fault(
                f"The {what} is {x.value!r} and that of {two.names()[k]} {y.value!r}: differences "
                f"of {one.names()[i]} give {found}.{one.plain.place(j)}"
            )
    return None


def _rounding_of(out: Value | float) -> float:
    return noise(out) + 4.0 * math.ulp(out.data) if isinstance(out, Value) else 0.0
