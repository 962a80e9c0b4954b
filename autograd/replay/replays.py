"""Calls that were replayed, and the Values that came out of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd.contexts import enable_grad
from autograd.engine.primitive import Primitive
from autograd.engine.replayed import CompiledOperation, Origin, _ReplayedValue
from autograd.engine.value import Operand, Value
from autograd.functional import gradients
from autograd.replay.errors import CompileError
from autograd.replay.lift import Replay, Run
from autograd.replay.tape import Slope, Tape, choose


class Root:
    """An output of a program that gradients may start at.

    Attributes:
        index: its position in `Tape.roots`.
        op: the operation of Values that are this output, on all inputs of the program.
        replay: the program, once there is one.
    """

    replay: Replay

    def __init__(self, name: str, index: int) -> None:
        self.name = name
        self.index = index
        self.op = CompiledOperation(name, self._forward, self._gradient)

    def _run(self, numbers: Sequence[float]) -> Run:
        run = self.replay.run(numbers)
        if run is None:
            raise CompileError(
                f"{self.name}() takes another path at these numbers than in the call that is "
                "differentiated: differentiate the function itself, before it is compiled"
            )
        return run

    def _forward(self, numbers: list[float]) -> float:
        return self._run(numbers).outputs[self.replay.tape.roots[self.index]]

    def _gradient(self, operands: Sequence[Any], out: Any) -> list[Any]:  # noqa: ARG002
        """The derivative by each operand: floats for floats, else Values."""
        if not any(isinstance(x, Value) for x in operands):
            return self.slopes(self._run(operands))
        variables = [x if isinstance(x, Value) else Value(x) for x in operands]
        with enable_grad():
            recorded = _recorded(self.replay.tape, variables, self.index)
            slopes: list[Any] = gradients(recorded, variables)
        return slopes

    def slopes(self, run: Run) -> list[float]:
        """The derivative by each input in this run."""
        tape = self.replay.tape
        reached = run.reached(self.index)
        by_entry = dict.fromkeys(tape.inputs, 0.0)
        for leaf, slope in zip(reached, run.add_shares(self.index, 1.0, [-0.0] * len(reached))):
            by_entry[tape.leaves[leaf]] = slope
        return [by_entry[entry] for entry in tape.inputs]


def _recorded(tape: Tape, variables: Sequence[Value], root: int) -> Value:
    """The root as a Value, computed from these with all that is in between."""
    last = tape.outputs[tape.roots[root]]
    found: list[Any] = list(tape.data[: last + 1])
    for entry, value in zip(tape.inputs, variables):
        if entry <= last:
            found[entry] = value
    for entry in range(last + 1):
        op = tape.ops[entry]
        if op is None:
            continue
        flows = tape.flows[entry]
        operands = [
            found[k] if i in flows or not isinstance(found[k], Value) else found[k].data
            for i, k in enumerate(tape.operands[entry])
        ]
        if op is choose:
            found[entry] = operands[1] if operands[0] else operands[2]
        elif not isinstance(op, (Primitive, Slope)):
            found[entry] = float(op(*operands))
        else:
            traced = next((x for x in operands if isinstance(x, Value)), None)
            if traced is None or isinstance(op, Slope):
                found[entry] = op.evaluate(operands)
            else:
                found[entry] = traced.apply(op, tuple(operands))
    out = found[last]
    return out if isinstance(out, Value) else Value(out)


class Call:
    """A call of a compiled function that was replayed.

    Attributes:
        run: the run of the program.
        numbers: the inputs of the program: floats among the arguments, then data of Values.
        values: the Values from outside, arguments first.
        leaves: for each leaf of the tape the index of its Value.
    """

    def __init__(
        self, run: Run, numbers: list[float], values: Sequence[Value], leaves: list[int]
    ) -> None:
        self.run = run
        self.numbers = numbers
        self.values = values
        self.leaves = leaves

    def reached(self, root: Root) -> dict[int, Value]:
        """The Values that gradients from a root reach, by the numbers of the leaves."""
        return {leaf: self.values[self.leaves[leaf]] for leaf in self.run.reached(root.index)}

    def value(self, root: Root, number: float, label: str) -> Value:
        """An output as a Value, with one operation."""
        reached = [self.values[self.leaves[leaf]] for leaf in self.run.reached(root.index)]
        return _ReplayedValue(root.op, number, label, reached, _Past(self, root))


class _Past(Origin):
    """What a Value was computed from: an output of a call."""

    def __init__(self, call: Call, root: Root) -> None:
        self._call = call
        self._root = root

    def operands(self) -> tuple[Operand, ...]:
        call, tape = self._call, self._root.replay.tape
        reached = {tape.leaves[leaf]: x for leaf, x in call.reached(self._root).items()}
        return tuple([reached.get(k, number) for k, number in zip(tape.inputs, call.numbers)])

    def derivatives(self) -> list[float]:
        slopes = self._root.slopes(self._call.run)
        pairs = zip(self.operands(), slopes)
        return [slope for operand, slope in pairs if isinstance(operand, Value)]

    def add_shares(self, gradient: float, sums: list[float]) -> list[float]:
        return self._call.run.add_shares(self._root.index, gradient, sums)
