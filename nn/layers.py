"""The layers that networks are made of: micrograd's `Neuron`, `Layer` and `MLP`, and PyTorch's.

What maps one list of numbers to another, a `VectorModule`, takes a list of samples too, and gives
the list of what it gives for each.
"""

from __future__ import annotations

import operator
import random
from collections.abc import Iterable, Iterator, Sequence
from numbers import Integral
from reprlib import repr as shown
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeAlias, TypedDict, Unpack, cast, overload

import autograd
from autograd import Primitive, Value, output_of, sqrt, take
from nn.activations import (
    ACTIVATIONS,
    LAYER_ACTIVATIONS,
    Activation,
    ActivationFunction,
    AnyActivation,
    LayerFunction,
    activation_name,
    check_known,
    check_several,
    display_name,
    function_of,
    layer_function,
    linear,
)
from nn.checks import check_count
from nn.init import Initializer, kaiming_uniform, normal, uniform
from nn.inputs import NUMBERS, Inputs, check_elements, each_number, is_batch, of_each
from nn.module import Module, listed, shortened
from nn.randomness import Seed, generator

if TYPE_CHECKING:
    from nn.typed import ListOf, Output

# One for each layer. A list that is computed has names of type str.
Activations: TypeAlias = "ListOf[str | ActivationFunction | LayerFunction]"

Sample: TypeAlias = Sequence[Value | float]


class NeuronOptions(TypedDict, total=False):
    """The options that a `Layer` passes to each of its neurons; see `Neuron`."""

    nonlin: bool
    activation: AnyActivation
    bias: bool
    init: Initializer | None
    rng: Seed


class VectorModule(Module):
    """The base of modules that take a list of numbers, of length ``in_features``.

    A subclass defines `forward`.
    """

    noun: ClassVar[str] = "module"  # in messages

    @property
    def in_features(self) -> int:
        """The number of inputs."""
        raise NotImplementedError

    @overload
    def __call__(self, x: Sample) -> Output: ...
    @overload
    def __call__(self, x: Sequence[Sample]) -> list[Output]: ...
    @overload
    def __call__(self, x: Inputs | Value | float) -> Output: ...
    def __call__(self, x: Inputs | Value | float) -> Any:
        """The output for the inputs ``x``, which are Values or numbers.

        Of several outputs, it is their list, and of one that Value itself. Of a list of samples,
        or an array of two dimensions, it is the list of what each gives. A single input need not
        be in a list.

        Raises:
            TypeError: ``x`` is not a list or another sequence of Values and numbers.
            ValueError: there are not as many inputs as the module was made for, or lists are
                nested too deep.
        """
        if type(x) in NUMBERS and self.in_features == 1:
            x = [x]
        elif is_batch(self.noun, self.in_features, x):
            return of_each(self, x)
        outputs = self.forward(x)
        return output_of(self, outputs[0] if len(outputs) == 1 else outputs)

    def forward(self, x: Any) -> Any:
        """The list of outputs for one sample."""
        raise NotImplementedError

    def _example(self) -> Any:
        return [0.0] * self.in_features


def weighted_sum(weights: Sequence[Value], bias: Value | None, x: Any) -> Value:
    """The bias plus the weighted inputs."""
    # The bias first, then from left to right, as micrograd adds, so that the rounding
    # is the same too.
    products = map(operator.mul, weights, x)
    try:
        total: Value = sum(products, next(products) if bias is None else bias)
    except TypeError:
        check_elements(x)
        raise
    if not isinstance(total, Value):  # NumPy multiplies a Value by an array
        check_elements(x)
    return total


# ── micrograd's ───────────────────────────────────────────────────────────────


class Neuron(Module):
    """The activation of a bias plus a weighted sum of the inputs.

    Args:
        nin: the number of inputs.
        nonlin: False leaves the activation out, as in micrograd.
        activation: a function of a Value, or the name of one in `ACTIVATIONS`, such
            as ``"relu"``, ``"sigmoid"``, ``"tanh"`` or ``"linear"``.
        bias: False leaves the bias out.
        init: draws each weight; None means ``uniform(-1, 1)``. The bias is 0.
        rng: a seed or a random generator; see `nn.randomness`.

    Attributes:
        w: the weights, one for each input.
        b: the bias, or None.
        activation: the function.

    Raises:
        ValueError: there is no input, or no activation of that name for a neuron.

    >>> neuron = Neuron(2, activation="tanh", init=lambda rng, inputs, outputs: 0.5)
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
        rng: Seed = None,
    ) -> None:
        check_size("nin", nin)
        _check_bias(bias)
        self.w = _drawn(init or uniform(), generator(rng), nin, 1)[0]
        self.b: Any = Value(0.0) if bias else None
        function = function_of(activation)
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
        if is_batch("neuron", len(self.w), x):
            return of_each(self, x)
        return self.forward(x)

    def forward(self, x: Any) -> Value:
        """The output for one sample."""
        return output_of(self, self.activation(weighted_sum(self.w, self.b, x)))

    def __repr__(self) -> str:
        return f"{display_name(self.activation)}Neuron({len(self.w)})"


class Layer(VectorModule):
    """Neurons side by side, each of which receives all of the inputs.

    Args:
        nin: the number of inputs.
        nout: the number of neurons, and so of outputs.
        options: passed to each `Neuron`. Its ``activation`` may also be one of
            `LAYER_ACTIVATIONS`, such as ``"softmax"``, which is applied to the outputs of
            all neurons together; these are then linear.

    Attributes:
        neurons: the neurons, whose ``forward`` gives the outputs.
        activation: the function of all their outputs, such as softmax; None where each
            neuron has its own.

    Raises:
        ValueError: there is no neuron, or a single one for softmax.

    >>> Layer(3, 2, activation="sigmoid")
    Layer of [SigmoidNeuron(3), SigmoidNeuron(3)]
    >>> layer = Layer(3, 2, activation="softmax", init=lambda rng, inputs, outputs: 1.0)
    >>> [probability.data for probability in layer([0.5, 1.0, 1.5])]
    [0.5, 0.5]
    """

    noun = "layer"

    def __init__(self, nin: int, nout: int, **options: Unpack[NeuronOptions]) -> None:
        check_size("nout", nout)
        self.activation = layer_function(options.get("activation"))
        if self.activation is not None:
            check_several(self.activation, nout)
            options["activation"] = linear
            if not options.get("nonlin", True):
                self.activation = None
        init = options.get("init") or uniform()
        options["init"] = lambda rng, inputs, _: init(rng, inputs, nout)
        options["rng"] = generator(options.get("rng"))
        self.neurons = [Neuron(nin, **options) for _ in range(nout)]

    @property
    def in_features(self) -> int:
        """The number of inputs."""
        return len(self.neurons[0].w)

    @property
    def out_features(self) -> int:
        """The number of outputs."""
        return len(self.neurons)

    def forward(self, x: Any) -> Any:
        """The list of outputs for one sample."""
        outputs = [neuron.forward(x) for neuron in self.neurons]
        return outputs if self.activation is None else self.activation(outputs)

    def _state(self) -> dict[str, Any]:
        weights, biases = [neuron.w for neuron in self.neurons], [n.b for n in self.neurons]
        if all(bias is None for bias in biases):
            return {"weight": weights}
        return {"weight": weights, "bias": biases}

    def __repr__(self) -> str:
        name = "" if self.activation is None else display_name(self.activation)
        return f"{name}Layer of [{listed(self.neurons)}]"


class MLP(VectorModule):
    """A multi-layer perceptron: layers one after the other.

    Args:
        nin: the number of inputs.
        nouts: the number of neurons of each layer; the last is the number of outputs.
        activation: a name or a function, as `Layer` takes it, for all layers but the
            last, which stays linear; or a list with one for each layer, the last included.
        bias: False leaves the biases out.
        init: draws each weight, neuron by neuron; None means ``uniform(-1, 1)``.
        rng: a seed or a random generator; see `nn.randomness`.

    Attributes:
        layers: the layers.

    Raises:
        TypeError: ``nouts`` is not a list of sizes.
        ValueError: a size is below 1, or there is not one activation for each layer.

    >>> model = MLP(2, [4, 1], activation=["tanh", "sigmoid"])
    >>> 0.0 < model([0.5, -0.5]).data < 1.0
    True
    >>> model = MLP(2, [1], init=lambda rng, inputs, outputs: 0.5)
    >>> [output.data for output in model([[1.0, 2.0], [3.0, 4.0]])]
    [1.5, 3.5]

    A classifier of three classes, whose outputs are their probabilities:

    >>> model = MLP(2, [8, 3], activation=["relu", "softmax"])
    >>> probabilities = model([0.5, -0.5])
    >>> print(f"{len(probabilities)} outputs, which add up to {sum(probabilities).data:.6f}")
    3 outputs, which add up to 1.000000
    """

    noun = "MLP"

    def __init__(
        self,
        nin: int,
        nouts: Sequence[int],
        *,
        activation: AnyActivation | Activations = "relu",
        bias: bool = True,
        init: Initializer | None = None,
        rng: Seed = None,
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
            check_known(hidden)
            shared = layer_function(hidden)
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
        rng = generator(rng)
        self.layers = [
            Layer(inputs, outputs, activation=each, bias=bias, init=init, rng=rng)
            for inputs, outputs, each in zip(sizes, sizes[1:], activations)
        ]

    @property
    def in_features(self) -> int:
        """The number of inputs."""
        return len(self.layers[0].neurons[0].w)

    def forward(self, x: Any) -> Any:
        """The list of outputs of the last layer for one sample."""
        x = _in_turn("MLP", self.layers, x)
        return x if isinstance(x, list) else [x]

    def __repr__(self) -> str:
        return f"MLP of [{listed(self.layers)}]"


# ── PyTorch's ─────────────────────────────────────────────────────────────────


class Linear(VectorModule):
    """A matrix of weights times the inputs, plus a bias for each output.

    Args:
        in_features: the number of inputs.
        out_features: the number of outputs.
        bias: False leaves the biases out.
        init: draws each weight; None means uniformly within ``1 / sqrt(in_features)`` of 0, as
            PyTorch does. Biases are 0.
        rng: a seed or a random generator; see `nn.randomness`.

    Attributes:
        weight: for each output the list of its weights: shape (out_features, in_features).
        bias: the biases, or None.

    >>> layer = Linear(2, 3, init=lambda rng, inputs, outputs: 0.5)
    >>> [y.data for y in layer([1.0, 2.0])]
    [1.5, 1.5, 1.5]
    """

    noun = "Linear"

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        *,
        init: Initializer | None = None,
        rng: Seed = None,
    ) -> None:
        check_size("in_features", in_features)
        check_size("out_features", out_features)
        _check_bias(bias)
        init = init or kaiming_uniform(gain=3.0**-0.5)
        self.weight = _drawn(init, generator(rng), in_features, out_features)
        self.bias = [Value(0.0) for _ in range(out_features)] if bias else None

    @property
    def in_features(self) -> int:
        """The number of inputs."""
        return len(self.weight[0])

    @property
    def out_features(self) -> int:
        """The number of outputs."""
        return len(self.weight)

    def forward(self, x: Any) -> Any:
        """The list of outputs for one sample."""
        biases: Any = self.bias or [None] * len(self.weight)
        return [weighted_sum(row, bias, x) for row, bias in zip(self.weight, biases)]

    def __repr__(self) -> str:
        bias = "" if self.bias else ", bias=False"
        return f"Linear({self.in_features}, {self.out_features}{bias})"


class LayerNorm(VectorModule):
    """The inputs, shifted and scaled to mean 0 and variance 1; then a weight and a bias for each.

    Source: Ba, Kiros and Hinton, "Layer Normalization" (2016).

    Args:
        normalized_shape: the number of inputs.
        eps: added to the variance, so that it can be divided by.

    Attributes:
        weight: what each is multiplied by; 1 at first.
        bias: what is added to each; 0 at first.

    >>> [round(y.data, 4) for y in LayerNorm(2)([3.0, 5.0])]
    [-1.0, 1.0]
    """

    noun = "LayerNorm"

    def __init__(self, normalized_shape: int, eps: float = 1e-5) -> None:
        check_size("normalized_shape", normalized_shape)
        self.weight = [Value(1.0) for _ in range(normalized_shape)]
        self.bias = [Value(0.0) for _ in range(normalized_shape)]
        self.eps = eps

    @property
    def in_features(self) -> int:
        """The number of inputs, and of outputs."""
        return len(self.weight)

    def forward(self, x: Any) -> Any:
        """The list of outputs for one sample."""
        mean = autograd.mean(x)
        shifted = [each - mean for each in x]
        scale = 1.0 / sqrt(autograd.mean([each * each for each in shifted]) + self.eps)
        return [each * scale * w + b for each, w, b in zip(shifted, self.weight, self.bias)]

    def __repr__(self) -> str:
        return f"LayerNorm({self.in_features})"


class Embedding(Module):
    """A table with a row of parameters for each of so many words, characters or the like.

    Args:
        num_embeddings: the number of rows.
        embedding_dim: the length of each.
        init: draws each number; None means the normal distribution.
        rng: a seed or a random generator; see `nn.randomness`.

    Attributes:
        weight: the rows.

    >>> table = Embedding(3, 2, rng=1)
    >>> table(2) == table.weight[2], len(table([0, 2, 1, 1]))
    (True, 4)
    """

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        *,
        init: Initializer | None = None,
        rng: Seed = None,
    ) -> None:
        check_size("num_embeddings", num_embeddings)
        check_size("embedding_dim", embedding_dim)
        self.weight = _drawn(init or normal(), generator(rng), embedding_dim, num_embeddings)

    def __call__(self, index: Any) -> Any:
        """The row of that index, from 0 on; of a list of indices, the list of their rows.

        Raises:
            TypeError: an index is not a whole number.
            IndexError: there is no such row.
        """
        return output_of(self, each_number(self._row, index))

    @property
    def embedding_dim(self) -> int:
        """The length of each row."""
        return len(self.weight[0])

    def _example(self) -> Any:
        return 0

    def _row(self, index: Any) -> list[Value]:
        is_followed = isinstance(index, Integral) and not isinstance(index, bool)
        try:
            position: Any = index if is_followed else operator.index(index)
        except TypeError:
            raise TypeError(f"an index is a whole number, got {shown(index)}") from None
        if not 0 <= position < len(self.weight):
            raise IndexError(f"there is no row {index} in an Embedding of {len(self.weight)} rows")
        return list(take(self.weight, position))

    def __repr__(self) -> str:
        return f"Embedding({len(self.weight)}, {self.embedding_dim})"


class Dropout(Module):
    """In training, each number is replaced by 0 with probability ``p``, or else divided by 1 - p.

    After ``eval()``, numbers are left as they are.

    Source: Srivastava and others, "Dropout: A Simple Way to Prevent Neural Networks from
    Overfitting" (2014); the division is in training here, as everywhere today.

    Args:
        p: the probability, from 0 to below 1.
        rng: a seed or a random generator; see `nn.randomness`.

    >>> drop = Dropout(0.5, rng=1)
    >>> [y.data for y in drop([Value(1.0), Value(2.0), Value(3.0)])]
    [0.0, 4.0, 6.0]
    >>> drop.eval()([1.0, 2.0])
    [1.0, 2.0]
    """

    def __init__(self, p: float = 0.5, *, rng: Seed = None) -> None:
        if not isinstance(p, (int, float)) or not 0.0 <= p < 1.0:
            raise ValueError(f"p is a probability from 0 to below 1, got {shown(p)}")
        self.p = p
        self.rng = None if rng is None else generator(rng)  # a module cannot be copied

    def __call__(self, x: Any) -> Any:
        """A number, or lists of numbers, with some of them replaced by 0."""
        if not self.training or self.p == 0.0:
            return output_of(self, x)
        draw, scale = generator(self.rng).random, 1.0 / (1.0 - self.p)
        return output_of(
            self, each_number(lambda number: number * (scale if draw() >= self.p else 0.0), x)
        )

    def __repr__(self) -> str:
        return f"Dropout({self.p})"


class Sequential(Module):
    """Modules one after the other, each called with what the one before has returned.

    Args:
        modules: modules, or whatever else can be called. An activation or its name becomes an
            `Activation`.

    >>> model = Sequential(Linear(2, 8), "tanh", Linear(8, 1))
    >>> model
    Sequential(Linear(2, 8), Tanh(), Linear(8, 1))
    >>> list(model.state_dict())
    ['0.weight', '0.bias', '2.weight', '2.bias']
    """

    def __init__(self, *modules: Any) -> None:
        if not modules:
            raise ValueError("a Sequential needs a module")
        for position, module in enumerate(modules):
            vars(self)[str(position)] = _as_module(module)

    def __call__(self, x: Any) -> Any:
        """What the last module returns.

        If each module takes a list of numbers, or a number, a list of samples is taken apart.
        """
        if self._is_by_sample() and _is_matrix(x):
            return of_each(self, x)
        return output_of(self, _in_turn("Sequential", self, x))

    def __iter__(self) -> Iterator[Any]:
        return (part for name, part in vars(self).items() if name.isdigit())

    def __getitem__(self, position: int) -> Any:
        return list(self)[position]

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _example(self) -> Any:
        return self[0]._example() if isinstance(self[0], Module) else None

    def _is_by_sample(self) -> bool:
        return all(
            module._is_by_sample()
            if isinstance(module, Sequential)
            else isinstance(module, (VectorModule, Neuron, Activation, Dropout))
            for module in self
        )

    def __repr__(self) -> str:
        return f"Sequential({listed(list(self))})"


def _in_turn(whole: str, modules: Iterable[Any], x: Any) -> Any:
    """What the last of the modules returns; an error notes the one that raised it."""
    for position, module in enumerate(modules):
        try:
            x = module(x)
        except Exception as error:
            error.add_note(
                f"This is module {position} of the {whole}: {shortened(repr(module), 80)}."
            )
            raise
    return x


# ── What a caller may pass ────────────────────────────────────────────────────

_LARGEST_SIZE: Final = 10**8  # which take 10 GB


def check_size(name: str, size: Any) -> None:
    """Refuse a size that is not a whole number from 1 to the largest."""
    check_count(name, size)
    if size > _LARGEST_SIZE:
        raise ValueError(f"{name} must be at most {_LARGEST_SIZE:,}, got {size:.3g}")


def _check_bias(bias: Any) -> None:
    if not isinstance(bias, bool):
        raise TypeError(f"bias is True or False, and a bias starts from 0; got {shown(bias)}")


def _drawn(init: Initializer, rng: random.Random, inputs: int, outputs: int) -> list[list[Value]]:
    """A matrix of parameters, drawn output by output."""
    return [[Value(init(rng, inputs, outputs)) for _ in range(inputs)] for _ in range(outputs)]


def _as_module(module: Any) -> Any:
    functions = [*ACTIVATIONS.values(), *LAYER_ACTIVATIONS.values()]
    if isinstance(module, (str, Primitive)) or any(module is each for each in functions):
        return Activation(module)
    if not callable(module):
        raise TypeError(f"a Sequential is made of modules and activations, got {shown(module)}")
    return module


def _is_matrix(x: Any) -> bool:
    """True for a list of samples."""
    return getattr(x, "ndim", 1) == 2 or (
        hasattr(x, "__len__") and len(x) > 0 and hasattr(next(iter(x)), "__len__")
    )
