"""compile: a function that is recorded once and replayed, and is the function to the bit.

A call is taken apart into its structure, and floats and Values (`arguments.py`). A program that was
recorded for that structure stands for the call if its guards find the same (`recorded.py`);
otherwise the call is recorded. Now and then the function itself runs too, and both are compared.
"""

from __future__ import annotations

import functools
import gc
import inspect
import threading
import types
import warnings
from collections import Counter
from collections.abc import Callable
from operator import index
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeAlias, TypeVar, overload

from autograd.engine.locks import turn
from autograd.engine.operands import kind_of
from autograd.engine.recording import differentiated, is_recording, observer
from autograd.engine.value import Value
from autograd.functional import global_name
from autograd.replay.arguments import Arguments
from autograd.replay.checks import (
    OTHER_VALUES,
    changed_only,
    difference,
    held_values,
    what_differs,
    with_changes,
)
from autograd.replay.errors import ArgumentFound, CompileError, CompileWarning
from autograd.replay.recorded import Recorded, recorded
from autograd.replay.recording.outside import Indices, Numbers
from autograd.replay.replays import Call
from autograd.replay.surroundings import Surroundings
from autograd.replay.tape import Tape, same

if TYPE_CHECKING:
    from autograd.typed import Gradient


P = ParamSpec("P")
R = TypeVar("R")


@overload
def compile(
    function: Gradient, *, check: bool = False, programs: int = 32
) -> Compiled[..., Any]: ...
@overload
def compile(
    function: Callable[P, R], *, check: bool = False, programs: int = 32
) -> Compiled[P, R]: ...
@overload
def compile(
    function: None = None, *, check: bool = False, programs: int = 32
) -> Callable[[Callable[P, R]], Compiled[P, R]]: ...
def compile(function: Any = None, *, check: bool = False, programs: int = 32) -> Any:
    """``function``, recorded once and then replayed: the same results to the bit, faster.

    It is called as the function is. Numbers, arrays of numbers and Values among the arguments are
    inputs of the recorded program; all else is what makes one program differ from another. Values
    that the function reads from elsewhere, such as the parameters of a model, are read at each
    call. Where the function looks at a number, as an ``if`` does, the outcome is compared at each
    call, and another outcome is recorded as a further program.

    Args:
        function: it computes what it returns and does nothing else. Left out, the result is a
            decorator.
        check: True to run the function too at every call, and to compare. Otherwise that is done
            at the calls 2, 8, 32, 128 ... of each program.
        programs: the number of programs. After that the function runs as it is, with a warning.
            A Value that was an argument, and was found elsewhere in the same call, counts as one.

    Returns:
        A `Compiled` function.

    Raises:
        TypeError: it is no function, or one that does not return, such as a generator.
        CompileError: at a call: the function does what a replay would not do, such as to change
            the data of a Value, or to keep a number elsewhere.

    >>> from autograd import Value, compile
    >>> w = Value(3.0)
    >>> @compile
    ... def loss(x, y):
    ...     return (w * x - y) ** 2
    >>> loss(1.0, 1.0), loss(2.0, 2.0).data
    (Value(4.0, op=loss), 16.0)
    """
    if function is None:
        return functools.partial(compile, check=check, programs=programs)
    if isinstance(function, Compiled):
        return function
    if isinstance(function, type):
        raise TypeError(f"compile() takes a function, got the class {function.__name__}")
    if not callable(function):
        raise TypeError(f"compile() takes a function, got {kind_of(function)}")
    for returns, kind in _KINDS.items():
        if returns(function):
            name = _name(function)
            raise TypeError(f"compile() takes a function that returns, and {name}() is {kind}")
    if not isinstance(programs, int) or programs < 1:
        raise ValueError(f"programs is the number of programs, at least 1, got {programs!r}")
    return Compiled(function, check, programs)


_KINDS: dict[Callable[[Any], bool], str] = {
    inspect.isgeneratorfunction: "a generator",
    inspect.iscoroutinefunction: "a coroutine",
    inspect.isasyncgenfunction: "an asynchronous generator",
}


def _name(function: Any) -> str:
    return str(getattr(function, "__name__", type(function).__name__))


class Compiled(Generic[P, R]):
    """A function that is recorded and replayed; see `compile`.

    >>> from autograd import Value, compile
    >>> square = compile(lambda x: x * x)
    >>> square.map([Value(2.0), Value(3.0)])
    [Value(4.0, op=<lambda>), Value(9.0, op=<lambda>)]
    >>> len(square.programs)
    1
    """

    def __init__(self, function: Callable[P, R], check: bool, programs: int) -> None:
        # Not the docstring, which an operation writes when it is asked for.
        functools.update_wrapper(self, function, ("__module__", "__qualname__"), ())
        self.__name__ = _name(function)
        self._check = check
        self._limit = programs
        self._lock = threading.RLock()
        self._surroundings: Surroundings | None = None
        self.clear()

    def clear(self) -> None:
        """Forget all programs: the next call is recorded."""
        self._programs: dict[Any, list[Recorded]] = {}
        self._all: list[Recorded] = []  # in the order in which they were recorded
        # The ids of Values that have been arguments, and were found elsewhere in the same call. If
        # another Value has such an id later, its calls run as they are, which is right as well.
        self._found: set[int] = set()
        self._follows = True  # integers of NumPy's: until a call needs these themselves
        self._runs_as_it_is = False

    @property
    def programs(self) -> list[Any]:
        """The programs that have been recorded, in that order; to be printed."""
        return [program.replay for program in self._all]

    @property
    def __doc__(self) -> str | None:  # type: ignore[override]
        return self.__wrapped__.__doc__

    __wrapped__: Callable[P, R]

    @overload
    def __get__(self, instance: None, owner: Any = None) -> Compiled[P, R]: ...
    @overload
    def __get__(self, instance: object, owner: Any = None) -> Callable[..., R]: ...
    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else types.MethodType(self, instance)

    def __repr__(self) -> str:
        count = len(self._all)
        state = ", runs as it is" if self._runs_as_it_is else ""
        return f"<compiled {self.__name__}: {count} program{'s' * (count != 1)}{state}>"

    def __deepcopy__(self, memo: Any) -> Compiled[P, R]:
        return self

    def __copy__(self) -> Compiled[P, R]:
        return self

    def __reduce__(self) -> str | tuple[Any, ...]:
        name = global_name(self)
        if name is not None:  # a decorated function
            return name
        return _again, (self.__wrapped__, self._check, self._limit)

    def map(self, *columns: Any, **options: Any) -> list[R]:
        """The results for each row: ``[f(*row, **options) for row in zip(*columns)]``.

        Raises:
            ValueError: the columns differ in length, or there are none.
        """
        lengths = [len(column) for column in columns]
        if len(set(lengths)) != 1:
            got = ", ".join(map(str, lengths)) or "no column"
            raise ValueError(f"{self.__name__}.map() takes columns of equal length, got {got}")
        return [self(*row, **options) for row in zip(*columns)]

    def repeat(self, times: int, *arguments: P.args, **options: P.kwargs) -> list[R]:
        """The results of so many calls: ``[f(*arguments, **options) for _ in range(times)]``.

        Ctrl-C ends it between two calls: Values are as after a whole one.
        """
        results: list[R] = []
        left = index(times)
        while left > 0:
            results.append(self(*arguments, **options))
            left -= 1
            if left > 0 and not self._check:
                more = self._steps(left, arguments, options)
                results.extend(more)
                left -= len(more)
        return results

    def _steps(self, times: int, arguments: tuple[Any, ...], options: dict[str, Any]) -> list[R]:
        """The results of up to so many calls without a comparison, which go on from the last."""
        if self._runs_as_it_is or observer() is not None:
            return []
        parts = Arguments(arguments, options, self._follows)
        if self._have_to_run(parts):
            return []
        programs = self._programs.get(self._key(parts))
        if not programs or programs[0].reads(parts.values):
            return []
        program = programs[0]
        unchecked = program.next_check - program.runs - 1
        if unchecked <= 0:
            return []
        results, error = program.steps(parts, min(times, unchecked))
        program.runs += len(results)
        if error is not None:
            raise error
        return results

    def _key(self, parts: Arguments) -> Any:
        if self._surroundings is None:
            self._surroundings = Surroundings(self.__wrapped__)
        taken = len(differentiated.get()) > 0
        return parts.key, is_recording(), taken, self._surroundings.seen()

    def __call__(self, *arguments: P.args, **options: P.kwargs) -> R:
        """What the function returns."""
        # Within a function that is being recorded this one is a part of it; and an observer is
        # to see each operation.
        if self._runs_as_it_is or observer() is not None:
            return self.__wrapped__(*arguments, **options)
        result: R = self._called(Arguments(arguments, options, self._follows))
        return result

    def _have_to_run(self, parts: Arguments) -> bool:
        """True if the function itself has to run for these arguments, as far as is known."""
        if self._found and not self._found.isdisjoint(map(id, parts.values)):
            return True
        return parts.are_used_up

    def _called(self, parts: Arguments) -> Any:
        if self._have_to_run(parts):
            return parts.given_to(self.__wrapped__)
        is_new = self._surroundings is None
        key = self._key(parts)
        programs = self._programs.get(key, [])
        for program in programs:
            if program.reads(parts.values):  # as an argument and from elsewhere
                return parts.given_to(self.__wrapped__)
            call = program.call(parts)
            if call is not None:
                if program is not programs[0]:
                    self._first(program)
                return self._replayed(program, call, parts)
            if program.is_stale():
                self._forget(program)
        try:
            with self._lock:
                if not is_new or self._key(parts) != key:
                    # It may name other functions by now.
                    self._surroundings = Surroundings(self.__wrapped__)
                    key = self._key(parts)
                return self._recorded(key, parts)
        except ArgumentFound as error:
            self._found.update(error.args)
        return parts.given_to(self.__wrapped__)

    def _recorded(self, key: Any, parts: Arguments) -> Any:
        """The result of a call for which there is no program yet."""
        if len(self._all) + len(self._found) >= self._limit:
            self._runs_as_it_is = True
            warnings.warn(
                f"{self.__name__}() has been recorded {self._limit} times and runs as it is from "
                f"now on; what differs most: {_most(self._all, len(self._found), key)}",
                CompileWarning,
                stacklevel=4,
            )
            return parts.given_to(self.__wrapped__)
        room = self._all[-1].tape.count * 9 // 8 if self._all else 0
        program = None
        try:
            program = recorded(key, self.__wrapped__, self.__name__, parts, room=room)
        except Exception:
            if not parts.has_integers:
                raise
        if program is None:
            return self._called_as_given(parts)
        if program.is_stale():  # nobody holds any more what this call has read
            return parts.given_to(self.__wrapped__)
        call = program.call(parts)
        if call is None or not program.is_as_recorded(call):
            raise self._unlike("an operation gives another result for the same numbers", "")
        self._all.append(program)
        self._first(program)
        return self._replayed(program, call, parts)

    def _called_as_given(self, parts: Arguments) -> Any:
        """The same where integers of NumPy's are not followed: it may take them as indices."""
        self._follows = False
        try:
            return self._called(Arguments(parts.positional, parts.options, self._follows))
        except BaseException:  # it was not because of these
            self._follows = True
            raise

    def _first(self, program: Recorded) -> None:
        """Try this program before others: calls that are alike often follow each other."""
        others = [x for x in self._programs.get(program.key, ()) if x is not program]
        self._programs[program.key] = [program, *others]

    def _forget(self, program: Recorded) -> None:
        with self._lock:
            self._all = [x for x in self._all if x is not program]
            others = [x for x in self._programs.get(program.key, ()) if x is not program]
            self._programs[program.key] = others

    def _replayed(self, program: Recorded, call: Call, parts: Arguments) -> Any:
        program.runs += 1
        if not self._check and program.runs < program.next_check:
            result = program.result(call)
            program.apply(call)
            return result
        program.next_check = 4 * program.runs if program.runs > 1 else 2
        result = program.result(call)
        returned, doubtful, problem = self._compared(program, call, result, parts)
        if problem is not None:
            del result
            gc.collect()
            if program.is_stale():  # it reads what the call has made, and was in a cycle
                self._forget(program)
                return returned
            self._forget(program)
            if parts.has_integers:  # their results may be of NumPy's types, or overflow
                self._follows = False
                return returned
            raise self._unlike(problem, self._reason(program, self._recorded_again(program, parts)))
        del returned
        said = [*doubtful.values()]
        kept = held_values(doubtful)
        if kept:
            again = self._recorded_again(program, parts)
            for value, problem in zip(kept, said):
                # Others are held by what the call has made.
                if _reads(again, parts, value):
                    self._forget(program)
                    raise self._unlike(problem, self._reason(program, again))
        return result

    def _compared(
        self, program: Recorded, call: Call, result: Any, parts: Arguments
    ) -> tuple[Any, dict[Value, str], str | None]:
        """Carry the call out by the function itself, and compare it with its replay.

        Returns:
            What the function has returned; the Values that it alone has changed or reached, each
            with what is to be said of it; and what else differs, if anything does.
        """
        values = call.values
        try:
            with turn:  # another thread may compare gradients, which it puts into Values meanwhile
                before = Numbers(values)
            try:
                function = functools.partial(parts.given_to, self.__wrapped__)
                returned, changed = with_changes(function)
            except BaseException:  # such as KeyboardInterrupt: it may have taken half a step
                before.put_back(values)
                raise
            outside = Indices(values)
            doubtful = changed_only(changed, outside)
            with turn:
                problem = difference("the result", result, returned, doubtful, outside)
                problem = problem or program.difference(call, values, before)
        finally:
            del values  # references to them are counted, and a traceback would have some
        return returned, doubtful, problem

    def _unlike(self, problem: str, reason: str) -> CompileError:
        return CompileError(
            f"{self.__name__}() does not do again what was recorded: {problem}.{reason}"
        )

    def _recorded_again(self, program: Recorded, parts: Arguments) -> Again:
        parts = Arguments(parts.positional, parts.options, parts.follows)
        try:
            return recorded(program.key, self.__wrapped__, self.__name__, parts, is_apart=True)
        except (CompileError, ArgumentFound) as error:
            return error

    def _reason(self, program: Recorded, again: Again) -> str:
        """Why a program is not what the function does, as far as recording it again tells."""
        if isinstance(again, CompileError):
            return f" Recorded again: {again}"
        if isinstance(again, ArgumentFound):  # where the program has read another Value
            return f" {OTHER_VALUES}"
        if list(map(id, program.captured)) != list(map(id, again.captured)):
            return f" {OTHER_VALUES}"
        return f" {what_differs(program.tape, again.tape)}"


# What comes of a call that is recorded again, to tell what is wrong.
Again: TypeAlias = Recorded | CompileError | ArgumentFound


def _reads(again: Again, parts: Arguments, value: Value) -> bool:
    """True if a Value is an argument, or what a call that was recorded again has from outside."""
    if not isinstance(again, Recorded) or again.reads([value]):
        return True
    return any(x is value for x in parts.values)


def _again(function: Callable[P, R], check: bool, programs: int) -> Compiled[P, R]:
    return Compiled(function, check, programs)


def _most(programs: list[Recorded], arguments: int, key: Any) -> str:
    """The line or the variable by which programs differ most often.

    Args:
        programs: they, in the order in which they were recorded.
        arguments: for how many calls there is none, since an argument was found elsewhere.
        key: that of the call that there is no room for.
    """
    found: Counter[str] = Counter()
    if arguments:
        found["a Value that is an argument and that it reads from outside too"] = arguments
    latest: dict[Any, Recorded] = {}
    for before, after in zip([None, *programs], programs):
        alike = latest.get(after.key)
        if alike is not None:
            found.update(_first_other_guard(alike.tape, after.tape))
        elif before is not None:
            found[_key_difference(before.key, after.key)] += 1
        latest[after.key] = after
    if programs and not found:
        found[_key_difference(programs[-1].key, key)] += 1
    return found.most_common(1)[0][0]


def _first_other_guard(old: Tape, new: Tape) -> list[str]:
    """The line of the first guard that two recordings do not share."""
    for x, y in zip(old.guards, new.guards):
        if (x.entry, x.look) != (y.entry, y.look) or not same(x.value, y.value):
            return [f"{y.look} at {y.place}"]
    return []


def _key_difference(old: Any, new: Any) -> str:
    """What makes two keys of a function differ, in words."""
    name = old[3].difference(new[3])
    if name is not None:
        return (
            f"{name}, which it reads from outside; pass it as an argument, or keep it in the data "
            "of a Value"
        )
    (before, before_named), (now, now_named) = old[0], new[0]
    known = [*enumerate(before), *before_named]
    changed = (name for name, part in [*enumerate(now), *now_named] if (name, part) not in known)
    name = next(changed, None)
    if name is None:
        return "the arguments"
    return f"argument {name}, which is neither a float nor a Value throughout"
