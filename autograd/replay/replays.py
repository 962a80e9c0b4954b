"""Calls that were replayed, and the Values that came out of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from autograd.contexts import enable_grad
from autograd.engine.replayed import CompiledOperation, Origin, Reached, _ReplayedValue
from autograd.engine.value import Operand, Value
from autograd.functional import gradients
from autograd.replay.captured import Captured
from autograd.replay.errors import CompileError
from autograd.replay.lift import Replay, Run
from autograd.replay.tape import Tape, choose, take

T = TypeVar("T")


class Root:
    """An output of a program that gradients may start at.

    Attributes:
        index: its position in `Tape.roots`.
        replay: the program, once there is one.
    """

    replay: Replay

    def __init__(self, name: str, index: int) -> None:
        self.name = name
        self.index = index

    def operation(self) -> CompiledOperation:
        """An operation of Values that are this output, on all inputs of the program.

        It refers to this object, and not the other way round: what nobody uses any more is gone at
        once, without the collector.
        """
        return CompiledOperation(self.name, self._forward, self._gradient)

    def _run(self, numbers: Sequence[float]) -> Run:
        return self._on_its_path(self.replay.run(numbers[: len(self.replay.tape.inputs)]))

    def _on_its_path(self, found: T | None) -> T:
        if found is None:
            raise CompileError(
                f"{self.name}() takes another path at these numbers than in the call that is "
                "differentiated: differentiate the function itself, before it is compiled"
            )
        return found

    def _forward(self, numbers: list[float]) -> float:
        return self._run(numbers).outputs[self.replay.tape.roots[self.index]]

    def _gradient(self, operands: Sequence[Any], out: Any) -> list[Any]:  # noqa: ARG002
        """The derivative by each operand: floats for floats, else Values."""
        if not any(isinstance(x, Value) for x in operands):
            return self.slopes(self._run(operands))
        if len(operands) > len(self.replay.tape.inputs):
            raise CompileError(
                f"{self.name}() changes the data of a Value and computes with it, and that has no "
                "second derivatives: differentiate the function itself, before it is compiled"
            )
        tape = self.replay.tape
        variables = [x if isinstance(x, Value) else Value(x) for x in operands]
        numbers = self._on_its_path(self.replay.entries([x.data for x in variables]))
        with enable_grad():
            recorded = _recorded(tape, variables, numbers, tape.outputs[tape.roots[self.index]])
            slopes: list[Any] = gradients(recorded, variables)
        return slopes

    def entries(self, run: Run) -> list[int]:
        """The entries of the operands: all inputs, then the leaves that the call has changed."""
        tape = self.replay.tape
        inputs = set(tape.inputs)
        changed = [tape.leaves[leaf] for leaf in sorted(run.reached(self.index))]
        return [*tape.inputs, *[entry for entry in changed if entry not in inputs]]

    def slopes(self, run: Run) -> list[float]:
        """The derivative by each operand in this run."""
        leaves = self.replay.tape.leaves
        reached = run.reached(self.index)
        sums = run.add_shares(self.index, 1.0, [-0.0] * len(reached))
        by_entry = {leaves[leaf]: slope for leaf, slope in zip(reached, sums)}
        return [by_entry.get(entry, 0.0) for entry in self.entries(run)]


def _recorded(
    tape: Tape, variables: Sequence[Value], numbers: dict[int, float], last: int
) -> Value:
    """An entry as a Value, computed from these of the inputs with all that is in between."""
    values = dict(zip(tape.inputs, variables))
    for entry in range(last + 1):
        op, operands = tape.op(entry), tape.operands_of(entry)
        traced = {i: values[operands[i]] for i in tape.flows_of(entry) if operands[i] in values}
        if not traced:
            continue
        if op is choose:
            taken = 1 if numbers[operands[0]] else 2
        elif op is take:
            taken = 1 + next(i for i in range(0, len(operands), 2) if numbers[operands[i]])
        else:
            given = [traced.get(i, numbers[k]) for i, k in enumerate(operands)]
            values[entry] = next(iter(traced.values())).apply(op, tuple(given))
            continue
        if taken in traced:
            values[entry] = traced[taken]
    return values[last] if last in values else Value(numbers[last])


class Call:
    """A call of a compiled function that was replayed.

    Attributes:
        run: the run of the program.
        arguments: the Values among the arguments.
        captured: the other ones.
    """

    def __init__(self, run: Run, arguments: list[Value], captured: Captured) -> None:
        self.run = run
        self.arguments = arguments
        self.captured = captured

    @property
    def values(self) -> list[Value]:
        """The Values from outside, the arguments first."""
        return [*self.arguments, *self.captured.values]

    def value(self, root: Root, op: CompiledOperation, number: float, label: str) -> Value:
        """An output as a Value, with one operation."""
        leaves, captured = self.run.reached(root.index), self.captured
        if self.arguments or self.run.varies(root.index):
            values = self.values
            reached = Reached([values[captured.leaves[leaf]] for leaf in leaves])
        else:  # always the same
            reached = captured.reached(leaves)
        return _ReplayedValue(op, number, label, reached, _Past(self, root))


class _Past(Origin):
    """What a Value was computed from: an output of a call."""

    def __init__(self, call: Call, root: Root) -> None:
        self._call = call
        self._root = root

    def operands(self) -> tuple[Operand, ...]:
        call, root = self._call, self._root
        tape, leaves, values = root.replay.tape, call.run.reached(root.index), call.values
        found: dict[int, Operand] = dict(zip(tape.inputs, call.run.numbers))
        found |= {tape.leaves[leaf]: values[call.captured.leaves[leaf]] for leaf in leaves}
        return tuple([found[entry] for entry in root.entries(call.run)])

    def derivatives(self) -> list[float]:
        slopes = self._root.slopes(self._call.run)
        pairs = zip(self.operands(), slopes)
        return [slope for operand, slope in pairs if isinstance(operand, Value)]

    def add_shares(self, gradient: float, values: list[Value]) -> None:
        self._call.run.add_to(self._root.index, gradient, values)
