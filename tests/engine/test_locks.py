"""Threads that go through graphs at the same time, and processes made by fork meanwhile."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from functools import partial

import pytest

from autograd import Value, grad, gradients, hessian, jvp, no_grad
from autograd.engine import locks
from autograd.engine.recording import switches
from tests.programs import environment
from tests.threads import run_at_once

FORKING = """
import os, signal, sys, threading, time
from autograd import Value, grad, no_grad

def f(x):
    for _ in range(200):
        x = x * 1.001
    return x

def work():
    while True:
        grad(f)(1.0)
        with no_grad():
            f(x)
        root.backward()

x = Value(1.0)
root = f(x)
expected = grad(f)(1.0)
sys.setswitchinterval(1e-6)
for _ in range(3):
    threading.Thread(target=work, daemon=True).start()
for _ in range(40):
    child = os.fork()
    if child == 0:
        signal.alarm(20)  # ends a child that hangs
        before = x.grad
        root.backward()
        with no_grad():
            assert f(x).op is None
        assert f(x).op is not None
        right = grad(f)(1.0) == expected and x.grad == before + expected
        os._exit(0 if right else 1)
    status = os.waitpid(child, 0)[1]
    if status:
        print("a child ended with", status, flush=True)
        break
os._exit(0)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_child_process_finds_no_lock_closed_and_no_graph_half_gone_through() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", FORKING],
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert (done.stdout, done.stderr) == ("", "")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@pytest.mark.parametrize("lock", [locks.turn, locks.flag], ids=["turn", "flag"])
def test_a_fork_waits_for_the_thread_that_has_a_lock(lock: threading.RLock) -> None:
    taken, released, forking = threading.Event(), threading.Event(), threading.Event()
    left: list[bool] = []

    def hold() -> None:
        with lock:
            taken.set()
            forking.wait(10)
            # A little longer, since nothing says that the fork has begun.
            left.append(released.wait(0.1))

    thread = threading.Thread(target=hold)
    thread.start()
    assert taken.wait(10)
    forking.set()
    child = os.fork()
    if child == 0:
        os._exit(0 if lock.acquire(blocking=False) else 1)
    released.set()
    thread.join()
    assert os.waitpid(child, 0)[1] == 0
    assert left == [False]  # the fork came after the lock was released
    assert lock.acquire(blocking=False)
    lock.release()


def test_every_way_of_differentiating_may_be_used_by_several_threads_at_once() -> None:
    x, y = Value(3.0), Value(2.0)
    shared = x * x
    common = shared * y + (shared + y).tanh()
    x_slope, y_slope = (slope.data for slope in gradients(common, (x, y)))

    def by_jvp() -> None:
        assert jvp(lambda z: shared * z, (2.0,), (1.0,)) == (18.0, 9.0)

    def by_gradients() -> None:
        assert [slope.data for slope in gradients(common, (x, y))] == [x_slope, y_slope]

    def by_grad() -> None:
        assert grad(lambda z: common * z * z)(1.0) == 2 * common.data

    def by_hessian() -> None:
        assert hessian(lambda z: z**3 * y.data)(2.0) == 24.0

    def quietly() -> None:
        with no_grad():
            assert (x * y).op is None
        assert (x * y).op is not None

    errors: list[BaseException] = []

    def work(step: Callable[[], object]) -> None:
        try:
            for _ in range(60):
                step()
        except BaseException as error:
            errors.append(error)

    steps = [common.backward, by_jvp, by_gradients, by_grad, by_hessian, quietly, common.backward]
    run_at_once(partial(work, step) for step in steps)
    assert errors == []
    assert x.grad == pytest.approx(120 * x_slope, rel=1e-12)
    assert y.grad == pytest.approx(120 * y_slope, rel=1e-12)
    assert (switches.count, switches.altered) == (0, False)
