"""explain: that its pages are right in every number, brief, and plain where things go wrong."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import autograd
from autograd import Value, explain, graph
from autograd.testing import Expression, expressions
from autograd.testing.expression import apply
from autograd.words.explanation import Explanation
from autograd.words.notation import NOTATIONS
from demos.articles import ARTICLES, Article
from demos.hand_example import forward_and_backward, starting_weights
from nn import MLP
from tests.latex import check_math, formulas_of_markdown
from tests.reading import FUNCTIONS, as_python, labelled, readable


def equations(page: str) -> list[list[str]]:
    """The equations of a page for a terminal: the sides of each."""
    lines: list[str] = []
    for line in page.splitlines():
        if re.match(r" {3,}= ", line):
            lines[-1] += " " + line.strip()
        elif line.startswith("  "):
            lines.append(line.strip())
    return [line.split(" = ") for line in lines]


def check_page(explanation: Explanation) -> int:
    """Hold every equation to the snapshot's numbers; how many sides could be computed."""
    unicode = NOTATIONS["unicode"]
    statements = explanation.statements
    shown = {id: unicode.name(symbol.name) for id, symbol in statements.names.items()}
    scope = {**FUNCTIONS, "σ": autograd.sigmoid, "ln": autograd.log}
    scope |= {as_python(name): explanation.graph[id].data for id, name in shown.items()}
    root = shown[explanation.graph.root.id]
    adjoints = {f"∂{root}/∂{name}": f"({explanation.adjoints[id]!r})" for id, name in shown.items()}
    checked = 0
    for left, *right in equations(str(explanation)):
        result = eval(as_python(right[-1] if right else left), scope)
        for side in [left, *right]:
            for sign in sorted(re.findall(r"∂\w+/∂\w+", side), key=len, reverse=True):
                side = side.replace(sign, adjoints.get(sign, sign))
            if "∂" in side or "…" in side:
                continue
            terms = eval(as_python(side).replace("[", "(").replace("]", ")"), scope)
            assert terms == pytest.approx(result, rel=1e-6, abs=1e-6), (left, right)
            checked += 1
    return checked


# ── The hand example ──────────────────────────────────────────────────────────


@pytest.mark.parametrize("article", ARTICLES, ids=["A", "B"])
@pytest.mark.parametrize("weight", ["w11", "w12", "w21", "w22", "w13", "w23"])
def test_the_derivative_of_the_hand_example_is_that_of_the_engine(
    article: Article, weight: str
) -> None:
    weights = starting_weights(article)
    loss = forward_and_backward(weights)["loss"]
    explanation = explain(loss, weights[weight], digits=12)
    assert explanation.derivative == pytest.approx(weights[weight].grad, rel=1e-15)
    assert check_page(explanation) > 20
    for step in explanation.steps:
        assert step.derivative == pytest.approx(explanation.graph[step.node].grad, rel=1e-15)


def test_the_page_on_w11_of_the_hand_example() -> None:
    page = str(explain(forward_and_backward(starting_weights(ARTICLES[0]))["loss"], "w11"))
    for line in [
        "How loss changes with w₁₁",
        "Given: w₁₁ = 0.2, x₁ = 0.35, w₂₁ = 0.2, x₂ = 0.7, w₁₃ = 0.3, w₂₃ = 0.9.",
        "Computed without w₁₁: y₄ = 0.578105.",
        "  a₁ = w₁₁·x₁ + w₂₁·x₂ = 0.2·0.35 + 0.2·0.7 = 0.21",
        "  y₃ = σ(a₁) = σ(0.21) = 0.552308",
        "  loss = error²/2 = (−0.165074)²/2 = 0.0136247",
        "w₁₁ → a₁ → y₃ → a₃ → y₅ → error → loss",
        "             = error × (−1) × y₅·(1 − y₅) × w₁₃ × y₃·(1 − y₃) × x₁",
        "             = 0.000954656",
        "  ∂loss/∂error = error = −0.165074",
        "            = ∂loss/∂y₅ × y₅·(1 − y₅)",
        "  ∂loss/∂w₁₁ = ∂loss/∂a₁ × ∂a₁/∂w₁₁ = ∂loss/∂a₁ × x₁ = 0.00272759 × 0.35 = 0.000954656",
    ]:
        assert page.splitlines().count(line) == 1, line
    assert max(map(len, page.splitlines())) <= 100


# ── Every number is right ─────────────────────────────────────────────────────


def finite(explanation: Explanation) -> bool:
    data = [node.data for node in explanation.graph]
    locals_ = [local for node in explanation.graph for local in node.local_derivatives]
    return all(abs(x) < 1e4 for x in [*data, *locals_, *explanation.adjoints])


@given(readable)
def test_every_equation_of_a_page_is_true(expression: Expression) -> None:
    _, root = labelled(expression)
    explanation = explain(root, digits=12)
    assume(finite(explanation))
    check_page(explanation)
    for leaf in explanation.graph:
        if leaf.op is None and leaf.id != explanation.graph.root.id:
            check_page(explain(root, leaf, digits=12))


@given(readable)
def test_derivatives_are_those_of_backward(expression: Expression) -> None:
    _, root = labelled(expression)
    root.backward()
    explanation = explain(root)
    assume(finite(explanation))
    for step in explanation.steps:
        grad = explanation.graph[step.node].grad
        assert step.derivative == pytest.approx(grad, rel=1e-12, abs=1e-12)
        total = sum(part.product for part in step.contributions)
        if step.node != explanation.graph.root.id:
            assert total == pytest.approx(step.derivative, rel=1e-9, abs=1e-9)
        for part in step.contributions:
            assert part.product == pytest.approx(part.upstream * part.local, rel=1e-9, abs=1e-9)


@given(readable)
def test_the_paths_are_those_of_the_graph(expression: Expression) -> None:
    _, root = labelled(expression)
    for leaf in graph(root):
        if leaf.op is None and leaf.id != len(graph(root)) - 1:
            explanation = explain(root, leaf)
            assume(finite(explanation))
            count, paths = explanation.paths()
            in_graph = graph(root).path(leaf, limit=4)
            assert count == in_graph.count
            products = [abs(path.product) for path in paths]
            expected = [abs(path.product) for path in in_graph]
            assert products == pytest.approx(expected, rel=1e-9, abs=1e-9)
            if count <= 4:
                total = math.fsum(path.product for path in paths)
                assert total == pytest.approx(explanation.derivative, rel=1e-9, abs=1e-9)


def test_a_batch_of_a_network() -> None:
    model = MLP(2, [3, 1], activation="tanh")
    outputs = [model([0.5, -1.0]), model([1.5, 2.0])]
    errors = [(out[0] if isinstance(out, list) else out) - 1.0 for out in outputs]
    loss = autograd.mean([error * error for error in errors])
    loss.label = "loss"
    loss.backward()
    parameter = model.parameters()[0]
    explanation = explain(loss, parameter)
    assert explanation.derivative == pytest.approx(parameter.grad, rel=1e-12)
    assert "How loss changes with layers.0.neurons.0." in str(explanation)


# ── It reads a snapshot, and nothing else ─────────────────────────────────────


def test_no_backward_pass_is_needed_and_no_value_is_touched() -> None:
    x = Value(3.0, "x")
    y = x * x
    assert explain(y, x).derivative == 6.0
    str(explain(y))
    assert (x.grad, y.grad, x.has_grad, y.has_grad) == (0.0, 0.0, False, False)


def test_a_grad_of_other_passes_is_told_from_the_derivative() -> None:
    x = Value(3.0, "x")
    y = x * x
    y.backward()
    y.backward()
    page = str(explain(y, x))
    assert "So ∂v₁/∂x = 6." in page
    assert "The grad of x is 12. That is the sum over all backward" in page
    assert x.grad == 12.0


def test_nothing_is_said_of_a_grad_that_is_the_derivative() -> None:
    x = Value(3.0, "x")
    y = x * x
    y.backward()
    assert "The grad of" not in str(explain(y, x))


def test_a_snapshot_and_a_label_will_do() -> None:
    x = Value(3.0, "x")
    assert explain(graph(x * x), "x").derivative == 6.0
    assert str(explain(graph(x * x), "x")) == str(explain(x * x, x))


def test_without_a_leaf_there_is_no_one_derivative() -> None:
    assert math.isnan(explain(Value(3.0, "x") * 2).derivative)


def test_an_interior_value_may_be_asked_for() -> None:
    x = Value(3.0, "x")
    inside = 2 * x
    page = str(explain(inside + 1, inside))
    assert "How v₂ changes with v₁" in page
    assert "  ∂v₂/∂v₁ = 1" in page.splitlines()


def test_of_an_input_there_is_little_to_say() -> None:
    assert (
        str(explain(Value(3.0, "x"))).splitlines()[-1] == "x is an input, 3: it was not computed."
    )


def test_the_output_itself_may_be_asked_for() -> None:
    y = Value(3.0, "x") * 2
    y.label = "y"
    assert explain(y, y).derivative == 1.0
    assert "So ∂y/∂y = 1." in str(explain(y, y))


# ── What it says ──────────────────────────────────────────────────────────────


def page_of(out: Value, leaf: Value, **options: int) -> str:
    return " ".join(str(explain(out, leaf, **options)).split())


def test_a_value_used_twice_gets_a_contribution_from_each_place() -> None:
    x = Value(3.0, "x")
    y = x * x + 2 * x
    y.label = "y"
    page = page_of(y, x)
    assert "∂y/∂x = x + x + 2 = 3 + 3 + 2 = 8" in page
    assert "path" not in page  # each would be but one step


def test_several_paths_are_listed_and_summed() -> None:
    x = Value(3.0, "x")
    a, b = x * x, x * 5
    a.label, b.label = "a", "b"
    y = a + b + x
    y.label = "y"
    page = page_of(y, x)
    assert "There are 4 paths." in page
    assert "x → b → y 1 × 5 = 5 x → a → y 1 × x = 1 × 3 = 3 x → a → y" in page
    assert "Together: ∂y/∂x = 5 + 3 + 3 + 1 = 12" in page


def test_contributions_of_several_statements_add_up() -> None:
    x = Value(3.0, "x")
    a, b = x * 2, x * 5
    a.label, b.label = "a", "b"
    y = a * b
    y.label = "y"
    page = page_of(y, x)
    assert "∂y/∂x = ∂y/∂b × ∂b/∂x + ∂y/∂a × ∂a/∂x = ∂y/∂b × 5 + ∂y/∂a × 2" in page
    assert "= 6 × 5 + 15 × 2 = 30 + 30 = 60" in page


def test_many_contributions_within_a_statement_are_shortened() -> None:
    x = Value(1.0, "x")
    out = autograd.sum([(x * i).sin() for i in range(1, 41)])
    out.label = "y"
    page = page_of(out, x)
    shares = [i * math.cos(i) for i in range(1, 41)]
    assert explain(out, x).derivative == pytest.approx(sum(shares), rel=1e-12)
    rest = NOTATIONS["unicode"].number(sum(shares[3:-1]), 6).text
    assert "∂y/∂x = cos(x) + 2·cos(2·x) + 3·cos(3·x) + … + 40·cos(40·x)" in page
    assert "= 0.540302 − 0.832294 − 2.96998 + … − 26.6775" in page
    assert f"The 36 contributions left out in the middle add up to {rest}." in page


def test_many_contributions_of_several_statements_are_shortened() -> None:
    x = Value(1.0, "x")
    out = autograd.sum([(x * i).sin() ** 2 for i in range(1, 41)])
    page = page_of(out, x)
    shares = [i * math.sin(2 * i) for i in range(1, 41)]
    assert explain(out, x).derivative == pytest.approx(sum(shares), rel=1e-12)
    rest = NOTATIONS["unicode"].number(sum(shares[:-4]), 6).text
    assert f"The 36 contributions left out add up to {rest}." in page
    assert "There are 40 paths." in page
    assert "The 4 that contribute most:" in page
    assert "All the others add up to" in page


def test_infinities_of_both_signs_add_up_to_nan() -> None:
    x = Value(1.0, "x")
    terms = [x * (math.inf if i % 2 else -math.inf) for i in range(20)]
    assert "add up to nan" in page_of(autograd.sum(terms), x)


def test_paths_beyond_number_are_counted_and_not_listed() -> None:
    x = Value(1.0, "x")
    out = x
    for _ in range(200):
        out = out + out
    page = page_of(out, x)
    assert "There are more than 1,000,000,000,000 paths." in page
    assert explain(out, x).derivative == 2.0**200


def test_a_long_chain_is_shortened() -> None:
    x = Value(1.0, "x")
    out = x
    for _ in range(20_000):
        out = out.sin()
    page = page_of(out, x, limit=6)
    assert "… and 19994 more statements …" in page
    assert "… and 19994 more steps …" in page
    assert "x → v₁ → v₂ → v₃ → … → v₁₉₉₉₈ → v₁₉₉₉₉ → v₂₀₀₀₀" in page
    assert len(page) < 5_000


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (autograd.relu, "At 0, relu has a kink; its derivative there is taken as 0."),
        (abs, "At 0, abs has a kink; its derivative there is taken as 0."),
        (
            autograd.leaky_relu,
            "At 0, leaky_relu has a kink; its derivative there is taken as 0.01.",
        ),
    ],
)
def test_a_kink_is_mentioned(call: object, sentence: str) -> None:
    x = Value(0.0, "x")
    assert sentence in page_of(call(x) * 2.0, x)  # type: ignore[operator]
    away = Value(1.0, "x")
    assert "kink" not in page_of(call(away) * 2.0, away)  # type: ignore[operator]


def test_a_tie_is_mentioned() -> None:
    x, y = Value(2.0, "x"), Value(2.0, "y")
    sentence = "This is a tie, and max shares its derivative equally."
    assert sentence in page_of(autograd.maximum(x, y), x)
    assert sentence not in page_of(autograd.maximum(x, y + 1), x)


def test_a_condition_in_brackets_is_explained_where_there_is_one() -> None:
    x = Value(2.0, "x")
    sentence = "A condition in brackets stands for 1 where it holds, and for 0 where it does not."
    assert sentence in page_of(autograd.relu(x) * 3, x)
    assert sentence not in page_of(x * 3, x)


def test_a_branch_that_was_taken() -> None:
    x = Value(2.0, "x")
    page = page_of(autograd.where(x > 0, x * 3, x.sqrt()) + 1, x)
    assert "where() took this branch; the other has no part in it." in page
    assert "√" not in page


def test_softmax_is_explained_in_terms_of_its_results() -> None:
    a, b = Value(1.0, "a"), Value(2.0, "b")
    p = autograd.softmax([a, b])
    p[0].label, p[1].label = "p", "q"
    page = page_of(p[0] * 3 + p[1], a)
    assert "p·(1 − p)" in page


def test_what_a_small_change_does() -> None:
    x = Value(3.0, "x")
    assert "Were x larger by 0.001, v₁ would be larger by about 0.006." in page_of(x * x, x)
    assert "Were x larger by 0.001, v₁ would be smaller by about 0.002." in page_of(x * -2, x)
    assert "Were" not in page_of(x * 0, x)


# ── Numbers that are not finite ───────────────────────────────────────────────


def test_the_first_value_that_is_not_finite_is_named() -> None:
    x = Value(0.0, "x")
    y = x.log()
    y.label = "y"
    assert "y = −∞ is the first that is not finite." in page_of(y * 2, x)
    assert "v₂ = −∞ is the first that is not finite." in page_of(x.log() * 2, x)


def test_an_infinite_local_derivative_is_named() -> None:
    x = Value(0.0, "x")
    y = x.sqrt()
    y.label = "y"
    page = page_of(y * 2, x)
    assert "Here it stops being finite: y changes with x at the rate ∞." in page


def test_zero_times_infinity_is_named() -> None:
    x = Value(0.0, "x")
    assert "0 times infinity has no value, which is what nan says." in page_of(x.sqrt() * 0, x)
    y = x.sqrt()
    y.label = "y"
    assert "0 times infinity has no value, which is what nan says." in page_of(y * 0, x)


def test_an_overflow_of_a_product_is_named() -> None:
    x = Value(1.0, "x")
    y = x * 1e200
    y.label = "y"
    page = page_of(y * 1e200, x)
    assert "Here it stops being finite: the product is beyond the largest float." in page


# ── Markdown and LaTeX ────────────────────────────────────────────────────────


@given(expressions(), st.lists(st.text(), min_size=10, max_size=10))
def test_labels_cannot_break_a_page(expression: Expression, labels: list[str]) -> None:
    values = expression.evaluate([Value(x) for x in expression.point], apply)
    for value, label in zip(values, labels, strict=False):
        value.label = label
    root = values[-1]
    for explanation in (explain(root), explain(root, graph(root).nodes[0])):
        markdown, latex = explanation.to_markdown(), explanation.to_latex()
        for inside in formulas_of_markdown(markdown):
            check_math(inside)
        for inside in re.findall(r"\\\((.*?)\\\)|\\begin{align\*}(.*?)\\end{align\*}", latex, re.S):
            check_math("".join(inside))
        assert not re.search(r"<\w", markdown)
        assert "".join(str(explanation).split("\n")).isprintable()


def test_markdown() -> None:
    x = Value(3.0, "x")
    y = (2 * x).sin()
    y.label = "y"
    page = explain(y, x).to_markdown()
    assert page.startswith("## How $y$ changes with $x$\n\n### Forward\n\nGiven: $x = 3$.\n\n$$\n")
    assert r"y &= \sin(2 \cdot x) = \sin(2 \cdot 3) = -0.279415" in page
    assert (
        r"\frac{\partial y}{\partial x} &= 2 \cdot \cos(2 \cdot x) = 2 \cdot \cos(2 \cdot 3)"
        in page
    )
    assert page.endswith(".\n")


def test_latex_has_the_same_equations() -> None:
    x = Value(3.0, "x")
    markdown, latex = explain(x.sin() * x, x).to_markdown(), explain(x.sin() * x, x).to_latex()
    blocks = re.findall(r"\\begin\{aligned\}(.*?)\\end\{aligned\}", markdown, re.S)
    assert blocks == re.findall(r"\\begin\{align\*\}(.*?)\\end\{align\*\}", latex, re.S)
    assert "$" not in latex
    assert r"\section*{How \(v_{2}\) changes with \(x\)}" in latex


def test_a_notebook_is_given_markdown_and_text() -> None:
    explanation = explain(Value(3.0, "x") * 2)
    bundle = explanation._repr_mimebundle_()
    assert bundle == {"text/markdown": explanation.to_markdown(), "text/plain": str(explanation)}
    assert explanation._repr_markdown_() == explanation.to_markdown()
    assert repr(explanation) == str(explanation)


# ── Errors ────────────────────────────────────────────────────────────────────


def test_what_is_no_graph_is_refused() -> None:
    with pytest.raises(TypeError, match=r"^explain\(\) explains a Value's graph, got a float$"):
        explain(3.0)  # type: ignore[arg-type]


def test_a_leaf_of_another_graph_is_refused() -> None:
    with pytest.raises(
        KeyError, match=r"Value\(1\.0, label='stranger'\) has no part in this graph"
    ):
        explain(Value(3.0) * 2, Value(1.0, "stranger"))
    with pytest.raises(KeyError, match="no node has the label 'w'"):
        explain(Value(3.0) * 2, "w")


@pytest.mark.parametrize(("digits", "limit"), [(0, 5), (5, 0)])
def test_nothing_at_all_cannot_be_shown(digits: int, limit: int) -> None:
    message = f"digits and limit are 1 or more, got {digits} and {limit}"
    with pytest.raises(ValueError, match=f"^{message}$"):
        explain(Value(3.0) * 2, digits=digits, limit=limit)


@pytest.mark.parametrize("wrong", [0, -1, 1.5, "3", None])
def test_what_is_no_count_is_refused(wrong: object) -> None:
    for options in ({"digits": wrong}, {"limit": wrong}):
        with pytest.raises(ValueError, match=r"^digits and limit are 1 or more, got "):
            explain(Value(1.0) * 2, **options)  # type: ignore[arg-type]


def test_a_zero_has_no_sign_unless_a_number_is_not_finite() -> None:
    x, z = Value(-2.0, "x"), Value(0.0, "z")
    y = x * z
    y.label = "y"
    out = y.relu() * -2.0
    assert "−0" not in str(explain(out, x))
    assert "-0" not in str(graph(out).path(x))
    assert "v₁ = 1/x = 1/(−0.0) = −∞" in str(explain(1 / Value(-0.0, "x")))


def test_a_leaf_that_is_a_number_is_the_id_of_a_node() -> None:
    x = Value(2.0, "x")
    y = x * 3
    assert str(explain(y, 0)) == str(explain(y, x))
    with pytest.raises(KeyError) as error:
        explain(y, 3)
    assert error.value.args == (
        "explain() takes a leaf by itself, by its label or by its id, from 0 to 1; got 3. "
        "For numbers of 3 digits pass digits=3",
    )


def test_what_is_no_value_is_named_with_its_article() -> None:
    with pytest.raises(TypeError, match=r"^explain\(\) explains a Value's graph, got an int$"):
        explain(3)  # type: ignore[arg-type]
