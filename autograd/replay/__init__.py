"""Record a function once, and replay it: see `compiled.py`, and docs/compiling.md."""

from autograd.native import load_lifting

load_lifting()
