"""Rows of local derivatives: what the rules of operations compute."""

from __future__ import annotations

from typing import Any

from autograd.engine.primitive import Reduction
from autograd.native import append, i64, vec
from autograd.replay import operations
from autograd.replay.program import PART
from autograd.replay.rules import Steps, steps_of_gradient, steps_of_rule
from autograd.replay.sums import SUMS, Sums, terms


class Slopes:
    """The rows of local derivatives of a program in the making.

    Attributes:
        sums: its rows of sums.
        program: the program.
        kinds: the kinds of operations, and of their derivatives by one operand, with its place.
        rules: what rules compute, see `rule`, by the operation and the place of the operand.
        gradients: the cells of the derivatives of reductions, by the operation and its cells.
        steps: the cells of what a rule is applied to, and of its steps.
    """

    def __init__(self, sums: Sums) -> None:
        self.sums = sums
        self.program = sums.program
        self.kinds: dict[Any, int] = {}
        self.rules: dict[Any, vec[i64]] = {}
        self.gradients: dict[Any, list[int]] = {}
        self.steps = vec[i64]()

    def kind(self, op: Any, place: int | None) -> i64:
        """The kind of the rows of an operation, or of its derivative by one operand."""
        key = op if place is None else (op, place)
        kind = self.kinds.get(key)
        if kind is None:
            kind = self.kinds[key] = len(self.program.operations)
            self.program.operations.append(operations.operation_of(op, place))
        return kind

    def take_up(self, cells: vec[i64], operands: vec[i64], start: i64, end: i64) -> i64:
        """Put the cells of some operands into `steps`; returns how many they are."""
        steps = self.steps
        while len(steps) <= end - start:
            steps = append(steps, 0)
        for at in range(start, end):
            steps[at - start] = cells[operands[at]]
        self.steps = steps
        return end - start

    def slope(self, op: Any, place: int, count: i64) -> i64:
        """The cell of a local derivative; `steps` begins with the operands and the output."""
        if isinstance(op, Reduction):
            return self.slopes(op, count)[place]
        key = (op, place)
        if key not in self.rules:
            self.rules[key] = self.rule(steps_of_rule(op, place))
        rule = self.rules[key]
        if len(rule) == 0:
            return self.call(op, place, count)
        return self.result(rule[self.carry_out(rule, count)])

    def slopes(self, op: Any, count: i64) -> list[int]:
        """The same of a reduction, by each of its operands."""
        key = (op, *[self.steps[at] for at in range(count)])
        found = self.gradients.get(key)
        if found is None:
            rule = self.rule(steps_of_gradient(op, count - 1))
            if len(rule) > 0:
                at = self.carry_out(rule, count)
                found = [self.result(rule[each]) for each in range(at, len(rule))]
            else:
                found = [self.call(op, -1, count)]
                for _ in range(2, count):
                    self.program.push(found[0])
                    found.append(self.program.close(PART))
            self.gradients[key] = found
        return found

    def result(self, reference: i64) -> i64:
        """The cell of a constant, or of a step."""
        return reference if reference < 0 else self.steps[reference]

    def call(self, op: Any, place: int, count: i64) -> i64:
        """Add a row that calls a rule, for what `steps` begins with."""
        for at in range(count):
            self.program.push(self.steps[at])
        return self.program.call(self.kind(op, place))

    def rule(self, steps: Steps | None) -> vec[i64]:
        """What a rule computes, as numbers: of its steps, each step, and what the results are.

        A step is -1 and the ``init, a, b`` of a sum, or the kind of a row, and how many operands
        it has, and these. Each is a constant, or an index into `steps`. Nothing if the rule has to
        be called.
        """
        code = vec[i64]()
        if steps is None:
            return code
        code = append(code, len(steps.steps))
        for op, references in steps.steps:
            operands = [self.referred(reference) for reference in references]
            if op in SUMS:
                init, a, b = terms(SUMS[op], operands[0], operands[-1])
                code = append(append(append(append(code, -1), init), a), b)
            else:
                code = append(append(code, self.kind(op, None)), len(operands))
                for operand in operands:
                    code = append(code, operand)
        for result in steps.results:
            code = append(code, self.referred(result))
        return code

    def referred(self, reference: Any) -> int:
        """The cell of a constant, or else the index of an operand or of a step."""
        if type(reference) is float:
            return self.program.constant(reference)
        number: int = reference
        return number

    def carry_out(self, rule: vec[i64], count: i64) -> i64:
        """Add the rows of a rule, with cells in `steps`; returns where in it the results are."""
        steps, program = self.steps, self.program
        at: i64 = 1
        for number in range(count, count + rule[0]):
            kind = rule[at]
            at += 1
            first, end = at, at + 3
            if kind >= 0:
                first, end = at + 1, at + 1 + rule[at]
                for each in range(first, end):
                    program.push(rule[each] if rule[each] < 0 else steps[rule[each]])
                cell = program.call(kind)
            else:
                init, a, b = rule[first], rule[first + 1], rule[first + 2]
                init = init if init < 0 else steps[init]
                a = a if a < 0 else steps[a]
                b = b if b < 0 else steps[b]
                cell = self.sums.total(init, a, b, False)
            at = end
            while len(steps) <= number:
                steps = append(steps, 0)
            steps[number] = cell
        self.steps = steps
        return at
