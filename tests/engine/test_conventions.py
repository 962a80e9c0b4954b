"""Our answers beside those of PyTorch and JAX, and who is right where they differ.

`tests.conventions` has the answers. Here ours is checked, that a difference is explained
wherever there is one and nowhere else, and, by mpmath, that the explanation holds.
"""

from __future__ import annotations

import math
from typing import Any

import pytest
from mpmath import mp, mpf

import autograd
from autograd import Value, gradients
from autograd.testing import units_off
from tests.conventions import CASES, OPERATIONS, Answer, Case
from tests.oracle import is_real, real

TOLERANCE = 4e-15  # relative; two numbers that are closer than this do not differ
UNITS = 4.0  # how far off mpmath's number, in units in the last place, ours may be

# A limit is taken this near to the point, or this far out if the point is infinite: so far
# that its square root is more than the greatest float. With so many digits the distance
# still shows where it is taken from 1.
NEARBY = mpf(2) ** -2200
FAR_OUT = mpf(2) ** 2200
DIGITS = 750

ANSWERED = [case for case in CASES if case.ours is not None]
MISSING = [case for case in CASES if case.ours is None]


def title(case: Case) -> str:
    return f"{case.name} at {', '.join(map(repr, case.point))}"


def each(cases: list[Case]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", cases, ids=title)


def numbers(answer: Answer) -> list[float | None]:
    value, first, second = answer
    return [value, *first, *second]


def answer_of(case: Case) -> Answer:
    """Our answer, by gradients of gradients."""
    operands = [Value(x) for x in case.point]
    out = OPERATIONS[case.name].written(*operands)
    first = gradients(out, operands)
    second = [gradients(slope, [x])[0].data for slope, x in zip(first, operands, strict=True)]
    return out.data, [slope.data for slope in first], list(second)


def alike(a: float | None, b: float | None) -> bool:
    """Whether two numbers do not differ; no answer differs from nothing."""
    if a is None or b is None or (a != a and b != b):
        return True
    return math.isclose(a, b, rel_tol=TOLERANCE, abs_tol=0.0)


def differences(a: Answer, b: Answer | None) -> list[int]:
    """Where two answers differ. The sign of a zero counts in a value, not in a derivative."""
    if b is None:
        return []
    found = [k for k, (x, y) in enumerate(zip(numbers(a), numbers(b))) if not alike(x, y)]
    if a[0] == b[0] == 0.0 and math.copysign(1.0, a[0]) != math.copysign(1.0, b[0]):
        found.insert(0, 0)
    return found


def exact(case: Case, place: int) -> Any:
    """What mpmath gives for a number of our answer; nan if that is not real.

    ``place`` counts through the answer: the value, the first and the second derivatives.
    """
    function = OPERATIONS[case.name].exact
    point = [mpf(x) for x in case.point]
    side = {"=": 0, "<": -1, ">": 1}[case.confirmed[place]]
    if side:
        point[0] = point[0] + side * NEARBY if mp.isfinite(point[0]) else -side * FAR_OUT
    order, moving = divmod(place + len(point) - 1, len(point))

    def along(x: Any) -> Any:
        return function(*point[:moving], x, *point[moving + 1 :])

    if not is_real(function(*point)):
        return mpf("nan")
    out = function(*point) if order == 0 else mp.diff(along, point[moving], order)
    return real(out) if is_real(out) else mpf("nan")


# ── The table is whole ────────────────────────────────────────────────────────


def test_every_case_is_there_once() -> None:
    assert len(CASES) == 169
    assert len({title(case) for case in CASES}) == len(CASES)
    assert {case.name for case in ANSWERED} == set(OPERATIONS)


@each(CASES)
def test_a_case_has_a_number_for_every_derivative(case: Case) -> None:
    for answer in (case.ours, case.torch, case.jax):
        if answer is not None:
            assert [len(part) for part in answer[1:]] == [len(case.point)] * 2
    if case.ours is not None:
        assert None not in numbers(case.ours)
        assert len(case.confirmed) == len(numbers(case.ours))
        assert set(case.confirmed) <= set("=<>.")


# ── Our answer is what we say ─────────────────────────────────────────────────


@each(ANSWERED)
def test_our_answer(case: Case) -> None:
    assert case.ours is not None
    actual = answer_of(case)
    assert differences(actual, case.ours) == [], actual


@each(ANSWERED)
def test_a_backward_pass_gives_the_same_first_derivatives(case: Case) -> None:
    assert case.ours is not None
    operands = [Value(x) for x in case.point]
    OPERATIONS[case.name].written(*operands).backward()
    for operand, expected in zip(operands, case.ours[1], strict=True):
        assert alike(operand.grad, expected)


@each(MISSING)
def test_an_operation_that_we_have_not_is_not_there(case: Case) -> None:
    assert not hasattr(autograd, case.name), f"give the answer to {title(case)}"
    assert not hasattr(Value, case.name), f"give the answer to {title(case)}"
    assert case.because.startswith("missing: ")


# ── Who is right ──────────────────────────────────────────────────────────────


@each(ANSWERED)
def test_a_difference_is_explained_where_there_is_one(case: Case) -> None:
    assert case.ours is not None
    differs = differences(case.ours, case.torch) or differences(case.ours, case.jax)
    if differs:
        assert case.because.startswith(("ours", "theirs: ", "convention: ")), "no explanation"
    else:
        assert case.because == "", "nothing to explain"


@each(ANSWERED)
def test_mpmath_confirms_our_answer(case: Case) -> None:
    assert case.ours is not None
    for place, (number, sign) in enumerate(zip(numbers(case.ours), case.confirmed)):
        if sign == ".":
            continue
        assert number is not None
        with mp.workdps(DIGITS):
            true = exact(case, place)
            if mp.isnan(true):
                assert number != number, place
            else:
                assert units_off(number, true) <= UNITS, (place, mp.nstr(true, 20))
                if sign == "=" and place == 0 and number == 0.0 != true:
                    assert math.copysign(1.0, number) == mp.sign(true)


@each([case for case in ANSWERED if "mpmath" in case.because])
def test_where_mpmath_is_the_reason_it_confirms_every_number(case: Case) -> None:
    assert "." not in case.confirmed
