"""no_grad, enable_grad and observed_by: settings of recording, for a block or a function.

Each is a `RecordingContext`. `engine/recording.py` contains what every operation looks up.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator, Callable, Generator
from contextvars import ContextVar
from functools import partial, wraps
from types import coroutine
from typing import Any, TypeAlias, TypeVar, cast

from autograd.engine.recording import Alteration, Observer, observed, refuse, turned_off

Function = TypeVar("Function", bound=Callable[..., Any])
Setting: TypeAlias = Callable[[], "Alteration | None"]


class RecordingContext:
    """A setting of recording, for the block of a ``with`` statement or the calls of a function.

    It holds for the thread, or the asynchronous task, that enters it. The body of a generator,
    coroutine or asynchronous generator that it decorates has the setting each time that it is
    resumed; while the body is suspended, nobody else has.
    """

    def __init__(self, variable: ContextVar[Alteration | None], setting: Setting) -> None:
        self._variable = variable
        self._setting = setting
        self._outer: list[Alteration | None] = []

    def __enter__(self) -> None:
        self._outer.append(self._variable.get())
        self._variable.set(self._setting())

    def __exit__(self, *_: object) -> None:
        # Not by a token, which another context refuses: an asynchronous generator may be closed
        # by another task than the one that began it.
        self._variable.set(self._outer.pop())

    def __call__(self, function: Function) -> Function:
        """``function``, whose body runs within this context."""
        # Imported here, because it is slow to import.
        from inspect import isasyncgenfunction, iscoroutinefunction, isgeneratorfunction

        called: Any = function

        def returns(is_kind: Callable[[Any], bool]) -> bool:
            return is_kind(called) or is_kind(called.__call__)  # of an object

        wrapper: Callable[..., Any]
        if returns(isasyncgenfunction):
            wrapper = self._around_async_generator(function)
        elif returns(iscoroutinefunction):
            wrapper = self._around_coroutine(function)
        elif returns(isgeneratorfunction):
            wrapper = _stepped(function, self._body)
        else:
            wrapper = self._around_call(function)
        return cast(Function, wraps(function)(wrapper))

    def _body(self) -> _Body:
        return _Body(self._variable, self._setting)

    def _around_call(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def wrapper(*arguments: Any, **options: Any) -> Any:
            with RecordingContext(self._variable, self._setting):
                return function(*arguments, **options)

        return wrapper

    def _around_coroutine(self, function: Callable[..., Any]) -> Callable[..., Any]:
        steps = coroutine(_stepped(function, self._body))

        async def wrapper(*arguments: Any, **options: Any) -> Any:
            return await steps(*arguments, **options)

        return wrapper

    def _around_async_generator(self, function: Callable[..., Any]) -> Callable[..., Any]:
        async def wrapper(*arguments: Any, **options: Any) -> AsyncGenerator[Any, Any]:
            generator = function(*arguments, **options)
            body = self._body()
            run = coroutine(_stepped(lambda awaitable: awaitable, lambda: body))
            # An event loop closes the wrapper, which then closes the generator: the loop is not
            # told of that one, or would close it too.
            hooks = sys.get_asyncgen_hooks()
            sys.set_asyncgen_hooks(None, None)
            try:
                awaitable = generator.asend(None)
            finally:
                sys.set_asyncgen_hooks(*hooks)
            try:
                while True:
                    item = await run(awaitable)
                    try:
                        awaitable = generator.asend((yield item))
                    except BaseException as error:
                        awaitable = generator.athrow(error)
            except StopAsyncIteration:
                return
            finally:
                del awaitable

        return wrapper


class _Body(RecordingContext):
    """What can be suspended, and goes on with the setting that it had at that time.

    A ``with`` block within it, say of `enable_grad`, may have changed the setting.
    """

    def __exit__(self, *_: object) -> None:
        last = self._variable.get()
        # As a setting to come: what is suspended slows nobody's recording down.
        self._setting = partial(Alteration, last.observer) if last else lambda: None
        super().__exit__()


def _stepped(
    function: Callable[..., Any], context: Callable[[], RecordingContext]
) -> Callable[..., Generator[Any, Any, Any]]:
    """A generator function that resumes what ``function`` returns, each time within a context."""

    def steps(*arguments: Any, **options: Any) -> Generator[Any, Any, Any]:
        iterator, within = function(*arguments, **options), context()
        resume, sent = iterator.send, None
        try:
            while True:
                with within:
                    item = resume(sent)
                try:
                    resume, sent = iterator.send, (yield item)
                except BaseException as error:  # which may be that this generator is closed
                    resume, sent = iterator.throw, error
        except StopIteration as end:
            return end.value
        finally:
            sent = None  # an exception refers to this frame, which must not refer to it

    return steps


def no_grad() -> RecordingContext:
    """Compute without recording: results are leaves, and nothing below them is kept.

    It holds for the thread, or the asynchronous task, that enters it. It can
    decorate a function as well; the body of a generator or an asynchronous function then
    runs without recording, and whoever resumes it goes on recording.

    >>> from autograd import Value
    >>> x = Value(3.0)
    >>> with no_grad():
    ...     y = x * x
    >>> y, y.inputs
    (Value(9.0), ())
    """
    return RecordingContext(turned_off, Alteration)


def enable_grad() -> RecordingContext:
    """Record operations after all, within `no_grad`.

    It can decorate a function, as `no_grad` can.

    >>> from autograd import is_recording
    >>> with no_grad(), enable_grad():
    ...     is_recording()
    True
    """
    return RecordingContext(turned_off, lambda: None)


def observed_by(make: Callable[[], Observer]) -> RecordingContext:
    """Tell an observer, a new one for each block, of every operation and backward pass."""

    def observing() -> Alteration:
        refuse("observes operations, as detect_anomaly() does")
        return Alteration(make())

    return RecordingContext(observed, observing)
