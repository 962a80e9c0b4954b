"""The rules in JavaScript: generated from the table, and as accurate as it."""

from __future__ import annotations

import math

import pytest

from autograd.page.rules import RULES, generated, needed
from tests.oracle import PRIMITIVES, ROWS
from tests.page import error_coefficients
from tests.page.accuracy import Point, computed, drawn, error, errors
from tests.page.nodejs import AllRules, needs_node, run

POINTS = 6  # random ones for each row, and as many special ones


@pytest.fixture(scope="module")
def found() -> dict[str, list[tuple[Point, list[float]]]]:
    """For each row points, and what Node computes there."""
    points = {name: drawn(name, POINTS) for name in ROWS}
    return {
        name: list(zip(points[name], those, strict=True))
        for name, those in computed(points).items()
    }


def test_the_rules_are_those_of_the_table() -> None:
    assert RULES.read_text("utf-8") == generated(), "run python -m autograd.page.rules"


def test_the_coefficients_of_the_error_function_are_those_of_the_fit() -> None:
    written = error_coefficients.PATH.read_text("utf-8")
    assert written == error_coefficients.generated(), "run python -m tests.page.error_coefficients"


@needs_node
@pytest.mark.parametrize("name", ROWS)
def test_a_rule_is_within_the_bound_of_its_row(
    name: str, found: dict[str, list[tuple[Point, list[float]]]]
) -> None:
    assert len(found[name]) == 2 * POINTS
    for point, numbers in found[name]:
        worst = max(errors(name, point, numbers))
        assert worst <= 1.0, f"{name} at {point} gives {numbers}, {worst:.2f} times the bound off"


def test_an_error_is_a_part_of_what_the_row_may_be_off() -> None:
    exact = math.tanh(0.5)
    assert error("tanh", [0.5], -1, exact, exact) == 0.0
    assert error("tanh", [0.5], -1, exact + 2 * math.ulp(exact), exact) == 0.5  # of 4 units
    assert error("tanh", [0.5], 0, 0.7, 0.7864477329659275) > 1e12
    assert error("tanh", [math.nan], -1, 0.0, math.nan) == math.inf
    assert error("tanh", [-0.0], -1, 0.0, -0.0) == math.inf


@needs_node
def test_what_a_rule_needs_is_all_that_it_needs() -> None:
    # The rules of each row by themselves give what they give among all the others.
    script = """
    const point = [0.5, 1, 2, 1];
    function numbers({ forward, derivatives, gradient }) {
      const xs = gradient ? point : point.slice(0, derivatives.length);
      const out = gradient ? forward(xs) : forward(...xs);
      return [out, ...(gradient ? gradient(xs, out) : derivatives.map((by) => by(...xs, out)))];
    }
    const answer = {};
    for (const [name, text] of Object.entries(data)) {
      const definitions = text.replace(/^import .*$/gm, "").replace("export ", "");
      const alone = eval(`(() => { ${definitions}; return rules; })()`);
      answer[name] = [Object.keys(alone), numbers(alone[name]), numbers(rules[name])];
    }
    """
    answers = run(AllRules(), script, {name: needed([name]) for name in ROWS})
    assert answers.keys() == ROWS.keys()
    for name, (names, alone, among_others) in answers.items():
        assert names == [name]
        assert alone == among_others
    assert "sinc" not in needed(["tanh"])
    assert len(needed(["tanh", "add", "multiply"])) < 1500


# Their whole numbers have hundreds of digits.
OF_HIGH_ORDER = [
    ("power_derivative", [2.5, 60.5, 20.0, 15.0]),
    ("quotient_derivative", [2.5, -3.5, 99.0]),
    ("arctan2_derivative", [1.5, -2.0, 30.0, 21.0]),
    ("cbrt_derivative", [-2.5, 40.0]),
    ("mish_derivative", [0.7, 20.0]),
    ("silu_derivative", [-0.7, 21.0]),
    ("sinc_derivative", [3.25, 12.0]),
    ("gauss_derivative", [1.25, 0.5, 40.0]),
    ("norm_derivative", [1.0, 2.0, -3.0, 12.0, 1.0, 14.0]),
    ("logsumexp_derivative", [1.0, 2.0, 0.5, 11.0, 13.0, 2.0]),
    ("sum", [1e308, 1e308, -1e308, 3.0]),
    ("mean", [1.7e308, 1.7e308, 1.6e308]),
    ("dot", [1e200, 3.0, -1e200, 1e200, 2.0, 1e200]),
]


@needs_node
def test_whole_numbers_of_any_size_are_exact() -> None:
    script = """
    const answer = data.map(([name, xs]) => {
      const { forward, gradient } = rules[name];
      return gradient ? forward(xs) : forward(...xs);
    });
    """
    for (name, operands), found in zip(
        OF_HIGH_ORDER, run(AllRules(), script, OF_HIGH_ORDER), strict=True
    ):
        by_python = PRIMITIVES[name].evaluate(operands)
        assert math.isfinite(by_python)
        assert found == pytest.approx(by_python, 1e-13), name
