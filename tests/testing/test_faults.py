"""The checks find what they are there to find: faults planted in a copy of the library.

Each fault is one change to a line of the source. The message has to point at it.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from autograd import native
from tests.programs import environment

SOURCE = Path(__file__).parent.parent.parent / "autograd"


@dataclass(frozen=True)
class Fault:
    """A change to a module, and what the check of a function then says."""

    module: str
    change: tuple[tuple[str, str], ...]
    function: str
    message: str


FAULTS = {
    "a wrong sign": Fault(
        "engine/table.py",
        (("lambda x, out: -sin(x))", "lambda x, out: sin(x))"),),
        "lambda x: (2 * x).cos() + x",
        "The rule of cos for x is at fault: at cos(1.0) it gives 0.8414709848078965, differences "
        "-0.841470984808 ± 1e-12. Its sign is wrong.",
    ),
    "a rule that is off in the 14th digit": Fault(
        "engine/table.py",
        (("lambda x, out: cos(x))", "lambda x, out: cos(x) * (1.0 + 1e-14))"),),
        "lambda x: x.sin() * x",
        "by differences of 60 digits.\n  The rule of sin for x is at fault",
    ),
    "a swapped pair of rules": Fault(
        "engine/table.py",
        (
            ("lambda x, y, out: divide(1.0, y),", "lambda x, y, out: HELD,"),
            ("lambda x, y, out: -over_square(x, y),", "lambda x, y, out: divide(1.0, y),"),
            ("lambda x, y, out: HELD,", "lambda x, y, out: -over_square(x, y),"),
        ),
        "lambda x: (x + 1) / (x * x)",
        "That is what the rule for y gives: are the two swapped?",
    ),
    "a wrong number on the record": Fault(
        "engine/value.py",
        (("result(multiply, x * y, y, x,", "result(multiply, x * y, y, y,"),),
        "lambda x: x * (x + 1)",
        "multiply(0.5, 1.5) is recorded with the local derivative 1.5, where the rule of multiply "
        "gives 0.5.",
    ),
    "an accumulation dropped by backward": Fault(
        "engine/node.py",
        (
            (
                "first._grad += value._local0 * grad",
                "first._grad = value._local0 * grad",
            ),
        ),
        "lambda x: x.exp() + x.cosh()",
        "It is used 2 times, by cosh, exp, and what it is handed adds up to",
    ),
    "an accumulation dropped inside the graph": Fault(
        "engine/node.py",
        (
            (
                "second._grad += value._local1 * grad",
                "second._grad = value._local1 * grad",
            ),
        ),
        "lambda x: 2 * (x + 1).exp() ** 2 + 3 * x if 0 else (lambda y: y * y)(x + 1)",
        "backward() gives add(0.5, 1.0) the gradient 1.5. It is used 2 times, by multiply, and "
        "what it is handed adds up to 3.0.",
    ),
    "a stale gradient inside the graph after a second backward": Fault(
        "engine/node.py",
        (
            (
                "_grad)\n                value._grad = 0.0",
                "_grad)\n                value._grad = value._grad if value.op else 0.0",
            ),
        ),
        "lambda x: (x * 2).exp()",
        "backward() a second time changes the gradient of multiply(0.5, 2.0) from "
        "2.718281828459045 to 5.43656365691809: in a value that was computed, each pass should "
        "set it afresh.",
    ),
    "a second backward that adds nothing": Fault(
        "engine/node.py",
        (("value._grad += earlier[i]", "value._grad += 0.0"),),
        "lambda x: x * 3",
        "backward() a second time changes the gradient of x = 0.5 from 3.0 to 3.0: in a leaf, it "
        "should double exactly.",
    ),
    "a rule that leaves the record": Fault(
        "engine/table.py",
        (("lambda x, out: cos(x))", 'lambda x, out: floats.cos(getattr(x, "data", x)))'),),
        "lambda x: x.sin() * x",
        "The rule of sin for x is right, but not its own derivative by x: at sin(0.5) that is "
        "0.0, by differences -0.4794255386",
    ),
    "a rule with a hidden factor of 1": Fault(
        "engine/table.py",
        (
            (
                "floats.cosh,    lambda x, out: sinh(x))",
                'floats.cosh, lambda x, out: sinh(x) * x / getattr(x, "data", x))',
            ),
        ),
        "lambda x: x.cosh() * x",
        "The rule of cosh for x is right, but not its own derivative by x",
    ),
    "an accumulation dropped by gradients": Fault(
        "engine/differential.py",
        (("rates[source] = share if known is None else known + share", "rates[source] = share"),),
        "lambda x: x.exp() + x.cosh()",
        "gradients() gives x = 0.5 the gradient 1.6487212707001282. It is used 2 times, by cosh, "
        "exp, and what it is handed adds up to 2.1698165761938757.",
    ),
    "an accumulation dropped by forward mode": Fault(
        "engine/differential.py",
        (("into[target] = share if known is None else known + share", "into[target] = share"),),
        "lambda x: x.exp() + x.cosh()",
        "jvp() of the function is 0.5210953054937474 along [1.0], by reverse mode "
        "2.1698165761938757.",
    ),
    "half of a mixed second derivative dropped by forward over reverse": Fault(
        "engine/differential.py",
        (("changes.add(sources[1], sources[0], adjoint)", "pass"),),
        "lambda x: x * x.exp()",
        "hvp() of the function by x is",
    ),
}


def check_in_copy(folder: Path, function: str, fault: Fault | None = None) -> str:
    """What check_gradients says, in a copy of the library with the fault planted."""
    copy = folder / "autograd"
    shutil.copytree(SOURCE, copy, ignore=shutil.ignore_patterns("*.so", "*.pyd", "__pycache__"))
    if fault is not None:
        text = (copy / fault.module).read_text("utf-8")
        for old, new in fault.change:
            assert text.count(old) == 1, f"{old!r} is there {text.count(old)} times"
            text = text.replace(old, new)
        (copy / fault.module).write_text(text, "utf-8")
    program = f"""if True:
        import autograd
        from autograd.testing import GradientError, check_gradients
        assert autograd.__file__.startswith({str(folder)!r})
        try:
            check_gradients({function}, 0.5)
        except GradientError as error:
            print(error)
    """
    result = subprocess.run(
        [
            sys.executable,
            "-I",
            "-X",
            "utf8",
            "-c",
            f"import sys; sys.path.insert(0, {str(folder)!r})\n{program}",
        ],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=environment(**{native.SWITCH: "0"}),
        cwd=folder,
        check=False,
    )
    assert result.stderr == ""
    return result.stdout


@pytest.mark.parametrize("fault", FAULTS.values(), ids=list(FAULTS))
def test_the_fault_is_found_and_named(tmp_path: Path, fault: Fault) -> None:
    assert fault.message in check_in_copy(tmp_path, fault.function, fault)


def test_without_a_fault_nothing_is_said(tmp_path: Path) -> None:
    functions = {fault.function for fault in FAULTS.values()}
    total = "lambda x: " + " + ".join(f"({function})(x)" for function in sorted(functions))
    assert check_in_copy(tmp_path, total) == ""
