"""no_grad, enable_grad and detect_anomaly as decorators, above all of what can be suspended."""

from __future__ import annotations

import asyncio
import gc
import inspect
import subprocess
import sys
import weakref
from collections.abc import AsyncGenerator, Callable, Generator, Iterator
from contextlib import suppress
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import (
    AnomalyError,
    Value,
    detect_anomaly,
    enable_grad,
    is_recording,
    log,
    no_grad,
)
from autograd.engine.recording import switches
from tests.programs import environment


@pytest.fixture(autouse=True)
def _nothing_is_left() -> Iterator[None]:
    yield
    gc.collect()
    assert is_recording()
    assert (switches.count, switches.altered) == (0, False)


def recorded() -> bool:
    """True if an operation is recorded here and now."""
    return (Value(1.0) + 1).op is not None


class MineError(Exception):
    """An error of a user's."""


# ── Generators ────────────────────────────────────────────────────────────────


def test_each_resumption_of_a_generator_runs_inside_and_its_caller_outside() -> None:
    @no_grad()
    def numbers() -> Iterator[bool]:
        for _ in range(3):
            yield recorded()

    seen = []
    for inside in numbers():
        seen.append((inside, recorded()))
        assert not switches.altered  # the caller records no slower
    assert seen == [(False, True)] * 3


def test_enable_grad_decorates_a_generator() -> None:
    @enable_grad()
    def numbers() -> Iterator[bool]:
        while True:
            yield recorded()

    generator = numbers()
    with no_grad():
        assert next(generator)
        assert not recorded()
    assert next(generator)


def test_detect_anomaly_watches_the_body_of_a_generator_from_its_beginning() -> None:
    @detect_anomaly()
    def numbers() -> Iterator[Any]:
        root = Value(0.0).sqrt()
        yield root
        root.backward()

    generator = numbers()
    root = next(generator)
    root.backward()  # the caller may do what the body may not
    with pytest.raises(AnomalyError, match=r"in numbers: root = Value\(0\.0\)\.sqrt\(\)"):
        next(generator)


def test_what_is_sent_thrown_and_returned_passes_through() -> None:
    @no_grad()
    def echo() -> Any:
        heard: list[Any] = []
        while True:
            try:
                heard.append((yield (len(heard), recorded())))
            except KeyError as error:
                heard.append(error)
            if heard[-1] is None:
                return heard

    generator, error = echo(), KeyError("k")
    assert next(generator) == (0, False)
    assert generator.send("one") == (1, False)
    assert generator.throw(error) == (2, False)
    with pytest.raises(StopIteration) as end:
        next(generator)
    assert end.value.value == ["one", error, None]
    with pytest.raises(StopIteration):
        next(generator)


def test_an_exception_that_is_thrown_in_keeps_no_context_that_it_did_not_have() -> None:
    @no_grad()
    def calm() -> Generator[Any, Any, None]:
        with suppress(KeyError):
            yield 1
        yield sys.exc_info()
        raise MineError

    generator = calm()
    next(generator)
    assert generator.throw(KeyError()) == (None, None, None)
    with pytest.raises(MineError) as error:
        next(generator)
    assert error.value.__context__ is None


def reactive(on_close: str) -> Generator[Any, Any, Any]:
    """Yields what it hears, and reacts to each exception in another way."""
    heard: Any = None
    while heard != "return":
        try:
            heard = yield heard
        except KeyError as error:
            heard = repr(error)
        except ZeroDivisionError as error:
            raise MineError from error
        except GeneratorExit:
            if on_close == "raise":
                raise MineError from None
            if on_close == "return":
                return "closed"
            if on_close != "yield":
                raise
            on_close = "leave"  # refused once
    return "returned"


async def async_reactive(on_close: str) -> AsyncGenerator[Any, Any]:
    """The same, which waits in between and returns nothing."""
    body = reactive(on_close)
    resume, sent = body.send, None
    while True:
        await asyncio.sleep(0)
        try:
            item = resume(sent)
        except StopIteration:
            return
        try:
            resume, sent = body.send, (yield item)
        except BaseException as error:
            resume, sent = body.throw, error


ACTIONS = st.one_of(
    st.tuples(st.just("send"), st.sampled_from([None, 1, "two", "return"])),
    st.tuples(
        st.just("throw"),
        st.sampled_from([KeyError, ZeroDivisionError, GeneratorExit, StopIteration, MineError]),
    ),
    st.tuples(st.just("close"), st.none()),
)


def outcome_of(error: BaseException) -> Any:
    """An exception, in a form that can be compared."""
    causes = [error, error.__cause__, error.__context__]
    return [(type(cause), str(cause), getattr(cause, "value", None)) for cause in causes]


@given(st.lists(ACTIONS, max_size=6), st.sampled_from(["raise", "return", "yield", "leave"]))
def test_a_decorated_generator_does_as_the_one_that_is_not(
    actions: list[tuple[str, Any]], on_close: str
) -> None:
    def outcomes(generator: Any) -> list[Any]:
        found = []
        for name, argument in [*actions, *[("close", None)] * 2]:
            operands = () if name == "close" else (argument,)
            try:
                found.append(getattr(generator, name)(*operands))
            except BaseException as error:
                found.append(outcome_of(error))
        return found

    assert outcomes(reactive(on_close)) == outcomes(no_grad()(reactive)(on_close))


@given(st.lists(ACTIONS, max_size=6), st.sampled_from(["raise", "return", "leave"]))
def test_a_decorated_asynchronous_generator_does_as_the_one_that_is_not(
    actions: list[tuple[str, Any]], on_close: str
) -> None:
    async def outcomes(generator: Any) -> list[Any]:
        found = []
        for name, argument in [*actions, *[("close", None)] * 2]:
            operands = () if name == "close" else (argument,)
            try:
                found.append(await getattr(generator, f"a{name}")(*operands))
            except BaseException as error:
                found.append(outcome_of(error))
        return found

    assert asyncio.run(outcomes(async_reactive(on_close))) == asyncio.run(
        outcomes(no_grad()(async_reactive)(on_close))
    )


def test_closing_a_generator_runs_its_clean_up_inside() -> None:
    seen: list[Any] = []

    @no_grad()
    def guarded() -> Generator[int, None, None]:
        try:
            yield 1
        finally:
            seen.append(recorded())

    generator = guarded()
    next(generator)
    generator.close()
    assert seen == [False]
    next(abandoned := guarded())
    del abandoned
    gc.collect()
    assert seen == [False, False]

    @no_grad()
    def stubborn() -> Generator[int, None, None]:
        while True:
            try:
                yield 1
            except GeneratorExit:
                continue

    generator = stubborn()
    next(generator)
    with pytest.raises(RuntimeError, match="ignored GeneratorExit"):
        generator.close()
    with pytest.raises(RuntimeError):
        generator.throw(StopIteration())  # as Python has it for each generator


def test_a_generator_may_delegate_to_another_and_be_delegated_to() -> None:
    @no_grad()
    def inner() -> Any:
        got = yield recorded()
        return got

    @enable_grad()
    def middle() -> Any:
        got = yield from inner()
        yield recorded()
        return got

    def outer() -> Any:
        got = yield from middle()
        yield recorded()
        yield got

    generator = outer()
    with no_grad():
        assert [next(generator), generator.send("x"), next(generator), next(generator)] == [
            False,
            True,
            False,
            "x",
        ]


def test_a_block_in_the_body_goes_on_across_a_suspension_and_leaves_the_caller_alone() -> None:
    @no_grad()
    def switching() -> Iterator[bool]:
        yield recorded()
        with enable_grad():
            yield recorded()
            yield recorded()
        yield recorded()

    seen = []
    with enable_grad():
        for inside in switching():
            seen.append((inside, recorded()))
    assert seen == [(False, True), (True, True), (True, True), (False, True)]


@no_grad()
def failing() -> Generator[int, None, None]:
    yield 1
    raise MineError


@pytest.mark.parametrize(
    "resume", [next, lambda generator: generator.throw(MineError())], ids=["next", "throw"]
)
def test_an_error_that_leaves_the_body_is_in_no_cycle(resume: Callable[[Any], Any]) -> None:
    generator = failing()
    next(generator)
    gc.collect()
    gc.disable()
    try:
        resume(generator)
    except MineError as error:
        left = weakref.ref(error)
    finally:
        gc.enable()
    assert left() is None


def test_generators_that_take_turns_do_not_disturb_one_another() -> None:
    @no_grad()
    def quiet() -> Generator[bool, None, None]:
        while True:
            yield recorded()

    @enable_grad()
    def loud() -> Generator[bool, None, None]:
        while True:
            yield recorded()

    generators = [quiet(), loud(), quiet()]
    for _ in range(3):
        assert [next(generator) for generator in generators] == [False, True, False]
    generators.reverse()
    while generators:
        generators.pop().close()


# ── Asynchronous functions and generators ─────────────────────────────────────


def test_an_asynchronous_function_runs_inside_and_what_it_waits_for_outside() -> None:
    @no_grad()
    async def quiet(turns: int) -> list[bool]:
        seen = []
        for _ in range(turns):
            seen.append(recorded())
            await asyncio.sleep(0)
        return seen

    async def main() -> None:
        task = asyncio.ensure_future(quiet(3))
        for _ in range(3):
            assert recorded()
            await asyncio.sleep(0)
        assert await task == [False] * 3
        assert list(await asyncio.gather(quiet(2), quiet(1))) == [[False] * 2, [False]]
        assert recorded()

    asyncio.run(main())


def test_a_coroutine_by_itself_is_left_alone_while_it_is_suspended() -> None:
    class Once:
        def __await__(self) -> Any:
            return (yield "waiting")

    @no_grad()
    async def quiet() -> Any:
        return await Once(), recorded()

    coroutine = quiet()
    assert coroutine.send(None) == "waiting"
    assert recorded()
    with pytest.raises(StopIteration) as end:
        coroutine.send("news")
    assert end.value.value == ("news", False)
    closed = quiet()
    closed.send(None)
    closed.close()


def test_the_tasks_that_an_asynchronous_function_begins_have_its_setting() -> None:
    async def child() -> tuple[bool, bool]:
        await asyncio.sleep(0)
        return is_recording(), recorded()

    @no_grad()
    async def parent() -> Any:
        left_behind = asyncio.ensure_future(child())
        return left_behind, await asyncio.gather(child(), child())

    async def main() -> None:
        left_behind, others = await parent()
        assert [await left_behind, *others] == [(False, False)] * 3
        with no_grad():
            left_behind = asyncio.ensure_future(child())
        assert recorded()
        assert await left_behind == (False, False)

    asyncio.run(main())


def test_cancelling_reaches_the_body() -> None:
    seen: list[Any] = []

    @no_grad()
    async def patient() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            seen.append(recorded())

    async def main() -> None:
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(patient(), 0.01)

    asyncio.run(main())
    assert seen == [False]


@no_grad()
async def async_echo(seen: list[Any]) -> Any:
    heard: Any = None
    try:
        while heard != "stop":
            await asyncio.sleep(0)
            try:
                heard = yield heard, recorded()
            except KeyError as error:
                heard = error
    finally:
        await asyncio.sleep(0)
        seen.append(recorded())


def test_an_asynchronous_generator_runs_inside_and_its_caller_outside() -> None:
    async def main() -> None:
        seen: list[Any] = []
        generator, error = async_echo(seen), KeyError("k")
        assert await generator.asend(None) == (None, False)
        assert recorded()
        assert await generator.asend("one") == ("one", False)
        assert await generator.athrow(error) == (error, False)
        with pytest.raises(StopAsyncIteration):
            await generator.asend("stop")
        assert seen == [False]
        generator = async_echo(seen)
        await generator.asend(None)
        await generator.aclose()
        assert seen == [False, False]
        with pytest.raises(StopAsyncIteration):
            await generator.asend(None)
        assert recorded()

    asyncio.run(main())


def test_an_abandoned_asynchronous_generator_is_closed_once_and_inside() -> None:
    async def main(seen: list[Any], left: list[Any]) -> None:
        complaints: list[Any] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, c: complaints.append(c))
        async for _ in async_echo(seen):
            break
        gc.collect()
        for _ in range(4):
            await asyncio.sleep(0)
        assert seen == [False]
        left.append(async_echo(seen))  # for the loop to close at its end
        await left[0].asend(None)
        left.append(complaints)

    seen: list[Any] = []
    left: list[Any] = []
    asyncio.run(main(seen, left))
    assert seen == [False, False]
    assert left[1] == []


def test_a_block_in_an_asynchronous_generator_may_be_left_by_another_task() -> None:
    async def generator() -> AsyncGenerator[int, None]:
        with no_grad():
            yield 1

    async def main() -> None:
        abandoned = generator()
        await asyncio.create_task(abandoned.__anext__())
        await asyncio.create_task(abandoned.aclose())

    asyncio.run(main())


# ── What is decorated ─────────────────────────────────────────────────────────


def plain() -> int:
    """Its docstring."""
    return 1


def generator() -> Iterator[int]:
    """Its docstring."""
    yield 1


async def asynchronous() -> int:
    """Its docstring."""
    return 1


async def async_generator() -> AsyncGenerator[int, None]:
    """Its docstring."""
    yield 1


@pytest.mark.parametrize("context", [no_grad, enable_grad, detect_anomaly])
@pytest.mark.parametrize("function", [plain, generator, asynchronous, async_generator])
def test_what_is_decorated_stays_of_its_kind(
    function: Callable[..., Any], context: Callable[[], Any]
) -> None:
    wrapped = context()(function)
    for is_kind in (
        inspect.isgeneratorfunction,
        inspect.iscoroutinefunction,
        inspect.isasyncgenfunction,
    ):
        assert is_kind(wrapped) == is_kind(function)
    assert wrapped.__name__ == function.__name__
    assert wrapped.__doc__ == "Its docstring."
    assert inspect.signature(wrapped) == inspect.signature(function)
    assert wrapped.__wrapped__ is function


class Numbers:
    """An object that is a generator function, and has such methods."""

    def __call__(self) -> Iterator[bool]:
        """One answer."""
        yield recorded()

    @no_grad()
    def method(self) -> Iterator[bool]:
        """One answer."""
        yield recorded()

    @staticmethod
    @no_grad()
    def static() -> Iterator[bool]:
        """One answer."""
        yield recorded()


def answered(answer: bool) -> Iterator[bool]:
    yield recorded() is answer


def test_every_form_of_generator_function_is_recognised() -> None:
    numbers = Numbers()
    for generator_function in (
        numbers.method,
        numbers.static,
        no_grad()(numbers),
        no_grad()(numbers.__call__),
    ):
        assert list(generator_function()) == [False]
    assert list(no_grad()(partial(answered, False))()) == [True]


def test_a_context_can_be_used_again_and_within_itself() -> None:
    quiet = no_grad()
    for _ in range(2):
        with quiet:
            with enable_grad(), quiet:
                assert not recorded()
            assert not recorded()
        assert recorded()


def test_recording_turned_off_to_the_end_of_a_program_says_nothing_there() -> None:
    program = (
        "import autograd\n"
        "autograd.no_grad().__enter__()\n"
        "@autograd.detect_anomaly()\n"
        "def numbers():\n"
        "    yield 1\n"
        "suspended = numbers()\n"
        "next(suspended)\n"
        "print((autograd.Value(1.0) + 1).op)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert (done.stdout, done.stderr) == ("None\n", "")


def test_detect_anomaly_watches_an_asynchronous_function() -> None:
    @detect_anomaly()
    async def asynchronous() -> None:
        await asyncio.sleep(0)
        log(Value(0.0))

    with pytest.raises(AnomalyError, match=r"^log\(Value\(0\.0\)\) is -inf"):
        asyncio.run(asynchronous())
