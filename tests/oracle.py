"""The exact values and derivatives of every row of the table, to 60 digits and more.

`ROWS` has an entry for each primitive: its value and its derivatives as a textbook
writes them, in mpmath, mostly those of `autograd.testing.formulas`. A textbook formula
may cancel, overflow or vanish in floating point; with enough digits, and mpmath's
unlimited exponents, it does not. So the entries are not copies of the table, whose
formulas are chosen for 53 bits.

An entry also says how many units in the last place the table may be off, and why if that
is more than 4, and where to look for errors. `Tangent` differentiates the table's rules.
"""

# ruff: noqa: E501 - the rows are aligned by hand, as those of the table are

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

from mpmath import mp, mpf

from autograd.engine import table
from autograd.engine.operands import Traced
from autograd.engine.operators import Numeric
from autograd.engine.primitive import Primitive, Reduction
from autograd.testing.formulas import (
    FORMULAS,
    angle,
    bell,
    bell_curve,
    elu_slope,
    gelu_slope,
    leaky_slope,
    logistic,
    mish_slope,
    norm,
    nothing,
    one,
    power,
    power_rate,
    power_slope,
    probability,
    probability_of_others,
    share_slope,
    silu_slope,
    sinc,
    sinc_slope,
    top,
    unit,
)

BEYOND = mpf(2) ** 1024

PRIMITIVES: dict[str, Primitive] = {
    primitive.name: primitive
    for primitive in vars(table).values()
    if isinstance(primitive, Primitive)
}


class Tangent(Traced):
    """A number and how fast it changes, with one input of a computation: forward mode.

    It knows nothing of any operation but what the table says, and so differentiates the
    table's own rules. What does not change is a float, so that no derivative is ever
    multiplied by a 0 that means "does not change".
    """

    def __init__(self, number: Any, rate: Any) -> None:
        self.number = number
        self.rate = rate

    def apply(self, primitive: Primitive, operands: tuple[Any, ...]) -> Tangent:
        """The number and its rate of change, by the chain rule."""
        numbers = [number_of(operand) for operand in operands]
        out = evaluated(primitive, numbers)
        locals_ = primitive.local_derivatives(numbers, out)
        rates = [
            local * operand.rate
            for local, operand in zip(locals_, operands, strict=True)
            if isinstance(operand, Tangent)
        ]
        return Tangent(out, sum(rates, 0.0))

    def __add__(self, other: Any) -> Any:
        return table.add(self, other)

    def __radd__(self, other: Any) -> Any:
        return table.add(other, self)

    def __sub__(self, other: Any) -> Any:
        return table.subtract(self, other)

    def __rsub__(self, other: Any) -> Any:
        return table.subtract(other, self)

    def __mul__(self, other: Any) -> Any:
        return table.multiply(self, other)

    def __rmul__(self, other: Any) -> Any:
        return table.multiply(other, self)

    def __neg__(self) -> Any:
        return table.negative(self)


def evaluated(primitive: Primitive, numbers: Sequence[Any]) -> Any:
    """The value of an operation on floats or traced numbers."""
    for number in numbers:
        if isinstance(number, Traced):
            return number.apply(primitive, tuple(numbers))
    return primitive.evaluate(numbers)


def number_of(operand: Any) -> Any:
    return operand.number if isinstance(operand, Tangent) else operand


def rate_of(operand: Any) -> Any:
    return operand.rate if isinstance(operand, Tangent) else 0.0


def second_derivative(primitive: Primitive, operands: Sequence[Any], i: int, j: int) -> Any:
    """The derivative with respect to operand j of the derivative with respect to operand i."""
    traced: list[Any] = list(operands)
    traced[j] = Tangent(operands[j], 1.0)
    out = traced[j].apply(primitive, tuple(traced))
    return rate_of(primitive.local_derivatives(traced, out)[i])


# ── Errors ────────────────────────────────────────────────────────────────────


class UndefinedError(Exception):
    """The textbook formula gives no number here; the table of special points does."""


def is_real(number: Any) -> bool:
    return not (isinstance(number, mp.mpc) and number.imag != 0)


def real(number: Any) -> Any:
    return number.real if isinstance(number, mp.mpc) else number


@dataclass(frozen=True)
class Row:
    """The exact value and derivatives of a primitive, and the error that it may have.

    Attributes:
        value: a function of the operands; for a reduction, of the list of them.
        derivatives: one for each operand; for a reduction, one function of the list and
            the position.
        bounds: the greatest errors allowed: of the value, then of each derivative.
        because: why a bound is more than 4.
        formula: the operation in terms of others, if it is computed by that formula and
            nobody has done better yet: it may then be off by what comes of a rounding of
            each step to its own bound, and its derivatives by what comes of that in theirs.
        scales: for the value (at -1) and the derivatives, the size of the largest term
            where terms of opposite sign meet, and the unit of the error is that of the
            terms: near a zero of the sum no better is to be had from rounded terms.
        intervals: where each operand is of interest, besides the whole line.
        related: makes the second operand from the first and an ordinary number, so that
            the two together are of interest.
        digits: of the arithmetic; more where the textbook formula cancels.
        supporting: a primitive that only the rules of others are written with. Its own
            derivatives are second derivatives, and tested as such.
        shift_invariant: only the differences of the operands matter, so that an operand near
            0 is not known any better than one near 1.
        choices: what each of the last operands may be, if these choose among formulas and are
            no variables, such as the order of a derivative; for a reduction, of the second half.
    """

    value: Callable[..., Any]
    derivatives: tuple[Callable[..., Any], ...] = ()
    bounds: tuple[float, ...] = ()
    because: str = ""
    formula: Callable[..., Any] | None = None
    scales: tuple[tuple[int, Callable[..., Any]], ...] = ()
    intervals: tuple[tuple[float, float], ...] = ((-40.0, 40.0),)
    related: Callable[[float, float], float] | None = None
    digits: int = 60
    supporting: bool = False
    choices: tuple[Sequence[float], ...] = ()
    shift_invariant: bool = False

    def variables(self, primitive: Primitive, count: int) -> int:
        """The number of operands, of that ``count`` in all, that are variables."""
        if isinstance(primitive, Reduction) and self.choices:
            return count // 2
        return count - len(self.choices)

    def bound(self, position: int) -> float:
        """The bound of the value, at -1, or of a derivative."""
        return self.bounds[position + 1] if position + 1 < len(self.bounds) else 4.0

    def rounding(self, primitive: Primitive, operands: Sequence[float], *places: int) -> Any:
        """The error that ``formula`` allows the value, a derivative or a second one; 0 without it."""
        if self.formula is None:
            return 0
        numbers = [Rounded(mpf(operand), 0) for operand in operands]
        try:
            found = evaluated(primitive, numbers)
            if len(places) == 1:
                found = primitive.local_derivatives(numbers, found)[places[0]]
            elif places:
                found = second_derivative(primitive, numbers, *places)
        except UndefinedError:  # some step has no value; nothing is to be said
            return mp.inf
        return found.error if isinstance(found, Rounded) else 0

    def exact(self, primitive: Primitive, operands: Sequence[float], position: int) -> Any:
        """The value, at position -1, or a derivative; None where the value is no real number.

        Raises:
            UndefinedError: the formula divides by zero or the like.
        """
        with mp.workdps(self.digits):
            numbers = [mpf(operand) for operand in operands]
            try:
                value = self.call(primitive, self.value, numbers)
                if not is_real(value):
                    return None
                if position == -1:
                    return real(value)
                out = (
                    self.derivatives[0](numbers, position)
                    if isinstance(primitive, Reduction)
                    else self.derivatives[position](*numbers)
                )
                return real(out) if is_real(out) else None
            except (ZeroDivisionError, ValueError) as error:
                raise UndefinedError from error

    def scale(self, primitive: Primitive, operands: Sequence[float], position: int) -> Any:
        """The size of the terms whose unit the error is measured in; 0 for the number's own unit."""
        for place, function in self.scales:
            if place == position or (isinstance(primitive, Reduction) and place == 0 <= position):
                with mp.workdps(self.digits):
                    return abs(self.call(primitive, function, [mpf(x) for x in operands]))
        return 0

    def exact_conditioned(
        self, primitive: Primitive, operands: Sequence[float], i: int, j: int | None = None
    ) -> tuple[Any, Any]:
        """Derivative i, or its own derivative with respect to operand j, and a fair unit of error.

        The unit is one in the last place (of the terms, where derivative i has a scale), plus what
        the number changes by when each operand moves by one in its last place: nothing better is
        to be had from operands that are themselves rounded, and so from a rule that is a formula in
        rounded terms.
        """

        def slope(numbers: list[Any]) -> Any:
            if isinstance(primitive, Reduction):
                return self.derivatives[0](numbers, i)
            return self.derivatives[i](*numbers)

        def number(numbers: list[Any]) -> Any:
            if j is None:
                return slope(numbers)
            before, after = numbers[:j], numbers[j + 1 :]
            return mp.diff(lambda moving: slope([*before, moving, *after]), numbers[j])

        with mp.workdps(250):
            operands = [mpf(operand) for operand in operands]
            try:
                first = slope(operands)
                size = abs(first)
                exact = number(operands)
                if not (is_real(first) and is_real(exact)) or not (
                    size == 0 or 1e-290 < size < 1e290
                ):
                    raise UndefinedError
                exact = real(exact)
                scale = self.scale(primitive, operands, i) if j is None else 0
                unit = mpf(math.ulp(max(abs(float(exact)), float(scale))))
                for k, operand in enumerate(operands):
                    size = max(1, abs(operand)) if self.shift_invariant else operand
                    moved = [*operands[:k], operand + size * mpf(2) ** -40, *operands[k + 1 :]]
                    unit += abs(real(number(moved)) - exact) * mpf(2) ** (40 - 52)
            except (ZeroDivisionError, ValueError, OverflowError) as error:
                raise UndefinedError from error
        return exact, unit

    @staticmethod
    def call(primitive: Primitive, function: Callable[..., Any], numbers: list[Any]) -> Any:
        """A function of the operands; of the list of them, for a reduction."""
        return function(numbers) if isinstance(primitive, Reduction) else function(*numbers)


class Rounded(Numeric):
    """An exact number, and how far floats may be from it that came by the same operations."""

    def __init__(self, number: Any, error: Any) -> None:
        self.number = number
        self.error = error

    def apply(self, primitive: Primitive, operands: tuple[Any, ...]) -> Any:
        """The number and its error: the bound of the row, and what comes of the operands' errors."""
        for operand in operands:
            if isinstance(operand, Tangent):
                return operand.apply(primitive, operands)
        row = ROWS[primitive.name]
        if row.formula is not None:
            return row.call(primitive, row.formula, list(operands))
        numbers = [x.number if isinstance(x, Rounded) else mpf(x) for x in operands]
        number = row.exact(primitive, numbers, -1)
        if number is None:
            raise UndefinedError
        size = max(abs(number), row.scale(primitive, numbers, -1))
        error = row.bound(-1) * mpf(math.ulp(float(size))) if size < BEYOND else mp.inf
        for i, operand in enumerate(operands):
            if isinstance(operand, Rounded) and operand.error:
                error += abs(row.exact(primitive, numbers, i)) * operand.error
        return Rounded(number, error)


# ── Textbook formulas ─────────────────────────────────────────────────────────

# Those of the operations that users call are in `autograd.testing.formulas`. What is left is
# what the rules are written with, and terms.


def formula(name: str) -> tuple[Callable[..., Any], tuple[Callable[..., Any], ...]]:
    """The value and the derivatives of an operation, from `autograd.testing.formulas`."""
    found = FORMULAS[PRIMITIVES[name]]
    return found.value, found.derivatives


def silu_term(x: Any) -> Any:
    """The positive one of the two terms of silu'(x) = e (1 + x + e) / (1 + e)**2, e = exp(x) < 1."""
    return logistic(x) ** 2 if x < 0 else 0


def mish_term(x: Any) -> Any:
    """The same, of e (4 (1 + x) (1 + e) + e (2 + 4 e + e**2)) / (2 + 2 e + e**2)**2."""
    e = mp.exp(x)
    return e * e * (2 + 4 * e + e * e) / (2 + 2 * e + e * e) ** 2 if x < 0 else 0


def inner_terms(xs: list[Any]) -> Any:
    n = len(xs) // 2
    return mp.fsum([abs(x * y) for x, y in zip(xs[:n], xs[n:], strict=True)])


def set_partitions(things: Sequence[int]) -> Iterator[list[list[int]]]:
    """Every way to divide things into sets."""
    if not things:
        yield []
        return
    first, *others = things
    for sets in set_partitions(others):
        yield [[first], *sets]
        for i in range(len(sets)):
            yield [*sets[:i], [first, *sets[i]], *sets[i + 1 :]]


def composed(
    outer: Callable[[int], Any], inner: Callable[[list[int]], Any], places: list[int]
) -> Any:
    """The derivative of f(g(x, y, ...)) by the operands at these places, by Faa di Bruno's formula.

    Args:
        outer: the derivative of f of an order.
        inner: the derivative of g by operands.
        places: the operands.
    """
    return mp.fsum(
        [outer(len(sets)) * mp.fprod(map(inner, sets)) for sets in set_partitions(places)]
    )


def places_of(orders: Sequence[Any]) -> list[int]:
    return [i for i, order in enumerate(orders) for _ in range(int(order))]


def norm_derivative(xs: list[Any], places: list[int]) -> Any:
    with mp.extradps(350):  # of a single number all but the first derivative is 0
        square = mp.fsum([x * x for x in xs])
        if square == 0:
            raise ZeroDivisionError
        return composed(
            lambda n: mp.ff(mpf(0.5), n) * square ** (mpf(0.5) - n),
            lambda by: 2 * xs[by[0]] if len(by) == 1 else 2 * (len(by) == 2 and by[0] == by[1]),
            places,
        )


def logsumexp_derivative(xs: list[Any], places: list[int]) -> Any:
    """By the operands at these places, of which there is one at least."""
    shares = [probability(xs, i) for i in range(len(xs))]
    return composed(
        lambda n: (-1) ** (n - 1) * mp.factorial(n - 1),
        lambda by: shares[by[0]] if len(set(by)) == 1 else 0,
        places,
    )


def family(
    derivative: Callable[[list[Any], list[int]], Any], value: Callable[[list[Any]], Any]
) -> tuple[Callable[..., Any], tuple[Callable[..., Any], ...]]:
    """The value and the derivatives of a row that takes numbers and the order for each."""

    def member(operands: list[Any], *more: int) -> Any:
        half = len(operands) // 2
        places = [*places_of(operands[half:]), *more]
        return derivative(operands[:half], places) if places else value(operands[:half])

    return member, (member,)


def from_rounded_weights(operands: list[Any]) -> Any:
    """The size of what a derivative of logsumexp changes by, when a weight exp(x - max) is rounded."""
    half = len(operands) // 2
    xs, places = operands[:half], places_of(operands[half:])
    return mp.fsum(
        [
            abs(logsumexp_derivative(xs, [*places, i])) * min(1, max(xs) - x)
            for i, x in enumerate(xs)
            if places
        ]
    ) + (0 if places else max(map(abs, xs)))


def quotient_derivative(x: Any, y: Any, n: Any) -> Any:
    return (-1) ** int(n) * mp.factorial(int(n)) * x / y ** (int(n) + 1)


def cbrt_derivative(x: Any, n: Any) -> Any:
    return mp.ff(mpf(1) / 3, int(n)) * mp.sign(x) * mp.cbrt(abs(x)) / x ** int(n)


def power_terms(x: Any, y: Any, m: Any, n: Any) -> list[Any]:
    """The terms of the derivative of x**y, m times by x and n times by y."""
    m, n = int(m), int(n)
    if x == 0 and n > 0:
        raise ZeroDivisionError  # a limit, which is among the special points
    coefficients = [
        mp.stirling1(m, i, exact=True) for i in range(m, -1, -1)
    ]  # of y (y-1) ... (y-m+1)
    terms = []
    for j in range(n + 1):
        factor = mp.binomial(n, j) * reduce(lambda total, c: total * y + c, coefficients)
        if factor:
            terms.append(factor * power(x, y - m) * (mp.log(x) ** (n - j) if j < n else 1))
        degree = len(coefficients) - 1
        coefficients = [c * (degree - i) for i, c in enumerate(coefficients[:-1])] or [0]
    return terms


def power_derivative(x: Any, y: Any, m: Any, n: Any) -> Any:
    return mp.mpc(0, 1) if x < 0 and n else mp.fsum(power_terms(x, y, m, n))


def power_scale(x: Any, y: Any, m: Any, n: Any) -> Any:
    return mp.fsum(map(abs, power_terms(x, y, m, n))) if n and x > 0 else 0


def arctan2_derivative(y: Any, x: Any, m: Any, n: Any) -> Any:
    """That of the imaginary part of log(x + iy); the terms of the power of x - iy, one by one."""
    m, n = int(m), int(m) + int(n)
    if n == 0:
        return angle(y, x)
    part = mp.fsum(
        [
            mp.binomial(n, k) * x ** (n - k) * (-y) ** k * (0, 1, 0, -1)[(k + m) % 4]
            for k in range(n + 1)
        ]
    )
    return (-1) ** (n - 1) * mp.factorial(n - 1) * part / (x * x + y * y) ** n


def gauss_derivative(x: Any, a: Any, n: Any, sign: int = -1) -> Any:
    """By x; with sign 1, all terms of Hermite's polynomial are added up by their size."""
    x, before, polynomial = (x if sign < 0 else abs(x)), mpf(0), mpf(1)
    for k in range(int(n)):
        before, polynomial = polynomial, sign * 2 * a * (x * polynomial + k * before)
    return polynomial * mp.exp(-a * x * x)


def logistic_derivative(x: Any, n: int) -> Any:
    return logsumexp_derivative([x, mpf(0)], [0] * (n + 1))


def silu_derivative(x: Any, n: Any) -> Any:
    return x * logistic_derivative(x, int(n)) + int(n) * logistic_derivative(x, int(n) - 1)


def bell_scale(x: Any, n: Any) -> Any:
    return mp.factorial(int(n)) * (1 + abs(x)) * bell(x)


def mish_derivative(x: Any, n: Any) -> Any:
    return mp.diff(mish_slope, x, int(n) - 1)


# ── What a row that is missed or misses is told ───────────────────────────────


def without_an_entry(name: str) -> str:
    """Advice on a row of the table that is not in `ROWS`."""
    return (
        f"{name} of autograd/engine/table.py has no entry in ROWS of tests/oracle.py: add\n"
        f'    "{name}": Row(value, (derivative by each operand, ...)),\n'
        "in mpmath, as a textbook has it; if the package is to offer it, put its name into __all__ "
        'of the table too. CONTRIBUTING.md, "A new operation", shows one step by step.'
    )


def without_a_sentence(name: str) -> str:
    """Advice on a row of the table that does not say what it computes."""
    return (
        f"{name} does not say what it computes: add\n"
        f'    {name}: "...",\n'
        'to the last part of autograd/engine/table.py, "In a line each"'
    )


def too_far_off(name: str, operands: Sequence[float], what: str, error: float, bound: float) -> str:
    """Advice on a row that misses its bound."""
    return (
        f"{what} of {name} at {', '.join(map(repr, operands))} is {error:.3g} units off, and may be "
        f"{bound:.3g}. Is the table right there? Then compute it so that nothing cancels, overflows "
        "or vanishes (autograd/engine/floats.py), or say in its row of tests/oracle.py: formula= if "
        "the bound is that of its formula, scales= if terms cancel near a zero, bounds= and because= "
        "if this is the best there is; digits= if it is the oracle that has too few."
    )


# ── Where to look ─────────────────────────────────────────────────────────────


def same_size(x: float, ordinary: float) -> float:
    return x * ordinary


def nearby(x: float, ordinary: float) -> float:
    return x + ordinary


def fitting_exponent(x: float, ordinary: float) -> float:
    """An exponent that keeps x**y, or nearly, within the range of floats."""
    logarithm = math.log(abs(x)) if x else 1.0
    return 18.6 * ordinary / logarithm if logarithm else ordinary


ANGLES = ((-40.0, 40.0), (-1e6, 1e6))
UNIT = ((-1.0, 1.0), (-1e-3, 1e-3))
ORDERS = (0.0, 1.0, 2.0, 3.0)
CANCELS = "the terms cancel; the unit is that of the terms"
LIBM = "glibc's erfc is said to be off by 5 at worst, though less was found here"
ROUNDED_POLYNOMIALS = (
    "two polynomials of a rounded exponential, one cubic and one squared; and " + CANCELS
)

# fmt: off
ROWS: dict[str, Row] = {
    # Arithmetic.
    "add":          Row(*formula("add"), digits=1300),
    "subtract":     Row(*formula("subtract"), digits=1300),
    "multiply":     Row(*formula("multiply")),
    "divide":       Row(*formula("divide"), related=same_size),
    "power":        Row(*formula("power"), related=fitting_exponent, digits=400),
    "remainder":    Row(*formula("remainder"), related=same_size, digits=1300),
    "floor_divide": Row(*formula("floor_divide"), related=same_size, digits=1300),
    "fmod":         Row(*formula("fmod"), related=same_size, digits=1300),
    "negative":     Row(*formula("negative")),
    "reciprocal":   Row(*formula("reciprocal")),
    "square":       Row(*formula("square")),
    "sqrt":         Row(*formula("sqrt")),
    "cbrt":         Row(*formula("cbrt")),
    "hypot":        Row(*formula("hypot"), related=same_size),

    # Choosing and rounding.
    "absolute":     Row(*formula("absolute")),
    "sign":         Row(*formula("sign")),
    "floor":        Row(*formula("floor"), digits=400),
    "ceil":         Row(*formula("ceil"), digits=400),
    "trunc":        Row(*formula("trunc"), digits=400),
    "round":        Row(*formula("round"), digits=400),
    "maximum":      Row(*formula("maximum"), related=same_size),
    "minimum":      Row(*formula("minimum"), related=same_size),
    "clamp":        Row(*formula("clamp")),
    "where":        Row(lambda x: x, (one,)),

    # Exponentials and logarithms.
    "exp":          Row(*formula("exp"), intervals=((-750.0, 720.0),)),
    "exp2":         Row(*formula("exp2"), intervals=((-1080.0, 1030.0), (1023.0, 1025.0))),
    "expm1":        Row(*formula("expm1"), intervals=((-750.0, 720.0), (-1.0, 1.0))),
    "log":          Row(*formula("log"), intervals=((0.0, 2.0),)),
    "log2":         Row(*formula("log2"), intervals=((0.0, 2.0),)),
    "log10":        Row(*formula("log10"), intervals=((0.0, 2.0),)),
    "log1p":        Row(*formula("log1p"), intervals=((-1.0, 2.0),), digits=400),
    "xlogy":        Row(*formula("xlogy"), intervals=((0.0, 2.0),), related=same_size),
    "logaddexp":    Row(*formula("logaddexp"), scales=((-1, max),), because=CANCELS, shift_invariant=True, intervals=((-800.0, 800.0),), related=nearby, digits=750),

    # Trigonometry.
    "sin":          Row(*formula("sin"), intervals=ANGLES),
    "cos":          Row(*formula("cos"), intervals=ANGLES),
    "tan":          Row(*formula("tan"), intervals=ANGLES),
    "arcsin":       Row(*formula("arcsin"), intervals=UNIT),
    "arccos":       Row(*formula("arccos"), intervals=UNIT),
    "arctan":       Row(*formula("arctan")),
    "arctan2":      Row(*formula("arctan2"), related=same_size),
    "deg2rad":      Row(*formula("deg2rad")),
    "rad2deg":      Row(*formula("rad2deg")),
    "sinc":         Row(*formula("sinc"), scales=((0, lambda x: 1 / x if abs(x) > 1 else 0),), because=CANCELS, intervals=((-1.0, 1.0), (-20.0, 20.0), (-1e6, 1e6))),

    # Hyperbolic functions.
    "sinh":         Row(*formula("sinh"), intervals=((-720.0, 720.0), (-2.0, 2.0))),
    "cosh":         Row(*formula("cosh"), intervals=((-720.0, 720.0), (-2.0, 2.0))),
    "tanh":         Row(*formula("tanh"), intervals=((-380.0, 380.0), (-2.0, 2.0)), digits=450),
    "arcsinh":      Row(*formula("arcsinh")),
    "arccosh":      Row(*formula("arccosh"), intervals=((1.0, 2.0), (1.0, 40.0))),
    "arctanh":      Row(*formula("arctanh"), intervals=UNIT),

    # The error function.
    "erf":          Row(*formula("erf"), intervals=((-28.0, 28.0), (-2.0, 2.0))),
    "erfc":         Row(*formula("erfc"), bounds=(6.0,), because=LIBM, intervals=((-6.0, 28.0), (-2.0, 2.0))),

    # Activations.
    "sigmoid":      Row(*formula("sigmoid"), intervals=((-750.0, 750.0),), digits=450),
    "log_sigmoid":  Row(*formula("log_sigmoid"), intervals=((-750.0, 750.0),), digits=450),
    "softplus":     Row(*formula("softplus"), intervals=((-750.0, 750.0),), digits=450),
    "relu":         Row(*formula("relu")),
    "leaky_relu":   Row(*formula("leaky_relu")),
    "elu":          Row(*formula("elu"), intervals=((-750.0, 1.0),)),
    "gelu":         Row(*formula("gelu"), bounds=(7.0, 6.0), scales=((0, lambda x: x * bell_curve(x)),), because=f"{LIBM}; {CANCELS}", intervals=((-39.0, 10.0), (-2.0, 2.0))),
    "silu":         Row(*formula("silu"), scales=((0, silu_term),), because=CANCELS, intervals=((-755.0, 755.0), (-3.0, 3.0)), digits=450),
    "mish":         Row(*formula("mish"), bounds=(4.0, 7.0), scales=((0, mish_term),), because=ROUNDED_POLYNOMIALS, intervals=((-755.0, 755.0), (-3.0, 3.0)), digits=450),
    "softsign":     Row(*formula("softsign"), digits=400),
    "hard_tanh":    Row(*formula("hard_tanh"), intervals=((-2.0, 2.0),)),

    # Over a sequence. The derivative is a function of the list and the position.
    "sum":          Row(*formula("sum"), digits=1300),
    "mean":         Row(*formula("mean"), digits=1300),
    # A product is rounded once for each factor: half a unit for each of up to five.
    "prod":         Row(*formula("prod")),
    "dot":          Row(*formula("dot"), scales=((-1, inner_terms),), because=CANCELS, digits=1300),
    "norm":         Row(*formula("norm")),
    "max":          Row(*formula("max")),
    "min":          Row(*formula("min")),
    "logsumexp":    Row(*formula("logsumexp"), scales=((-1, max),), because=CANCELS, shift_invariant=True, intervals=((-800.0, 800.0),), digits=750),
    "share":        Row(*formula("share"), bounds=(4.0, 6.0), because="a product of two shares, each off by 2", shift_invariant=True, intervals=((-800.0, 800.0),), digits=750),
    "log_share":    Row(*formula("log_share"), shift_invariant=True, intervals=((-800.0, 800.0),), digits=750),
    "other_shares": Row(probability_of_others, (lambda xs, i: -share_slope(xs, i),),
                        shift_invariant=True, intervals=((-800.0, 800.0),), digits=750, supporting=True),
    "component":    Row(lambda xs: unit(xs, 0), (lambda xs, i: norm_derivative(xs, [0, i]),), supporting=True),
    "top_share":    Row(lambda xs: top(xs, 0), (lambda xs, i: mpf(0),), supporting=True),
    "bottom_share": Row(lambda xs: top([-x for x in xs], 0), (lambda xs, i: mpf(0),), supporting=True),

    # The rows that the rules are written with.
    "over_square":  Row(lambda x, y: x / y**2, (lambda x, y: 1 / y**2, lambda x, y: -2 * x / y**3),
                        related=same_size, supporting=True),
    "power_slope":  Row(power_slope, (lambda x, y: power_derivative(x, y, 2, 0), lambda x, y: power_derivative(x, y, 1, 1)),
                        related=fitting_exponent, digits=400, supporting=True),
    "power_rate":   Row(power_rate, (lambda x, y: power_derivative(x, y, 1, 1), lambda x, y: power_derivative(x, y, 0, 2)),
                        related=fitting_exponent, digits=400, supporting=True),
    "in_domain":    Row(lambda x: x if x >= 0 else mp.mpc(0, 1), (one,), supporting=True),
    "cos_arcsin":   Row(lambda x: mp.sqrt(1 - x**2), (lambda x: -x / mp.sqrt(1 - x**2),), intervals=UNIT,
                        supporting=True),
    "whole_quotient": Row(*formula("floor_divide"), related=same_size, digits=1300, supporting=True),
    "cut_quotient": Row(*formula("cut_quotient"), related=same_size, digits=1300, supporting=True),
    "round_to":     Row(*formula("round_to"), choices=((-2.0, 0.0, 1.0, 2.0, 15.0),), digits=800, supporting=True),
    "inversion":    Row(lambda x, y: x / (x**2 + y**2),
                        (lambda x, y: (y**2 - x**2) / (x**2 + y**2) ** 2, lambda x, y: -2 * x * y / (x**2 + y**2) ** 2),
                        related=same_size, supporting=True),
    "bell":         Row(bell,
                        (lambda x: logistic(x) * (1 - logistic(x)) * (1 - 2 * logistic(x)),),
                        intervals=((-750.0, 750.0),), digits=450, supporting=True),
    "tanh_slope":   Row(lambda x: mp.sech(x)**2, (lambda x: -2 * mp.sech(x)**2 * mp.tanh(x),),
                        intervals=((-380.0, 380.0),), supporting=True),
    "gauss":        Row(lambda x, a: mp.exp(-a * x * x),
                        (lambda x, a: -2 * a * x * mp.exp(-a * x * x), nothing),
                        intervals=((-40.0, 40.0), (-2.0, 2.0)), choices=((0.5, 1.0),), supporting=True),
    "gelu_slope":   Row(gelu_slope, (lambda x: bell_curve(x) * (2 - x * x),),
                        bounds=(6.0,), scales=((-1, lambda x: x * bell_curve(x)),),
                        because=f"{LIBM}; {CANCELS}",
                        intervals=((-39.0, 10.0), (-2.0, 2.0)), supporting=True),
    "silu_slope":   Row(silu_slope, (lambda x: mp.diff(silu_slope, x),),
                        scales=((-1, silu_term),), because=CANCELS,
                        intervals=((-755.0, 755.0), (-3.0, 3.0)), digits=450, supporting=True),
    "mish_slope":   Row(mish_slope, (lambda x: mp.diff(mish_slope, x),),
                        bounds=(7.0,), scales=((-1, mish_term),), because=ROUNDED_POLYNOMIALS,
                        intervals=((-755.0, 755.0), (-3.0, 3.0)), digits=450, supporting=True),
    "elu_slope":    Row(elu_slope,
                        (lambda x, a: a * mp.exp(x) if x < 0 else mpf(0),
                         lambda x, a: mp.exp(x) if x < 0 else mpf(0)), intervals=((-750.0, 1.0),), supporting=True),
    "two_slopes":   Row(leaky_slope,
                        (nothing, lambda x, a: mpf(x < 0)), supporting=True),
    "damped":       Row(lambda x, weight: x * weight, (lambda x, weight: weight, lambda x, weight: x), supporting=True),
    "inside":       Row(lambda x, low, high: mpf(low <= x <= high), (nothing, nothing, nothing), supporting=True),
    "below":        Row(lambda x, y: mpf(x < y), (nothing, nothing), supporting=True),
    "flat":         Row(nothing, (nothing,), supporting=True),

    # Derivatives of any order.
    "cbrt_derivative": Row(cbrt_derivative, (lambda x, n: cbrt_derivative(x, n + 1), nothing),
                        choices=(ORDERS[1:],), supporting=True),
    "exp2_derivative": Row(lambda x, n: mp.log(2) ** int(n) * mpf(2) ** x,
                        (lambda x, n: mp.log(2) ** (int(n) + 1) * mpf(2) ** x, nothing),
                        intervals=((-1080.0, 1030.0), (1023.0, 1025.0)), choices=(ORDERS,), supporting=True),
    "sinc_derivative": Row(lambda x, n: sinc(x) if n == 0 else sinc_slope(x),
                        (lambda x, n: sinc_slope(x) if n == 0 else mp.diff(sinc_slope, x), nothing),
                        scales=((-1, lambda x, n: 1 / x if abs(x) > 1 else 0),), because=CANCELS,
                        intervals=((-20.0, 20.0),), choices=((0.0, 1.0),), supporting=True),
    "silu_derivative": Row(silu_derivative, (lambda x, n: silu_derivative(x, int(n) + 1), nothing),
                        scales=((-1, bell_scale),), because=CANCELS, intervals=((-755.0, 755.0), (-3.0, 3.0)),
                        choices=((2.0, 3.0, 4.0),), digits=450, supporting=True),
    "mish_derivative": Row(mish_derivative, (lambda x, n: mish_derivative(x, int(n) + 1), nothing),
                        scales=((-1, bell_scale), (0, lambda x, n: bell_scale(x, n + 1))), because=CANCELS, intervals=((-755.0, 755.0), (-3.0, 3.0)),
                        choices=((2.0, 3.0),), digits=450, supporting=True),
    "gauss_derivative": Row(gauss_derivative,
                        (lambda x, a, n: gauss_derivative(x, a, int(n) + 1), nothing, nothing),
                        scales=((-1, lambda x, a, n: gauss_derivative(x, a, n, 1)),), because=CANCELS,
                        intervals=((-40.0, 40.0), (-2.0, 2.0)), choices=((0.5, 1.0), (*ORDERS, 4.0)), supporting=True),
    "quotient_derivative": Row(quotient_derivative,
                        (lambda x, y, n: quotient_derivative(1, y, n), lambda x, y, n: quotient_derivative(x, y, n + 1), nothing),
                        related=same_size, choices=(ORDERS,), supporting=True),
    "power_derivative": Row(power_derivative,
                        (lambda x, y, m, n: power_derivative(x, y, m + 1, n), lambda x, y, m, n: power_derivative(x, y, m, n + 1), nothing, nothing),
                        bounds=(8.0,), scales=((-1, power_scale),), because=f"a rounding for each order; {CANCELS}", related=fitting_exponent,
                        choices=(ORDERS, ORDERS), digits=400, supporting=True),
    "arctan2_derivative": Row(arctan2_derivative,
                        (lambda y, x, m, n: arctan2_derivative(y, x, m + 1, n), lambda y, x, m, n: arctan2_derivative(y, x, m, n + 1), nothing, nothing),
                        related=same_size, choices=(ORDERS, ORDERS), digits=150, supporting=True),
    "norm_derivative": Row(*family(norm_derivative, norm), choices=(ORDERS[:3],), digits=1400, supporting=True),
    "logsumexp_derivative": Row(*family(logsumexp_derivative, FORMULAS[PRIMITIVES["logsumexp"]].value),
                        scales=((-1, from_rounded_weights),), because=CANCELS, shift_invariant=True,
                        intervals=((-800.0, 800.0), (-1e-8, 1e-8)), choices=(ORDERS[:3],), digits=750, supporting=True),
}
# fmt: on
