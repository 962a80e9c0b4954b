"""Which of these pages are run as tests: all, but SciPy's only where it is installed."""

from importlib.util import find_spec

collect_ignore = [] if find_spec("scipy") else ["scipy.md"]
