"""Files of what has been learned: `save` and `load`, and the form that they have.

A ``.json`` file can be read by eye, and holds every float exactly. It is one object:

* ``"format"``: ``"chainrule"``, and ``"version"``: 1, or more once the form changes;
* ``"sha256"``: the hash of the rest, as JSON without spaces and with sorted keys, so that damage
  is noticed. A file that was changed by hand is read once this line is taken out;
* ``"model"``: the state of the model, as `nn.Module.state_dict` gives it: numbers by name, in
  lists of lists. What JSON has no number for is ``"inf"``, ``"-inf"`` or ``"nan"``;
* of a checkpoint (`nn.save_checkpoint`) also ``"optimizer"``, its state; ``"history"``, the numbers
  of each epoch; and ``"random"``, the state of each random generator.

A ``.safetensors`` file holds the state of a model alone, and is what PyTorch reads and writes:
https://huggingface.co/docs/safetensors. It needs the package of that name: pip install safetensors.

Nothing in a file is ever executed, and a file is replaced as a whole or not at all.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from reprlib import repr as shown
from typing import Any, Final, TypeAlias

from nn.checks import needed_by
from nn.module import Module

Where: TypeAlias = str | os.PathLike[str]

_FORMAT: Final = "chainrule"
_VERSION: Final = 1
_NOT_FINITE: Final = ("inf", "-inf", "nan")


class FileError(ValueError):
    """A file is damaged, of another kind, or of a newer version; the message says which."""


def save(model: Module, path: Where) -> Path:
    """Write the parameters of a model to a file.

    Args:
        model: the model.
        path: of the file, which ends in ``.json`` or ``.safetensors``.

    Returns:
        The file that was written.

    Raises:
        ValueError: the path ends otherwise.
        OSError: the file cannot be written; one that was there is as before.
        ModuleNotFoundError: the package safetensors is needed and missing.

    >>> import tempfile
    >>> from nn import Linear
    >>> layer, twin = Linear(2, 1), Linear(2, 1)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = save(layer, f"{folder}/layer.json")
    ...     load(twin, file)
    >>> twin.state_dict() == layer.state_dict()
    True
    """
    check_model("save()", model)
    if _is_safetensors(path):
        return _replace_file(path, _to_safetensors(model.state_dict()))
    return write_parts(path, {"model": model.state_dict()})


def load(model: Module, path: Where) -> None:
    """Set the parameters of a model to those in a file, which a model of the same structure wrote.

    If anything fails, the model is as before.

    Args:
        model: the model.
        path: of a file that `save` or `nn.save_checkpoint` wrote, or PyTorch (``.safetensors``).

    Raises:
        FileError: the file is damaged, of another kind, or of a newer version.
        ValueError: the path ends otherwise, or the parameters are not those of this model.
        OSError: the file cannot be read.
        ModuleNotFoundError: the package safetensors is needed and missing.
    """
    check_model("load()", model)
    if _is_safetensors(path):
        state = _from_safetensors(path)
    else:
        state = read_parts(path, ["model"])["model"]
    model.load_state_dict(state)


# ── JSON ──────────────────────────────────────────────────────────────────────


def write_parts(path: Where, parts: Mapping[str, Any]) -> Path:
    """Write a ``.json`` file of the format of this module, with these parts."""
    if _is_safetensors(path):
        raise ValueError(f"a checkpoint is a .json file, got {str(path)!r}")
    encoded = _each(_encoded, parts)
    content = {"format": _FORMAT, "version": _VERSION, "sha256": _hash(encoded), **encoded}
    return _replace_file(path, f"{_lines(content)}\n".encode())


def read_parts(path: Where, names: list[str]) -> dict[str, Any]:
    """The parts of such a file.

    Raises:
        FileError: it is no such file, or one of the parts that are named is not in it.
    """
    data = Path(path).read_bytes()
    try:
        content = json.loads(data)
    except (ValueError, RecursionError) as error:
        reason = "it is empty" if not data.strip() else str(error)
        raise FileError(f"{str(path)!r} is damaged, or no JSON: {reason}") from None
    if not isinstance(content, dict) or content.get("format") != _FORMAT:
        raise FileError(f"{str(path)!r} is JSON, but was not written by nn.save")
    version, written = content.get("version"), content.get("sha256")
    if version != _VERSION:
        raise FileError(
            f"{str(path)!r} has version {version!r} of the format, and this is chainrule for "
            f"version {_VERSION}: a newer one may read it"
        )
    parts = {key: part for key, part in content.items() if key not in _HEAD}
    if written is not None and written != _hash(parts):
        raise FileError(
            f"{str(path)!r} is damaged: its content is not what was written. If it was changed by "
            'hand, take out the line "sha256"'
        )
    for name in names:
        if not isinstance(parts.get(name), (dict, list)):
            raise FileError(f"there is no {name!r} in {str(path)!r}, only {', '.join(parts)}")
    decoded: dict[str, Any] = _each(_decoded, parts)
    return decoded


_HEAD: Final = ("format", "version", "sha256")


def _hash(parts: Mapping[str, Any]) -> str:
    """The SHA-256 of the parts as JSON without spaces, with sorted keys."""
    text = json.dumps(parts, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _encoded(number: Any) -> Any:
    """A text for a float that JSON has no number for."""
    return str(number) if isinstance(number, float) and not math.isfinite(number) else number


def _decoded(number: Any) -> Any:
    return float(number) if number in _NOT_FINITE else number


def _each(function: Callable[[Any], Any], data: Any) -> Any:
    """The data with the result of a function for all that is no list and no dict."""
    if isinstance(data, Mapping):
        return {key: _each(function, part) for key, part in data.items()}
    if isinstance(data, (list, tuple)):
        return [_each(function, part) for part in data]
    return function(data)


def _lines(data: Any, indent: str = "") -> str:
    """JSON with a line for each entry of a dict, and for each innermost list."""
    is_nested = isinstance(data, list) and any(isinstance(part, (list, dict)) for part in data)
    if not isinstance(data, dict) and not is_nested:
        return json.dumps(data, allow_nan=False)
    deeper = f"{indent}  "
    if isinstance(data, dict):
        lines = [f"{json.dumps(key)}: {_lines(part, deeper)}" for key, part in data.items()]
    else:
        lines = [_lines(part, deeper) for part in data]
    opened, closed = "{}" if isinstance(data, dict) else "[]"
    body = f",\n{deeper}".join(lines)
    return f"{opened}\n{deeper}{body}\n{indent}{closed}" if lines else f"{opened}{closed}"


# ── safetensors ───────────────────────────────────────────────────────────────


def _to_safetensors(state: Mapping[str, Any]) -> bytes:
    package, numpy = _safetensors()
    tensors = {name: numpy.array(numbers) for name, numbers in state.items()}
    content: bytes = package.save(tensors, metadata={"format": "pt"})
    return content


def _from_safetensors(path: Where) -> dict[str, Any]:
    package, _ = _safetensors()
    data = Path(path).read_bytes()
    try:
        tensors = package.load(data)
    except Exception as error:  # SafetensorError, and KeyError for a type that NumPy lacks
        raise FileError(f"{str(path)!r} is damaged, or no safetensors file: {error}") from None
    return {name: tensor.tolist() for name, tensor in tensors.items()}


def _safetensors() -> tuple[Any, Any]:
    with needed_by("a .safetensors file", "safetensors", "numpy"):
        import numpy
        import safetensors.numpy
    return safetensors.numpy, numpy


def _replace_file(path: Where, content: bytes) -> Path:
    from autograd.draw import replace_file  # not loaded before a file is written

    return replace_file(path, content)


# ── What a caller may pass ────────────────────────────────────────────────────


def _is_safetensors(path: Where) -> bool:
    suffix = Path(path).suffix.lower()
    if suffix not in (".json", ".safetensors"):
        raise ValueError(f"a file of a model ends in .json or .safetensors, got {str(path)!r}")
    return suffix == ".safetensors"


def check_model(function: str, model: Any) -> None:
    """Refuse a model that is no module."""
    if not isinstance(model, Module):
        raise TypeError(f"{function} takes a module, such as nn.MLP, first; got {shown(model)}")
