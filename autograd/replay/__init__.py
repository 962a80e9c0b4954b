"""Record a function once, and replay it: see `compiled.py`, and docs/compiling.md."""
