"""The layout of pictures: boxes, frames and edges in, places out. It knows of no Value.

The passes are those of every layered drawing since Sugiyama, Tagawa and Toda (1981), and
`layout` lists them in order, each in a module of its own: the sizes of everything; the
layers and the items in them; their order; their coordinates across the layers; where the
layers are; the rows that a long drawing is broken into; the lines; the places in the picture.
Nothing is left to chance, so the same picture always gets the same layout; and only
structure and the sizes of boxes enter, rounded up to a grid, so that other numbers
in the same boxes leave everything in its place.

What can be relied upon: no two boxes overlap; a box lies in its frame; frames
overlap only where one lies in the other; every edge leads onwards, unless it closes
a cycle; no edge and no label touches a box that it does not belong to.
"""

from __future__ import annotations

from autograd.draw.layout.coordinates import across
from autograd.draw.layout.extents import Extents
from autograd.draw.layout.ordering import order
from autograd.draw.layout.places import Layout, Panel, Path, Point, Rectangle
from autograd.draw.layout.placing import ground_of, placed
from autograd.draw.layout.routing import ARROW, paths_of
from autograd.draw.layout.sizes import LABEL_SCALE, Sizes
from autograd.draw.layout.skeleton import Skeleton
from autograd.draw.picture import Picture

__all__ = ["ARROW", "LABEL_SCALE", "Layout", "Panel", "Path", "Point", "Rectangle", "layout"]


def layout(picture: Picture) -> Layout:
    """Find a place for every box, frame, edge and label.

    Raises:
        ValueError: an edge or a box names a box or frame that there is not, or the parent
            of a frame does not stand before it.
    """
    _check(picture)
    if not picture.boxes:
        return Layout(0.0, 0.0, [], [], [], [[] for _ in picture.frames], [], [], [])
    sizes = Sizes(picture)
    skeleton = Skeleton(picture, sizes)
    sequence = order(skeleton.items, skeleton.nesting)
    coordinates, sides = across(skeleton.items, skeleton.nesting, sizes.borders(), sequence)
    extents = Extents(picture, sizes, skeleton, coordinates)
    ground = ground_of(sizes, skeleton, extents, coordinates, sides)
    paths = paths_of(ground, skeleton.chains)
    return placed(picture, sizes, skeleton, extents, ground, sides, paths)


def _check(picture: Picture) -> None:
    for number, edge in enumerate(picture.edges):
        for box in (edge.tail, edge.head):
            if not 0 <= box < len(picture.boxes):
                raise ValueError(f"edge {number} names box {box} of {len(picture.boxes)}")
    for number, each in enumerate(picture.boxes):
        if each.frame is not None and not 0 <= each.frame < len(picture.frames):
            raise ValueError(f"box {number} names frame {each.frame} of {len(picture.frames)}")
    for number, frame in enumerate(picture.frames):
        if frame.parent is not None and not 0 <= frame.parent < number:
            raise ValueError(
                f"frame {number} has the parent {frame.parent}: a parent stands before it"
            )
