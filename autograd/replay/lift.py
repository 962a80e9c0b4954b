"""`lift`: makes a program of a tape, which runs it forward and backward."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import cached_property, lru_cache, partial
from itertools import compress
from typing import Any, Final

from autograd.engine.value import Value
from autograd.replay.bound import Links, ListBound
from autograd.replay.lists import ListMachine
from autograd.replay.lowering import lowered
from autograd.replay.machine import bound, machine
from autograd.replay.optimizer import optimized
from autograd.replay.program import Program
from autograd.replay.reach import below_root, choices_of, flags_of_takes
from autograd.replay.tape import Tape, backward_pass
from autograd.replay.writing import describe, source


def lift(tape: Tape) -> Replay:
    """The program of a tape: it computes the outputs of it, and the gradients of its roots.

    >>> from autograd import multiply, tanh
    >>> tape = Tape("f")
    >>> x = tape.input(0.5)
    >>> y = tape.row(multiply, (x, x), (0, 1), 0.25)
    >>> out = tape.row(tanh, (y,), (0,), tanh(0.25))
    >>> tape.leaves, tape.outputs, tape.roots = [x], [out], [0]
    >>> run = lift(tape).run([3.0])
    >>> run.outputs, run.reached(0), run.add_shares(0, 1.0, [0.0])
    ([0.999999969540041], [0], [3.6551950273939385e-07])
    """
    return Replay(tape)


class Gradient:
    """A program with the gradients of one root, where choices have taken one way.

    Attributes:
        program: the program.
        machine: what runs it.
        leaves: the leaves that may get a share, as indices into those of the tape, in the order in
            which each gets its last.
        conditions: for each of them, where an index decides if it gets one, the flags under which
            it does, as indices into `flags_of_takes`.
    """

    def __init__(self, tape: Tape, root: int, flags: Sequence[bool]) -> None:
        found, shares = below_root(tape, tape.outputs[tape.roots[root]], flags)
        program = lowered(tape, shares)
        if found.choices:
            ways = dict(zip(choices_of(tape), enumerate(flags, len(tape.outputs))))
            program.ways = dict([ways[flag] for flag in found.choices if flag in ways])
        self.program: Program = optimized(program)
        self.machine = machine(self.program)
        self.leaves = [leaf for leaf in shares.leaves if leaf >= 0]
        self.conditions: list[list[int]] = []
        if found.takes:
            places = {flag: place for place, flag in enumerate(flags_of_takes(tape))}
            ends = [tape.leaves[leaf] for leaf in self.leaves]
            self.conditions = [[places[x] for x in found.flags_of(entry)] for entry in ends]

    def are_reached(self, taken: Sequence[bool]) -> list[bool]:
        """For each leaf whether it gets a share, if the flags of takes are these."""
        return [not each or any(taken[flag] for flag in each) for each in self.conditions]


_MOST_GRADIENTS: Final = 64  # programs that are kept, of the ways that choices have taken
_MOST_ROOTS: Final = 10  # of which gradients are printed


class Replay:
    """A tape, made into programs.

    Attributes:
        tape: the tape.
        program: the program of the outputs, with the gradients of the first root.
        machine: what runs it.
        seconds: the processor time that this took.
        recorded: how choices went in the recording, by whose flags the gradients of roots go.
        gradient: makes the program of the gradients of a root, by its index in `Tape.roots`, for
            these flags of the choices; it keeps some of them.
    """

    def __init__(self, tape: Tape) -> None:
        start = time.process_time()
        self.tape = tape
        self.gradient = lru_cache(_MOST_GRADIENTS)(partial(Gradient, tape))
        self.recorded: tuple[bool, ...] = ()
        if tape.roots:
            self.recorded = tuple([tape.data[entry] != 0.0 for entry in choices_of(tape)])
            first = self.gradient(0, self.recorded)
            self.program, self.machine = first.program, first.machine
        else:
            self.program = optimized(lowered(tape))
            self.machine = machine(self.program)
        self.seconds = time.process_time() - start

    def __str__(self) -> str:
        """The rows of the program, forward and backward, with what became one row and counts.

        Of further roots it has the gradients too, as choices have gone in the recording.
        """
        tape, program = self.tape, self.program
        places = {
            program.constant(tape.data[entry]): place for entry, place in tape.constants.items()
        }
        operations = tape.count - len(tape.inputs) - len(tape.constants)
        size = 8 * (len(program.constants) + program.inputs + len(program.kinds))
        of_first = f" for result {tape.roots[0] + 1}" if len(tape.roots) > 1 else ""
        counts = (
            f"{tape.name}: {_counted(operations, 'operation')} recorded, and "
            f"{_counted(len(program.kinds), 'row')} with {_counted(program.terms(), 'term')} "
            f"made of them{of_first} in {1000 * self.seconds:.3g} ms; a run takes {size} bytes"
        )
        shown = tape.roots[:_MOST_ROOTS]
        lines = [counts, describe(self._programs(shown), len(tape.inputs), places)]
        if len(tape.roots) > _MOST_ROOTS:
            lines.append(f"... gradients of {len(tape.roots) - _MOST_ROOTS:,} more results ...")
        return "\n".join(lines)

    def source(self) -> str:
        """Python that gives the same bits: a module with a function ``program``.

        It takes a list of the inputs of the tape; where there is a root, then also its gradient and
        the sums that shares are added to. It returns the outputs, and these sums. Of several roots
        this is the first; another one that is the third of the outputs has ``program_3``. An
        assertion fails where a guard finds another number, or where a choice that the gradients
        depend on goes another way than in the recording.
        """
        programs = self._programs(self.tape.roots)
        return source(self.tape.name, programs, len(self.tape.inputs), len(self.tape.outputs))

    def _programs(self, roots: list[int]) -> dict[int, Program]:
        """The programs with the gradients of the first roots, these, by their places from 1."""
        if not roots:
            return {1: self.program}
        return {
            place + 1: self.gradient(root, self.recorded).program
            for root, place in enumerate(roots)
        }

    def run(self, numbers: Sequence[float]) -> Run | None:
        """Compute the outputs from a number for each input; None if a guard finds another one."""
        state = self.machine.forward(numbers)
        return None if state is None else Run(self, state)

    @cached_property
    def _of_entries(self) -> tuple[list[int], ListMachine]:
        entries = [entry for entry, op in enumerate(self.tape.ops) if op is not backward_pass]
        return entries, machine(lowered(self.tape, outputs=entries))

    def entries(self, numbers: Sequence[float]) -> dict[int, float] | None:
        """The float of each entry that is no pass, given those of inputs; None if a guard fails."""
        entries, made = self._of_entries
        state = made.forward(numbers)
        return None if state is None else dict(zip(entries, made.values(state, len(entries))))

    def bind(self, links: Links) -> ListBound:
        """The program, with inputs that are read from Values and outputs that change them."""
        return bound(self.machine, links)


class Run:
    """One run of a program, which has left this state.

    Attributes:
        state: that of the machine.
    """

    def __init__(self, replay: Replay, state: Any) -> None:
        self._replay = replay
        self.state = state
        # Those of choices, then those of takes, once asked for: a `cached_property` takes a lock.
        self._flags: tuple[bool, ...] | None = None

    def first(self, count: int) -> list[float]:
        """So many of the outputs of the tape, the first ones."""
        return self._replay.machine.values(self.state, count)

    @property
    def outputs(self) -> list[float]:
        """The outputs of the tape."""
        return self.first(len(self._replay.tape.outputs))

    @property
    def numbers(self) -> list[float]:
        """The numbers of the inputs."""
        return self._replay.machine.inputs(self.state)[: len(self._replay.tape.inputs)]

    def _find_flags(self) -> tuple[bool, ...]:
        values, outputs = self._replay.program.values, len(self._replay.tape.outputs)
        if values == outputs:
            return ()
        return tuple([flag != 0.0 for flag in self.first(values)[outputs:]])

    def _gradient(self, root: int) -> tuple[Gradient, list[bool]]:
        """The program of the gradients of a root; and, if an index decides, which are reached."""
        flags = self._flags
        if flags is None:
            flags = self._flags = self._find_flags()
        choices = len(self._replay.recorded)
        gradient = self._replay.gradient(root, flags[:choices])
        return gradient, gradient.are_reached(flags[choices:])

    def reached(self, root: int) -> list[int]:
        """The leaves that get a share of the gradient of a root, as indices into `Tape.leaves`.

        Each once, in the order in which they get their last share.
        """
        gradient, are_reached = self._gradient(root)
        return list(compress(gradient.leaves, are_reached)) if are_reached else gradient.leaves

    def varies(self, root: int) -> bool:
        """True if an index decides which leaves are `reached`."""
        return len(self._gradient(root)[1]) > 0

    def add_shares(self, root: int, seed: float, sums: Sequence[float]) -> list[float]:
        """The sums with all shares added, one after the other, in the order of a backward pass.

        Args:
            root: the index of the root in `Tape.roots`.
            seed: the gradient of the root.
            sums: for each leaf that is `reached` the sum of the shares it has.
        """
        values = [Value(0.0) for _ in sums]
        for value, total in zip(values, sums):
            value._grad = total
        self.add_to(root, seed, values)
        return [value._grad for value in values]

    def add_to(self, root: int, seed: float, values: Sequence[Value]) -> None:
        """Add the shares to the gradients of ``values``, those of the leaves that are `reached`."""
        gradient, are_reached = self._gradient(root)
        if are_reached:
            given = iter(values)
            values = [next(given) if reached else Value(0.0) for reached in are_reached]
        made, state = gradient.machine, self.state
        if made is not self._replay.machine:
            state = made.forward(self.numbers)
        made.add_shares(state, seed, values)


def _counted(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
