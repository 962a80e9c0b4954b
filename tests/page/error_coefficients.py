"""Fit the polynomials of the error function in the page, whose JavaScript has none.

    python -m tests.page.error_coefficients

writes `autograd/page/error_coefficients.py` anew. The polynomials interpolate between
Chebyshev's points, in 60 digits; the comment above each says how far it is from the function.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import indent
from typing import Any, Final

from mpmath import mp, mpf

from tests.programs import ROOT

STARTS: Final = (mpf(1) / 2, mpf(1), mpf(2), mpf(4), mpf(8), mpf(16))
COUNTS: Final = (21, 18, 16, 14, 12, 10)  # of terms, so that the error is below 1e-18
PATH: Final[Path] = ROOT / "autograd" / "page" / "error_coefficients.py"

HEAD: Final = '''\
"""Written by `python -m tests.page.error_coefficients`: polynomials, the constant term first."""

from typing import Final

# erf(x) is x + x * p(x * x) for |x| <= 1/2.
CENTRE: Final[list[float]] = \
'''
MIDDLE: Final = """

# erfc(x) is exp(-x * x) / x * p(4 * a / x - 3) for a <= x <= 2 * a, for a = 1/2, 1, ..., 16.
TAILS: Final[list[list[float]]] = [
"""


def interpolated(f: Callable[[Any], Any], low: Any, high: Any, count: int) -> list[Any]:
    """The polynomial that has the values of a function at Chebyshev's points.

    It is sum of c[k] * T[k](t), with t = scale * x + shift from -1 to 1, and the polynomials T of
    Chebyshev: 1, t, and then 2 * t * T[k - 1] - T[k - 2].
    """
    scale, shift = 2 / (high - low), -(high + low) / (high - low)
    angles = [mp.pi * (j + mpf(1) / 2) / count for j in range(count)]
    values = [f((mp.cos(angle) - shift) / scale) for angle in angles]
    total = [mpf(0)] * count
    before, chebyshev = [mpf(0)] * count, [mpf(1)] + [mpf(0)] * (count - 1)
    for k in range(count):
        terms = [value * mp.cos(k * angle) for value, angle in zip(values, angles)]
        c = mp.fsum(terms) * (2 if k else 1) / count
        total = [a + c * b for a, b in zip(total, chebyshev)]
        moved = [mpf(0), *chebyshev[:-1]]
        by_t = [scale * a + shift * b for a, b in zip(moved, chebyshev)]
        following = [(2 if k else 1) * a - b for a, b in zip(by_t, before)]
        before, chebyshev = chebyshev, following
    return total


def written(f: Callable[[Any], Any], low: Any, high: Any, count: int) -> str:
    """The polynomial of so many terms as a list, the constant term first."""
    coefficients = interpolated(f, low, high, count)
    places = [low + (high - low) * i / 100 for i in range(101)]
    values = [mp.fsum([c * x**i for i, c in enumerate(coefficients)]) for x in places]
    error = max([abs(value - f(x)) for value, x in zip(values, places)])
    lines = "".join([f"    {float(c)!r},\n" for c in coefficients])
    return f"[  # within {float(error):.1e}\n{lines}]"


def near_zero(square: Any) -> Any:
    """erf(x) / x - 1, of the square of x."""
    x = mp.sqrt(square)
    return mp.erf(x) / x - 1 if x else 2 / mp.sqrt(mp.pi) - 1


def scaled_rest(start: Any) -> Callable[[Any], Any]:
    """exp(x * x) * x * erfc(x), which varies little, as a function of 4 * start / x - 3."""

    def rest(u: Any) -> Any:
        x = 4 * start / (u + 3)
        return mp.exp(x * x) * x * mp.erfc(x)

    return rest


def generated() -> str:
    with mp.workdps(60):
        centre = written(near_zero, mpf(0), mpf(1) / 4, 10)
        tails = [
            written(scaled_rest(start), mpf(-1), mpf(1), count)
            for start, count in zip(STARTS, COUNTS, strict=True)
        ]
    listed = "".join([f"{indent(polynomial, '    ')},\n" for polynomial in tails])
    return f"{HEAD}{centre}{MIDDLE}{listed}]\n"


if __name__ == "__main__":
    PATH.write_text(generated(), "utf-8")
