"""The benchmarks compute the same with every library; nothing here is timed."""

from __future__ import annotations

import pytest

from benchmarks import pictures, replay, transformer
from benchmarks.libraries import Chainrule, Lacking, Library, MicrogptValue, Micrograd
from benchmarks.workloads import WORKLOADS


@pytest.mark.parametrize("library", [Micrograd(), MicrogptValue()], ids=["micrograd", "microgpt"])
@pytest.mark.parametrize("name", WORKLOADS)
def test_a_workload_gives_the_same_numbers_with_each_library(name: str, library: Library) -> None:
    prepare, size = WORKLOADS[name].prepare, WORKLOADS[name].small
    ours = prepare(Chainrule(), size)()
    assert ours.numbers
    assert all(seconds >= 0.0 for seconds in ours.seconds.values())
    try:
        theirs = prepare(library, size)()
    except Lacking as lack:
        pytest.skip(f"the library has {lack}")
    assert theirs.numbers == pytest.approx(ours.numbers, rel=1e-9)
    assert theirs.seconds.keys() == ours.seconds.keys()


def test_the_parameters_fill_the_matrices_of_the_transformer() -> None:
    assert len(transformer.random_parameters()) == 4192
    assert transformer.tokens(8)[0] == transformer.tokens(8)[-1] == 26


def test_compiled_functions_are_measured() -> None:
    workload = replay.of_crescents(2)
    found = replay.measure(workload, rounds=1)
    assert found.operations > found.rows > 0


def test_pictures_are_measured_with_or_without_dot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    row = pictures.measure(pictures.Subject("a chain", pictures.chain(5)), rounds=1, patience=1.0)
    title, boxes, edges, _, dot, _ = row.strip("| ").split(" | ")
    assert (title, boxes, edges, dot) == ("a chain", "7", "7", "not installed")


def test_dot_is_given_the_same_picture() -> None:
    picture = pictures.picture_of(pictures.fan(3)())
    source = pictures.dot_source(picture)
    assert source.count("->") == len(picture.edges) == 3
    assert source.count("label=") == len(picture.boxes) == 4
