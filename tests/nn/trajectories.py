"""A small network trained for 1,000 steps by each optimiser, here and by PyTorch.

``python -m tests.nn.trajectories`` writes PyTorch's parameters to trajectories.json, which
test_optim.py compares with; it needs PyTorch, and optax for the schedules.
"""

from __future__ import annotations

import json
import math
import random
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

STORED: Final = Path(__file__).with_suffix(".json")
# The rates are so small that the steps are not chaotic: once a running mean of squares is smaller
# than a new square, a difference in the last digit grows to one in the fourth within 200 steps.
STEPS: Final = 1_000
SIZES: Final = (2, 3, 1)
INPUTS: Final = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
TARGETS: Final = [0.0, 1.0, 1.0, 0.0]

# For each optimiser, its name and options here and in PyTorch alike.
OPTIMIZERS: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "plain": ("SGD", {"lr": 0.05}),
    "momentum": ("SGD", {"lr": 0.01, "momentum": 0.9}),
    "nesterov": ("SGD", {"lr": 0.01, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01}),
    "rmsprop": ("RMSprop", {"lr": 0.001}),
    "rmsprop, momentum": (
        "RMSprop",
        {"lr": 0.001, "alpha": 0.995, "momentum": 0.5, "weight_decay": 0.01, "eps": 1e-3},
    ),
    "adam": ("Adam", {"lr": 0.001}),
    "adam, weight decay": ("Adam", {"lr": 0.002, "betas": (0.8, 0.999), "weight_decay": 0.01}),
    "adamw": ("AdamW", {"lr": 0.002, "weight_decay": 0.1}),
}

# For each schedule, its name and arguments here, and optax's.
SCHEDULES: Final[dict[str, tuple[str, list[Any], str, list[Any]]]] = {
    "step": ("step", [0.1, 100, 0.5], "exponential_decay", [0.1, 100, 0.5, 0, True]),
    "linear": ("linear", [0.1, 0.01, 700], "linear_schedule", [0.1, 0.01, 700]),
    "cosine": ("cosine", [0.1, 700, 0.02], "cosine_decay_schedule", [0.1, 700, 0.2]),
}


def weights() -> list[list[list[float]]]:
    """For each layer, for each neuron the weights and then the bias."""
    rng = random.Random(7)
    return [
        [[rng.uniform(-1.0, 1.0) for _ in range(inputs + 1)] for _ in range(outputs)]
        for inputs, outputs in pairwise(SIZES)
    ]


def by_pytorch(name: str, options: dict[str, Any]) -> list[float]:
    """The parameters after training, in the order of `nn`."""
    import torch

    layers = [
        [torch.tensor([row[:-1] for row in layer]), torch.tensor([row[-1] for row in layer])]
        for layer in weights()
    ]
    parameters = [tensor.requires_grad_() for layer in layers for tensor in layer]
    optimizer = getattr(torch.optim, name)(parameters, **options)
    inputs, targets = torch.tensor(INPUTS), torch.tensor(TARGETS)
    for _ in range(STEPS):
        optimizer.zero_grad()
        hidden = torch.tanh(inputs @ layers[0][0].T + layers[0][1])
        outputs = torch.sigmoid(hidden @ layers[1][0].T + layers[1][1])[:, 0]
        torch.nn.functional.mse_loss(outputs, targets).backward()
        optimizer.step()
    return [
        number
        for weight, bias in layers
        for row, own in zip(weight.tolist(), bias.tolist())
        for number in (*row, own)
    ]


def by_optax(name: str, arguments: list[Any]) -> list[float]:
    """The rates of the first 1,000 steps."""
    import jax
    import optax

    jax.config.update("jax_enable_x64", True)
    schedule = getattr(optax, name)(*arguments)
    return [float(schedule(jax.numpy.float64(count))) for count in range(STEPS)]


def main() -> None:
    """Write what PyTorch and optax give."""
    import torch

    torch.set_default_dtype(torch.float64)
    found = {
        "parameters": {each: by_pytorch(*OPTIMIZERS[each]) for each in OPTIMIZERS},
        "rates": {each: by_optax(*SCHEDULES[each][2:])[::37] for each in SCHEDULES},
    }
    assert all(map(math.isfinite, found["parameters"]["adam"]))
    STORED.write_text(json.dumps(found, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
