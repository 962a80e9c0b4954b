"""The derivative of recorded outputs by recorded inputs: a linear map, swept in either mode.

A recorded computation is a graph whose edges carry local derivatives. Listed in the
order of the computation, the edges are all that the chain rule needs. Read forwards,
they carry rates of change from the inputs to the outputs (**forward mode**: one sweep
for each direction in which the inputs move). Read backwards, they carry them from the
outputs to the inputs (**reverse mode**: one sweep for each output), which is what
``backward()`` does for a single output. Both are the same loop.

The local derivatives are either the floats that are on the record already, or Values
that the table's rules give; then what a sweep gives can be differentiated again. That
one derivative is not taken for another inside which it is taken needs no care here: an
edge leads from a value, and each derivative has values of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from autograd.primitives import add, multiply, subtract
from autograd.value import Operand, Value

_CONSTANT: Final = -1  # in place of the number of a value that does not vary with the inputs


class Differential:
    """How fast the outputs of a computation change when its inputs do.

    Made by `differential` and by `differential_of_gradient`. It keeps local derivatives,
    and nothing of the graph that these come from.
    """

    __slots__ = ("_count", "_factors", "_inputs", "_outputs", "_sources", "_targets")

    def __init__(self, edges: Edges, outputs: list[int]) -> None:
        self._count = len(edges.order)
        self._sources: list[int] = edges.sources
        self._targets: list[int] = edges.targets
        self._factors: list[Any] = edges.factors
        self._inputs: list[int] = edges.inputs()
        self._outputs: list[int] = outputs

    # In what these take and give, None stands for no dependence at all: unlike 0.0, it takes
    # no part in arithmetic, so that a local derivative of inf makes no nan of it.

    def push_forward(self, tangents: Sequence[Any]) -> list[Any]:
        """How fast each output changes when the inputs do at these rates."""
        return _read(self.tangents(tangents), self._outputs)

    def tangents(self, tangents: Sequence[Any]) -> list[Any]:
        """The same for every value that has a number."""
        rates = _seeded(self._count, self._inputs, tangents)
        for source, target, factor in zip(self._sources, self._targets, self._factors):
            rate = rates[source]
            if rate is not None:
                share = rate if factor is None else factor * rate
                known = rates[target]
                rates[target] = share if known is None else known + share
        return rates

    def pull_back(self, weights: Sequence[Any]) -> list[Any]:
        """The derivative, by each input, of the sum of the outputs so weighted."""
        return _read(self.adjoints(weights), self._inputs)

    def adjoints(self, weights: Sequence[Any]) -> list[Any]:
        """The same by every value that has a number."""
        rates = _seeded(self._count, self._outputs, weights)
        self.sweep_back(rates)
        return rates

    def sweep_back(self, rates: list[Any]) -> None:
        """Add to the adjoints of all values what follows from those that are there."""
        sources, targets, factors = self._sources, self._targets, self._factors
        for edge in range(len(sources) - 1, -1, -1):
            rate = rates[targets[edge]]
            if rate is not None:
                factor = factors[edge]
                share = rate if factor is None else factor * rate
                source = sources[edge]
                known = rates[source]
                rates[source] = share if known is None else known + share

    def matrix(self) -> list[list[Any]]:
        """The derivative of each output by each input, in the mode that takes fewer sweeps."""
        height, width = len(self._outputs), len(self._inputs)
        if height < width:
            return [self.pull_back(_unit(height, i)) for i in range(height)]
        columns = [self.push_forward(_unit(width, j)) for j in range(width)]
        return [[column[i] for column in columns] for i in range(height)]


class GradientDifferential:
    """How fast the derivatives of one output by the inputs change when the inputs do.

    Forward over reverse, with floats. Rates of change run forwards through the values;
    wherever a local derivative changes with an operand, they pass over to the adjoint of
    the other; and through the adjoints they run backwards.
    """

    __slots__ = ("_factors", "_first", "_inputs", "_sources", "_targets")

    def __init__(self, edges: Edges, output: int) -> None:
        self._first = Differential(edges, [output])
        self._inputs = edges.inputs()
        self._sources: list[int] = []
        self._targets: list[int] = []
        self._factors: list[Any] = []
        for number, adjoint in enumerate(self._first.adjoints([1.0])):
            if adjoint is not None:
                self._add(edges, edges.order[number], adjoint)

    def _add(self, edges: Edges, value: Value, adjoint: float) -> None:
        """Add how the adjoints of the inputs of ``value`` change with its inputs."""
        if value.op is None or value.op is add or value.op is subtract:
            return
        if value.op is multiply:  # the most of a real graph; a test holds it to the table
            first, second = value._input0, value._input1
            if first is not None and second is not None:
                number0, number1 = edges.number(first), edges.number(second)
                if number0 >= 0 and number1 >= 0:
                    self._sources.append(number0)
                    self._targets.append(number1)
                    self._factors.append(adjoint)
                    self._sources.append(number1)
                    self._targets.append(number0)
                    self._factors.append(adjoint)
            return
        for changed, cause, derivative in _second_derivatives(value, edges):
            self._sources.append(cause)
            self._targets.append(changed)
            self._factors.append(derivative * adjoint)

    def push_forward(self, tangents: Sequence[Any]) -> list[Any]:
        """How fast each derivative changes when the inputs do at these rates."""
        rates = self._first.tangents(tangents)
        adjoint_rates: list[Any] = [None] * len(rates)
        for source, target, factor in zip(self._sources, self._targets, self._factors):
            rate = rates[source]
            if rate is not None:
                known = adjoint_rates[target]
                adjoint_rates[target] = factor * rate if known is None else known + factor * rate
        self._first.sweep_back(adjoint_rates)
        return _read(adjoint_rates, self._inputs)

    def matrix(self) -> list[list[Any]]:
        """The derivative of each derivative by each input; it is symmetric."""
        width = len(self._inputs)
        return [self.push_forward(_unit(width, j)) for j in range(width)]


def _seeded(count: int, places: list[int], seeds: Sequence[Any]) -> list[Any]:
    rates: list[Any] = [None] * count
    for place, seed in zip(places, seeds, strict=True):
        if place >= 0 and seed is not None:
            rates[place] = seed if rates[place] is None else rates[place] + seed
    return rates


def _read(rates: list[Any], places: list[int]) -> list[Any]:
    return [rates[place] if place >= 0 else None for place in places]


def _unit(size: int, position: int) -> list[Any]:
    seeds: list[Any] = [None] * size
    seeds[position] = 1.0
    return seeds


# ── From a graph ──────────────────────────────────────────────────────────────


def differential(
    outputs: Sequence[Any], inputs: Sequence[Value], traced: bool, independent: bool = True
) -> Differential:
    """The derivative of ``outputs`` by ``inputs``. No ``grad`` is read or changed.

    Args:
        outputs: Values; anything else is an output that is constant.
        inputs: the Values to differentiate by.
        traced: whether local derivatives are Values, from the table's rules at the data
            that the values have now, rather than the floats on record.
        independent: whether what the inputs themselves were computed from is of no
            interest; then it is not looked at.

    >>> x, y = Value(2.0), Value(5.0)
    >>> product = x * y
    >>> of_both = differential([product, product + x], [x, y], traced=False)
    >>> of_both.pull_back([1.0, 0.0]), of_both.push_forward([1.0, 0.0])
    ([5.0, 2.0], [5.0, 6.0])
    """
    edges = Edges(inputs, traced, independent)
    numbers = [edges.reach(y) if isinstance(y, Value) else _CONSTANT for y in outputs]
    return Differential(edges, numbers)


def differential_of_gradient(output: Any, inputs: Sequence[Value]) -> GradientDifferential:
    """The derivative, by ``inputs``, of the derivatives of ``output`` by each of them.

    >>> x, y = Value(2.0), Value(5.0)
    >>> differential_of_gradient(x * x * y, [x, y]).push_forward([1.0, 0.0])  # 2 y, 2 x
    [10.0, 4.0]
    """
    edges = Edges(inputs, traced=False, independent=True)
    return GradientDifferential(edges, edges.reach(output) if isinstance(output, Value) else _CONSTANT)


class Edges:
    """The edges of a graph, in the order of the computation, as far as they vary with inputs.

    Each value that is reached gets a number, greater than those of its inputs.
    """

    __slots__ = ("_inputs", "_traced", "_wanted", "factors", "order", "sources", "targets", "varies")

    def __init__(self, inputs: Sequence[Value], traced: bool, independent: bool) -> None:
        self.sources: list[int] = []
        self.targets: list[int] = []
        self.factors: list[Any] = []
        self.order: list[Value] = []  # every value, at the place of its number
        self.varies: list[bool] = []
        self._inputs: list[Value] = list(inputs)
        self._traced = traced
        # Inputs that are met on the way, where they have not been given numbers beforehand.
        self._wanted: set[int] = set() if independent else {id(x) for x in inputs}
        if independent:
            for x in inputs:
                self._append(x, True)

    def _append(self, value: Value, varies: bool) -> None:
        value._number = len(self.order)
        self.order.append(value)
        self.varies.append(varies)

    def number(self, value: Value) -> int:
        """The number of a value that varies with the inputs, or `_CONSTANT`."""
        number: int = value._number
        if number < len(self.order) and self.order[number] is value and self.varies[number]:
            return number
        return _CONSTANT

    def inputs(self) -> list[int]:
        """The numbers of the inputs."""
        return [self.number(x) for x in self._inputs]

    def reach(self, root: Value) -> int:
        """Give a number to whatever ``root`` was computed from; returns its own."""
        order = self.order
        unfinished = [root]
        while True:
            if not unfinished:
                return self.number(root)
            value = unfinished[-1]
            number: int = value._number
            if number < len(order) and order[number] is value:
                unfinished.pop()
                continue
            # A number is read once, for another thread may be numbering the same value.
            first, second = value._input0, value._input1
            number0 = number1 = _CONSTANT
            if first is not None:
                number0 = first._number
                if number0 >= len(order) or order[number0] is not first:
                    unfinished.append(first)
                    continue
            if second is not None:
                number1 = second._number
                if number1 >= len(order) or order[number1] is not second:
                    unfinished.append(second)
                    continue
            elif first is None:
                unknown = self._unknown_inputs(value)
                if unknown:
                    unfinished.extend(unknown)
                    continue
            unfinished.pop()
            self._finish(value, number0, number1)

    def _unknown_inputs(self, value: Value) -> list[Value]:
        unknown = []
        for source in value.inputs:
            number: int = source._number
            if number >= len(self.order) or self.order[number] is not source:
                unknown.append(source)
        return unknown

    def _finish(self, value: Value, number0: int, number1: int) -> None:
        """Number a value all of whose inputs have numbers, and add the edges that lead to it."""
        target = len(self.order)
        varies0 = number0 >= 0 and self.varies[number0]
        varies1 = number1 >= 0 and self.varies[number1]
        if self._traced or (number0 < 0 and number1 < 0):
            edges = self._local_derivatives(value)
            for source, factor in edges:
                self._add(self.number(source), target, None if factor == 1.0 else factor)
            varies0 = len(edges) > 0 or (len(self._wanted) > 0 and id(value) in self._wanted)
        else:
            if varies0:
                local = value._local0
                self._add(number0, target, None if local == 1.0 else local)
            if varies1:
                local = value._local1
                self._add(number1, target, None if local == 1.0 else local)
        self._append(value, varies0 or varies1)

    def _add(self, source: int, target: int, factor: Any) -> None:
        self.sources.append(source)
        self.targets.append(target)
        self.factors.append(factor)

    def _local_derivatives(self, value: Value) -> list[tuple[Value, Any]]:
        """Each input that varies, with the local derivative by it."""
        if not self._traced:
            steps = zip(value.inputs, value.local_derivatives)
            return [(source, local) for source, local in steps if self.number(source) >= 0]
        varying = [isinstance(x, Value) and self.number(x) >= 0 for x in value.operands]
        if not any(varying):
            return []
        sources = [source for source in value.inputs if self.number(source) >= 0]
        return list(zip(sources, _by_rules(value, varying), strict=True))


def _by_rules(value: Value, varying: list[bool]) -> list[Any]:
    """The local derivatives of ``value`` by the operands that vary, by the table's rules."""
    op = value.op
    assert op is not None
    operands = value.operands
    if op.derivatives:  # a rule for each operand; a constant's is not touched
        return [
            rule(*operands, value) for rule, varies in zip(op.derivatives, varying) if varies
        ]
    slopes = op.local_derivatives(operands, value)
    return [slope for slope, varies in zip(slopes, varying, strict=True) if varies]


def _second_derivatives(value: Value, edges: Edges) -> list[tuple[int, int, Any]]:
    """How fast the local derivatives of ``value`` change: which, with which input, how fast."""
    # The operation by itself, on leaves in place of its inputs, differentiated twice.
    numbers, leaves, varying = [], [], []
    operands: list[Operand] = []
    for operand in value.operands:
        varies = False
        if isinstance(operand, Value):
            number = edges.number(operand)
            operand = Value(operand.data)
            varies = number >= 0
            if varies:
                numbers.append(number)
                leaves.append(operand)
        operands.append(operand)
        varying.append(varies)
    assert value.op is not None
    slopes = _by_rules(value.apply(value.op, tuple(operands)), varying)
    return [
        (numbers[i], numbers[j], derivative)
        for i, row in enumerate(differential(slopes, leaves, traced=False).matrix())
        for j, derivative in enumerate(row)
        if derivative is not None
    ]
