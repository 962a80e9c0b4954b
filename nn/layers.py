"""Neuron, Layer and MLP: micrograd's, with activation, bias and initialisation open to choice."""

from __future__ import annotations

import operator
import random
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
from reprlib import repr as shown
from typing import (
    TYPE_CHECKING,
    Any,
    Final,
    Literal,
    TypeAlias,
    TypedDict,
    Unpack,
    cast,
    overload,
)

from autograd import (
    Value,
    elu,
    gelu,
    hard_tanh,
    leaky_relu,
    log_softmax,
    mish,
    output_of,
    relu,
    sigmoid,
    silu,
    softmax,
    softplus,
    softsign,
    tanh,
)
from nn.init import Initializer, uniform
from nn.module import Module

if TYPE_CHECKING:
    from nn.typed import ListOf, Output

Activation: TypeAlias = Callable[[Value], Value]
LayerActivation: TypeAlias = Callable[[Sequence[Value]], list[Value]]

ActivationName: TypeAlias = Literal[
    "elu",
    "gelu",
    "hard_tanh",
    "leaky_relu",
    "linear",
    "mish",
    "relu",
    "sigmoid",
    "silu",
    "softplus",
    "softsign",
    "tanh",
]
LayerActivationName: TypeAlias = Literal["log_softmax", "softmax"]
AnyActivation: TypeAlias = ActivationName | LayerActivationName | Activation | LayerActivation

# One for each layer. A list that is computed has names of type str.
Activations: TypeAlias = "ListOf[str | Activation | LayerActivation]"

Sample: TypeAlias = Sequence[Value | float]

# A list or array of Values and numbers, or one of such lists.
Inputs: TypeAlias = Collection[Any]


def linear(x: Value) -> Value:
    """No activation: the weighted sum as it is."""
    return x


ACTIVATIONS: Final[dict[str, Activation]] = {
    "elu": elu,
    "gelu": gelu,
    "hard_tanh": hard_tanh,
    "leaky_relu": leaky_relu,
    "linear": linear,
    "mish": mish,
    "relu": relu,
    "sigmoid": sigmoid,
    "silu": silu,
    "softplus": softplus,
    "softsign": softsign,
    "tanh": tanh,
}

# These need the sums of all neurons of a layer at once.
LAYER_ACTIVATIONS: Final[dict[str, LayerActivation]] = {
    "log_softmax": log_softmax,
    "softmax": softmax,
}


class NeuronOptions(TypedDict, total=False):
    """The options that a `Layer` passes to each of its neurons; see `Neuron`."""

    nonlin: bool
    activation: AnyActivation
    bias: bool
    init: Initializer | None
    rng: random.Random | None


class Neuron(Module):
    """The activation of a bias plus a weighted sum of the inputs.

    Args:
        nin: the number of inputs.
        nonlin: False leaves the activation out, as in micrograd.
        activation: a function of a Value, or the name of one in `ACTIVATIONS`, such
            as ``"relu"``, ``"sigmoid"``, ``"tanh"`` or ``"linear"``.
        bias: False leaves the bias out.
        init: draws each weight; None means ``uniform(-1, 1)``. The bias is 0.
        rng: the random generator to draw from; None means the one that
            ``random.seed`` seeds.

    Attributes:
        w: the weights, one for each input.
        b: the bias, or None.
        activation: the function.

    Raises:
        ValueError: there is no input, or no activation of that name for a neuron.

    >>> neuron = Neuron(2, activation="tanh", init=lambda rng, inputs: 0.5)
    >>> neuron([1.0, -1.0])
    Value(0.0, op=tanh)
    >>> len(Neuron(2, bias=False).parameters())
    2
    """

    def __init__(
        self,
        nin: int,
        nonlin: bool = True,
        *,
        activation: AnyActivation = "relu",
        bias: bool = True,
        init: Initializer | None = None,
        rng: random.Random | None = None,
    ) -> None:
        _check_size("nin", nin)
        if not isinstance(bias, bool):
            raise TypeError(f"bias is True or False, and a bias starts from 0; got {shown(bias)}")
        if rng is not None and not hasattr(rng, "uniform"):
            raise TypeError(f"rng is a generator, such as random.Random(42); got {shown(rng)}")
        init = uniform() if init is None else init
        rng = _global_generator() if rng is None else rng
        self.w = [Value(init(rng, nin)) for _ in range(nin)]
        self.b: Any = Value(0.0) if bias else None
        function = _activation(activation)
        self.activation = function if nonlin else linear

    @overload
    def __call__(self, x: Sample) -> Value: ...
    @overload
    def __call__(self, x: Sequence[Sample]) -> list[Value]: ...
    @overload
    def __call__(self, x: Inputs) -> Value: ...
    def __call__(self, x: Inputs) -> Any:
        """The output for the inputs ``x``, which are Values or numbers.

        Of a list of samples, or an array of two dimensions, the list of outputs.

        Raises:
            TypeError: ``x`` is not a list or another sequence, or holds something else.
            ValueError: there are not as many inputs as weights, or lists are nested too deep.
        """
        total = self.weighted_sum(x)
        if type(total) is list:  # isinstance() would take as long as a multiplication
            return [output_of(self, self.activation(each)) for each in total]
        return output_of(self, self.activation(total))

    def weighted_sum(self, x: Inputs) -> Any:
        """The bias plus the weighted inputs ``x``: the operand of the activation.

        Of a list of samples, the list of sums.

        >>> Neuron(2, init=lambda rng, inputs: 0.5).weighted_sum([1.0, -3.0]).data
        -1.0
        """
        if is_batch("neuron", len(self.w), x):
            return _of_each(self.weighted_sum, x)
        # The bias first, then from left to right, as micrograd adds, so that the rounding
        # is the same too.
        products = map(operator.mul, self.w, x)
        try:
            total: Value = sum(products, next(products) if self.b is None else self.b)
        except TypeError:
            check_elements(x)
            raise
        if not isinstance(total, Value):  # NumPy multiplies a Value by an array
            check_elements(x)
        return total

    def __repr__(self) -> str:
        return f"{_display_name(self.activation)}Neuron({len(self.w)})"


class Layer(Module):
    """Neurons side by side, each of which receives all of the inputs.

    Args:
        nin: the number of inputs.
        nout: the number of neurons, and so of outputs.
        options: passed to each `Neuron`. Its ``activation`` may also be one of
            `LAYER_ACTIVATIONS`, such as ``"softmax"``, which is applied to the outputs of
            all neurons together; these are then linear.

    Attributes:
        neurons: the neurons.
        activation: the function of all their outputs, such as softmax; None where each
            neuron has its own.

    Raises:
        ValueError: there is no neuron, or a single one for softmax.

    >>> Layer(3, 2, activation="sigmoid")
    Layer of [SigmoidNeuron(3), SigmoidNeuron(3)]
    >>> layer = Layer(3, 2, activation="softmax", init=lambda rng, inputs: 1.0)
    >>> [probability.data for probability in layer([0.5, 1.0, 1.5])]
    [0.5, 0.5]
    """

    def __init__(self, nin: int, nout: int, **options: Unpack[NeuronOptions]) -> None:
        _check_size("nout", nout)
        self.activation = _layer_activation(options.get("activation"))
        if self.activation is not None:
            _check_several(self.activation, nout)
            options["activation"] = linear
            if not options.get("nonlin", True):
                self.activation = None
        self.neurons = [Neuron(nin, **options) for _ in range(nout)]

    @overload
    def __call__(self, x: Sample) -> Output: ...
    @overload
    def __call__(self, x: Sequence[Sample]) -> list[Output]: ...
    @overload
    def __call__(self, x: Inputs) -> Output: ...
    def __call__(self, x: Inputs) -> Any:
        """The list of outputs for the inputs ``x``; of a single neuron, its output alone.

        Of a list of samples, or an array of two dimensions, the list of that for each.

        Raises:
            TypeError: ``x`` is not a list or another sequence of Values and numbers.
            ValueError: there are not as many inputs as each neuron has weights, or lists are
                nested too deep.
        """
        if is_batch("layer", len(self.neurons[0].w), x):
            return _of_each(self, x)
        outputs = [neuron(x) for neuron in self.neurons]
        if self.activation is not None:
            outputs = self.activation(outputs)
        return output_of(self, outputs[0] if len(outputs) == 1 else outputs)

    def __repr__(self) -> str:
        name = "" if self.activation is None else _display_name(self.activation)
        return f"{name}Layer of [{', '.join(map(repr, self.neurons))}]"


class MLP(Module):
    """A multi-layer perceptron: layers one after the other.

    Args:
        nin: the number of inputs.
        nouts: the number of neurons of each layer; the last is the number of outputs.
        activation: a name or a function, as `Layer` takes it, for all layers but the
            last, which stays linear; or a list with one for each layer, the last included.
        bias: False leaves the biases out.
        init: draws each weight, neuron by neuron; None means ``uniform(-1, 1)``.
        rng: the random generator to draw from; None means the one that
            ``random.seed`` seeds.

    Attributes:
        layers: the layers.

    Raises:
        TypeError: ``nouts`` is not a list of sizes.
        ValueError: a size is below 1, or there is not one activation for each layer.

    >>> model = MLP(2, [4, 1], activation=["tanh", "sigmoid"])
    >>> 0.0 < model([0.5, -0.5]).data < 1.0
    True

    A classifier of three classes, whose outputs are their probabilities:

    >>> model = MLP(2, [8, 3], activation=["relu", "softmax"])
    >>> probabilities = model([0.5, -0.5])
    >>> print(f"{len(probabilities)} outputs, which add up to {sum(probabilities).data:.6f}")
    3 outputs, which add up to 1.000000
    """

    def __init__(
        self,
        nin: int,
        nouts: Sequence[int],
        *,
        activation: AnyActivation | Activations = "relu",
        bias: bool = True,
        init: Initializer | None = None,
        rng: random.Random | None = None,
    ) -> None:
        sizes = [nin, *nouts] if isinstance(nouts, Iterable) else [nin]
        if len(sizes) == 1 or isinstance(nouts, str):
            raise TypeError(
                f"nouts lists the size of each layer, such as [4, 1]; got {shown(nouts)}"
            )
        if isinstance(activation, (list, tuple)):
            activations = activation
        else:
            hidden = cast(AnyActivation, activation)
            _check_known(hidden)
            shared = _layer_activation(hidden)
            if shared is not None:
                name = activation_name(shared)
                raise ValueError(
                    "the last layer is linear unless there is an activation for each layer: "
                    f"{name} of the outputs is activation={[*['relu'] * (len(sizes) - 2), name]}"
                )
            activations = [hidden] * (len(sizes) - 2) + ["linear"]
        if len(activations) != len(sizes) - 1:
            raise ValueError(
                f"{len(sizes) - 1} layers need as many activations, got {len(activations)}"
            )
        self.layers = [
            Layer(inputs, outputs, activation=each, bias=bias, init=init, rng=rng)
            for inputs, outputs, each in zip(sizes, sizes[1:], activations)
        ]

    @overload
    def __call__(self, x: Sample) -> Output: ...
    @overload
    def __call__(self, x: Sequence[Sample]) -> list[Output]: ...
    @overload
    def __call__(self, x: Inputs) -> Output: ...
    def __call__(self, x: Inputs) -> Any:
        """The output of the last layer for the inputs ``x``: a Value, or a list of several.

        Of a list of samples, or an array of two dimensions, the list of that for each.

        Raises:
            TypeError: ``x`` is not a list or another sequence of Values and numbers.
            ValueError: there are not as many inputs as the model was made for, or lists are
                nested too deep.

        >>> model = MLP(2, [1], init=lambda rng, inputs: 0.5)
        >>> model([1.0, 2.0]).data
        1.5
        >>> [output.data for output in model([[1.0, 2.0], [3.0, 4.0]])]
        [1.5, 3.5]
        """
        if is_batch("MLP", len(self.layers[0].neurons[0].w), x):
            return _of_each(self, x)
        for layer in self.layers[:-1]:
            output = layer(x)
            x = output if isinstance(output, list) else [output]
        return output_of(self, self.layers[-1](x))

    def __repr__(self) -> str:
        return f"MLP of [{', '.join(map(repr, self.layers))}]"


def _global_generator() -> random.Random:
    """The generator behind the functions of `random`, which offers the same methods."""
    return cast(random.Random, random)


_LARGEST_SIZE: Final = 10**8  # which take 10 GB


def _check_size(name: str, size: Any) -> None:
    try:
        size = operator.index(size)
    except TypeError:
        raise TypeError(f"{name} must be a whole number, got {shown(size)}") from None
    if size < 1:
        raise ValueError(f"{name} must be at least 1, got {size}")
    if size > _LARGEST_SIZE:
        raise ValueError(f"{name} must be at most {_LARGEST_SIZE:,}, got {size:.3g}")


_NUMBERS: Final = (Value, float, int)


def is_batch(taker: str, size: int, x: Any) -> bool:
    """True for a list of samples, False for one: a list of ``size`` inputs.

    The depth of nesting decides, or the dimension of an array, and never a length.

    Raises:
        TypeError: ``x`` is no list.
        ValueError: it has another length, or is nested deeper.
    """
    if isinstance(x, (list, tuple)) and len(x) == size and type(x[0]) in _NUMBERS:
        return False  # as nearly always; whatever else there is in it, no weight multiplies a list
    return _checked_depth(taker, size, x, most=2) == 2


def check_sample(taker: str, size: int, x: Any) -> None:
    """Refuse inputs that are not one list of length ``size``."""
    _checked_depth(taker, size, x, most=1)


def _checked_depth(taker: str, size: int, x: Any, most: int) -> int:
    depth = _depth(x)
    if depth == 1 and len(x) != size:
        raise ValueError(f"this {taker} takes {_inputs(size)}, got {len(x)}")
    if not 1 <= depth <= most:
        error = ValueError if depth else TypeError
        or_several = ", or a list of such samples" if most > 1 else ""
        shape = getattr(x, "shape", ())
        got = f"an array of shape {shape}" if shape else shown(x)
        raise error(
            f"this {taker} takes a list of {_inputs(size)}, each a number or a Value{or_several}; "
            f"got {got}, of type {type(x).__name__}"
        )
    return depth


def _inputs(size: int) -> str:
    return "1 input" if size == 1 else f"{size} inputs"


def _depth(x: Any, most: int = 3) -> int:
    """The depth to which lists are nested in ``x``: 0 for a number, at most ``most``."""
    if hasattr(x, "__array__"):  # of NumPy, or of a library that agrees with it
        x = x.__array__()
        if x.dtype != object:
            return int(x.ndim)
        x = x.tolist()
    # The elements of a dictionary or a set are not the numbers in it, or have no order.
    if (
        most == 0
        or isinstance(x, (str, bytes, bytearray, Mapping, Set))
        or not (hasattr(x, "__len__") and hasattr(x, "__iter__"))
    ):
        return 0
    return 1 + max([_depth(element, most - 1) for element in x], default=0)


def _of_each(function: Callable[[Any], Any], batch: Any) -> list[Any]:
    """The results for the samples of a batch; an error notes the sample."""
    results = []
    for i, x in enumerate(batch.__array__().tolist() if hasattr(batch, "__array__") else batch):
        try:
            results.append(function(x))
        except Exception as error:
            error.add_note(f"This is sample {i} of the batch.")
            raise
    return results


def check_elements(x: Inputs) -> None:
    """Refuse inputs that a weight cannot be multiplied by."""
    for position, element in enumerate(x):
        try:
            if isinstance(Value(0.0) * element, Value):
                continue
        except TypeError:
            pass
        raise TypeError(
            f"input {position} must be a number or a Value; got {shown(element)}, "
            f"of type {type(element).__name__}"
        ) from None


def _check_known(choice: Any) -> None:
    """Refuse a choice that is no activation, and no name of one."""
    if not callable(choice) and (
        not isinstance(choice, str) or choice not in {*ACTIVATIONS, *LAYER_ACTIVATIONS}
    ):
        known = ", ".join(map(repr, sorted([*ACTIVATIONS, *LAYER_ACTIVATIONS])))
        raise ValueError(
            f"no activation is named {shown(choice)}: choose {known}, or pass a function"
        )


def _layer_activation(choice: Any) -> LayerActivation | None:
    """The activation of a whole layer, if ``choice`` is one or names one."""
    for name, function in LAYER_ACTIVATIONS.items():
        if choice is function or (isinstance(choice, str) and choice == name):
            return function
    return None


def _check_several(activation: LayerActivation, outputs: int) -> None:
    if outputs == 1:
        [constant] = activation([Value(0.0)])
        raise ValueError(
            f"{activation_name(activation)} compares the outputs of a layer, and of a single "
            f"one it is always {constant.data:g}, with gradient 0: take 2 outputs or more, or the "
            'activation "sigmoid"'
        )


def _activation(choice: Any) -> Activation:
    """The activation of a neuron."""
    _check_known(choice)
    shared = _layer_activation(choice)
    if shared is not None:
        name = activation_name(shared)
        raise ValueError(
            f"{name} compares the outputs of a layer, and a neuron has only one: "
            f"Layer(nin, nout, activation={name!r}) takes it"
        )
    return cast(Activation, choice if callable(choice) else ACTIVATIONS[choice])


def _display_name(activation: Activation | LayerActivation) -> str:
    name = activation_name(activation)
    return "ReLU" if name == "relu" else name.strip("<>").title().replace("_", "")


def activation_name(activation: Activation | LayerActivation) -> str:
    """The name of an activation, such as ``"relu"``; "" if it has none."""
    return str(getattr(activation, "__name__", None) or getattr(activation, "name", ""))
