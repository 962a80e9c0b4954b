"""The layout of pictures: boxes, frames and edges in, places out. It knows no Value.

The passes are those of every layered drawing since Sugiyama, Tagawa and Toda (1981), and
`layout` lists them in order, each in a module of its own:

1. `sizes`: the room that boxes, labels and frames need;
2. `skeleton`: boxes, labels and long lines become items in layers (`layering`, `items`);
3. `ordering`: the order of the items in each layer;
4. `coordinates`: the coordinate of each item across the layers;
5. `geometry`: the start and the end of each layer along the computation, and of the rows that
   a long drawing is broken into (`rows`);
6. `routing`: the lines;
7. `placing` turns all this into places in the picture (`places`).

*Along* is the direction of the computation, from layer to layer; *across* is the direction
within a layer. The layout is deterministic. It depends on the structure of the picture and
on the sizes of its boxes, which are rounded up to a grid, so that other numbers in the same
boxes leave everything in its place.

Guarantees: no two boxes overlap; a box lies in its frame; frames overlap only if one lies
in the other; every edge leads to a later layer, unless it closes a cycle; an edge or a label
touches only the boxes that it belongs to.
"""

from __future__ import annotations

from autograd.draw.layout.coordinates import coordinates_across
from autograd.draw.layout.geometry import ARROW, Geometry
from autograd.draw.layout.ordering import order
from autograd.draw.layout.places import Layout, Panel, Point, Rectangle, Route
from autograd.draw.layout.placing import placed
from autograd.draw.layout.routing import routes_of
from autograd.draw.layout.sizes import LABEL_SCALE, Sizes
from autograd.draw.layout.skeleton import Skeleton
from autograd.draw.picture import Picture

__all__ = ["ARROW", "LABEL_SCALE", "Layout", "Panel", "Point", "Rectangle", "Route", "layout"]


def layout(picture: Picture) -> Layout:
    """Find a place for every box, frame, edge and label.

    The picture has a box; no edge leads from a box to itself.
    """
    skeleton = Skeleton(picture, Sizes(picture))
    sequence = order(skeleton.items)
    coordinates, sides = coordinates_across(skeleton.items, skeleton.sizes.borders(), sequence)
    geometry = Geometry(skeleton, coordinates, sides)
    return placed(geometry, routes_of(geometry))
