"""Runs this library and its peers side by side and prints how they compare.

Run it from the root of the repository::

    python -m benchmarks --python hips=/path/to/environment/bin/python

Each library runs in a process of its own, and they take turns: in every round
each gives one sample of the workload. A ratio is that of two samples of one
round; shown are the median of the rounds and, in brackets, the quartiles. The
peers come from their packages (`pip install micrograd torch`). HIPS autograd has
the same import name as this library, so it needs an environment of its own. What
is not installed is left out, and named.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograd import native
from benchmarks.workloads import WORKLOADS

ROOT = Path(__file__).resolve().parent.parent

COMPILED, INTERPRETED = "chainrule, compiled", "chainrule, interpreted"
MICROGPT = "a Value as in microgpt"

# Seconds that one library may spend on one workload; the slowest take part in fewer rounds.
PATIENCE = 30.0

# By the name in the table: the name for the worker, the module to import, and the switch.
CONTESTANTS = {
    COMPILED: ("chainrule", "autograd", "1"),
    INTERPRETED: ("chainrule", "autograd", "0"),
    "micrograd": ("micrograd", "micrograd.engine", ""),
    MICROGPT: ("microgpt", "", ""),
    "PyTorch, scalar tensors": ("torch", "torch", ""),
    "HIPS autograd": ("hips", "autograd", ""),
}


@dataclass
class Contestant:
    """A library in its process."""

    title: str
    command: list[str]
    environment: dict[str, str]
    folder: str
    module: str
    process: subprocess.Popen[str] = field(init=False)
    version: str = ""
    missing: str = ""

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        """Start the process afresh and read its description."""
        self.process = subprocess.Popen(
            self.command,
            env=self.environment,
            cwd=self.folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        hello = self._hear()
        self.missing = hello.get("missing", "")
        if not self.missing:
            self.version = f"{hello['version']} (Python {hello['python']})"

    def stop(self) -> None:
        """End the process."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()

    def ask(self, **request: Any) -> dict[str, Any]:
        """The answer of the process to one request."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return self._hear()

    def _hear(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.title}: the process ended; its error is above")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def import_seconds(self, module: str) -> float:
        """Seconds that a fresh process takes for ``import module``."""
        program = f"import time; t = time.perf_counter(); import {module}; "
        result = subprocess.run(
            [self.command[0], "-c", program + "print(time.perf_counter() - t)"],
            env=self.environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=True,
        )
        return float(result.stdout)


Samples = dict[str, list[float]]  # by contestant, one for each round


@contextmanager
def contestants(pythons: dict[str, str]) -> Iterator[list[Contestant]]:
    """Start every library; those of other projects see nothing of this one."""
    with tempfile.TemporaryDirectory() as apart:
        shutil.copytree(ROOT / "benchmarks", Path(apart) / "benchmarks")
        started = []
        for title, (library, module, switch) in CONTESTANTS.items():
            folder = str(ROOT) if library == "chainrule" else apart
            environment = {**os.environ, "PYTHONPATH": folder, native.SWITCH: switch}
            # A package is imported from its byte code, as everywhere.
            environment.pop("PYTHONDONTWRITEBYTECODE", None)
            python = pythons.get(library, sys.executable)
            if library == "hips" and library not in pythons:
                python = ""
            command = [python, "-m", "benchmarks.worker", library]
            if python:
                started.append(Contestant(title, command, environment, folder, module))
            else:
                print(f"Left out: {title}, for want of --python {library}=PATH")
        for contestant in started:
            if contestant.missing:
                print(f"Left out: {contestant.title}, not installed: {contestant.missing}")
        yield [contestant for contestant in started if not contestant.missing]
        for contestant in started:
            contestant.stop()


def measure(
    everyone: list[Contestant], name: str, size: int, rounds: int
) -> tuple[dict[str, Samples], dict[str, str]]:
    """Samples for each part of a workload, and the reasons of those who cannot run it.

    Raises:
        SystemExit: two libraries compute different numbers.
    """
    parts: dict[str, Samples] = {}
    lacking: dict[str, str] = {}
    runners: dict[str, int] = {}  # the number of rounds of each
    expected: list[float] = []
    for contestant in everyone:
        start = time.perf_counter()
        answer = contestant.ask(workload=name, size=size)  # not counted: it warms up
        elapsed = time.perf_counter() - start
        if "lacking" in answer:
            lacking[contestant.title] = answer["lacking"]
            continue
        runners[contestant.title] = min(rounds, int(PATIENCE / elapsed))
        if elapsed > PATIENCE:  # then it has to count after all
            record(parts, contestant, answer)
        numbers = answer["numbers"]
        expected = expected or numbers
        if any(abs(a - b) > 1e-7 * max(1.0, abs(b)) for a, b in zip(numbers, expected)):
            raise SystemExit(f"{name}: {contestant.title} computes {numbers}, not {expected}")
    for turn in range(rounds):
        present = [c for c in everyone if runners.get(c.title, 0) > turn]
        first = turn % len(present)
        for contestant in present[first:] + present[:first]:
            record(parts, contestant, contestant.ask(workload=name, size=size))
    return parts, lacking


def record(parts: dict[str, Samples], contestant: Contestant, answer: dict[str, Any]) -> None:
    """Add a sample to those of its contestant."""
    for part, seconds in answer["seconds"].items():
        parts.setdefault(part, {}).setdefault(contestant.title, []).append(seconds)


def measure_import(everyone: list[Contestant], rounds: int) -> Samples:
    """Seconds for importing each package, and the standard library's json beside it."""
    samples: Samples = {}
    for turn in range(rounds + 1):
        for contestant in everyone:
            if contestant.module:
                seconds = contestant.import_seconds(contestant.module)
                if turn > 0:  # the first may have to write byte code
                    samples.setdefault(contestant.title, []).append(seconds)
        if turn > 0:
            seconds = everyone[0].import_seconds("json")
            samples.setdefault("import json", []).append(seconds)
    return samples


def measure_memory(everyone: list[Contestant], size: int) -> dict[str, float]:
    """Bytes per operation at the peak of the chain of operations, each in a new process."""
    found = {}
    for contestant in everyone:
        contestant.stop()
        contestant.start()
        answer = contestant.ask(workload="chain", size=size, memory=True)
        if "bytes" in answer:
            found[contestant.title] = answer["bytes"] / size
    return found


# ── The report ────────────────────────────────────────────────────────────────


def quartiles(numbers: Sequence[float]) -> tuple[float, float, float]:
    """The median, and the quartiles below and above it."""
    if len(numbers) == 1:
        return numbers[0], numbers[0], numbers[0]
    low, middle, high = statistics.quantiles(numbers, n=4, method="inclusive")
    return middle, low, high


def ratio(numerators: Sequence[float], denominators: Sequence[float]) -> str:
    """The ratio round by round: median and quartiles."""
    middle, low, high = quartiles([a / b for a, b in zip(numerators, denominators)])
    return f"{_short(middle)} [{_short(low)}–{_short(high)}]"


def _short(number: float) -> str:
    return f"{number:.0f}" if number >= 100 else f"{number:.3g}"


def duration(seconds: Sequence[float]) -> str:
    """Median and quartiles, in a fitting unit."""
    middle, low, high = quartiles(seconds)
    units = [("s", 1.0), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9)]
    unit, scale = next(pair for pair in units if middle >= pair[1] or pair == units[-1])
    return f"{_short(middle / scale)} {unit} [{_short(low / scale)}–{_short(high / scale)}]"


def table(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [heading, ["---"] * len(heading), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def report(title: str, samples: Samples, lacking: dict[str, str]) -> list[list[str]]:
    """The rows for one part of a workload."""
    rows = []
    for contestant, seconds in samples.items():
        ours = [
            ratio(seconds, samples[engine]) if engine in samples and engine != contestant else ""
            for engine in (INTERPRETED, COMPILED)
        ]
        rows.append([title, contestant, duration(seconds), *ours])
    rows += [[title, contestant, reason, "", ""] for contestant, reason in lacking.items()]
    return rows


@dataclass
class Figure:
    """One of the figures to be reached, against what was measured for each engine."""

    title: str
    wanted: tuple[str, str]
    measured: dict[str, str]

    def row(self) -> list[str]:
        """The figure for the table."""
        cells = [self.title]
        for engine, wanted in zip((INTERPRETED, COMPILED), self.wanted):
            cells += [wanted, self.measured.get(engine, "not measured")]
        return cells


def figures(results: dict[str, dict[str, Samples]], memory: dict[str, float]) -> list[Figure]:
    """The figures of the design, and those of this run."""

    def against(peer: str, workload: str, part: str) -> dict[str, str]:
        samples = results.get(workload, {}).get(part, {})
        engines = [engine for engine in (INTERPRETED, COMPILED) if engine in samples]
        if peer not in samples:
            return {}
        return {engine: ratio(samples[peer], samples[engine]) + "x" for engine in engines}

    def within(workload: str, part: str, whole: str) -> dict[str, str]:
        parts = results.get(workload, {})
        return {
            engine: ratio(seconds, parts[whole][engine]) + "x"
            for engine, seconds in parts.get(part, {}).items()
        }

    deep = results.get("chain", {}).get("backward", {})
    wide = results.get("transformer", {}).get("backward", {})
    nodes = transformer_nodes()
    depth = {
        engine: f"{_short(_median(deep[engine]) / (_median(wide[engine]) / nodes))}x"
        for engine in deep
        if engine in wide
    }
    imports = results["import"][""]
    json_seconds = imports["import json"]
    loading = {
        engine: f"{_median(imports[engine]) * 1e3:.1f} ms, allowed "
        f"{(3 * _median(json_seconds) + 0.02) * 1e3:.1f} ms"
        for engine in (INTERPRETED, COMPILED)
        if engine in imports
    }
    return [
        Figure(
            "2-16-16-1 step against micrograd",
            ("≥ 6x", "≥ 50x"),
            against("micrograd", "max-margin", "step"),
        ),
        Figure(
            "transformer, forward and backward, against a Value as in microgpt",
            ("≥ 2x", "≥ 18x"),
            against(MICROGPT, "transformer", "forward and backward"),
        ),
        Figure(
            "record one multiplication, against micrograd",
            ("≥ 2.5x", "≥ 12x"),
            against("micrograd", "multiplication", "record"),
        ),
        Figure(
            "derivative in one direction (jvp) against recording the function",
            ("≤ 6x", "≤ 6x"),
            within("derivatives", "jvp", "function"),
        ),
        Figure(
            "Hessian times a vector (hvp) against the gradient",
            ("≤ 6x", "≤ 6x"),
            within("derivatives", "hvp", "gradient"),
        ),
        Figure("backward, ns a node: chain against transformer", ("≤ 2x", "≤ 2x"), depth),
        Figure(
            "memory a node, at the peak of the chain",
            ("≤ 200 bytes", "≤ 100 bytes"),
            {engine: f"{size:.0f} bytes" for engine, size in memory.items()},
        ),
        Figure("`import autograd`", ("≤ 3 × json + 20 ms", "the same"), loading),
    ]


def _median(numbers: Sequence[float]) -> float:
    return statistics.median(numbers)


def transformer_nodes() -> int:
    """The number of operations that the transformer of the benchmark records."""
    from autograd import topological_order
    from benchmarks import transformer
    from benchmarks.libraries import Chainrule

    library = Chainrule()
    leaves = [library.leaf(number) for number in transformer.random_parameters()]
    root = transformer.loss(library, leaves, transformer.tokens(WORKLOADS["transformer"].size))
    return sum(value.op is not None for value in topological_order(root))


def machine() -> str:
    """The processor, and the system."""
    processor = platform.processor() or platform.machine()
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                processor = line.split(":")[1].strip()
    except OSError:
        pass
    return f"{processor}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}"


def main() -> None:
    """Run the chosen measurements and print them."""
    options = _parse()
    pythons = dict(choice.split("=", 1) for choice in options.python)
    names = [name for name in WORKLOADS if options.only in name]
    results: dict[str, dict[str, Samples]] = {}
    rows: list[list[str]] = []
    with contestants(pythons) as everyone:
        print(f"Machine: {machine()}")
        for contestant in everyone:
            print(f"  {contestant.title}: {contestant.version}".rstrip(": "))
        for name in names:
            workload = WORKLOADS[name]
            rounds = max(3, round(options.rounds * workload.rounds))
            print(f"measuring: {name}, {rounds} rounds", file=sys.stderr)
            results[name], lacking = measure(everyone, name, workload.size, rounds)
            for part, samples in results[name].items():
                rows += report(f"{workload.title}: {part}", samples, lacking)
                lacking = {}
        print("measuring: import and memory", file=sys.stderr)
        results["import"] = {"": measure_import(everyone, options.rounds)}
        rows += report("import", results["import"][""], {})
        memory = measure_memory(everyone, WORKLOADS["chain"].size)
    rows += [
        ["memory a node", title, f"{size:.0f} bytes", "", ""] for title, size in memory.items()
    ]
    print()
    heading = ["workload", "library", "time", "ours interpreted is faster by", "compiled by"]
    print(table(heading, rows))
    print()
    heading = ["figure", "interpreted: wanted", "found", "compiled: wanted", "found"]
    print(table(heading, [figure.row() for figure in figures(results, memory)]))


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument(
        "--python",
        action="append",
        default=[],
        metavar="LIBRARY=PATH",
        help="the Python that has a library: micrograd, torch or hips; may be repeated "
        "(default: the one that runs this, except for hips, which has none)",
    )
    parser.add_argument("--rounds", type=int, default=15, help="default: %(default)s")
    parser.add_argument("--only", default="", metavar="TEXT", help="workloads with it in the name")
    return parser.parse_args()


if __name__ == "__main__":
    main()
