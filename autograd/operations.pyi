"""The types of the operations, from the table; see `tests.stubs`."""

from typing import Final

from autograd.typed import (
    Binary,
    OverSequence,
    OverSequences,
    Ternary,
    ToSequence,
    Unary,
    UnaryWithOption,
    Where,
)

__all__ = [
    "absolute",
    "add",
    "arccos",
    "arccosh",
    "arcsin",
    "arcsinh",
    "arctan",
    "arctan2",
    "arctanh",
    "cbrt",
    "ceil",
    "clamp",
    "cos",
    "cosh",
    "deg2rad",
    "divide",
    "dot",
    "elu",
    "erf",
    "erfc",
    "exp",
    "exp2",
    "expm1",
    "floor",
    "floor_divide",
    "fmod",
    "gelu",
    "hard_tanh",
    "hypot",
    "leaky_relu",
    "log",
    "log1p",
    "log2",
    "log10",
    "log_sigmoid",
    "log_softmax",
    "logaddexp",
    "logsumexp",
    "maximum",
    "mean",
    "minimum",
    "mish",
    "multiply",
    "negative",
    "norm",
    "power",
    "prod",
    "rad2deg",
    "reciprocal",
    "relu",
    "remainder",
    "sigmoid",
    "sign",
    "silu",
    "sin",
    "sinc",
    "sinh",
    "softmax",
    "softplus",
    "softsign",
    "sqrt",
    "square",
    "subtract",
    "tan",
    "tanh",
    "trunc",
    "where",
    "xlogy",
]

absolute: Final[Unary]
add: Final[Binary]
arccos: Final[Unary]
arccosh: Final[Unary]
arcsin: Final[Unary]
arcsinh: Final[Unary]
arctan: Final[Unary]
arctan2: Final[Binary]
arctanh: Final[Unary]
cbrt: Final[Unary]
ceil: Final[Unary]
clamp: Final[Ternary]
cos: Final[Unary]
cosh: Final[Unary]
deg2rad: Final[Unary]
divide: Final[Binary]
dot: Final[OverSequences]
elu: Final[UnaryWithOption]
erf: Final[Unary]
erfc: Final[Unary]
exp: Final[Unary]
exp2: Final[Unary]
expm1: Final[Unary]
floor: Final[Unary]
floor_divide: Final[Binary]
fmod: Final[Binary]
gelu: Final[Unary]
hard_tanh: Final[Unary]
hypot: Final[Binary]
leaky_relu: Final[UnaryWithOption]
log: Final[Unary]
log10: Final[Unary]
log1p: Final[Unary]
log2: Final[Unary]
log_sigmoid: Final[Unary]
log_softmax: Final[ToSequence]
logaddexp: Final[Binary]
logsumexp: Final[OverSequence]
max: Final[OverSequence]
maximum: Final[Binary]
mean: Final[OverSequence]
min: Final[OverSequence]
minimum: Final[Binary]
mish: Final[Unary]
multiply: Final[Binary]
negative: Final[Unary]
norm: Final[OverSequence]
power: Final[Binary]
prod: Final[OverSequence]
rad2deg: Final[Unary]
reciprocal: Final[Unary]
relu: Final[Unary]
remainder: Final[Binary]
round: Final[Unary]
sigmoid: Final[Unary]
sign: Final[Unary]
silu: Final[Unary]
sin: Final[Unary]
sinc: Final[Unary]
sinh: Final[Unary]
softmax: Final[ToSequence]
softplus: Final[Unary]
softsign: Final[Unary]
sqrt: Final[Unary]
square: Final[Unary]
subtract: Final[Binary]
sum: Final[OverSequence]
tan: Final[Unary]
tanh: Final[Unary]
trunc: Final[Unary]
where: Final[Where]
xlogy: Final[Binary]
