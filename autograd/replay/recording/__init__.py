"""Record one call of a function on a tape: the numbers, the Values and the gradients in it.

`recorder.py` has the recorder, and says which layers it is made of. It follows a call, in which
`standins.py` and `indices.py` take the place of numbers, and `taken.py` of what an index chooses.
`outside.py` knows the Values that were there before, `leaks.py` what has got out of the call, and
`places.py` the lines that messages name.
"""
