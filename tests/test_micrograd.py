"""Programs written for micrograd, run with both libraries after changing the two imports."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

FRONT_PAGE = """
a = Value(-4.0)
b = Value(2.0)
c = a + b
d = a * b + b**3
c += c + 1
c += 1 + c + (-a)
d += d * 2 + (b + a).relu()
d += 3 * d + (b - a).relu()
e = c - d
f = e**2
g = f / 2.0
g += 10.0 / f
g.backward()
numbers = [g.data, a.grad, b.grad]
"""

# Two crescents, a 2-16-16-1 network, the max-margin loss with L2 regularisation.
TWO_CLASSES = """
import math
import random

random.seed(1337)
X, y = [], []
for i in range(24):
    angle = math.pi * random.random()
    upper = i % 2 == 0
    X.append([
        (math.cos(angle) if upper else 1 - math.cos(angle)) + random.gauss(0, 0.1),
        (math.sin(angle) if upper else 0.5 - math.sin(angle)) + random.gauss(0, 0.1),
    ])
    y.append(1 if upper else -1)

model = MLP(2, [16, 16, 1])
text = str(model)

def loss():
    inputs = [list(map(Value, xrow)) for xrow in X]
    scores = list(map(model, inputs))
    losses = [(1 + -yi*scorei).relu() for yi, scorei in zip(y, scores)]
    data_loss = sum(losses) * (1.0 / len(losses))
    alpha = 1e-4
    reg_loss = alpha * sum((p*p for p in model.parameters()))
    total_loss = data_loss + reg_loss
    accuracy = [(yi > 0) == (scorei.data > 0) for yi, scorei in zip(y, scores)]
    return total_loss, sum(accuracy) / len(accuracy)

numbers = []
for k in range(2):
    total_loss, acc = loss()
    model.zero_grad()
    total_loss.backward()
    learning_rate = 1.0 - 0.9*k/100
    for p in model.parameters():
        p.data -= learning_rate * p.grad
    numbers += [total_loss.data, acc]
"""

PARTS = """
import random
random.seed(3)
neuron = Neuron(3, nonlin=False)
layer = Layer(3, 2)
x = [Value(0.5), Value(-1.0), 2.0]
out = layer(x)[0] + layer(x)[1] * neuron(x)
out.backward()
neuron.w[0].data += 0.1
module = Module()
module.zero_grad()
numbers = [out.data] + [p.grad for p in neuron.parameters() + layer.parameters()]
numbers += [len(module.parameters())]
text = f"{neuron} {layer}"
"""

PICTURE = """
# The drawing function of many a micrograd notebook.
def trace(root):
    nodes, edges = set(), set()
    def build(v):
        if v not in nodes:
            nodes.add(v)
            for child in v._prev:
                edges.add((child, v))
                build(child)
    build(root)
    return nodes, edges

a, b = Value(2.0), Value(3.0)
c = a * b + a
nodes, edges = trace(c)
numbers = [len(nodes), len(edges)]
text = " ".join(sorted(n._op for n in nodes if n._op))
"""


@cache
def run(program: str, library: str) -> dict[str, Any]:
    imports = {
        "micrograd": "from micrograd.engine import Value\n"
        "from micrograd.nn import Module, Neuron, Layer, MLP\n",
        "autograd": "from autograd import Value\nfrom nn import Module, Neuron, Layer, MLP\n",
    }[library]
    namespace: dict[str, Any] = {}
    exec(imports + program, namespace)
    # Only these are kept: the graphs would slow every later collection of garbage.
    return {name: namespace[name] for name in ("numbers", "text") if name in namespace}


@pytest.mark.parametrize("program", [FRONT_PAGE, TWO_CLASSES, PARTS, PICTURE])
def test_a_micrograd_program_gives_the_same_numbers(program: str) -> None:
    theirs, ours = run(program, "micrograd"), run(program, "autograd")
    # The last bits depend on the order in which micrograd walks its sets of inputs.
    assert ours["numbers"] == pytest.approx(theirs["numbers"], rel=1e-9)
    assert ours.get("text") == theirs.get("text")


def test_the_numbers_on_the_front_page() -> None:
    shown = [f"{number:.4f}" for number in run(FRONT_PAGE, "autograd")["numbers"]]
    assert shown == ["24.7041", "138.8338", "645.5773"]


def test_the_first_loss_is_the_same_to_the_last_bit() -> None:
    theirs, ours = run(TWO_CLASSES, "micrograd"), run(TWO_CLASSES, "autograd")
    assert ours["numbers"][:2] == theirs["numbers"][:2]


# ── What the README says is different ─────────────────────────────────────────

CHANGED_BETWEEN = """
x, y = Value(3.0), Value(-3.0)
out = x * x + y.relu()
x.data, y.data = 5.0, 4.0
out.backward()
numbers = [x.grad, y.grad]
"""


def test_a_change_between_computation_and_backward_alters_no_gradient() -> None:
    assert run(CHANGED_BETWEEN, "autograd")["numbers"] == [6.0, 0.0]
    # 10 is of the new x, and 0 of the old y.
    assert run(CHANGED_BETWEEN, "micrograd")["numbers"] == [10.0, 0.0]


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("Value(6.0, (Value(2.0), Value(3.0)), '*')", TypeError),
        ("Value(6.0)._backward()", AttributeError),
        ("setattr(Value(6.0), '_backward', lambda: None)", AttributeError),
        ("setattr(Value(6.0), 'velocity', 0.0)", AttributeError),
    ],
)
def test_what_micrograd_allows_and_this_library_refuses(line: str, error: type[Exception]) -> None:
    run(line, "micrograd")
    with pytest.raises(error):
        run(line, "autograd")
