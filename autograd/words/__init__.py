"""Formulas and explanations of a graph, for `autograd.formula` and `autograd.explain`.

A `snapshot` is read as `statements`, whose formulas are trees (`terms`). The rules of the table
give their local `derivatives`; `simplification` and `typesetting` put them as a textbook does,
`writing` makes text of them in a `notation`, and `formulas` joins these steps. For an explanation,
`derivation` works out the chain rule, and `writer` puts it on a `page` in `phrases`; `shortening`
leaves out the middle of what is long. `documentation` writes the docstrings of operations.
"""
