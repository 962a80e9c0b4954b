"""Hostile calls, of which a long run is made by ``python -m tests.fuzz``."""

from __future__ import annotations

import json
import mmap
import re
import sys
from pathlib import Path

import pytest

import autograd
from autograd import Value
from tests import fuzz
from tests.fuzz import NOTE_SIZE, Fuzzer, watch
from tests.programs import run_module


def test_a_run_survives_and_prints_what_came_of_its_calls() -> None:
    result = run_module("tests.fuzz", "--calls", "3000", "--seed", "1000000")
    assert (result.returncode, result.stderr) == (0, "")
    outcomes = dict(re.findall(r"^(\w+) +(\d+)$", result.stdout, re.M))
    assert int(outcomes["returned"]) > 500
    assert int(outcomes["TypeError"]) > 500
    assert len(outcomes) > 8
    assert re.search(
        r"\n\n30\d\d calls, (compiled|interpreted) engine, \d+ s; failures: 0\n$", result.stdout
    )


@pytest.fixture
def note(tmp_path: Path) -> str:
    path = tmp_path / "note"
    path.write_bytes(b"sin(Value(Numeric))".ljust(NOTE_SIZE, b"\0"))
    return str(path)


@pytest.mark.parametrize(
    ("program", "problem"),
    [
        ("import os; os.abort()", "exit status -6\nFatal Python error: Aborted"),
        ("import sys; sys.exit('broken')", "exit status 1\nbroken\n"),
        ("while True: pass", "no end after 1 s"),
    ],
)
def test_a_process_that_dies_or_hangs_is_a_failure(
    program: str, problem: str, note: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fuzz, "TIME_LIMIT", 1)
    outcomes, [failure] = watch([sys.executable, "-X", "faulthandler", "-c", program], note)
    assert failure.startswith(problem)
    assert failure.endswith("; the last call was sin(Value(Numeric))")
    assert not outcomes


def test_failures_that_a_process_found_are_passed_on(note: str) -> None:
    outcomes, failures = watch(
        [sys.executable, "-c", f"print({json.dumps([{'returned': 3}, ['x']])!r})"], note
    )
    assert (outcomes, failures) == ({"returned": 3}, ["x"])


@pytest.fixture
def fuzzer() -> Fuzzer:
    return Fuzzer(0, mmap.mmap(-1, NOTE_SIZE))


def test_a_system_error_is_a_failure(fuzzer: Fuzzer, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise SystemError("NULL without an error")

    monkeypatch.setattr(fuzzer, "_acts", [lambda: fuzzer.call(broken, Value(2.0), 1, x=[3])])
    fuzzer.step()
    assert fuzzer.outcomes == {"SystemError": 1}
    name = broken.__qualname__
    assert fuzzer.failures == [
        f"SystemError('NULL without an error'); the last call was "
        f"{name}(Value(Node), 1, x=list of 1)"
    ]


def test_wrong_derivatives_are_a_failure(fuzzer: Fuzzer, monkeypatch: pytest.MonkeyPatch) -> None:
    fuzzer.check()
    assert not fuzzer.failures
    monkeypatch.setattr(autograd, "hessian", lambda function: lambda x: 0.0)
    fuzzer.check()
    assert fuzzer.failures == ["derivatives are (4.6, 10.0, 0.0); the last call was "]


def test_functions_methods_and_constructors_are_called() -> None:
    names = {getattr(thing, "__name__", "") for thing in fuzz.offered()}
    assert {"Value", "Primitive", "Edges", "add", "softmax", "grad", "no_grad", "as_float"} <= names
    assert "graph" not in names
