"""Optimisers: stochastic gradient descent and what has been made of it, in PyTorch's names.

A training step is ``zero_grad()``, a forward pass, ``backward()`` and ``step()``:

>>> from autograd import Value
>>> from nn.optim import SGD
>>> x = Value(3.0)
>>> optimizer = SGD([x], lr=0.25)
>>> for _ in range(3):
...     optimizer.zero_grad()
...     loss = x * x
...     loss.backward()
...     optimizer.step()
>>> x.data  # each step halves it
0.375

Each class has the formula of its step, written out for one parameter. Every number that may change
from step to step is a Value: the options, the number of steps and the moments.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

from autograd import Value, norm, sqrt, zero_grad
from nn.checks import counted
from nn.module import Module
from nn.schedules import Schedule

Parameters: TypeAlias = Iterable[Value] | Iterable[Mapping[str, Any]]

_ROUNDING: Final = 1e-6  # PyTorch's, so that a norm of 0 can be divided by


class ParameterGroup:
    """Parameters that share options, which are read and set as ``group["lr"]``.

    Attributes:
        params: the parameters.
        moments: for each parameter what the optimiser remembers of earlier gradients.
    """

    def __init__(self, params: list[Value], options: dict[str, Any], moments: int) -> None:
        self.params = params
        self.moments = [[Value(0.0) for _ in range(moments)] for _ in params]
        self._options = dict(options)
        for name, option in options.items():
            self[name] = option

    def __getitem__(self, name: str) -> Any:
        option = self._options[name]
        # A compiled step follows the rate; any other number is a constant of it, and guarded.
        follows = name == "lr" and isinstance(option, Value)
        return option.data if follows else _plain(option)

    def __setitem__(self, name: str, option: Any) -> None:
        if name not in self._options:
            known = ", ".join(map(repr, self._options))
            raise KeyError(f"there is no option {name!r} here: {known}")
        self._options[name] = _kept(_checked(name, option), self._options[name])

    def numbers(self) -> dict[str, Any]:
        """The options by name; a schedule is left out."""
        return {name: self[name] for name in self._options if not callable(self[name])}

    def rate(self, steps: float) -> float:
        """The learning rate after so many steps."""
        lr = self["lr"]
        rate: float = lr(steps) if callable(lr) else lr
        return rate

    def __iter__(self) -> Iterator[tuple[Value, list[Value]]]:
        """Each parameter with its moments."""
        return zip(self.params, self.moments)


class Optimizer:
    """The base of the optimisers, which define `update`.

    Args:
        parameters: the Values to train, such as ``model.parameters()``; or a list of groups with
            options of their own: ``[{"params": model.layers[0].parameters(), "lr": 0.1}, ...]``.
        moments: the number of Values that the optimiser keeps for each parameter.
        options: of every group that does not give its own; ``lr`` is a number or a schedule.

    Attributes:
        param_groups: the groups; ``optimizer.param_groups[0]["lr"] = 0.01`` sets a rate.

    Raises:
        TypeError: something among the parameters is not a leaf Value.
        ValueError: there is no parameter, one is given twice, or an option is out of range.
    """

    def __init__(self, parameters: Parameters, moments: int, **options: Any) -> None:
        self._steps = Value(0.0)
        self.param_groups = [
            ParameterGroup(_listed(group.pop("params")), group, moments)
            for group in _groups(parameters, options)
        ]
        _check_parameters([x for group in self.param_groups for x in group.params])

    def update(self, group: ParameterGroup, rate: float, steps: float) -> None:
        """Move each parameter of a group; ``steps`` counts this one, and so starts at 1."""
        raise NotImplementedError

    def step(self) -> None:
        """Move every parameter by its gradient. One that no pass has reached has the gradient 0."""
        before = self._steps.data
        self._steps.data = before + 1.0
        for group in self.param_groups:
            self.update(group, group.rate(before), before + 1.0)

    def zero_grad(self) -> None:
        """Set the gradient of every parameter back to 0."""
        for group in self.param_groups:
            zero_grad(group.params)

    def state_dict(self) -> dict[str, Any]:
        """What is needed to resume: the number of steps, and options and moments of each group.

        It holds numbers, strings, lists and dicts only. A schedule is not in it, since it is code:
        the optimiser that loads the state has its own.
        """
        return {
            "optimizer": type(self).__name__,
            "steps": int(self._steps.data),
            "param_groups": [
                {
                    **group.numbers(),
                    "moments": [[moment.data for moment in each] for each in group.moments],
                }
                for group in self.param_groups
            ],
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over a state that `state_dict` gave; where it does not fit, change nothing.

        Raises:
            ValueError: it is of another optimiser, or of other parameters.
        """
        if state["optimizer"] != type(self).__name__:
            raise ValueError(
                f"this is the state of {state['optimizer']}, not of {type(self).__name__}"
            )
        given = state["param_groups"]
        counts = [len(group.params) for group in self.param_groups]
        found = [len(each["moments"]) for each in given]
        if counts != found:
            raise ValueError(
                "this is the state of other parameters: its groups have "
                f"{found} parameters, and these {counts}"
            )
        for each in given:
            for name, option in each.items():
                _checked(name, option)
        both = list(zip(self.param_groups, given))
        pairs = [pair for group, each in both for pair in _pairs(group, each)]
        self._steps.data = state["steps"]
        for group, each in both:
            for name in each.keys() & group.numbers().keys():
                group[name] = each[name]
        for moment, number in pairs:
            moment.data = number


class SGD(Optimizer):
    """Stochastic gradient descent, with momentum if asked for.

    Args:
        parameters: as for `Optimizer`.
        lr: the learning rate, or a schedule.
        momentum: the part of its last velocity that a parameter keeps.
        nesterov: True takes the gradient as if the parameter had moved on by its velocity.
        weight_decay: this times the parameter is added to its gradient.
    """

    def __init__(
        self,
        parameters: Parameters,
        lr: float | Schedule = 0.01,
        *,
        momentum: float = 0.0,
        nesterov: bool = False,
        weight_decay: float = 0.0,
    ) -> None:
        if nesterov and not momentum:
            raise ValueError("nesterov=True needs a momentum, such as momentum=0.9")
        super().__init__(
            parameters, 1, lr=lr, momentum=momentum, nesterov=nesterov, weight_decay=weight_decay
        )

    def update(self, group: ParameterGroup, rate: float, steps: float) -> None:  # noqa: ARG002
        """Move each parameter of a group."""
        momentum, decay = group["momentum"], group["weight_decay"]
        for parameter, [velocity] in group:
            gradient = parameter.grad + decay * parameter.data if decay else parameter.grad
            velocity.data = gradient + momentum * velocity.data if momentum else gradient
            ahead = gradient + momentum * velocity.data if group["nesterov"] else velocity.data
            parameter.data -= rate * ahead


class RMSprop(Optimizer):
    """Gradient descent with each gradient divided by the root of a running mean of its square.

    Source: Hinton, lecture 6e of "Neural Networks for Machine Learning" (2012).

    Args:
        parameters: as for `Optimizer`.
        lr: the learning rate, or a schedule.
        alpha: the part of the running mean that is kept at each step.
        eps: added to the root, so that it can be divided by.
        weight_decay: this times the parameter is added to its gradient.
        momentum: the part of its last velocity that a parameter keeps.
    """

    def __init__(
        self,
        parameters: Parameters,
        lr: float | Schedule = 0.01,
        *,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum: float = 0.0,
    ) -> None:
        super().__init__(
            parameters,
            2,
            lr=lr,
            alpha=alpha,
            eps=eps,
            weight_decay=weight_decay,
            momentum=momentum,
        )

    def update(self, group: ParameterGroup, rate: float, steps: float) -> None:  # noqa: ARG002
        """Move each parameter of a group."""
        alpha, eps, decay = group["alpha"], group["eps"], group["weight_decay"]
        momentum = group["momentum"]
        for parameter, [square, velocity] in group:
            gradient = parameter.grad + decay * parameter.data if decay else parameter.grad
            square.data = alpha * square.data + (1.0 - alpha) * (gradient * gradient)
            scaled = gradient / (sqrt(square.data) + eps)
            velocity.data = momentum * velocity.data + scaled if momentum else scaled
            parameter.data -= rate * velocity.data


class Adam(Optimizer):
    """Adaptive moment estimation: RMSprop with momentum, both corrected for their start from 0.

    Source: Kingma and Ba, "Adam: A Method for Stochastic Optimization" (2015).

    Args:
        parameters: as for `Optimizer`.
        lr: the learning rate, or a schedule.
        betas: the parts of the running means of the gradient and of its square that are kept at
            each step.
        eps: added to the root of the mean square, so that it can be divided by.
        weight_decay: this times the parameter is added to its gradient; in `AdamW` it is
            subtracted from the parameter, times the rate.
    """

    _decoupled = False  # True leaves the weight decay out of the moments

    def __init__(
        self,
        parameters: Parameters,
        lr: float | Schedule = 0.001,
        *,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(parameters, 2, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay)

    def update(self, group: ParameterGroup, rate: float, steps: float) -> None:
        """Move each parameter of a group."""
        (beta1, beta2), eps, decay = group["betas"], group["eps"], group["weight_decay"]
        rest1, rest2 = 1.0 - beta1, 1.0 - beta2
        step_size = rate / (1.0 - beta1**steps)
        correction = sqrt(1.0 - beta2**steps)
        for parameter, [mean, square] in group:
            gradient = parameter.grad
            if decay and self._decoupled:
                parameter.data -= rate * decay * parameter.data
            elif decay:
                gradient += decay * parameter.data
            first = beta1 * mean.data + rest1 * gradient
            second = beta2 * square.data + rest2 * (gradient * gradient)
            mean.data, square.data = first, second
            parameter.data -= step_size * (first / (sqrt(second) / correction + eps))


class AdamW(Adam):
    """Adam with weight decay that does not pass through the moments.

    Source: Loshchilov and Hutter, "Decoupled Weight Decay Regularization" (2019).
    """

    _decoupled = True

    def __init__(
        self,
        parameters: Parameters,
        lr: float | Schedule = 0.001,
        *,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.01,
    ) -> None:
        super().__init__(parameters, lr, betas=betas, eps=eps, weight_decay=weight_decay)


# ── Clipping ──────────────────────────────────────────────────────────────────


def clip_grad_norm(parameters: Iterable[Value], max_norm: float) -> float:
    """Scale the gradients, if need be, so that their Euclidean norm is at most ``max_norm``.

    Returns:
        The norm before.

    >>> x, y = Value(0.0), Value(0.0)
    >>> x.grad, y.grad = 3.0, 4.0
    >>> clip_grad_norm([x, y], max_norm=1.0)
    5.0
    >>> print(f"{x.grad:.4f} {y.grad:.4f}")
    0.6000 0.8000
    """
    listed = _listed(parameters)
    total: float = norm([parameter.grad for parameter in listed])
    scale = max_norm / (total + _ROUNDING)
    if scale < 1.0:
        for parameter in listed:
            parameter.grad *= scale
    return total


def clip_grad_value(parameters: Iterable[Value], clip_value: float) -> None:
    """Move each gradient, if need be, to the nearest of ``-clip_value`` and ``clip_value``.

    >>> x = Value(0.0)
    >>> x.grad = -3.0
    >>> clip_grad_value([x], 0.5)
    >>> x.grad
    -0.5
    """
    for parameter in _listed(parameters):
        parameter.grad = min(max(parameter.grad, -clip_value), clip_value)


# ── What a caller may pass ────────────────────────────────────────────────────


def _groups(parameters: Parameters, options: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The groups, each with all options."""
    given = _listed(parameters)
    if not any(isinstance(each, Mapping) for each in given):
        given = [{"params": given}]
    for group in given:
        if not isinstance(group, Mapping) or "params" not in group:
            raise TypeError(
                'a group is a dict such as {"params": layer.parameters(), "lr": 0.1}; '
                f"got {group!r}"
            )
        for name in group.keys() - {"params", *options}:
            known = ", ".join(map(repr, ["params", *options]))
            raise ValueError(f"a group has no option {name!r}: {known}")
    return [{**options, **group} for group in given]


def _listed(parameters: Any) -> list[Any]:
    if isinstance(parameters, Module):
        raise TypeError("pass the parameters of the module: model.parameters()")
    if isinstance(parameters, Value) or not isinstance(parameters, Iterable):
        raise TypeError(f"parameters is a list of Values, such as [x]; got {parameters!r}")
    return list(parameters)


def _check_parameters(parameters: Sequence[Any]) -> None:
    if not parameters:
        raise ValueError("there is no parameter to train")
    for position, parameter in enumerate(parameters):
        if not isinstance(parameter, Value):
            raise TypeError(f"parameter {position} is not a Value: {parameter!r}")
        if parameter.op is not None:
            raise TypeError(
                f"parameter {position} is the result of {parameter.op.name}, and only a leaf can "
                "be trained: pass a Value made of its number, such as parameter.detach()"
            )
    if len(set(map(id, parameters))) < len(parameters):
        raise ValueError("a parameter is given twice, so that each step would move it twice")


# The range of each option: the least value, and the number that it must be below.
_RANGES: Final = {
    "lr": (0.0, math.inf),
    "momentum": (0.0, math.inf),
    "weight_decay": (0.0, math.inf),
    "eps": (0.0, math.inf),
    "alpha": (0.0, 1.0),
    "betas": (0.0, 1.0),
}


def _checked(name: str, option: Any) -> Any:
    """The option; as a float, or a pair of floats, where it has a range."""
    if name not in _RANGES or (name == "lr" and callable(option)):
        return option
    least, limit = _RANGES[name]
    is_pair = name == "betas"
    try:
        numbers = tuple(option) if is_pair else (option,)
        found = tuple([_float(number) for number in numbers if least <= number < limit])
        valid = len(found) == len(numbers) == (2 if is_pair else 1)
    except TypeError:
        valid = False
    if not valid:
        below = "" if limit == math.inf else f" and below {limit:g}"
        what = "two numbers" if is_pair else "a number"
        raise ValueError(f"{name} must be {what} from {least:g} on{below}, got {option!r}")
    return found if is_pair else found[0]


def _pairs(group: ParameterGroup, given: Mapping[str, Any]) -> list[tuple[Value, float]]:
    """Each moment of a group, with what it is in a state."""
    pairs: list[tuple[Value, float]] = []
    for moments, numbers in zip(group.moments, given["moments"]):
        if len(moments) != len(numbers) or not all(isinstance(x, (int, float)) for x in numbers):
            raise ValueError(
                f"this state is damaged: the moments of a parameter are {numbers!r}, and have to "
                f"be {counted(len(moments), 'number')}"
            )
        pairs += zip(moments, map(float, numbers))
    return pairs


def _float(number: Any) -> float:
    """The number as a float; one of a call that is recorded stays what it is."""
    return number if isinstance(number, float) else float(number)


class _Fixed:
    """An option that is no float.

    A compiled step that has read it is for this one alone: it has read a Value that is dropped when
    the option is replaced.
    """

    def __init__(self, option: Any) -> None:
        self.option = option
        self._read = Value(0.0)

    def read(self) -> Any:
        """The option."""
        self._read.data  # noqa: B018
        return self.option


def _kept(option: Any, before: Any) -> Any:
    """What an option is kept as: each float as the data of a Value, of the same one as before."""
    if isinstance(option, (list, tuple)):  # a file has no tuples
        held = before if isinstance(before, tuple) and len(before) == len(option) else option
        return tuple(map(_kept, option, held))
    if isinstance(option, float):
        if not isinstance(before, Value):
            return Value(option)
        before.data = option
        return before
    return before if isinstance(before, _Fixed) and before.option is option else _Fixed(option)


def _plain(option: Any) -> Any:
    """The option that is kept as this."""
    if isinstance(option, tuple):
        return tuple(map(_plain, option))
    return option.read() if isinstance(option, _Fixed) else float(option.data)
