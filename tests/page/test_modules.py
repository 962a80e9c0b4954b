"""What the rules call does what Python does under these names, in JavaScript and before."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

import pytest
from mpmath import mp, mpf

from autograd.page import arithmetic
from autograd.testing import units_off
from tests.page.nodejs import AllRules, as_json, from_json, needs_node, run

pytestmark = needs_node

SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1.5, 2.5, -2.5, math.inf, -math.inf, math.nan]
SPECIAL += [5e-324, -1e-310, 2.0**-1022, 2.0**52 + 0.5, 2.0**53 - 1.0, -1e16, 1e300, 1.7e308]
WHOLE = [0, 1, -1, 7, -12, 2**53 - 1, 2**53 + 1, 2**64, -(3**80), 10**300, 7**400, 2**1074]


def floats_of_any_size(chance: random.Random) -> float:
    if chance.random() < 0.3:
        return chance.choice(SPECIAL)
    if chance.random() < 0.3:
        return math.ldexp(chance.uniform(-2.0, 2.0), chance.randint(-1074, 1022))
    return chance.choice([1.0, 0.125]) * round(chance.uniform(-50.0, 50.0))


def answers(calls: list[tuple[str, list[Any]]]) -> list[Any]:
    """What these functions give, by such names as ``bits.frexp``; an int is a bigint there."""
    script = """
    function read(x) {
      if (Array.isArray(x)) return x.map(read);
      return x.whole === undefined ? x.count ?? Number(x) : BigInt(x.whole);
    }
    function written(x) {
      if (Array.isArray(x)) return x.map(written);
      return typeof x === "bigint" ? { whole: String(x) } : x;
    }
    const answer = data.map(([name, operands]) => {
      const [module, key] = name.split(".");
      try {
        const called = module === "bits" ? bits[key] : eval(`math_${key}`);
        return written(called(...operands.map(read)));
      } catch (error) {
        return { error: error.constructor.name };
      }
    });
    """
    return [
        _read(x) for x in run(AllRules(), script, [[n, [_write(x) for x in xs]] for n, xs in calls])
    ]


class Count(int):
    """An int that JavaScript has as a number."""


def _write(x: Any) -> Any:
    if isinstance(x, Count):
        return {"count": int(x)}
    if isinstance(x, int):
        return {"whole": str(x)}
    return [_write(each) for each in x] if isinstance(x, list) else as_json(x)


def _read(x: Any) -> Any:
    if isinstance(x, dict):
        return int(x["whole"]) if "whole" in x else x["error"]
    return [_read(each) for each in x] if isinstance(x, list) else from_json(x)


def by_python(function: Callable[..., Any], operands: list[Any]) -> Any:
    """What Python gives; the name of an error where it raises one."""
    try:
        out = function(*operands)
    except (OverflowError, ValueError, ZeroDivisionError) as error:
        return type(error).__name__
    return [float(x) if isinstance(x, float) else x for x in out] if isinstance(out, tuple) else out


def hold(cases: dict[str, tuple[Callable[..., Any], list[list[Any]]]]) -> None:
    """Each function gives to the bit what Python's does, and so does what it is translated from."""
    calls = [(name, operands) for name, (_, many) in cases.items() for operands in many]
    expected = [
        by_python(function, operands) for function, many in cases.values() for operands in many
    ]
    for (name, operands), found, right in zip(calls, answers(calls), expected, strict=True):
        assert repr(found) == repr(right), f"{name}{tuple(operands)}"
        module, _, key = name.partition(".")
        if module == "arithmetic":
            before = by_python(getattr(arithmetic, key), operands)
            # It may raise, where in JavaScript inf goes on.
            is_raised = before in ("OverflowError", "ValueError")
            assert is_raised or repr(before) == repr(right), f"{key}{tuple(operands)}"


def test_arithmetic_of_floats() -> None:
    chance = random.Random(1)

    def pairs(allowed: Callable[[float, float], bool]) -> list[list[float]]:
        drawn = [[floats_of_any_size(chance), floats_of_any_size(chance)] for _ in range(300)]
        return [pair for pair in drawn if allowed(*pair)]

    numbers = [[x] for [x, _] in pairs(lambda x, y: math.isfinite(x))]
    hold(
        {
            "arithmetic.modulo": (lambda x, y: x % y, pairs(lambda x, y: y != 0.0)),
            "arithmetic.floor_divide": (lambda x, y: x // y, pairs(lambda x, y: y != 0.0)),
            "arithmetic.nearest": (lambda x: math.copysign(round(x), x), numbers),
            "arithmetic.remainder": (
                math.remainder,
                pairs(lambda x, y: y != 0.0 and not math.isinf(x)),
            ),
            "bits.copysign": (math.copysign, pairs(lambda x, y: True)),
        }
    )


def test_the_parts_of_floats() -> None:
    chance = random.Random(2)
    numbers = [floats_of_any_size(chance) for _ in range(300)]
    exponents = [
        chance.choice([chance.randint(-2200, 2200), chance.randint(-60, 60)]) for _ in numbers
    ]

    def ldexp(x: float, exponent: int) -> float:
        try:
            return math.ldexp(x, exponent)
        except OverflowError:
            return math.copysign(math.inf, x)

    finite = [x for x in numbers if math.isfinite(x)]
    [*parts] = answers([("bits.frexp", [x]) for x in numbers])
    assert [(repr(x), e) for x, e in parts] == [
        (repr(math.frexp(x)[0]), math.frexp(x)[1]) for x in numbers
    ]
    hold(
        {
            "arithmetic.ldexp": (ldexp, [[x, Count(e)] for x, e in zip(numbers, exponents)]),
            "arithmetic.integer_ratio": (float.as_integer_ratio, [[x] for x in finite]),
        }
    )


def test_decimal_digits() -> None:
    chance = random.Random(3)
    cases = [[floats_of_any_size(chance), chance.randint(-320, 330)] for _ in range(200)]
    cases += [[chance.randint(-9999, 9999) / 8.0, chance.randint(-3, 4)] for _ in range(200)]
    cases += [[2.675, 2], [0.125, 2], [0.375, 2], [1.7e308, -308], [25.0, -1], [35.0, -1]]

    def round_to(x: float, digits: int) -> float:
        try:
            return round(x, digits)
        except OverflowError:
            return math.copysign(math.inf, x)

    finite = [[x, Count(digits)] for x, digits in cases if math.isfinite(x)]
    hold({"arithmetic.round_to": (round_to, finite)})


def test_whole_numbers_of_any_size() -> None:
    chance = random.Random(4)
    pairs = [[x, y] for x in WHOLE for y in WHOLE if y]
    pairs += [[chance.randint(-(2**70), 2**70), chance.randint(1, 2**60)] for _ in range(100)]
    pairs += [[2 * chance.getrandbits(53) + 1, 2**k] for k in (1, 1070, 1100) for _ in range(20)]

    def quotient(x: int, y: int) -> float:
        try:
            return x / y
        except OverflowError:
            return math.inf if (x > 0) == (y > 0) else -math.inf

    hold(
        {
            "arithmetic.quotient": (quotient, pairs),
            "bits.floor_quotient": (lambda x, y: x // y, pairs),
            "arithmetic.isqrt": (math.isqrt, [[x] for x, _ in pairs if x >= 0]),
        }
    )
    lengths = answers([("bits.bit_length", [x]) for x in WHOLE])
    assert lengths == [x.bit_length() for x in WHOLE]
    factorials = answers([("arithmetic.factorial", [Count(n)]) for n in (0, 1, 5, 99, 25)])
    assert factorials == [math.factorial(n) for n in (0, 1, 5, 99, 25)]


def test_sums_are_exact_and_raise_what_python_raises() -> None:
    chance = random.Random(5)
    lists = [
        [[floats_of_any_size(chance) for _ in range(chance.randint(0, 9))]] for _ in range(300)
    ]
    lists += [
        [[1.0, 2.0**-53, 2.0**-106]],
        [[1.0, 2.0**-53, -(2.0**-106)]],
        [[1e308, 1e308, -1e308]],
    ]
    lists += [[[chance.uniform(-1.0, 1.0) * 10.0 ** chance.randint(-20, 20) for _ in range(40)]]]
    hold({"arithmetic.fsum": (math.fsum, lists)})


def test_powers_and_lengths_are_right_to_two_units() -> None:
    chance = random.Random(6)
    cases = []
    for _ in range(200):
        x = math.ldexp(
            chance.uniform(1.0, 2.0), chance.choice([0, 0, 1, chance.randint(-1074, 1022)])
        )
        y = chance.choice(
            [chance.uniform(-700.0, 700.0) / (math.log(x) or 1.0), chance.randint(-9, 9)]
        )
        cases.append((x, float(y)))
    powers = answers([("arithmetic.pow", list(case)) for case in cases])
    lengths = answers([("arithmetic.length", [list(case)]) for case in cases])
    with mp.workdps(60):
        for (x, y), power, length in zip(cases, powers, lengths, strict=True):
            assert units_off(power, mpf(x) ** mpf(y)) <= 2.0, f"{x}**{y}"
            assert units_off(length, mp.sqrt(mpf(x) ** 2 + mpf(y) ** 2)) <= 1.0, f"hypot({x}, {y})"


def test_powers_of_special_numbers() -> None:
    special = [*SPECIAL, 3.0, -3.0, 1e308]

    def power(x: float, y: float) -> float:
        try:
            return math.pow(x, y)
        except OverflowError:
            return -math.inf if x < 0.0 and y % 2.0 == 1.0 else math.inf
        except ValueError:
            if x < 0.0:
                return math.nan
            return math.copysign(math.inf, x) if abs(y % 2.0) == 1.0 else math.inf

    calls = [("arithmetic.pow", [x, y]) for x in special for y in special]
    for (_, [x, y]), found in zip(calls, answers(calls), strict=True):
        right = power(x, y)
        same_sign = found != 0.0 or math.copysign(1.0, found) == math.copysign(1.0, right)
        assert same_sign, f"{x}**{y}"
        assert found == pytest.approx(right, 1e-15, 0.0, nan_ok=True), f"{x}**{y}"
