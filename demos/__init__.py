"""Short programs, each run with ``python -m demos.NAME`` from the root of the repository."""
