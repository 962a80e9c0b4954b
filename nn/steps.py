"""The training steps of `fit`, compiled where that is known to change nothing but the time.

A compiled step is bit for bit the step as it is, if the model does nothing besides computing its
outputs. That is known of what this package and `autograd` consist of. Of the user's own functions
and classes it is not: they may count, draw random numbers, or keep what they see.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from random import Random
from types import FunctionType
from typing import Any, Final, TypeAlias

import autograd
from autograd import CompileError, Primitive, Value
from nn import losses
from nn.inputs import each_number, each_of
from nn.layers import Embedding
from nn.module import Module
from nn.optim import Optimizer

# The outputs for a batch, its loss, and the sum of the gradients.
Found: TypeAlias = tuple[list[Any], float, float]

_FEWEST: Final = 32  # steps that are worth recording one
_MOST_PROGRAMS: Final = 8  # such as for batches of other sizes
_LARGEST: Final = 2**31  # whole number that is handed on as a float


class Steps:
    """The steps of a training, each in two halves, between which its numbers can be looked at.

    Attributes:
        obstacle: why they are not compiled; "" if they are.
    """

    def __init__(
        self,
        model: Callable[[Any], Any],
        loss: Callable[[list[Any], list[Any]], Any],
        optimizer: Optimizer,
        obstacle: str,
    ) -> None:
        self._model = model
        self._optimizer = optimizer
        self.obstacle = obstacle

        def differentiated(inputs: list[Any], targets: list[Any]) -> Found:
            optimizer.zero_grad()
            outputs = [model(x) for x in inputs]
            total = one_value(loss(outputs, targets))
            total.backward()
            gradients = 0.0
            for group in optimizer.param_groups:
                for parameter in group.params:
                    gradients += parameter.grad
            return outputs, total.data, gradients

        def numbers(inputs: list[Any], targets: list[Any]) -> Found:
            outputs, number, gradients = differentiated(inputs, targets)
            return each_number(_data, outputs), number, gradients

        self._differentiated = differentiated
        self._numbers = autograd.compile(numbers, programs=_MOST_PROGRAMS + 1)
        self._move = autograd.compile(optimizer.step, programs=_MOST_PROGRAMS + 1)
        self._structure = [] if obstacle else _structure(model, optimizer)

    def differentiate(self, inputs: list[Any], targets: list[Any]) -> Found:
        """The outputs for a batch, its loss, and the sum of the gradients, which it sets."""
        if not self.obstacle:
            try:
                outputs, *numbers = self._numbers(_floats(inputs), _floats(targets))
            except CompileError as error:
                if self._numbers.programs:
                    raise
                self.obstacle = str(error)  # nothing has been changed
            else:
                if len(self._numbers.programs) > _MOST_PROGRAMS:
                    self.obstacle = f"there are more than {_MOST_PROGRAMS} kinds of steps"
                return each_number(Value, outputs), *numbers
        return self._differentiated(inputs, targets)

    def move(self) -> None:
        """Move the parameters."""
        if not self.obstacle and len(self._move.programs) > _MOST_PROGRAMS:
            self.obstacle = f"there are more than {_MOST_PROGRAMS} kinds of steps"
        if self.obstacle:
            self._optimizer.step()
        else:
            self._move()

    def look(self) -> None:
        """Find out whether other code has changed the model or the optimiser meanwhile."""
        if not self.obstacle and _structure(self._model, self._optimizer) != self._structure:
            self.obstacle = "a callback or a metric has changed the model or the optimiser"


def one_value(total: Any) -> Value:
    """What a loss has returned, if that is a Value."""
    if not isinstance(total, Value):
        raise TypeError(
            f"a loss returns one Value, got {total!r}: nn.losses has some, with "
            'reduction="mean" or "sum"'
        )
    return total


def obstacle(
    model: Any, data: tuple[Sequence[Any], Sequence[Any]], loss: Any, optimizer: Any, count: int
) -> str:
    """Why so many steps are not compiled; "" if nothing is in the way.

    >>> from nn import MLP, data
    >>> from nn.optim import SGD
    >>> model = MLP(2, [2, 1])
    >>> obstacle(model, data.xor(), losses.mse_loss, SGD(model.parameters(), lr=0.1), 1000)
    ''
    >>> obstacle(model, data.xor(), lambda y, t: y[0], SGD(model.parameters(), lr=0.1), 1000)
    'the loss is not one of nn.losses'
    """
    if count < _FEWEST:
        return f"there are fewer than {_FEWEST} steps"
    if not isinstance(model, Module):
        return "the model is not a module"
    for name, module in model.named_modules():
        problem = _problem_of_module(module)
        if problem:
            return f"{name or 'the model'} {problem}"
    function, options = loss, {}
    if isinstance(loss, partial) and not loss.args:
        function, options = loss.func, loss.keywords
    if getattr(function, "__module__", "") != losses.__name__:
        return "the loss is not one of nn.losses"
    if not all(_is_plain(option) for option in options.values()):
        return "the loss has options that are not numbers"
    if type(optimizer).__module__ != Optimizer.__module__:
        return "the optimiser is not one of nn.optim"
    for group in optimizer.param_groups:
        if callable(group["lr"]) and not _is_known(group["lr"]):
            return "the learning rate is not a schedule of nn.schedules"
    if not _are_floats(data[0]):
        return "the inputs are not all numbers"
    if function is losses.cross_entropy and any(isinstance(x, int) for x in each_of(data[1])):
        return "the targets are indices of classes"
    return "" if _are_floats(data[1]) else "the targets are not all numbers"


def _problem_of_module(module: Module) -> str:
    if not _is_known(type(module)):
        return f"is a {type(module).__name__}, which is not of this package"
    if isinstance(module, Embedding):
        return "takes whole numbers"
    unseen: list[Any] = list(vars(module).values())
    while unseen:
        part = unseen.pop()
        if isinstance(part, (list, tuple)):
            unseen.extend(part)
        elif isinstance(part, Random) or type(module).__name__ == "Dropout":
            return "draws random numbers"
        elif not (isinstance(part, (Value, Module, Primitive)) or _is_plain(part)):
            if _is_known(part):
                continue
            return "has a function or an object that is not of this package"
    return ""


def _is_plain(thing: Any) -> bool:
    return thing is None or type(thing) in (bool, int, float, str)


def _is_known(thing: Any) -> bool:
    """True for a class or a function of `autograd` or of this package, made of such alone."""
    if not isinstance(thing, (type, FunctionType)):
        return False
    if str(thing.__module__).split(".")[0] not in ("autograd", "nn"):
        return False
    cells = getattr(thing, "__closure__", None) or ()
    return all(_is_plain(x.cell_contents) or _is_known(x.cell_contents) for x in cells)


def _are_floats(data: Any) -> bool:
    return all(
        type(x) is float or (type(x) is int and abs(x) <= _LARGEST) for x in each_of(list(data))
    )


def _floats(data: list[Any]) -> list[Any]:
    """The numbers as floats, which the programs of a step read: a whole one would belong to it."""
    return [each_number(float, x.tolist() if hasattr(x, "tolist") else x) for x in data]


def _data(output: Value) -> float:
    return output.data


def _structure(model: Any, optimizer: Optimizer) -> list[Any]:
    """What the steps depend on besides the data of parameters and moments."""
    parts: list[Any] = []
    for group in optimizer.param_groups:
        parts += [id(x) for x in group.params]
        parts += [(name, x) for name, x in group.numbers().items() if name != "lr"]
        parts.append(id(group["lr"]) if callable(group["lr"]) else None)
    for name, module in model.named_modules():
        parts += [name, id(module)]
        parts += [(x, _described(part)) for x, part in vars(module).items() if x != "training"]
    return parts


def _described(part: Any) -> Any:
    """An attribute, told by what it is if it is a number or its like, else by which it is."""
    if isinstance(part, (list, tuple)):
        return [_described(x) for x in part]
    return part if _is_plain(part) else id(part)
