"""Both engines take the same arguments, and refuse others with the same errors."""

from __future__ import annotations

import importlib
import inspect
import json
import math
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import autograd
from autograd import Primitive, Reduction, Value, native, record, table
from autograd.engine.calls import Call, Output
from autograd.engine.derived import Differentiated, Evaluated
from autograd.engine.differential import Edges, differential, differential_of_gradient
from autograd.engine.known import Known
from autograd.engine.node import Node
from autograd.engine.operands import Traced
from autograd.engine.operators import Numeric
from autograd.engine.recording import Changes, Follower, Observer
from autograd.engine.replayed import CompiledOperation, Origin
from tests.programs import environment

ROOT = Path(__file__).parent.parent.parent

MODULES = {
    source: importlib.import_module(source.removesuffix(".py").replace("/", "."))
    for source in native.sources()
    if source.startswith("autograd/engine/")
}


class Model:
    """A module to note calls of."""


model = Model()
x = Value(2.0, "x")
replayed: Any = autograd.compile(lambda: x * x)()
squares = Reduction("squares", math.fsum, lambda xs, out: [2 * x for x in xs], sequences=2)

# An object of each public class, for its methods.
changes = Changes()
changes.end()  # else what tests set would be noted from here on

OBJECTS: dict[type, Any] = {
    Call: Call(model),
    Changes: changes,
    CompiledOperation: replayed.op,
    type(differential([x], [x], False)): differential([x], [x], False),
    Differentiated: Differentiated(squares, 0),
    Edges: Edges(),
    Evaluated: Evaluated(squares),
    Follower: Follower(),
    type(differential_of_gradient(x, [x])): differential_of_gradient(x, [x]),
    Known: record(1.0, [x], [2.0]).op,
    Node: x,
    Numeric: x,
    Observer: Observer(),
    Origin: Origin(),
    Output: Output("", Call(model), None),
    Primitive: table.tanh,
    Reduction: squares,
    type(table.where): table.where,
    Traced: x,
    Value: x,
}


def outcome(call: Callable[[], Any]) -> str:
    """What came of a call: the error with its text, or the result."""
    try:
        result = call()
    except Exception as error:
        return f"{type(error).__name__}: {re.sub('0x[0-9a-f]+', '0x', str(error))}"
    return re.sub(" at 0x[0-9a-f]+", "", repr(result))


# ── The wrong number of arguments, and the wrong names ────────────────────────


def callables() -> Iterator[tuple[str, Any, inspect.Signature]]:
    """Each public function, class and method of the engine, ready to be called."""
    for module in MODULES.values():
        for name, thing in vars(module).items():
            if name.startswith("_") or getattr(thing, "__module__", "") != module.__name__:
                continue
            where = f"{module.__name__}.{name}"
            if isinstance(thing, type):
                if "__init__" in vars(thing):
                    yield where, thing, inspect.signature(thing)
                for part, method in vars(thing).items():
                    is_called = callable(method) or isinstance(method, classmethod)
                    if is_called and (not part.startswith("_") or part in SPECIAL):
                        bound = getattr(OBJECTS[thing], part)
                        yield f"{where}.{part}", bound, inspect.signature(bound)
            elif inspect.isroutine(thing):
                yield where, thing, inspect.signature(thing)
    for row in (table.multiply, table.exp, table.clamp):
        for i, rule in enumerate(row.derivatives):
            yield f"{row.name}.derivatives[{i}]", rule, inspect.signature(rule)


SPECIAL = ["__add__", "__rmul__", "__neg__", "__call__", "__eq__", "__bool__", "__float__"]


def misuses() -> Iterator[tuple[str, Callable[[], Any]]]:
    """Calls with too few, too many or unknown arguments."""
    for name, function, signature in callables():
        kinds = [parameter.kind for parameter in signature.parameters.values()]
        names = [*signature.parameters]
        required = [
            parameter
            for parameter in signature.parameters.values()
            if parameter.default is parameter.empty and parameter.kind <= 1
        ]
        enough = [0.5] * len(required)
        if inspect.Parameter.VAR_POSITIONAL not in kinds:
            many = [0.5] * (len(names) + 1)
            yield f"{name} of too many", partial(function, *many)
            yield f"{name} of far too many", partial(function, *many, *many)
        if required:
            yield f"{name} of too few", partial(function, *enough[1:])
            yield f"{name} of nothing", partial(function)
        if inspect.Parameter.VAR_KEYWORD not in kinds:
            yield f"{name} of an unknown name", partial(function, *enough, unknown=1)
        if required and not name.endswith(tuple(SPECIAL)):
            yield f"{name} of one twice", partial(function, *enough, **{names[0]: 0.5})


# ── Arguments of the wrong type ───────────────────────────────────────────────

ODD: dict[str, Any] = {
    "None": None,
    "text": "tanh",
    "bytes": b"tanh",
    "an int": 3,
    "a big int": 10**400,
    "a bool": True,
    "a complex number": 2j,
    "a list": [1.5],
    "a tuple of a Value": (x,),
    "a dict": {"a": 1.0},
    "a Value": x,
    "a function": len,
    "a class": int,
    "a primitive": table.exp,
}


def takers() -> Iterator[tuple[str, Callable[[Any], Any]]]:
    """Calls that hand over one argument, whatever it is."""
    for name in sorted(autograd.__all__):
        thing = getattr(autograd, name)
        if getattr(thing, "__module__", "").startswith("autograd.engine.") and name != "Value":
            yield name, thing
            yield f"{name} of two", partial(_call, thing, (ODD_ONE, 1.0))
            yield f"{name} of two, the second", partial(_call, thing, (1.0, ODD_ONE))
            yield f"{name} of three", partial(_call, thing, (1.0, ODD_ONE, ODD_ONE))
    make: Any = Value
    yield "Value", make
    yield "the label", lambda odd: make(1.0, odd)
    yield "the label by name", lambda odd: make(1.0, label=odd)
    yield "micrograd's constructor", lambda odd: make(1.0, (x,), odd)
    yield "a third argument", lambda odd: make(1.0, "label", odd)
    yield "_op", lambda odd: make(1.0, _op=odd)
    yield "_children", lambda odd: make(1.0, _children=odd)
    yield "four arguments", lambda odd: make(1.0, "", odd, odd)
    yield "four arguments of a call of a row", lambda odd: table.tanh(1.0, odd, odd, odd)
    yield "backward", lambda odd: (Value(1.0) * 2).backward(odd)
    yield "apply", lambda odd: x.apply(odd, (x,))
    yield "apply to", lambda odd: x.apply(table.exp, odd)
    yield "apply to one too many", lambda odd: x.apply(table.exp, (x, odd))
    yield "format", lambda odd: format(x, odd)
    yield "data", lambda odd: setattr(Value(1.0), "data", odd)
    yield "grad", lambda odd: setattr(Value(1.0), "grad", odd)
    yield "label", lambda odd: setattr(Value(1.0), "label", odd)
    yield "round", lambda odd: round(x, odd)
    yield "pow", lambda odd: pow(x, odd)
    yield "pow with a modulus", lambda odd: pow(x, 2, odd)
    yield "pow of an int with a modulus", lambda odd: pow(2, x, odd)
    for name in ("add", "radd", "sub", "rsub", "mul", "rmul", "truediv", "mod", "pow", "rpow"):
        yield f"__{name}__", getattr(x, f"__{name}__")
    for name in ("eq", "ne", "lt", "le", "gt", "ge", "format"):
        yield f"__{name}__", getattr(x, f"__{name}__")
    for name in ("arctan2", "maximum", "power", "add", "hypot"):
        yield f"the method {name}", getattr(x, name)
    primitive, reduction = partial(Primitive, "f", math.sin, math.cos), partial(Reduction, "f")
    yield "a name of a primitive", lambda odd: Primitive(odd, math.sin, math.cos)
    yield "a value", lambda odd: Primitive("f", odd, math.cos)
    yield "a rule", lambda odd: Primitive("f", math.sin, odd)
    for name in ("symbol", "summary", "formula", "plain", "unicode", "latex", "defaults", "kinks"):
        yield f"the {name} of a primitive", partial(_call_named, primitive, name)
    yield "a gradient", lambda odd: reduction(math.fsum, odd)
    for name in ("symbol", "summary", "formula", "plain", "of_nothing", "sequences", "defaults"):
        yield f"the {name} of a reduction", partial(_call_named, partial(reduction, max, max), name)
    yield "the value of a primitive", lambda odd: Primitive("f", lambda y: odd, math.cos)(x)
    yield "a slope of a primitive", lambda odd: Primitive("f", math.sin, lambda *_: odd)(x)
    yield "evaluate", table.multiply.evaluate
    yield "local_derivatives", lambda odd: table.multiply.local_derivatives(odd, 1.0)
    yield "a change of a primitive", lambda odd: setattr(table.tanh, "name", odd)


ODD_ONE = object()  # in the place of an odd argument


def _call(function: Any, arguments: tuple[Any, ...], odd: Any) -> Any:
    return function(*[odd if argument is ODD_ONE else argument for argument in arguments])


def _call_named(function: Any, name: str, odd: Any) -> Any:
    return function(**{name: odd})


def subclasses() -> Iterator[tuple[str, Callable[[], Any]]]:
    """Attempts at subclasses of what is not made for it."""
    for kind in (Value, Primitive, Reduction, type(table.where)):
        yield f"a subclass of {kind.__name__}", partial(type, "Sub", (kind,), {})


def outcomes() -> dict[str, str]:
    """What comes of every call here, by what it is."""
    calls = [*misuses(), *subclasses()]
    calls += [
        (f"{taker}: {name}", partial(take, odd))
        for taker, take in takers()
        for name, odd in ODD.items()
    ]
    assert len(dict(calls)) == len(calls)
    return {name: outcome(call) for name, call in calls}


def test_both_engines_accept_and_refuse_the_same() -> None:
    interpreted = subprocess.run(
        [sys.executable, "-m", "tests.engine.test_arguments"],
        env=environment(CHAINRULE_COMPILE="0"),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    expected, found = json.loads(interpreted.stdout), outcomes()
    assert len(expected) > 2000
    assert found == expected


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: Value(),  # type: ignore[call-arg]
            "Value.__init__() missing 1 required positional argument: 'data'",
        ),
        (
            lambda: Value(1.0, "", None, 4),  # type: ignore[call-arg]
            "Value.__init__() takes from 2 to 4 positional arguments but 5 were given",
        ),
        (
            lambda: Value(1.0, name="x"),  # type: ignore[call-arg]
            "Value.__init__() got an unexpected keyword argument 'name'",
        ),
        (
            lambda: x.backward(1.0, 2.0),  # type: ignore[call-arg]
            "Value.backward() takes from 1 to 2 positional arguments but 3 were given",
        ),
        (
            lambda: x.arctan2(),  # type: ignore[call-arg]
            "Numeric.arctan2() missing 1 required positional argument: 'x'",
        ),
        (
            lambda: x.tanh(retain_graph=True),  # type: ignore[call-arg]
            "Numeric.tanh() got an unexpected keyword argument 'retain_graph'",
        ),
        (
            lambda: autograd.topological_order(),  # type: ignore[call-arg]
            "topological_order() missing 1 required positional argument: 'root'",
        ),
        (
            lambda: autograd.output_of(x, x, module=x),  # type: ignore[misc]
            "output_of() got multiple values for argument 'module'",
        ),
        (
            lambda: table.multiply.derivatives[0](1.0),
            "<lambda>() missing 2 required positional arguments: 'y' and 'out'",
        ),
        (
            lambda: autograd.exp(x=1.0),  # type: ignore[call-overload]
            "Primitive.__call__() got an unexpected keyword argument 'x'",
        ),
        (
            lambda: Primitive("f"),  # type: ignore[call-arg]
            "Primitive.__init__() missing 1 required positional argument: 'forward'",
        ),
        (
            lambda: Value(2.0, (x,), "tanh"),  # type: ignore[arg-type]
            "a Value is made of a number and a label, got also (Value(2.0, label='x'),) and "
            "'tanh': an operation of your own is recorded with autograd.record, or "
            "declared with autograd.Primitive",
        ),
        (
            lambda: Value(2.0, (x,)),  # type: ignore[arg-type]
            "a label is a string, got (Value(2.0, label='x'),); "
            "an operation of your own is recorded with autograd.record, or "
            "declared with autograd.Primitive",
        ),
        (
            lambda: Value(1.0, None),  # type: ignore[arg-type]
            "a label is a string, got None: leave it out, or pass an empty one",
        ),
        (
            lambda: pow(x, 2, 5),  # type: ignore[misc]
            "pow() with a modulus is for ints: use pow(x, y) % modulus",
        ),
        (
            lambda: x.apply(3, (x,)),
            "apply() takes a Primitive and a tuple of operands, got 3 and (Value(2.0, label='x'),)",
        ),
        (
            lambda: Primitive(3, math.sin, math.cos),
            "a primitive is named and written by strings, got 3",
        ),
        (
            lambda: Primitive("f", 3, math.cos),  # type: ignore[arg-type]
            "the value and the rules of f are functions, got 3",
        ),
        (
            lambda: type("Sub", (Value,), {}),
            "Value cannot be subclassed: keep one in a class of your own, and declare "
            "an operation of your own with autograd.Primitive",
        ),
        (
            lambda: type("Sub", (Reduction,), {}),
            "Reduction cannot be subclassed: declare an operation by calling it",
        ),
    ],
)
def test_an_error_says_what_is_wrong(call: Callable[[], Any], message: str) -> None:
    with pytest.raises(TypeError, match=f"^{re.escape(message)}$"):
        call()


def test_a_value_is_final_at_the_class_statement_and_to_type_checkers() -> None:
    with pytest.raises(TypeError, match=r"^Value cannot be subclassed: "):
        # Without an error of theirs, the comment would be one.
        class Sub(Value):  # type: ignore[misc]
            pass


if __name__ == "__main__":
    print(json.dumps(outcomes()))
