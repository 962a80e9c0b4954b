"""The engine that runs, and the error for a compiled one that is out of date."""

from __future__ import annotations

import ast
import importlib
import os
import shutil
import subprocess
import sys
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from typing import Any

import pytest

import autograd
from autograd import Value, native, output_of
from tests.programs import environment

ROOT = Path(__file__).parent.parent

SHOW = "import autograd; print(autograd.__compiled__, autograd.engine.value.__file__)"
REBUILD = "`pip install -e .`"


def run(
    folder: Path, program: str = SHOW, switch: str | None = None
) -> subprocess.CompletedProcess[str]:
    """The outcome of a program that finds the package in ``folder``."""
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env=environment(**{native.SWITCH: switch}),
        capture_output=True,
        text=True,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the package, without what was compiled."""
    compiled = shutil.ignore_patterns("*.so", "*.pyd", "__pycache__")
    shutil.copytree(ROOT / "autograd", tmp_path / "autograd", ignore=compiled)
    return tmp_path


@pytest.fixture
def stale(copy: Path) -> Path:
    """A copy that looks as if it had been compiled from another source."""
    suffix = EXTENSION_SUFFIXES[0]
    (copy / "autograd" / "engine" / f"{native.LIBRARY_PREFIX}00000000__mypyc{suffix}").touch()
    for source in native.sources():
        (copy / source).with_suffix(suffix).touch()  # importing this would fail
    return copy


def test_the_engine_that_is_named_is_the_one_that_runs() -> None:
    for source in native.sources():
        module = importlib.import_module(source.removesuffix(".py").replace("/", "."))
        assert str(module.__file__).endswith(".py") is not autograd.__compiled__


def test_the_header_of_a_test_run_names_the_engine(pytestconfig: pytest.Config) -> None:
    headers = pytestconfig.hook.pytest_report_header(config=pytestconfig, start_path=ROOT)
    engine = "compiled (mypyc)" if autograd.__compiled__ else "interpreted"
    assert f"autograd engine: {engine}" in headers


def test_a_package_without_anything_compiled_is_interpreted_and_says_nothing(copy: Path) -> None:
    for switch in (None, "", "0"):
        result = run(copy, switch=switch)
        assert result.stdout == f"False {copy / 'autograd' / 'engine' / 'value.py'}\n"
        assert result.stderr == ""


def test_what_was_compiled_from_another_source_is_passed_over_with_a_warning(stale: Path) -> None:
    result = run(stale)
    assert result.stdout == f"False {stale / 'autograd' / 'engine' / 'value.py'}\n"
    assert (
        "RuntimeWarning: the compiled modules of autograd are older than their source, which "
        f"therefore runs interpreted: {REBUILD} compiles it, CHAINRULE_COMPILE=0 leaves it so"
    ) in result.stderr


def test_a_test_run_on_a_stale_engine_stops(stale: Path) -> None:
    (stale / "tests").mkdir()
    shutil.copy(ROOT / "pyproject.toml", stale)
    shutil.copy(ROOT / "tests" / "conftest.py", stale / "tests")
    result = run(stale, "import pytest, sys; sys.exit(pytest.main(['tests']))")
    assert result.returncode == pytest.ExitCode.USAGE_ERROR
    assert "older than their source" in result.stderr


def test_the_switch_chooses_the_source_without_a_warning(stale: Path) -> None:
    result = run(stale, switch="0")
    assert result.stdout == f"False {stale / 'autograd' / 'engine' / 'value.py'}\n"
    assert result.stderr == ""


def test_the_switch_insists_on_the_compiled_engine(copy: Path) -> None:
    result = run(copy, switch="1")
    assert result.returncode == 1
    assert result.stderr.endswith(
        "ImportError: CHAINRULE_COMPILE=1 asks for the compiled modules of autograd, but there are "
        f"none: with a C compiler at hand, {REBUILD} makes them\n"
    )


def test_the_switch_does_not_accept_what_is_stale(stale: Path) -> None:
    result = run(stale, switch="1")
    assert result.stderr.endswith(
        "ImportError: CHAINRULE_COMPILE=1 asks for the compiled modules of autograd, but they are "
        f"older than their source: with a C compiler at hand, {REBUILD} makes them\n"
    )


def test_programs_that_tests_start_run_on_the_engine_of_the_test_run() -> None:
    """An environment that is made up elsewhere might lose the switch."""
    made = [
        ast.unparse(keyword.value)
        for path in (ROOT / "tests").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("subprocess.")
        for keyword in node.keywords
        if keyword.arg == "env"
    ]
    assert made
    assert all(text.startswith("environment(") for text in made), made


def test_the_environment_of_a_program_is_that_of_the_test_run_but_for_changes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(native.SWITCH, "0")
    assert environment(CHANGED="x") == {**os.environ, native.SWITCH: "0", "CHANGED": "x"}
    assert native.SWITCH not in environment(**{native.SWITCH: None})


def test_any_other_setting_of_the_switch_is_an_error(copy: Path) -> None:
    assert run(copy, switch="yes").stderr.endswith(
        "ValueError: CHAINRULE_COMPILE is 'yes': set it to 1 for the compiled engine, to 0 for "
        "the interpreted one, or not at all for whichever the machine allows\n"
    )


def test_a_checksum_covers_every_source() -> None:
    assert all((ROOT / source).is_file() for source in native.sources())
    assert native.library_name().startswith(native.LIBRARY_PREFIX)


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package with what was compiled, which runs."""
    folder = tmp_path_factory.mktemp("compiled")
    shutil.copytree(ROOT / "autograd", folder / "autograd")
    assert run(folder).stdout.startswith("True ")
    return folder


@pytest.mark.skipif(not autograd.__compiled__, reason="nothing is compiled")
@pytest.mark.parametrize("source", native.sources())
def test_an_edit_of_a_source_runs_at_once(source: str, compiled: Path) -> None:
    text = (compiled / source).read_bytes()
    module = source.removesuffix(".py").replace("/", ".")
    (compiled / source).write_bytes(text + b"\nEDITED = 1\n")
    result = run(compiled, f"import {module} as m; import autograd; print(m.EDITED)")
    (compiled / source).write_bytes(text)
    assert result.stdout == "1\n"
    assert "older than their source" in result.stderr


@pytest.mark.skipif(not autograd.__compiled__, reason="nothing is compiled")
@pytest.mark.parametrize(
    "librt",
    [
        "sys.modules['librt'] = None",
        "sys.modules['librt.vecs'] = types.ModuleType('librt.vecs')",  # of another interface
    ],
)
def test_without_the_arrays_of_librt_programs_are_made_by_the_source(
    tmp_path: Path, librt: str
) -> None:
    shutil.copytree(ROOT / "autograd", tmp_path / "autograd")
    program = (
        f"import sys, types; {librt}; import autograd; from autograd.replay import lowering; "
        "print(autograd.compile(lambda x: x * x)(3.0), lowering.__file__[-3:])"
    )
    result = run(tmp_path, program)
    assert (result.stdout, result.stderr) == ("9.0 .py\n", "")


def test_freeing_a_deep_graph_leaves_every_other_value_alone() -> None:
    # Python, when it frees deep structures, writes before an object that has no header
    # for the garbage collector; see autograd/engine/freeing.h.
    kept: list[Value] = []
    for _ in range(3):
        x = Value(1.0)
        y = x
        for i in range(20_000):
            y = y * x + x
            kept.append(Value(float(i), "kept"))
        del y
    assert all(value.data == i % 20_000 for i, value in enumerate(kept))
    assert all((value.label, value.grad, value.has_grad) == ("kept", 0.0, False) for value in kept)


def test_a_graph_is_freed_in_whatever_order_its_values_are_dropped() -> None:
    values = [Value(0.5)]
    for i in range(20_000):
        values.append(values[-1] * values[i // 2])
    del values[::2]
    last = values.pop()
    values.clear()
    assert last.op is not None
    last.backward()


# ── What was called wrongly is refused as Python refuses it ───────────────────


def rule(x: float, out: float = 0.0) -> float:
    return x + out


@pytest.mark.parametrize(
    ("name", "this", "arguments", "message"),
    [
        (
            "value___Value___backward",
            Value(1.0),
            (1.0, 2.0),
            "Value.backward() takes from 1 to 2 positional arguments but 3 were given",
        ),
        (
            "value___Value_____init__",
            Value(1.0),
            (),
            "Value.__init__() missing 1 required positional argument: 'data'",
        ),
        (
            "primitive___as_float",
            native,
            (),
            "as_float() missing 1 required positional argument: 'number'",
        ),
        (
            "table_____mypyc_lambda__0_obj_____call__",
            rule,
            (),
            "<lambda>() missing 1 required positional argument: 'x'",
        ),
    ],
)
def test_the_words_for_wrong_arguments_are_those_of_python(
    name: str, this: Any, arguments: tuple[Any, ...], message: str
) -> None:
    with pytest.raises(TypeError) as error:
        native.refusing(f"CPyPy_{name}", this)(*arguments)
    assert str(error.value) == message


# ── Nothing that is handed in crashes the interpreter ─────────────────────────


@pytest.mark.parametrize("name", ["data", "grad", "label", "_backward"])
@pytest.mark.parametrize("value", [Value(1.0), Value(1.0) * 2, autograd.sum([Value(1.0)])])
def test_a_property_of_a_value_cannot_be_deleted(name: str, value: Value) -> None:
    before = getattr(value, name, None)
    with pytest.raises(AttributeError) as error:
        delattr(value, name)
    kind = type(value).__name__
    assert str(error.value) == f"property {name!r} of {kind!r} object has no deleter"
    assert getattr(value, name, None) == before


def test_every_settable_property_is_among_those() -> None:
    settable = set()
    for source in native.sources():
        module = importlib.import_module(source.removesuffix(".py").replace("/", "."))
        for node in ast.walk(ast.parse((ROOT / source).read_text())):
            if isinstance(node, ast.ClassDef):
                settable |= {
                    (module.__name__, node.name, each.name)
                    for each in node.body
                    if isinstance(each, ast.FunctionDef)
                    and any(ast.unparse(mark).endswith(".setter") for mark in each.decorator_list)
                }
    assert {(name, kind) for _, kind, name in settable} == {
        (name, "Value") for name in ("data", "grad", "label", "_backward")
    }


class Model:
    """A thing to note calls for."""


def test_what_a_module_returns_may_be_nested_to_any_depth_and_hold_itself() -> None:
    model = Model()
    y, z = Value(1.0) * 2, Value(1.0) * 3
    nested: Any = [y]
    for depth in range(500_000):
        nested = [nested] if depth % 3 else {"a": nested, "b": (1, "text")}
    loop: list[Any] = [z]
    loop.append([loop, {"again": loop}])
    for result in (nested, loop):
        assert output_of(model, result) is result
    assert [call.module for call in (*y.calls, *z.calls)] == [model, model]
    while nested:  # freed from the outside
        nested = nested["a"] if isinstance(nested, dict) else nested[0]
        if nested is y:
            break


def test_a_value_may_come_out_of_any_number_of_calls() -> None:
    model = Model()
    y = Value(1.0) * 2
    for _ in range(200_000):
        output_of(model, y)
    assert len(y.calls) == 200_000
    del y
