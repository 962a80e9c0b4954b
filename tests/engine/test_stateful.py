"""The engine, used in any order of steps, beside a reference too simple to be wrong.

The reference keeps whole numbers, which Python computes exactly, and finds a derivative by
handing shares from the newest number to the oldest: whatever a number was computed from is
older than it. As long as no sum of them exceeds 2**53, floats are exact as well, and the two
must agree to the last bit.
"""

# ruff: noqa: D102 - the name of a rule states what it does

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
)

from autograd import Value, gradients, maximum, no_grad, relu, square, topological_order
from autograd import sum as sum_of

EXACT = 2**53  # floats hold every whole number up to here
LARGE = 10**4  # what is greater is not computed with
newest = count()


@dataclass(eq=False)
class Node:
    """A number, what it was computed from, and the derivatives by that."""

    number: int
    sources: list[tuple[Node, int]] = field(default_factory=list)
    grad: int = 0
    size: int = 0  # the sum of the terms of the gradient without their signs
    reached: bool = False
    reassigned: bool = False
    age: int = field(default_factory=lambda: next(newest))

    def below(self) -> list[Node]:
        """The node and all that it was computed from, the newest first."""
        found, unvisited = {self}, [self]
        while unvisited:
            for source, _ in unvisited.pop().sources:
                if source not in found:
                    found.add(source)
                    unvisited.append(source)
        return sorted(found, key=lambda node: -node.age)

    def adjoints(self) -> dict[Node, tuple[int, int]]:
        """The derivative of this node by each below it, and the size of its terms."""
        found = dict.fromkeys(self.below(), (0, 0))
        found[self] = (1, 1)
        for node in found:
            adjoint, size = found[node]
            for source, local in node.sources:
                so_far, size_so_far = found[source]
                found[source] = (so_far + local * adjoint, size_so_far + abs(local) * size)
        return found

    def backward(self) -> None:
        """Add to the gradients of leaves, and set all others afresh."""
        for node, (adjoint, size) in self.adjoints().items():
            leaf = not node.sources
            node.grad = node.grad + adjoint if leaf else adjoint
            node.size = node.size + size if leaf else size
            node.reached = True

    def forget_grad(self) -> None:
        """Be as if no pass had reached this node."""
        self.grad, self.size, self.reached = 0, 0, False


UNARY: dict[str, tuple[Callable[[Any], Any], Callable[[int], tuple[int, int]]]] = {
    # name: (on a Value, the number and its local derivative)
    "negative": (lambda x: -x, lambda x: (-x, -1)),
    "square": (square, lambda x: (x * x, 2 * x)),
    "relu": (relu, lambda x: (max(x, 0), int(x > 0))),
    "power": (lambda x: x**3, lambda x: (x**3, 3 * x**2)),
    "plus one": (lambda x: 1 + x, lambda x: (1 + x, 1)),
    "two minus": (lambda x: 2 - x, lambda x: (2 - x, -1)),
    "times three": (lambda x: x * 3, lambda x: (3 * x, 3)),
}
BINARY: dict[str, tuple[Callable[[Any, Any], Any], Callable[[int, int], tuple[int, int, int]]]] = {
    "add": (lambda x, y: x + y, lambda x, y: (x + y, 1, 1)),
    "subtract": (lambda x, y: x - y, lambda x, y: (x - y, 1, -1)),
    "multiply": (lambda x, y: x * y, lambda x, y: (x * y, y, x)),
}


def agree(actual: float, exact: int, size: int) -> bool:
    return actual == exact if size < EXACT else abs(actual - exact) <= 1e-12 * size


class Engine(RuleBasedStateMachine):
    """Values under names, and for each the node that it should agree with."""

    names = Bundle("names")

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, Value] = {}
        self.nodes: dict[str, Node] = {}
        self.recording = True
        self.context: Any = None

    def named(self, value: Value, node: Node) -> str:
        name = f"v{len(self.nodes)}_{node.age}"
        self.values[name], self.nodes[name] = value, node
        return name

    def computed(
        self, compute: Callable[..., Value], names: list[str], number: int, locals_: list[int]
    ) -> Any:
        """A name for an operation on named values, unless its result is too large."""
        if abs(number) > LARGE:
            return multiple()
        value = compute(*[self.values[name] for name in names])
        sources = [(self.nodes[name], local) for name, local in zip(names, locals_, strict=True)]
        return self.named(value, Node(number, sources if self.recording else []))

    # ── Building ──────────────────────────────────────────────────────────────

    @initialize(target=names, numbers=st.lists(st.integers(-3, 3), min_size=2, max_size=2))
    def begin(self, numbers: list[int]) -> Any:
        return multiple(*[self.named(Value(number), Node(number)) for number in numbers])

    @rule(target=names, number=st.integers(-3, 3))
    def leaf(self, number: int) -> str:
        return self.named(Value(number), Node(number))

    @rule(target=names, operation=st.sampled_from(sorted(UNARY)), x=names)
    def apply_to_one(self, operation: str, x: str) -> Any:
        compute, exact = UNARY[operation]
        number, local = exact(self.nodes[x].number)
        return self.computed(compute, [x], number, [local])

    @rule(target=names, operation=st.sampled_from(sorted(BINARY)), x=names, y=names)
    def apply_to_two(self, operation: str, x: str, y: str) -> Any:
        compute, exact = BINARY[operation]
        number, *locals_ = exact(self.nodes[x].number, self.nodes[y].number)
        return self.computed(compute, [x, y], number, locals_)

    @rule(target=names, x=names, y=names)
    def the_greater(self, x: str, y: str) -> Any:
        a, b = self.nodes[x].number, self.nodes[y].number
        if a == b:  # a tie is shared in halves, which are no whole numbers
            return multiple()
        return self.computed(maximum, [x, y], max(a, b), [int(a > b), int(b > a)])

    @rule(target=names, chosen=st.lists(names, min_size=1, max_size=4))
    def total(self, chosen: list[str]) -> Any:
        number = sum(self.nodes[name].number for name in chosen)
        return self.computed(lambda *xs: sum_of(xs), chosen, number, [1] * len(chosen))

    @rule(target=names, x=names)
    def detach(self, x: str) -> str:
        return self.named(self.values[x].detach(), Node(self.nodes[x].number))

    @rule()
    def turn_recording_off_or_on(self) -> None:
        self.recording = not self.recording
        if self.recording:
            self.context.__exit__(None, None, None)
        else:
            self.context = no_grad()
            self.context.__enter__()

    # ── Differentiating ───────────────────────────────────────────────────────

    @rule(root=names)
    def backward(self, root: str) -> None:
        self.values[root].backward()
        self.nodes[root].backward()

    @rule(root=names)
    def backward_twice_from_zero(self, root: str) -> None:
        below = topological_order(self.values[root])
        leaves = [value for value in below if value.op is None]
        for leaf in leaves:
            leaf.grad = 0.0
        for node in self.nodes[root].below():
            if not node.sources:
                node.forget_grad()
        self.backward(root)
        once = [value.grad for value in leaves]
        self.backward(root)
        assert [value.grad for value in leaves] == [2 * grad for grad in once]

    @rule(root=names, x=names)
    def gradients_changes_no_grad(self, root: str, x: str) -> None:
        [slope] = gradients(self.values[root], [self.values[x]])
        exact, size = self.nodes[root].adjoints().get(self.nodes[x], (0, 0))
        # The rules are evaluated anew, at the data of now; the reference has those of then.
        if not any(node.reassigned for node in self.nodes[root].below()):
            assert agree(slope.data, exact, size)

    @rule(x=names)
    def set_grad_to_zero(self, x: str) -> None:
        self.values[x].grad = 0.0
        self.nodes[x].forget_grad()

    # ── Changing, copying and letting go ──────────────────────────────────────

    @rule(x=names, number=st.integers(-3, 3))
    def assign_data(self, x: str, number: int) -> None:
        self.values[x].data = number
        self.nodes[x].number = number
        self.nodes[x].reassigned = True

    @rule(x=consumes(names))
    def delete(self, x: str) -> None:
        del self.values[x], self.nodes[x]

    @rule(target=names, x=names)
    def copy_one(self, x: str) -> str:
        node = self.nodes[x]
        twin = copy.copy(node)
        twin.age = next(newest)
        return self.named(copy.copy(self.values[x]), twin)

    @rule(target=names, x=names)
    def copy_one_with_its_graph(self, x: str) -> str:
        twins: dict[Node, Node] = {}
        for node in reversed(self.nodes[x].below()):
            twin = copy.copy(node)
            twin.sources = [(twins[source], local) for source, local in node.sources]
            twin.age = next(newest)
            twins[node] = twin
        return self.named(copy.deepcopy(self.values[x]), twins[self.nodes[x]])

    @rule(through_pickle=st.booleans())
    def go_on_with_a_copy_of_everything(self, through_pickle: bool) -> None:
        if through_pickle:
            self.values = pickle.loads(pickle.dumps(self.values))
        else:
            self.values = copy.deepcopy(self.values)

    # ── What must hold ────────────────────────────────────────────────────────

    @invariant()
    def values_agree_with_nodes(self) -> None:
        for name, value in self.values.items():
            node = self.nodes[name]
            assert value.data == node.number, name
            assert agree(value.grad, node.grad, node.size), name
            assert value.has_grad == node.reached, name
            assert len(value.inputs) == len(node.sources), name

    def teardown(self) -> None:
        if not self.recording:
            self.context.__exit__(None, None, None)


TestEngine = Engine.TestCase
TestEngine.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
