"""Module: the base of everything that has parameters."""

from __future__ import annotations

import sys
import warnings
from collections import Counter, deque
from collections.abc import Collection, Iterator, Mapping, Sequence, Set, ValuesView
from contextlib import contextmanager, suppress
from reprlib import recursive_repr
from reprlib import repr as shown
from typing import Any, Final, TypeVar, cast

import autograd
from autograd import Value, enable_grad, topological_order, zero_grad
from nn.inputs import each_of

_MOST_DIMENSIONS: Final = 8  # of a tensor; what is nested deeper is taken apart
_MOST_PROBLEMS: Final = 10  # that an error lists
_LONGEST_IN_TABLE: Final = 40  # in characters
_LONGEST_TEXT: Final = 800  # of the parts in a repr, in characters

Self = TypeVar("Self", bound="Module")


class Module:
    """The base of everything that has parameters.

    Its parameters are the leaf Values among its attributes, and those of the
    modules among its attributes; lists, tuples, dictionaries and NumPy arrays of
    either count as well. A subclass sets attributes and need declare nothing. A parameter
    or module in two places is shared, and counts once.

    A Value that an operation has computed is not a parameter. If none of the parameters went into
    it, as with ``Value(0.5) * 0.1``, a warning says so; likewise of Values and modules in a set,
    which has no order.

    Attributes:
        training: True until `eval` is called; `Dropout` and the like do nothing then.

    Where ``__call__`` ends in ``return output_of(self, ...)``, as with the modules of this
    package, pictures frame what the module has computed; see `autograd.output_of`.

    >>> class Line(Module):
    ...     def __init__(self):
    ...         self.slope = Value(2.0)
    ...         self.offsets = [Value(0.0), Value(1.0)]
    >>> [name for name, parameter in Line().named_parameters()]
    ['slope', 'offsets.0', 'offsets.1']
    >>> Line().state_dict()
    {'slope': 2.0, 'offsets': [0.0, 1.0]}
    """

    training = True

    def named_parameters(self) -> list[tuple[str, Value]]:
        """Each parameter once, with the path of attributes that leads to it.

        The order is that in which the attributes were set.
        """
        named, results = _named(self)
        parameters = [(name, part) for name, part in named if isinstance(part, Value)]
        _warn_of_results(self, [parameter for _, parameter in parameters], results)
        return parameters

    def named_modules(self) -> list[tuple[str, Module]]:
        """The module itself, named "", and each within it, with the path that leads to it.

        >>> from nn import MLP
        >>> [name for name, module in MLP(2, [1, 1]).named_modules()]
        ['', 'layers.0', 'layers.0.neurons.0', 'layers.1', 'layers.1.neurons.0']
        """
        return [(name, part) for name, part in _named(self)[0] if isinstance(part, Module)]

    def parameters(self) -> list[Value]:
        """Each parameter once, in the order of `named_parameters`.

        The attributes are read at each call, so that a module may change its structure.
        """
        found: list[Value] = []
        results = False
        opened: dict[int, Any] = {}
        unread = [iter([cast(Any, self)])]
        while unread:
            for part in unread[-1]:
                if isinstance(part, Value):
                    if part.op is None:
                        found.append(part)
                    else:
                        results = True
                    continue
                children = _children(part)
                if children and id(part) not in opened:
                    opened[id(part)] = part  # kept, because an id is used again once it is gone
                    if _is_list_of_values(part):
                        leaves = [value for value in part if value.op is None]
                        results = results or len(leaves) < len(part)
                        found += leaves
                        continue
                    unread.append(iter(children))
                    break
            else:
                unread.pop()
        if results:
            _warn_of_results(self, found, _named(self)[1])
        return list(dict.fromkeys(found))

    def zero_grad(self) -> None:
        """Set the gradient of every parameter back to 0."""
        if type(self).parameters is not Module.parameters:  # a subclass that lists its own
            zero_grad(self.parameters())
            return
        # In any order, without a list of all, it takes a third less time.
        opened: dict[int, Any] = {}
        unopened: list[Any] = [self]
        while unopened:
            whole = unopened.pop()
            if id(whole) in opened:
                continue
            opened[id(whole)] = whole
            if _is_list_of_values(whole):
                zero_grad(whole)
                continue
            for part in _children(whole):
                if not isinstance(part, Value):
                    unopened.append(part)
                elif part.op is None:
                    part.grad = 0.0

    def train(self: Self, mode: bool = True) -> Self:
        """Set ``training`` of the module and of each within it; returns the module."""
        for _, module in self.named_modules():
            module.training = mode
        return self

    def eval(self: Self) -> Self:
        """Set ``training`` to False, for predictions; returns the module."""
        return self.train(False)

    # ── State ─────────────────────────────────────────────────────────────────

    def state_dict(self) -> dict[str, Any]:
        """The numbers of the parameters: floats, or lists of them, by name, as in PyTorch.

        A list of Values is one entry, and so are lists of lists of equal length. A layer has a
        ``weight`` of shape (outputs, inputs) and a ``bias``. A shared parameter is in each place.

        >>> from nn import MLP
        >>> MLP(2, [1], init=lambda rng, inputs, outputs: 0.5).state_dict()
        {'layers.0.weight': [[0.5, 0.5]], 'layers.0.bias': [0.0]}
        """
        return {name: _numbers(tensor) for name, tensor in self._tensors().items()}

    def load_state_dict(self, state: Mapping[str, Any], strict: bool = True) -> None:
        """Set the parameters to the numbers of a state; where it does not fit, change nothing.

        Args:
            state: numbers by name, as `state_dict` gives them: floats, lists, arrays of NumPy or
                tensors of PyTorch.
            strict: False allows names to be missing from the state, or unknown to the module.

        Raises:
            TypeError: the state is no such mapping.
            ValueError: names are missing or unknown, or an entry is of another shape; the message
                names them, with both shapes.
        """
        if not isinstance(state, Mapping):
            raise TypeError(f"a state is a dict such as model.state_dict(), got {shown(state)}")
        tensors = self._tensors()
        problems = []
        if strict:
            problems += [f"{name} is missing" for name in tensors if name not in state]
            problems += [f"{name} is not in the model" for name in state if name not in tensors]
        numbers: dict[Value, tuple[float, str]] = {}
        for name, tensor in tensors.items():
            if name in state:
                problems += _compare(name, tensor, state[name], numbers)
        if problems:
            more = len(problems) - _MOST_PROBLEMS
            listed = problems[:_MOST_PROBLEMS] + ([f"and {more} more"] if more > 0 else [])
            raise ValueError(
                f"this is not the state of such a {type(self).__name__}:\n  " + "\n  ".join(listed)
            )
        for parameter, (number, _) in numbers.items():
            parameter.data = number

    def _state(self) -> dict[str, Any]:
        """The parts of this module by the names that they have in a state."""
        return vars(self)

    def _tensors(self) -> dict[str, Any]:
        """The entries of the state by name: leaves, and lists of leaves."""
        return {name: part for name, part, _ in _stated(self) if not isinstance(part, Module)}

    # ── Words ─────────────────────────────────────────────────────────────────

    def summary(self, inputs: Any = None) -> Summary:
        """A table of the modules within, the numbers that each returns, and its parameters.

        Args:
            inputs: what the module is called with to count the outputs of each call. Without them,
                a layer or a Sequential is called with zeros. Where that is not possible, as with
                a module of one's own, the column is empty.

        >>> from nn import Linear, Sequential
        >>> Sequential(Linear(2, 8), "tanh", Linear(8, 1)).summary()
           module        outputs  parameters
        0  Linear(2, 8)        8          24
        1  Tanh()              8           0
        2  Linear(8, 1)        1           9
           in all                         33
        """
        outputs: dict[int, int] = {}
        if inputs is not None:
            outputs = _output_counts(self, inputs)
        elif self._example() is not None:
            with suppress(Exception):  # that of a module within, which takes something else
                outputs = _output_counts(self, self._example())
        rows = [("", "module", "outputs", "parameters"), *_summary_rows(self, outputs)]
        left, middle, right, _ = (max(map(len, column)) for column in zip(*rows))
        return Summary(
            "\n".join(f"{a:{left}}  {b:{middle}}  {c:>{right}}  {d:>10}" for a, b, c, d in rows)
        )

    def _example(self) -> Any:
        """Inputs that the module can be called with, if that is known."""
        return None

    @recursive_repr()
    def __repr__(self) -> str:
        parts = [
            f"{name}={repr(part) if isinstance(part, Module) else shown(part)}"
            for name, part in vars(self).items()
            if isinstance(part, (Module, Value, list, tuple, dict))
        ]
        return f"{type(self).__name__}({listed([shortened(part, 80) for part in parts])})"


class Summary(str):
    """A table as text, which shows itself as it is printed."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def _summary_rows(whole: Module, outputs: Mapping[int, int]) -> list[tuple[str, str, str, str]]:
    """A row for each module that has parameters of its own, or no module within, and their sum."""
    stated = list(_stated(whole))
    within: dict[int, list[Any]] = {}
    for _, part, owner in stated:
        within.setdefault(id(owner), []).append(part)
    counted: set[Value] = set()
    rows = []
    for name, module in [(name, part) for name, part, _ in stated if isinstance(part, Module)]:
        parts = within.get(id(module), [])
        tensors = [part for part in parts if not isinstance(part, Module)]
        if tensors or not parts:
            own = set(each_of(tensors)) - counted
            counted |= own
            count = outputs.get(id(module), getattr(module, "embedding_dim", ""))
            text = repr(module)
            short = text if len(text) <= _LONGEST_IN_TABLE else type(module).__name__
            rows.append((name, short, f"{count}", f"{len(own):,}"))
    return [*rows, ("", "in all", "", f"{len(counted):,}")]


def listed(parts: Sequence[object]) -> str:
    """The texts of the parts with commas between them; of many, the first and the last ones.

    >>> listed(range(5)), listed(range(1_000))
    ('0, 1, 2, 3, 4', '0, 1, ... 997 more ..., 999')
    """
    if len(parts) <= _LONGEST_TEXT // 2:
        text = ", ".join(map(str, parts))
        if len(text) <= _LONGEST_TEXT or len(parts) < 4:
            return shortened(text, _LONGEST_TEXT)
    first, second, last = (shortened(str(parts[i]), _LONGEST_TEXT // 4) for i in (0, 1, -1))
    return f"{first}, {second}, ... {len(parts) - 3} more ..., {last}"


def shortened(text: str, longest: int) -> str:
    """The text, with dots in place of what goes beyond so many characters."""
    return text if len(text) <= longest else f"{text[: longest - 3]}..."


# ── Walks through a module ────────────────────────────────────────────────────


def _named(module: Module) -> tuple[list[tuple[str, Value | Module]], list[tuple[str, Value]]]:
    """The module, its modules and its parameters, each once, with the path to it.

    Apart from these, the computed Values.
    """
    found: list[tuple[str, Value | Module]] = []
    results: list[tuple[str, Value]] = []
    seen: dict[int, Any] = {}
    # Each part with the path to it, as linked pairs: the texts of deep ones would be long.
    unopened: list[tuple[Any, Any]] = [(module, None)]
    while unopened:
        part, path = unopened.pop()
        children = _children(part)
        is_named = isinstance(part, Module) or (isinstance(part, Value) and part.op is None)
        if id(part) in seen:
            continue
        if isinstance(part, Value) and not is_named:
            results.append((_written(path), part))
        if not (is_named or children):
            continue
        seen[id(part)] = part
        if is_named:
            found.append((_written(path), part))
        named = vars(part) if isinstance(part, Module) else part
        keys = named if isinstance(named, dict) else range(len(children))
        unopened += [(child, (path, key)) for key, child in zip(keys, children)][::-1]
    return found, results


def _stated(module: Module) -> Iterator[tuple[str, Any, Module | None]]:
    """The modules and the tensors of a state, with the name and the innermost module around."""
    # Each part with the path to it, as linked triples that hold what is passed through.
    unopened: list[tuple[Any, Any, Module | None]] = [(module, None, None)]
    while unopened:
        part, path, owner = unopened.pop()
        is_module = isinstance(part, Module)
        if is_module or _shape(part) is not None:
            yield _written(path), part, owner
            if not is_module:
                continue
        named = part._state() if is_module else part
        children = _children(named)
        keys = named if isinstance(named, dict) else range(len(children))
        owner = part if is_module else owner
        steps = [(child, (path, key, part), owner) for key, child in zip(keys, children)]
        unopened += [step for step in steps if not _is_within(*step[:2])][::-1]


@contextmanager
def evaluating(model: Any) -> Iterator[None]:
    """The model in evaluation mode, in which no unit is dropped; then in its mode of before."""
    if not isinstance(model, Module):
        yield
        return
    modes = [(module, module.training) for _, module in model.named_modules()]
    model.eval()
    try:
        yield
    finally:
        for module, mode in modes:
            module.training = mode


def _output_counts(module: Module, inputs: Any) -> dict[int, int]:
    """For each module, by its id, how many numbers a call of it returns."""
    with evaluating(module), enable_grad():
        outputs = list(each_of(cast(Any, module)(inputs)))
    order = topological_order(autograd.sum(outputs))
    counts = Counter(call for value in order for call in value.calls)
    return {id(call.module): count for call, count in counts.items()}


def _is_list_of_values(part: Any) -> bool:
    """True of a long list of Values alone: a walk takes it as a whole, which is faster."""
    return type(part) is list and len(part) > 16 and set(map(type, part)) == {Value}


def _children(part: Any) -> Collection[Any]:
    """The attributes of a module, or the contents of a container; nothing of anything else."""
    if isinstance(part, Module):
        return vars(part).values()
    if isinstance(part, (list, tuple)):
        return part
    if isinstance(part, dict):
        return part.values()
    if isinstance(part, (Set, ValuesView, deque)):
        if isinstance(next(iter(part), None), (Value, Module)):
            warnings.warn(
                f"a module holds {shown(part)}, and parameters in a {type(part).__name__} are not "
                "found: put them into a list, a tuple or a dict",
                stacklevel=3,
            )
        return ()
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(part, numpy.ndarray) and part.dtype == object:
        elements: list[Any] = part.tolist() if part.ndim else [part.item()]
        return elements
    return ()


def _written(path: Any) -> str:
    steps = []
    while path is not None:
        path, key, *_ = path
        steps.append(str(key))
    return ".".join(reversed(steps))


def _warn_of_results(
    module: Module, parameters: list[Value], results: list[tuple[str, Value]]
) -> None:
    """Warn of computed Values that no parameter went into: they were meant to be parameters."""
    if not results:
        return
    known = set(parameters)
    for name, result in results:
        if known.isdisjoint(topological_order(result)):
            warnings.warn(
                f"{name} of {type(module).__name__} is the result of an operation, {result!r}, "
                "and so not among its parameters: make it of a number, such as Value(0.1 * number)",
                stacklevel=3,
            )
            return


def _is_within(part: Any, path: Any) -> bool:
    """True if a path has passed through the part already."""
    while path is not None:
        path, _, whole = path
        if whole is part:
            return True
    return False


# ── Tensors: numbers, and lists of them that agree in length ──────────────────


def _shape(part: Any, leaf: type | tuple[type, ...] = Value, most: int = _MOST_DIMENSIONS) -> Any:
    """The shape of a leaf, (), or of lists of leaves; None of anything else."""
    if isinstance(part, leaf):
        return () if not isinstance(part, Value) or part.op is None else None
    if not isinstance(part, Sequence) and not hasattr(part, "tolist"):
        return None
    elements = _elements(part)
    if not elements or not isinstance(elements, (list, tuple)) or most == 0:
        return None
    shapes = [_shape(element, leaf, most - 1) for element in elements]
    alike = shapes[0] is not None and all(shape == shapes[0] for shape in shapes)
    return (len(elements), *shapes[0]) if alike else None


def _elements(part: Any) -> Any:
    """The elements of a list; of an array or tensor, its lists."""
    return part.tolist() if hasattr(part, "tolist") else part


def _numbers(tensor: Any) -> Any:
    if isinstance(tensor, Value):
        return tensor.data
    return [_numbers(element) for element in _elements(tensor)]


def _compare(
    name: str, tensor: Any, given: Any, numbers: dict[Value, tuple[float, str]]
) -> list[str]:
    """What is wrong with an entry of a state; what it makes of each parameter is put down."""
    given = _elements(given)
    shape, expected = _shape(given, (int, float)), _shape(tensor)
    if shape is None:
        return [f"{name} is {shown(given)}, and not lists of numbers of shape {expected}"]
    if shape != expected:
        return [f"{name} has the shape {shape}, and in the model {expected}"]
    try:
        found = list(map(float, each_of(given)))
    except OverflowError:
        return [f"{name} has a number beyond the range of floats"]
    for parameter, number in zip(each_of(tensor), found):
        before, other = numbers.setdefault(parameter, (number, name))
        if repr(before) != repr(number):
            return [f"{name} and {other} share parameters in the model, but differ in the state"]
    return []
