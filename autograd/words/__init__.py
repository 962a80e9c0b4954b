"""What a graph computes, and why its gradients are what they are, in formulas and words.

`autograd.explain` and `autograd.formula` are the way in.
"""
