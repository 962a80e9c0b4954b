"""Calls of modules, as they are noted in the values that they returned.

A model computes by calling its parts. From the calls noted in values a `Graph`
knows the layers and neurons that these have passed through.
"""

from __future__ import annotations

from reprlib import repr as shown
from typing import Any
from weakref import ref

from autograd.engine.operands import kind_of
from autograd.native import mypyc_attr


@mypyc_attr(acyclic=True)
class Call:
    """One call of a module, identified by the values that it returned."""

    __slots__ = ("_module",)

    def __init__(self, module: Any) -> None:
        # A module may keep what it returned, and must not keep itself alive by that.
        try:
            self._module: Any = ref(module)
        except TypeError:
            raise TypeError(
                "output_of() takes the module that was called, such as self in its __call__, "
                f"got {kind_of(module)}"
            ) from None

    @property
    def module(self) -> Any:
        """The module that was called; None once it is gone."""
        return self._module()


@mypyc_attr(acyclic=True)
class Output:
    """The label of a value that a call of a module has returned, with the call.

    Few values are returned by one, so the calls have no slot of their own in every value.
    """

    __slots__ = ("call", "inner", "label")

    def __init__(self, label: str, call: Call, inner: Output | None) -> None:
        self.label: str = label
        self.call: Call = call
        # The value as the output of a part of the module, if it is one.
        self.inner: Output | None = inner

    def calls(self) -> tuple[Call, ...]:
        """The calls that returned the value, the innermost first."""
        calls = []
        output: Output | None = self
        while output is not None:
            calls.append(output.call)
            output = output.inner
        return tuple(reversed(calls))


def label_error(label: Any, op: Any = None) -> TypeError:
    """The error for a label that is not a string, and for an operation in addition to one."""
    if label is None and op is None:
        return TypeError("a label is a string, got None: leave it out, or pass an empty one")
    problem = f"a label is a string, got {shown(label)};"
    if op is not None:
        problem = (
            f"a Value is made of a number and a label, got also {shown(label)} and {shown(op)}:"
        )
    return TypeError(
        f"{problem} an operation of your own is recorded with autograd.record, or declared with "
        "autograd.Primitive"
    )
