"""The translation of functions of floats into JavaScript."""

from __future__ import annotations

import ast

import pytest

from autograd.page.kinds import Code, annotated, function_of
from autograd.page.translation import Function


def translated(source: str) -> str:
    """A function in JavaScript, without its type."""
    node = ast.parse(source).body[0]
    assert isinstance(node, ast.FunctionDef)
    taken = [annotated(argument.annotation) for argument in node.args.args]
    scope = {node.name: Code(node.name, type=function_of(annotated(node.returns), *taken))}
    return Function(scope).declaration(node, node.name).partition("\n")[2]


@pytest.mark.parametrize(
    ("python", "expected"),
    [
        ("x + y * 2.0 - (x - y)", "x + y * 2 - (x - y)"),
        ("-(x + y) / -y", "-(x + y) / -y"),
        ("x % y + x // y", "math_modulo(x, y) + math_floor_divide(x, y)"),
        ("x ** 2.0", "math_pow(x, 2)"),
        ("1.0 if x < y <= 2.0 else -0.0", "x < y && y <= 2 ? 1 : -0"),
        ("float(not (x == y or x != x))", "Number(!(x === y || x !== x))"),
        ("x if x and not xs else y", "x !== 0 && !(xs.length > 0) ? x : y"),
        ("math.factorial(n) * x", "Number(math_factorial(n)) * x"),
        ("x * 2.0 ** (n - 1)", "x * 2 ** (n - 1)"),
        ("float(2**n)", "Number(2n ** BigInt(n))"),
        ("float((-2) ** n)", "Number(BigInt(-2) ** BigInt(n))"),
        ("math.copysign(round(x), x)", "bits.copysign(math_nearest(x), x)"),
        ("xs[-1] + xs[n // 2]", "xs[xs.length - 1] + xs[Math.floor(n / 2)]"),
        ("max(xs) + float(len(xs))", "xs.reduce((a, b) => (a > b ? a : b)) + xs.length"),
        ("sum([x * z for z in xs if z])", "xs.filter((z) => z !== 0).map((z) => x * z)SUM"),
        ("math.hypot(*xs) + math.hypot(x, y)", "math_length(xs) + math_hypot(x, y)"),
        ("x * math.fmod(y, x + 1.0)", "x * (y % (x + 1))"),
    ],
)
def test_an_expression(python: str, expected: str) -> None:
    source = f"def f(x: float, y: float, n: int, xs: list[float]) -> float:\n    return {python}\n"
    text = expected.replace("SUM", ".reduce((a, b) => a + b, 0)")
    assert translated(source) == f"const f = (x, y, n, xs) => {text};\n"


def test_statements() -> None:
    source = '''\
def f(x: float, n: int) -> float:
    """Words."""
    total, last = 0.0, x
    for i in range(1, n):
        if last > 1.0:
            last /= 2.0
        elif x != x:
            return x
        total += last * i
    while total > 1e3:
        total = total / 2.0
    return total
'''
    expected = """\
const f = (x, n) => {
  let [total, last] = [0, x];
  for (let i = 1; i < n; i += 1) {
    if (last > 1) {
      last = last / 2;
    } else {
      if (x !== x) {
        return x;
      }
    }
    total = total + last * i;
  }
  while (total > 1000) {
    total = total / 2;
  }
  return total;
};
"""
    assert translated(source) == expected


LOOP = """\
def f(n: int) -> list[NUMBER]:
    ways = [1]
    for k in range(n):
        ways = [k * ways[k], *ways]
    return ways
"""


def test_a_whole_number_of_any_size_is_one_all_the_way() -> None:
    whole = translated(LOOP.replace("NUMBER", "Whole"))
    assert "/** @type {bigint[]} */\n  let ways = [1n];" in whole
    assert "ways = [BigInt(k) * ways[k], ...ways];" in whole
    count = translated(LOOP.replace("NUMBER", "int"))
    assert "/** @type {number[]} */\n  let ways = [1];" in count
    assert "ways = [k * ways[k], ...ways];" in count


def test_a_variable_that_two_branches_assign_to_is_declared_before_them() -> None:
    source = """\
def f(x: float) -> float:
    if x > 0.0:
        y = x
    else:
        y = -x
    return y
"""
    assert translated(source).splitlines()[1] == "  let y;"


HANDLED = """\
def f(x: float, xs: list[float]) -> float:
    try:
        return CALL
    except OverflowError:
        return 1.0
"""


def test_handlers_are_left_out_but_for_sums() -> None:
    assert (
        translated(HANDLED.replace("CALL", "math.exp(x)")) == "const f = (x, xs) => Math.exp(x);\n"
    )
    handled = translated(HANDLED.replace("CALL", "math.fsum(xs)"))
    assert "} catch (error) {\n    if (error instanceof OverflowError) {" in handled


@pytest.mark.parametrize(
    ("line", "unknown"),
    [
        ("return x @ x", "the operator MatMult"),
        ("return unknown(x)", "the name unknown"),
        ("return math.gamma(x)", "math.gamma"),
        ("return x or 1.0", "x or 1.0"),
        ("return 'text'", "'text'"),
        ("with x: pass", "with x:"),
        ("return [x] + x", "what is of type"),
        ("let = x", "the name let, which is JavaScript's own"),
    ],
)
def test_what_cannot_be_translated_is_named(line: str, unknown: str) -> None:
    with pytest.raises(NotImplementedError) as raised:
        translated(f"def f(x: float) -> float:\n    {line}\n    return x")
    assert str(raised.value).startswith(unknown)


def test_a_type_that_cannot_be_translated_is_named() -> None:
    with pytest.raises(NotImplementedError, match="the type set"):
        translated("def f(x: set) -> float:\n    return 1.0")
