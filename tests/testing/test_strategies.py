"""The Hypothesis strategies: the draws, their simplest examples, their printing."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument
from mpmath import mp

import autograd
from autograd import Primitive, Value, cos, sin, tanh
from autograd.testing import (
    Expression,
    Formula,
    Step,
    check_primitive,
    expressions,
    values,
)
from autograd.testing.strategies import offered
from nn.testing import networks
from tests import shrinking

WITHOUT_DATABASE = settings(database=None, deadline=None, max_examples=1000, derandomize=True)

FEW = settings(max_examples=20, deadline=None)


def simplest(strategy: st.SearchStrategy[Any], condition: Callable[[Any], bool]) -> Any:
    phases = [Phase.generate, Phase.shrink]  # without the explanation, which nobody reads here
    return find(strategy, condition, settings=settings(WITHOUT_DATABASE, phases=phases))


def uses(name: str) -> Callable[[Expression], bool]:
    return lambda expression: any(step.operation.name == name for step in expression.steps)


def shares(expression: Expression) -> bool:
    used = [x for step in expression.steps for x in step.operands if isinstance(x, int)]
    return len(used) > len(set(used))


def same(a: float, b: float) -> bool:
    return a == b or (a != a and b != b)


versine = Primitive("versine", lambda x: 2 * math.sin(x / 2) ** 2, lambda x, out: sin(x))
versine_formula = {versine: lambda x: 1 - mp.cos(x)}


# ── Values ────────────────────────────────────────────────────────────────────


@given(values(min_value=-1, max_value=2, exclude_max=True))
def test_values_are_leaves_within_their_bounds(value: Value) -> None:
    assert type(value) is Value
    assert -1.0 <= value.data < 2.0
    assert (value.op, value.label, value.has_grad) == (None, "", False)


def test_values_may_be_nan_and_infinite() -> None:
    assert math.isnan(simplest(values(), lambda x: x.data != x.data).data)
    assert simplest(values(allow_nan=False), lambda x: math.isinf(x.data)).data == math.inf


@given(values(allow_nan=False, allow_infinity=False), values(min_value=0, max_value=1))
def test_nan_and_infinities_can_be_excluded(x: Value, y: Value) -> None:
    assert math.isfinite(x.data)
    assert math.isfinite(y.data)


def test_values_may_have_labels() -> None:
    assert repr(simplest(values(labels=st.sampled_from("ab")), lambda x: x.label == "b")) == (
        "Value(0.0, label='b')"
    )


@given(values(-1, 2, width=16))
def test_bounds_may_be_positional_and_floats_narrow(value: Value) -> None:
    assert -1.0 <= value.data <= 2.0
    assert struct.unpack("e", struct.pack("e", value.data)) == (value.data,)


@pytest.mark.parametrize(
    ("strategy", "text"),
    [
        (values(), "values()"),
        (values(0, 1, width=32), "values(min_value=0, max_value=1, width=32)"),
        (expressions(), "expressions()"),
        (
            expressions(operations=["+", "tanh"], max_size=3),
            "expressions(operations=['+', 'tanh'], max_size=3)",
        ),
        (
            expressions(inputs=values(0, 1)),
            "expressions(inputs=values(min_value=0, max_value=1))",
        ),
        (networks(activations="tanh", min_width=2), "networks(activations='tanh', min_width=2)"),
    ],
)
def test_the_repr_of_a_strategy_is_the_call_that_made_it(
    strategy: st.SearchStrategy[Any], text: str
) -> None:
    assert repr(strategy) == text


# ── Expressions ───────────────────────────────────────────────────────────────


@given(expressions())
def test_the_printed_code_builds_the_expression(expression: Expression) -> None:
    scope: dict[str, Any] = {}
    exec(str(expression), scope)
    assert scope["out"].data == expression.on_values()[1].data
    scope["out"].backward()
    inputs, out = expression.on_values()
    out.backward()
    assert [scope[f"x{i}"].grad for i in range(len(inputs))] == [x.grad for x in inputs]


@given(expressions(inputs=st.floats(), allow_nan=True, allow_infinity=True))
def test_it_does_whatever_the_numbers_are(expression: Expression) -> None:
    scope: dict[str, Any] = {}
    exec(str(expression), scope)
    assert same(scope["out"].data, expression.on_values()[1].data)


@pytest.mark.parametrize("name", [primitive.name for primitive in offered()])
def test_each_operation_is_drawn_and_printed(name: str) -> None:
    @settings(max_examples=12, phases=[Phase.generate])
    @given(expressions([name]))
    def holds(expression: Expression) -> None:
        assert {step.operation.name for step in expression.steps} == {name}
        scope: dict[str, Any] = {}
        exec(str(expression), scope)
        assert scope["out"].op.name == name
        expression.check(order=2)

    holds()


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        (uses("tanh"), "x0 = Value(0.0); out = tanh(x0)"),
        (uses("dot"), "x0 = Value(0.0); out = dot([x0], [x0])"),
        (uses("where"), "x0 = Value(0.0); out = where(x0 > 0.0, x0, x0)"),
        (uses("share"), "x0 = Value(0.0); out = softmax([x0])[0]"),
        (shares, "x0 = Value(0.0); out = x0 + x0"),
        (lambda e: len(e.point) > 1, "x0 = Value(0.0); x1 = Value(0.0); out = x0 + x1"),
    ],
)
def test_an_expression_shrinks_to_a_small_one(
    condition: Callable[[Expression], bool], code: str
) -> None:
    expression = simplest(expressions(), condition)
    lines = [line for line in str(expression).split("\n") if " import " not in line]
    assert "; ".join(lines) == code


@pytest.mark.parametrize(
    "name", [x for x in shrinking.PROPERTIES if x not in shrinking.OUT_OF_REACH]
)
def test_a_planted_property_ends_in_the_fewest_steps_on_small_numbers(name: str) -> None:
    # Hypothesis tries what is close by, and so from some beginnings ends elsewhere.
    ends = (shrinking.simplest(name, examples=1000, seed=seed) for seed in range(3))
    assert any(shrinking.is_minimal(name, end) for end in ends)


def test_how_an_expression_prints() -> None:
    expression = find(
        expressions(["sum", "abs", "**", "neg"]),
        lambda e: all(uses(name)(e) for name in ("sum", "absolute", "power", "negative")),
        settings=settings(WITHOUT_DATABASE, phases=[Phase.generate]),
    )
    assert sorted(str(expression).split("\n")[:2]) == [
        "from autograd import Value",
        "import autograd",
    ]
    assert "autograd.sum([" in str(expression)
    assert "abs(" in str(expression)


def test_a_report_shows_one_statement_to_a_line() -> None:
    @WITHOUT_DATABASE
    @given(expressions(["tanh"]))
    def fails(expression: Expression) -> None:
        assert expression(*expression.point) > 1.0

    with pytest.raises(AssertionError) as error:
        fails()
    report = "\n".join(error.value.__notes__)
    assert (
        "    expression=\n        from autograd import Value, tanh\n        x0 = Value(0.0)\n"
        in report
    )


# The names that the `repr` of an expression uses.
NAMES: dict[str, Any] = {
    **vars(autograd),
    "autograd": autograd,
    "Expression": Expression,
    "Step": Step,
}
any_expression = expressions(
    inputs=st.floats() | st.sampled_from([-0.0, 5e-324, -2.5e-310]),
    allow_nan=True,
    allow_infinity=True,
)


@FEW
@given(
    st.lists(any_expression)
    | st.tuples(any_expression)
    | st.dictionaries(st.text(), any_expression)
)
def test_within_a_container_each_is_printed_as_the_call_that_makes_it(container: Any) -> None:
    again = eval(repr(container), dict(NAMES))
    assert repr(again) == repr(container)
    assert [str(x) for x in items(again)] == [str(x) for x in items(container)]
    assert "\n" not in repr(container)


def items(container: Any) -> list[Expression]:
    return list(container.values() if isinstance(container, dict) else container)


def test_a_report_of_a_container_can_be_pasted() -> None:
    @settings(WITHOUT_DATABASE, phases=[Phase.generate, Phase.shrink])
    @given(st.lists(expressions([versine, "sum"], inputs=st.just(-0.0)), min_size=2))
    def fails(pair: list[Expression]) -> None:
        assert not pair

    with pytest.raises(AssertionError) as error:
        fails()
    _, _, report = "\n".join(error.value.__notes__).partition("pair=")
    pasted = eval(report[: report.rindex("]") + 1], {**NAMES, "versine": versine})
    assert pasted == [Expression((-0.0,), (Step(versine, (0,)),))] * 2


def test_an_infinite_number_is_printed_as_a_program_that_runs() -> None:
    expression = Expression((math.inf,), (Step(autograd.multiply, (0, -math.inf)),))
    assert str(expression) == (
        "from autograd import Value\nx0 = Value(float('inf'))\nout = x0 * float('-inf')"
    )
    assert repr(Expression((math.nan,), ())) == "Expression((float('nan'),), ())"


def test_expressions_can_be_hashed() -> None:
    x = Expression((2.0,), (Step(autograd.add, (0, 1.0)),), {versine: mp.cos})
    assert x == Expression((2.0,), (Step(autograd.add, (0, 1.0)),))
    assert len({x, Expression((2.0,), (Step(autograd.add, (0, 1.0)),))}) == 1


@FEW
@given(
    st.lists(expressions(), unique=True, min_size=2, max_size=3),
    st.sets(expressions(["+"]), min_size=2, max_size=3),
)
def test_they_can_be_drawn_without_duplicates(
    several: list[Expression], some: set[Expression]
) -> None:
    assert len({repr(x) for x in several}) == len(several)
    assert len({repr(x) for x in some}) == len(some)


def test_a_constant_is_no_position() -> None:
    assert Step(autograd.add, (0, 1)) != Step(autograd.add, (0, 1.0))
    assert Step(autograd.add, (0, 0.0)) != Step(autograd.add, (0, -0.0))
    assert Step(autograd.add, (0, 1)) != "x0 + x1"


@given(expressions(min_size=3, max_size=5, max_inputs=2))
def test_sizes_are_kept(expression: Expression) -> None:
    assert 3 <= len(expression.steps) <= 5
    assert 1 <= len(expression.point) <= 2


@FEW
@given(expressions(min_inputs=2, max_size=3), expressions(["*", "exp"], min_inputs=3, max_size=2))
def test_there_are_at_least_as_many_inputs_as_asked_for(x: Expression, y: Expression) -> None:
    assert 2 <= len(x.point) <= 3
    assert len(x.steps) <= 3
    assert len(y.point) == 3
    assert len(y.steps) == 2


def test_the_simplest_with_two_inputs_is_their_sum() -> None:
    assert repr(simplest(expressions(min_inputs=2), lambda e: True)) == (
        "Expression((0.0, 0.0), (Step(add, (0, 1)),))"
    )


@FEW
@given(expressions(["+"], inputs=values(1, 3) | st.just(2)))
def test_inputs_may_be_drawn_as_values(expression: Expression) -> None:
    assert all(type(x) is float and 1.0 <= x <= 3.0 for x in expression.point)


@FEW
@given(expressions({"+": 1, "tanh": 2}), expressions({"*": 1}.keys()))
def test_operations_may_be_the_keys_of_a_dict(x: Expression, y: Expression) -> None:
    assert {step.operation.name for step in x.steps} <= {"add", "tanh"}
    assert {step.operation.name for step in y.steps} == {"multiply"}


def test_where_no_operation_is_defined_the_reason_is_given() -> None:
    @settings(database=None, derandomize=True, phases=[Phase.generate])
    @given(expressions(["log"], inputs=st.just(-2.0)))
    def test(expression: Expression) -> None:
        pass

    with pytest.raises(InvalidArgument) as error:
        test()
    assert str(error.value) == (
        "in 50 attempts no operation had a result: log(-2.0) has none that is allowed; draw the "
        "inputs from where the operations are defined, or pass allow_nan=True and "
        "allow_infinity=True"
    )


@FEW
@given(expressions(["arcsin"]))
def test_a_narrow_domain_is_no_reason_to_refuse(expression: Expression) -> None:
    assert all(step.operation.name == "arcsin" for step in expression.steps)


@given(expressions(["+", tanh, versine], formulas=versine_formula))
def test_only_what_is_chosen_is_drawn(expression: Expression) -> None:
    assert {step.operation.name for step in expression.steps} <= {"add", "tanh", "versine"}


@given(expressions())
def test_numbers_are_of_a_size_to_compute_with(expression: Expression) -> None:
    for number in expression.evaluate(expression.on_values()[0], lambda op, xs: _value(op, xs))[
        :-1
    ]:
        assert math.isfinite(number.data)
        assert abs(number.data) < 1.1e15


def _value(operation: Primitive, operands: list[Any]) -> Any:
    from autograd.testing.expression import apply

    return apply(operation, operands)


@given(expressions(inputs=st.integers(1, 3)))
def test_inputs_and_constants_come_from_the_strategy_for_them(expression: Expression) -> None:
    constants = [x for s in expression.steps for x in s.operands if isinstance(x, float)]
    assert {*expression.point, *constants} <= {1.0, 2.0, 3.0}


def test_infinities_and_nan_are_drawn_where_they_are_allowed() -> None:
    def result(expression: Expression) -> float:
        return expression.on_values()[1].data

    assert simplest(expressions(allow_infinity=True), lambda e: math.isinf(result(e)))
    assert simplest(expressions(allow_nan=True), lambda e: math.isnan(result(e)))


@given(expressions(allow_infinity=True), expressions(allow_nan=True))
def test_what_is_not_allowed_is_not_drawn(without_nan: Expression, finite: Expression) -> None:
    assert not math.isnan(without_nan.on_values()[1].data)
    assert not math.isinf(finite.on_values()[1].data)


def test_a_mistake_in_an_operation_of_ones_own_is_found_and_shown_small() -> None:
    wrong = Primitive("versine", versine.forward, lambda x, out: cos(x))

    @WITHOUT_DATABASE
    @given(expressions(["+", "*", "exp", wrong], formulas={wrong: lambda x: 1 - mp.cos(x)}))
    def agrees(expression: Expression) -> None:
        expression.check()

    with pytest.raises(AssertionError) as error:
        agrees()
    assert str(error.value) == (
        "d out / d x0 is 1.0, should be 0.0 to within 1.0e-40, "
        "in x0 = Value(0.0); out = versine(x0)"
    )


@given(expressions(["*", versine], formulas=versine_formula))
def test_an_operation_of_ones_own_is_checked_like_ours(expression: Expression) -> None:
    expression.check(order=2)


# ── Mistakes ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: values(min_value=Value(1.0)),  # type: ignore[arg-type]
            "min_value is a number, not a Value: pass its .data",
        ),
        (
            lambda: values(labels=["x", "w"]),  # type: ignore[arg-type]
            "labels is a strategy of strings, such as st.sampled_from(['x', 'w']); got ['x', 'w']",
        ),
        (
            lambda: values(min_value=2, max_value=1),
            "There are no 64-bit floating-point values between min_value=2 and max_value=1",
        ),
        (
            lambda: expressions("tanh"),
            "operations is a list, such as ['+', 'tanh']: pass ['tanh']",
        ),
        (
            lambda: expressions([]),
            "operations is empty: name one, such as ['+'], or pass None for all",
        ),
        (
            lambda: expressions(["tahn"]),
            "no operation of the table is named 'tahn': did you mean 'tanh'? "
            "Pass a name such as 'tanh' or '*', or a Primitive",
        ),
        (
            lambda: expressions(["pow"]),
            "no operation of the table is named 'pow': did you mean 'power'? "
            "Pass a name such as 'tanh' or '*', or a Primitive",
        ),
        (
            lambda: expressions(["mul"]),
            "no operation of the table is named 'mul': did you mean 'multiply'? "
            "Pass a name such as 'tanh' or '*', or a Primitive",
        ),
        (
            lambda: expressions(["&"]),
            "no operation of the table is named '&': "
            "pass a name such as 'tanh' or '*', or a Primitive",
        ),
        (
            lambda: expressions({"tanh"}),  # type: ignore[arg-type]
            "operations is a list, such as ['+', 'tanh'], and {'tanh'} is not ordered: a failure "
            "could not be reproduced; pass sorted(...) of the names",
        ),
        (
            lambda: expressions(frozenset({tanh})),  # type: ignore[arg-type]
            "operations is a list, such as ['+', 'tanh'], and frozenset({<primitive tanh>}) is not "
            "ordered: a failure could not be reproduced; pass sorted(...) of the names",
        ),
        (
            lambda: expressions(["tanh"], min_inputs=2),
            "min_inputs=2 needs an operation of two operands, and tanh has one: add one to the "
            "list, such as '+'",
        ),
        (
            lambda: expressions(min_inputs=4),
            "min_inputs=4 is more than max_inputs=3: raise the one or lower the other",
        ),
        (
            lambda: expressions(inputs=st.just("x")),  # type: ignore[arg-type]
            "inputs is a strategy of numbers, such as st.floats(-1, 1); it has drawn 'x'",
        ),
        (
            lambda: expressions(min_size=0),
            "min_size must be at least 1, got 0",
        ),
        (
            lambda: expressions(max_size=2.5),  # type: ignore[arg-type]
            "max_size must be a whole number, got 2.5",
        ),
        (
            lambda: expressions(min_size=9),
            "min_size=9 is more than max_size=8: raise the one or lower the other",
        ),
        (
            lambda: expressions(inputs=[1.0]),  # type: ignore[arg-type]
            "inputs is a strategy of numbers, such as st.floats(-1, 1); got [1.0]",
        ),
        (
            lambda: expressions(formulas={"versine": mp.cos}),  # type: ignore[dict-item]
            "formulas maps operations to functions, and 'versine' is not an operation: "
            "pass {operation: lambda x: ...}",
        ),
    ],
)
def test_an_option_that_makes_no_sense_is_refused_when_the_test_runs(
    make: Callable[[], st.SearchStrategy[Any]], message: str
) -> None:
    @settings(database=None, phases=[Phase.generate])
    @given(make())
    def test(drawn: Any) -> None:
        pass

    with pytest.raises(InvalidArgument) as error:
        test()
    assert str(error.value) == message


def test_an_operation_without_a_formula_is_drawn_but_not_compared() -> None:
    unknown = Primitive("unknown", versine.forward, *versine.derivatives)
    expression = simplest(expressions([unknown]), lambda expression: True)
    with pytest.raises(LookupError) as error:
        expression.check()
    assert error.value.args[0] == (
        "there is no formula for unknown() to compare with: pass one, as in "
        "formulas={unknown: lambda x: ...}, a function of mpmath numbers"
    )


def test_a_formula_may_bring_derivatives_of_its_own() -> None:
    step = Primitive("step", lambda x: float(x > 0), lambda x, out: 0.0)
    formula = Formula(lambda x: mp.mpf(x > 0), (lambda x: mp.mpf(0),))
    expression = Expression((0.0,), simplest(expressions([step]), bool).steps, {step: formula})
    assert expression.exact().gradient[0].number == 0
    check_primitive(tanh, mp.tanh, [0.5])
