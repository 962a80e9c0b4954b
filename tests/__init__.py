"""Tests: test_<module>.py states the behaviour of a module."""
