"""Losses: functions of a model's outputs and of what they should be, in PyTorch's names.

Outputs are what a model returns: for one sample a Value or a list of Values, for a batch a list of
these. Targets have the same shape, except for class indices. Each loss takes

* ``reduction``: ``"mean"``, over all numbers; ``"sum"``; or ``"none"``, which keeps the shape;
* ``weights``: a number for each sample of a batch. A mean is then the weighted mean.

>>> from autograd import Value
>>> mse_loss([Value(1.0), Value(4.0)], [2.0, 2.0]).data
2.5
>>> mse_loss([Value(1.0), Value(4.0)], [2.0, 2.0], weights=[3.0, 1.0]).data  # (3 * 1 + 4) / 4
1.75
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Literal, TypeAlias, TypedDict, Unpack

import autograd
from autograd import Value, absolute, dot, log_softmax, logsumexp, relu, softplus, where, xlogy
from nn.inputs import each_number, each_of

Outputs: TypeAlias = Value | float | Sequence[Any]


class LossOptions(TypedDict, total=False):
    """The options of every loss."""

    reduction: Literal["mean", "sum", "none"]
    weights: Sequence[float] | None


def mse_loss(outputs: Outputs, targets: Outputs, **options: Unpack[LossOptions]) -> Any:
    """The mean squared error, ``(y - t) ** 2``.

    >>> mse_loss(Value(3.0), 1.0).data
    4.0
    """
    return _by_element("mse_loss", lambda y, t: (y - t) * (y - t), outputs, targets, options)


def l1_loss(outputs: Outputs, targets: Outputs, **options: Unpack[LossOptions]) -> Any:
    """The mean absolute error, ``abs(y - t)``.

    >>> l1_loss(Value(3.0), 1.0).data
    2.0
    """
    return _by_element("l1_loss", lambda y, t: absolute(y - t), outputs, targets, options)


def huber_loss(
    outputs: Outputs, targets: Outputs, *, delta: float = 1.0, **options: Unpack[LossOptions]
) -> Any:
    """Half the squared error up to ``delta``, and beyond it a straight line with that slope.

    Source: Huber, "Robust Estimation of a Location Parameter" (1964).

    >>> [huber_loss(Value(y), 0.0).data for y in (0.5, 1.0, 3.0)]
    [0.125, 0.5, 2.5]
    """
    if not delta > 0.0:
        raise ValueError(f"delta must be a number above 0, got {delta!r}")

    def loss(y: Any, t: Any) -> Any:
        error = absolute(y - t)
        return where(error <= delta, 0.5 * error * error, delta * (error - 0.5 * delta))

    return _by_element("huber_loss", loss, outputs, targets, options)


def hinge_loss(outputs: Outputs, targets: Outputs, **options: Unpack[LossOptions]) -> Any:
    """The distance of a score from the right side of its margin, ``max(0, 1 - t * y)``.

    ``targets`` are -1 and 1.

    >>> [hinge_loss(Value(y), 1).data for y in (2.0, 0.5, -1.0)]
    [0.0, 0.5, 2.0]
    """
    return _by_element("hinge_loss", lambda y, t: relu(1.0 - t * y), outputs, targets, options)


def binary_cross_entropy(outputs: Outputs, targets: Outputs, **options: Unpack[LossOptions]) -> Any:
    """Minus the logarithm of the probability of the right one of two classes.

    ``outputs`` are probabilities of class 1, and ``targets`` are 0 and 1, or probabilities
    themselves. Where the output is that of a sigmoid, `binary_cross_entropy_with_logits` is more
    exact, and finite where this is infinite.

    >>> print(f"{binary_cross_entropy(Value(0.25), 0).data:.6f}")  # -log(0.75)
    0.287682
    """

    def loss(p: Any, t: Any) -> Any:
        return -(xlogy(t, p) + xlogy(1.0 - t, 1.0 - p))

    return _by_element("binary_cross_entropy", loss, outputs, targets, options)


def binary_cross_entropy_with_logits(
    outputs: Outputs, targets: Outputs, **options: Unpack[LossOptions]
) -> Any:
    """The same for the operand of the sigmoid, which is the logarithm of the odds of class 1.

    >>> print(f"{binary_cross_entropy_with_logits(Value(0.0), 1).data:.6f}")  # log 2
    0.693147
    """

    def loss(z: Any, t: Any) -> Any:
        return t * softplus(-z) + (1.0 - t) * softplus(z)

    return _by_element("binary_cross_entropy_with_logits", loss, outputs, targets, options)


def cross_entropy(outputs: Sequence[Any], targets: Any, **options: Unpack[LossOptions]) -> Any:
    """Minus the logarithm of the probability that softmax gives the right class.

    Args:
        outputs: the operands of softmax (logits), one for each class; for a batch a list of
            such lists.
        targets: the index of the right class, or a list with the probability of each class;
            for a batch a list of either.
        options: see the head of this page.

    >>> logits = [Value(1.0), Value(2.0), Value(3.0)]
    >>> print(f"{cross_entropy(logits, 2).data:.6f}")  # log(1 + 1/e + 1/e**2)
    0.407606
    >>> print(f"{cross_entropy(logits, [0.0, 0.0, 1.0]).data:.6f}")
    0.407606
    """
    if not _is_list(outputs):
        raise TypeError(f"cross_entropy takes a list of logits, one for each class; got {outputs}")
    batch = outputs if _is_list(outputs[0]) else [outputs]
    wanted = targets if batch is outputs else [targets]
    _check_length("cross_entropy", batch, wanted)
    losses = [_cross_entropy(logits, target) for logits, target in zip(batch, wanted)]
    return _reduced("cross_entropy", losses if batch is outputs else losses[0], **options)


def _cross_entropy(logits: Sequence[Any], target: Any) -> Any:
    if _is_list(target):
        _check_length("cross_entropy", logits, target)
        return -dot(target, log_softmax(logits))
    try:
        index = operator.index(target)
    except TypeError:
        raise TypeError(
            "a target of cross_entropy is the index of a class, or a list with a probability for "
            f"each; got {target!r}"
        ) from None
    if not 0 <= index < len(logits):
        raise ValueError(f"there are {len(logits)} classes, from 0 on, and the target is {index}")
    right = logits[index]
    return logsumexp([logit - right for logit in logits])


# ── Elements and samples ──────────────────────────────────────────────────────


def _is_list(thing: Any) -> bool:
    return hasattr(thing, "__len__") and not isinstance(thing, (str, bytes))


def _by_element(
    name: str,
    loss: Callable[[Any, Any], Any],
    outputs: Outputs,
    targets: Outputs,
    options: LossOptions,
) -> Any:
    def pair(output: Any, target: Any) -> Any:
        if not _is_list(output) and not _is_list(target):
            return loss(output, target)
        _check_length(name, output, target)
        return [pair(y, t) for y, t in zip(output, target)]

    return _reduced(name, pair(outputs, targets), **options)


def _check_length(name: str, outputs: Any, targets: Any) -> None:
    shown = [f"a list of {len(x)}" if _is_list(x) else "a number" for x in (outputs, targets)]
    if shown[0] != shown[1]:
        raise ValueError(f"{name} pairs outputs with targets: {shown[0]} and {shown[1]}")


def _reduced(
    name: str,
    losses: Any,
    *,
    reduction: str = "mean",
    weights: Sequence[float] | None = None,
) -> Any:
    """The losses, a number or nested lists of them, reduced to one number if asked for."""
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(f'reduction is "mean", "sum" or "none", got {reduction!r}')
    if weights is not None:
        if not _is_list(losses):
            raise ValueError(f"weights are for the samples of a batch, and {name} got one sample")
        _check_weights(name, losses, weights)
        losses = [each_number(partial(operator.mul, w), each) for w, each in zip(weights, losses)]
    if reduction == "none":
        return losses
    numbers = list(each_of(losses))
    total = autograd.sum(numbers)
    if reduction == "sum":
        return total
    if weights is None:
        return total / len(numbers)
    of_each = len(numbers) / len(losses)
    return total / (of_each * sum(weights))


def _check_weights(name: str, losses: Sequence[Any], weights: Sequence[float]) -> None:
    if not _is_list(weights) or len(weights) != len(losses):
        raise ValueError(
            f"{name} takes a weight for each of the {len(losses)} samples, got {weights!r}"
        )
    if not all(weight >= 0.0 for weight in weights) or not sum(weights) > 0.0:
        raise ValueError(f"weights are numbers from 0 on, not all 0; got {weights!r}")
