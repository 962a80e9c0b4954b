"""A Hypothesis strategy for small networks, with data to train them on.

>>> from hypothesis import given, settings
>>> from autograd.testing import check_gradients
>>> from nn.testing import networks
>>> @settings(max_examples=5, deadline=None)
... @given(networks(activations=["tanh"], max_width=2, max_samples=1))
... def test_networks(network):
...     check_gradients(lambda model: network.loss(), network.model)
>>> test_networks()
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

try:
    from hypothesis import strategies as st
    from hypothesis.errors import InvalidArgument
except ModuleNotFoundError as error:
    message = "nn.testing needs Hypothesis: pip install hypothesis"
    raise ModuleNotFoundError(message, name=error.name) from error

import autograd
from autograd import Value
from nn.layers import ACTIVATIONS, MLP


@dataclass(repr=False)
class Network:
    """A small network, with data to train it on.

    Attributes:
        model: an `nn.MLP`.
        inputs: the inputs of each sample.
        targets: for each sample the wanted value of each output.
    """

    model: MLP
    inputs: list[list[float]]
    targets: list[list[float]]
    _built: str

    def loss(self) -> Value:
        """The mean of the squared errors over all samples and outputs."""
        errors = []
        for outputs, target in zip(self.model(self.inputs), self.targets):
            for output, wanted in zip(outputs if isinstance(outputs, list) else [outputs], target):
                errors.append((output - wanted) * (output - wanted))
        mean: Value = autograd.mean(errors)
        return mean

    def __repr__(self) -> str:
        return "\n".join(self._code())

    def _code(self) -> list[str]:
        numbers = [parameter.data for parameter in self.model.parameters()]
        return [
            "from nn import MLP",
            f"model = {self._built}",
            f"for parameter, number in zip(model.parameters(), {numbers}):",
            "    parameter.data = number",
            f"inputs = {self.inputs}",
            f"targets = {self.targets}",
        ]

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        """Print one statement to a line, indented, in Hypothesis's reports."""
        with printer.indent(4):
            for line in self._code():
                printer.break_()
                printer.text(line)


def networks(
    *,
    activations: Sequence[str] | None = None,
    numbers: st.SearchStrategy[float] | None = None,
    max_inputs: int = 3,
    max_outputs: int = 2,
    max_width: int = 3,
    max_layers: int = 2,
    max_samples: int = 3,
) -> st.SearchStrategy[Network]:
    """A strategy for small networks, of `nn.MLP`, with data to train them on.

    Args:
        activations: names of activations to choose from, as in `nn.ACTIVATIONS`; None means
            all of them.
        numbers: a strategy for weights, biases, inputs and targets; None means numbers from
            -2 to 2.
        max_inputs: the greatest number of inputs.
        max_outputs: the greatest number of outputs.
        max_width: the greatest number of neurons in a hidden layer.
        max_layers: the greatest number of layers, that of the outputs included.
        max_samples: the greatest number of samples.

    Raises:
        InvalidArgument: an option makes no sense; the message says what to pass.

    >>> from hypothesis import find
    >>> find(networks(activations=["tanh"]), lambda network: True)
    from nn import MLP
    model = MLP(1, [1], activation=['linear'])
    for parameter, number in zip(model.parameters(), [0.0, 0.0]):
        parameter.data = number
    inputs = [[0.0]]
    targets = [[0.0]]
    """
    _check_sizes(
        max_inputs=max_inputs,
        max_outputs=max_outputs,
        max_width=max_width,
        max_layers=max_layers,
        max_samples=max_samples,
    )
    names = list(ACTIVATIONS) if activations is None else list(activations)
    for name in names:
        if name not in ACTIVATIONS:
            known = ", ".join(map(repr, ACTIVATIONS))
            raise InvalidArgument(f"no activation is named {name!r}: choose from {known}")
    if not names:
        raise InvalidArgument("activations is empty: name one, such as ['tanh'], or pass None")
    if numbers is None:
        numbers = st.floats(-2.0, 2.0).map(_without_the_smallest)
    elif not isinstance(numbers, st.SearchStrategy):
        raise InvalidArgument(
            f"numbers is a strategy of numbers, such as st.floats(-1, 1); got {numbers!r}"
        )
    return _networks(names, numbers, max_inputs, max_outputs, max_width, max_layers, max_samples)


def _check_sizes(**sizes: Any) -> None:
    for name, size in sizes.items():
        if not isinstance(size, int) or isinstance(size, bool):
            raise InvalidArgument(f"{name} must be a whole number, got {size!r}")
        if size < 1:
            raise InvalidArgument(f"{name} must be at least 1, got {size}")


def _without_the_smallest(number: float) -> float:
    """The number, or 0 where products of it would vanish."""
    return number if abs(number) >= 1e-20 else 0.0


@st.composite
def _networks(
    draw: st.DrawFn,
    activations: list[str],
    numbers: st.SearchStrategy[float],
    max_inputs: int,
    max_outputs: int,
    max_width: int,
    max_layers: int,
    max_samples: int,
) -> Network:
    inputs = draw(st.integers(1, max_inputs))
    outputs = draw(st.integers(1, max_outputs))
    hidden = draw(st.lists(st.integers(1, max_width), max_size=max_layers - 1))
    sizes = [*hidden, outputs]
    chosen = [*[draw(st.sampled_from(activations)) for _ in hidden], "linear"]
    model = MLP(inputs, sizes, activation=chosen, init=lambda rng, inputs: 0.0)
    for parameter in model.parameters():
        parameter.data = draw(numbers)

    def sample(size: int) -> list[float]:
        return [float(draw(numbers)) for _ in range(size)]

    samples = range(draw(st.integers(1, max_samples)))
    return Network(
        model,
        [sample(inputs) for _ in samples],
        [sample(outputs) for _ in samples],
        f"MLP({inputs}, {sizes}, activation={chosen})",
    )
