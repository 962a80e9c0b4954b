"""The engine: all of the mathematics, and all that is compiled.

Each file needs only those before it:

=================  ===========================================================
`floats`           functions of floats, exact at the edges
`recording`        on or off, in each thread for itself
`arrays`           operations on NumPy arrays
`primitive`        what an operation is: `Primitive`, `Reduction`, `Choice`
`table`            every operation once: its value and its derivatives
`operators`        how operations are written: operators and methods
`derived`          rules that are derived from a formula
`locks`            the locks that threads and forks wait for
`passes`           turns and numbers of passes through graphs
`calls`            calls of modules that a value came out of
`node`             the slots of a Value, and the backward pass
`value`            `Value`, which records operations
`order`            the topological order of a graph
`outputs`          notes of calls in the values that they returned
`differential`     sweeps through a graph, forwards and backwards
`tracked`          Values that the garbage collector follows
`known`            `record`: operations whose local derivatives are numbers
=================  ===========================================================
"""

from autograd.engine.value import Value

__all__ = ["Value"]
