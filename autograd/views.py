"""graph, explain and formula: pictures and words of a graph.

`Graph` is a snapshot that draws itself, explains itself and finds anomalies in its
numbers: the facade over `snapshot`, `words` and `draw`. The package loads this module on
the first use of one of its names, so that `import autograd` is quick.
"""

from __future__ import annotations

import os
from importlib.util import find_spec
from reprlib import repr as shown
from typing import TYPE_CHECKING, Any, Final, Unpack, cast

from autograd import draw
from autograd.draw import notebook
from autograd.draw.options import DotOptions, PictureOptions, checks_options, takes_options
from autograd.engine.operands import kind_of
from autograd.engine.value import Value
from autograd.snapshot import Snapshot, Which
from autograd.snapshot.diagnosis import Anomaly, anomalies
from autograd.snapshot.paths import Paths, paths
from autograd.words.explanation import Explanation
from autograd.words.formulas import formula_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import graphviz

    from autograd.draw.options import LayoutName, ThemeName
    from autograd.page.training import Data
    from autograd.page.widget import GraphWidget

__all__ = ["Graph", "explain", "formula", "graph"]

# Pixels of a page in a notebook.
_HEIGHT: Final = 640
_PAGE_OPTIONS: Final = {"title", "theme"}  # that pictures have too


class Graph(Snapshot):
    """An immutable snapshot of a graph, with pictures and words; `graph` takes one.

    It is a sequence of nodes, inputs first and the root last, in which `Snapshot` finds
    nodes, and which shows itself in a notebook.
    """

    __slots__ = ()

    # ── Words ─────────────────────────────────────────────────────────────────

    @checks_options
    def path(self, leaf: Which, limit: int = 10) -> Paths:
        """Every path from ``leaf`` to the root, with the product of its local derivatives.

        The sum of the products is the derivative of the root with respect to the leaf.

        Args:
            leaf: a node; it need not be a leaf.
            limit: the greatest number of paths listed: those with the largest products.

        >>> x = Value(3.0, "x")
        >>> y = x * x + x
        >>> y.label = "y"
        >>> print(graph(y).path(x))
        3 paths from x to y, whose products add up to 7
          3 = 3 * 1: x -> v1 -> y
          3 = 3 * 1: x -> v1 -> y
          1 = 1: x -> y
        """
        return paths(self, self[leaf], limit)

    @checks_options
    def explain(
        self, leaf: Which | None = None, *, digits: int = 6, limit: int = 20
    ) -> Explanation:
        """The chain rule, step by step, as a page to read; see `autograd.explain`."""
        if not _are_counts(digits, limit):
            raise ValueError(
                f"digits and limit are 1 or more, got {shown(digits)} and {shown(limit)}"
            )
        return Explanation(self, None if leaf is None else self[leaf], digits, limit)

    @checks_options
    def anomalies(
        self, *, saturated: float = 0.01, vanishing: float = 1e-6, exploding: float = 1e6
    ) -> list[Anomaly]:
        """The anomalies: inf and nan, saturated activations, vanishing and exploding gradients.

        Args:
            saturated: an activation is saturated if its slope is at most this fraction of
                its slope at 0.
            vanishing: a gradient vanishes if the product along the strongest path to a leaf
                is at most this.
            exploding: it explodes if that product is at least this.

        Raises:
            ValueError: one of these is no such number.

        >>> x = Value(0.0, "x")
        >>> for anomaly in graph(x.sqrt() * 2).anomalies():
        ...     print(anomaly)
        The first gradient that is not finite: x gets inf, the local derivative inf times 2.
          v1 = sqrt(x) = 0 with x = 0
        """
        return anomalies(self, saturated=saturated, vanishing=vanishing, exploding=exploding)

    # ── Pictures ──────────────────────────────────────────────────────────────

    @takes_options(PictureOptions)
    def to_svg(self, **options: Unpack[PictureOptions]) -> str:
        """The graph as an SVG document; no other program is needed.

        Args:
            options: see `autograd.draw.PictureOptions`.

        >>> x = Value(3.0, "x")
        >>> graph(x * x).to_svg(theme="dark").startswith("<svg ")
        True
        """
        return draw.to_svg(draw.picture_of(self, **options))

    @checks_options
    def to_html(
        self,
        *,
        title: str = "",
        theme: ThemeName | None = None,
        data: Data | None = None,
        output: Which | None = None,
    ) -> str:
        """The graph as an interactive page: a document that needs no other file and no network.

        Boxes fold and open; the computation is stepped through, forward and backward, with each
        upstream gradient times local derivative; and inputs can be changed, after which the page
        computes everything anew.

        Args:
            title: above the picture.
            theme: to begin with; None for that of the reader.
            data: for a page that trains: inputs of the graph, each with its numbers, one for each
                case. The root is the loss of one case; the page goes down on the sum over all.
                Other leaves that have a label, or belong to a model, are its parameters.
            output: what such a page shows of each case, such as the prediction; None for the root.

        Raises:
            TypeError: ``data`` is no dict of lists of numbers, or there is none for an ``output``.
            KeyError: an input or the output is not in the graph.
            ValueError: the graph has more values than a page holds; there is no such theme; or
                ``data`` is for what is computed, or has not as many numbers for each input.

        >>> x, w, target = Value(3.0, "x"), Value(0.5, "w"), Value(6.0, "target")
        >>> prediction = w * x
        >>> loss = graph((prediction - target) ** 2)
        >>> page = loss.to_html(data={x: [3.0, 4.0], target: [6.0, 8.0]}, output=prediction)
        >>> page.startswith("<!DOCTYPE html>")
        True
        """
        from autograd.page.document import to_html  # it reads files, and few programs need it

        return to_html(self, title, theme, data, output)

    @takes_options(DotOptions)
    def to_dot(self, format: str = "svg", **options: Unpack[DotOptions]) -> graphviz.Digraph:
        """The graph as a `graphviz.Digraph`, which can be changed before it is rendered.

        Args:
            format: the format that it is rendered to.
            options: see `autograd.draw.PictureOptions` and `autograd.draw.DotOptions`.
        """
        return draw.to_digraph(draw.picture_of(self, **options), format)

    @takes_options(DotOptions)
    def save(
        self,
        path: str | os.PathLike[str],
        *,
        layout: LayoutName | None = None,
        data: Data | None = None,
        output: Which | None = None,
        **options: Unpack[DotOptions],
    ) -> Path:
        """Draw the graph into a file, such as ``"x.svg"``; see `autograd.draw.save`.

        An ``.html`` is an interactive page, as `to_html` gives it, which takes the options
        ``title`` and ``theme``; and ``data`` and ``output``, for a page that trains.
        """
        if os.fspath(path).lower().endswith((".html", ".htm")):
            if layout is not None:
                raise TypeError(_no_option_of_pages("layout"))
            return draw.replace_file(path, self._page(data, output, options).encode())
        if data is not None or output is not None:
            raise TypeError(
                f"data and output are for a page, which trains with them: save an .html, not "
                f"{os.fspath(path)!r}"
            )
        return draw.save(self, path, layout=layout, **options)

    def _page(
        self, data: Data | None, output: Which | None, options: DotOptions | PictureOptions
    ) -> str:
        """The page with these options."""
        for name in options:
            if name not in _PAGE_OPTIONS:
                raise TypeError(_no_option_of_pages(name))
        return self.to_html(data=data, output=output, **options)

    @takes_options(PictureOptions)
    def show(
        self,
        *,
        opener: Callable[[str], object] | None = None,
        data: Data | None = None,
        output: Which | None = None,
        **options: Unpack[PictureOptions],
    ) -> Path | None:
        """Show the graph below the cell of a notebook, or else in the browser.

        What is shown is the interactive page of `to_html`; in a notebook `widget`, if anywidget
        is installed. With an option that is one of pictures alone, or where the graph is larger
        than a page holds, it is a picture.

        Args:
            opener: called with the address of the file, a ``file:`` URL; None stands for
                the notebook, or else for `webbrowser.open`.
            data: for a page that trains, as `to_html` takes it.
            output: what such a page shows of each case.
            options: see `autograd.draw.PictureOptions`.

        Returns:
            The file that is opened, in a folder for temporary files; None in a notebook.

        Raises:
            RuntimeError: there is no browser, or ``opener`` has returned False.

        >>> x = Value(3.0, "x")
        >>> path = graph(x * x).show(opener=print)  # doctest: +ELLIPSIS
        file:///...graph.html
        """
        from autograd.page.document import MOST_VALUES, frame

        is_page = options.keys() <= _PAGE_OPTIONS and len(self) <= MOST_VALUES
        is_page |= data is not None or output is not None
        if opener is not None or not notebook.is_running():
            if is_page:
                return draw.show(self._page(data, output, options), opener, "graph.html")
            return draw.show(self.to_svg(**options), opener)
        if not is_page:
            notebook.display_picture(self.to_svg(**options), repr(self))
        elif find_spec("anywidget") is not None:
            notebook.display(self.widget(data=data, output=output, **cast("Any", options)))
        else:
            page = frame(self._page(data, output, options), repr(self), _HEIGHT)
            notebook.display({"text/html": page, "text/plain": repr(self)}, raw=True)
        return None

    @checks_options
    def widget(
        self,
        *,
        title: str = "",
        theme: ThemeName | None = None,
        data: Data | None = None,
        output: Which | None = None,
        height: int = _HEIGHT,
    ) -> GraphWidget:
        """The interactive page for a notebook, whose inputs are those of Python.

        What is changed in the page becomes the `data` of the Values at once; what a cell changes
        arrives in the page when it has run, and on the widget's ``update()``. JupyterLab, VS Code
        and marimo show it; it needs the package anywidget.

        Args:
            title: above the picture.
            data: see `to_html`.
            output: see `to_html`.
            theme: that of the notebook, unless it is given.
            height: in pixels.

        Raises:
            ModuleNotFoundError: anywidget is missing.
            ValueError: the height is less than 1.
            KeyError, TypeError, ValueError: as those of `to_html`.
        """
        if not _are_counts(height):
            raise ValueError(f"the height of a widget is in pixels, 1 or more: got {shown(height)}")
        page = self.to_html(title=title, theme=theme, data=data, output=output)
        try:
            from autograd.page.widget import GraphWidget  # of a package that few have
        except ModuleNotFoundError as error:
            if error.name not in ("anywidget", "traitlets", "IPython"):
                raise
            raise ModuleNotFoundError(
                f"a widget needs the package {error.name}: pip install anywidget brings it",
                name=error.name,
            ) from None
        return GraphWidget(self, page, height)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        """The picture, for a notebook."""
        return notebook.show(self)


def graph(root: Value) -> Graph:
    """An immutable snapshot of the graph that ``root`` was computed by.

    It is a sequence of nodes, inputs first, with all their numbers as they are now. It
    finds nodes and the paths between them, draws itself, explains itself, and finds
    anomalies in its numbers.

    Raises:
        TypeError: ``root`` is not a Value.

    >>> x = Value(3.0, label="x")
    >>> snapshot = graph(x * x + 1)
    >>> [(node.id, node.label, node.data, node.operands) for node in snapshot]
    [(0, 'x', 3.0, ()), (1, '', 9.0, (0, 0)), (2, '', 10.0, (1, 1.0))]
    >>> snapshot["x"].grad is None  # no backward pass has been
    True
    """
    return Graph.of(root)


@checks_options
def explain(
    output: Value | Graph, leaf: Which | None = None, *, digits: int = 6, limit: int = 20
) -> Explanation:
    """The chain rule for ``output``, step by step, as a page to read.

    With a ``leaf``, the page is about the derivative with respect to it alone, and about
    the paths from it to the output. The page shows itself in a terminal and in a
    notebook; `Explanation.to_markdown` and `Explanation.to_latex` give it as text.

    Args:
        output: the value whose derivatives are explained, or a snapshot of its graph.
        leaf: a value that the output was computed from, by itself or by its label.
        digits: the number of significant digits shown.
        limit: the greatest number of statements, and of steps, that are shown.

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
    if not isinstance(output, (Value, Graph)):
        raise TypeError(f"explain() explains a Value's graph, got {kind_of(output)}")
    snapshot = output if isinstance(output, Graph) else graph(output)
    if type(leaf) is int and not 0 <= leaf < len(snapshot):
        ids = f"from 0 to {len(snapshot) - 1}" if len(snapshot) > 1 else "which is 0"
        raise KeyError(
            f"explain() takes a leaf by itself, by its label or by its id, {ids}; "
            f"got {leaf}. For numbers of {leaf} digits pass digits={leaf}"
        )
    return snapshot.explain(leaf, digits=digits, limit=limit)


@checks_options
def formula(
    value: Value | Graph, style: str = "unicode", digits: int | None = None, limit: int = 20
) -> str:
    r"""The formula that a value was computed by, as text.

    Values with a label, values used twice and arguments of functions are called by
    their names, and their own formulas follow. The plain text is a Python program
    instead, which ends in the formula.

    Args:
        value: the value, or a snapshot of its graph.
        style: ``"plain"``, ``"unicode"`` or ``"latex"``.
        digits: the number of significant digits of its numbers; None for all.
        limit: the greatest number of formulas that follow: those nearest to the value. A
            program has them all.

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
    if not _are_counts(limit, 1 if digits is None else digits):
        raise ValueError(f"digits and limit are 1 or more, got {shown(digits)} and {shown(limit)}")
    if not isinstance(value, (Value, Graph)):
        raise TypeError(f"formula() writes a Value's graph, got {kind_of(value)}")
    return formula_of(value if isinstance(value, Graph) else graph(value), style, digits, limit)


def _no_option_of_pages(name: str) -> str:
    return (
        f"a page has the options title, theme, data and output, and no {name}: it folds and "
        "zooms by itself. An .svg takes all options"
    )


def _are_counts(*numbers: object) -> bool:
    return all(isinstance(number, int) and number >= 1 for number in numbers)
