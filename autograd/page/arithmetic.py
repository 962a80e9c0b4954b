"""What `math` and Python's operators compute and JavaScript's do not, as the page has it.

It is written with `floats` and with what both languages have, in the part of Python that
`translation.py` knows; in the page its names begin with ``math_``. Few functions of `math` are
written in JavaScript, those that look at bits: `modules/bits.js`.
"""

from __future__ import annotations

import math
from typing import Final

from autograd.engine import floats
from autograd.engine.floats import Whole
from autograd.page.error_coefficients import CENTRE, TAILS

# ── Kinds and parts of floats ─────────────────────────────────────────────────


def isinf(x: float) -> bool:
    """True of both infinities."""
    return abs(x) == floats.INFINITY


def ldexp(x: float, exponent: int) -> float:
    """x * 2**exponent, rounded once; infinite where that is too large."""
    mantissa, shift = math.frexp(x)
    total = max(shift + exponent, -1200)
    if total > 1200:
        total = 1200
    half = total // 2
    return mantissa * 2.0**half * 2.0 ** (total - half)  # only the last product may round


# ── Quotients and what they leave ─────────────────────────────────────────────


def modulo(x: float, y: float) -> float:
    """x % y, which has the sign of y."""
    rest = math.fmod(x, y)
    if rest == 0.0:
        return math.copysign(0.0, y)
    return rest if (y < 0.0) == (rest < 0.0) else rest + y


def floor_divide(x: float, y: float) -> float:
    """x // y."""
    rest = math.fmod(x, y)
    quotient = (x - rest) / y
    if rest != 0.0 and (y < 0.0) != (rest < 0.0):
        quotient -= 1.0
    if quotient == 0.0:
        return math.copysign(0.0, x / y)
    whole = float(math.floor(quotient))
    return whole + 1.0 if quotient - whole > 0.5 else whole


def nearest(x: float) -> float:
    """round(x): the nearest whole number, the even one of two; with the sign of x."""
    below = float(math.floor(x))
    whole = below if x - below < 0.5 else below + 1.0
    if x - below == 0.5:
        whole = 2.0 * math.floor(0.5 * whole)
    return math.copysign(whole, x)


def remainder(x: float, y: float) -> float:
    """What is left of x without the nearest multiple of y, the even one of two."""
    if not math.isfinite(x) or y == 0.0 or y != y:
        return floats.NAN
    if math.isinf(y):
        return x
    size = abs(y)
    # What is left without an even multiple, between -size and size.
    rest = math.fmod(x, 2.0 * size) if 2.0 * size < floats.INFINITY else x
    if rest > size:
        rest = rest - size - size
    elif rest < -size:
        rest = rest + size + size
    # Beyond half of size the multiple next to it is nearer; at half of it the even one counts.
    if rest > size - rest:
        rest -= size
    elif -rest > size + rest:
        rest += size
    return math.copysign(0.0, x) if rest == 0.0 else rest


# ── Powers ────────────────────────────────────────────────────────────────────

# They are right to about 1 unit in the last place: y magnifies the error of the logarithm of x up
# to 745 times, and browsers differ in how much of it they keep from the result.

LN2_HIGH: Final[float] = 0.6931471803691238  # 32 digits of it, so that small multiples are exact
LN2_LOW: Final[float] = 1.9082149292705877e-10
TWO_THIRDS: Final[float] = 0.6666666666666666
TWO_THIRDS_REST: Final[float] = 3.700743415417188e-17


def pow(x: float, y: float) -> float:
    """x**y; as in C, 1 to any power is 1, and so is -1 to an infinite one."""
    size = abs(x)
    if y == 1.0:
        return x
    if y == 2.0:
        return x * x
    if x == 0.0 or size == 1.0 or not (size < floats.INFINITY and abs(y) < floats.INFINITY):
        return special_power(x, y)
    if x < 0.0:
        if math.fmod(y, 1.0) != 0.0:
            return floats.NAN
        return power_of(size, y) if math.fmod(y, 2.0) == 0.0 else -power_of(size, y)
    return power_of(x, y)


def special_power(x: float, y: float) -> float:
    """x**y, where x is 0, 1, -1, infinite or nan, or y is infinite or nan."""
    if x == 1.0 or y == 0.0 or (x == -1.0 and math.isinf(y)):
        return 1.0
    if x != x or y != y:
        return floats.NAN
    turns = math.isfinite(y) and abs(math.fmod(y, 2.0)) == 1.0
    if x == -1.0:
        return -1.0 if turns else 1.0 if math.fmod(y, 1.0) == 0.0 else floats.NAN
    size = floats.INFINITY if (abs(x) > 1.0) == (y > 0.0) else 0.0
    return math.copysign(size, x) if turns else size


def exp2(x: float) -> float:
    """2**x."""
    return pow(2.0, x)


def power_of(x: float, y: float) -> float:
    """x**y, for x > 0 and both finite."""
    logarithm, rest = log_in_two(x)
    exponent = y * logarithm
    if exponent > 710.0:
        return floats.INFINITY
    if exponent < -746.0:
        return 0.0
    factor = 1.0 + (floats.product_error(y, logarithm, exponent) + y * rest)
    if abs(exponent) < 700.0:
        return math.exp(exponent) * factor
    half = math.exp(0.5 * exponent)  # all of it may be subnormal, or too large on the way
    return half * factor * half


def log_in_two(x: float) -> tuple[float, float]:
    """The logarithm of x > 0 as a sum of two floats.

    Of m * 2**k it is k * log(2) + 2 * atanh(s), with s = (m - 1) / (m + 1), which is below 0.18:
    of that series the first two terms are sums of two floats.
    """
    m, k = math.frexp(x)
    if m < floats.SQRT_HALF:
        m *= 2.0
        k -= 1
    below = m + 1.0
    s = (m - 1.0) / below
    product = s * below
    left = m - 1.0 - product - floats.product_error(s, below, product) - s * (m - (below - 1.0))
    s_rest = left / below

    square = s * s
    square_rest = floats.product_error(s, s, square) + 2.0 * s * s_rest
    cube = square * s
    cube_rest = floats.product_error(square, s, cube) + square_rest * s + square * s_rest
    third = cube * TWO_THIRDS
    third_rest = floats.product_error(cube, TWO_THIRDS, third)
    third_rest += cube_rest * TWO_THIRDS + cube * TWO_THIRDS_REST
    series = 0.0
    for n in range(25, 4, -2):
        series = series * square + 2.0 / n

    mantissa = 2.0 * s + third
    mantissa_rest = floats.sum_error(2.0 * s, third, mantissa)
    total = k * LN2_HIGH + mantissa
    rest = floats.sum_error(k * LN2_HIGH, mantissa, total)
    rest += mantissa_rest + 2.0 * s_rest + third_rest + series * cube * square + k * LN2_LOW
    logarithm = total + rest
    return logarithm, rest - (logarithm - total)


# ── Sums and lengths ──────────────────────────────────────────────────────────


def fsum(numbers: list[float]) -> float:
    """The exact sum, rounded once: partial sums that do not overlap (Shewchuk 1997), as in CPython.

    Raises:
        OverflowError: a partial sum is too large for a float.
        ValueError: there are inf and -inf.
    """
    partials: list[float] = []
    special = 0.0
    for number in numbers:
        total = number
        kept = 0
        for i in range(len(partials)):
            before, partial = total, partials[i]
            total = before + partial
            lost = floats.sum_error(before, partial, total)
            if lost != 0.0:
                partials[kept] = lost
                kept += 1
        partials = partials[:kept]
        if not math.isfinite(total):
            if math.isfinite(number):
                raise OverflowError("the sum overflows on the way")
            special += number
            partials = []
        elif total != 0.0:
            partials.append(total)
    if special == 0.0:
        return rounded_once(partials)
    if special != special and floats.INFINITY in numbers and -floats.INFINITY in numbers:
        raise ValueError("the sum of inf and -inf")
    return special


def rounded_once(partials: list[float]) -> float:
    """The sum of numbers that do not overlap, the least first, rounded once."""
    total = 0.0
    lost = 0.0
    place = len(partials)
    while place > 0 and lost == 0.0:
        place -= 1
        before = total
        total = before + partials[place]
        lost = partials[place] - (total - before)
    # Half way between two floats, what is still left decides.
    if place > 0 and lost != 0.0 and (lost < 0.0) == (partials[place - 1] < 0.0):
        twice = 2.0 * lost
        other = total + twice
        if twice == other - total:
            return other
    return total


def hypot(x: float, y: float) -> float:
    """The length of (x, y)."""
    return length([x, y])


def length(numbers: list[float]) -> float:
    """The Euclidean norm, which neither overflows nor vanishes on the way."""
    if any(math.isinf(x) for x in numbers):
        return floats.INFINITY
    greatest = max([abs(x) for x in numbers])
    if any(x != x for x in numbers):
        return floats.NAN
    if greatest == 0.0:
        return 0.0
    shift = -math.frexp(greatest)[1]
    total = 0.0
    lost = 0.0
    for x in numbers:
        scaled = floats.ldexp(x, shift)
        square = scaled * scaled
        before = total
        total += square
        lost += floats.sum_error(before, square, total)
        lost += floats.product_error(scaled, scaled, square)
    # The rounding of the root itself is put back too.
    root = math.sqrt(total + lost)
    square = root * root
    rest = total - square - floats.product_error(root, root, square) + lost
    return floats.ldexp(root + rest / (2.0 * root), -shift)


# ── The error function, right to about 2 units in the last place ──────────────

GREATEST: Final[float] = 27.3  # erfc is 0 beyond


def erf(x: float) -> float:
    """The error function."""
    if abs(x) <= 0.5:
        return x + x * floats.polynomial_at(x * x, CENTRE)
    return 1.0 - tail(x) if x > 0.0 else tail(-x) - 1.0


def erfc(x: float) -> float:
    """1 - erf(x), without the rounding of that difference."""
    if abs(x) <= 0.5:
        return 1.0 - erf(x)
    return tail(x) if x > 0.0 else 2.0 - tail(-x)


def tail(x: float) -> float:
    """erfc(x), for x > 1/2; see `error_coefficients.py`."""
    if x > GREATEST or x != x:
        return x if x != x else 0.0
    start = 0.5
    place = 0
    while x > 2.0 * start:
        start *= 2.0
        place += 1
    return floats.times_gauss(floats.polynomial_at(4.0 * start / x - 3.0, TAILS[place]) / x, x, 1.0)


# ── Whole numbers of any size ─────────────────────────────────────────────────


def integer_ratio(x: float) -> tuple[Whole, Whole]:
    """A finite float as a fraction in lowest terms; the denominator is a power of 2."""
    mantissa, exponent = math.frexp(x)
    numerator: Whole = int(mantissa * 9007199254740992.0)
    shift = 53 - exponent
    if numerator == 0:
        return 0, 1
    while shift > 0 and numerator // 2 * 2 == numerator:
        numerator //= 2
        shift -= 1
    return (numerator, 1 << shift) if shift > 0 else (numerator << -shift, 1)


def nearest_quotient(x: Whole, y: Whole) -> Whole:
    """x / y, rounded to a whole number, half to even; neither is negative."""
    whole = x // y
    twice = 2 * (x - whole * y)
    if twice == y:
        return (whole + 1) // 2 * 2
    return whole + 1 if twice > y else whole


def quotient(x: Whole, y: Whole) -> float:
    """x / y as a float, rounded once; infinite where that is too large."""
    if x == 0:
        return -0.0 if y < 0 else 0.0
    if x < 0:
        return -quotient(-x, y)
    if y < 0:
        return -quotient(x, -y)
    # A float is a whole number of at most 53 digits of units; this size of them may be a half.
    shift = max(x.bit_length() - y.bit_length() - 53, -1074)
    whole = in_units(x, y, shift)
    if whole > 1 << 53:
        shift += 1
        whole = in_units(x, y, shift)
    return floats.ldexp(float(whole), shift)


def in_units(x: Whole, y: Whole, shift: int) -> Whole:
    """x / y as a whole number of units of 2**shift."""
    if shift < 0:
        return nearest_quotient(x << -shift, y)
    return nearest_quotient(x, y << shift)


def round_to(x: float, digits: int) -> float:
    """round(x, digits), of a finite x; infinite where that is too large."""
    if digits > 323:
        return x  # all floats have fewer
    if digits < -308:
        return 0.0 * x
    numerator, denominator = integer_ratio(abs(x))
    if digits < 0:
        power: Whole = 10**-digits
        size = quotient(nearest_quotient(numerator, denominator * power) * power, 1)
    else:
        power = 10**digits
        size = quotient(nearest_quotient(numerator * power, denominator), power)
    return math.copysign(size, x)


def factorial(n: int) -> Whole:
    """The product of the whole numbers from 1 to n."""
    product: Whole = 1
    for i in range(2, n + 1):
        product *= i
    return product


def isqrt(square: Whole) -> Whole:
    """The whole part of the square root: Newton's method, from above."""
    if square == 0:
        return 0
    root: Whole = 1 << (square.bit_length() // 2 + 1)
    while True:
        following = (root + square // root) // 2
        if following >= root:
            return root
        root = following
