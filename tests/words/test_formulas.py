"""Formulas of graphs: that they say what was computed, briefly, and that names are told apart."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import autograd
from autograd import Value, formula, graph
from autograd.testing import Expression, expressions
from autograd.words.formulas import local_derivative_formulas
from autograd.words.notation import NOTATIONS
from autograd.words.statements import Statements
from nn import MLP
from tests.latex import check_math
from tests.reading import labelled, readable, value_of_plain, value_of_unicode


def same(a: float, b: float) -> bool:
    return a == b or (math.isnan(a) and math.isnan(b))


def data_of(result: object) -> float:
    return result.data if isinstance(result, Value) else float(result)  # type: ignore[arg-type]


# ── A formula says what was computed ──────────────────────────────────────────


@given(readable)
def test_plain_text_is_a_program_of_python_that_gives_the_same_number(
    expression: Expression,
) -> None:
    names, root = labelled(expression)
    text = formula(root, "plain")
    assume("..." not in text)
    again = value_of_plain(text, names)
    assert same(data_of(again), root.data)


@given(readable)
def test_unicode_can_be_read_in_one_way_only(expression: Expression) -> None:
    names, root = labelled(expression)
    text = formula(root)
    assume("…" not in text and math.isfinite(root.data))
    again = data_of(value_of_unicode(text, names))
    assert again == pytest.approx(root.data, rel=1e-9, abs=1e-12)


@given(expressions(max_size=12))
def test_latex_is_well_formed(expression: Expression) -> None:
    _, root = labelled(expression)
    check_math(formula(root, "latex"))


# fmt: off
CALLS = [
    ("softmax",     lambda x, y: autograd.softmax([x, y])[1],           "exp(y)/(exp(y) + exp(x))"),
    ("log_softmax", lambda x, y: autograd.log_softmax([x, y])[0],       "x − ln(exp(x) + exp(y))"),
    ("sum",         lambda x, y: autograd.sum([x, y, 2.0]),             "x + y + 2"),
    ("mean",        lambda x, y: autograd.mean([x, y, 2.0]),            "(x + y + 2)/3"),
    ("dot",         lambda x, y: autograd.dot([x, 1.0], [y, 2.0]),      "x·y + 1·2"),
    ("norm",        lambda x, y: autograd.norm([x, y]),                 "√(x² + y²)"),
    ("max",         lambda x, y: autograd.max([x, y, 0.0]),             "max(x, y, 0)"),
    ("clamp",       lambda x, y: autograd.clamp(x, -1, y),              "clamp(x, −1, y)"),
    ("leaky_relu",  lambda x, y: autograd.leaky_relu(x) * y,            "leaky_relu(x, 0.01)·y"),
    ("exp2",        lambda x, y: autograd.exp2(x) - y,                  "2^x − y"),
    ("reciprocal",  lambda x, y: x.reciprocal() - y,                    "1/x − y"),
    ("round",       lambda x, y: round(x) + math.floor(y),              "round(x) + ⌊y⌋"),
    ("modulo",      lambda x, y: x % y + x // y,                        "(x mod y) + ⌊x/y⌋"),
    ("where",       lambda x, y: autograd.where(True, x, y),            "x"),
    ("builtin sum", lambda x, y: sum([x, y, x]),                        "x + y + x"),
    ("left out",    lambda x, y: (1 * x) ** 1 + 0 - (-y.negative()) / 1,"x − y"),
    ("constant",    lambda x, y: 2 * x - y / 1e-7,                      "2·x − y/10⁻⁷"),
]
# fmt: on


@pytest.mark.parametrize(("_name", "call", "unicode"), CALLS, ids=[name for name, _, _ in CALLS])
def test_operations_in_words_of_mathematics(_name: str, call: object, unicode: str) -> None:
    x, y = Value(0.3, "x"), Value(0.7, "y")
    out = call(x, y)  # type: ignore[operator]
    assert formula(out) == unicode
    again = value_of_plain(formula(out, "plain"), {"x": Value(0.3), "y": Value(0.7)})
    assert data_of(again) == pytest.approx(out.data, rel=1e-12)
    check_math(formula(out, "latex"))


def test_digits() -> None:
    third = Value(2.0, "x") * (1 / 3)
    assert formula(third, digits=3) == "x·0.333"
    assert formula(third) == "x·0.3333333333333333"


# ── Statements ────────────────────────────────────────────────────────────────


def test_a_labelled_value_is_called_by_its_name() -> None:
    x, w, b = Value(2.0, "x"), Value(-3.0, "w"), Value(6.5, "b")
    a = w * x + b
    a.label = "a"
    assert formula(a.tanh()) == "tanh(a), where a = w·x + b"
    assert formula(a.tanh(), "plain") == "a = w*x + b\ntanh(a)"
    assert formula(a.tanh(), "latex") == r"\tanh(a), \quad\text{where } a = w \cdot x + b"


def test_a_value_used_twice_is_written_once() -> None:
    x = Value(2.0, "x")
    for _ in range(30):
        x = x * x
    text = formula(x, limit=100)
    assert text.startswith("v₂₉·v₂₉, where v₂₉ = v₂₈·v₂₈, v₂₈ = ")
    assert text.endswith("v₁ = x·x")


def test_what_a_function_is_applied_to_has_a_name() -> None:
    x = Value(2.0, "x")
    assert formula((2 * x + x * x).sin()) == "sin(v₃), where v₃ = 2·x + x·x"
    assert formula((-x).exp() + (x / 2).sin()) == "exp(−x) + sin(x/2)"


def test_many_statements_are_cut_at_the_limit() -> None:
    x = Value(0.5, "x")
    for _ in range(50):
        x = x.sin()
    assert formula(x, limit=2) == "sin(v₄₉), where v₄₉ = sin(v₄₈), v₄₈ = sin(v₄₇), …"


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (lambda x: x + 1.0, "x + 1 + 1 + … + 1"),
        (lambda x: x - 1.0, "x − 1 − 1 + … − 1"),
        (lambda x: x.sin(), "sin(v₉₉₉₉), where v₉₉₉₉ = sin(v₉₉₉₈), …"),
        (lambda x: x * 1.5, "v₉₉₉₀·1.5·1.5·…·1.5, where v₉₉₉₀ = v₉₉₈₀·1.5·1.5·…·1.5, …"),
    ],
)
def test_depth_is_no_limit(step: object, expected: str) -> None:
    x = Value(2.0, "x")
    for _ in range(10_000):
        x = step(x)  # type: ignore[operator]
    assert formula(x, limit=1) == expected


def test_a_leaf_is_its_name() -> None:
    assert formula(Value(2.0, "w11")) == "w₁₁"
    assert formula(Value(2.0)) == "v₀"


def test_a_snapshot_will_do() -> None:
    assert formula(graph(Value(2.0, "x") + 1)) == "x + 1"


# ── Names ─────────────────────────────────────────────────────────────────────


def test_values_of_the_same_label_are_told_apart() -> None:
    w, again, third = Value(1.0, "w"), Value(2.0, "w"), Value(3.0, "w_2")
    assert formula(w + again + third, "plain") == "w + w_3 + w_2"


def test_labels_that_would_look_alike_are_told_apart() -> None:
    total = Value(1.0, "w11") + Value(2.0, "w_11") + Value(3.0, "alpha") + Value(4.0, "α")
    assert formula(total) == "w₁₁ + “w_11” + α + “α”"


def test_automatic_names_avoid_labels() -> None:
    assert formula(Value(1.0) + Value(2.0, "v0") + Value(3.0, "v_3"), "plain") == "v0_2 + v0 + v_3"


def test_the_label_pi_is_not_the_number() -> None:
    assert formula(Value(1.0, "pi") * 2) == "“pi”·2"


@given(st.lists(st.text(max_size=4), min_size=2, max_size=6))
def test_no_two_values_are_called_the_same(labels: list[str]) -> None:
    leaves = [Value(1.0, label) for label in labels]
    statements = Statements(graph(autograd.max(leaves)))
    for style in ("plain", "unicode"):
        names = [NOTATIONS[style].name(symbol.name) for symbol in statements.names.values()]
        assert len(set(names)) == len(labels) + 1


def test_parameters_are_called_by_their_path_in_the_model() -> None:
    model = MLP(1, [1])
    out = model([2.0])
    assert "layers.0.neurons.0.w.0·2" in formula(out)


# ── Local derivatives for the edges of pictures ───────────────────────────────


def test_local_derivatives_in_terms_of_labels() -> None:
    a, b = Value(6.0, "a"), Value(7.0, "b")
    assert local_derivative_formulas(a * b) == ("b", "a")
    assert local_derivative_formulas(a / b, style="latex") == (r"\frac{1}{b}", r"-\frac{a}{b^{2}}")
    assert local_derivative_formulas(a**3, style="plain") == ("3*a**2",)
    assert local_derivative_formulas(2 - a) == ("−1",)
    assert local_derivative_formulas(autograd.clamp(a, 0, 1)) == ("[0 ≤ a ≤ 1]",)


def test_the_result_goes_by_its_label() -> None:
    y = Value(6.0, "a").sigmoid()
    assert local_derivative_formulas(y) == ("out·(1 − out)",)
    y.label = "y"
    assert local_derivative_formulas(y) == ("y·(1 − y)",)


def test_operands_without_a_label_are_x_and_y() -> None:
    x, y = Value(6.0), Value(7.0)
    assert local_derivative_formulas(x * y) == ("y", "x")
    assert local_derivative_formulas(x * x) == ("x", "x")
    assert local_derivative_formulas(x * Value(1.0, "x")) == ("x", "x₂")
    assert local_derivative_formulas(autograd.prod([x, y, x, y])) == (
        "x₁·x₂·x₂", "x₁·x₁·x₂", "x₁·x₂·x₂", "x₁·x₁·x₂",
    )  # fmt: skip


def test_nodes_of_a_snapshot_will_do() -> None:
    snapshot = graph(Value(6.0, "a") * Value(7.0, "b"))
    assert local_derivative_formulas(snapshot.root, snapshot) == ("b", "a")
    assert local_derivative_formulas(snapshot.root) == ("y", "x")
    assert local_derivative_formulas(snapshot["a"], snapshot) == ()


@given(expressions())
def test_there_is_a_formula_for_each_input(expression: Expression) -> None:
    for node in graph(expression.on_values()[1]):
        assert len(local_derivative_formulas(node)) == len(node.inputs)


# ── Errors ────────────────────────────────────────────────────────────────────


def test_an_unknown_style_is_refused() -> None:
    message = "style must be one of plain, unicode, latex, got 'html'"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        formula(Value(1.0), "html")
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        local_derivative_formulas(Value(1.0), style="html")


def test_a_number_is_refused() -> None:
    with pytest.raises(TypeError, match=r"^formula\(\) writes a Value's graph, got a float$"):
        formula(1.0)  # type: ignore[arg-type]
