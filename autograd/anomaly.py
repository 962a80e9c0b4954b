"""detect_anomaly: find the operation that made the first inf or nan.

A bad number usually shows far from where it arose: in the loss, or in a weight
after the update. Within ``detect_anomaly()`` every operation is checked as it
is recorded, and after a backward pass, or another sweep of a derivative, all that was
multiplied and summed. The first number that is not finite is an error that says where it
came from.
"""

from __future__ import annotations

import linecache
import math
import os
import sys
from collections.abc import Sequence
from typing import TypeAlias

from autograd.contexts import RecordingContext, observed_by
from autograd.engine.node import propagate
from autograd.engine.order import topological_order
from autograd.engine.recording import Observer, Share, deriving
from autograd.engine.value import Value

_ROOT = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
_LIBRARY = tuple(os.path.join(_ROOT, package, "") for package in ("autograd", "nn"))

Place: TypeAlias = tuple[str, int, str]  # file, line and function


class AnomalyError(ArithmeticError):
    """A value or a gradient is inf or nan, and was not to be."""


def detect_anomaly() -> RecordingContext:
    """Raise an error at the first operation, gradient or tangent that is not finite.

    It watches backward passes, and what `grad` and its like compute. It holds for the thread or
    the asynchronous task that enters it, and for the body of a function that it decorates, and
    slows recording down several times; elsewhere recording is as fast as ever. A backward pass
    that fails leaves the gradients of the leaves as they were.

    Raises:
        AnomalyError: it names the operation, its inputs, the line that recorded it,
            and the shortest path to it from a leaf.

    >>> x = Value(0.0, label="x")
    >>> with detect_anomaly():  # doctest: +ELLIPSIS
    ...     y = 2 * x.log()
    Traceback (most recent call last):
    autograd.anomaly.AnomalyError: log(Value(0.0, label='x')) is -inf.
      Recorded in ..., line 2, in <module>: y = 2 * x.log()
      From a leaf: Value(0.0, label='x') -> log
    """
    return observed_by(_Detector)


class _Detector(Observer):
    """Checks what is recorded, and remembers where that was."""

    def __init__(self) -> None:
        # By the id of the value. An id is used again once its value is freed, but not
        # without a new entry here, if the new value is recorded within the same context.
        self._places: dict[int, Place] = {}

    def recorded(self, value: Value) -> None:
        self._places[id(value)] = _place()
        if not math.isfinite(value.data) and not deriving.get():
            raise AnomalyError(self._report(value, f"{_call(value)} is {value.data}."))

    def backward(self, root: Value, gradient: float) -> None:
        order = topological_order(root)
        before = [(value, value._grad, value._awaited) for value in order]
        propagate(root, gradient)
        try:
            self.carried(
                [
                    Share("gradient", value, value, source, local, value.grad, source.grad)
                    for value in reversed(order)
                    for source, local in zip(value.inputs, value.local_derivatives, strict=True)
                ]
            )
        except BaseException:  # an anomaly, or Ctrl-C
            for value, grad, awaited in before:
                value._grad, value._awaited = grad, awaited
            raise

    def carried(self, shares: Sequence[Share]) -> None:
        received: dict[Value, Share] = {}  # the last that each receiver got
        for share in shares:
            if not math.isfinite(share.factor * share.rate):
                before = received.get(share.giver)
                if before is not None and not math.isfinite(share.rate):
                    raise AnomalyError(self._report(before.owner, _sum(before)))
                raise AnomalyError(self._report(share.owner, _product(share)))
            received[share.receiver] = share
        for share in received.values():
            if not math.isfinite(share.total):
                raise AnomalyError(self._report(share.owner, _sum(share)))

    def pulled_back(self, gradients: Sequence[float]) -> None:
        for gradient in gradients:
            if not math.isfinite(gradient):
                raise AnomalyError(
                    f"The function that vjp() returned gives {gradient}. "
                    "To learn where it comes from, call vjp() itself within detect_anomaly() too."
                )

    def _report(self, value: Value, problem: str) -> str:
        place = self._places.get(id(value))
        recorded = _shown(place) if place else "before detect_anomaly() was entered"
        return f"{problem}\n  Recorded {recorded}\n  From a leaf: {_path_from_a_leaf(value)}"


# The quantities that sweeps carry, in words.
_IN_WORDS = {"gradient": "gradient", "tangent": "tangent", "change": "change of the gradient"}


def _product(share: Share) -> str:
    """The sentence about a share that is not finite."""
    quantity, factor, rate = _IN_WORDS[share.quantity], share.factor, share.rate
    giver = _name(share.giver, share.owner)
    origin = f"the local derivative {factor} times the {quantity} {rate}"
    if share.owner is not share.giver and share.quantity == "change":
        origin = f"its derivative {factor} by {giver} times the tangent {rate}"
        giver = _call(share.owner)
    receiver = _name(share.receiver, share.owner)
    return f"The {quantity} that {giver} hands to {receiver} is {factor * rate}: {origin}."


def _sum(share: Share) -> str:
    """The sentence about a sum of shares that is not finite."""
    quantity, _, rest = _IN_WORDS[share.quantity].partition(" ")
    receiver = _name(share.receiver, share.owner)
    return f"The {quantity}s {rest}{rest and ' '}handed to {receiver} add up to {share.total}."


def _name(value: Value, owner: Value) -> str:
    return _call(value) if value is owner else repr(value)


def _call(value: Value) -> str:
    """The operation on its operands, such as ``multiply(Value(2.0, label='x'), 3.0)``."""
    assert value.op is not None
    operands = [
        _plain(operand) if isinstance(operand, Value) else repr(operand)
        for operand in value.operands
    ]
    return f"{value.op.name}({', '.join(operands)})"


def _plain(value: Value) -> str:
    label = f", label={value.label!r}" if value.label else ""
    return f"Value({value.data!r}{label})"


def _place() -> Place:
    """The line of the user's code that is being run: the innermost outside this library."""
    frame = sys._getframe()
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_LIBRARY):
        frame = frame.f_back
    return frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name


def _shown(place: Place) -> str:
    """A place, with the line of source there if its file can be read."""
    file, number, function = place
    line = linecache.getline(file, number).strip()
    where = f'in "{file}", line {number}, in {function}'
    return f"{where}: {line}" if line else where


def _path_from_a_leaf(value: Value) -> str:
    """The shortest path of operations from a leaf, or from constants alone, to ``value``."""
    came_from: dict[Value, Value | None] = {value: None}
    queue = [value]
    for step in queue:  # grows meanwhile: a breadth-first search
        if not step.inputs:
            break
        for source in step.inputs:
            if source not in came_from:
                came_from[source] = step
                queue.append(source)
    path = []
    following: Value | None = step
    while following is not None:
        path.append(_plain(following) if following.op is None else following.op.name)
        following = came_from[following]
    return " -> ".join(path)
