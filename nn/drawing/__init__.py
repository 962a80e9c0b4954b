"""Pictures of networks: `draw_network` draws a model as it is drawn on a blackboard.

A model is read into plain data (`reading`, `content`), everything in it gets a place
(`layout`), and that is written as SVG (`svg`) and as a `graphviz.Digraph` (`digraph`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from autograd import Value
from nn.drawing.layout import place
from nn.drawing.reading import read
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

    Columns of circles lead from the inputs on the left to the outputs on the right. The
    weights stand on the arrows, the biases (b) in the circles. With ``inputs``, the circles
    hold what a forward pass computes: the sum (a) of the bias and the weighted inputs, and
    the output (y). With a ``target``, they also hold the deltas, and the arrows the gradients, of
    half the squared error E, the sum of (target - y)**2 / 2 over the outputs: delta = -dE/da, and
    grad = dE/dw. That of a bias is dE/db = -delta.

    Orange arrows are positive weights and blue ones negative; the wider, the larger. Inputs
    are called x1, x2, ...; neurons are numbered through, hidden ones h1, h2, ... and outputs
    O3, ... Labels of inputs and parameters are shown instead, or in tooltips where they are long.

    Up to 40 weights are written between two columns. Of layers of more than 8 neurons, sums
    and deltas stand in tooltips alone; of more than 16 neurons, some are left out, and so are
    layers of more than 10. The picture says so.

    Args:
        model: an MLP, a Layer or a Neuron. It stays as it is, gradients included.
        inputs: numbers or Values, as the model takes them.
        target: what the output should be: a number, or a list of one for each output.
        title: a line above the picture.
        format: of what ``render()`` and ``pipe()`` make, such as ``"svg"`` or ``"png"``.
        precision: how many significant digits numbers have, 1 to 17.

    Returns:
        A `graphviz.Digraph`: ``source``, ``save``, ``render`` and ``pipe`` are its own. Besides,
        ``to_svg()`` gives an SVG that needs no other program. The same network always gives
        the same text.

    Raises:
        TypeError: ``model`` is no such model, or ``inputs`` or ``target`` are no numbers.
        ValueError: there are too few or too many of these; a target without inputs; an option
            is none of those there are.
        ModuleNotFoundError: the package graphviz is missing.

    >>> from nn import MLP
    >>> model = MLP(2, [2, 1], bias=False, init=lambda rng, inputs: 0.5)
    >>> picture = draw_network(model, inputs=[0.35, 0.7], target=0.5)
    >>> arrows = [line for line in picture.source.splitlines() if "->" in line]
    >>> sorted(arrow.split(" [")[0].strip() for arrow in arrows)
    ['h1 -> O3', 'h2 -> O3', 'x1 -> h1', 'x1 -> h2', 'x2 -> h1', 'x2 -> h2']
    >>> picture.to_svg().startswith("<svg")
    True
    """
    network = read(model, inputs, target, title, precision)
    try:
        from nn.drawing.digraph import NetworkDigraph
    except ModuleNotFoundError as error:
        if error.name != "graphviz":
            raise
        raise ModuleNotFoundError(
            "draw_network() gives a graphviz.Digraph and needs the package graphviz: "
            "pip install graphviz"
        ) from error
    return NetworkDigraph.of(place(network), format)
