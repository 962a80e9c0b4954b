"""The tests of autograd.testing."""
