"""The verdict on a derivative that differs from differences: a fault, a kink, or neither."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from autograd.engine.order import topological_order
from autograd.engine.value import Value
from autograd.functional import gradients
from autograd.testing.chain_rule import Adjoint, derivatives, noise
from autograd.testing.inputs import place
from autograd.testing.numerical import OUT_OF_DOMAIN, Slope
from autograd.testing.operations import (
    fine_steps,
    first_fault,
    has_precise_rules,
    imprecise_rules,
    kinks,
    overflows,
    wrong_own_rules,
    wrong_own_rules_of_rules,
    wrong_rules,
    wrong_rules_of_rules,
)
from autograd.testing.outside import Fault, reason
from autograd.testing.sampling import Samples, count_operations
from autograd.testing.uses import Use

__tracebackhide__ = True  # pytest shows the user's line and the message

# Where the chain rule is compared: parts of a step, and then of the inputs if these are smaller.
_WITHIN_STEP: Final = [0.77 * 0.73**k for k in range(20)]
_WITHIN_INPUT: Final = (0.31, 0.027, 1.1e-4)
_CLOSER_STEPS: Final = 40  # each a third of the one before
_WEAK: Final = 1e-6  # the relative bound from which a fault of a rule may pass
_SURE: Final = 1e-12  # the same up to which 60 digits are believed
_NEARBY: Final = (1e-3, -1e-3, 1e-6, -1e-6)  # where loops may take more steps than at the point
_NOT_RECORDED: Final = (
    "Each recorded operation is right by itself, so part of the computation has left the "
    "record: look for `.data`, float() and the functions of math, and for a loop that stops as "
    "soon as its value has settled, before the derivative has."
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A derivative by the chain rule, to be compared with differences.

    Attributes:
        what: its name in messages.
        order: its order.
        rates: the direction of its last order but one; in the first order that of input j.
        i: the position of the output.
        j: the position of the input.
        chain: the derivative by the chain rule.
        difference: the same by differences of floats.
        exact: the same by differences of numbers of 60 digits, where these have been taken.
    """

    what: str
    order: int
    rates: Sequence[float]
    i: int
    j: int
    chain: Adjoint
    difference: Slope
    exact: Slope | None = None


class Verdicts:
    """The verdicts of one check.

    Attributes:
        skip_kinks: True if derivatives that do not exist are to be left out.
        kinks: the number of derivatives that do not exist and have been left out.
    """

    def __init__(self, samples: Samples, tolerance: float, skip_kinks: bool) -> None:
        self._samples = samples
        self._tolerance = tolerance
        self.skip_kinks = skip_kinks
        self._bent: set[int] = set()  # the outputs at a kink, by 60 digits
        # The outputs, with the last order, where differences are too rough to tell a small fault.
        self._doubtful: dict[int, tuple[int, Sequence[float]]] = {}
        self.kinks = 0

    def of(self, claim: Claim) -> Fault | None:
        """The fault, if the two derivatives differ or there is none; else None."""
        chain, difference = claim.chain, claim.difference
        if claim.exact and (claim.exact.problem or self._is_unsettled(claim.exact, claim.j)):
            self._bent.add(claim.i)
        off = abs(chain.value - difference.value)
        bound = difference.error + chain.error + self._tolerance * abs(difference.value)
        if off <= bound and not difference.problem:
            if chain.value and difference.error > _WEAK * abs(difference.value):
                self._doubt(claim)
            return None
        # The chain rule is applied to numbers that were rounded.
        leaves, traced = self._samples.graphs(claim.order, claim.rates, claim.i)
        leaf = leaves[claim.j]
        rounding = noise(gradients(traced[-1], [leaf])[0])
        if off <= bound + rounding and not difference.problem:
            return None
        if (
            self._is_confirmed(claim, chain.error + rounding)
            and not (all(self._within_step(claim)) and self._branches(claim))
            and (
                difference.problem
                or any(self._within_step(claim))
                or self._shows_closer(claim)
                or first(traced, fine_steps)
            )
        ):
            return None
        self._samples.repeat()
        by = leaf if claim.order == 1 else None
        if difference.problem:
            return self._missing(claim, lambda: _reason(difference, traced, by))
        # Where differences do not show the whole, they do not show rules of the table.
        excuse = self._excuse(claim, traced, by)
        fault = first(traced, wrong_own_rules if excuse else wrong_rules, leaf)
        if not fault and claim.order > 1:
            look = wrong_own_rules_of_rules if excuse else wrong_rules_of_rules
            fault = first(traced, look, leaf)
        cause = "" if fault else _reason(difference, traced, by) or excuse
        if cause:
            return self._missing(claim, lambda: cause)
        fault = fault or first(traced, imprecise_rules, leaf) or self._unrecorded(claim.i)
        source = "differences"
        if claim.order > 1:
            source += f" of the {ordinal(claim.order - 1)}"
        return Fault(
            f"The {claim.what} is wrong: {chain.value!r} by the chain rule, "
            f"{difference} by {source}.\n  {fault}\n  {self.where()}"
        )

    def are_left_out(self, exact: Sequence[Slope | None]) -> bool:
        """True if 60 digits show that none of the derivatives by an input exists, to be left out.

        After the first one, at which chance would have shown, no differences of floats are needed.
        """
        if not self.skip_kinks or not self.kinks:
            return False
        if not all(each is not None and each.problem == "kink" for each in exact):
            return False
        self.kinks += len(exact)
        return True

    def behind_kinks(self, outputs: Sequence[Value]) -> set[Value]:
        """What operations at a kink depend on, to be left out; the outputs are held in doubt."""
        found: set[Value] = set()
        known: dict[Use, bool] = {}
        for i, out in enumerate(outputs):
            before = len(found)
            for value in reversed(topological_order(out)):
                if value.op is None:
                    continue
                use = Use.of(value)
                if use not in known:
                    known[use] = any(True for _ in kinks(use))
                if known[use] or value in found:
                    found.update(value.inputs)
            if len(found) > before:
                self._doubtful[i] = 1, []
                self.kinks += 1
        return found

    def by_60_digits(self, claim: Claim) -> Fault | None:
        """The fault, if a first derivative is off those of 60 digits, and a rule is to blame.

        If none is, that is due to rounding in the function: ``log(1 + x * x)`` is 0 all
        around 1e-10, and so is what it is multiplied by.
        """
        chain, exact = claim.chain, claim.exact
        if exact is None or exact.problem:
            return None
        bound = exact.error + chain.error + self._tolerance * abs(exact.value)
        if abs(chain.value - exact.value) <= bound:
            return None
        leaves, outputs = self._samples.record()
        fault = first([outputs[claim.i]], imprecise_rules, leaves[claim.j])
        return (
            Fault(
                f"The {claim.what} is wrong: {chain.value!r} by the chain rule, {exact} by "
                f"differences of 60 digits.\n  {fault}\n  {self.where()}"
            )
            if fault
            else None
        )

    def own_rules(self) -> Fault | None:
        """The first of the user's rules that is wrong where differences of the whole say little."""
        for i, (order, rates) in {} if self._tolerance else self._doubtful.items():
            traced = self._samples.graphs(order, rates, i)[1]
            fault = first(traced, wrong_own_rules)
            if not fault and order > 1:
                fault = first(traced, wrong_own_rules_of_rules)
            if fault:
                return Fault(
                    f"A derivative of {self._name(i)} is wrong, which differences of the function "
                    f"do not show.\n  {fault}\n  {self.where()}"
                )
        return None

    def where(self) -> str:
        """The point, and what is missing: the last lines of a message."""
        missing = self._samples.missing()
        return place(self._samples.names, self._samples.point) + (missing and f"\n  {missing}")

    # ── Where differences and the chain rule disagree ─────────────────────────

    def _is_confirmed(self, claim: Claim, allowed: float) -> bool:
        """True if 60 digits confirm a derivative, and the function was carried out rightly."""
        exact = claim.exact or self._exact(claim, allowed)
        if exact is None or exact.problem:
            return False
        out = self._samples.record()[1][claim.i]
        same = abs(out.data - exact.at) <= noise(out) + math.ulp(out.data) < math.inf
        bound = exact.error + allowed + self._tolerance * abs(exact.value)
        return same and abs(claim.chain.value - exact.value) <= bound

    def _exact(self, claim: Claim, allowed: float) -> Slope | None:
        """A derivative of higher order to 60 digits; None where there is none, as at a kink."""
        if claim.order == 1 or claim.i in self._bent:
            return None
        found = self._samples.precise_derivatives(claim.order, claim.rates, claim.j)
        if not found:
            return None
        exact = found[claim.i]
        rounding = 1e-40 * abs(exact.at)  # of differences that are 0
        return exact if exact.error <= _SURE * abs(exact.value) + allowed + rounding else None

    def _within_step(self, claim: Claim) -> Iterator[bool]:
        """For places ever closer to the point: if the chain rule there is what differences say.

        If it is so in none of them, the differences are those of another function: one that has a
        derivative has their mean somewhere between. If it is so in all of them, the derivative
        holds at the point alone, as where a loop ends before it begins. Elsewhere there are steps,
        or is a kink, nearer to the point than the differences see.
        """
        found = claim.difference
        lengths = [part * found.step for part in _WITHIN_STEP]
        moving = [
            abs(x / rate)
            for x, rate in zip(self._samples.point, claim.rates, strict=True)
            if x and rate
        ]
        closer = [part * min(moving) for part in _WITHIN_INPUT] if moving else []
        lengths += [length for length in closer if length < lengths[-1]]
        for length in lengths:
            for side, slope in ((-1.0, found.left), (1.0, found.right)):
                slope = slope if found.problem else found.value
                apart = abs(claim.chain.value - slope)
                there = self._chain_at(claim, side * length)
                yield apart > _WEAK * abs(slope) and abs(there - slope) < apart / 2

    def _is_unsettled(self, exact: Slope, j: int) -> bool:
        """True if steps of 60 digits are too long as well, as next to 1e111 for `erfc`."""
        rounding = 1e-40 * abs(exact.at) / (abs(self._samples.point[j]) or 1.0)
        return exact.error > _WEAK * abs(exact.value) + rounding

    def _branches(self, claim: Claim) -> bool:
        """True if the function does something else next to the point than there.

        If not, a derivative that holds there alone is right: that of `erfc` far from where floats
        are closer than 1 to one another.
        """
        here = _shape(topological_order(self._samples.record()[1][claim.i]))
        for side in (-1.0, 1.0):
            moved = self._samples.moved(side * _WITHIN_STEP[0] * claim.difference.step, claim.rates)
            try:
                outputs = self._samples.function.record(moved)[1]
                there = _shape(topological_order(outputs[claim.i]))
            except OUT_OF_DOMAIN:
                return True
            if there != here:
                return True
        return False

    def _chain_at(self, claim: Claim, length: float) -> float:
        """The derivative by the chain rule that far along a direction; nan if it is not defined."""
        found = self._traced_at(claim, length)
        if found is None:
            return math.nan
        leaves, traced = found
        [there] = derivatives(traced, [leaves[claim.j]])
        return there.value

    def _traced_at(self, claim: Claim, length: float) -> tuple[list[Value], Value] | None:
        """The inputs and what is differentiated, that far along a direction; None off a domain."""
        moved = self._samples.moved(length, claim.rates)
        try:
            leaves, outputs = self._samples.function.record(moved)
            out = outputs[claim.i]
            return leaves, self._samples.contracted(claim.order, claim.rates, leaves, out)
        except OUT_OF_DOMAIN:
            return None

    def _stepped_over(self, claim: Claim, out: Value) -> str:
        """The operation that differences step over, which explains how far they are off; or "".

        It may be fine only beside the inputs, as in ``round(x - 1e20)`` at 1e20: by its rule it
        is flat there, and from one float to the next it is not.
        """
        step = claim.difference.step
        sides = [self._traced_at(claim, side * step) for side in (-1.0, 1.0)]
        graphs = [topological_order(found[1]) for found in sides if found is not None]
        here = topological_order(out)
        if len(graphs) < 2 or any(_shape(graph) != _shape(here) for graph in graphs):
            return ""
        explained = step * abs(claim.chain.value - claim.difference.value)  # half of it, both ways
        for value, before, after, slope in zip(here, *graphs, gradients(out, here), strict=True):
            if value.op is None:
                continue
            parts = zip(value.local_derivatives, before.inputs, after.inputs, strict=True)
            by_rule = sum(rule * (y.data - x.data) for rule, x, y in parts)
            moved = after.data - before.data
            off = abs(moved - by_rule) - 2.0 * math.ulp(value.data)
            is_far = off > max(abs(moved), abs(by_rule)) / 2.0  # less is how a curve bends
            explains = off * abs(slope) >= explained > 0.0
            if is_far and explains and has_precise_rules(use := Use.of(value)):
                return use.shown
        return ""

    def _shows_closer(self, claim: Claim) -> bool:
        """True if shorter steps, or those to one side, show the derivative by the chain rule.

        They do not if a loop halves an interval: all steps show the slope that it ought to have.
        """
        chain, step = claim.chain.value, claim.difference.step

        def value(length: float) -> float:
            point = self._samples.moved(length, claim.rates)
            try:
                return self._samples.derivatives_at(claim.order - 1, point, [[claim.j]])[claim.i]
            except OUT_OF_DOMAIN:
                return math.nan

        apart, at = abs(chain - claim.difference.value), value(0.0)
        for _ in range(_CLOSER_STEPS):
            if not 8.0 * math.ulp(at) < apart * step:
                break
            for length in (-step, step):
                if abs((value(length) - at) / length - chain) < apart / 4:
                    return True
            step /= 3.0
        return False

    def _excuse(self, claim: Claim, traced: Sequence[Value], by: Value | None) -> str:
        """The reason why differences do not show a derivative that may be right; else empty."""
        if not math.isfinite(claim.chain.value):
            overflow = first(traced, overflows)
            if not overflow and all(map(_has_finite_parts, topological_order(traced[-1]))):
                overflow = "a product of the derivatives of several operations overflows"
            if overflow:
                return f"{overflow}."
        steps = first(traced, fine_steps, by) or self._stepped_over(claim, traced[-1])
        if steps:
            return f"the steps of differences are longer than those of {steps}."
        if claim.order > 1 and claim.i in self._bent:
            return "the first derivative has a kink or a jump."
        if claim.exact and self._is_unsettled(claim.exact, claim.j):
            return "the steps of differences with 60 digits are too long as well."
        return ""

    def _doubt(self, claim: Claim) -> None:
        self._doubtful[claim.i] = claim.order, claim.rates

    # ── What to say ───────────────────────────────────────────────────────────

    def _missing(self, claim: Claim, reason: Callable[[], str]) -> Fault | None:
        """A description of a derivative that does not exist, unless that is to be left out."""
        self._doubt(claim)
        if self.skip_kinks:
            self.kinks += 1
            return None
        return self.own_rules() or Fault(
            f"There is no {claim.what} here: {reason()}\n"
            "  Check at another point, or pass skip_kinks=True to leave out what does "
            f"not exist.\n  {self.where()}",
            is_kink=True,
        )

    def _unrecorded(self, i: int) -> str:
        """The likely cause where derivatives of output i are wrong, and every rule is right."""
        here = count_operations(self._samples.record()[1][i])
        for length in _NEARBY:
            moved = self._samples.moved(length, self._samples.contraction)
            try:
                there = count_operations(self._samples.function.record(moved)[1][i])
            except OUT_OF_DOMAIN:
                continue
            if there > here:
                return (
                    "Each recorded operation is right by itself, but next to this point "
                    f"{there} of them are recorded and here {here}: look for a loop that stops as "
                    "soon as its value has settled, before the derivative has, for a branch that "
                    "is taken here alone, and for a value kept from another call."
                )
        return _NOT_RECORDED

    def _name(self, i: int) -> str:
        return self._samples.function.output_names[i]


def first(
    outs: Sequence[Value], look: Callable[[Use], Iterable[str]], by: Value | None = None
) -> str:
    """The first fault that ``look`` finds in the graphs of some values; else an empty string."""
    return next(filter(None, (first_fault(topological_order(out), look, by) for out in outs)), "")


def _reason(difference: Slope, traced: Sequence[Value], by: Value | None) -> str:
    """The reason why there is no derivative; empty if there should be one."""
    overflow = "" if difference.problem == "kink" else first(traced, overflows)
    if overflow:
        return f"{overflow}."
    origin = first(traced, kinks, by)
    if not difference.problem:
        return origin and f"it comes from {origin}, which has none."
    found = reason(difference)
    return f"{found} It comes from {origin}." if origin else found


def _has_finite_parts(value: Value) -> bool:
    return all(map(math.isfinite, [value.data, *value.local_derivatives]))


def _shape(graph: Sequence[Value]) -> list[tuple[Any, ...]]:
    """The operations of a graph in topological order, each with its constants; None of leaves."""
    return [(value.op, *[x for x in value.operands if not isinstance(x, Value)]) for value in graph]


def ordinal(order: int) -> str:
    """The word for the order of a derivative."""
    return {1: "first", 2: "second", 3: "third"}.get(order, f"{order}th")
