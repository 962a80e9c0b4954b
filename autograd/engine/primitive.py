"""Primitives: operations, each with its value and its derivative rules.

The primitives of the library are the rows of the table in `table.py`.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from types import FunctionType, ModuleType
from typing import Any, Final, TypeAlias

from autograd.engine.arrays import elementwise, is_array
from autograd.engine.help import show_in_help, signature_of
from autograd.engine.locks import flag
from autograd.engine.operands import Traced, as_float, has_elements, kind_of
from autograd.engine.recording import follower, is_constant, switches
from autograd.native import COMPILED, called_by_python

Text: TypeAlias = "str | Any"  # compiled code would refuse anything else in words of its own

# The function that derives the value and the rules of an operation from its formula. `derived.py`
# sets it, since formulas are made of the operations of the table.
derivers: Final[list[Callable[[Callable[..., Any], int], tuple[Any, list[Any]]]]] = []


class _Tracking:
    """A switch: `needed` if there is an operation whose results have to be tracked.

    Then `record` records operations; `tracked.py` says why, and sets it. It is needed as well
    while a function is recorded for replay.
    """

    __slots__ = ("needed", "of_operations", "record", "recordings")

    def __init__(self) -> None:
        self.needed = False
        self.of_operations = False
        self.recordings = 0
        self.record: Any = None

    def of_operation(self) -> None:
        """There is an operation whose results have to be tracked."""
        self.of_operations = self.needed = True

    def of_recording(self, change: int) -> None:
        """Count one recording for replay more, or one less."""
        with flag:
            self.recordings += change
            self.needed = self.of_operations or self.recordings > 0


tracking: Final = _Tracking()


class Primitive:
    """One operation: how it is computed, differentiated and written.

    A primitive is called like the function that it is. On numbers it returns a
    float; as soon as one argument is a Value, the result is one too; of NumPy arrays, it returns
    an array of what it returns of their elements. Its attributes
    are set once, when it is declared. It is best made of plain functions: where it is made of
    methods or closures, the garbage collector has to follow what is computed with it, which
    takes the compiled engine a few times as long.

    Attributes:
        name: NumPy's name of the operation, such as ``"multiply"``.
        forward: the value, floats in and one float out.
        derivatives: for each input, the rule that gives the derivative of the
            output with respect to it, called as ``rule(*inputs, output)``.
        symbol: the sign of the operation in pictures, such as ``"*"``.
        defaults: the last operands where the caller leaves them out.
        summary: the value of the operation in words, in a line.
        formula: the value of the operation, in the terms of a textbook: a function of the
            inputs, transparent as a derivative rule is; None if its name says it best. This and
            the next three are for operations of one's own: `autograd/words/typesetting.py`
            has those of the table.
        plain, unicode, latex: how the operation is written in formulas of that style, if not
            by its ``formula``: a name to put before the operands, or, with a ``#1`` in
            it, all of it: ``#1`` stands for the first operand, ``@1`` for the same in
            parentheses unless it is a single name or number, ``#*`` for all of them.
        kinks: the inputs at which the function has no single slope, if it has one input.

    >>> from autograd import leaky_relu, multiply
    >>> multiply(6, 7)
    42.0
    >>> multiply.derivatives[0](6.0, 7.0, 42.0)
    7.0
    >>> leaky_relu(-3), leaky_relu(-3, 0.5)
    (-0.03, -1.5)
    """

    __slots__ = (
        "_tracked",
        "defaults",
        "derivatives",
        "formula",
        "forward",
        "kinks",
        "latex",
        "name",
        "plain",
        "summary",
        "symbol",
        "unicode",
    )

    def __init__(
        self,
        name: Text,
        forward: Callable[..., float],
        *derivatives: Callable[..., Any],
        symbol: Text = "",
        defaults: Sequence[float] = (),
        summary: Text = "",
        formula: Callable[..., Any] | None = None,
        plain: Text = "",
        unicode: Text = "",
        latex: Text = "",
        kinks: Sequence[float] = (),
    ) -> None:
        for text in (name, symbol, summary, plain, unicode, latex):
            if not isinstance(text, str):
                raise TypeError(f"a primitive is named and written by strings, got {text!r}")
        for function in (forward, *derivatives, formula or forward):
            if not callable(function):
                raise TypeError(
                    f"the value and the rules of {name} are functions, got {function!r}"
                )
        self.name: str = name
        # The type of what a user's function returns is checked where it is recorded.
        self.forward: Callable[..., Any] = _limited(forward)
        self.derivatives = tuple([_limited(rule) for rule in derivatives])
        self.symbol: str = symbol or name
        self.defaults = tuple(defaults)
        self.summary: str = summary
        self.formula = formula
        self.plain: str = plain
        self.unicode: str = unicode
        self.latex: str = latex
        self.kinks = tuple(kinks)
        self._tracked = _any_to_follow(forward, formula, *derivatives)

    @classmethod
    def from_formula(
        cls,
        name: Text,
        formula: Callable[..., Any],
        *,
        symbol: Text = "",
        summary: Text = "",
        plain: Text = "",
        unicode: Text = "",
        latex: Text = "",
        kinks: Sequence[float] = (),
    ) -> Primitive:
        """One operation whose value and rules follow from its formula.

        A graph has one node for it, and derivatives of any order come from the chain rule on the
        formula. Its accuracy is that of the formula, and each rule carries the formula out
        anew: rules made by hand are for those who need more.

        Args:
            name: the name of the operation.
            formula: a function of numbers, made of operators and operations of this package. It
                may branch. The defaults of its parameters are those of the operation.
            symbol: its sign in pictures.
            summary: the value in words.
            plain: how it is written in plain text, if not by its name.
            unicode: how it is written in text, if not by its formula.
            latex: the same in LaTeX.
            kinks: where the function has no single slope.

        Raises:
            TypeError: ``formula`` is not a function of a fixed number of numbers.

        >>> from autograd import Value, tanh
        >>> softcap = Primitive.from_formula("softcap", lambda x, c=2.0: c * tanh(x / c))
        >>> x = Value(1.0)
        >>> y = softcap(x)
        >>> y.backward()
        >>> y, x.grad  # 1 - tanh(0.5)**2
        (Value(0.9242343145200195, grad=1.0, op=softcap), 0.7864477329659275)
        """
        if cls is not Primitive:
            raise TypeError(f"{cls.__name__} has no from_formula(): it declares a Primitive")
        names, defaults = signature_of(formula) if callable(formula) else ([], [])
        if not names:
            raise TypeError(
                "from_formula() takes a function of a fixed number of numbers, such as "
                f"lambda x, c: c * tanh(x / c), got {formula!r}"
            )
        forward, rules = derivers[0](formula, len(names))
        return Primitive(
            name,
            forward,
            *rules,
            symbol=symbol,
            defaults=defaults,
            summary=summary,
            formula=formula,
            plain=plain,
            unicode=unicode,
            latex=latex,
            kinks=kinks,
        )

    def __init_subclass__(cls: Any) -> None:
        if not cls.__module__.startswith("autograd.engine."):
            kind = next(kind.__name__ for kind in cls.__mro__ if kind.__module__ == __name__)
            raise TypeError(f"{kind} cannot be subclassed: declare an operation by calling it")

    @property
    def __name__(self) -> str:
        """The name, where Python and its tools look for that of a function."""
        return self.name

    @property
    def arity(self) -> int:
        """The number of inputs; 0 for a `Reduction`, which takes any number."""
        return len(self.derivatives)

    @property
    def rules(self) -> tuple[Callable[..., Any], ...]:
        """Every derivative rule of the operation."""
        return self.derivatives

    @property
    def is_tracked(self) -> bool:
        """True if results are recorded so that the garbage collector follows them."""
        return self._tracked

    def __call__(self, *operands: Any) -> Any:
        """The value of the operation, recorded if an operand is a Value."""
        if len(operands) != len(self.derivatives):
            operands = self._completed(operands)
        for operand in operands:
            if type(operand) is not float:
                return self._call_on_any(operands)
        return self.forward(*operands)  # the fast path, for the rules call one another

    def _call_on_any(self, operands: tuple[Any, ...]) -> Any:
        try:
            for operand in operands:
                if isinstance(operand, Traced):
                    return operand.apply(self, operands)
            return self.evaluate([as_float(operand) for operand in operands])
        except TypeError:
            if not any(map(has_elements, operands)):
                raise
        return self._call_on_elements(operands)

    def _call_on_elements(self, operands: tuple[Any, ...]) -> Any:
        """The operation on each element of arrays; an error if an operand is a list or its like."""
        for operand in operands:
            if has_elements(operand) and not is_array(operand):
                more = "" if len(operands) == 1 else ", ..."
                raise TypeError(
                    f"{self.name}() takes numbers, Values and NumPy arrays, got "
                    f"{kind_of(operand)}: write [{self.name}(x{more}) for x in data], or pass "
                    "numpy.array(data)"
                )
        return elementwise(self, operands)

    def _completed(self, operands: tuple[Any, ...]) -> tuple[Any, ...]:
        """The operands with those that were left out at their defaults."""
        missing = self.arity - len(operands)
        if 0 < missing <= len(self.defaults):
            return operands + self.defaults[-missing:]
        least = f"{self.arity - len(self.defaults)} to " if self.defaults else ""
        plural = "operand" if self.arity == 1 else "operands"
        raise TypeError(f"{self.name}() takes {least}{self.arity} {plural}, got {len(operands)}")

    def evaluate(self, operands: Sequence[float]) -> Any:
        """The value of the operation on floats, given as one sequence."""
        return self.forward(*tuple(operands))

    def local_derivatives(self, operands: Sequence[Any], out: Any) -> list[Any]:
        """The derivative of ``out`` with respect to each operand, of the same kind as these.

        >>> from autograd import multiply
        >>> multiply.local_derivatives((6.0, 7.0), 42.0)
        [7.0, 6.0]
        """
        arguments = [*tuple(operands), out]
        return [rule(*arguments) for rule in self.derivatives]

    def parameters(self) -> list[str]:
        """The names of the operands: those that the derivative rules give them.

        >>> from autograd import clamp
        >>> clamp.parameters()
        ['x', 'low', 'high']
        """
        functions = [*[(rule, 1) for rule in self.derivatives], (self.forward, 0)]
        for function, others in [*functions, (self.formula, 0)]:
            names = signature_of(function)[0]
            if len(names) >= self.arity + others:
                return names[: self.arity]
        return ["x"] if self.arity == 1 else [f"x{i + 1}" for i in range(self.arity)]

    def __setattr__(self, name: str, value: Any) -> None:
        if hasattr(self, name):
            raise self._unchangeable(name)
        object.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> None:
        raise self._unchangeable(name)

    def _unchangeable(self, name: str) -> AttributeError:
        return AttributeError(
            f"cannot change {name} of {self!r}: an operation stays as it was declared; "
            f"declare another one instead"
        )

    def __repr__(self) -> str:
        return f"<primitive {self.name}>"

    def __copy__(self) -> Primitive:
        return self

    def __deepcopy__(self, memo: Any) -> Primitive:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle by name, as functions are: a primitive is what a module declares it to be."""
        # Of rules that are derived from the formula, the module is that of the engine.
        modules = [function.__module__ for function in (self.formula, *self.rules) if function]
        for module in modules:
            for name, thing in vars(sys.modules[module]).items():
                if thing is self:
                    return _declared, (module, name)
        raise TypeError(
            f"cannot pickle the primitive {self.name}: "
            f"give it a global name in the module {modules[0]}, to find it by"
        )


class Reduction(Primitive):
    """An operation over a whole sequence, such as a sum.

    It differs from other primitives in three things. It is called with an
    iterable. Its ``forward`` takes the operands as one list. And a single rule,
    ``gradient(operands, out)``, gives the derivatives for all of them at once,
    since what they have in common is then computed once.

    Attributes:
        gradient: the rule; transparent, as every derivative rule is.
        of_nothing: the value for an empty sequence; None if it has none.
        sequences: the number of sequences of equal length that the operation takes. Two
            are recorded as one, the second after the first.

    >>> from autograd import dot, prod
    >>> prod([2, 3, 5])
    30.0
    >>> prod.local_derivatives([2.0, 3.0, 5.0], 30.0)
    [15.0, 10.0, 6.0]
    >>> dot([1, 2], [3, 4])
    11.0
    """

    __slots__ = ("_gradient_tracked", "gradient", "of_nothing", "sequences")

    def __init__(
        self,
        name: Text,
        forward: Callable[[list[float]], float],
        gradient: Callable[[Sequence[Any], Any], Sequence[Any]],
        *,
        of_nothing: Any = None,
        sequences: Any = 1,
        symbol: Text = "",
        summary: Text = "",
        formula: Callable[[Sequence[Any]], Any] | None = None,
        plain: Text = "",
        unicode: Text = "",
        latex: Text = "",
    ) -> None:
        super().__init__(
            name,
            forward,
            symbol=symbol,
            summary=summary,
            formula=formula,
            plain=plain,
            unicode=unicode,
            latex=latex,
        )
        if not callable(gradient):
            raise TypeError(f"the value and the rules of {name} are functions, got {gradient!r}")
        if not isinstance(sequences, int) or sequences not in (1, 2):
            raise ValueError(f"{name} takes 1 or 2 sequences, not {sequences!r}")
        self.gradient = _limited(gradient)
        self._gradient_tracked = _any_to_follow(gradient)
        self.of_nothing: float | None = None if of_nothing is None else as_float(of_nothing)
        self.sequences: int = sequences

    @property
    def rules(self) -> tuple[Callable[..., Any], ...]:
        """The one derivative rule of the operation."""
        return (self.gradient,)

    @property
    def is_tracked(self) -> bool:
        """True if results are recorded so that the garbage collector follows them."""
        return self._tracked or self._gradient_tracked

    def __call__(self, *sequences: Any) -> Any:
        """The value of the operation, recorded if an element is a Value.

        Raises:
            TypeError: an argument is not a sequence, or there are too many or too few.
            ValueError: the sequences differ in length, or an empty one has no value.
        """
        if len(sequences) != self.sequences:
            plural = "sequence" if self.sequences == 1 else "sequences"
            raise TypeError(f"{self.name}() takes {self.sequences} {plural}, got {len(sequences)}")
        parts = [_elements(self.name, sequence) for sequence in sequences]
        lengths = [len(part) for part in parts]
        if lengths[0] != lengths[-1]:
            raise ValueError(
                f"{self.name}() of sequences of different lengths: {lengths[0]} and {lengths[-1]}"
            )
        operands = [operand for part in parts for operand in part]
        if not operands:
            if self.of_nothing is None:
                raise ValueError(f"{self.name}() of nothing has no value: pass at least one number")
            return self.of_nothing
        return self._call_on_any(tuple(operands))

    def _call_on_elements(self, operands: tuple[Any, ...]) -> Any:
        wrong = next(operand for operand in operands if has_elements(operand))
        raise TypeError(
            f"{self.symbol}() takes a sequence of numbers, and an element is {kind_of(wrong)}: "
            f"write [{self.symbol}(row) for row in data], or of an array {self.symbol}(a.ravel())"
        )

    def parameters(self) -> list[str]:
        """The names of the sequences."""
        return [f"{letter}s" for letter in "xyz"[: self.sequences]]

    def split(self, operands: Sequence[Any]) -> list[Sequence[Any]]:
        """The sequences that the operation is called with, from its operands in a row.

        >>> from autograd import dot
        >>> dot.split([1.0, 2.0, 3.0, 4.0])
        [[1.0, 2.0], [3.0, 4.0]]
        """
        length = len(operands) // self.sequences
        return [operands[i * length : (i + 1) * length] for i in range(self.sequences)]

    def evaluate(self, operands: Sequence[float]) -> Any:
        """The value of the operation on floats, given as one sequence."""
        return self.forward(list(operands))

    def local_derivatives(self, operands: Sequence[Any], out: Any) -> list[Any]:
        """The derivative of ``out`` with respect to each operand, of the same kind as these."""
        derivatives = list(self.gradient(operands, out))
        if len(derivatives) != len(operands):
            raise ValueError(
                f"the rule of {self.name}() gave {len(derivatives)} derivatives "
                f"for {len(operands)} operands"
            )
        return derivatives


class Choice(Primitive):
    """``where(condition, x, y)``: x if the condition holds, else y.

    The result is recorded as the identity of the operand that was taken. The
    other is not there at all: a derivative of inf or nan on the path to it cannot
    reach the result, as ``0 * inf`` would.

    >>> from autograd import where
    >>> where(2 > 1, 3, float("nan"))
    3.0
    """

    __slots__ = ()

    def __call__(self, *operands: Any) -> Any:
        """The operand taken: a float if both are numbers, else a Value."""
        if len(operands) != 3:
            raise TypeError(f"{self.name}() takes a condition and 2 operands, got {len(operands)}")
        if switches.followed:
            watcher = follower()
            chosen = NotImplemented if watcher is None else watcher.choose(self, operands)
            if chosen is not NotImplemented:
                return chosen
        condition, x, y = operands
        try:
            if type(condition) is not bool:
                self._check(condition)
            taken, other = (x, y) if condition else (y, x)
            if not isinstance(taken, Traced):
                taken = as_float(taken)
            # A mistake in the operand that is not taken is a mistake all the same.
            if type(other) is not float and not isinstance(other, Traced):
                as_float(other)
            # A number taken in place of a Value is recorded too, as an operation on a constant
            # alone: whether the result is a Value must not depend on the condition.
            for operand in (x, y):
                if isinstance(operand, Traced):
                    return operand.apply(self, (taken,))
            return taken
        except TypeError:
            if not any(map(has_elements, operands)):
                raise
        return self._call_on_elements(operands)

    def _check(self, condition: Any) -> None:
        if isinstance(condition, Traced) or has_elements(condition):
            raise TypeError(
                f"the condition of {self.name}() is True or False, such as x > 0, "
                f"not {kind_of(condition)}"
            )

    def parameters(self) -> list[str]:
        """The names of the operands."""
        return ["condition", "x", "y"]


# ── What Python's help shows ──────────────────────────────────────────────────

show_in_help(Primitive)
show_in_help(Reduction)
show_in_help(Choice)


def _limited(function: Any) -> Any:
    """``function``, within the limit that Python sets to the depth of calls.

    Operations may be made of operations, and compiled they call one another on the C stack,
    which has no such limit.
    """
    owner = getattr(function, "__self__", function)
    return called_by_python(function) if isinstance(owner, Primitive) else function


def _any_to_follow(*functions: Any) -> bool:
    """True if the garbage collector has to follow one of these functions, on the compiled engine.

    It may lead to objects that only Values keep alive. A function of a module does not, unless it
    was made by another: what it refers to is alive as long as the module is.
    """
    found = COMPILED and any(_leads_to_objects(function) for function in functions)
    if found:
        tracking.of_operation()
    return found


def _leads_to_objects(function: Any) -> bool:
    owner = getattr(function, "__self__", function)
    if isinstance(owner, Primitive):
        return owner.is_tracked
    if isinstance(function, FunctionType):
        module = sys.modules.get(owner.__module__)  # None of what exec() has made
        return (
            module is None
            or vars(module) is not function.__globals__
            or bool(function.__closure__ or function.__kwdefaults__ or vars(function))
            or any(gc.is_tracked(default) for default in function.__defaults__ or ())
        )
    # What is left are functions written in C and objects that can be called.
    return (
        gc.is_tracked(owner)
        and not isinstance(owner, ModuleType)
        and not type(owner).__module__.startswith("autograd.engine")
    )


def _declared(module: str, name: str) -> Any:
    """The primitive that ``module`` declares under ``name``."""
    return getattr(import_module(module), name)


def _elements(name: str, sequence: Any) -> list[Any]:
    """The elements of an argument that has to be a sequence of numbers."""
    if isinstance(sequence, (str, bytes, Traced)) or not hasattr(sequence, "__iter__"):
        raise TypeError(
            f"{name}() takes a sequence of numbers, such as a list, got {kind_of(sequence)}"
        )
    return list(sequence)


def checked(primitive: Primitive, number: Any) -> float:
    """The float that ``primitive`` or a rule of it has returned; an error names the primitive."""
    if type(number) is float:
        return number
    if isinstance(number, Traced) and number.is_float():
        raise TypeError(
            f"{primitive.name}() or a derivative rule of it reads a Value that is no operand of "
            "it, which a compiled function would not follow: make it an operand"
        )
    if isinstance(number, Traced) and is_constant(number):
        constant: Any = number
        number = constant.data
    try:
        return as_float(number)
    except TypeError as error:
        raise TypeError(f"{primitive.name}() or a derivative rule of it: {error}") from None
