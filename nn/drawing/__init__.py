"""Pictures of networks: `draw_network` draws a model as it is drawn on a blackboard.

`reading` turns a model and one pass through it (`passes`) into plain data (`content`),
`layout` gives everything a place, and `svg` and `digraph` write that as an SVG and as a
`graphviz.Digraph`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from autograd import Value
from nn.module import Module

if TYPE_CHECKING:
    from nn.drawing.digraph import NetworkDigraph

__all__ = ["draw_network"]


def draw_network(
    model: Module,
    inputs: Sequence[Value | float] | None = None,
    target: Value | float | Sequence[Value | float] | None = None,
    *,
    title: str = "",
    format: str = "svg",
    precision: int = 4,
) -> NetworkDigraph:
    """The picture of a network: circles for inputs and neurons, arrows for weights.

    The circles are in columns, from the inputs on the left to the outputs on the right.
    Weights are written on the arrows, biases (b) in the circles. With ``inputs``, the circles
    also contain the numbers of a forward pass: the sum (a) of the bias and the weighted inputs,
    and the output (y). With a ``target``, the circles contain the deltas, and the arrows the
    gradients, of half the squared error E, the sum of (target - y)**2 / 2 over the outputs:
    delta = -dE/da, and grad = dE/dw. The gradient of a bias is dE/db = -delta.

    Orange arrows are positive weights and blue ones negative; the wider, the larger. Inputs
    are called x1, x2, ...; neurons are numbered consecutively, hidden ones h1, h2, ... and
    outputs O3, ... Labels of inputs and parameters replace these names; long labels are
    shortened, and whole in tooltips.

    Up to 40 weights are written between two columns. In layers of more than 8 neurons, sums
    and deltas are only in the tooltips. Of layers of more than 16 neurons, some are left out,
    and of more than 10 layers, some layers; the picture says so.

    Args:
        model: an MLP, a Layer, a Neuron, a Linear or a Sequential of these. It is not changed,
            nor are its gradients.
        inputs: numbers or Values, as the model takes them.
        target: the wanted output: a number, or a list of one for each output.
        title: a line above the picture.
        format: of the files that ``render()`` and ``pipe()`` make, such as ``"svg"``.
        precision: the number of significant digits, 1 to 17.

    Returns:
        A `graphviz.Digraph`, with ``source``, ``save``, ``render`` and ``pipe``. Its method
        ``to_svg()`` gives an SVG that needs no other program. The same network always gives
        the same text.

    Raises:
        TypeError: ``model`` is no such model, or ``inputs`` or ``target`` are no numbers.
        ValueError: there are too few or too many of these; there is a target without inputs;
            or ``precision`` or ``format`` is not allowed.
        ModuleNotFoundError: the package graphviz is missing.

    >>> from nn import MLP
    >>> model = MLP(2, [2, 1], bias=False, init=lambda rng, inputs, outputs: 0.5)
    >>> picture = draw_network(model, inputs=[0.35, 0.7], target=0.5)
    >>> arrows = [line for line in picture.source.splitlines() if "->" in line]
    >>> sorted(arrow.split(" [")[0].strip() for arrow in arrows)
    ['h1 -> O3', 'h2 -> O3', 'x1 -> h1', 'x1 -> h2', 'x2 -> h1', 'x2 -> h2']
    >>> picture.to_svg().startswith("<svg")
    True
    """
    # Not imported before a picture is asked for.
    from autograd.draw import complete_options
    from nn.drawing.layout import place
    from nn.drawing.reading import Reader

    options = complete_options({"title": title, "precision": precision})
    content = Reader(model, inputs, target, options["precision"]).content(options["title"])
    try:
        from nn.drawing.digraph import NetworkDigraph
    except ModuleNotFoundError as error:
        if error.name != "graphviz":
            raise
        raise ModuleNotFoundError(
            "draw_network() gives a graphviz.Digraph and needs the package graphviz: "
            "pip install graphviz"
        ) from error
    return NetworkDigraph.of(place(content), format)
