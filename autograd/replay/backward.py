"""A backward pass within a call that is recorded: noted row by row, in the engine's order.

The loops are those of autograd/engine/node.py, over the same graph. Where they add to a gradient,
a row is noted here.
"""

from __future__ import annotations

from typing import Any

from autograd.engine import table
from autograd.engine.known import Known
from autograd.engine.value import Value
from autograd.replay.errors import CompileError, place
from autograd.replay.tape import Tape


class Pass:
    """A backward pass from ``root``.

    Attributes:
        values: all that it reaches, the root first.
        gradients: the entry of the gradient of each Value, by its id. Those of leaves are without
            what earlier passes have left.
    """

    def __init__(self, recorder: Any, root: Value, seed: int) -> None:
        self._recorder = recorder
        self._tape: Tape = recorder.tape
        self.values: list[Value] = []
        self.gradients: dict[int, int] = {}
        self._uses: dict[int, int] = {}
        self._count_uses(root)
        self._hand_down(root, seed)

    def _count_uses(self, root: Value) -> None:
        self._uses[id(root)] = 1
        stack = [root]
        while stack:
            value = stack.pop()
            self._check(value)
            self.values.append(value)
            for source, _ in _steps(value):
                if id(source) not in self._uses:
                    self._uses[id(source)] = 0
                    stack.append(source)
                self._uses[id(source)] += 1

    def _check(self, value: Value) -> None:
        recorder = self._recorder
        label = f", label={value.label!r}" if value.label else ""
        op = recorder.operation_outside(value)
        if op is not None and not isinstance(op, Known):
            shown = f"Value({value._data!r}{label}, op={op.name})"
            raise CompileError(
                f"{recorder.name}(): backward() reaches {shown}, which was computed outside of the "
                "compiled function; compute it inside, or call backward() outside; at "
                f"{place()}"
            )

    def _hand_down(self, root: Value, seed: int) -> None:
        recorder, gradients = self._recorder, self.gradients
        recorder.walked(self.values)
        gradients[id(root)] = seed
        complete = [root]
        while complete:
            value = complete.pop()
            for source, position in _steps(value):
                share = self._share(recorder.slope(value, position), gradients[id(value)])
                known = gradients.get(id(source))
                if known is None:
                    known = recorder.first_gradient(source)
                gradients[id(source)] = self._row(table.add, known, share)
                self._uses[id(source)] -= 1
                if self._uses[id(source)] == 0 and source.op is not None:
                    complete.append(source)

    def _share(self, local: Any, gradient: int) -> int:
        if local is None:
            return gradient
        if isinstance(local, float) and type(local) is float:
            local_entry = self._tape.constant(local, place())
        else:
            local_entry = local.entry
        return self._row(table.multiply, local_entry, gradient)

    def _row(self, op: Any, x: int, y: int) -> int:
        data = self._tape.data
        return self._tape.row(op, (x, y), (), op.forward(data[x], data[y]))


def _steps(value: Value) -> list[tuple[Value, int]]:
    """The inputs of a Value, each with its position among the operands."""
    operands = value._recorded_operands()
    return [(x, i) for i, x in enumerate(operands) if isinstance(x, Value)]
