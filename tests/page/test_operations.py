"""Operations of a graph in the page: those of the table, one's own, and those that are frozen."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

import autograd
from autograd import Primitive, Reduction, Value, graph, sin
from autograd.page.operations import LEAF, Operations

MORE = "its functions do more than combine operations of autograd"
NOT_THE_SAME = "its functions do not give the same for the same numbers"


def of(*values: Value) -> Operations:
    return Operations(graph(autograd.sum(values)))


def row(op: Primitive, *operands: Any) -> dict[str, str | None]:
    """The row of an operation in a graph that has it."""
    [found] = [each for each in of(op(*operands)).rows if each["name"] == op.name]
    return found


def test_an_operation_of_the_table_has_the_rule_of_its_name() -> None:
    x = Value(0.5)
    operations = Operations(graph((x * 2.0).tanh() * x))
    assert operations.rows == [
        {"name": "multiply", "rule": "multiply"},
        {"name": "tanh", "rule": "tanh"},
    ]
    assert operations.column == [LEAF, 0, 1, 0]
    assert operations.frozen == []
    assert "rules.tanh" in operations.rules()
    assert "rules.sinh" not in operations.rules()


def test_an_operation_of_ones_own_is_written_in_the_operations_of_the_table() -> None:
    cube = Primitive("cube", lambda x: x * x * x, lambda x, out: 3.0 * x * x)
    assert row(cube, Value(2.0)) == {"name": "cube", "rule": "own0"}
    own = of(cube(Value(2.0))).rules().splitlines()[-1]
    assert own == (
        "rules.own0 = { forward: (x0) => x0 * x0 * x0, derivatives: [(x0, out) => 3 * x0 * x0] };"
    )


def test_one_that_calls_another_is_written_out() -> None:
    twice = Primitive("twice", lambda x: 2.0 * x, lambda x, out: 2.0)
    both = Primitive(
        "both",
        lambda x, y: twice(x) + sin(y),
        lambda x, y, out: 2.0,
        lambda x, y, out: y.cos() if isinstance(y, Value) else autograd.cos(y),
    )
    operations = of(both(Value(1.0), Value(2.0)))
    assert "forward: (x0, x1) => 2 * x0 + sin(x1)" in operations.rules()
    assert "const sin = " in operations.rules()


def test_what_is_used_twice_is_computed_once() -> None:
    def forward(x: Any) -> Any:
        for _ in range(40):
            x = x * x + 1.0
        return x - x

    grown = Primitive("grown", forward, lambda x, out: 0.0)
    [own] = [line for line in of(grown(Value(0.0))).rules().splitlines() if "own0" in line]
    assert own.count("const ") == 40
    assert len(own) < 3000


def test_a_reduction_of_ones_own_has_a_rule_for_each_number_of_operands() -> None:
    energy = Reduction(
        "energy", lambda xs: sum(x * x for x in xs), lambda xs, out: [2.0 * x for x in xs]
    )
    a, b = Value(1.0), Value(2.0)
    operations = of(energy([a, b]), energy([b, 3.0, a]), energy([b, b]))
    rules = [each["rule"] for each in operations.rows if each["name"] == "energy"]
    assert rules == ["own0", "own1"]
    assert "(xs, out) => [2 * xs[0], 2 * xs[1]]" in operations.rules()


def test_an_own_operation_may_have_the_name_of_one_of_the_table() -> None:
    tanh = Primitive("tanh", lambda x: x, lambda x, out: 1.0)
    assert row(tanh, Value(2.0)) == {"name": "tanh", "rule": "own0"}


@pytest.mark.parametrize("name", ["</script>", 'a"b', "${x}", "constructor", "__proto__"])
def test_a_name_is_no_part_of_the_program(name: str) -> None:
    op = Primitive(name, lambda x: x, lambda x, out: 1.0)
    assert name not in of(op(Value(1.0))).rules()


@pytest.mark.parametrize(
    "forward",
    [
        lambda x: math.exp(x),
        lambda x: x if x > 0.0 else 0.0 * x,
        lambda x: 1.0 if x == 0.0 else x,
        lambda x: x or 1.0,
        lambda x: {1.0: 2.0}.get(x, 3.0),
        lambda x: float(f"{x:.3f}"),
    ],
)
def test_a_function_that_looks_at_its_number_is_frozen(forward: Callable[[Any], Any]) -> None:
    op = Primitive("op", forward, lambda x, out: 1.0)
    assert row(op, Value(1.0)) == {"name": "op", "rule": None, "reason": MORE}


def test_a_rule_that_looks_at_its_number_freezes_the_operation() -> None:
    op = Primitive("op", lambda x: x, lambda x, out: 1.0 if x > 0.0 else 0.0)
    operations = of(op(Value(1.0)) * 2.0)
    assert [operations.is_frozen(i) for i in range(4)] == [False, True, False, False]
    assert operations.frozen == [1]


def test_steps_that_give_something_else_are_not_taken() -> None:
    kinds = Primitive(
        "kinds", lambda x: x * (2.0 if isinstance(x, float) else 3.0), lambda x, out: 2.0
    )
    assert row(kinds, Value(1.0)) == {"name": "kinds", "rule": None, "reason": NOT_THE_SAME}
    calls = iter(range(100))
    counted = Primitive("counted", lambda x: x + float(next(calls)), lambda x, out: 1.0)
    assert row(counted, Value(1.0))["reason"] == NOT_THE_SAME
    rule = Primitive("rule", lambda x: x, lambda x, out: 1.0 if isinstance(x, float) else 2.0)
    assert row(rule, Value(1.0))["reason"] == NOT_THE_SAME


def test_what_was_recorded_with_numbers_is_frozen() -> None:
    recorded = autograd.record(3.0, [Value(1.0)], [2.0], name="outside")
    assert of(recorded).rows[0] == {
        "name": "outside",
        "rule": None,
        "reason": "it was recorded with numbers, without a function to compute it by",
    }


def test_a_formula_that_branches_is_frozen_and_one_that_does_not_is_written() -> None:
    hinge = Primitive.from_formula("hinge", lambda x: x if x > 1.0 else 1.0 * x)
    assert row(hinge, Value(2.0))["reason"] == MORE
    bump = Primitive.from_formula("bump", lambda x, c=2.0: autograd.exp(-c * x * x))
    assert row(bump, Value(2.0))["rule"] == "own0"
