"""Record a function once, and replay it: see `compiled.py`, and docs/compiling.md."""

from autograd.native import leave_lifting_interpreted_without_librt

leave_lifting_interpreted_without_librt()
