"""The layout of pictures: boxes, frames and edges in, places out. It knows of no Value."""

from autograd.draw.layout.passes import LABEL_SCALE, Layout, Panel, Rectangle, layout

__all__ = ["LABEL_SCALE", "Layout", "Panel", "Rectangle", "layout"]
