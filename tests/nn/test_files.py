"""Files: save and load, checkpoints, and what is refused."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd import Value
from nn import (
    MLP,
    Dropout,
    Embedding,
    LayerNorm,
    Linear,
    Module,
    Sequential,
    data,
    fit,
    load,
    load_checkpoint,
    losses,
    save,
    save_checkpoint,
)
from nn.optim import SGD, Adam, RMSprop
from nn.state import FileError
from nn.training import History
from tests.programs import environment

MOONS = data.moons(12, seed=1)
BCE = losses.binary_cross_entropy_with_logits


def stack(seed: int) -> Sequential:
    return Sequential(
        Linear(2, 3, rng=seed), LayerNorm(3), "tanh", Linear(3, 1, bias=False, rng=seed + 1)
    )


def bits(model: Module) -> list[str]:
    return [repr(parameter.data) for parameter in model.parameters()]


@settings(max_examples=15)
@given(st.lists(st.floats(), min_size=18, max_size=18))
def test_every_float_is_kept_exactly(tmp_path_factory: Any, numbers: list[float]) -> None:
    model, twin = stack(1), stack(2)
    for parameter, number in zip(model.parameters(), numbers):
        parameter.data = number
    path = save(model, tmp_path_factory.getbasetemp() / "model.json")
    load(twin, path)
    assert bits(twin) == bits(model)


def test_the_file_is_what_its_documentation_says(tmp_path: Path) -> None:
    model = Sequential(Linear(2, 2), Linear(2, 1, bias=False))
    model.load_state_dict(
        {
            "0.weight": [[0.1, -2.0], [1e300, 5e-324]],
            "0.bias": [float("inf"), float("-inf")],
            "1.weight": [[float("nan"), 0.0]],
        }
    )
    path = save(model, tmp_path / "model.json")
    digest = json.loads(path.read_text())["sha256"]
    assert (
        path.read_text()
        == f"""{{
  "format": "chainrule",
  "version": 1,
  "sha256": "{digest}",
  "model": {{
    "0.weight": [
      [0.1, -2.0],
      [1e+300, 5e-324]
    ],
    "0.bias": ["inf", "-inf"],
    "1.weight": [
      ["nan", 0.0]
    ]
  }}
}}
"""
    )


def test_a_file_is_loaded_in_another_process(tmp_path: Path) -> None:
    model = MLP(2, [3, 1], activation=["tanh", "sigmoid"], rng=1)
    path = save(model, tmp_path / "model.json")
    program = (
        "import nn, sys; model = nn.MLP(2, [3, 1], activation=['tanh', 'sigmoid']); "
        "nn.load(model, sys.argv[1]); print(repr(model([0.5, -1.0]).data))"
    )
    result = subprocess.run(
        [sys.executable, "-c", program, str(path)],
        capture_output=True,
        text=True,
        check=True,
        env=environment(),
    )
    assert result.stdout.strip() == repr(model([0.5, -1.0]).data)


def damaged(change: Any) -> Any:
    """A change of the JSON of a file."""

    def changed(text: str) -> str:
        content = json.loads(text)
        change(content)
        return json.dumps(content)

    return changed


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: text[: len(text) // 2], "is damaged, or no JSON: "),
        (lambda text: text[:-3], "is damaged, or no JSON: Expecting ',' delimiter"),
        (lambda text: "", "is damaged, or no JSON: it is empty"),
        (lambda text: "\x80\x04K\x01.", "is damaged, or no JSON: "),
        (lambda text: "[" * 100_000, "is damaged, or no JSON: "),
        (lambda text: "[1, 2]", "is JSON, but was not written by nn.save"),
        (lambda text: '{"format": "other"}', "is JSON, but was not written by nn.save"),
        (
            damaged(lambda content: content.update(version=2)),
            "has version 2 of the format, and this is chainrule for version 1: a newer one",
        ),
        (
            lambda text: text.replace("0.", "1.", 3),
            "is damaged: its content is not what was written. If it was changed by hand, take",
        ),
        (
            damaged(lambda content: [content.pop("model"), content.pop("sha256")]),
            "there is no 'model' in '.*model.json', only ",
        ),
    ],
)
def test_what_is_no_such_file_is_refused(tmp_path: Path, change: Any, message: str) -> None:
    model = stack(1)
    path = save(model, tmp_path / "model.json")
    path.write_text(change(path.read_text()), "latin-1")
    before = bits(model)
    with pytest.raises(FileError, match=message):
        load(model, path)
    assert bits(model) == before


WRITTEN = Linear(2, 2, rng=1)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**20), st.one_of(st.none(), st.integers(0, 255)), st.booleans())
def test_damage_is_noticed_wherever_it_is(
    tmp_path_factory: Any, place: int, byte: int | None, cut: bool
) -> None:
    path = save(WRITTEN, tmp_path_factory.getbasetemp() / "damaged.json")
    content = path.read_bytes()
    place %= len(content)
    rest = b"" if cut else content[place + 1 :]
    path.write_bytes(content[:place] + (b"" if byte is None else bytes([byte])) + rest)
    twin = Linear(2, 2, rng=2)
    before = bits(twin)
    try:
        load(twin, path)
    except FileError:
        assert bits(twin) == before
    else:
        assert bits(twin) == bits(WRITTEN)  # white space, the name of the hash, or the same byte


@pytest.mark.parametrize(
    "number", ["NaN", "Infinity", "1e999", "true", "null", '"1.5"', "[]", "{}"]
)
def test_what_is_no_number_is_damage(tmp_path: Path, number: str) -> None:
    path = save(Linear(1, 1), tmp_path / "model.json")
    text = path.read_text().replace('"bias": [0.0]', f'"bias": [{number}]')
    path.write_text(text)
    with pytest.raises(FileError, match="is damaged: its content is not what was written"):
        load(Linear(1, 1), path)


def test_a_file_changed_by_hand_is_read_without_its_hash(tmp_path: Path) -> None:
    model = Linear(1, 1)
    path = save(model, tmp_path / "model.json")
    lines = [line for line in path.read_text().splitlines() if "sha256" not in line]
    path.write_text("\n".join(lines).replace('"bias": [0.0]', '"bias": [7]'))
    load(model, path)
    assert model.state_dict()["bias"] == [7.0]


def test_a_file_of_another_model_is_refused(tmp_path: Path) -> None:
    path = save(MLP(2, [2, 1]), tmp_path / "model.json")
    with pytest.raises(ValueError, match=r"layers\.0\.weight has the shape \(2, 2\), and in the m"):
        load(MLP(2, [3, 1]), path)


def test_a_failed_save_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = stack(1)
    path = save(model, tmp_path / "model.json")
    before = path.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space")))
        with pytest.raises(OSError, match="No space"):
            save(stack(2), path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: save(Linear(1, 1), "model.pt"),
            ValueError,
            "a file of a model ends in .json or .safetensors, got 'model.pt'",
        ),
        (
            lambda: load("model.json", Linear(1, 1)),  # type: ignore[arg-type]
            TypeError,
            "load() takes a module, such as nn.MLP, first; got 'model.json'",
        ),
        (
            lambda: fit(lambda x: x, MOONS, BCE, SGD([Value(1.0)]), checkpoint="run.json"),
            TypeError,
            "fit(checkpoint=...) takes a module, such as nn.MLP, first; got <function",
        ),
        (
            lambda: save_checkpoint(Linear(1, 1), SGD([Value(1.0)]), History(), "run.safetensors"),
            ValueError,
            "a checkpoint is a .json file, got 'run.safetensors'",
        ),
    ],
)
def test_wrong_arguments_are_refused(call: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=f"^{re.escape(message)}"):
        call()


# ── safetensors ───────────────────────────────────────────────────────────────


def test_without_the_package_the_error_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "safetensors.numpy", None)
    with pytest.raises(ModuleNotFoundError, match="pip install safetensors"):
        save(Linear(1, 1), tmp_path / "model.safetensors")


def test_safetensors_keep_every_float(tmp_path: Path) -> None:
    pytest.importorskip("safetensors")
    model, twin = stack(1), stack(2)
    model.parameters()[0].data, model.parameters()[1].data = float("-inf"), 5e-324
    load(twin, save(model, tmp_path / "model.safetensors"))
    assert bits(twin) == bits(model)


def test_damaged_safetensors_are_refused(tmp_path: Path) -> None:
    pytest.importorskip("safetensors")
    model = stack(1)
    path = save(model, tmp_path / "model.safetensors")
    content, before = path.read_bytes(), bits(model)
    for wrong in (
        content[:-1],
        content[:20],
        b"",
        b"{}",
        save(model, tmp_path / "x.json").read_bytes(),
    ):
        path.write_bytes(wrong)
        with pytest.raises(FileError, match="is damaged, or no safetensors file"):
            load(model, path)
    assert bits(model) == before


def test_pytorch_loads_what_was_saved_and_the_other_way_round(tmp_path: Path) -> None:
    torch: Any = pytest.importorskip("torch")
    files: Any = pytest.importorskip("safetensors.torch")

    class Theirs(torch.nn.Module):  # type: ignore[misc]
        """The architecture of `MLP`."""

        def __init__(self) -> None:
            super().__init__()
            self.layers = torch.nn.ModuleList([torch.nn.Linear(3, 4), torch.nn.Linear(4, 2)])

        def forward(self, x: Any) -> Any:
            """The logits."""
            return self.layers[1](torch.tanh(self.layers[0](x)))

    pairs: list[Any] = [
        (MLP(3, [4, 2], activation="tanh", rng=1), Theirs(), [0.5, -1.0, 2.0]),
        (
            Sequential(
                Linear(3, 4, rng=1), LayerNorm(4), "gelu", Linear(4, 2, bias=False), "softmax"
            ),
            torch.nn.Sequential(
                torch.nn.Linear(3, 4),
                torch.nn.LayerNorm(4),
                torch.nn.GELU(),
                torch.nn.Linear(4, 2, bias=False),
                torch.nn.Softmax(dim=-1),
            ),
            [0.5, -1.0, 2.0],
        ),
        (
            Sequential(Embedding(5, 3, rng=1), Linear(3, 2)),
            torch.nn.Sequential(torch.nn.Embedding(5, 3), torch.nn.Linear(3, 2)),
            [4, 0, 3],
        ),
    ]
    for ours, theirs, x in pairs:
        theirs = theirs.double()
        rng = random.Random(1)
        tensor = torch.tensor(x) if isinstance(x[0], int) else torch.tensor(x).double()
        path = save(ours, tmp_path / "ours.safetensors")
        theirs.load_state_dict(files.load_file(path))
        expected = theirs(tensor).flatten().tolist()
        assert flat(ours(x)) == pytest.approx(expected, rel=1e-14)
        with torch.no_grad():
            for parameter in theirs.parameters():
                parameter.copy_(torch.tensor(rng.gauss(0, 1)))
                parameter.view(-1)[0] = rng.gauss(0, 1)
        files.save_file(theirs.state_dict(), tmp_path / "theirs.safetensors")
        load(ours, tmp_path / "theirs.safetensors")
        expected = theirs(tensor).flatten().tolist()
        assert flat(ours(x)) == pytest.approx(expected, rel=1e-14)
        ours.load_state_dict({key: torch.zeros_like(x) for key, x in theirs.state_dict().items()})
        ours.load_state_dict(theirs.state_dict())
        assert flat(ours(x)) == pytest.approx(expected, rel=1e-14)


def flat(output: Any) -> list[float]:
    """The numbers in an output, in one list."""
    if not isinstance(output, list):
        return [output.data]
    return [number for each in output for number in flat(each)]


# ── Checkpoints ───────────────────────────────────────────────────────────────


class Noisy(Module):
    """A network with two sources of random numbers beside that of its weights."""

    def __init__(self) -> None:
        self.stack = Sequential(
            Linear(2, 4, rng=1), "tanh", Dropout(0.3, rng=5), Linear(4, 1, rng=2)
        )
        self.drop = Dropout(0.1)

    def __call__(self, x: Any) -> Any:
        """The logit, with noise in training."""
        return self.stack(self.drop([Value(each) for each in x]))


@pytest.mark.parametrize(
    "optimizer",
    [
        lambda x: Adam(x, lr=0.05),
        lambda x: SGD(x, lr=0.1, momentum=0.9),
        lambda x: RMSprop(x, lr=0.01),
    ],
)
def test_going_on_from_a_checkpoint_gives_the_run_without_interruption(
    tmp_path: Path, optimizer: Any
) -> None:
    def trained(epochs: int, go_on: bool) -> tuple[Any, ...]:
        model = Noisy()
        own = optimizer(model.parameters())
        history = load_checkpoint(model, own, path) if go_on else None
        options: dict[str, Any] = {"batch_size": 5, "progress": False, "checkpoint": path}
        history = fit(model, MOONS, BCE, own, epochs=epochs, history=history, **options)
        return bits(model), history.epochs, own.state_dict(), random.random()

    path = tmp_path / "run.json"
    random.seed(3)
    whole = trained(4, False)
    random.seed(3)
    trained(1, False)
    for epochs in (2, 4):
        random.seed(99)  # another process has drawn other numbers
        resumed = trained(epochs, True)
    assert resumed == whole


@pytest.mark.usefixtures("interruptible")
def test_a_checkpoint_is_written_after_whole_epochs_only(tmp_path: Path) -> None:
    model = MLP(2, [2, 1], rng=1)
    optimizer = SGD(model.parameters(), lr=0.1)
    path = tmp_path / "run.json"
    steps = []

    def loss(outputs: list[Any], targets: list[Any]) -> Any:
        steps.append(bits(model))
        if len(steps) == 5:
            os.kill(os.getpid(), signal.SIGINT)
        return BCE(outputs, targets)

    history = fit(
        model, MOONS, loss, optimizer, epochs=9, batch_size=4, progress=False, checkpoint=path
    )
    assert (len(history), history.stopped) == (1, "interrupted")
    assert len(load_checkpoint(model, optimizer, path)) == 1
    assert bits(model) == steps[3]
    twin = MLP(2, [2, 1])
    load(twin, path)
    assert bits(twin) == bits(model)


def test_a_checkpoint_of_something_else_is_refused(tmp_path: Path) -> None:
    model = Sequential(Linear(1, 1, rng=1))
    path = tmp_path / "run.json"
    save_checkpoint(model, SGD(model.parameters()), History([{"loss": 1.0}]), path)
    other = Sequential(Linear(1, 1, rng=2))
    before = bits(other)
    with pytest.raises(ValueError, match="this is the state of SGD, not of Adam"):
        load_checkpoint(other, Adam(other.parameters()), path)
    assert bits(other) == before
    noisy = Sequential(Linear(1, 1), Dropout(rng=1))
    with pytest.raises(ValueError, match=r"it has the random generators \['random'\], and this"):
        load_checkpoint(noisy, SGD(noisy.parameters()), path)
    with pytest.raises(FileError, match="there is no 'optimizer' in"):
        load_checkpoint(model, SGD(model.parameters()), save(model, tmp_path / "model.json"))
