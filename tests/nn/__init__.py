"""The tests of networks."""
