"""graph, explain and formula: how a graph is looked at and read.

What these need is loaded when one of them is called, so that those who never ask
need not wait for it. The same holds for what a notebook shows in place of a Value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autograd.value import Value, viewers

if TYPE_CHECKING:
    from autograd.snapshot import Graph, Which
    from autograd.words.explanation import Explanation


def graph(root: Value) -> Graph:
    """An immutable snapshot of the graph that ``root`` was computed by.

    It is a sequence of nodes, inputs first, with all their numbers as they are now. It
    finds nodes and the ways between them, draws itself, explains itself, and says what
    is wrong with its numbers.

    Raises:
        TypeError: ``root`` is not a Value.

    >>> x = Value(3.0, label="x")
    >>> snapshot = graph(x * x + 1)
    >>> [(node.id, node.label, node.data, node.operands) for node in snapshot]
    [(0, 'x', 3.0, ()), (1, '', 9.0, (0, 0)), (2, '', 10.0, (1, 1.0))]
    >>> snapshot["x"].grad is None  # no backward pass has been
    True
    """
    from autograd.snapshot import graph

    return graph(root)


def explain(
    output: Value | Graph, leaf: Which | None = None, *, digits: int = 6, limit: int = 20
) -> Explanation:
    """The chain rule for ``output``, step by step, as a page to read.

    With a ``leaf``, the page is about the derivative with respect to it alone, and about
    the ways that lead from it to the output. The page shows itself in a terminal and in a
    notebook; `Explanation.to_markdown` and `Explanation.to_latex` give it as text.

    Args:
        output: the value whose derivatives are explained, or a snapshot of its graph.
        leaf: a value that the output was computed from, by itself or by its label.
        digits: how many significant digits the numbers are shown with.
        limit: how many statements, and how many steps, are shown at most.

    Raises:
        TypeError: ``output`` is neither a Value nor a Graph.
        KeyError: ``leaf`` has no part in the graph, or its label is that of several values.
        ValueError: ``digits`` or ``limit`` is less than 1.

    >>> x = Value(3.0, "x")
    >>> y = x * x + 2 * x
    >>> y.label = "y"
    >>> print(explain(y, x))
    How y changes with x
    ====================
    <BLANKLINE>
    Forward
    -------
    <BLANKLINE>
    Given: x = 3.
    <BLANKLINE>
      y = x·x + 2·x = 3·3 + 2·3 = 15
    <BLANKLINE>
    Backward, step by step
    ----------------------
    <BLANKLINE>
    We begin with ∂y/∂y = 1 and go back. Each derivative is one found before, the upstream
    one, times a local derivative: how fast a statement changes with one of the values in
    it. What is used in several places gets a contribution from each.
    <BLANKLINE>
      ∂y/∂x = x + x + 2 = 3 + 3 + 2 = 8
    <BLANKLINE>
    So ∂y/∂x = 8. Were x larger by 0.001, y would be larger by about 0.008.
    <BLANKLINE>
    Numbers are shown with 6 digits, and calculated with all of them.
    """
    from autograd.snapshot import Graph, kind_of
    from autograd.words.explanation import Explanation

    if not _are_counts(digits, limit):
        raise ValueError(f"digits and limit are 1 or more, got {digits!r} and {limit!r}")
    if not isinstance(output, (Value, Graph)):
        raise TypeError(f"explain() explains a Value's graph, got {kind_of(output)}")
    snapshot = output if isinstance(output, Graph) else graph(output)
    if type(leaf) is int and not 0 <= leaf < len(snapshot):
        raise KeyError(
            f"explain() takes a leaf by itself, by its label or by its id, from 0 to "
            f"{len(snapshot) - 1}; got {leaf}. For numbers of {leaf} digits pass digits={leaf}"
        )
    return Explanation(snapshot, None if leaf is None else snapshot[leaf], digits, limit)


def formula(
    value: Value | Graph, style: str = "unicode", digits: int | None = None, limit: int = 20
) -> str:
    r"""The formula that a value was computed by, as text.

    Values with a label, values used twice and what a function is applied to are called by
    their names, and their own formulas follow. The plain text is a program of Python
    instead, which ends in the formula.

    Args:
        value: the value, or a snapshot of its graph.
        style: ``"plain"``, ``"unicode"`` or ``"latex"``.
        digits: how many significant digits the numbers in it have; None for all.
        limit: how many formulas follow at most: those nearest to the value. A program
            has them all.

    Raises:
        TypeError: ``value`` is neither a Value nor a Graph.
        ValueError: there is no such style, or ``digits`` or ``limit`` is less than 1.

    >>> x, w = Value(2.0, "x"), Value(-3.0, "w1")
    >>> print(formula((w * x + 1).tanh() ** 2))
    v₄², where v₄ = tanh(v₃), v₃ = w₁·x + 1
    >>> print(formula((w * x + 1).tanh() ** 2, "plain"))
    v3 = w1*x + 1
    v4 = tanh(v3)
    v4**2
    >>> print(formula(1 / (1 + (-x).exp()), "latex"))
    \frac{1}{1 + e^{-x}}
    """
    from autograd.snapshot import Graph, kind_of
    from autograd.words.formulas import formula_of

    if not _are_counts(limit, 1 if digits is None else digits):
        raise ValueError(f"digits and limit are 1 or more, got {digits!r} and {limit!r}")
    if not isinstance(value, (Value, Graph)):
        raise TypeError(f"formula() writes a Value's graph, got {kind_of(value)}")
    return formula_of(value if isinstance(value, Graph) else graph(value), style, digits, limit)


def _are_counts(*numbers: object) -> bool:
    return all(isinstance(number, int) and number >= 1 for number in numbers)


def _show(value: Value) -> dict[str, Any]:
    """What a notebook shows in place of a Value."""
    from autograd.draw.notebook import show_value

    return show_value(value)


viewers.append(_show)
