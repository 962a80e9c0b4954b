"""The tests of formulas and explanations."""
