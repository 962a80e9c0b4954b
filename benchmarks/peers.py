"""What compiled functions are compared with: the same computations, as others would write them.

Each function returns one to be called again and again. A library that is not installed is an
ImportError.
"""

from __future__ import annotations

import ctypes
import importlib
import math
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks import transformer
from benchmarks.libraries import Library, MicrogptValue, Micrograd
from benchmarks.training import BETAS, RATE, XOR
from benchmarks.workloads import random_network, two_crescents

# ── Training microgpt ─────────────────────────────────────────────────────────


def microgpt_training() -> Callable[[list[int]], float]:
    """A step by microgpt's own Value, with Adam as it writes it."""
    library = MicrogptValue()
    parameters = [library.leaf(number) for number in transformer.random_parameters()]
    means, squares = [0.0] * len(parameters), [0.0] * len(parameters)
    beta1, beta2 = BETAS
    steps = 0

    def step(word: list[int]) -> float:
        nonlocal steps
        loss = transformer.loss(library, parameters, word)
        loss.backward()
        steps += 1
        for i, p in enumerate(parameters):
            means[i] = beta1 * means[i] + (1 - beta1) * p.grad
            squares[i] = beta2 * squares[i] + (1 - beta2) * p.grad**2
            mean = means[i] / (1 - beta1**steps)
            square = squares[i] / (1 - beta2**steps)
            p.data -= RATE * mean / (square**0.5 + 1e-8)
            p.grad = 0
        return library.number(loss)

    return step


def _torch() -> Any:
    torch = importlib.import_module("torch")
    torch.set_num_threads(1)
    torch.set_default_dtype(torch.float64)
    return torch


class _Tensors:
    """microgpt's parameters as tensors of PyTorch, and its optimiser."""

    def __init__(self) -> None:
        self.torch = torch = _torch()
        numbers = torch.tensor(transformer.random_parameters())
        sizes = [rows * columns for rows, columns in transformer.SHAPES.values()]
        self.weights = {
            name: part.reshape(shape).clone().requires_grad_()
            for (name, shape), part in zip(transformer.SHAPES.items(), numbers.split(sizes))
        }
        self._optimizer = torch.optim.Adam(self.weights.values(), lr=RATE, betas=BETAS)

    def step(self, loss: Any) -> float:
        """Take a step; returns the loss."""
        self._optimizer.zero_grad()
        loss.backward()
        self._optimizer.step()
        return float(loss.item())

    def normal(self, x: Any) -> Any:
        """``x`` divided by the root of its mean square."""
        return x * (x.square().mean(-1, keepdim=True) + 1e-5).rsqrt()


def torch_training() -> Callable[[list[int]], float]:
    """A step by tensors of PyTorch: all positions of a name at once."""
    tensors = _Tensors()
    torch, w, normal = tensors.torch, tensors.weights, tensors.normal
    heads, size = transformer.HEADS, transformer.WIDTH // transformer.HEADS

    def step(word: list[int]) -> float:
        here, following = torch.tensor(word[:-1]), torch.tensor(word[1:])
        count = len(here)
        x = normal(w["token"][here] + w["position"][:count])
        n = normal(x)
        query, key, value = [
            (n @ w[name].T).view(count, heads, size).transpose(0, 1)
            for name in ("query", "key", "value")
        ]
        scores = query @ key.transpose(1, 2) * size**-0.5
        later = torch.ones(count, count, dtype=torch.bool).triu(1)
        shares = scores.masked_fill(later, -math.inf).softmax(-1)
        x = x + (shares @ value).transpose(0, 1).reshape(count, -1) @ w["attended"].T
        x = x + (normal(x) @ w["expand"].T).relu() @ w["contract"].T
        return tensors.step(torch.nn.functional.cross_entropy(x @ w["output"].T, following))

    return step


def torch_training_by_position() -> Callable[[list[int]], float]:
    """The same, position after position, as microgpt goes: a vector is a tensor."""
    tensors = _Tensors()
    torch, w, normal = tensors.torch, tensors.weights, tensors.normal
    heads, size = transformer.HEADS, transformer.WIDTH // transformer.HEADS

    def step(word: list[int]) -> float:
        keys: list[Any] = []
        values: list[Any] = []
        losses = []
        for position, (here, following) in enumerate(pairwise(word)):
            x = normal(w["token"][here] + w["position"][position])
            n = normal(x)
            keys.append((w["key"] @ n).view(heads, size, 1))
            values.append((w["value"] @ n).view(heads, 1, size))
            query = (w["query"] @ n).view(heads, 1, size)
            shares = (query @ torch.cat(keys, 2) * size**-0.5).softmax(-1)
            x = x + w["attended"] @ (shares @ torch.cat(values, 1)).view(-1)
            x = x + w["contract"] @ (w["expand"] @ normal(x)).relu()
            losses.append(-(w["output"] @ x).log_softmax(-1)[following])
        return tensors.step(torch.stack(losses).mean())

    return step


# ── Value and gradient of the transformer ─────────────────────────────────────


class _CasADi(Library):
    """Expressions of CasADi. The greatest logit, which changes no result, is left out."""

    def __init__(self, casadi: Any) -> None:
        self._casadi = casadi

    def largest(self, values: list[Any]) -> float:  # noqa: ARG002
        return 0.0

    def exp(self, x: Any) -> Any:
        return self._casadi.exp(x)

    def log(self, x: Any) -> Any:
        return self._casadi.log(x)

    def relu(self, x: Any) -> Any:
        return self._casadi.fmax(0, x)


def casadi_gradient(word: Sequence[int]) -> Callable[[], Any]:
    """Value and gradient by a function of CasADi's SX expressions."""
    casadi = importlib.import_module("casadi")
    numbers = transformer.random_parameters()
    leaves = casadi.SX.sym("p", len(numbers))
    parameters = [leaves[i] for i in range(len(numbers))]
    loss = transformer.loss(_CasADi(casadi), parameters, word)
    function = casadi.Function("f", [leaves], [loss, casadi.gradient(loss, leaves)])
    point = casadi.DM(numbers)
    return lambda: function(point)


def plain_value(word: Sequence[int]) -> Callable[[], float]:
    """The value alone, by plain C; the call from Python is a part of it."""
    compiler = shutil.which("cc")
    if compiler is None:
        raise ImportError("no C compiler")
    source = Path(__file__).with_name("plain_transformer.c")
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "plain.so"
        options = ["-O2", "-shared", "-fPIC", "-lm"]
        subprocess.run([compiler, str(source), "-o", str(library), *options], check=True)
        loss = ctypes.CDLL(str(library)).loss
    loss.restype = ctypes.c_double
    numbers = transformer.random_parameters()
    point = (ctypes.c_double * len(numbers))(*numbers)
    letters = (ctypes.c_int * len(word))(*word)
    count = len(word) - 1
    return lambda: float(loss(point, letters, count))


# ── Small networks ────────────────────────────────────────────────────────────


def numpy_xor() -> Callable[[int], float]:
    """Epochs as the articles take them: matrices of NumPy, gradients by hand."""
    np = importlib.import_module("numpy")
    x = np.array([[int(number) for number in case] for case, _ in XOR])
    y = np.array([[int(target)] for _, target in XOR])
    rng = np.random.default_rng(1)
    w1, b1 = rng.uniform(-1, 1, (2, 4)), np.zeros((1, 4))
    w2, b2 = rng.uniform(-1, 1, (4, 1)), np.zeros((1, 1))

    def sigmoid(z: Any) -> Any:
        return 1 / (1 + np.exp(-z))

    def train(epochs: int) -> float:
        nonlocal w1, b1, w2, b2
        for _ in range(epochs):
            hidden = sigmoid(np.dot(x, w1) + b1)
            out = sigmoid(np.dot(hidden, w2) + b2)
            error = (out - y) * out * (1 - out)
            below = np.dot(error, w2.T) * hidden * (1 - hidden)
            w2 -= 0.5 * np.dot(hidden.T, error)
            b2 -= 0.5 * np.sum(error, axis=0, keepdims=True)
            w1 -= 0.5 * np.dot(x.T, below)
            b1 -= 0.5 * np.sum(below, axis=0, keepdims=True)
        return float(np.sum((out - y) ** 2) / 2)

    return train


def jax_xor() -> Callable[[int], float]:
    """Epochs by JAX: a jitted loop on the device, compiled before it is timed."""
    jax = importlib.import_module("jax")
    jax.config.update("jax_enable_x64", True)
    jnp = importlib.import_module("jax.numpy")
    x = jnp.array([case for case, _ in XOR])
    y = jnp.array([[target] for _, target in XOR])
    keys = jax.random.split(jax.random.PRNGKey(1))
    start = (
        jax.random.uniform(keys[0], (2, 4), minval=-1.0),
        jnp.zeros(4),
        jax.random.uniform(keys[1], (4, 1), minval=-1.0),
        jnp.zeros(1),
    )

    def loss(p: Any) -> Any:
        hidden = jax.nn.sigmoid(x @ p[0] + p[1])
        return ((jax.nn.sigmoid(hidden @ p[2] + p[3]) - y) ** 2 / 2).sum()

    def epoch(_: Any, p: Any) -> Any:
        return jax.tree.map(lambda w, g: w - 0.5 * g, p, jax.grad(loss)(p))

    def trained(epochs: Any) -> Any:
        return loss(jax.lax.fori_loop(0, epochs, epoch, start))

    train = jax.jit(trained)
    train(1).block_until_ready()
    return lambda epochs: float(train(epochs))


def torch_crescents(points: int) -> Callable[[], float]:
    """A step of 2-16-16-1 by tensors of PyTorch: all points at once."""
    torch = _torch()
    inputs, classes = two_crescents(points)
    x, y = torch.tensor(inputs), torch.tensor([[float(label)] for label in classes])
    layers = [torch.nn.Linear(2, 16), torch.nn.Linear(16, 16), torch.nn.Linear(16, 1)]
    model = torch.nn.Sequential(layers[0], torch.nn.ReLU(), layers[1], torch.nn.ReLU(), layers[2])
    parameters = list(model.parameters())
    optimizer = torch.optim.SGD(parameters, lr=0.1)

    def step() -> float:
        loss = (1 - y * model(x)).relu().mean() + 1e-4 * sum(p.square().sum() for p in parameters)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return float(loss.item())

    return step


def micrograd_crescents(points: int) -> Callable[[], float]:
    """The same step by micrograd."""
    library = Micrograd()
    inputs, classes = two_crescents(points)
    sizes = [2, 16, 16, 1]
    parameters, predict = library.network(
        random_network(sizes, seed=3), sizes, ["relu", "relu", ""]
    )

    def loss(parameters: list[Any]) -> Any:
        losses = [library.relu(1 + -y * predict(parameters, x)) for x, y in zip(inputs, classes)]
        return sum(losses) * (1.0 / len(losses)) + 1e-4 * sum(p * p for p in parameters)

    return lambda: library.step(parameters, loss, rate=0.1)


def torch_digits(batches: Sequence[tuple[Any, Any]]) -> Callable[[], None]:
    """An epoch of 64-32-10 on these batches of pixels and classes, by tensors of PyTorch."""
    torch = _torch()
    given = [(torch.tensor(x), torch.tensor(y)) for x, y in batches]
    model = torch.nn.Sequential(torch.nn.Linear(64, 32), torch.nn.ReLU(), torch.nn.Linear(32, 10))
    optimizer = torch.optim.Adam(model.parameters())

    def epoch() -> None:
        for x, y in given:
            loss = torch.nn.functional.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

    return epoch


def digits(size: int) -> list[tuple[Any, Any]]:
    """scikit-learn's digits in batches: pixels from 0 to 1, and classes."""
    datasets = importlib.import_module("sklearn.datasets")
    data = datasets.load_digits()
    pixels, classes = data.data / 16.0, data.target
    last = len(pixels) - size + 1
    return [(pixels[i : i + size], classes[i : i + size]) for i in range(0, last, size)]
