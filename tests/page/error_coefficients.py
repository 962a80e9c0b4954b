"""Fit the polynomials of the error function in the page, whose JavaScript has none.

    python -m tests.page.error_coefficients

writes `autograd/page/modules/error_coefficients.js` anew. The polynomials interpolate between
Chebyshev's points, in 60 digits; the comment above each says how far it is from the function.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from mpmath import mp, mpf

from tests.programs import ROOT

STARTS: Final = (mpf(1) / 2, mpf(1), mpf(2), mpf(4), mpf(8), mpf(16))
COUNTS: Final = (21, 18, 16, 14, 12, 10)  # of terms, so that the error is below 1e-18
PATH: Final[Path] = ROOT / "autograd" / "page" / "modules" / "error_coefficients.js"

HEAD: Final = """\
// Written by `python -m tests.page.error_coefficients`: polynomials, the constant term first.

/** erf(x) is x + x * p(x * x) for |x| <= 1/2. */
"""
TAILS: Final = """
/** erfc(x) is exp(-x * x) / x * p(4 * a / x - 3) for a <= x <= 2 * a, with a = 1/2, 1, 2, 4, 8, 16. */
"""


def written(f: Callable[[Any], Any], low: Any, high: Any, count: int) -> str:
    """The polynomial of so many terms as a list in JavaScript."""
    coefficients, error = mp.chebyfit(f, [low, high], count, error=True)
    lines = "".join([f"    {float(c)!r},\n" for c in reversed(coefficients)])
    return f"  // within {float(error):.1e}\n  [\n{lines}  ]"


def near_zero(square: Any) -> Any:
    """erf(x) / x - 1, of the square of x."""
    x = mp.sqrt(square)
    return mp.erf(x) / x - 1 if x else 2 / mp.sqrt(mp.pi) - 1


def scaled_rest(x: Any) -> Any:
    """exp(x * x) * x * erfc(x), which varies little."""
    return mp.exp(x * x) * x * mp.erfc(x)


def generated() -> str:
    with mp.workdps(60):
        centre = written(near_zero, mpf(0), mpf(1) / 4, 10)
        tails = []
        for start, count in zip(STARTS, COUNTS, strict=True):
            tails.append(
                written(lambda u: scaled_rest(4 * start / (u + 3)), mpf(-1), mpf(1), count)
            )
    listed = ",\n".join(tails)
    return f"{HEAD}export const CENTRE =\n{centre};\n{TAILS}export const TAILS = [\n{listed},\n];\n"


if __name__ == "__main__":
    PATH.write_text(generated(), "utf-8")
