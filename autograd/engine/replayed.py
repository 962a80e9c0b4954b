"""_ReplayedValue: a Value that a compiled function returned, which has one operation.

To the engine it is an operation on the Values that the function has read. Its local derivatives
are not known until a gradient reaches it. Then the replay adds its shares to the sums of these
Values, in the order in which the function itself would have added them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from autograd.engine.help import show_in_help
from autograd.engine.node import Node
from autograd.engine.passes import passes
from autograd.engine.primitive import Reduction
from autograd.engine.value import Operand, Value, _WideValue
from autograd.native import mypyc_attr


class _Function:
    """A function of a program. As an object of the engine, it is not followed by the collector."""

    __slots__ = ("function",)

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function

    def __call__(self, *arguments: Any) -> Any:
        return self.function(*arguments)


class CompiledOperation(Reduction):
    """The operation of what a compiled function returned, on all that its program reads."""

    __slots__ = ()

    def __init__(
        self,
        name: Any,
        forward: Callable[[list[float]], float],
        gradient: Callable[[Sequence[Any], Any], Sequence[Any]],
    ) -> None:
        value: Callable[..., Any] = _Function(forward)
        rule: Callable[..., Any] = _Function(gradient)
        super().__init__(name, value, rule)

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError(
            f"cannot copy or pickle a Value that the compiled function {self.name}() returned: "
            "take its data, or call the function that was compiled"
        )


show_in_help(CompiledOperation)


@mypyc_attr(allow_interpreted_subclasses=True)
class Origin:
    """The interface of the replay that a Value came out of."""

    def operands(self) -> tuple[Operand, ...]:
        """All that the program read: Values, and numbers, to which no gradient goes."""
        raise NotImplementedError

    def derivatives(self) -> list[float]:
        """The derivative by each Value among the operands."""
        raise NotImplementedError

    def add_shares(self, gradient: float, values: list[Value]) -> None:
        """Add the shares of this gradient to the sums in these Values, the ones that it reaches."""
        raise NotImplementedError


class Reached:
    """The Values that gradients reach, in the order in which each gets its last share."""

    __slots__ = ("steps", "values")

    def __init__(self, values: list[Value]) -> None:
        self.values: list[Value] = values
        # The shares are added in `upstream`. To add -0.0 leaves a float as it is.
        self.steps: list[tuple[Node, float]] = [(value, -0.0) for value in values]


class _ReplayedValue(_WideValue):  # type: ignore[misc]  # Value is final to users
    """A Value with the operation ``op``, from which gradients reach others."""

    __slots__ = ("_origin", "_reached")

    def __init__(
        self, op: CompiledOperation, data: float, label: str, reached: Reached, origin: Origin
    ) -> None:
        super().__init__(data, (), reached.steps)
        self._label = label
        self._reached: Reached = reached
        self._origin: Origin = origin
        self.op = op
        passes.replays = True

    def upstream(self, gradient: float) -> float:
        """Add the shares of this gradient; what is left is to add nothing."""
        self._origin.add_shares(gradient, self._reached.values)
        return 1.0

    def _recorded_operands(self) -> tuple[Operand, ...]:
        return self._origin.operands()

    @property
    def inputs(self) -> tuple[Value, ...]:
        """The Values among the operands."""
        operands = self._recorded_operands()
        return tuple([operand for operand in operands if isinstance(operand, Value)])

    def _recorded_derivatives(self) -> tuple[float, ...]:
        return tuple(self._origin.derivatives())


# What messages call it.
_shown: Any = _ReplayedValue
_shown.__name__ = "Value"
