"""Expressions of Python in JavaScript; `translation.py` has the statements around them."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from autograd.page.javascript import (
    BOTH,
    CHOSEN,
    COMPARED,
    EITHER,
    PRODUCT,
    SIGNED,
    SUM,
    js_number,
)
from autograd.page.kinds import (
    BOOL,
    FLOAT,
    FUNCTION,
    INT,
    NONE,
    UNKNOWN,
    WHOLE,
    Code,
    Type,
    joined,
    list_of,
    tuple_of,
)

RESERVED: Final = frozenset(
    {"arguments", "await", "case", "catch", "const", "debugger", "default", "delete", "do", "enum"}
    | {"eval", "export", "extends", "function", "instanceof", "interface", "let", "new", "null"}
    | {"package", "private", "protected", "public", "static", "super", "switch", "this", "throw"}
    | {"typeof", "undefined", "var", "void"}
)
_OPERATORS: Final[dict[type[ast.operator], tuple[str, int]]] = {
    ast.Add: ("+", SUM),
    ast.Sub: ("-", SUM),
    ast.Mult: ("*", PRODUCT),
    ast.Div: ("/", PRODUCT),
}
_COMPARISONS: Final[dict[type[ast.cmpop], str]] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "===",
    ast.NotEq: "!==",
    ast.Is: "===",
    ast.IsNot: "!==",
}

# Where JavaScript has the functions of `math`, where modules of the page have them, and those of
# `arithmetic.py`.
_HOMES: Final = {
    "Math.": "acos acosh asin asinh atan atan2 atanh cbrt ceil cos cosh exp expm1 floor log log10 "
    "log1p log2 sin sinh sqrt tan tanh trunc",
    "bits.": "copysign frexp",
    "math_": "erf erfc exp2 factorial fsum hypot isinf isqrt ldexp pow remainder",
}
_OF_MATH: Final = {
    **{name: f"{home}{name}" for home, names in _HOMES.items() for name in names.split()},
    "isfinite": "Number.isFinite",
    "pi": "Math.PI",
}
# What functions of `math` give where that is no float.
_RESULTS: Final = {
    "factorial": WHOLE,
    "frexp": tuple_of(FLOAT, INT),
    "isfinite": BOOL,
    "isinf": BOOL,
    "isqrt": WHOLE,
}
# Of floats these are False: whether one is a Value, and whether one has elements.
_NEVER: Final = ("is_graph", "has_elements")


def targets(node: ast.expr) -> list[str]:
    """The names that an assignment to this binds."""
    if isinstance(node, (ast.Tuple, ast.List)):
        return [name for part in node.elts for name in targets(part)]
    return [node.id] if isinstance(node, ast.Name) else []


class Expressions:
    """The translation of expressions.

    Attributes:
        scope: what a global name is called in JavaScript, with its type.
        variables: the type of each variable, as far as it is known.
    """

    def __init__(self, scope: Mapping[str, Code]) -> None:
        self.scope = scope
        self.variables: dict[str, Type] = {}

    def code(self, node: ast.expr, want: Type = UNKNOWN) -> Code:
        """An expression; ``want`` is the type that the numbers in a list are to have."""
        match node:
            case ast.Constant(None):
                return Code("null", type=NONE)
            case ast.Constant(bool(value)):
                return Code(str(value).lower(), type=BOOL)
            case ast.Constant(int(value)):
                return Code(str(value), type=INT)
            case ast.Constant(float(value)):
                return Code(js_number(value), type=FLOAT)
            case ast.Name(name):
                return self._named(name)
            case ast.Attribute(ast.Name("math"), name) if name in _OF_MATH:
                return Code(_OF_MATH[name], type=FLOAT if name == "pi" else FUNCTION)
            case ast.Attribute(ast.Name("floats"), name):
                return self.scope[f"floats.{name}"]
            case ast.BinOp(left, op, right):
                return self._operation(left, op, right, want)
            case ast.UnaryOp(ast.USub(), inner):
                code = self.code(inner)
                return Code(f"-{code.within(SIGNED + 1)}", SIGNED, code.type)
            case ast.UnaryOp(ast.Not(), inner):
                return Code(f"!{self.condition(inner).within(SIGNED + 1)}", SIGNED, BOOL)
            case ast.BoolOp(_, values) if all(self.code(x).type == BOOL for x in values):
                return self.condition(node)
            case ast.Compare(left, ops, rights):
                return self._comparison([left, *rights], ops)
            case ast.IfExp(test, body, orelse):
                one, other = self.code(body, want), self.code(orelse, want)
                type = joined(one.type, other.type)
                texts = [one.as_(type).within(EITHER), other.as_(type).within(CHOSEN)]
                condition = self.condition(test).within(EITHER)
                return Code(f"{condition} ? {texts[0]} : {texts[1]}", CHOSEN, type)
            case ast.List(parts):
                return self._list_of(parts, want)
            case ast.Tuple(parts):
                wanted = want.parts or (UNKNOWN,) * len(parts)
                codes = [self.code(part, each) for part, each in zip(parts, wanted)]
                types = [joined(code.type, each) for code, each in zip(codes, wanted)]
                texts = [code.as_(type).text for code, type in zip(codes, types)]
                return Code(f"[{', '.join(texts)}]", type=tuple_of(*types))
            case ast.ListComp(element, generators) | ast.GeneratorExp(element, generators):
                return self._comprehension(element, generators, want)
            case ast.Subscript(value, index):
                return self._item(self.code(value), index)
            case ast.Call(function, arguments):
                return self._call(function, arguments)
        raise NotImplementedError(ast.unparse(node))

    def condition(self, node: ast.expr) -> Code:
        """An expression that is taken for true or false."""
        if isinstance(node, ast.BoolOp):
            sign, binding = ("&&", BOTH) if isinstance(node.op, ast.And) else ("||", EITHER)
            texts = [self.condition(value).within(binding) for value in node.values]
            return Code(f" {sign} ".join(texts), binding, BOOL)
        text = self.code(node).as_condition()
        return Code(text.text, text.binding, BOOL)

    def learn(self, name: str, type: Type) -> None:
        """A variable may be of that type too."""
        self.variables[name] = joined(self.variables.get(name, UNKNOWN), type)

    def bind(self, target: ast.expr, type: Type) -> str:
        """The pattern that takes something apart into variables."""
        match target:
            case ast.Name(name):
                self.learn(name, type)
                return name
            case ast.Tuple(parts):
                types = type.parts if type.kind == "tuple" else [type.element] * len(parts)
                return f"[{', '.join(map(self.bind, parts, types))}]"
        raise NotImplementedError(ast.unparse(target))

    def _named(self, name: str) -> Code:
        if name in self.variables:
            return Code(name, type=self.variables[name])
        if name not in self.scope:
            raise NotImplementedError(f"the name {name}")
        return self.scope[name]

    # ── Operators ─────────────────────────────────────────────────────────────

    def _operation(self, left: ast.expr, op: ast.operator, right: ast.expr, want: Type) -> Code:
        a, b = self.code(left, want), self.code(right, want)
        if a.type.kind == "list":
            return self._of_lists(left, a, op, b, want)
        type = joined(a.type, b.type)
        match op:
            case ast.LShift():
                texts = [x.as_(WHOLE).within(SUM) for x in (a, b)]
                return Code(" << ".join(texts), COMPARED, WHOLE)
            case ast.Pow() if a.type in (INT, WHOLE):
                base, exponent = a.as_(WHOLE), b.as_(WHOLE)
                power = f"{base.within(SIGNED + 1)} ** {exponent.within(SIGNED)}"
                return Code(power, SIGNED, WHOLE)
            case ast.Pow() if a.text == "2" and b.type == INT:
                return Code(f"2 ** {b.within(SIGNED)}", SIGNED, FLOAT)  # exact in every browser
            case ast.Pow():
                return Code(f"math_pow({a.as_(FLOAT).text}, {b.as_(FLOAT).text})", type=FLOAT)
            case ast.Mod():
                return Code(f"math_modulo({a.text}, {b.text})", type=type)
            case ast.FloorDiv() if type == WHOLE:
                texts = [x.as_(WHOLE).text for x in (a, b)]
                return Code(f"bits.floor_quotient({', '.join(texts)})", type=WHOLE)
            case ast.FloorDiv() if type == INT:
                return Code(f"Math.floor({a.within(PRODUCT)} / {b.within(SIGNED)})", type=INT)
            case ast.FloorDiv():
                return Code(f"math_floor_divide({a.text}, {b.text})", type=FLOAT)
            case ast.Div() if type == WHOLE:
                texts = [x.as_(WHOLE).text for x in (a, b)]
                return Code(f"math_quotient({', '.join(texts)})", type=FLOAT)
        if op.__class__ not in _OPERATORS:
            raise NotImplementedError(f"the operator {op.__class__.__name__}")
        sign, binding = _OPERATORS[op.__class__]
        type = joined(type, FLOAT if sign == "/" else INT)
        texts = [a.as_(type).within(binding), b.as_(type).within(binding + 1)]
        return Code(f" {sign} ".join(texts), binding, type)

    def _of_lists(self, left: ast.expr, a: Code, op: ast.operator, b: Code, want: Type) -> Code:
        match left, op:
            case _, ast.Add():
                return Code(f"[...{a.text}, ...{b.text}]", type=joined(a.type, b.type))
            case ast.List([_]), ast.Mult():
                each = a.text.removeprefix("[").removesuffix("]")
                return Code(f"Array({b.text}).fill({each})", type=joined(a.type, want))
        raise NotImplementedError(f"the operator {op.__class__.__name__} of a list")

    def _comparison(self, operands: list[ast.expr], ops: list[ast.cmpop]) -> Code:
        parts = []
        for left, op, right in zip(operands, ops, operands[1:]):
            if isinstance(op, ast.In):
                parts.append(f"{self.code(right).text}.includes({self.code(left).text})")
                continue
            a, b = self.code(left), self.code(right)
            type = UNKNOWN if NONE in (a.type, b.type) else joined(a.type, b.type)
            texts = [x.as_(type).within(COMPARED + 1) for x in (a, b)]
            parts.append(f" {_COMPARISONS[op.__class__]} ".join(texts))
        return Code(" && ".join(parts), COMPARED if len(parts) == 1 else BOTH, BOOL)

    # ── Lists ─────────────────────────────────────────────────────────────────

    def _list_of(self, parts: list[ast.expr], want: Type) -> Code:
        element = want.element
        codes = []
        for part in parts:
            if isinstance(part, ast.Starred):
                code = self.code(part.value, want)
                element = joined(element, code.type.element)
                codes.append(Code(f"...{code.text}", type=code.type))
            else:
                code = self.code(part, element)
                element = joined(element, code.type)
                codes.append(code)
        texts = [code.as_(element).text for code in codes]
        return Code(f"[{', '.join(texts)}]", type=list_of(element))

    @contextmanager
    def _inner(self, target: ast.expr, type: Type) -> Iterator[str]:
        """The pattern of variables that there are only within a comprehension."""
        before = self.variables
        self.variables = {
            name: type for name, type in before.items() if name not in targets(target)
        }
        yield self.bind(target, type)
        self.variables = before

    def _comprehension(
        self, element: ast.expr, generators: list[ast.comprehension], want: Type
    ) -> Code:
        generator, *others = generators
        source = self.code(generator.iter)
        with self._inner(generator.target, source.type.element) as pattern:
            text = source.text
            for test in generator.ifs:
                text += f".filter(({pattern}) => {self.condition(test).text})"
            if others:
                code = self._comprehension(element, others, want)
                return Code(f"{text}.flatMap(({pattern}) => {code.text})", type=code.type)
            code = self.code(element, want.element)
            type = joined(code.type, want.element)
            made = code.as_(type).text
            if made != pattern:
                text += f".map(({pattern}) => {made})"
        return Code(text, type=list_of(type))

    def _item(self, value: Code, index: ast.expr) -> Code:
        match index:
            case ast.Slice(None, None, ast.UnaryOp(ast.USub(), ast.Constant(1))):
                return Code(f"{value.text}.slice().reverse()", type=value.type)
            case ast.Slice(lower, upper, None):
                first = self.code(lower).text if lower else "0"
                last = f", {self.code(upper).text}" if upper else ""
                return Code(f"{value.text}.slice({first}{last})", type=value.type)
            case ast.UnaryOp(ast.USub(), ast.Constant(int(place))):
                last = f"{value.text}.length - {place}"
                return Code(f"{value.text}[{last}]", type=value.type.element)
            case ast.Constant(int(place)) if value.type.kind == "tuple":
                return Code(f"{value.text}[{place}]", type=value.type.parts[place])
        element = UNKNOWN
        for part in value.type.parts:  # of a tuple any
            element = joined(element, part)
        return Code(f"{value.text}[{self.code(index).text}]", type=element)

    # ── Calls ─────────────────────────────────────────────────────────────────

    def _call(self, function: ast.expr, arguments: list[ast.expr]) -> Code:
        match function, arguments:
            case ast.Name(name), _ if name in _NEVER:
                return Code("false", type=BOOL)
            case ast.Name(name), _ if hasattr(self, f"_call_{name}"):
                of_python: Callable[..., Code] = getattr(self, f"_call_{name}")
                return of_python(*arguments)
            case ast.Attribute(ast.Name("math"), "hypot"), [ast.Starred(value)]:
                return Code(f"math_length({self.code(value).text})", type=FLOAT)
            case ast.Attribute(ast.Name("math"), "fmod"), [x, y]:
                texts = [self.code(x).within(PRODUCT), self.code(y).within(PRODUCT + 1)]
                return Code(" % ".join(texts), PRODUCT, FLOAT)
            case ast.Attribute(ast.Name("math"), name), _:
                texts = [self.code(x).text for x in arguments]
                text = f"{self.code(function).text}({', '.join(texts)})"
                return Code(text, type=_RESULTS.get(name, FLOAT))
            case ast.Attribute(value, "count"), [x]:
                texts = [self.code(value).text, self.code(x).text]
                return Code(f"lists.count({', '.join(texts)})", type=INT)
            case ast.Attribute(value, "as_integer_ratio"), []:
                text = self.code(value).text
                return Code(f"math_integer_ratio({text})", type=tuple_of(WHOLE, WHOLE))
            case ast.Attribute(value, "bit_length"), []:
                return Code(f"bits.bit_length({self.code(value).text})", type=INT)
        called = self.code(function)
        codes = [self.code(argument) for argument in arguments]
        if called.type == FUNCTION and len(codes) == 2:  # a reduction takes two sequences as one
            listed = ", ".join([f"...{code.text}" for code in codes])
            return Code(f"{called.text}([{listed}])", type=FLOAT)
        result, *wanted = called.type.parts or (FLOAT,)
        wanted = wanted or [UNKNOWN] * len(codes)
        texts = [self.code(x, want).as_(want).text for x, want in zip(arguments, wanted)]
        return Code(f"{called.text}({', '.join(texts)})", type=result)

    # What follows is called by the name of a function of Python.

    def _call_len(self, x: ast.expr) -> Code:
        return Code(f"{self.code(x).text}.length", type=INT)

    def _call_float(self, x: ast.expr) -> Code:
        text = self.code(x).as_(FLOAT)
        return Code(text.text, text.binding, FLOAT)

    def _call_as_float(self, x: ast.expr) -> Code:
        return self._call_float(x)

    def _call_int(self, x: ast.expr) -> Code:
        return Code(f"Math.trunc({self.code(x).text})", type=INT)

    def _call_abs(self, x: ast.expr) -> Code:
        return Code(f"Math.abs({self.code(x).text})", type=FLOAT)

    def _call_round(self, x: ast.expr, digits: ast.expr | None = None) -> Code:
        if digits is None:
            return Code(f"math_nearest({self.code(x).text})", type=FLOAT)
        return Code(f"math_round_to({self.code(x).text}, {self.code(digits).text})", type=FLOAT)

    def _call_list(self, x: ast.expr) -> Code:
        return Code(f"[...{self.code(x).text}]", type=self.code(x).type)

    def _call_reversed(self, x: ast.expr) -> Code:
        return Code(f"{self.code(x).text}.slice().reverse()", type=self.code(x).type)

    def _call_sum(self, x: ast.expr) -> Code:
        code = self.code(x)
        start = "0n" if code.type.element == WHOLE else "0"
        return Code(f"{code.text}.reduce((a, b) => a + b, {start})", type=code.type.element)

    def _call_max(self, x: ast.expr, y: ast.expr | None = None) -> Code:
        code = self.code(x)
        if y is not None:
            return Code(f"Math.max({code.text}, {self.code(y).text})", type=self.code(y).type)
        return Code(f"{code.text}.reduce((a, b) => (a > b ? a : b))", type=code.type.element)

    def _call_any(self, x: ast.expr) -> Code:
        return self._tested("some", x)

    def _call_all(self, x: ast.expr) -> Code:
        return self._tested("every", x)

    def _tested(self, method: str, x: ast.expr) -> Code:
        match x:
            case ast.Call(ast.Name("map"), [ast.Name(name), values]):
                test = self.code(ast.Name(name)).text
                return Code(f"{self.code(values).text}.{method}({test})", type=BOOL)
            case ast.GeneratorExp(element, [generator]):
                source = self.code(generator.iter)
                with self._inner(generator.target, source.type.element) as pattern:
                    test = self.condition(element).text
            case _:
                source, pattern = self.code(x), "x"
                test = Code("x", type=source.type.element).as_condition().text
        return Code(f"{source.text}.{method}(({pattern}) => {test})", type=BOOL)

    def _call_as_given(self, _: ast.expr, x: ast.expr) -> Code:
        return self.code(x)  # a list stays a list

    def _call_range(self, *xs: ast.expr) -> Code:
        texts = [self.code(x).text for x in xs]
        return Code(f"lists.range({', '.join(texts)})", type=list_of(INT))

    def _call_enumerate(self, x: ast.expr) -> Code:
        code = self.code(x)
        pair = tuple_of(INT, code.type.element)
        return Code(f"lists.enumerate({code.text})", type=list_of(pair))

    def _call_zip(self, x: ast.expr, y: ast.expr) -> Code:
        a, b = self.code(x), self.code(y)
        pair = tuple_of(a.type.element, b.type.element)
        return Code(f"lists.zip({a.text}, {b.text})", type=list_of(pair))
