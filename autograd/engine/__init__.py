"""The engine: all of the mathematics, and all that is compiled.

Each file needs only those before it:

=================  ===========================================================
`floats`           functions of floats, exact at the edges
`primitive`        what an operation is: `Primitive`, `Reduction`, `Choice`
`table`            every operation once: its value and its derivatives
`operators`        how operations are written: operators and methods
`recording`        whether operations are recorded, in each thread for itself
`value`            `Value`, which records operations; ``backward()``
`calls`            which call of which module a value came out of
`differential`     sweeps through a graph, forwards and backwards
=================  ===========================================================
"""

from autograd.engine.value import Value

__all__ = ["Value"]
