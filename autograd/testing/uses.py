"""The uses of operations in a graph: an operation and the numbers that it was applied to."""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from autograd.engine.primitive import Choice, Primitive, Reduction
from autograd.engine.value import Value

RULE_ROUNDING: Final = 16.0 * sys.float_info.epsilon  # the relative error that a rule may have


@dataclass(frozen=True, slots=True)
class Use:
    """An operation and the numbers that it was applied to.

    Attributes:
        varying: the positions of the operands that were Values.
        moving: those of them that matter to whoever looks.
    """

    primitive: Primitive
    operands: tuple[float, ...]
    varying: tuple[int, ...]
    moving: tuple[int, ...]

    @classmethod
    def of(cls, value: Value, among: Collection[Value] | None = None) -> Use:
        """The use that a value was computed by; of the operands those matter that are ``among``."""
        assert value.op is not None
        operands = value.operands
        varying = tuple([i for i, x in enumerate(operands) if isinstance(x, Value)])
        return cls(
            value.op,
            tuple([x.data if isinstance(x, Value) else x for x in operands]),
            varying,
            tuple([i for i in varying if among is None or operands[i] in among]),
        )

    @property
    def shown(self) -> str:
        """The operation as it was called, such as ``tanh(0.5)``."""
        return f"{self.primitive.name}({', '.join(map(repr, self.operands))})"

    def name(self, operand: int) -> str:
        """The name of an operand, as the derivative rules have it."""
        if isinstance(self.primitive, (Choice, Reduction)):  # not called with its operands
            return f"operand {operand}"
        return self.primitive.parameters()[operand]

    def moved(self, operand: int, to: float) -> list[float]:
        """The operands with one of them replaced."""
        return [*self.operands[:operand], to, *self.operands[operand + 1 :]]

    def rules(self, operands: Sequence[float]) -> list[float]:
        """The local derivatives that the rules give on floats."""
        out = self.primitive.evaluate(operands)
        return [float(x) for x in self.primitive.local_derivatives(operands, out)]
