"""Call all that the engine offers with hostile arguments, and see that the interpreter survives.

    nice -n 19 python -m tests.fuzz --calls 1000000 --seed 0

Whatever the compiled engine is handed by mistake has to end in an error, never in a crash. Random
calls run in processes of their own. They take functions, methods, constructors, operators and
attributes, and hand them the results of earlier calls, containers that contain themselves, and
objects whose special methods raise errors, return anything, change what is just being read, or
call the engine in their turn; in threads as well, and close to the limit of recursion.

A failure is a process that dies of a signal or does not end, a SystemError, and an engine that
gives wrong derivatives afterwards. The seed of a process leads to the same calls again, except
where threads take turns.
"""

from __future__ import annotations

import argparse
import contextlib
import contextvars
import copy
import gc
import importlib
import inspect
import io
import json
import math
import mmap
import numbers
import operator
import pickle
import random
import subprocess
import sys
import tempfile
import time
import types
from collections import Counter, UserList, deque
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

import numpy as np

import autograd
import nn
from autograd import Primitive, Value, enable_grad, native, no_grad, topological_order
from autograd.engine.operands import Traced
from autograd.engine.operators import Numeric
from autograd.engine.recording import Observer
from tests.programs import ROOT, environment

CALLS: Final = 10_000  # in one process
TIME_LIMIT: Final = 1200.0  # seconds for one process, on a busy machine
MEMORY_LIMIT: Final = 3 << 30  # bytes of one process; some calls with a huge number ask for more
NOTE_SIZE: Final = 4096  # bytes of the note that says what is being called
POOL_SIZE: Final = 200  # results that are kept, to be handed in later
GRAPH_SIZE: Final = 200  # values in a graph that is kept; a derivative of it has several times more
NESTING: Final = 3  # calls within calls

# ── Hostile objects ───────────────────────────────────────────────────────────

# Special methods, and methods that the engine calls; and attributes that it reads.
METHODS: Final = """
    __abs__ __add__ __array__ __array_ufunc__ __bool__ __call__ __complex__ __contains__ __copy__
    __deepcopy__ __del__ __delattr__ __enter__ __eq__ __exit__ __float__ __floor__ __format__ __ge__
    __get__ __getattr__ __getitem__ __gt__ __hash__ __iadd__ __index__ __int__ __iter__ __le__
    __len__ __length_hint__ __lt__ __mod__ __mul__ __ne__ __neg__ __next__ __pos__ __pow__ __radd__
    __reduce_ex__ __repr__ __reversed__ __rmod__ __rmul__ __round__ __rpow__ __rsub__ __rtruediv__
    __setattr__ __str__ __sub__ __truediv__ __trunc__
    _make apply backward items keys named_modules parameters ravel recorded tolist values
"""
ATTRIBUTES: Final = """
    __class__ __dict__ __doc__ __module__ __name__ __self__ __signature__ _fields data dtype inputs
    label ndim op operands shape
"""
# The results that Python accepts of some of them.
ACCEPTED: Final[dict[str, Any]] = {
    **{"__float__": 1.5, "__int__": 3, "__index__": 2, "__complex__": 1j, "__bool__": False},
    **{"__len__": 3, "__length_hint__": 2**60, "__hash__": 7, "__repr__": "x", "__str__": "x"},
}
BASES: Final[list[tuple[type, ...]]] = [
    *[(base,) for base in (object, int, float, complex, str, bytes, list, tuple, dict, set)],
    *[(base,) for base in (Traced, Numeric, Observer, nn.Module, Exception, UserList)],
    *[(Numeric, float), (Traced, list), (np.float64,), (np.ndarray,), (Value,), (Primitive,)],
]
ERRORS: Final[list[type[BaseException]]] = [
    *(ValueError, TypeError, OverflowError, ZeroDivisionError, AttributeError, StopIteration),
    *(RecursionError, MemoryError, KeyboardInterrupt, SystemExit, GeneratorExit, KeyError),
]

# ── What is called, and what it is handed ─────────────────────────────────────

# The integers are so large, or so small, that hardly a list of such a length fills the memory.
CONSTANTS: Final[list[Any]] = [
    *(0, 1, -1, 2, 3, True, 10**400, -(10**400), 2**62, 2**63, -(2**63)),
    *(0.0, -0.0, 0.5, -3.0, 1e308, 5e-324, math.inf, -math.inf, math.nan),
    *(None, "", "x", "\ud800", ".3f", b"x", 1j, ..., NotImplemented, [], (), {}, range(3)),
    *(Fraction(1, 3), Decimal("NaN"), np.float32(0.1), np.int8(3), np.bool_(True), np.array(2.0)),
    *(np.longdouble(1), np.complex64(1j), np.datetime64("2000"), np.array([1.0, np.nan])),
    *(np.array([[1, 2], [3, 4]]), np.zeros((0, 3)), np.array(["x"]), float, Value, Primitive),
]
FUNCTIONS: Final[list[Any]] = [
    *(abs, max, math.exp, operator.mul, autograd.tanh, autograd.sum, lambda x: x * x),
    *(lambda *xs: xs, lambda *xs: sum(xs), lambda x, *_: [x, x], lambda x, *_: x.backward()),
    *(autograd.grad(lambda x, *_: x**3), lambda x, *xs: x * x / (1 + x), autograd.hypot),
]

OPERATORS: Final = """
    add and_ contains delitem eq floordiv ge getitem gt iadd imul ipow is_ le lshift lt matmul mod
    mul ne pow sub truediv
"""
OPERATIONS: Final[list[tuple[Callable[..., Any], int]]] = [
    *[(getattr(operator, name), 2) for name in OPERATORS.split()],
    *[
        (function, 1)
        for function in (
            *(abs, bool, complex, dir, float, format, hash, int, iter, len, list, math.floor),
            *(operator.index, operator.inv, operator.neg, operator.pos, repr, reversed, round),
            *(sorted, str, sum, tuple, vars, copy.copy, copy.deepcopy, inspect.signature),
            *(operator.truth, operator.length_hint, np.array, np.asarray, np.tanh, np.sort),
        )
    ],
    *[
        (function, 2)
        for function in (
            *(divmod, format, isinstance, issubclass, max, min, round, np.add, np.power, np.dot),
            *(math.hypot, math.log, pow, np.maximum, np.full, copy.deepcopy),
        )
    ],
    (pow, 3),
]

FUNCTIONS_AND_CLASSES: Final = (type, types.FunctionType, types.BuiltinFunctionType)


def offered() -> list[Any]:
    """The functions and classes with a public name in the package or a module of the engine."""
    modules = [
        importlib.import_module(source.removesuffix(".py").replace("/", "."))
        for source in native.sources()
    ]
    pictures = {"Graph", "explain", "formula", "graph"}  # not compiled, and slow
    found = [getattr(autograd, name) for name in autograd.__all__ if name not in pictures]
    for module in modules:
        found += [thing for name, thing in vars(module).items() if not name.startswith("_")]
    ours = [thing for thing in found if callable(thing) and is_ours(thing)]
    return list({id(thing): thing for thing in ours}.values())


def is_ours(thing: Any) -> bool:
    """True if something comes out of the engine."""
    owner = thing if isinstance(thing, FUNCTIONS_AND_CLASSES) else type(thing)
    return str(owner.__module__).split(".")[0] in ("autograd", "nn")


class Fuzzer:
    """Random calls of what the engine offers, with what has become of the calls before.

    Attributes:
        failures: descriptions of what must not happen.
        outcomes: the number of calls that returned, and of those that raised each kind of error.
    """

    def __init__(self, seed: int, note: mmap.mmap) -> None:
        self.rng = random.Random(seed)
        self.failures: list[str] = []
        self.outcomes: Counter[str] = Counter()
        self._note = note
        self._nesting = 0
        self._offered = offered()
        self._classes = [thing for thing in self._offered if isinstance(thing, type)]
        self._rows = [thing for thing in self._offered if isinstance(thing, Primitive)]
        self._pool: list[Any] = [nn.MLP(2, [2, 1]), nn.Layer(2, 2, activation="softmax")]
        self._deep = _deep()
        self._acts = [
            *[self.call_function] * 6,
            *[self.call_method] * 6,
            *[self.operate] * 5,
            *[self.call_result] * 4,
            *[self.use_descriptor] * 2,
            *[self.set_attribute] * 2,
            self.delete_attribute,
            self.open_contexts,
            self.load_damaged,
            self.call_at_the_limit,
        ]

    # ── Running ───────────────────────────────────────────────────────────────

    def run(self, calls: int) -> None:
        """Make so many calls, and look now and then if the engine still works."""
        while self.outcomes.total() < calls and not self.failures:
            self._nesting = 0
            # What a call changes for its context, such as a no_grad() not left, ends with it.
            if self.rng.random() < 0.01:
                with ThreadPoolExecutor(3) as threads:
                    for _ in range(12):
                        threads.submit(contextvars.copy_context().run, self.step)
            else:
                contextvars.copy_context().run(self.step)
            if self.rng.random() < 0.005:
                contextvars.copy_context().run(self.check)
        self._pool.clear()
        gc.collect()
        contextvars.copy_context().run(self.check)

    def step(self) -> None:
        """Make a call, and keep its result."""
        self._nesting += 1
        outcome = "returned"
        try:
            self.keep(self.rng.choice(self._acts)())
        except BaseException as error:
            outcome = type(error).__name__
            if outcome == "SystemError":
                self._fail(repr(error))
        self._nesting -= 1
        self.outcomes[outcome] += 1

    def check(self) -> None:
        """Compare a few derivatives with the numbers that they are."""
        with enable_grad():
            x, y = Value(3.0), Value(0.5)
            (x * x * y + autograd.sum([x, y, 1.0]) + autograd.hypot(x, 4.0)).backward()
            found = x.grad, y.grad, autograd.hessian(lambda x: x**3 - 1 / x)(2.0)
        if found != (4.6, 10.0, 11.75):
            self._fail(f"derivatives are {found}")

    def _fail(self, problem: str) -> None:
        note = self._note[:].rstrip(b"\0").decode()
        self.failures.append(f"{problem}; the last call was {note}")

    def unraisable(self, error: Any) -> None:
        """An error that Python could not raise, as in ``__del__``."""
        if error.exc_type is SystemError:
            self._fail(repr(error.exc_value))

    def keep(self, result: Any) -> None:
        """Keep what may be worth handing in, unless its graph is large."""
        parts = list(result) if type(result) in (list, tuple) else [result]
        for value in parts:
            if isinstance(value, Value) and len(topological_order(value)) > GRAPH_SIZE:
                return
        if any(callable(part) or is_ours(part) for part in parts):
            self._pool.append(result)
        if len(self._pool) > POOL_SIZE:
            self._pool.pop(self.rng.randrange(POOL_SIZE))

    def call(self, function: Any, /, *arguments: Any, **options: Any) -> Any:
        """Call a function, and note it first, for the case of a crash."""
        handed = [*map(_described, arguments), *(f"{x}={_described(options[x])}" for x in options)]
        name = getattr(type(function), "__qualname__", "")
        if isinstance(function, FUNCTIONS_AND_CLASSES):
            name = function.__qualname__
        elif isinstance(function, Primitive):
            name = function.name
        note = f"{name}({', '.join(handed)})".encode(errors="replace")[:NOTE_SIZE]
        self._note[:] = note.ljust(NOTE_SIZE, b"\0")
        return function(*arguments, **options)

    # ── Things to hand in ─────────────────────────────────────────────────────

    def draw(self) -> Any:
        """Anything to hand in."""
        rng = self.rng
        chance = rng.random()
        if chance < 0.3 and self._pool:
            return rng.choice(self._pool)
        if chance < 0.45:
            return Value(rng.choice([0.0, 0.5, -2.0, 1e200, math.inf, math.nan]), "x")
        if chance < 0.75:
            return rng.choice(CONSTANTS)
        if chance < 0.85:
            return self.container()
        return self.hostile()

    def draws(self, count: int) -> list[Any]:
        """So many things to hand in."""
        return [self.draw() for _ in range(count)]

    def argument(self, name: str) -> Any:
        """For a parameter of that name what the engine may expect, or else anything."""
        rng = self.rng
        if rng.random() < 0.2:
            return self.draw()
        if name in ("function", "forward", "derivatives", "gradient", "rule", "formula"):
            return rng.choice([*FUNCTIONS, self._hostile_function, rng.choice(self._rows)])
        if name in ("primitive", "op"):
            return rng.choice(self._rows)
        if len(name) == 1 or name in ("data", "output", "alpha", "low", "high"):
            return rng.choice([0.5, -2.0, 3, Value(0.7), Value(-1.0) * 2.0])
        if len(name) == 2 or name in ("primals", "tangents", "inputs", "operands", "outputs"):
            numbers = [self.argument("x") for _ in range(rng.choice([0, 1, 2, 2, 2, 3]))]
            return numbers if rng.random() < 0.5 else tuple(numbers)
        return rng.choice([True, 0, "name", (0, -1), Observer()])

    def container(self) -> Any:
        """A container of anything, sometimes of itself."""
        rng = self.rng
        parts = self.draws(rng.randrange(4))
        kind = rng.randrange(7)
        if kind == 0:
            return tuple(parts)
        if kind == 1:
            return dict(zip("wxyz", parts))
        if kind == 2:
            array = np.empty(len(parts), dtype=object)
            array[:] = parts
            return array
        if kind == 3:
            return iter(parts)
        if kind == 4:
            return deque(parts)
        if kind == 5:
            return self._deep
        if rng.random() < 0.2:
            parts.append({"itself": parts})
        return parts

    def hostile(self) -> Any:
        """An object of a class of which some special methods do anything at all."""
        rng = self.rng

        def act(name: str) -> Callable[..., Any]:
            return lambda *_, **__: self.react(name)

        members: dict[str, Any] = {
            x: act(x) for x in rng.sample(METHODS.split(), rng.randint(1, 14))
        }
        if rng.random() < 0.2:
            name = rng.choice(ATTRIBUTES.split())
            members[name] = property(act(name))
        try:
            kind = type("Hostile", rng.choice(BASES), members)
            if rng.random() < 0.5:
                numbers.Real.register(kind)
            return kind() if rng.random() < 0.9 else kind
        except BaseException:  # as where the engine refuses to be inherited from
            return self._hostile_function

    def _hostile_function(self, *_: Any, **__: Any) -> Any:
        return self.react("__call__")

    def react(self, name: str) -> Any:
        """What a special method of a hostile object does."""
        chance = self.rng.random()
        if chance < 0.2:
            raise self.rng.choice(ERRORS)(name)
        if chance < 0.35 and self._nesting < NESTING:
            self.step()
        elif chance < 0.45:
            self.disturb()
        expected = ACCEPTED.get(name)
        return self.draw() if expected is None or chance < 0.55 else expected

    def disturb(self) -> None:
        """Change something that may be in use just now."""
        rng = self.rng
        thing = rng.choice(self._pool) if self._pool else None
        if type(thing) is list:
            thing.pop() if rng.random() < 0.5 else thing.clear()
        elif isinstance(thing, Value):
            thing.data, thing.grad, thing.label = 3.0, 1.0, "y"
        elif rng.random() < 0.3:
            gc.collect(rng.randrange(2))
        else:
            del self._pool[:10]

    # ── Calls ─────────────────────────────────────────────────────────────────

    def call_function(self) -> Any:
        """A function or a constructor, with about as many arguments as it takes."""
        function = self.rng.choice(self._offered)
        return self._called(function)

    def call_method(self) -> Any:
        """A method of something of the engine, or of what it has returned."""
        thing = self._of_the_engine()
        name = self.rng.choice([name for name in dir(type(thing)) if _is_public(name)])
        method = getattr(thing, name)
        return self._called(method) if callable(method) else method

    def call_result(self) -> Any:
        """Something that an earlier call has returned, such as a derivative or a generator."""
        thing = self.draw()
        if hasattr(thing, "send"):
            step = self.rng.choice(["send", "throw", "close", "__next__"])
            return self._called(getattr(thing, step))
        return self._called(thing)

    def operate(self) -> Any:
        """An operator, or a function of Python or NumPy, on something of the engine."""
        function, arity = self.rng.choice(OPERATIONS)
        arguments = self.draws(arity)
        arguments[self.rng.randrange(arity)] = self._of_the_engine()
        return self.call(function, *arguments)

    def use_descriptor(self) -> Any:
        """A method or an attribute of a class, on something that may be no instance of it."""
        kind = self.rng.choice(self._classes)
        name = self.rng.choice([name for name in vars(kind) if _is_public(name)])
        member = vars(kind)[name]
        thing = self.draw()
        how = self.rng.random()
        if how < 0.5 and callable(member):
            return self._called(member, thing)
        if how < 0.7 and hasattr(member, "__delete__") and not _contains(self._rows, thing):
            return self.call(member.__delete__, thing)
        if how < 0.9 and isinstance(thing, Value) and hasattr(member, "__set__"):
            return self.call(member.__set__, thing, self.draw())
        return self.call(member.__get__, thing, self.draw())

    def set_attribute(self) -> None:
        """An attribute of a value, an operation or a module is assigned."""
        thing = self._of_the_engine()
        names = [name for name in dir(type(thing)) if _is_public(name)]
        self.call(setattr, thing, self.rng.choice([*names, "unknown"]), self.draw())

    def delete_attribute(self) -> None:
        """An attribute is deleted, those with an underscore included."""
        thing = self._of_the_engine()
        self.call(delattr, thing, self.rng.choice([*dir(type(thing)), "unknown"]))

    def open_contexts(self) -> None:
        """Contexts are entered and left in any order, and used as decorators."""
        managers = [no_grad(), enable_grad(), autograd.detect_anomaly()]
        for _ in range(4):
            manager = self.rng.choice(managers)
            chance = self.rng.random()
            if chance < 0.5:
                self.call(manager.__enter__)
            elif chance < 0.8:
                error = self.rng.choice(ERRORS)
                self.call(manager.__exit__, *self.rng.choice([(None,) * 3, (error, error(), None)]))
            else:
                self._called(manager(lambda *_: self.step()))
            if self._nesting < NESTING:
                self.step()

    def load_damaged(self) -> Any:
        """A pickle, of which some bytes have changed, is loaded."""
        things = [self._of_the_engine(), self._of_the_engine(), "x", 1.0]
        data = bytearray(pickle.dumps(things, self.rng.randrange(2, 6)))
        for _ in range(self.rng.randrange(3)):
            data[self.rng.randrange(len(data))] = self.rng.randrange(256)
        return self.call(_Loader, bytes(data)).load()

    def call_at_the_limit(self) -> Any:
        """A call that comes close to the limit of recursion."""

        def descend(depth: int) -> None:
            if depth > 0:
                descend(depth - 1)
            else:
                self.step()

        depth, frame = 0, inspect.currentframe()
        while frame is not None:
            depth, frame = depth + 1, frame.f_back
        descend(sys.getrecursionlimit() - depth - self.rng.randrange(4, 60))

    def _called(self, function: Any, *first: Any) -> Any:
        rng = self.rng
        try:
            parameters = list(inspect.signature(function).parameters.values())[len(first) :]
        except Exception:
            parameters = []
        names = [
            each.name
            for each in parameters
            if each.kind is not each.VAR_KEYWORD
            and not each.name.startswith("_")
            and (each.default is each.empty or rng.random() < 0.3)
        ]
        options = {}
        while names and rng.random() < 0.1:
            name = names.pop()
            options[name] = self.argument(name)
        if rng.random() < 0.2:
            return self.call(function, *first, *self.draws(rng.randrange(4)), **options)
        return self.call(function, *first, *[self.argument(name) for name in names], **options)

    def _of_the_engine(self) -> Any:
        for _ in range(5):
            thing = self.rng.choice(self._pool) if self._pool else None
            if is_ours(thing) and not isinstance(thing, type):
                return thing
        return self.rng.choice([Value(2.0) * Value(0.5), self.rng.choice(self._rows)])


class _Loader(pickle.Unpickler):
    """Loads pickles that may name anything, but only what pickles of the engine do name."""

    def __init__(self, data: bytes) -> None:
        super().__init__(io.BytesIO(data))

    def find_class(self, module: str, name: str) -> Any:
        if module.split(".")[0] not in ("autograd", "nn", "copyreg"):
            raise pickle.UnpicklingError(f"{module}.{name}")
        return super().find_class(module, name)


def _deep() -> list[Any]:
    nested: list[Any] = [1.0]
    for _ in range(5_000):
        nested = [nested]
    return nested


def _is_public(name: str) -> bool:
    return not name.startswith("_") or name.endswith("__")


def _contains(things: Iterable[Any], thing: Any) -> bool:
    return any(each is thing for each in things)


def _described(thing: Any) -> str:
    """A thing in words that call no method of its own."""
    if type(thing) in (int, float, str, bool, type(None), complex) or isinstance(thing, Primitive):
        return repr(thing)[:60]
    if type(thing) in (list, tuple):
        return f"{type(thing).__name__} of {len(thing)}"
    return f"{type(thing).__name__}({type(thing).__mro__[1].__name__})"


# ── In processes ──────────────────────────────────────────────────────────────


def make_calls(seed: int, calls: int, note_file: str) -> None:
    """Make calls in this process, and print what came of them."""
    sys.setswitchinterval(1e-5)
    with open(note_file, "r+b") as file, mmap.mmap(file.fileno(), NOTE_SIZE) as note:
        fuzzer = Fuzzer(seed, note)
        sys.unraisablehook = fuzzer.unraisable
        fuzzer.run(calls)
        print(json.dumps([fuzzer.outcomes, fuzzer.failures]), flush=True)


def watch(command: list[str], note_file: str) -> tuple[Counter[str], list[str]]:
    """Run a process that makes calls; returns its outcomes and its failures."""
    try:
        process = subprocess.run(
            command,
            cwd=ROOT,
            env=environment(PYTHONHASHSEED="0"),
            capture_output=True,
            text=True,
            errors="replace",
            timeout=TIME_LIMIT,
        )
        problem = f"exit status {process.returncode}\n{process.stderr[-3000:]}"
        if process.returncode == 0:
            outcomes, failures = json.loads(process.stdout.splitlines()[-1])
            return Counter(outcomes), failures
    except subprocess.TimeoutExpired:
        problem = f"no end after {TIME_LIMIT} s"
    with open(note_file, "rb") as file:
        note = file.read().rstrip(b"\0").decode(errors="replace")
    return Counter(), [f"{problem}; the last call was {note}"]


def run_apart(seed: int, calls: int) -> tuple[Counter[str], list[str]]:
    """Make calls in a process of their own; returns their outcomes and the failures."""
    with tempfile.NamedTemporaryFile() as note:
        note.write(bytes(NOTE_SIZE))
        note.flush()
        options = ["--seed", str(seed), "--calls", str(calls), "--note", note.name]
        command = [sys.executable, "-X", "faulthandler", "-m", "tests.fuzz", *options]
        outcomes, failures = watch(command, note.name)
        return outcomes, [f"--seed {seed} --calls {calls}: {failure}" for failure in failures]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--calls", type=int, default=20_000, help="the number of calls")
    parser.add_argument("--seed", type=int, default=0, help="the seed of the first process")
    parser.add_argument("--processes", type=int, default=1, help="at a time")
    parser.add_argument("--note", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.note:
        with contextlib.suppress(ImportError):  # as on Windows
            import resource

            resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
        make_calls(options.seed, options.calls, options.note)
        return 0
    start = time.perf_counter()
    total: Counter[str] = Counter()
    failed = []
    sizes = [min(CALLS, options.calls - done) for done in range(0, options.calls, CALLS)]
    with ThreadPoolExecutor(options.processes) as threads:
        seeds = range(options.seed, options.seed + len(sizes))
        for outcomes, failures in threads.map(run_apart, seeds, sizes):
            total += outcomes
            failed += failures
            for failure in failures:
                print(f"FAILED {failure}", flush=True)
    for outcome, count in total.most_common():
        print(f"{outcome:<28}{count:>10}")
    engine = "compiled" if autograd.__compiled__ else "interpreted"
    seconds = time.perf_counter() - start
    print(f"\n{total.total()} calls, {engine} engine, {seconds:.0f} s; failures: {len(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
