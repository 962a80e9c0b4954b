"""Node: the slots of a Value; and the backward pass through nodes.

By the chain rule, one path contributes to the derivative of the root with respect to a leaf the
product of the local derivatives along it, and the contributions of different paths add up. So the
heart of backpropagation is one line, carried out for every input of every node in an order that
finishes a node before its inputs::

    input.grad += local_derivative * node.grad
"""

from __future__ import annotations

from typing import Any, Final

from autograd.engine.calls import Output
from autograd.engine.operators import Numeric
from autograd.engine.passes import FIRST, LAST, UNINTERRUPTED, passes
from autograd.engine.primitive import Primitive
from autograd.native import i32, mypyc_attr


@mypyc_attr(acyclic=True)
class Node(Numeric):
    """A number in a graph: a leaf, or the result of an operation on other nodes."""

    # slot      in an operation                  if the operand is a constant  in a leaf
    # --------  -------------------------------  ----------------------------  ----------------
    # op        the primitive                                                  None
    # _data     the number                                                     the number
    # _grad     the gradient of the last pass                                  the sum of passes
    # _label    the label, or an `Output`                                      the label
    # _input0   the first operand                None                          None
    # _local0   the local derivative by it       the constant                  0.0
    # _input1   the second operand, or None      None                          None
    # _local1   the local derivative by it       the constant                  0.0
    # _awaited  in any value: the number of its uses that have yet to pass their share of the
    #           gradient down to it; 0 once a pass has reached the value, and -1 before, as well
    #           as after `grad` was set
    # _number   in any value: the number of the last backward pass that reached it, or its index
    #           in the list of a walk (differential.py), which checks it before use
    #
    # Of an operation with one operand, the second is None. Compiled, _awaited and _number share one
    # word. The result of an operation on a sequence, or on more operands than two, has its inputs
    # in `steps` instead.
    __slots__ = (
        "_awaited",
        "_data",
        "_grad",
        "_input0",
        "_input1",
        "_label",
        "_local0",
        "_local1",
        "_number",
        "op",
    )

    def __init__(self, data: float, label: str) -> None:
        self._data: float = data
        self._grad: float = 0.0
        self._label: str | Output = label
        self.op: Primitive | None = None
        self._input0: Node | None = None
        self._input1: Node | None = None
        self._local0: float = 0.0
        self._local1: float = 0.0
        self._awaited: i32 = -1
        self._number: i32 = 0

    def steps(self) -> list[tuple[Node, float]]:
        """The inputs that no slot holds, each with its local derivative."""
        return _NO_STEPS

    def upstream(self, gradient: float) -> float:
        """The factor of the local derivatives in `steps`, in the pass that brings this gradient."""
        return gradient


_NO_STEPS: Final[list[tuple[Node, float]]] = []


def propagate(root: Node, gradient: float) -> None:
    """The backward pass: hand ``gradient`` down from ``root`` to all that it was computed from."""
    noted: list[Node] = []
    earlier: list[Any] = []
    if UNINTERRUPTED and passes.walks == 0 and not passes.replays:
        _pass(root, gradient, noted, earlier)
        return
    with passes.turn:
        try:
            _pass(root, gradient, noted, earlier)
        except BaseException:  # such as a second Ctrl-C, while the first was dealt with
            _restore(root, noted, earlier)
            raise


# The step of the two loops is written out for the first and for the second input, since a call of a
# function would take longer than the step. Compiled, a pass makes no object that the garbage
# collector tracks: there Python 3.11 may run the collector, and a collection a user's `__del__`.


def _pass(root: Node, gradient: float, noted: list[Node], earlier: list[Any]) -> None:
    """Hand ``gradient`` down from ``root``, or undo what was done and raise the error again.

    The values that `_restore` is to go through are appended to ``noted``, and to ``earlier`` those
    of them that had a gradient, each followed by it.
    """
    # Each of the two loops stops at a None, so two are needed. The others keep the list from being
    # resized at each step along a path without branches.
    stack: list[Node | None] = [None, None, None, None, None, None, None, None, None]
    try:
        _count_uses(root, stack, noted)
        for value in noted:
            if value._grad != 0.0:
                earlier.append(value)
                earlier.append(value._grad)
                value._grad = 0.0
        _hand_down(root, gradient, stack)
        # This pass was summed apart from the earlier gradients, so that the same pass again doubles
        # the gradient of a leaf to the last bit.
        for i in range(1, len(earlier), 2):
            value = earlier[i - 1]
            if value.op is None:
                value._grad += earlier[i]
    except BaseException:  # such as Ctrl-C, or no memory left
        _restore(root, noted, earlier)
        raise


def _count_uses(root: Node, stack: list[Node | None], noted: list[Node]) -> None:
    """Count the uses of each value below ``root``, and make ready to sum its gradient.

    A count belongs to the pass of that number, so the counts of a pass that was interrupted
    mean nothing to the next.
    """
    number: i32 = passes.latest + 1 if passes.latest < LAST else FIRST
    passes.latest = number
    root._number = number
    root._awaited = 1
    stack.append(root)
    # Python 3.11 makes a loop fast where it jumps back unconditionally. Written as
    # `while stack:`, a first backward pass takes three times as long.
    while True:
        value = stack.pop()
        if value is None:
            return
        # Compiled, a pass is interrupted only by a lack of memory, and noting every value
        # would take as long as the pass: only the leaves are noted.
        if UNINTERRUPTED and value.op is not None:
            value._grad = 0.0
        else:
            noted.append(value)
        first, second = value._input0, value._input1
        if first is not None:
            if first._number == number:
                first._awaited += 1
            else:
                first._number = number
                first._awaited = 1
                (noted if first.op is None else stack).append(first)
        if second is not None:
            if second._number == number:
                second._awaited += 1
            else:
                second._number = number
                second._awaited = 1
                (noted if second.op is None else stack).append(second)
        elif first is None:
            for source, _ in value.steps():
                if source._number == number:
                    source._awaited += 1
                else:
                    source._number = number
                    source._awaited = 1
                    (noted if source.op is None else stack).append(source)


def _hand_down(root: Node, gradient: float, complete: list[Node | None]) -> None:
    """Pass ``gradient`` from ``root`` down to the leaves, through each value after all its uses."""
    root._awaited = 0
    root._grad = gradient
    complete.append(root)
    while True:
        value = complete.pop()
        if value is None:
            return
        grad = value._grad
        first, second = value._input0, value._input1
        if first is not None:
            first._grad += value._local0 * grad
            first._awaited -= 1
            if first._awaited == 0 and first.op is not None:
                complete.append(first)
        if second is not None:
            second._grad += value._local1 * grad
            second._awaited -= 1
            if second._awaited == 0 and second.op is not None:
                complete.append(second)
        elif first is None:
            _hand_to_steps(value, value.upstream(grad), complete)


# Apart, since a call whose result may be an error, within the loop above, makes all of it slower.
def _hand_to_steps(value: Node, grad: float, complete: list[Node | None]) -> None:
    for source, local in value.steps():
        source._grad += local * grad
        source._awaited -= 1
        if source._awaited == 0 and source.op is not None:
            complete.append(source)


def _restore(root: Node, noted: list[Node], earlier: list[Any]) -> None:
    """Undo a pass. It may be interrupted, and then be called again."""
    if root._awaited == 0:  # gradients have been handed down
        for value in noted:
            value._grad = 0.0
    for i in range(1, len(earlier), 2):
        value = earlier[i - 1]
        value._grad = earlier[i]
    for value in noted:
        value._awaited = -1
