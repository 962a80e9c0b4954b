"""Data sets: made from a seed, of the shape they promise; and what cuts and scales them."""

from __future__ import annotations

import math
import random
import statistics
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn import data
from nn.randomness import generator

SETS = {"moons": 2, "circles": 2, "spirals": 2, "blobs": 3}


@pytest.mark.parametrize("name", SETS)
@given(st.integers(1, 50), st.integers(0, 2**64))
def test_a_seed_gives_the_same_points_and_even_classes(name: str, count: int, seed: int) -> None:
    make = getattr(data, name)
    points, labels = make(count, seed=seed)
    assert (points, labels) == make(count, seed=seed)
    assert [len(point) for point in points] == [2] * count
    assert labels == [i % SETS[name] for i in range(count)]


def test_without_noise_the_points_lie_on_their_curves() -> None:
    points, labels = data.circles(200, factor=0.25, noise=0.0)
    for (x, y), label in zip(points, labels, strict=True):
        assert math.hypot(x, y) == pytest.approx(0.25 if label else 1.0)
    points, labels = data.moons(200, noise=0.0)
    for (x, y), label in zip(points, labels, strict=True):
        centre = (1.0, 0.5) if label else (0.0, 0.0)
        assert math.dist((x, y), centre) == pytest.approx(1.0)
        assert (y <= 0.5) if label else (y >= 0.0)
    points, labels = data.blobs(90, noise=0.0)
    assert len({(round(x, 9), round(y, 9)) for x, y in points}) == 3
    points, labels = data.spirals(200, turns=1.5, noise=0.0)
    for (x, y), label in zip(points, labels, strict=True):
        radius = math.hypot(x, y)
        angle = 2.0 * math.pi * (1.5 * radius + label / 2)
        assert (x, y) == pytest.approx((radius * math.cos(angle), radius * math.sin(angle)))


def test_noise_has_its_standard_deviation() -> None:
    inputs, targets = data.sine(4_000, noise=0.5, seed=3)
    errors = [target - math.sin(x) for [x], target in zip(inputs, targets, strict=True)]
    assert statistics.pstdev(errors) == pytest.approx(0.5, rel=0.05)


def test_digits_come_with_scikit_learn() -> None:
    pytest.importorskip("sklearn")
    inputs, targets = data.digits()
    assert len(inputs) == len(targets) == 1_797
    assert all(len(row) == 64 and 0.0 <= min(row) <= max(row) <= 1.0 for row in inputs)
    assert set(targets) == set(range(10))


@given(st.integers(1, 30), st.integers(1, 40), st.integers(0, 9))
def test_batches_hold_each_sample_once(count: int, size: int, seed: int) -> None:
    samples = (list(range(count)), [-i for i in range(count)])
    found = list(data.batches(samples, size, seed))
    assert sorted(x for inputs, _ in found for x in inputs) == list(range(count))
    assert all(target == -x for pair in found for x, target in zip(*pair, strict=True))
    assert all(len(inputs) == size for inputs, _ in found[:-1])
    assert found == list(data.batches(samples, size, seed))
    in_order = list(data.batches(samples, size, shuffle=False))
    assert [x for inputs, _ in in_order for x in inputs] == list(range(count))


@given(st.integers(2, 40), st.floats(0.1, 0.9))
def test_split_deals_out_each_sample_once(count: int, part: float) -> None:
    samples = (list(range(count)), [-i for i in range(count)])
    if not 0 < round(part * count) < count:
        with pytest.raises(ValueError, match="samples cannot be split so that both parts have one"):
            data.split(samples, part)
        return
    first, second = data.split(samples, part)
    assert len(first[0]) == round(part * count)
    assert sorted(first[0] + second[0]) == list(range(count))


@given(st.lists(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=2), min_size=1, max_size=9))
def test_standardised_columns(rows: list[list[float]]) -> None:
    scaled, scale = data.standardise(rows)
    assert scale(rows) == scaled
    for column, before in zip(zip(*scaled), zip(*rows)):
        if statistics.pstdev(before) > 1e-9 * max(1.0, *map(abs, before)):
            assert statistics.fmean(column) == pytest.approx(0.0, abs=1e-6)
            assert statistics.pstdev(column) == pytest.approx(1.0, rel=1e-6)


def test_whatever_can_seed() -> None:
    assert generator(5).random() == random.Random(5).random()
    mine = random.Random(1)
    assert generator(mine) is mine
    first, second = (generator(np.random.default_rng(1)).random() for _ in range(2))
    assert first == second
    random.seed(4)
    expected = random.Random(4).random()
    assert generator(None).random() == expected
    with pytest.raises(TypeError, match=r"random numbers come from a seed, .* got 2\.5"):
        generator(2.5)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: data.moons(0), "count must be at least 1, got 0"),
        (lambda: data.moons(5, noise=-1.0), "noise is a number from 0 on, got -1.0"),
        (lambda: list(data.batches(([], []), 2)), "as many of each; got 0 and 0"),
        (lambda: list(data.batches(([1], [1, 2]), 2)), "as many of each; got 1 and 2"),
        (lambda: list(data.batches(data.xor(), 0)), "size must be at least 1, got 0"),
        (lambda: data.split(data.xor(), 1.0), "part is between 0 and 1, got 1.0"),
    ],
)
def test_what_makes_no_sense_is_refused(call: Callable[[], Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
