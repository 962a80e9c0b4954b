"""Tests of autograd/replay."""
