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

import math
from collections.abc import Reversible, Sequence
from dataclasses import InitVar, dataclass
from difflib import get_close_matches
from typing import Any, Final

from nn.checks import check_count, needed_by

with needed_by("nn.testing", "hypothesis"):
    from hypothesis import strategies as st
    from hypothesis.errors import InvalidArgument

import autograd
from autograd import Value
from nn.activations import ACTIVATIONS
from nn.layers import MLP

# The name of each function that a neuron may have for its activation.
_NAMES: Final = {function: name for name, function in ACTIVATIONS.items()}


@dataclass(eq=False, repr=False)
class Network:
    """A small network, with data to train it on.

    `print` shows the program that makes it; `repr` gives that as a single call.

    Attributes:
        model: an `nn.MLP`.
        inputs: the inputs of each sample.
        targets: for each sample the wanted value of each output.

    Args:
        parameters: a number for each parameter of the model; without them, it stays as it is.
    """

    model: MLP
    inputs: list[list[float]]
    targets: list[list[float]]
    parameters: InitVar[Sequence[float]] = ()

    def __post_init__(self, parameters: Sequence[float]) -> None:
        if parameters:
            for parameter, number in zip(self.model.parameters(), parameters, strict=True):
                parameter.data = number

    def loss(self) -> Value:
        """The mean of the squared errors over all samples and outputs."""
        errors = []
        for outputs, target in zip(self.model(self.inputs), self.targets):
            for output, wanted in zip(outputs if isinstance(outputs, list) else [outputs], target):
                errors.append((output - wanted) * (output - wanted))
        mean: Value = autograd.mean(errors)
        return mean

    def __repr__(self) -> str:
        return f"Network({', '.join(self._parts())})"

    def __str__(self) -> str:
        return "\n".join(self._program())

    def _parts(self) -> list[str]:
        """The model, the inputs, the targets and the parameters as Python code."""
        layers = self.model.layers
        sizes = [len(layer.neurons) for layer in layers]
        activations = [_NAMES[layer.neurons[0].activation] for layer in layers]
        model = f"MLP({len(layers[0].neurons[0].w)}, {sizes}, activation={activations})"
        parameters = [parameter.data for parameter in self.model.parameters()]
        return [model, *map(_code, (self.inputs, self.targets, parameters))]

    def _program(self) -> list[str]:
        model, inputs, targets, parameters = self._parts()
        return [
            "from nn import MLP",
            f"model = {model}",
            f"for parameter, number in zip(model.parameters(), {parameters}):",
            "    parameter.data = number",
            f"inputs = {inputs}",
            f"targets = {targets}",
        ]

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        """Print the program in Hypothesis's reports, or within a container the call."""
        if len(printer.stack) > 1:
            printer.text(repr(self))
            return
        with printer.indent(4):
            for line in self._program():
                printer.break_()
                printer.text(line)


def _code(numbers: Any) -> str:
    """A number, or a list of numbers or of lists, as Python code that needs no import."""
    if isinstance(numbers, list):
        return f"[{', '.join(map(_code, numbers))}]"
    return repr(numbers) if math.isfinite(numbers) else f"float('{numbers}')"


@st.composite
def networks(  # noqa: D417 - Hypothesis passes `draw`
    draw: st.DrawFn,
    *,
    activations: str | Reversible[str] | None = None,
    numbers: st.SearchStrategy[float | Value] | None = None,
    min_inputs: int = 1,
    max_inputs: int = 3,
    min_outputs: int = 1,
    max_outputs: int = 2,
    min_width: int = 1,
    max_width: int = 3,
    min_layers: int = 1,
    max_layers: int = 2,
    min_samples: int = 1,
    max_samples: int = 3,
) -> Network:
    """A strategy for small networks, of `nn.MLP`, with data to train them on.

    Args:
        activations: the name of the activation of the hidden layers, as in `nn.ACTIVATIONS`, or a
            list of names to choose from; None means all of them.
        numbers: a strategy for weights, biases, inputs and targets, or for Values of them; None
            means numbers from -2 to 2.
        min_inputs: the least number of inputs.
        max_inputs: the greatest number of inputs.
        min_outputs: the least number of outputs.
        max_outputs: the greatest number of outputs.
        min_width: the least number of neurons in a hidden layer.
        max_width: the greatest number of neurons in a hidden layer.
        min_layers: the least number of layers, that of the outputs included.
        max_layers: the greatest number of layers.
        min_samples: the least number of samples.
        max_samples: the greatest number of samples.

    Raises:
        InvalidArgument: an option makes no sense; raised when the test runs.

    >>> from hypothesis import find
    >>> print(find(networks(activations="tanh"), lambda network: True))
    from nn import MLP
    model = MLP(1, [1], activation=['linear'])
    for parameter, number in zip(model.parameters(), [0.0, 0.0]):
        parameter.data = number
    inputs = [[0.0]]
    targets = [[0.0]]
    """
    names = _chosen(activations)
    _check_sizes(min_inputs=min_inputs, max_inputs=max_inputs)
    _check_sizes(min_outputs=min_outputs, max_outputs=max_outputs)
    _check_sizes(min_width=min_width, max_width=max_width)
    _check_sizes(min_layers=min_layers, max_layers=max_layers)
    _check_sizes(min_samples=min_samples, max_samples=max_samples)
    if numbers is None:
        numbers = st.floats(-2.0, 2.0).map(_without_the_smallest)
    elif not isinstance(numbers, st.SearchStrategy):
        raise InvalidArgument(
            f"numbers is a strategy of numbers, such as st.floats(-1, 1); got {numbers!r}"
        )
    inputs = draw(st.integers(min_inputs, max_inputs))
    outputs = draw(st.integers(min_outputs, max_outputs))
    widths = st.integers(min_width, max_width)
    hidden = draw(st.lists(widths, min_size=min_layers - 1, max_size=max_layers - 1))
    chosen = [*[draw(st.sampled_from(names)) for _ in hidden], "linear"]
    model = MLP(
        inputs, [*hidden, outputs], activation=chosen, init=lambda rng, inputs, outputs: 0.0
    )

    def several(count: int) -> list[float]:
        return [_number(draw(numbers)) for _ in range(count)]

    parameters = several(len(model.parameters()))
    samples = range(draw(st.integers(min_samples, max_samples)))
    return Network(
        model,
        [several(inputs) for _ in samples],
        [several(outputs) for _ in samples],
        parameters,
    )


__test__ = {"networks": networks.__doc__}  # to doctest, a strategy is no function of this module


# ── Options ───────────────────────────────────────────────────────────────────


def _chosen(activations: str | Reversible[str] | None) -> list[str]:
    if activations is None:
        return list(ACTIVATIONS)
    if not isinstance(activations, Reversible):
        raise InvalidArgument(
            f"activations is a list, such as ['relu', 'tanh'], and {activations!r} is not ordered: "
            "a failure could not be reproduced; pass sorted(...) of the names"
        )
    names = [activations] if isinstance(activations, str) else list(activations)
    if not names:
        raise InvalidArgument("activations is empty: name one, such as ['tanh'], or pass None")
    for name in names:
        if name not in ACTIVATIONS:
            near = get_close_matches(str(name).lower(), ACTIVATIONS, n=1)
            hint = f"did you mean {near[0]!r}? Choose" if near else "choose"
            known = ", ".join(map(repr, ACTIVATIONS))
            raise InvalidArgument(f"no activation is named {name!r}: {hint} from {known}")
    return names


def _check_sizes(**sizes: Any) -> None:
    """Check two options, the least and the greatest number of something."""
    for name, size in sizes.items():
        try:
            check_count(name, size)
        except (TypeError, ValueError) as error:
            raise InvalidArgument(str(error)) from None
    (least, at_least), (most, at_most) = sizes.items()
    if at_least > at_most:
        raise InvalidArgument(
            f"{least}={at_least} is more than {most}={at_most}: raise the one or lower the other"
        )


def _number(drawn: float | Value) -> float:
    """The number that a strategy for numbers has drawn."""
    try:
        return drawn.data if isinstance(drawn, Value) else Value(drawn).data
    except TypeError:
        raise InvalidArgument(
            f"numbers is a strategy of numbers, such as st.floats(-1, 1); it has drawn {drawn!r}"
        ) from None


def _without_the_smallest(number: float) -> float:
    """The number, or 0 where products of it would vanish."""
    return number if abs(number) >= 1e-20 else 0.0
