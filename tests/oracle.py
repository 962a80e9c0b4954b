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
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from mpmath import mp, mpf

from autograd.engine import table
from autograd.engine.operators import Numeric
from autograd.engine.primitive import Primitive, Reduction, Traced
from autograd.testing.formulas import (
    FORMULAS,
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
        integer: the operand that chooses among formulas, and is no variable.
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
    integer: int | None = None
    shift_invariant: bool = False

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

        The unit is one in the last place, plus what the number changes by when each operand
        moves by one in its last place: nothing better is to be had from operands that are
        themselves rounded, and so from a rule that is a formula in rounded terms.
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
                unit = mpf(math.ulp(float(exact)))
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


def power_mixed(x: Any, y: Any) -> Any:
    return power(x, y - 1) * (1 + y * mp.log(x))


def inner_terms(xs: list[Any]) -> Any:
    n = len(xs) // 2
    return mp.fsum([abs(x * y) for x, y in zip(xs[:n], xs[n:], strict=True)])


def component_slope(xs: list[Any], i: int) -> Any:
    length = norm(xs)
    return ((1 if i == 0 else 0) - xs[0] * xs[i] / length**2) / length


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


def fitting_scale(_: float, ordinary: float) -> float:
    return 0.5 if ordinary < 0.0 else 1.0


ANGLES = ((-40.0, 40.0), (-1e6, 1e6))
UNIT = ((-1.0, 1.0), (-1e-3, 1e-3))
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
    "component":    Row(lambda xs: unit(xs, 0), (component_slope,), supporting=True),
    "top_share":    Row(lambda xs: top(xs, 0), (lambda xs, i: mpf(0),), supporting=True),
    "bottom_share": Row(lambda xs: top([-x for x in xs], 0), (lambda xs, i: mpf(0),), supporting=True),

    # The rows that the rules are written with.
    "over_square":  Row(lambda x, y: x / y**2, (lambda x, y: 1 / y**2, lambda x, y: -2 * x / y**3),
                        related=same_size, supporting=True),
    "power_slope":  Row(power_slope, (lambda x, y: y * power_slope(x, y - 1), power_mixed),
                        related=fitting_exponent, digits=400, supporting=True),
    "power_rate":   Row(power_rate, (power_mixed, lambda x, y: power_rate(x, y) * mp.log(x)),
                        related=fitting_exponent, digits=400, supporting=True),
    "exp2_slope":   Row(lambda x: mp.log(2) * mpf(2) ** x, (lambda x: mp.log(2) ** 2 * mpf(2) ** x,),
                        intervals=((-1080.0, 1030.0),), supporting=True),
    "in_domain":    Row(lambda x: x if x >= 0 else mp.mpc(0, 1), (one,), supporting=True),
    "cos_arcsin":   Row(lambda x: mp.sqrt(1 - x**2), (lambda x: -x / mp.sqrt(1 - x**2),), intervals=UNIT,
                        supporting=True),
    "sinh_arccosh": Row(lambda x: mp.sqrt(x**2 - 1) if x >= 1 else mp.mpc(0, 1),
                        (lambda x: x / mp.sqrt(x**2 - 1),), intervals=((1.0, 40.0),), supporting=True),
    "inversion":    Row(lambda x, y: x / (x**2 + y**2),
                        (lambda x, y: (y**2 - x**2) / (x**2 + y**2) ** 2, lambda x, y: -2 * x * y / (x**2 + y**2) ** 2),
                        related=same_size, supporting=True),
    "difference_of_squares": Row(lambda x, y: x**2 - y**2, (lambda x, y: 2 * x, lambda x, y: -2 * y),
                        related=same_size, digits=400, supporting=True),
    "sinc_derivative": Row(lambda x, n: sinc(x) if n == 0 else sinc_slope(x),
                        (lambda x, n: sinc_slope(x) if n == 0 else mp.diff(sinc_slope, x), nothing),
                        scales=((-1, lambda x, n: 1 / x if abs(x) > 1 else 0),), because=CANCELS,
                        intervals=((-20.0, 20.0),), related=lambda x, ordinary: float(ordinary < 0.0),
                        integer=1, supporting=True),
    "bell":         Row(bell,
                        (lambda x: logistic(x) * (1 - logistic(x)) * (1 - 2 * logistic(x)),),
                        intervals=((-750.0, 750.0),), digits=450, supporting=True),
    "tanh_slope":   Row(lambda x: mp.sech(x)**2, (lambda x: -2 * mp.sech(x)**2 * mp.tanh(x),),
                        intervals=((-380.0, 380.0),), supporting=True),
    "gauss":        Row(lambda x, a: mp.exp(-a * x * x),
                        (lambda x, a: -2 * a * x * mp.exp(-a * x * x), lambda x, a: -x * x * mp.exp(-a * x * x)),
                        intervals=((-40.0, 40.0), (-2.0, 2.0)), related=fitting_scale, integer=1, supporting=True),
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
    "bounded":      Row(lambda x: max(mpf(-800), min(x, mpf(800))), (lambda x: mpf(abs(x) <= 800),),
                        intervals=((-1000.0, 1000.0),), supporting=True),
    "inside":       Row(lambda x, low, high: mpf(low <= x <= high), (nothing, nothing, nothing), supporting=True),
    "below":        Row(lambda x, y: mpf(x < y), (nothing, nothing), supporting=True),
    "flat":         Row(nothing, (nothing,), supporting=True),
}
# fmt: on
