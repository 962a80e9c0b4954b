"""The tests of the demos."""
