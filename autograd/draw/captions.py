"""The caption of a picture: the paths that are marked, and the folding."""

from __future__ import annotations

from collections.abc import Callable

from autograd.draw.folding import Folding
from autograd.draw.summary import count
from autograd.snapshot import Snapshot
from autograd.snapshot.paths import Paths


def caption(
    graph: Snapshot,
    folding: Folding,
    paths: Paths | None,
    depth: int | None,
    formatted: Callable[[float], str],
) -> str:
    """The lines below a picture, or "".

    Args:
        graph: the graph.
        folding: of the graph.
        paths: those that are marked, if any.
        depth: the option of that name.
        formatted: the function that writes a number.
    """
    lines = [] if paths is None else [_paths_in_words(graph, paths, formatted)]
    return "\n".join([*lines, *_folding_in_words(graph, folding, depth)])


def _paths_in_words(graph: Snapshot, paths: Paths, formatted: Callable[[float], str]) -> str:
    verb = "leads" if paths.count == 1 else "lead"
    return (
        f"{count(paths.count, 'path')} {verb} from {graph.name(paths.leaf)} to the root; "
        f"the derivative is {formatted(paths.total)}."
    )


def _folding_in_words(graph: Snapshot, folding: Folding, depth: int | None) -> list[str]:
    facts, remedies = [], []
    if folding.is_folded and folding.opens_below_depth:
        facts.append(f"{len(folding.open)} of {count(len(folding.levels), 'group')} open")
        remedies.append(f"depth={folding.full_depth} opens all")
    elif folding.is_folded:
        facts.append(f"folded to depth {folding.depth} of {folding.full_depth}")
        remedies.append(f"depth={folding.depth + 1} unfolds more")
    if "operations" in folding.kinds:
        facts.append("operations contracted")
    elif "leaves" in folding.kinds:
        facts.append("leaves contracted")
    if not facts:
        return []
    if depth is None:
        remedies.append("max_boxes=None shows everything")
    elif facts[-1].endswith("contracted"):
        remedies.append("max_boxes=None contracts nothing")
    numbers = f"{count(len(graph), 'value')} in {count(len(folding.parts), 'box')}"
    beginning = ", ".join(facts)
    return [f"{beginning[0].upper()}{beginning[1:]}: {numbers}. {', '.join(remedies)}."]
