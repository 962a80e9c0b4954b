"""What Python's help, `inspect` and notebooks show of the engine, compiled or not."""

from __future__ import annotations

import ast
import importlib
import inspect
import math
import pydoc
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import autograd
from autograd import Primitive, Reduction, Value, native
from autograd.engine import table
from autograd.engine.primitive import Choice
from autograd.words.documentation import special_points

ROOT = Path(__file__).parent.parent.parent

PLAIN: Any = vars(pydoc)["plaintext"]  # of which the type stubs do not know

OPERATIONS = {
    name: row
    for name, row in vars(autograd).items()
    if isinstance(row, Primitive) and not name.startswith("_")
}

versine = Primitive(
    "versine",
    lambda angle: 2.0 * math.sin(angle / 2.0) ** 2,
    lambda angle, out: autograd.sin(angle),
    summary="one minus the cosine",
)


# ── The docstrings and signatures of the source ───────────────────────────────


def definitions() -> Iterator[tuple[str, str, ast.AST]]:
    """Each module, class, function, method and property of the engine, as its source has it."""
    for source in native.sources():
        module = source.removesuffix(".py").replace("/", ".")
        tree = ast.parse((ROOT / source).read_text("utf-8"))
        yield module, "", tree
        for node in tree.body:
            if not isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                continue
            yield module, node.name, node
            for part in node.body if isinstance(node, ast.ClassDef) else []:
                setter = isinstance(part, ast.FunctionDef) and any(
                    isinstance(decorator, ast.Attribute) for decorator in part.decorator_list
                )
                if isinstance(part, ast.FunctionDef) and not setter:
                    yield module, f"{node.name}.{part.name}", part


def live(module: str, name: str) -> Any:
    """What stands under that name in the engine that runs."""
    found: Any = importlib.import_module(module)
    for part in name.split(".") if name else []:
        found = inspect.getattr_static(found, part) if part == "__name__" else getattr(found, part)
    return found


DOCUMENTED = [
    pytest.param(module, name, text, id=f"{module}.{name}")
    for module, name, node in definitions()
    if (text := ast.get_docstring(node))  # type: ignore[arg-type]
]


@pytest.mark.parametrize(("module", "name", "text"), DOCUMENTED)
def test_what_runs_has_the_docstrings_of_its_source(module: str, name: str, text: str) -> None:
    assert inspect.getdoc(live(module, name)) == text


def test_docstrings_are_found_in_every_kind_of_definition() -> None:
    names = {f"{module}.{name}" for module, name, _ in (each.values for each in DOCUMENTED)}
    assert {
        "autograd.engine.value.",
        "autograd.engine.value.Value",
        "autograd.engine.value.Value.backward",
        "autograd.engine.value.Value.grad",
        "autograd.engine.operators.Numeric.__float__",
        "autograd.engine.primitive.Primitive.__call__",
        "autograd.engine.table.softmax",
    } <= names


FUNCTIONS = [
    pytest.param(module, name, node, id=f"{module}.{name}")
    for module, name, node in definitions()
    if isinstance(node, ast.FunctionDef)
    and not node.decorator_list
    and not name.split(".")[-1].startswith("__")
]


@pytest.mark.parametrize(("module", "name", "node"), FUNCTIONS)
def test_what_runs_takes_the_parameters_of_its_source(
    module: str, name: str, node: ast.FunctionDef
) -> None:
    parameters = inspect.signature(live(module, name)).parameters.values()
    arguments = node.args
    unnamed = [each.name for each in parameters if each.kind is each.POSITIONAL_ONLY]
    if autograd.__compiled__ and "." in name:
        unnamed.remove("self")  # as in every method that is written in C
    assert unnamed == [argument.arg for argument in arguments.posonlyargs]
    assert [parameter.name for parameter in parameters] == [
        argument.arg
        for argument in [
            *arguments.posonlyargs,
            *arguments.args,
            *filter(None, [arguments.vararg]),
            *arguments.kwonlyargs,
            *filter(None, [arguments.kwarg]),
        ]
    ]
    defaults = [parameter.default for parameter in parameters]
    assert [default for default in defaults if default is not inspect.Parameter.empty] == [
        ast.literal_eval(default)
        for default in [*arguments.defaults, *filter(None, arguments.kw_defaults)]
    ]


def test_the_arguments_of_a_value_can_be_named() -> None:
    assert {each.kind for each in inspect.signature(Value).parameters.values()} == {
        inspect.Parameter.POSITIONAL_OR_KEYWORD
    }
    assert repr(Value(data=2.0, label="x")) == "Value(2.0, label='x')"


def test_a_rule_of_the_table_says_what_it_is_called_with() -> None:
    assert str(inspect.signature(autograd.tanh.derivatives[0])) == "(x, out)"
    assert str(inspect.signature(autograd.clamp.derivatives[2])) == "(x, low, high, out)"
    assert str(inspect.signature(autograd.sum.gradient)) == "(xs, out)"


# ── Operations ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("operation", "signature"),
    [
        (autograd.exp, "(x, /)"),
        (autograd.add, "(x, y, /)"),
        (autograd.arctan2, "(y, x, /)"),
        (autograd.clamp, "(x, low, high, /)"),
        (autograd.leaky_relu, "(x, slope=0.01, /)"),
        (autograd.elu, "(x, alpha=1.0, /)"),
        (autograd.where, "(condition, x, y, /)"),
        (autograd.sum, "(xs, /)"),
        (autograd.dot, "(xs, ys, /)"),
        (versine, "(angle, /)"),
        # A rule that keeps a number of a loop in a default, as closures in loops do.
        (Primitive("scaled", lambda a: 3 * a, lambda a, out, k=3.0: k), "(a, /)"),
        # Functions that do not say what they take.
        (Primitive("dist", math.dist, max, lambda *numbers: 0.0), "(p, q, /)"),
        (Primitive("least", min, max, max), "(x1, x2, /)"),
        (Primitive("same", max, max), "(x, /)"),
    ],
    ids=lambda x: x.name if isinstance(x, Primitive) else "",
)
def test_an_operation_has_a_signature(operation: Primitive, signature: str) -> None:
    assert str(inspect.signature(operation)) == signature


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_an_operation_has_a_name_and_a_docstring(operation: Primitive) -> None:
    assert operation.__name__ == operation.name
    first, _, rest = str(operation.__doc__).partition("\n\n")
    defaults = str(inspect.signature(operation)).replace(", /", "")
    assert first == operation.name + defaults.replace("=1.0", "=1")
    assert rest.lower().startswith(operation.summary.lower() + ".")


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_the_docstring_ends_with_values_and_derivatives(operation: Primitive) -> None:
    if isinstance(operation, Choice):
        return  # a choice has a value and a derivative where what it takes has
    header, *lines = str(operation.__doc__).split("\n\n")[-1].splitlines()
    assert header.split()[0] == next(iter(inspect.signature(operation).parameters))
    points = [
        point
        for point in special_points(operation)
        if point or not isinstance(operation, Reduction) or operation.of_nothing is not None
    ]
    assert len(lines) == len(points)
    for line, point in zip(lines, points):
        value = operation.evaluate(point)
        numbers = [*point, value, *operation.local_derivatives(point, value)]
        shown = line.replace("[", " ").replace("]", " ").replace(",", " ").split()
        assert shown == [f"{number:.6g}" for number in numbers]


def test_the_docstring_of_a_function() -> None:
    assert autograd.sigmoid.__doc__ == (
        "sigmoid(x)\n"
        "\n"
        "1 / (1 + exp(-x)), without overflow.\n"
        "\n"
        "d/dx = sigmoid(x)*(1 - sigmoid(x))\n"
        "\n"
        "   x  sigmoid(x)      d/dx\n"
        "-inf           0         0\n"
        "  -1    0.268941  0.196612\n"
        "   0         0.5      0.25\n"
        "   1    0.731059  0.196612\n"
        " inf           1         0"
    )


def test_the_docstring_of_a_function_with_a_default() -> None:
    assert autograd.leaky_relu.__doc__ == (
        "leaky_relu(x, slope=0.01)\n"
        "\n"
        "x, but slope * x for negative x.\n"
        "\n"
        "d/dx = (1 if x > 0 else slope)\n"
        "d/dslope = minimum(x, 0)\n"
        "\n"
        "   x  slope  leaky_relu(x, slope)  d/dx  d/dslope\n"
        "-inf   0.01                  -inf  0.01      -inf\n"
        "  -1   0.01                 -0.01  0.01        -1\n"
        "   0   0.01                     0  0.01         0\n"
        "   1   0.01                     1     1         0\n"
        " inf   0.01                   inf     1         0"
    )


def test_the_docstring_of_a_reduction() -> None:
    assert autograd.dot.__doc__ == (
        "dot(xs, ys)\n"
        "\n"
        "The scalar product of two sequences.\n"
        "\n"
        "dot([x1, x2], [y1, y2]) = sum([x1*y1, x2*y2])\n"
        "d/dx1 = y1\n"
        "d/dx2 = y2\n"
        "d/dy1 = x1\n"
        "d/dy2 = x2\n"
        "\n"
        "   xs   ys  dot(xs, ys)  derivatives\n"
        "   []   []            0           []\n"
        "  [3]  [4]           12       [4, 3]\n"
        "  [1]  [1]            1       [1, 1]\n"
        "  [0]  [0]            0       [0, 0]\n"
        "[inf]  [1]          inf     [1, inf]"
    )


def test_the_docstring_of_where() -> None:
    assert autograd.where.__doc__ == (
        "where(condition, x, y)\n\nx where the condition holds, else y."
    )


def test_the_docstring_of_an_operation_of_ones_own() -> None:
    # math.sin raises at inf, where there is then nothing to show.
    assert versine.__doc__ == (
        "versine(angle)\n"
        "\n"
        "One minus the cosine.\n"
        "\n"
        "d/dangle = sin(angle)\n"
        "\n"
        "angle  versine(angle)   d/dangle\n"
        "   -1        0.459698  -0.841471\n"
        "    0               0          0\n"
        "    1        0.459698   0.841471"
    )


def test_the_docstring_of_an_operation_of_which_little_is_known() -> None:
    rule = {0.0: 1.0}.__getitem__  # neither a formula nor a value, but of a single number
    bare = Primitive("bare", lambda x: {}[x], lambda x, out: rule(x))
    assert bare.__doc__ == "bare(x)"


def test_help_shows_the_docstring_of_an_operation() -> None:
    text = pydoc.render_doc(autograd.tanh, renderer=PLAIN)
    assert "\n".join([line.rstrip() for line in text.splitlines()]) == (
        "Python Library Documentation: Primitive in module autograd.engine.primitive\n"
        "\n"
        "tanh = <primitive tanh>\n"
        "    tanh(x)\n"
        "\n"
        "    The hyperbolic tangent of x.\n"
        "\n"
        "    d/dx = 1 - tanh(x)**2\n"
        "\n"
        "       x    tanh(x)      d/dx\n"
        "    -inf         -1         0\n"
        "      -1  -0.761594  0.419974\n"
        "       0          0         1\n"
        "       1   0.761594  0.419974\n"
        "     inf          1         0"
    )


def test_help_on_the_classes_is_about_the_classes() -> None:
    kinds: list[type] = [Primitive, Reduction, Choice]
    for kind in kinds:
        text = pydoc.render_doc(kind, renderer=PLAIN)
        assert str(inspect.getdoc(kind)).splitlines()[0] in text
        assert kind.__name__ in text
        assert list(inspect.signature(kind).parameters)[:2] == ["name", "forward"]


def test_help_on_the_package_has_every_operation() -> None:
    text = pydoc.render_doc(autograd, renderer=PLAIN)
    for name in set(autograd.__all__) & OPERATIONS.keys():
        assert f"{name} = <primitive {name}>\n" in text
        assert OPERATIONS[name].summary[1:] in text


def test_every_row_of_the_table_says_what_it_is() -> None:
    for row in vars(table).values():
        if isinstance(row, Primitive):
            assert str(row.__doc__).startswith(f"{row.name}(")


def test_nothing_is_written_before_it_is_asked_for() -> None:
    program = (
        "import sys, autograd\n"
        "before = 'autograd.words.documentation' in sys.modules\n"
        "autograd.tanh.__doc__\n"
        "print(before, 'autograd.words.documentation' in sys.modules)"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert result.stdout == "False True\n"
