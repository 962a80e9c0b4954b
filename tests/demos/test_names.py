"""The demo of names: its two modules beside NumPy, and what a user sees."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random
from xml.etree import ElementTree

import numpy as np
import pytest

from autograd import Value
from demos import names
from tests.drawings import SVG


def values(array: np.ndarray) -> list[list[Value]]:
    return [[Value(number) for number in row] for row in array.tolist()]


def numbers(sequence: list[list[Value]]) -> np.ndarray:
    return np.array([[number.data for number in row] for row in sequence])


def test_rms_norm_is_that_of_numpy() -> None:
    norm = names.RMSNorm(3)
    norm.gain[1].data = 2.0
    x = np.array([1.0, -2.0, 5.0])
    expected = x / np.sqrt(np.mean(x**2) + 1e-5) * [1.0, 2.0, 1.0]
    assert numbers([norm(values(x[None])[0])])[0] == pytest.approx(expected)


def test_attention_is_that_of_numpy_and_looks_back_only() -> None:
    attention = names.CausalSelfAttention(4, Random(1))
    x = np.random.default_rng(2).standard_normal((5, 4))
    matrices = [
        numbers(layer.weight)
        for layer in (attention.query, attention.key, attention.value, attention.out)
    ]
    query, key, value = (x @ matrix.T for matrix in matrices[:3])
    scores = query @ key.T / 2.0
    scores[np.triu_indices(5, 1)] = -np.inf
    weights = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    got = numbers(attention(values(x)))
    assert got == pytest.approx(weights @ value @ matrices[3].T)
    changed = x.copy()
    changed[3:] += 1.0
    assert np.array_equal(numbers(attention(values(changed)))[:3], got[:3])


def test_the_model_gives_logits_for_each_letter() -> None:
    model = names.NameModel(letters=6, longest=4, size=3, rng=Random(1))
    logits = model([0, 5, 2])
    assert [len(row) for row in logits] == [6, 6, 6]
    names.loss([logits], [[5, 2, 0]]).backward()
    used = [name for name, x in model.named_parameters() if x.has_grad]
    unused = {name for name, x in model.named_parameters() if not x.has_grad}
    assert unused == {f"letter.weight.{i}.{j}" for i in (1, 3, 4) for j in range(3)} | {
        f"place.weight.3.{j}" for j in range(3)
    }
    assert used


def test_a_name_ends_at_the_end_or_the_longest() -> None:
    model = names.NameModel(letters=3, longest=5, size=2, rng=Random(1))
    for row in model.head.weight:
        for weight in row:
            weight.data = 0.0
    assert model.head.bias is not None
    model.head.bias[1].data = 100.0
    assert names.new_name(model, ".ab", 5, Random(1)) == "aaaa"
    model.head.bias[0].data = 1000.0
    assert names.new_name(model, ".ab", 5, Random(1)) == ""


def test_it_writes_names_of_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "list.txt"
    file.write_text(
        "\n".join(["Ana", "ABA", "nana", "bana", "ann", "ban", "nab", "naa", "aa", "bb"])
    )
    options = ["--file", str(file), "--epochs", "1", "--size", "2", "--count", "3"]
    assert names.main([*options, "--output", str(tmp_path)]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("10 names of 3 letters; ")
    [written] = re.findall(r"^New names: (.*)$", printed, re.M)
    assert len(written.split(", ")) == 3
    assert set(written) <= set("abn*, ")
    chart = ElementTree.parse(tmp_path / "names_attention.svg").getroot()
    [_, *rects] = chart.iter(f"{SVG}rect")  # the first is the background
    squares = [float(rect.attrib["fill-opacity"]) for rect in rects]
    assert len(squares) in {n * (n + 1) // 2 for n in range(2, 6)}
    assert squares[0] == 1.0  # the first sees only itself


def test_the_list_that_comes_along_can_be_read() -> None:
    found = names._names(str(names.OWN_NAMES))
    assert len(found) == len(set(found)) > 150
    assert set("".join(found)) <= set("abcdefghijklmnopqrstuvwxyz")


def test_a_file_that_cannot_be_used_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "few.txt").write_text("ana\nana\n")
    for name, message in [
        ("none.txt", "cannot be read"),
        ("few.txt", "has 1 different names, of 10 at least"),
    ]:
        with pytest.raises(SystemExit):
            names.main(["--file", str(tmp_path / name)])
        assert message in capsys.readouterr().err
