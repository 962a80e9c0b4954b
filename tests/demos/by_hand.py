"""The hand example on plain floats, with formulas written out: the engine has no part in it."""

from __future__ import annotations

import math

import pytest

from demos.articles import ARTICLE_A, ARTICLE_B

# Each article with its w21, and without.
WITH_W21 = pytest.mark.parametrize(("article", "w21"), [(ARTICLE_A, 0.2), (ARTICLE_B, 0.3)])
BOTH = pytest.mark.parametrize("article", [ARTICLE_A, ARTICLE_B], ids=["A", "B"])


def sigmoid(a: float) -> float:
    return 1.0 / (1.0 + math.exp(-a))


def by_hand(w: dict[str, float]) -> dict[str, float]:
    """The articles' formulas for one pass, put right."""
    q = {"a1": 0.35 * w["w11"] + 0.7 * w["w21"], "a2": 0.35 * w["w12"] + 0.7 * w["w22"]}
    q["y3"] = sigmoid(q["a1"])
    q["y4"] = sigmoid(q["a2"])
    q["a3"] = w["w13"] * q["y3"] + w["w23"] * q["y4"]
    q["y5"] = sigmoid(q["a3"])
    q["error"] = 0.5 - q["y5"]
    q["loss"] = q["error"] ** 2 / 2
    q["delta5"] = q["y5"] * (1 - q["y5"]) * q["error"]
    q["delta3"] = q["y3"] * (1 - q["y3"]) * w["w13"] * q["delta5"]
    q["delta4"] = q["y4"] * (1 - q["y4"]) * w["w23"] * q["delta5"]
    q["Delta w11"] = q["delta3"] * 0.35
    q["Delta w21"] = q["delta3"] * 0.7
    q["Delta w12"] = q["delta4"] * 0.35
    q["Delta w22"] = q["delta4"] * 0.7
    q["Delta w13"] = q["delta5"] * q["y3"]
    q["Delta w23"] = q["delta5"] * q["y4"]
    return q


def weights_of(w21: float) -> dict[str, float]:
    """The example's weights, as the task gives them."""
    return {"w11": 0.2, "w12": 0.3, "w21": w21, "w22": 0.3, "w13": 0.3, "w23": 0.9}


def after_update(w: dict[str, float]) -> dict[str, float]:
    """The weights after one step with learning rate 1."""
    q = by_hand(w)
    return {name: weight + q[f"Delta {name}"] for name, weight in w.items()}


def outputs_of(w: dict[str, float], tolerance: float) -> list[float]:
    """y5 before the first update and after each, until it is so near to 0.5."""
    outputs = []
    while True:
        outputs.append(by_hand(w)["y5"])
        if abs(0.5 - outputs[-1]) < tolerance:
            return outputs
        w = after_update(w)


def exact_of(w21: float) -> dict[str, float]:
    """Every quantity from the first forward pass to the second, by name."""
    before, after = weights_of(w21), after_update(weights_of(w21))
    exact = by_hand(before) | {f"new {name}": weight for name, weight in after.items()}
    return exact | {
        f"{name} again": by_hand(after)[name]
        for name in ("a1", "a2", "a3", "y3", "y4", "y5", "error", "loss")
    }
