"""Primitive.from_formula: the value and the rules of an operation, derived from its formula."""

from __future__ import annotations

import copy
import gc
import math
import pickle
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings

import autograd
from autograd import (
    Primitive,
    Reduction,
    Value,
    explain,
    formula,
    grad,
    graph,
    hessian,
    hvp,
    jacobian,
    logsumexp,
    no_grad,
    sin,
    table,
    tanh,
    where,
)
from autograd.testing import Expression, check_gradients, check_primitive, expressions
from autograd.testing.chain_rule import derivatives
from tests.programs import environment

softcap = Primitive.from_formula("softcap", lambda x, c=2.0: c * tanh(x / c), summary="x, bounded")
branching = Primitive.from_formula("branching", lambda x: x**2 if x > 0 else -x, kinks=[0.0])
mixed = Primitive.from_formula(
    "mixed", lambda a, b: logsumexp([a, b]) + where(a > b, a * b, 0.0) * autograd.max([a, b, 1.0])
)
nested = Primitive.from_formula("nested", lambda x: softcap(x, 3.0) * x)

ROWS = [
    row
    for name in table.__all__
    if type(row := getattr(table, name)) is Primitive and name not in ("arccosh", "arctanh")
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row.name))
def test_of_one_operation_it_is_that_operation(row: Primitive) -> None:
    twin = Primitive.from_formula("twin", row)
    assert (twin.arity, twin.defaults, twin.parameters()) == (
        row.arity,
        row.defaults,
        row.parameters(),
    )
    for first in (-1.5, 0.0, 0.25, math.inf, math.nan):
        operands = [first, 0.5, 2.0][: row.arity]
        out = row(*operands)
        assert repr(twin(*operands)) == repr(out)
        expected = row.local_derivatives(operands, out)
        assert [*map(repr, twin.local_derivatives(operands, out))] == [*map(repr, expected)]


@settings(max_examples=40)
@given(expressions())
def test_of_a_program_it_has_the_gradient_of_the_program(expression: Expression) -> None:
    count = len(expression.point)
    parameters = ", ".join([f"x{i}" for i in range(count)])
    program = eval(f"lambda {parameters}: expression({parameters})", {"expression": expression})
    operation = Primitive.from_formula("program", program)
    leaves, root = expression.on_values()
    inputs = [Value(x) for x in expression.point]
    out = operation(*inputs)
    assert out.inputs == tuple(inputs)
    assert repr(out.data) == repr(root.data)
    out.backward()
    expected = derivatives(root, leaves)
    for x, derivative in zip(inputs, expected, strict=True):
        assert abs(x.grad - derivative.value) <= 2 * derivative.error or math.isnan(x.grad)
        assert math.isnan(x.grad) == math.isnan(derivative.value)


def test_a_graph_has_one_node_for_it() -> None:
    x, c = Value(1.0, "x"), Value(2.0, "c")
    y = softcap(x, c)
    assert (y.op, y.inputs, len(graph(y))) == (softcap, (x, c), 3)
    assert y.data == 2.0 * math.tanh(0.5)
    y.backward()
    assert x.grad == pytest.approx(1 - math.tanh(0.5) ** 2, rel=1e-15)
    assert "softcap" in graph(y).to_svg()
    with no_grad():
        assert softcap(x, c).op is None


def test_on_numbers_it_is_a_function_of_floats_as_others_are() -> None:
    assert softcap(1) == softcap(1.0, 2) == 2.0 * math.tanh(0.5)
    inverse = Primitive.from_formula("inverse", lambda x: 1 / x)
    assert (inverse(0.0), inverse(Value(0.0)).data) == (math.inf, math.inf)  # and no error
    assert grad(inverse)(0.0) == -math.inf
    constant = Primitive.from_formula("constant", lambda x: 3)
    assert (constant(1.0), grad(constant)(1.0)) == (3.0, 0.0)
    half = Primitive.from_formula("half", lambda x, y: x)
    assert grad(half, argnums=(0, 1))(1.0, 2.0) == (1.0, 0.0)


@pytest.mark.parametrize(
    ("operation", "operands"),
    [
        (softcap, (1.0, 2.0)),
        (branching, (3.0,)),
        (branching, (-3.0,)),
        (mixed, (3.0, 2.0)),
        (mixed, (1.0, 2.0)),
        (nested, (1.5,)),
    ],
)
def test_derivatives_of_any_order(operation: Primitive, operands: tuple[float, ...]) -> None:
    check_gradients(operation, *operands, order=3)
    places = tuple(range(len(operands)))

    def plain(*xs: Any) -> Any:
        assert operation.formula is not None
        return operation.formula(*xs)

    for derivative in (grad, hessian, lambda f, argnums: jacobian(grad(grad(f)), argnums=argnums)):
        expected = derivative(plain, argnums=places)(*operands)
        found = derivative(operation, argnums=places)(*operands)
        assert _flat(found) == pytest.approx(_flat(expected), rel=1e-12, abs=1e-15)
    products = [hvp(f, operands, (1.0, 0.5)[: len(operands)], places) for f in (plain, operation)]
    assert _flat(products[1]) == pytest.approx(_flat(products[0]), rel=1e-12, abs=1e-15)


def _flat(numbers: Any) -> list[float]:
    if isinstance(numbers, (tuple, list)):
        return [number for part in numbers for number in _flat(part)]
    return [numbers]


def test_it_is_checked_like_any_other() -> None:
    mpmath = pytest.importorskip("mpmath")

    def exact(x: Any, c: Any) -> Any:
        return c * mpmath.tanh(x / c)

    check_primitive(softcap, exact, [1.0, 2.0], [-3.0, 1.5], units=20.0)
    with pytest.raises(AssertionError, match=r"^d/d operand 1 of d softcap / d operand 0"):
        check_primitive(softcap, exact, [1e-9, 3.0], units=20.0)  # the formula cancels here


def test_it_is_explained_by_its_formula() -> None:
    x, c = Value(1.0, "x"), Value(2.0, "c")
    y = softcap(x, c)
    y.label = "y"
    text = str(explain(y, c))
    assert "y = c·tanh(x/c) = 2·tanh(1/2) = 0.924234" in text
    assert "∂y/∂c = tanh(x/c) − x·(1 − tanh(x/c)²)·c/c²" in text
    assert formula(y, "plain") == "c*tanh(x/c)"


def test_a_formula_that_branches_is_written_by_its_name() -> None:
    x = Value(3.0, "x")
    y = branching(x)
    assert formula(y) == "branching(x)"
    assert "branching′(x) = branching′(3) = 6" in str(explain(y, x))


def test_its_help_says_that_the_accuracy_is_that_of_the_formula() -> None:
    assert str(softcap.__doc__).splitlines()[:9] == [
        "softcap(x, c=2)",
        "",
        "x, bounded.",
        "",
        "softcap(x, c) = c*tanh(x/c)",
        "d/dx = (1 - tanh(x/c)**2)*c/c",
        "d/dc = tanh(x/c) - x*(1 - tanh(x/c)**2)*c/c**2",
        "",
        "Declared by its formula: its accuracy is that of the formula.",
    ]
    assert "its formula" not in str(autograd.tanh.__doc__)


def test_it_copies_and_pickles() -> None:
    y = softcap(Value(1.0))
    assert copy.deepcopy(y).op is softcap
    twin = pickle.loads(pickle.dumps(y))
    assert twin.op is softcap
    assert repr(twin) == repr(y)
    with pytest.raises(TypeError, match=r"^cannot pickle the primitive local: .* in the module"):
        pickle.dumps(Primitive.from_formula("local", lambda x: x))


def test_of_arrays() -> None:
    numpy = pytest.importorskip("numpy")
    x = numpy.array([[1.0], [2.0]])
    found = softcap(x, numpy.array([1.0, 3.0]))
    expected = numpy.array([1.0, 3.0]) * numpy.tanh(x / numpy.array([1.0, 3.0]))
    numpy.testing.assert_allclose(found, expected, rtol=1e-15)


@pytest.mark.skipif(not autograd.__compiled__, reason="the collector knows all interpreted Values")
def test_the_collector_follows_what_the_formula_leads_to() -> None:
    assert not gc.is_tracked(softcap(Value(1.0)))
    factor = [2.0]
    closure = Primitive.from_formula("closure", lambda x: x * factor[0])
    assert gc.is_tracked(closure(Value(1.0)))


def test_one_that_calls_itself_without_end_is_an_error() -> None:
    program = (
        "from autograd import Primitive, Value\n"
        "f = Primitive.from_formula('f', lambda x: f(x) + 1.0)\n"
        "for x in (1.0, Value(1.0)):\n"
        "    try: f(x)\n"
        "    except RecursionError: print('RecursionError')\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env=environment(),
    )
    assert result.stdout == "RecursionError\n" * 2


FORM = (
    "from_formula() takes a function of a fixed number of numbers, such as "
    "lambda x, c: c * tanh(x / c), got "
)


@pytest.mark.parametrize(
    ("call", "kind", "text"),
    [
        (lambda: Primitive.from_formula("a", max), TypeError, FORM + "<built-in function max>"),
        (lambda: Primitive.from_formula("a", 3), TypeError, FORM + "3"),  # type: ignore[arg-type]
        (
            lambda: Primitive.from_formula(3, sin),
            TypeError,
            "a primitive is named and written by strings, got 3",
        ),
        (
            lambda: Reduction.from_formula("a", sin),
            TypeError,
            "Reduction has no from_formula(): it declares a Primitive",
        ),
        (
            lambda: Primitive.from_formula("a", lambda x: [x])(1.0),
            TypeError,
            "expected a real number, got a list: make one Value of each element, such as "
            "[Value(x) for x in data]",
        ),
        (
            lambda: Primitive.from_formula("a", lambda x: x.data)(1.0),
            AttributeError,
            "a formula is made of operators and operations of autograd, without .data: rules made "
            "by hand may do what they like",
        ),
    ],
)
def test_what_from_formula_refuses(
    call: Callable[[], Any], kind: type[Exception], text: str
) -> None:
    with pytest.raises(kind) as caught:
        call()
    assert str(caught.value) == text


def test_functions_of_math_are_refused_at_the_first_call() -> None:
    with pytest.raises(TypeError, match=r"^a Value is not turned into a float, .*autograd\.exp"):
        Primitive.from_formula("a", lambda x: math.sin(x))(1.0)
