"""Forward and reverse mode over a recorded graph: the derivatives of outputs by inputs.

A recorded computation is a graph whose edges carry local derivatives. Listed in the
order of the computation, the edges are all that the chain rule needs. Followed
forwards, they carry rates of change from the inputs to the outputs (**forward mode**:
one sweep for each direction in which the inputs move). Followed backwards, they carry
them from the outputs to the inputs (**reverse mode**: one sweep for each output), which
is what ``backward()`` does for a single output.

The local derivatives are either the floats that are on the record already, or Values
that the table's rules give; then what a sweep gives can be differentiated again.
Perturbation confusion cannot occur: an edge leads from a value, and each derivative has
values of its own.

None stands for the rate of change of what does not depend on an input. Unlike 0.0 it takes
no part in arithmetic, so that a local derivative of inf makes no nan of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, cast

from autograd.engine.node import Node
from autograd.engine.passes import passes
from autograd.engine.recording import Follower, Share, deriving, follower, observer, switches
from autograd.engine.table import add, multiply, subtract
from autograd.engine.value import Value

_CONSTANT: Final = -1  # in place of the number of a value that does not vary with the inputs


class Edges:
    """Edges of a graph: pairs of quantities, by their numbers, each with a local derivative.

    In the order in which a computation comes to them.
    """

    __slots__ = ("_factors", "_sources", "targets")

    def __init__(self) -> None:
        self._sources: list[int] = []
        self.targets: list[int] = []
        self._factors: list[Any] = []

    def add(self, source: int, target: int, factor: Any) -> None:
        """Add an edge with this local derivative; None stands for 1."""
        self._sources.append(source)
        self.targets.append(target)
        self._factors.append(factor)

    def sources(self, start: int) -> list[int]:
        """The sources of the edges from that one on which lead to the same target."""
        targets = self.targets
        end = start + 1
        while end < len(targets) and targets[end] == targets[start]:
            end += 1
        return self._sources[start:end]

    def carry(self, rates: list[Any], into: list[Any], quantity: str = "tangent") -> None:  # noqa: ARG002
        """Add to the rates of the targets what follows from those of the sources.

        An observer is told that the rates are those of ``quantity``.
        """
        for source, target, factor in zip(self._sources, self.targets, self._factors):
            rate = rates[source]
            if rate is not None:
                share = rate if factor is None else factor * rate
                known = into[target]
                into[target] = share if known is None else known + share

    def carry_back(self, rates: list[Any], quantity: str = "gradient") -> None:  # noqa: ARG002
        """The same from the targets to the sources, starting at the last edge."""
        sources, targets, factors = self._sources, self.targets, self._factors
        for edge in range(len(sources) - 1, -1, -1):
            rate = rates[targets[edge]]
            if rate is not None:
                factor = factors[edge]
                share = rate if factor is None else factor * rate
                source = sources[edge]
                known = rates[source]
                rates[source] = share if known is None else known + share


class _WatchedEdges(Edges):
    """Edges of which an observer is told what they carry."""

    __slots__ = ("_owners", "_values")

    def __init__(self, values: list[Value]) -> None:
        super().__init__()
        self._values = values
        # For each edge the value whose operation it belongs to, where that is not its target.
        self._owners: list[Value] = []

    def own(self, owner: Value) -> None:
        """Note whose operation the edges that were added last belong to."""
        self._owners.extend([owner] * (len(self._sources) - len(self._owners)))

    def carry(self, rates: list[Any], into: list[Any], quantity: str = "tangent") -> None:
        """Carry, then tell the observer."""
        _unchecked(super().carry, rates, into)
        self._tell(quantity, range(len(self._sources)), self._sources, rates, self.targets, into)

    def carry_back(self, rates: list[Any], quantity: str = "gradient") -> None:
        """Carry back, then tell the observer."""
        _unchecked(super().carry_back, rates)
        targets = self.targets
        # The edges to a value in the order of its inputs, as `backward()` has them.
        order = sorted(range(len(targets)), key=lambda edge: -targets[edge])
        self._tell(quantity, order, targets, rates, self._sources, rates)

    def _tell(
        self,
        quantity: str,
        order: Sequence[int],
        givers: list[int],
        rates: list[Any],
        receivers: list[int],
        into: list[Any],
    ) -> None:
        """Tell the observer of all edges that have carried something."""
        watcher = observer()
        if watcher is None:
            return
        values = self._values
        owners = self._owners or [values[target] for target in self.targets]
        watcher.carried(
            [
                Share(
                    quantity,
                    owners[edge],
                    values[givers[edge]],
                    values[receivers[edge]],
                    1.0 if self._factors[edge] is None else _number(self._factors[edge]),
                    _number(rates[givers[edge]]),
                    _number(into[receivers[edge]]),
                )
                for edge in order
                if rates[givers[edge]] is not None
            ]
        )


def _number(number: Any) -> float:
    data: float = number.data if isinstance(number, Value) else number
    return data


def _new_edges(values: list[Value]) -> Edges:
    """Edges, which an observer is told of if there is one."""
    watcher = observer() if switches.altered and not deriving.get() else None
    unwatched = watcher is None or isinstance(watcher, Follower)
    return Edges() if unwatched else _WatchedEdges(values)


def _unchecked(function: Any, *arguments: Any) -> None:
    """Call ``function``. An observer is not to complain about the Values that it computes.

    An infinite intermediate result in a derivative rule, say, means nothing yet.
    """
    if not switches.altered:
        function(*arguments)
        return
    token = deriving.set(True)
    try:
        function(*arguments)
    finally:
        deriving.reset(token)


class Differential:
    """The differential of a computation: a linear map from tangents of inputs to those of outputs.

    Nothing of the graph is kept but its local derivatives.
    """

    __slots__ = ("_count", "_edges", "_inputs", "_outputs")

    def __init__(self, edges: Edges, count: int, inputs: list[int], outputs: list[int]) -> None:
        self._edges = edges
        self._count = count
        self._inputs: list[int] = inputs
        self._outputs: list[int] = outputs

    def push_forward(self, tangents: Sequence[Any]) -> list[Any]:
        """The tangent of each output, for these tangents of the inputs."""
        rates = _seeded(self._count, self._inputs, tangents)
        self._edges.carry(rates, rates)
        return _read(rates, self._outputs)

    def pull_back(self, weights: Sequence[Any]) -> list[Any]:
        """The adjoint of each input, given those of the outputs."""
        rates = _seeded(self._count, self._outputs, weights)
        self._edges.carry_back(rates)
        return _read(rates, self._inputs)

    def matrix(self) -> list[list[Any]]:
        """The derivative of each output by each input, in the mode that takes fewer sweeps."""
        height, width = len(self._outputs), len(self._inputs)
        if height < width:
            return [self.pull_back(_unit(height, i)) for i in range(height)]
        columns = [self.push_forward(_unit(width, j)) for j in range(width)]
        return [[column[i] for column in columns] for i in range(height)]


class GradientDifferential:
    """The differential of a gradient: a linear map from tangents of inputs to its own.

    Forward over reverse. Rates of change run forwards through the values; wherever a
    local derivative changes with an operand, they pass over from that operand to the
    adjoint that is multiplied by it; and through the adjoints they run backwards.
    """

    __slots__ = ("_changes", "_count", "_edges", "_inputs")

    def __init__(self, edges: Edges, changes: Edges, count: int, inputs: list[int]) -> None:
        self._edges = edges
        self._changes = changes
        self._count = count
        self._inputs: list[int] = inputs

    def push_forward(self, tangents: Sequence[Any]) -> list[Any]:
        """The tangent of each derivative, for these tangents of the inputs."""
        rates = _seeded(self._count, self._inputs, tangents)
        self._edges.carry(rates, rates)
        rates_of_adjoints: list[Any] = [None] * self._count
        self._changes.carry(rates, rates_of_adjoints, "change")
        self._edges.carry_back(rates_of_adjoints, "change")
        return _read(rates_of_adjoints, self._inputs)

    def matrix(self) -> list[list[Any]]:
        """The derivative of each derivative by each input."""
        width = len(self._inputs)
        columns = [self.push_forward(_unit(width, j)) for j in range(width)]
        return [[column[i] for column in columns] for i in range(width)]


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
        traced: True if local derivatives are Values, from the table's rules at the data
            that the values have now, rather than the floats on record.
        independent: True if the values that the inputs were computed from are of no
            interest; they are then left out.

    >>> x, y = Value(2.0), Value(5.0)
    >>> product = x * y
    >>> of_both = differential([product, product + x], [x, y], traced=False)
    >>> of_both.pull_back([1.0, None]), of_both.push_forward([1.0, None])
    ([5.0, 2.0], [5.0, 6.0])
    """
    with passes.turn:
        passes.walks += 1
        walk = _Walk(inputs, independent)
        places = [walk.reach(y) if isinstance(y, Value) else _CONSTANT for y in outputs]
        numbers = walk.numbers(inputs)
        passes.walks -= 1
    edges = walk.followed_edges()
    if traced:
        edges = _new_edges(walk.order)
        _unchecked(_add_by_rules, edges, walk.order, walk.edges)
    return Differential(edges, len(walk.order), numbers, places)


def differential_of_gradient(output: Any, inputs: Sequence[Value]) -> GradientDifferential:
    """The derivative, by ``inputs``, of the derivatives of ``output`` by each of them.

    >>> x, y = Value(2.0), Value(5.0)
    >>> differential_of_gradient(x * x * y, [x, y]).push_forward([1.0, None])  # 2 y, 2 x
    [10.0, 4.0]
    """
    with passes.turn:
        passes.walks += 1
        walk = _Walk(inputs, independent=True)
        place = walk.reach(output) if isinstance(output, Value) else _CONSTANT
        numbers = walk.numbers(inputs)
        passes.walks -= 1
    adjoints = _seeded(len(walk.order), [place], [1.0])
    edges = walk.followed_edges()
    edges.carry_back(adjoints)
    changes = _new_edges(walk.order)
    _unchecked(_add_changes, changes, walk.order, edges, adjoints)
    return GradientDifferential(edges, changes, len(adjoints), numbers)


class _Walk:
    """The values that outputs were computed from, and the edges between them.

    Attributes:
        order: every value reached, each after its inputs. Its place is its number.
        edges: those between values that vary with the inputs of the walk, with the floats
            on record.
    """

    __slots__ = ("_varies", "_wanted", "edges", "order")

    def __init__(self, inputs: Sequence[Value], independent: bool) -> None:
        self.order: list[Value] = []
        self.edges = _new_edges(self.order)
        self._varies: list[bool] = []  # for each value in the order
        # The inputs that the walk has not reached yet.
        self._wanted: set[int] = set()
        for x in inputs:
            if independent:
                self._append(x, True)
            else:
                self._wanted.add(id(x))

    def number(self, value: Value) -> int:
        """The number of a value that varies with the inputs, or `_CONSTANT`."""
        number: int = value._number
        if number < len(self.order) and self.order[number] is value and self._varies[number]:
            return number
        return _CONSTANT

    def numbers(self, values: Sequence[Value]) -> list[int]:
        """The same for each of several."""
        return [self.number(value) for value in values]

    def reach(self, root: Value) -> int:
        """Go through all that ``root`` was computed from; returns its own number."""
        order = self.order
        unfinished: list[Node] = [root]
        while True:
            if not unfinished:
                return self.number(root)
            value = cast(Value, unfinished[-1])
            number: int = value._number
            if number < len(order) and order[number] is value:
                unfinished.pop()
                continue
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
                    unfinished.extend(reversed(unknown))  # the first is next
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
        """Number a value whose inputs have numbers, and add the edges that lead to it."""
        target = len(self.order)
        if number0 < 0 and number1 < 0:  # a leaf, or the result of a wide operation
            varies = False
            for source, local in zip(value.inputs, value._recorded_derivatives()):
                number = self.number(source)
                if number >= 0:
                    varies = True
                    self.edges.add(number, target, None if local == 1.0 else local)
            self._append(value, varies)
            return
        varies0 = number0 >= 0 and self._varies[number0]
        varies1 = number1 >= 0 and self._varies[number1]
        if varies0:
            local0 = value._local0
            self.edges.add(number0, target, None if local0 == 1.0 else local0)
        if varies1:
            local1 = value._local1
            self.edges.add(number1, target, None if local1 == 1.0 else local1)
        self._append(value, varies0 or varies1)

    def followed_edges(self) -> Edges:
        """The edges; where a function is recorded for replay, with numbers that are followed."""
        watcher = follower()
        if watcher is None:
            return self.edges
        watcher.walked(self.order)
        followed = Edges()
        start = 0
        while start < len(self.edges.targets):
            sources = self.edges.sources(start)
            target = self.edges.targets[start]
            value = self.order[target]
            varying = _varying(self.order, value, sources)
            positions = [i for i in range(len(varying)) if varying[i]]
            for source, position in zip(sources, positions):
                followed.add(source, target, watcher.slope(value, position))
            start += len(sources)
        return followed

    def _append(self, value: Value, varies: bool) -> None:
        if not varies and len(self._wanted) > 0:
            varies = id(value) in self._wanted
        value._number = len(self.order)
        self.order.append(value)
        self._varies.append(varies)


def _add_by_rules(by_rules: Edges, order: list[Value], edges: Edges) -> None:
    """Add these edges, with the local derivatives that the rules give."""
    start = 0
    while start < len(edges.targets):
        sources = edges.sources(start)
        target = edges.targets[start]
        value = order[target]
        for source, local in zip(sources, _by_rules(value, _varying(order, value, sources))):
            is_one = type(local) is float and local == 1.0
            by_rules.add(source, target, None if is_one else local)
        start += len(sources)


def _varying(order: list[Value], value: Value, sources: list[int]) -> list[bool]:
    """For each operand of ``value``, True if an edge leads from it; these are their sources."""
    varying = []
    found = 0
    for operand in value._recorded_operands():
        varies = found < len(sources) and order[sources[found]] is operand
        found += varies
        varying.append(varies)
    return varying


def _by_rules(value: Value, varying: list[bool]) -> list[Any]:
    """The local derivatives of ``value`` by the operands that vary, by the table's rules."""
    op = value.op
    assert op is not None
    operands = value.operands
    if op.derivatives:  # a rule for each operand; a constant's is not touched
        return [rule(*operands, value) for rule, varies in zip(op.derivatives, varying) if varies]
    derivatives = op.local_derivatives(operands, value)
    return [local for local, varies in zip(derivatives, varying, strict=True) if varies]


# ── Second derivatives of an operation ────────────────────────────────────────


def _add_changes(changes: Edges, order: list[Value], edges: Edges, adjoints: list[Any]) -> None:
    """Add the edges by which the adjoints of values change with the values themselves."""
    start = 0
    while start < len(edges.targets):
        target = edges.targets[start]
        value, adjoint = order[target], adjoints[target]
        sources = edges.sources(start)
        start += len(sources)
        if adjoint is None or value.op is add or value.op is subtract:
            continue
        if value.op is multiply:  # the most of a real graph; a test holds this to the table
            if len(sources) == 2:
                changes.add(sources[0], sources[1], adjoint)
                changes.add(sources[1], sources[0], adjoint)
        else:
            for one, other, derivative in _second_derivatives(order, value, sources):
                changes.add(other, one, derivative * adjoint)
        if isinstance(changes, _WatchedEdges):
            changes.own(value)


def _second_derivatives(
    order: list[Value], value: Value, sources: list[int]
) -> list[tuple[int, int, Any]]:
    """The second derivatives of ``value``, by each two of its inputs that vary.

    Args:
        order: the values of the walk.
        value: the result of an operation.
        sources: the numbers of those of its inputs that vary.
    """
    # The operation by itself, on leaves in place of its inputs, differentiated twice.
    varying = _varying(order, value, sources)
    copies: list[Any] = [Value(x.data) if isinstance(x, Value) else x for x in value.operands]
    leaves = [x for x, varies in zip(copies, varying) if isinstance(x, Value) and varies]
    assert value.op is not None
    slopes = _by_rules(value.apply(value.op, tuple(copies)), varying)
    return [
        (sources[i], sources[j], derivative)
        for i, row in enumerate(differential(slopes, leaves, traced=False).matrix())
        for j, derivative in enumerate(row)
        if derivative is not None
    ]
