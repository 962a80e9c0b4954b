"""Notes in the values that a call of a module has returned; see `calls.py`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

from autograd.engine.calls import Call, Output
from autograd.engine.value import Value

Result = TypeVar("Result")


def output_of(module: Any, result: Result) -> Result:
    """``result``, noted as what a call of ``module`` returned; for the end of its ``__call__``.

    Args:
        module: what was called; it has ``named_modules()``, as `nn.Module` does, which
            says how it and its parts are called and what parameters they have.
        result: a Value, or Values in lists, tuples and dictionaries; anything else
            among them is left alone, and so is a leaf, which no call has computed.

    >>> from nn import Module
    >>> class Double(Module):
    ...     def __init__(self):
    ...         self.factor = Value(2.0)
    >>> double = Double()
    >>> y = output_of(double, Value(3.0) * double.factor)
    >>> [call.module is double for call in y.calls]
    [True]
    """
    if isinstance(result, Value):
        _note(result, Call(module))
    elif isinstance(result, (list, tuple, dict)):
        _note_all(result, Call(module))
    return result


def _note_all(container: Any, call: Call) -> None:
    # Containers may be nested to any depth, and hold themselves.
    opened: dict[int, Any] = {id(container): container}
    unfinished = [_parts(container)]
    while unfinished:
        for part in unfinished[-1]:
            if isinstance(part, Value):
                _note(part, call)
            elif isinstance(part, (list, tuple, dict)) and id(part) not in opened:
                opened[id(part)] = part
                unfinished.append(_parts(part))
                break
        else:
            unfinished.pop()


def _parts(container: Any) -> Iterator[Any]:
    return iter(container.values() if isinstance(container, dict) else container)


def _note(value: Value, call: Call) -> None:
    if value.op is None:
        return
    label = value._label
    if isinstance(label, Output):
        value._label = Output(label.label, call, label)
    else:
        value._label = Output(label, call, None)
