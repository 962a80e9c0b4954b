"""Functions of floats, as the table needs them: IEEE arithmetic, and right to the last digits.

Where `math` raises, these answer inf or nan, as NumPy does. Where a formula that is
right on paper overflows, vanishes or cancels in floating point, they take another way,
and say which. They are opaque: they branch as they please, and nothing differentiates
them. Their derivatives are in `table.py`.
"""

from __future__ import annotations

import math
import sys
from typing import Final, TypeAlias

Whole: TypeAlias = int  # a number of any size, where an int is a count, a place or an exponent

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
RADIANS_PER_DEGREE: Final[float] = 0.017453292519943295  # pi / 180
DEGREES_PER_RADIAN: Final[float] = 57.29577951308232  # 180 / pi
TWO_OVER_SQRT_PI: Final[float] = 1.1283791670955126

_SPLITTER: Final[float] = 134217729.0  # 2**27 + 1 splits the 53 bits of a float into two halves
_LEAST_UNITS: Final[Whole] = 2**1074  # how often the least of all floats goes into 1


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
    if scale * square > 1400.0:
        return NAN if factor != factor else 0.0
    lost = product_error(x, x, square)
    return times_exp(factor * (1.0 - scale * lost), -scale * square)


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


def exact_quotient(numerator: Whole, denominator: Whole) -> float:
    try:
        return numerator / denominator
    except OverflowError:
        return INFINITY if numerator > 0 else -INFINITY


def in_least_units(x: float) -> Whole:
    """A finite float as a whole number of the least of them, 2**-1074."""
    numerator, denominator = x.as_integer_ratio()
    return numerator * (_LEAST_UNITS // denominator)


def in_common_units(numbers: list[float]) -> tuple[list[Whole], Whole]:
    """Finite floats as whole numbers of the largest unit that allows it, and the units in 1."""
    ratios = [x.as_integer_ratio() for x in numbers]
    units = max([denominator for _, denominator in ratios])
    return [numerator * (units // denominator) for numerator, denominator in ratios], units


def exact_root(numerator: Whole, denominator: Whole) -> float:
    """sqrt(numerator / denominator), of whole numbers that are not negative."""
    shift = 64 + max(0, denominator.bit_length() - numerator.bit_length()) // 2
    return exact_quotient(math.isqrt((numerator << 2 * shift) // denominator), 1 << shift)


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


def quotient_derivative(x: float, y: float, order: float) -> float:
    """The derivative of x / y by y of that order: (-1)**n * n! * x / y**(n + 1)."""
    if not is_order(order):
        return NAN
    n = int(order)
    above, shift = math.frexp(x)
    below, exponent = math.frexp(y)
    factor = math.factorial(n) * (-1.0) ** n
    return ldexp(divide(factor * above, below ** (n + 1)), shift - (n + 1) * exponent)


def is_order(order: float) -> bool:
    """True if there are derivatives of this order: of 0 to 99."""
    return 0.0 <= order <= 99.0


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
    if y == 2.0:
        return 2.0 * x
    if y == 0.0:
        return 0.0
    exponent = y - 1.0
    out = power(x, exponent)
    if TINY <= abs(out) <= HUGE and x == x:
        lost = sum_error(y, -1.0, exponent)
        if lost == 0.0:
            return y * out
        if x > 0.0:
            return y * out * exp(lost * math.log(x))
    return power_derivative(x, y, 1.0, 0.0)


def power_rate(x: float, y: float) -> float:
    """x**y * log(x)."""
    out = power(x, y)
    if TINY <= out <= HUGE and x > 0.0 and y == y:
        return out * math.log(x)
    return power_derivative(x, y, 0.0, 1.0)


def power_derivative(x: float, y: float, order_x: float, order_y: float) -> float:
    """The derivative of x**y, of these orders by x and by y."""
    if y == 2.0 and order_x == 2.0 and order_y == 0.0:  # of a square, which Hessians are full of
        return 2.0 if x == x else NAN
    if not (is_order(order_x) and is_order(order_y)) or y != y:
        return NAN
    by_x, by_y = int(order_x), int(order_y)
    if by_y > 0 and not x >= 0.0:
        return NAN
    base = abs(x)
    logarithm = log(base)
    extreme = math.isinf(logarithm)
    # At 0 and at infinity the term with the highest power of log(x) outweighs the others.
    factor = power_factor(y, by_x, 0 if extreme else by_y, logarithm)
    logarithms = by_y
    if extreme and factor == 0.0 and by_y > 0:
        factor = power_factor(y, by_x, 1, 0.0)
        logarithms -= 1
    if factor == 0.0:
        return 0.0  # as where a whole power has no further derivatives, whatever x is
    if x != x or (x < 0.0 and y % 1.0 != 0.0):
        return NAN
    exponent = y - by_x
    # y - by_x may have been rounded to a whole number of the other parity: the sign is taken
    # from y, and what was lost is put back.
    odd = by_y == 0 and y % 2.0 == (by_x + 1) % 2
    if odd and math.copysign(1.0, x) < 0.0:
        factor = -factor
    if extreme:
        out = power(base, exponent)
        return 0.0 if out == 0.0 else factor * out * logarithm**logarithms
    mantissa, shift = scaled_power(base, exponent)
    if mantissa == 0.0:
        return 0.0
    if mantissa < INFINITY and abs(y) < INFINITY:
        mantissa *= exp(sum_error(y, float(-by_x), exponent) * logarithm)
    factor, factor_shift = math.frexp(factor)
    return ldexp(factor * mantissa, factor_shift + shift)


def power_factor(y: float, by_x: int, by_y: int, logarithm: float) -> float:
    """What the derivative of x**y, by_x times by x and by_y times by y, is x**(y - by_x) times.

    By x, each factor y - i comes down; the product with one more is differentiated by y as any
    product is: (f * (y - i))' of order j is the j-th derivative of f times y - i, plus j times
    the one before.
    """
    rates = [1.0]
    for _ in range(by_y):
        rates.append(rates[-1] * logarithm)
    for i in range(by_x):
        for j in range(by_y, 0, -1):
            rates[j] = (y - i) * rates[j] + j * rates[j - 1]
        rates[0] *= y - i
    return rates[by_y]


def scaled_power(base: float, exponent: float) -> tuple[float, int]:
    """base**exponent as mantissa and exponent, also some way beyond the range of floats."""
    root, parts = power(base, exponent), 1
    while not TINY <= root <= HUGE and parts < 4:
        parts *= 2
        root = power(base, exponent / parts)
    mantissa, shift = math.frexp(root)
    return math.pow(mantissa, parts), shift * parts


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


def cbrt_derivative(x: float, order: float) -> float:
    """The derivative of cbrt of that order: 1/3 * (1/3 - 1) * (1/3 - 2) * ... * cbrt(x) / x**n."""
    if not 1.0 <= order <= 99.0:
        return NAN
    n = int(order)
    if x == 0.0:
        return INFINITY if n % 2 == 1 else NAN  # where the two sides differ in sign
    factor = 1.0 / 3.0
    for i in range(1, n):
        factor *= 1.0 - 1.0 / (3.0 * i)
    return 0.0 if math.isinf(x) else quotient_derivative(factor * cbrt(x), x, n - 1.0)


def floor(x: float) -> float:
    return math.copysign(math.floor(x), x) if abs(x) < INFINITY else x


def ceil(x: float) -> float:
    return math.copysign(math.ceil(x), x) if abs(x) < INFINITY else x


def trunc(x: float) -> float:
    return math.copysign(math.trunc(x), x) if abs(x) < INFINITY else x


def round_(x: float) -> float:
    return math.copysign(round(x), x) if abs(x) < INFINITY else x


def round_to(x: float, digits: float) -> float:
    if not (math.isfinite(x) and math.isfinite(digits)):
        return x if math.isfinite(digits) else NAN
    try:
        return round(x, int(digits))
    except OverflowError:
        return math.copysign(INFINITY, x)


def remainder(x: float, y: float) -> float:
    return NAN if y == 0.0 else x % y


def fmod(x: float, y: float) -> float:
    if y == 0.0 or abs(x) == INFINITY:
        return NAN
    return math.fmod(x, y)


def floor_divide(x: float, y: float) -> float:
    return divide(x, y) if y == 0.0 else x // y


def whole_quotient(x: float, y: float) -> float:
    return NAN if y == 0.0 else x // y


def cut_quotient(x: float, y: float) -> float:
    return math.copysign(whole_quotient(abs(x), abs(y)), x) * math.copysign(1.0, y)


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


def exp2_derivative(x: float, order: float) -> float:
    """log(2)**n * 2**x, which is finite for a while yet where 2**x no longer is."""
    if not is_order(order):
        return NAN
    if not 1024.0 <= x < 1124.0:
        return math.pow(LN2, order) * exp2(x)
    return ldexp(math.pow(LN2, order) * exp2(x - 100.0), 100)


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
    """x / (x**2 + y**2)."""
    square = x * x + y * y
    if 1e-280 <= square <= HUGE:
        return x / square
    return arctan2_derivative(y, x, 1.0, 0.0)


def arctan2_derivative(y: float, x: float, order_y: float, order_x: float) -> float:
    """The derivative of arctan2, of these orders by y and by x.

    The angle is the imaginary part of log(z), with z = x + iy, and its derivative of order n is
    that of (-1)**(n-1) * (n-1)! / z**n, times i for each time that it is by y.
    """
    if not (is_order(order_y) and is_order(order_x)) or x != x or y != y:
        return NAN
    n = int(order_y) + int(order_x)
    if n == 0:
        return math.atan2(y, x)
    if math.isinf(x) or math.isinf(y):
        return 0.0
    if x == y == 0.0:
        return NAN
    (a, b), units = in_common_units([x, y])
    real, imaginary = 1, 0  # of (a - ib)**n
    for _ in range(n):
        real, imaginary = real * a + imaginary * b, imaginary * a - real * b
    part = (imaginary, real, -imaginary, -real)[(int(order_y) + 2 * (n - 1)) % 4]
    return exact_quotient(math.factorial(n - 1) * part * units**n, (a * a + b * b) ** n)


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
    return gauss_derivative(x, scale, 0.0)


def gauss_derivative(x: float, scale: float, order: float) -> float:
    """The derivative of exp(-scale * x * x) by x, of that order, for a scale of 1/2 or 1."""
    if not (is_order(order) and 0.0 < scale <= 1.0):
        return NAN
    before, polynomial = 0.0, 1.0  # of Hermite
    if scale * x * x <= 1400.0:
        for k in range(int(order)):
            before, polynomial = polynomial, -2.0 * scale * (x * polynomial + k * before)
    return times_gauss(polynomial, x, scale)


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


def decay(x: float) -> float:
    return math.exp(-abs(x))


def sigmoid(x: float) -> float:
    return logistic(x, decay(x))


def logistic(x: float, small: float) -> float:
    return 1.0 / (1.0 + small) if x > 0.0 else small / (1.0 + small)


def bell(x: float) -> float:
    """sigmoid(x) * sigmoid(-x)."""
    return bump(decay(x))


def bump(small: float) -> float:
    return small / ((1.0 + small) * (1.0 + small))


def tanh_slope(x: float) -> float:
    small = math.exp(-2.0 * abs(x))
    return times_exp(4.0, -2.0 * abs(x)) / ((1.0 + small) * (1.0 + small))


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


def silu_derivative(x: float, order: float) -> float:
    """The derivative of silu of that order, which is at least 2.

    That of sigmoid is bell(x) times a polynomial p in t = tanh(x / 2), whose derivative by x is
    (1 - t**2) / 2: the next polynomial is the derivative of (1 - t**2) * p(t) / 2.
    """
    if not 2.0 <= order <= 99.0 or x != x:
        return NAN
    if abs(x) > 1400.0:
        return 0.0
    before, polynomial = [0.0], [1.0]
    for _ in range(int(order) - 1):
        product = [a - b for a, b in zip([*polynomial, 0.0, 0.0], [0.0, 0.0, *polynomial])]
        before, polynomial = polynomial, [0.5 * k * product[k] for k in range(1, len(product))]
    t = math.tanh(0.5 * x)
    factor = x * polynomial_at(t, polynomial) + int(order) * polynomial_at(t, before)
    small = math.exp(-abs(x))
    return times_exp(factor, -abs(x)) / ((1.0 + small) * (1.0 + small))


def polynomial_at(x: float, coefficients: list[float]) -> float:
    total = 0.0
    for coefficient in reversed(coefficients):
        total = total * x + coefficient
    return total


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


def mish_derivative(x: float, order: float) -> float:
    """The derivative of mish of that order, which is at least 2.

    Below 0, mish(x) = x * w * (2 + w) / (2 + 2 * w + w**2) with w = exp(x), and above, with
    w = exp(-x), x less 2 * x * w**2 / (1 + 2 * w + 2 * w**2). Taylor's series of the quotient,
    without the power of w before it, is that of its dividend, divided by that of its divisor.
    """
    if not 2.0 <= order <= 99.0 or x != x:
        return NAN
    if abs(x) > 1400.0:
        return 0.0
    n = int(order)
    sign = -1.0 if x > 0.0 else 1.0
    w = math.exp(-abs(x))
    once = [sign**k / math.factorial(k) for k in range(n + 1)]  # of exp(-t) or exp(t)
    twice = [2.0**k * c for k, c in enumerate(once)]
    if x > 0.0:
        dividend = [-2.0 * b for b in twice]
        divisor = [2.0 * w * (a + w * b) for a, b in zip(once, twice)]
        divisor[0] += 1.0
    else:
        dividend = [2.0 * a + w * b for a, b in zip(once, twice)]
        divisor = [w * (2.0 * a + w * b) for a, b in zip(once, twice)]
        divisor[0] += 2.0
    series: list[float] = []
    for k in range(n + 1):
        known = math.fsum([divisor[k - j] * series[j] for j in range(k)])
        series.append((dividend[k] - known) / divisor[0])
    factor = math.factorial(n) * (x * series[n] + series[n - 1])
    return times_exp(factor, -2.0 * x if x > 0.0 else x)


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


def component_slopes(numbers: list[float], i: int) -> list[float]:
    """The derivatives of the component at index i by each of the numbers."""
    if not all(x == 0.0 or 1e-70 <= abs(x) <= 1e70 for x in numbers):
        places = range(len(numbers))
        return [
            exact_norm_derivative(numbers, [(k == i) + (k == j) for k in places]) for j in places
        ]
    slopes = components(numbers)
    length = math.hypot(*numbers)
    # 1 - first * first would cancel: the squares of all components are 1.
    first, slopes[i] = slopes[i], 0.0
    others = math.fsum([x * x for x in slopes])
    slopes = [divide(-first * x, length) for x in slopes]
    slopes[i] = divide(others, length)
    return slopes


def norm_derivative(numbers_and_orders: list[float]) -> float:
    """The derivative of the norm of the first half, of orders that are the second half."""
    half = len(numbers_and_orders) // 2
    numbers = numbers_and_orders[:half]
    places = places_of(numbers_and_orders[half:])
    if places is None:
        return NAN
    if len(places) == 0:
        return norm(numbers)
    if len(places) == 1:
        return components(numbers)[places[0]]
    if len(places) == 2:
        return component_slopes(numbers, places[0])[places[1]]
    return exact_norm_derivative(numbers, [places.count(i) for i in range(half)])


def places_of(orders: list[float]) -> list[int] | None:
    """For each time that is differentiated by an operand its index, or None if that is no order."""
    if not all(map(is_order, orders)):
        return None
    return [i for i in range(len(orders)) for _ in range(int(orders[i]))]


def exact_norm_derivative(numbers: list[float], orders: list[int]) -> float:
    """A derivative of the norm, of 2 orders and more in all, in whole numbers, rounded once.

    That of f(q), where q is the sum of the squares, is a sum of derivatives of f. To each x that
    it is by n times belong the terms n! / (i! * (n - 2 * i)!) * (2 * x)**(n - 2 * i), with f
    differentiated n - i times; and those of the root are 1/2, -1/4, 3/8, ... times powers of q.
    """
    if any(x != x for x in numbers) or not any(numbers):
        return NAN
    infinite = len([x for x in numbers if math.isinf(x)])
    if infinite:
        return 0.0 if infinite == 1 else NAN
    scaled, units = in_common_units(numbers)
    total = sum(orders)
    terms = [1] + [0] * total
    for x, n in zip(scaled, orders):
        factors = []
        for i in range(n // 2 + 1):
            ways = math.factorial(n) // (math.factorial(i) * math.factorial(n - 2 * i))
            factors.append((n - i, ways * (2 * x) ** (n - 2 * i)))
        terms = times_polynomial(terms, factors)
    square = sum([x * x for x in scaled])
    out: Whole = 0
    slope: Whole = 1
    for k, term in enumerate(terms):
        out += slope * term * (2 * square) ** (total - k)
        slope *= 1 - 2 * k
    size = exact_root((out * units**total) ** 2, units**2 * 4**total * square ** (2 * total - 1))
    return size if out > 0 else -size


def times_polynomial(coefficients: list[Whole], factors: list[tuple[int, Whole]]) -> list[Whole]:
    """A polynomial times another, given by exponents and coefficients; its degree stays."""
    product = [0 for _ in coefficients]
    for exponent, factor in factors:
        for k in range(len(coefficients) - exponent):
            product[k + exponent] += factor * coefficients[k]
    return product


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


def share_slopes(numbers: list[float], i: int) -> list[float]:
    """The derivatives of the share at index i by each of the numbers."""
    slopes = shares(numbers)
    first = slopes[i]
    others = other_shares([numbers[i], *numbers[:i], *numbers[i + 1 :]])
    slopes = [-first * share for share in slopes]
    slopes[i] = first * others
    return slopes


def logsumexp_derivative(numbers_and_orders: list[float]) -> float:
    """The derivative of the logsumexp of the first half, of orders that are the second half.

    These are the cumulants of a choice among the numbers, each taken with the probability that
    is its share p. Of a higher order they are computed in whole numbers and rounded once, since
    shares may nearly cancel: the product of polynomials in each p, whose coefficients are
    Stirling's numbers of the second kind, where a term of degree k counts (-1)**(k-1) * (k-1)!
    times.
    """
    half = len(numbers_and_orders) // 2
    numbers = numbers_and_orders[:half]
    places = places_of(numbers_and_orders[half:])
    if places is None:
        return NAN
    if len(places) == 0:
        return logsumexp(numbers)
    if len(places) == 1:
        return shares(numbers)[places[0]]
    if len(places) == 2:
        return share_slopes(numbers, places[0])[places[1]]
    best = max_(numbers)
    if not abs(best) < INFINITY:
        return NAN if best != best or numbers.count(best) > 1 else 0.0
    total = len(places)
    weights = [exact_weight(x, best) for x in numbers]
    whole = sum(weights)
    terms = [1] + [0] * total
    for i in range(half):
        factors = enumerate(_stirling_numbers(places.count(i)))
        terms = times_polynomial(terms, [(k, ways * weights[i] ** k) for k, ways in factors])
    out = 0
    for k in range(1, total + 1):
        out -= (-1) ** k * math.factorial(k - 1) * terms[k] * whole ** (total - k)
    return exact_quotient(out, whole**total)


def exact_weight(x: float, best: float) -> Whole:
    """exp(x - best) in least units; where that is nearly 1, with the digits of the difference."""
    difference = x - best
    if difference < -0.5:
        return in_least_units(exp_of_difference(x, best) if x > -INFINITY else 0.0)
    lost = sum_error(x, -best, difference)
    less = math.expm1(difference)
    return _LEAST_UNITS + in_least_units(less + lost * (1.0 + less))


def _stirling_numbers(n: int) -> list[Whole]:
    """The numbers of ways to divide n things into 0, 1, ..., n sets that are not empty."""
    ways = [1]
    for _ in range(n):
        ways = [0, *[k * ways[k] + ways[k - 1] for k in range(1, len(ways))], 1]
    return ways


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
