"""Derivatives from elsewhere, compared with differences of the values of a function of floats.

Nothing is recorded: the function takes and returns plain numbers, NumPy arrays, or tensors of
PyTorch or JAX, and the derivative that is checked may be written by hand or come from any
library. No library is imported for that; a tensor is asked to make another of its kind.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from autograd.containers import MismatchError, NotANumberError, Structure, flatten
from autograd.engine.value import Value
from autograd.testing.inputs import function_name, input_names, place
from autograd.testing.numerical import Slope, direction, moved, slopes
from autograd.testing.rounding import rounding, scatter, sizes

__tracebackhide__ = True  # pytest shows the user's lines

_ONE_BY_ONE: Final = 64  # the most inputs that are all moved one by one
_DIRECTIONS: Final = 2  # in which those of a group move at once where there are more
_REPEATS: Final = 10  # of a call, to find chance

_RESOLVED: Final = 1e-3  # the relative rounding error from which a derivative says nothing
_FACTORS: Final = {-1.0: "Its sign is wrong.", 2.0: "It is twice that.", 0.5: "It is half of that."}


@dataclass(frozen=True, slots=True)
class Fault:
    """A description of a derivative that is wrong or, at a kink, does not exist."""

    text: str
    is_kink: bool = False


class Plain:
    """A function of numbers, containers, arrays and tensors, as one of a list of floats.

    Attributes:
        name: the name of the function in messages.
        names: the name of each number that it takes, such as ``"weights[0]"``.
        point: the numbers that the inputs hold.
        structure: the shape of the input, or of the tuple of them where there are several.
        output_names: the name of each number that the last call returned.
        outputs: the shape of what the last call returned.
        passes_values: True if the function is to be called with Values, since it needs them.
    """

    def __init__(
        self, function: Callable[..., Any], inputs: Sequence[Any], caller: str, name: str = ""
    ) -> None:
        self._function = function
        self._caller = caller
        self._inputs: list[tuple[list[Any], Structure]] = []
        self.name = name or function_name(function)
        self.names: list[str] = []
        self.point: list[float] = []
        plain = []
        for name, thing in zip(input_names(function, len(inputs)), inputs, strict=True):
            try:
                parts, structure = flatten(thing, whole=_is_tensor)
                numbers, shape = plain_numbers(thing)
            except NotANumberError as error:
                raise TypeError(
                    f"{caller} varies each of its inputs; at {name}{error.place}: "
                    f"{error.problem}. What is not to be varied belongs into the function, "
                    "such as lambda x: f(x, option)"
                ) from None
            self._inputs.append((parts, structure))
            self.names += [name + place for place in shape.places()]
            self.point += numbers
            plain.append(shape.rebuild(numbers))
        for name, number in zip(self.names, self.point, strict=True):
            if not math.isfinite(number):
                raise ValueError(
                    f"{caller} moves each input a little, so it has to be finite; "
                    f"{name} is {number!r}"
                )
        if not self.names:
            raise ValueError(f"{caller} varies the numbers of its inputs, and they hold none")
        self.structure = flatten(plain[0] if len(plain) == 1 else tuple(plain))[1]
        self.passes_values = False
        self._scatter: list[float] = []
        self.output_names: list[str] = []
        self.outputs = self.structure

    def values(self, numbers: Sequence[float]) -> list[float]:
        """The numbers that the function returns for these."""
        result = self.call(
            self._function, [*map(Value, numbers)] if self.passes_values else numbers
        )
        try:
            found, self.outputs = plain_numbers(result)
        except NotANumberError as error:
            raise TypeError(
                f"{self._caller} needs a function that returns numbers; "
                f"{self.name}{error.place} is not one: {error.problem}"
            ) from None
        if not found:
            raise ValueError(
                f"{self._caller} compares each number that a function returns, and what "
                f"{self.name} returns holds none"
            )
        self.output_names = [self.name + place for place in self.outputs.places()]
        return found

    def call(self, function: Callable[..., Any], numbers: Sequence[Any]) -> Any:
        """The result of any function of the same inputs, with these numbers in them."""
        remaining = iter(numbers)
        return function(
            *[
                structure.rebuild([_filled(part, remaining) for part in parts])
                for parts, structure in self._inputs
            ]
        )

    def slopes(self, j: int) -> list[Slope]:
        """The derivative of each output by input j, by differences."""
        point = self.point
        return slopes(
            lambda to: self.values([*point[:j], to, *point[j + 1 :]]), point[j], self._noise()
        )

    def slopes_along(self, rates: Sequence[float]) -> list[Slope]:
        """The derivative of each output as every input moves at its own rate, by differences."""
        return slopes(
            lambda length: self.values(moved(self.point, length, rates)), 0.0, self._noise()
        )

    def _noise(self) -> list[float]:
        """The rounding error of each value: of single precision, for one."""
        if not self._scatter:
            most = [_RESOLVED * size for size in sizes(self.values, self.point)]
            self._scatter = [*map(min, scatter(self.values, self.point), most)]
        return self._scatter

    def place(self, j: int = 0) -> str:
        """The point, as the last line of a message; of many inputs, number j and some others."""
        return f"\n  {place(self.names, self.point, j)}"


def first_fault(
    function: Plain,
    gradient: Callable[..., Any],
    tolerance: float,
    skip_kinks: bool,
    source: str = "the given gradient",
) -> Fault | None:
    """The first derivative that differs from differences of the function; None if none does.

    Args:
        function: the function, with the point.
        gradient: takes the same inputs and returns the derivative, shaped as that of `grad` or
            `jacobian` by all of the inputs.
        tolerance: a relative error that is allowed besides.
        skip_kinks: leave out derivatives that do not exist.
        source: what the gradient is called in messages.

    Raises:
        TypeError, ValueError: what ``gradient`` returns has another shape, or either of the two
            gives one number and then another for the same inputs.
    """
    return _Comparison(function, gradient, tolerance, skip_kinks, source).first_fault()


class _Comparison:
    def __init__(
        self,
        function: Plain,
        gradient: Callable[..., Any],
        tolerance: float,
        skip_kinks: bool,
        source: str,
    ) -> None:
        self._function = function
        self._gradient = gradient
        self._tolerance = tolerance
        self._skip_kinks = skip_kinks
        self._source = source
        hold_to_same(function.values, function.point, lambda: function.output_names, tolerance)
        self._count = len(function.output_names)  # of outputs
        self._width = len(function.names)
        self._given = self._derivatives(function.point)
        hold_to_same(self._derivatives, function.point, self._names, tolerance)
        self._rounding: list[float] = []

    def _names(self) -> list[str]:
        return [
            f"the derivative of {place} by {name}, by {self._source},"
            for place in self._function.output_names
            for name in self._function.names
        ]

    def _derivatives(self, point: Sequence[float]) -> list[float]:
        """What the gradient gives: for each output its derivative by each input, in a row."""
        result = self._function.call(self._gradient, point)
        inputs, outputs = self._function.structure, self._function.outputs
        zeros = [[0.0] * inputs.size] * outputs.size
        shapes = [flatten(outputs.outer(inputs, zeros))[1]]
        shapes += [inputs] * (outputs.size == 1) + [outputs] * (inputs.size == 1)
        problem = ""
        try:
            numbers, found = plain_numbers(result)
            for shape in shapes:
                try:
                    return shape.numbers_of(found.rebuild(numbers))
                except MismatchError as error:
                    problem = problem or str(error)
        except NotANumberError as error:
            problem = f"at {error.place}: {error.problem}" if error.place else error.problem
            raise TypeError(f"{self._source} is to be numbers; {problem}") from None
        form = "the inputs" if outputs.is_number else "the result, with that of the inputs in each"
        raise ValueError(f"{self._source} is to have the shape of {form}: {problem}")

    def first_fault(self) -> Fault | None:
        for j in self._suspects(range(self._width)):
            found = self._function.slopes(j)
            for i, difference in enumerate(found):
                fault = self._fault(i, j, difference)
                if fault:
                    return fault
        return None

    def _fault(self, i: int, j: int, difference: Slope) -> Fault | None:
        function = self._function
        what = f"derivative of {function.output_names[i]} by {function.names[j]}"
        if difference.problem:
            return None if self._skip_kinks else no_derivative(what, difference, function)
        unit = [float(k == j) for k in range(self._width)]
        if self._agrees(i, unit, difference):
            return None
        given = self._given[i * self._width + j]
        return Fault(
            f"The {what} is wrong: {given!r} by {self._source}, {difference} by "
            f"differences.{self._hint(given, difference, j, i)}{function.place(j)}"
        )

    def _hint(self, given: float, difference: Slope, j: int, i: int) -> str:
        def is_near(number: float) -> bool:
            return abs(given - number) <= 2.0 * difference.error + 1e-6 * abs(number)

        for factor, text in _FACTORS.items():
            if is_near(factor * difference.value):
                return f" {text}"
        if self._count == self._width and i != j:
            [across] = self._function.slopes(i)[j : j + 1]
            if is_near(across.value):
                return " It is that of the transposed matrix."
        return ""

    def _suspects(self, group: Sequence[int]) -> Iterator[int]:
        """The inputs to be moved one by one: of many, those by which something shows a fault."""
        if len(group) == 1 or self._width <= _ONE_BY_ONE:
            yield from group
            return
        for seed in range(_DIRECTIONS):
            moving = direction(self._function.point, seed)
            rates = [rate if j in group else 0.0 for j, rate in enumerate(moving)]
            found = self._function.slopes_along(rates)
            if not all(self._agrees(i, rates, each) for i, each in enumerate(found)):
                half = len(group) // 2
                yield from self._suspects(group[:half])
                yield from self._suspects(group[half:])
                return

    def _agrees(self, i: int, rates: Sequence[float], difference: Slope) -> bool:
        """True if the derivative of output i along a direction is as given, up to rounding."""
        start = i * self._width
        row = self._given[start : start + self._width]
        given = math.fsum(rate * x for rate, x in zip(rates, row, strict=True) if rate)
        off = abs(given - difference.value)
        bound = difference.error + 4.0 * math.ulp(given) + self._tolerance * abs(difference.value)
        if difference.problem or not math.isfinite(given):
            return False
        if off <= bound:
            return True
        if not self._rounding:
            self._rounding = rounding(self._derivatives, self._function.point)
        errors = self._rounding[start : start + self._width]
        error = sum(abs(rate) * x for rate, x in zip(rates, errors, strict=True))
        return off <= bound + min(error, _RESOLVED * max(abs(given), abs(difference.value)))


def no_derivative(what: str, difference: Slope, function: Plain) -> Fault:
    """A description of a derivative that does not exist."""
    return Fault(
        f"There is no {what} here: {reason(difference)}\n  Check at another point, or pass "
        f"skip_kinks=True to leave out what does not exist.{function.place()}",
        is_kink=True,
    )


# ── Numbers of any library ────────────────────────────────────────────────────


def plain_numbers(container: Any) -> tuple[list[float], Structure]:
    """The numbers of a container, as floats, and its shape, tensors being lists.

    Raises:
        NotANumberError: it holds something else.

    >>> plain_numbers({"w": [1, Value(2.0)]})[0]
    [1.0, 2.0]
    """
    parts, structure = flatten(container, whole=_has_numbers)
    if any(map(_has_numbers, parts)):
        parts, structure = flatten(structure.rebuild([*map(_plain, parts)]))
    return [part.data if isinstance(part, Value) else part for part in parts], structure


def _has_numbers(part: Any) -> bool:
    return _is_tensor(part) or hasattr(part, "tolist") or hasattr(part, "toarray")


def _is_tensor(part: Any) -> bool:
    """True of an array of another library than NumPy, such as a tensor of PyTorch."""
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(part, (numpy.ndarray, numpy.generic)):
        return False
    return hasattr(part, "new_tensor") or hasattr(part, "__array_namespace__")


def _plain(part: Any) -> Any:
    """The numbers of an array of any library, in lists."""
    if hasattr(part, "toarray"):  # a sparse matrix of SciPy
        part = part.toarray()
    return part.tolist() if hasattr(part, "tolist") else part


def _filled(part: Any, numbers: Iterator[Any]) -> Any:
    """The next of the numbers; in place of a tensor, one like it."""
    if not _is_tensor(part):
        return next(numbers)
    filled = _shaped([*part.shape], numbers)
    if hasattr(part, "new_tensor"):
        return part.new_tensor(filled)
    return part.__array_namespace__().asarray(filled, dtype=part.dtype)


def _shaped(shape: Sequence[int], numbers: Iterator[Any]) -> Any:
    """The next of the numbers, in lists of that shape."""
    if not shape:
        return next(numbers)
    return [_shaped(shape[1:], numbers) for _ in range(shape[0])]


# ── Chance ────────────────────────────────────────────────────────────────────


def hold_to_same(
    function: Callable[[Sequence[float]], Sequence[float]],
    point: Sequence[float],
    names: Callable[[], Sequence[str]],
    tolerance: float,
) -> list[float]:
    """The numbers that ``function`` gives, the same in each of several calls.

    Raises:
        ValueError: they are not; the message names one.
    """
    first = [*function(point)]
    for _ in range(_REPEATS):
        again = function(point)
        if len(again) != len(first):
            raise ValueError(f"{names()[0]} has another number of numbers in each call")
        for name, x, y in zip(names(), first, again, strict=True):
            same = x == y or (math.isnan(x) and math.isnan(y))
            if not same and not abs(x - y) <= tolerance * abs(x):
                raise ValueError(
                    f"{name} is {x!r} and then {y!r} for the same inputs: where a function draws "
                    "random numbers, it has to seed their generator itself, and where it keeps "
                    "something from call to call, it has to start afresh"
                )
    return first


def reason(difference: Slope) -> str:
    """The reason why there is no derivative."""
    return {
        "kink": f"the slope is {difference.left:.6g} to the left and {difference.right:.6g} to "
        "the right, a kink.",
        "edge": "the values on the two sides are not all finite.",
        "rough": "differences do not converge, as at a jump or in noise.",
    }[difference.problem]
