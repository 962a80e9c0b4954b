"""Functions of floats, as the table needs them: IEEE arithmetic, and right to the last digits.

Where `math` raises, these answer inf or nan, as NumPy does. Where a formula that is
right on paper overflows, vanishes or cancels in floating point, they take another way,
and say which. They are opaque: they branch as they please, and nothing differentiates
them. Their derivatives are in `table.py`.
"""

from __future__ import annotations

import math
import sys
from typing import Final

INFINITY: Final[float] = math.inf
NAN: Final[float] = math.nan
EPSILON: Final[float] = sys.float_info.epsilon
TINY: Final[float] = (
    sys.float_info.min
)  # below it lie the subnormal numbers, which have fewer digits
HUGE: Final[float] = sys.float_info.max

LN2: Final[float] = 0.6931471805599453
ONE_OVER_LN2: Final[float] = 1.4426950408889634
ONE_OVER_LN10: Final[float] = 0.4342944819032518
SQRT_HALF: Final[float] = 0.7071067811865476
SQRT_HALF_REST: Final[float] = -4.833646656726457e-17  # sqrt(1/2) is SQRT_HALF + SQRT_HALF_REST
ONE_OVER_SQRT_TAU: Final[float] = 0.3989422804014327  # 1 / sqrt(2 pi)
TWO_OVER_SQRT_PI: Final[float] = 1.1283791670955126

_SPLITTER: Final[float] = 134217729.0  # 2**27 + 1 splits the 53 bits of a float into two halves
_LEAST_UNITS: Final = 2**1074  # how often the least of all floats goes into 1


# ── Arithmetic that loses nothing ─────────────────────────────────────────────

# A rounding error is harmless until something magnifies it: exp(d) magnifies that of d
# by d itself, up to 745 times. So it is computed, and put back afterwards.


def sum_error(x: float, y: float, total: float) -> float:
    """The rounding error x + y - total, exactly, where total = x + y (Knuth, TAOCP 4.2.2)."""
    virtual = total - x
    return (x - (total - virtual)) + (y - virtual)


def product_error(x: float, y: float, product: float) -> float:
    """The rounding error x * y - product, exactly, for ordinary magnitudes (Dekker 1971)."""
    split = _SPLITTER * x
    x_high = split - (split - x)
    x_low = x - x_high
    split = _SPLITTER * y
    y_high = split - (split - y)
    y_low = y - y_high
    return ((x_high * y_high - product) + x_high * y_low + x_low * y_high) + x_low * y_low


def times_exp(factor: float, x: float) -> float:
    """factor * exp(x), also where exp(x) alone is too small to keep its digits."""
    if x > -700.0:
        return factor * exp(x)
    half = exp(0.5 * x)
    return factor * half * half


def times_gauss(factor: float, x: float, scale: float) -> float:
    """factor * exp(-scale * x * x), for a scale that is a power of 2; 0 where that vanishes."""
    square = x * x
    if scale * square > 800.0:
        return NAN if factor != factor else 0.0
    lost = product_error(x, x, square)
    return times_exp(factor, -scale * square) * (1.0 - scale * lost)


def exp_of_difference(x: float, y: float) -> float:
    """exp(x - y) for x <= y, both finite."""
    difference = x - y
    if difference < -800.0:
        return 0.0
    return math.exp(difference) * (1.0 + sum_error(x, -y, difference))


def ldexp(mantissa: float, exponent: int) -> float:
    try:
        return math.ldexp(mantissa, exponent)
    except OverflowError:
        return math.copysign(INFINITY, mantissa)


def exact_quotient(numerator: int, denominator: int) -> float:
    try:
        return numerator / denominator
    except OverflowError:
        return INFINITY if numerator > 0 else -INFINITY


def in_least_units(x: float) -> int:
    """A finite float as a whole number of the least of them, 2**-1074."""
    numerator, denominator = x.as_integer_ratio()
    return numerator * (_LEAST_UNITS // denominator)


# ── Arithmetic ────────────────────────────────────────────────────────────────


def divide(x: float, y: float) -> float:
    try:
        return x / y
    except ZeroDivisionError:
        if x == 0.0 or x != x:
            return NAN
        return math.copysign(INFINITY, x) * math.copysign(1.0, y)


def over_square(x: float, y: float) -> float:
    quotient = divide(x, y)
    if quotient == 0.0 or not abs(quotient) < TINY:
        return divide(quotient, y)
    # The first quotient has lost digits that the second one, with y < 1, would show.
    above, shift = math.frexp(x)
    below, exponent = math.frexp(y)
    return ldexp(above / below / below, shift - 2 * exponent)


def is_odd(y: float) -> bool:
    return math.fmod(y, 2.0) in (1.0, -1.0)


def power(x: float, y: float) -> float:
    try:
        return math.pow(x, y)
    except OverflowError:
        return -INFINITY if x < 0.0 and is_odd(y) else INFINITY
    except ValueError:
        if x < 0.0:
            return NAN  # a negative number to a broken power has no real value
        return math.copysign(INFINITY, x) if is_odd(y) else INFINITY  # zero to a negative power


def power_slope(x: float, y: float) -> float:
    """y * x**(y - 1); 0 for y = 0, whatever x is."""
    if y == 0.0:
        return 0.0
    if x != x or (x < 0.0 and y % 1.0 != 0.0):
        return NAN
    exponent = y - 1.0
    out = power(x, exponent)
    lost = sum_error(y, -1.0, exponent)
    if lost == 0.0 and TINY <= abs(out) <= HUGE:
        return y * out
    # y - 1 may have been rounded to a whole number of the other parity, so that the sign is
    # taken from y.
    sign = -1.0 if math.copysign(1.0, x) < 0.0 and y % 2.0 == 0.0 else 1.0
    base = abs(x)
    out = power(base, exponent)
    if base == 0.0 or math.isinf(base) or not abs(y) < INFINITY:
        return out if out == 0.0 and math.isinf(y) else sign * y * out
    # What was lost in y - 1 is put back. Where x**(y - 1) is no ordinary number, the slope may
    # still be one, and the power is taken in two halves.
    if TINY <= out <= HUGE:
        return sign * y * out * exp(lost * math.log(base))
    half = power(base, 0.5 * exponent)
    if half == 0.0 or half == INFINITY:  # nothing that was lost brings it back
        return sign * y * half
    return sign * y * half * half * exp(lost * math.log(base))


def power_rate(x: float, y: float) -> float:
    """x**y * log(x)."""
    if x < 0.0 or x != x or y != y:
        return NAN
    logarithm = log(x)
    out = power(abs(x), y)
    if TINY <= out <= HUGE:
        return out * logarithm
    if math.isinf(logarithm):
        return (
            0.0 if out == 0.0 else out * logarithm
        )  # a power vanishes faster than a logarithm grows
    half = power(x, 0.5 * y)
    return half * logarithm * half


def sqrt(x: float) -> float:
    return NAN if x < 0.0 else math.sqrt(x)


def cbrt(x: float) -> float:
    if x == 0.0 or not abs(x) <= HUGE:
        return x
    mantissa, exponent = math.frexp(x)
    third = exponent // 3
    reduced = math.ldexp(mantissa, exponent - 3 * third)
    # The C library's cube root may be off by several units: take one step of Newton's
    # method with an exact residual.
    root = math.cbrt(reduced)
    square = root * root
    cube = square * root
    lost = product_error(square, root, cube) + product_error(root, root, square) * root
    root -= ((cube - reduced) + lost) / (3.0 * square)
    return math.ldexp(root, third)


def floor(x: float) -> float:
    return math.copysign(math.floor(x), x) if abs(x) < INFINITY else x


def ceil(x: float) -> float:
    return math.copysign(math.ceil(x), x) if abs(x) < INFINITY else x


def round_(x: float) -> float:
    return math.copysign(round(x), x) if abs(x) < INFINITY else x


def remainder(x: float, y: float) -> float:
    return NAN if y == 0.0 else x % y


def floor_divide(x: float, y: float) -> float:
    return divide(x, y) if y == 0.0 else x // y


# ── Choosing ──────────────────────────────────────────────────────────────────


def maximum(x: float, y: float) -> float:
    if x == y:
        return x if math.copysign(1.0, x) > 0.0 else y  # 0.0 rather than -0.0
    return x if x > y else y if y > x else NAN


def minimum(x: float, y: float) -> float:
    return -maximum(-x, -y)


def clamp(x: float, low: float, high: float) -> float:
    return minimum(maximum(x, low), high)


def inside(x: float, low: float, high: float) -> float:
    return float(low <= x <= high) if x == x and low == low and high == high else NAN


def below(x: float, y: float) -> float:
    return float(x < y) if x == x and y == y else NAN


def sign(x: float) -> float:
    return x if x == 0.0 or x != x else math.copysign(1.0, x)


def flat(x: float) -> float:
    return x if x != x else 0.0


def damped(x: float, weight: float) -> float:
    return 0.0 if weight == 0.0 else x * weight


def two_slopes(x: float, left: float) -> float:
    """1 right of 0, ``left`` on its left; at 0 the slope between these that is nearest to 0."""
    if x == 0.0:
        return clamp(left, 0.0, 1.0)
    return 1.0 if x > 0.0 else left if x < 0.0 else NAN


# ── Exponentials and logarithms ───────────────────────────────────────────────


def exp(x: float) -> float:
    try:
        return math.exp(x)
    except OverflowError:
        return INFINITY


def exp2(x: float) -> float:
    return INFINITY if x >= 1024.0 else math.exp2(x)


def exp2_slope(x: float) -> float:
    """log(2) * 2**x, which is finite for a while yet where 2**x no longer is."""
    return LN2 * exp2(x) if x < 1024.0 else 2.0 * LN2 * exp2(x - 1.0)


def expm1(x: float) -> float:
    try:
        return math.expm1(x)
    except OverflowError:
        return INFINITY


def log(x: float) -> float:
    try:
        return math.log(x)
    except ValueError:
        return -INFINITY if x == 0.0 else NAN


def log2(x: float) -> float:
    try:
        return math.log2(x)
    except ValueError:
        return -INFINITY if x == 0.0 else NAN


def log10(x: float) -> float:
    try:
        return math.log10(x)
    except ValueError:
        return -INFINITY if x == 0.0 else NAN


def log1p(x: float) -> float:
    try:
        return math.log1p(x)
    except ValueError:
        return -INFINITY if x == -1.0 else NAN


def in_domain(x: float) -> float:
    """x itself, but nan where the logarithm has no value; -0.0 counts as 0.0."""
    return NAN if x < 0.0 else abs(x)


def xlogy(x: float, y: float) -> float:
    return 0.0 if x == 0.0 and y == y else x * log(y)


def logaddexp(x: float, y: float) -> float:
    return logsumexp([x, y])


# ── Trigonometry and hyperbolic functions ─────────────────────────────────────


def sin(x: float) -> float:
    return math.sin(x) if abs(x) < INFINITY else NAN


def cos(x: float) -> float:
    return math.cos(x) if abs(x) < INFINITY else NAN


def tan(x: float) -> float:
    return math.tan(x) if abs(x) < INFINITY else NAN


def arcsin(x: float) -> float:
    return math.asin(x) if abs(x) <= 1.0 else NAN


def arccos(x: float) -> float:
    return math.acos(x) if abs(x) <= 1.0 else NAN


def cos_arcsin(x: float) -> float:
    return sqrt((1.0 - x) * (1.0 + x))  # 1 - x * x would cancel near 1


def inversion(x: float, y: float) -> float:
    """x / (x**2 + y**2), scaled so that the squares neither overflow nor vanish."""
    if x != x or y != y:
        return NAN
    if math.isinf(x) or math.isinf(y):
        return 0.0 * math.copysign(1.0, x)
    exponent = math.frexp(maximum(abs(x), abs(y)))[1]
    x = math.ldexp(x, -exponent)
    y = math.ldexp(y, -exponent)
    return ldexp(divide(x, x * x + y * y), -exponent)


def difference_of_squares(x: float, y: float) -> float:
    if abs(x) == abs(y) < INFINITY:
        return 0.0  # the other factor may have overflowed
    return (x - y) * (x + y)  # x * x - y * y would cancel


def sinh(x: float) -> float:
    try:
        return math.sinh(x)
    except OverflowError:
        return math.copysign(INFINITY, x)


def cosh(x: float) -> float:
    try:
        return math.cosh(x)
    except OverflowError:
        return INFINITY


def arccosh(x: float) -> float:
    return math.acosh(x) if x >= 1.0 else NAN


def sinh_arccosh(x: float) -> float:
    return sqrt(x - 1.0) * sqrt(x + 1.0)  # x * x - 1 would cancel near 1, and overflow


def arctanh(x: float) -> float:
    if abs(x) == 1.0:
        return x * INFINITY
    return math.atanh(x) if abs(x) < 1.0 else NAN


def sin_pi(x: float) -> float:
    """sin(pi * x); the reduction to the first quarter turn is exact, whatever x is."""
    turn = math.remainder(x, 2.0)
    if abs(turn) > 0.5:
        turn = math.copysign(1.0, turn) - turn
    return math.sin(math.pi * turn)


def cos_pi(x: float) -> float:
    turn = abs(math.remainder(x, 2.0))
    return math.cos(math.pi * turn) if turn < 0.25 else math.sin(math.pi * (0.5 - turn))


def sinc(x: float) -> float:
    return sinc_derivative(x, 0.0)


def sinc_derivative(x: float, order: float) -> float:
    if x != x or not 0.0 <= order <= 99.0:
        return NAN
    if math.isinf(x):
        return 0.0
    n = int(order)
    if abs(x) <= 0.5 and n > 0:
        return math.pi**n * sinc_series(math.pi * x, n)
    if x == 0.0:
        return 1.0
    # sinc(x) * pi * x = sin(pi * x), differentiated k times and solved for the k-th derivative.
    sine, cosine = sin_pi(x), cos_pi(x)
    shifted = (sine, cosine, -sine, -cosine)
    slope = sine / (math.pi * x)
    for k in range(1, n + 1):
        slope = (math.pi ** (k - 1) * shifted[k % 4] - k * slope) / x
    return slope


def sinc_series(angle: float, n: int) -> float:
    """The n-th derivative of sin(angle) / angle, for an angle of at most a quarter turn.

    The sum of (-1)**((j+n)/2) * angle**j / (j! * (j+n+1)) over the j that are odd or
    even as n is, found by differentiating the series of the sine term by term.
    """
    power_over_factorial = angle if n % 2 else 1.0
    terms = []
    for j in range(n % 2, 30, 2):
        sign = -1.0 if (j + n) % 4 else 1.0
        terms.append(sign * power_over_factorial / (j + n + 1))
        power_over_factorial *= angle * angle / ((j + 1) * (j + 2))
    return math.fsum(terms)


# ── Activations ───────────────────────────────────────────────────────────────


def gauss(x: float, scale: float) -> float:
    return times_gauss(1.0, x, scale) if scale in (0.5, 1.0) else exp(-scale * x * x)


def normal_cdf(x: float) -> float:
    """The probability that a standard normal variable is below x: erfc(-x / sqrt(2)) / 2."""
    if abs(x) > 39.0:
        return float(x > 0.0)
    t = -SQRT_HALF * x
    # erfc magnifies the rounding error of t by t * t: add its derivative times that error.
    lost = product_error(-SQRT_HALF, x, t) - SQRT_HALF_REST * x
    return 0.5 * (math.erfc(t) - TWO_OVER_SQRT_PI * math.exp(-t * t) * lost)


def gelu(x: float) -> float:
    if x == -INFINITY:
        return -0.0
    if x < -37.0:
        # The probability is too small here to keep its digits; Laplace's series is not.
        s = 1.0 / (x * x)
        series = 1.0 - s * (
            1.0 - 3.0 * s * (1.0 - 5.0 * s * (1.0 - 7.0 * s * (1.0 - 9.0 * s * (1.0 - 11.0 * s))))
        )
        return times_gauss(-ONE_OVER_SQRT_TAU * series, x, 0.5)
    return x * normal_cdf(x)


def gelu_slope(x: float) -> float:
    return normal_cdf(x) + times_gauss(ONE_OVER_SQRT_TAU * x, x, 0.5)


# exp of a negative number cannot overflow, and 1 + it cannot cancel; so what follows is
# written with exp(-abs(x)), called small.


def sigmoid(x: float) -> float:
    small = math.exp(-abs(x))
    return 1.0 / (1.0 + small) if x > 0.0 else small / (1.0 + small)


def bell(x: float) -> float:
    """sigmoid(x) * sigmoid(-x)."""
    small = math.exp(-abs(x))
    return small / ((1.0 + small) * (1.0 + small))


def tanh_slope(x: float) -> float:
    return 4.0 * bell(2.0 * x)


def softplus(x: float) -> float:
    small = math.log1p(math.exp(-abs(x)))
    return x + small if x > 0.0 else small


def log_sigmoid(x: float) -> float:
    return -softplus(-x)


def silu(x: float) -> float:
    if x == -INFINITY:
        return -0.0
    small = math.exp(-abs(x))
    return x / (1.0 + small) if x > 0.0 else times_exp(x, x) / (1.0 + small)


def silu_slope(x: float) -> float:
    if math.isinf(x):
        return float(x > 0.0)
    small = math.exp(-abs(x))
    if x > 0.0:
        return (1.0 + small * (1.0 + x)) / ((1.0 + small) * (1.0 + small))
    return times_exp((1.0 + x) + small, x) / ((1.0 + small) * (1.0 + small))


def mish(x: float) -> float:
    if x == -INFINITY:
        return -0.0
    small = math.exp(-abs(x))
    if x > 0.0:
        return x * (1.0 + 2.0 * small) / (1.0 + 2.0 * small * (1.0 + small))
    return times_exp(x, x) * (2.0 + small) / (2.0 + small * (2.0 + small))


def mish_slope(x: float) -> float:
    if math.isinf(x):
        return float(x > 0.0)
    small = math.exp(-abs(x))
    if x > 0.0:
        below = 1.0 + 2.0 * small * (1.0 + small)
        bend = 4.0 * (small / below) * (small / below) * (1.0 + small)
        return (1.0 + 2.0 * small) / below + x * bend
    below = 1.0 + small * (1.0 + 0.5 * small)
    above = (1.0 + x) * (1.0 + small) + small * (0.5 + small * (1.0 + 0.25 * small))
    return times_exp(above, x) / (below * below)


def relu(x: float) -> float:
    return 0.0 if x <= 0.0 else x  # nan is not <= 0, so it passes


def leaky_relu(x: float, slope: float) -> float:
    return x if x > 0.0 else slope * x


def elu(x: float, alpha: float) -> float:
    return x if x > 0.0 else alpha * math.expm1(x)


def elu_slope(x: float, alpha: float) -> float:
    return times_exp(alpha, x) if x < 0.0 else two_slopes(x, alpha)


def softsign(x: float) -> float:
    return math.copysign(1.0, x) if math.isinf(x) else x / (1.0 + abs(x))


# ── Over a sequence ───────────────────────────────────────────────────────────


def sum_(numbers: list[float]) -> float:
    return sum_over(numbers, 1)


def mean(numbers: list[float]) -> float:
    return sum_over(numbers, len(numbers))


def sum_over(numbers: list[float], divisor: int) -> float:
    """The exact sum, rounded once, over ``divisor``."""
    try:
        return math.fsum(numbers) / divisor
    except ValueError:
        return NAN  # inf - inf
    except OverflowError:
        infinite = [x for x in numbers if math.isinf(x) or x != x]
        if infinite:
            return sum_over(infinite, divisor)
        return exact_quotient(sum([in_least_units(x) for x in numbers]), divisor * _LEAST_UNITS)


def dot(numbers: list[float]) -> float:
    """The sum of the products of the first half with the second, each product rounded."""
    half = len(numbers) // 2
    products = [numbers[i] * numbers[half + i] for i in range(half)]
    out = sum_(products)
    if abs(out) < INFINITY or not all(math.isfinite(x) for x in numbers):
        return out
    # A product has overflowed; their sum need not.
    exact = [in_least_units(numbers[i]) * in_least_units(numbers[half + i]) for i in range(half)]
    return exact_quotient(sum(exact), _LEAST_UNITS * _LEAST_UNITS)


def running_products(numbers: list[float]) -> list[tuple[float, int]]:
    """The products of the first 0, 1, 2, ... numbers, each as mantissa and exponent."""
    mantissa, exponent = 1.0, 0
    products = [(mantissa, exponent)]
    for x in numbers:
        factor, shift = math.frexp(x)
        mantissa, renormalised = math.frexp(mantissa * factor)
        exponent += shift + renormalised
        products.append((mantissa, exponent))
    return products


def prod(numbers: list[float]) -> float:
    """The product; each factor adds half a unit of rounding, but no partial product overflows."""
    mantissa, exponent = running_products(numbers)[-1]
    return ldexp(mantissa, exponent)


def products_of_others(numbers: list[float]) -> list[float]:
    """For each number, the product of all the others; without division, which zeros would spoil."""
    before = running_products(numbers)
    after = running_products(numbers[::-1])[::-1]
    return [
        ldexp(left * right, left_exponent + right_exponent)
        for (left, left_exponent), (right, right_exponent) in zip(
            before[:-1], after[1:], strict=True
        )
    ]


def max_(numbers: list[float]) -> float:
    best = numbers[0]
    for x in numbers:
        best = maximum(best, x)
    return best


def min_(numbers: list[float]) -> float:
    return -max_([-x for x in numbers])


def top_shares(numbers: list[float]) -> list[float]:
    """For each number 1 over how many are the greatest, if it is one of these, else 0."""
    best = max_(numbers)
    if best != best:
        return [NAN for _ in numbers]
    each = 1.0 / numbers.count(best)
    return [each if x == best else 0.0 for x in numbers]


def bottom_shares(numbers: list[float]) -> list[float]:
    """For each number 1 over how many are the least, if it is one of these, else 0."""
    return top_shares([-x for x in numbers])


def norm(numbers: list[float]) -> float:
    return math.hypot(*numbers)


def components(numbers: list[float]) -> list[float]:
    """The numbers, divided by their Euclidean norm; zeros stay zeros."""
    length = math.hypot(*numbers)
    if TINY / EPSILON <= length <= HUGE:
        return [x / length for x in numbers]
    if length == 0.0:
        return list(numbers)
    if any(x != x for x in numbers):
        return [NAN for _ in numbers]
    infinite = len([x for x in numbers if math.isinf(x)])
    if infinite:
        limit = 1.0 if infinite == 1 else NAN
        return [
            math.copysign(limit, x) if math.isinf(x) else math.copysign(0.0, x) for x in numbers
        ]
    exponent = math.frexp(max_([abs(x) for x in numbers]))[1]
    return components([math.ldexp(x, -exponent) for x in numbers])


def relative_weights(numbers: list[float]) -> list[float]:
    """exp of each number, divided by the greatest of them, so that nothing overflows."""
    best = max_(numbers)
    if abs(best) < INFINITY:
        return [exp_of_difference(x, best) if x > -INFINITY else 0.0 for x in numbers]
    if best != best or numbers.count(best) > 1:
        return [NAN for _ in numbers]
    return [float(x == best) for x in numbers]


def shares(numbers: list[float]) -> list[float]:
    weights = relative_weights(numbers)
    total = math.fsum(weights)
    return [weight / total for weight in weights]


def other_shares(numbers: list[float]) -> float:
    """1 less the first share, which would cancel where that is nearly 1."""
    weights = relative_weights(numbers)
    return math.fsum(weights[1:]) / math.fsum(weights)


def excess_over_greatest(numbers: list[float]) -> float:
    """logsumexp, less the greatest of the numbers, whose weight is exactly 1."""
    return math.log1p(math.fsum([*relative_weights(numbers), -1.0]))


def log_shares(numbers: list[float]) -> list[float]:
    best = max_(numbers)
    excess = excess_over_greatest(numbers)
    return [(0.0 if x == best else x - best) - excess for x in numbers]


def logsumexp(numbers: list[float]) -> float:
    best = max_(numbers)
    return best + excess_over_greatest(numbers) if abs(best) < INFINITY else best
