"""The errors and the warning of compiled functions."""

from __future__ import annotations


class CompileError(RuntimeError):
    """A compiled function does something that a replay would not do."""


class ArgumentFound(BaseException):
    """A Value that is an argument of the call being recorded is found elsewhere as well.

    What takes its place among the arguments would not be one Value with it, so such a call is not
    recorded. The error ends it, whatever errors the function catches, and does not get out of
    `autograd.replay`. Its ``args`` are the ids of these Values.
    """


class CompileWarning(RuntimeWarning):
    """A compiled function runs as it is from now on."""
