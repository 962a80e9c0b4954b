"""Losses: their values and derivatives, against mpmath and against PyTorch."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp, mpf

import nn.losses as losses
from autograd import Value
from autograd.testing import check_gradients

NUMBERS = st.floats(-30.0, 30.0)
PARTS = st.floats(0.0, 1.0)

# For each loss of single numbers: its outputs, its targets, and its formula.
FORMULAS: dict[str, tuple[st.SearchStrategy[float], st.SearchStrategy[float], Any]] = {
    "mse_loss": (NUMBERS, NUMBERS, lambda y, t: (y - t) ** 2),
    "l1_loss": (NUMBERS, NUMBERS, lambda y, t: abs(y - t)),
    "huber_loss": (
        NUMBERS,
        NUMBERS,
        lambda y, t: (y - t) ** 2 / 2 if abs(y - t) <= 1 else abs(y - t) - mpf(1) / 2,
    ),
    "hinge_loss": (NUMBERS, st.sampled_from([-1.0, 1.0]), lambda y, t: max(0, 1 - t * y)),
    "binary_cross_entropy": (
        st.floats(1e-12, 1.0 - 1e-12),
        PARTS,
        lambda p, t: -t * mp.log(p) - (1 - t) * mp.log(1 - p),
    ),
    "binary_cross_entropy_with_logits": (
        NUMBERS,
        PARTS,
        lambda z, t: t * mp.log(1 + mp.exp(-z)) + (1 - t) * mp.log(1 + mp.exp(z)),
    ),
}


@pytest.mark.parametrize("name", FORMULAS)
@given(data=st.data())
def test_each_loss_is_its_formula(name: str, data: st.DataObject) -> None:
    outputs, targets, formula = FORMULAS[name]
    y, t = data.draw(outputs), data.draw(targets)
    with mp.workdps(60):
        expected = formula(mpf(y), mpf(t))
    size = max(abs(float(expected)), 1e-300)
    # What the operands' own rounding may change: that of y - t, and of 1 - p and 1 - t * y.
    rounding = 4e-16 * (abs(y) + abs(t) + 1.0) * max(1.0, abs(y), abs(t))
    if name == "binary_cross_entropy":
        rounding = 1e-15 * size + 2e-16 * (1.0 - t)  # 1 - p is rounded
    elif name.startswith("binary"):
        rounding = 1e-15 * size
    found = getattr(losses, name)(Value(y), t).data
    assert abs(found - expected) <= 4e-15 * size + rounding


@given(st.lists(NUMBERS, min_size=1, max_size=5), st.data())
def test_cross_entropy_is_its_formula(logits: list[float], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(logits) - 1))
    with mp.workdps(60):
        total = sum(mp.exp(mpf(x)) for x in logits)
        expected = -mp.log(mp.exp(mpf(logits[index])) / total)
    found = losses.cross_entropy([Value(x) for x in logits], index).data
    # The differences of logits are rounded, which exp multiplies by their size.
    size = max(abs(x - logits[index]) for x in logits)
    assert abs(found - expected) <= (1.0 + size) * 1e-15 * abs(expected) + 1e-14 * (found > 1e-14)
    one_hot = [float(i == index) for i in range(len(logits))]
    assert losses.cross_entropy([Value(x) for x in logits], one_hot).data == pytest.approx(
        found, rel=1e-13, abs=1e-13
    )


@pytest.mark.parametrize("name", [*FORMULAS, "cross_entropy"])
def test_the_derivatives_of_each_loss(name: str) -> None:
    loss = getattr(losses, name)
    if name == "cross_entropy":
        check_gradients(lambda x: loss(x, 1), [0.5, -0.25, 3.0])
        check_gradients(lambda x: loss(x, [0.25, 0.25, 0.5]), [0.5, -0.25, 3.0])
    else:
        check_gradients(lambda x: loss(x, [0.0, 1.0]), [0.375, 0.25])


@pytest.mark.parametrize("name", [*FORMULAS, "cross_entropy"])
def test_reductions_and_weights(name: str) -> None:
    loss: Callable[..., Any] = getattr(losses, name)
    outputs = [[Value(0.25), Value(0.75)], [Value(0.5), Value(0.125)]]
    targets = [[1.0, 0.0], [0.0, 1.0]]
    each = loss(outputs, targets, reduction="none")
    assert len(each) == 2
    by_sample = [x if isinstance(x, list) else [x] for x in each]
    numbers = [y.data for x in by_sample for y in x]
    assert loss(outputs, targets, reduction="sum").data == pytest.approx(math.fsum(numbers))
    assert loss(outputs, targets).data == pytest.approx(math.fsum(numbers) / len(numbers))
    weighted = loss(outputs, targets, weights=[3.0, 1.0]).data
    means = [math.fsum(y.data for y in x) / len(x) for x in by_sample]
    assert weighted == pytest.approx((3.0 * means[0] + means[1]) / 4.0)


def test_probabilities_of_0_and_1_are_right_or_infinitely_wrong() -> None:
    assert [losses.binary_cross_entropy(Value(p), t).data for p in (0.0, 1.0) for t in (0, 1)] == [
        0.0,
        math.inf,
        math.inf,
        0.0,
    ]


@pytest.mark.parametrize("name", [*FORMULAS, "cross_entropy"])
def test_pytorch_gives_the_same(name: str) -> None:
    torch = pytest.importorskip("torch")
    outputs = [[0.25, 0.75, 0.5], [0.5, 0.125, 0.875]]
    targets = [[0.25, 0.25, 0.5], [0.0, 1.0, 0.0]]
    theirs = {"hinge_loss": None}.get(name, name)
    if theirs is None:
        pytest.skip("PyTorch's hinge losses are of another kind")
    leaves = torch.tensor(outputs, dtype=torch.float64, requires_grad=True)
    expected = getattr(torch.nn.functional, theirs)(
        leaves, torch.tensor(targets, dtype=torch.float64)
    )
    expected.backward()
    values = [[Value(x) for x in row] for row in outputs]
    found = getattr(losses, name)(values, targets)
    found.backward()
    assert found.data == pytest.approx(expected.item(), rel=1e-14)
    for row, gradients in zip(values, leaves.grad.tolist(), strict=True):
        assert [x.grad for x in row] == pytest.approx(gradients, rel=1e-13, abs=1e-16)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: losses.mse_loss([Value(1.0)], [1.0, 2.0]),
            ValueError,
            "mse_loss pairs outputs with targets: a list of 1 and a list of 2",
        ),
        (
            lambda: losses.mse_loss([Value(1.0)], 1.0),
            ValueError,
            "mse_loss pairs outputs with targets: a list of 1 and a number",
        ),
        (
            lambda: losses.l1_loss(Value(1.0), 1.0, reduction=cast(Any, "average")),
            ValueError,
            'reduction is "mean", "sum" or "none", got \'average\'',
        ),
        (
            lambda: losses.l1_loss(Value(1.0), 1.0, weights=[1.0]),
            ValueError,
            "weights are for the samples of a batch, and l1_loss got one sample",
        ),
        (
            lambda: losses.l1_loss([Value(1.0)], [1.0], weights=[0.0]),
            ValueError,
            r"weights are numbers from 0 on, not all 0; got \[0\.0\]",
        ),
        (
            lambda: losses.l1_loss([Value(1.0)], [1.0], weights=[1.0, 1.0]),
            ValueError,
            r"l1_loss takes a weight for each of the 1 samples, got \[1\.0, 1\.0\]",
        ),
        (
            lambda: losses.huber_loss(Value(1.0), 1.0, delta=0.0),
            ValueError,
            r"delta must be a number above 0, got 0\.0",
        ),
        (
            lambda: losses.cross_entropy(cast(Any, Value(1.0)), 0),
            TypeError,
            "cross_entropy takes a list of logits, one for each class; got Value",
        ),
        (
            lambda: losses.cross_entropy([Value(1.0), Value(2.0)], 2),
            ValueError,
            "there are 2 classes, from 0 on, and the target is 2",
        ),
        (
            lambda: losses.cross_entropy([Value(1.0), Value(2.0)], 0.5),
            TypeError,
            r"a target of cross_entropy is the index of a class, or a list .* got 0\.5",
        ),
    ],
)
def test_what_does_not_fit_is_refused(
    call: Callable[[], Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        call()
