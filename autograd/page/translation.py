"""From the part of Python that functions of floats are written in to JavaScript.

A forward function is opaque: it branches and loops as it pleases, so it cannot be carried out on
symbols. But those of the table are functions of `floats.py`, a small part of Python, and are
translated statement by statement.

What Python computes with one kind of number JavaScript may compute with another, so a type is
inferred for every expression, from the annotations of functions. A float is a number there, and so
is an int, which is a count, a place or an exponent; a `Whole`, a whole number of any size, is a
bigint. Numbers of different kinds are converted where they meet.

JavaScript's arithmetic raises no error: it gives the inf or nan that the handlers of `floats.py`
give. So of ``try`` its body is left, except around `math.fsum`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from autograd.page.javascript import js_number

# ── Types ─────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Type:
    """What is known of an expression.

    Attributes:
        kind: "bool", "int", "whole", "float"; "list" or "tuple"; "none"; "function"; "unknown",
            such as an element of an empty list.
        parts: the type of the elements of a list, of each part of a tuple, or of what a
            function returns.
    """

    kind: str
    parts: tuple[Type, ...] = ()

    @property
    def element(self) -> Type:
        """The type of the elements of a list."""
        return self.parts[0]

    def __str__(self) -> str:
        """The type as JSDoc writes it."""
        inner = ", ".join(map(str, self.parts))
        match self.kind:
            case "list":
                return f"({inner})[]" if "|" in inner or "=>" in inner else f"{inner}[]"
            case "tuple":
                return f"[{inner}]"
            case "function":
                return "(...operands: any[]) => any"
            case "optional":
                return f"{inner} | null"
        return {"float": "number", "int": "number", "whole": "bigint", "bool": "boolean"}.get(
            self.kind, "any"
        )


UNKNOWN: Final = Type("unknown")
BOOL: Final = Type("bool")
INT: Final = Type("int")
WHOLE: Final = Type("whole")
FLOAT: Final = Type("float")
NONE: Final = Type("none")
FUNCTION: Final = Type("function")  # of whatever it is given

_NUMBERS: Final = ["bool", "int", "whole", "float"]  # where two meet, the later one is taken


def list_of(element: Type) -> Type:
    return Type("list", (element,))


def function_of(result: Type, *taken: Type) -> Type:
    return Type("function", (result, *taken))


def tuple_of(*parts: Type) -> Type:
    return Type("tuple", parts)


def joined(a: Type, b: Type) -> Type:
    """The type of what may be of either type."""
    if a == b or b.kind == "unknown":
        return a
    if a.kind == "unknown":
        return b
    if a.kind in _NUMBERS and b.kind in _NUMBERS:
        return a if _NUMBERS.index(a.kind) > _NUMBERS.index(b.kind) else b
    if a.kind == b.kind and len(a.parts) == len(b.parts):
        return Type(a.kind, tuple(joined(x, y) for x, y in zip(a.parts, b.parts)))
    raise NotImplementedError(f"what is both {a} and {b}")


def annotated(annotation: ast.expr | None) -> Type:
    """The type that an annotation means."""
    match annotation:
        case ast.Name("float" | "Any"):
            return FLOAT  # functions of any numbers are translated for floats
        case ast.Name("int"):
            return INT
        case ast.Name("Whole"):
            return WHOLE
        case ast.Name("bool"):
            return BOOL
        case ast.Name("Reduction") | ast.Subscript(ast.Name("Callable")):
            return FUNCTION
        case ast.Subscript(ast.Name("list" | "Sequence" | "Iterable"), element):
            return list_of(annotated(element))
        case ast.Subscript(ast.Name("tuple"), ast.Tuple(parts)):
            return tuple_of(*map(annotated, parts))
        case ast.Subscript(ast.Name("Final"), inner):
            return annotated(inner)
        case ast.BinOp(inner, ast.BitOr(), ast.Constant(None)):
            return Type("optional", (annotated(inner),))
        case ast.BinOp(inner, ast.BitOr(), _):  # list[Any] | Any
            return annotated(inner)
    raise NotImplementedError(f"the type {ast.unparse(annotation) if annotation else None}")


@dataclass(frozen=True)
class Code:
    """JavaScript, and its type."""

    text: str
    type: Type

    def as_(self, type: Type) -> str:
        """The text, converted to a type of number."""
        have, want = self.type.kind, type.kind
        if have == want or want not in _NUMBERS or have not in _NUMBERS:
            return self.text
        if want == "whole":
            return f"{self.text}n" if self.text.isdigit() else f"BigInt({self.text})"
        if have in ("whole", "bool"):
            return f"Number({self.text})"
        return self.text  # an int and a float are both numbers

    def as_condition(self) -> str:
        """The text of what Python takes for true."""
        match self.type.kind:
            case "list":
                return f"{self.text}.length > 0"
            case "int" | "float":
                return f"{self.text} !== 0"
            case "whole":
                return f"{self.text} !== 0n"
        return self.text


# ── Names ─────────────────────────────────────────────────────────────────────

Scope = Mapping[str, Code]  # what a global name is called, and what it is or returns


def names_in(nodes: ast.AST | Sequence[ast.AST], name: str) -> int:
    """How often a name occurs."""
    nodes = [nodes] if isinstance(nodes, ast.AST) else nodes
    return sum(isinstance(x, ast.Name) and x.id == name for node in nodes for x in ast.walk(node))


def targets(node: ast.expr) -> Iterator[str]:
    """The names that an assignment to this binds."""
    if isinstance(node, ast.Name):
        yield node.id
    elif isinstance(node, (ast.Tuple, ast.List)):
        for part in node.elts:
            yield from targets(part)


_RESERVED: Final = frozenset(
    "arguments await case catch const debugger default delete do enum eval export extends function "
    "in instanceof interface let new null package private protected public static super switch "
    "this throw typeof undefined var void".split()
)

_COMPARISONS: Final = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "===",
    ast.NotEq: "!==",
    ast.Is: "===",
    ast.IsNot: "!==",
}

# What functions of `math` give, and of `python.js`, where that is no float.
_RESULTS: Final = {
    "frexp": tuple_of(FLOAT, INT),
    "factorial": WHOLE,
    "isqrt": WHOLE,
    "isinf": BOOL,
    "isfinite": BOOL,
    "isnan": BOOL,
}
_RAISING: Final = ("math.fsum(",)


class Function:
    """The translation of one function."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.variables: dict[str, Type] = {}
        self.declared: set[str] = set()
        self.met: set[str] = set()  # assigned to before a block holds them
        self.returned: Type = UNKNOWN
        self.body: Sequence[ast.stmt] = ()

    # ── Functions ─────────────────────────────────────────────────────────────

    def declaration(self, node: ast.FunctionDef, name: str) -> str:
        """A function with a name."""
        types = [annotated(argument.annotation) for argument in node.args.args]
        self.returned = annotated(node.returns)
        return self._written(name, [argument.arg for argument in node.args.args], types, node.body)

    def expression(self, node: ast.Lambda, name: str, types: Sequence[Type], out: Type) -> str:
        """A lambda, as a function with a name."""
        self.returned = out
        names = [argument.arg for argument in node.args.args]
        return self._written(name, names, types, [ast.Return(node.body)])

    def _written(
        self, name: str, names: list[str], types: Sequence[Type], body: Sequence[ast.stmt]
    ) -> str:
        arguments = dict(zip(names, types))
        self.variables, self.body = dict(arguments), body
        while True:  # until nothing more is learnt of the variables
            before = dict(self.variables)
            self.declared, self.met = set(arguments), set()
            text = "".join(self.block(body, 1))
            if self.variables == before:
                break
        loose = [f"  let {', '.join(sorted(self._loose()))};\n"] if self._loose() else []
        parameters = ", ".join(f"{name}: {type}" for name, type in arguments.items())
        head = f"/** @type {{({parameters}) => {self.returned}}} */\n"
        listed = ", ".join(names)
        if not loose and text.startswith("  return ") and text.count("\n") == 1:
            value = text.removeprefix("  return ").removesuffix(";\n")
            return f"{head}const {name} = ({listed}) => {value};\n"
        return f"{head}const {name} = ({listed}) => {{\n{''.join(loose)}{text}}};\n"

    def _loose(self) -> set[str]:
        """The variables that no single block holds, which are declared at the start."""
        return self.variables.keys() - self.declared

    # ── Statements ────────────────────────────────────────────────────────────

    def block(self, statements: Sequence[ast.stmt], depth: int) -> Iterator[str]:
        """The lines of a block; nothing follows a return."""
        for statement in statements:
            lines = list(self.statement(statement, depth, statements))
            yield from lines
            if lines and lines[-1].startswith(f"{'  ' * depth}return"):
                return

    def statement(
        self, node: ast.stmt, depth: int, block: Sequence[ast.stmt]
    ) -> Iterator[str]:
        """The lines of one statement."""
        pad = "  " * depth
        match node:
            case ast.Expr(ast.Constant(str())):
                return
            case ast.Return(value):
                assert value is not None
                code = self.code(value, self.returned)
                if self.returned.kind in ("list", "unknown"):
                    self.learn_return(value, code)
                yield f"{pad}return {code.as_(self.returned)};\n"
            case ast.Assign([target], value):
                yield from self.assigned(target, value, pad, block)
            case ast.AnnAssign(target, annotation, value):
                assert isinstance(target, ast.Name) and value is not None
                self.learn(target.id, annotated(annotation))
                yield from self.assigned(target, value, pad, block)
            case ast.AugAssign(target, op, value):
                read = ast.parse(ast.unparse(target), mode="eval").body
                yield from self.assigned(target, ast.BinOp(read, op, value), pad, ())
            case ast.If(test, body, orelse):
                condition = self.condition(test)
                if condition == "false":
                    yield from self.block(orelse, depth)
                    return
                yield f"{pad}if ({condition}) {{\n"
                yield from self.block(body, depth + 1)
                if orelse:
                    yield f"{pad}}} else {{\n"
                    yield from self.block(orelse, depth + 1)
                yield f"{pad}}}\n"
            case ast.While(test, body):
                yield f"{pad}while ({self.condition(test)}) {{\n"
                yield from self.block(body, depth + 1)
                yield f"{pad}}}\n"
            case ast.For(target, iterable, body):
                head = self.loop(target, iterable)
                lines = list(self.block(body, depth + 1))
                if lines:  # a loop that looks for Values alone has nothing to do
                    yield f"{pad}for ({head}) {{\n"
                    yield from lines
                    yield f"{pad}}}\n"
            case ast.Try(body, handlers):
                lines = list(self.block(body, depth + 1))
                if not any(name in line for line in lines for name in _RAISING):
                    yield from self.block(body, depth)
                    return
                yield f"{pad}try {{\n"
                yield from lines
                yield f"{pad}}} catch (error) {{\n"
                for handler in handlers:
                    assert isinstance(handler.type, ast.Name)
                    yield f"{pad}  if (error instanceof python.{handler.type.id}) {{\n"
                    yield from self.block(handler.body, depth + 2)
                    yield f"{pad}  }}\n"
                yield f"{pad}  throw error;\n{pad}}}\n"
            case ast.Expr(ast.Call(ast.Attribute(ast.Name(name), "append"), [value])):
                code = self.code(value, self.variables[name].element)
                self.learn(name, list_of(code.type))
                yield f"{pad}{name}.push({code.as_(self.variables[name].element)});\n"
            case _:
                raise NotImplementedError(ast.unparse(node))

    def learn(self, name: str, type: Type) -> None:
        """A variable may be of that type too."""
        self.variables[name] = joined(self.variables.get(name, UNKNOWN), type)

    def learn_return(self, value: ast.expr, code: Code) -> None:
        """What is returned is of the type that the function is to return."""
        if isinstance(value, ast.Name) and value.id in self.variables:
            self.learn(value.id, self.returned)
        elif self.returned.kind == "unknown":
            self.returned = code.type

    def assigned(
        self, target: ast.expr, value: ast.expr, pad: str, block: Sequence[ast.stmt]
    ) -> Iterator[str]:
        """An assignment, which declares its variables if this block holds all uses of them."""
        match target, value:
            case ast.Name(name), _:
                self.learn(name, self.code(value, self.variables.get(name, UNKNOWN)).type)
                want = self.variables[name]
                text = self.code(value, want).as_(want)
                yield f"{self.let([name], pad, block)}{name} = {text};\n"
            case ast.Subscript(ast.Name(name), place), _:
                want = self.variables[name].element
                self.learn(name, list_of(self.code(value, want).type))
                text = self.code(value, want).as_(want)
                yield f"{pad}{name}[{self.code(place).text}] = {text};\n"
            case ast.Tuple(parts), ast.Tuple(values):
                for part, each in zip(parts, values, strict=True):
                    if isinstance(part, ast.Name):
                        self.learn(part.id, self.code(each).type)
                wanted = [self.code(part).type for part in parts]
                texts = [self.code(each, want).as_(want) for each, want in zip(values, wanted)]
                left = ", ".join([self.code(part).text for part in parts])
                bound = list(targets(target))
                head = self.let(bound, pad, block) if len(bound) == len(parts) else pad
                yield f"{head}[{left}] = [{', '.join(texts)}];\n"
            case _:
                code = self.code(value)
                left = self.bind(target, code.type)
                yield f"{self.let(list(targets(target)), pad, block)}{left} = {code.text};\n"

    def let(self, names: list[str], pad: str, block: Sequence[ast.stmt]) -> str:
        """``let`` for names that are declared here, with the type that JavaScript cannot tell."""
        new = [name for name in names if name not in self.declared]
        held = all(names_in(block, name) == names_in(self.body, name) for name in new)
        if not new or len(new) < len(names) or not held or self.met.intersection(new):
            self.met.update(new)
            return pad
        self.declared.update(new)
        type = self.variables.get(names[0], UNKNOWN)
        typed = len(names) == 1 and "unknown" not in repr(type) and type.kind == "list"
        note = f"{pad}/** @type {{{type}}} */\n" if typed else ""
        return f"{note}{pad}let "

    def bind(self, target: ast.expr, type: Type) -> str:
        """The pattern that takes something apart."""
        match target:
            case ast.Name(name):
                self.learn(name, type)
                return name
            case ast.Tuple(parts):
                inner = type.parts * len(parts) if type.kind == "list" else type.parts
                if type.kind == "unknown":
                    inner = (UNKNOWN,) * len(parts)
                return f"[{', '.join(map(self.bind, parts, inner))}]"
        raise NotImplementedError(ast.unparse(target))

    def loop(self, target: ast.expr, iterable: ast.expr) -> str:
        """What stands in the parentheses of ``for``."""
        for name in targets(target):
            self.declared.add(name)
        match target, iterable:
            case ast.Name(name), ast.Call(ast.Name("range"), arguments):
                self.learn(name, INT)
                texts = [self.code(argument).text for argument in arguments]
                first, last = ("0", texts[0]) if len(texts) == 1 else texts[:2]
                step = int(texts[2]) if len(texts) == 3 else 1
                sign, change = ("<", f"{name} += {step}") if step > 0 else (">", f"{name} -= {-step}")
                change = change.replace("+= 1", "++").replace("-= 1", "--").replace(" ++", "++")
                change = change.replace(" --", "--")
                return f"let {name} = {first}; {name} {sign} {last}; {change}"
        code = self.code(iterable)
        return f"const {self.bind(target, code.type.element)} of {code.text}"

    def condition(self, node: ast.expr) -> str:
        """The text of a condition."""
        match node:
            case ast.UnaryOp(ast.Not(), inner):
                return f"!({self.condition(inner)})"
            case ast.BoolOp(op, values):
                sign = " && " if isinstance(op, ast.And) else " || "
                return sign.join(
                    [
                        f"({self.condition(x)})" if isinstance(x, ast.BoolOp) else self.condition(x)
                        for x in values
                    ]
                )
        return self.code(node).as_condition()

    # ── Expressions ───────────────────────────────────────────────────────────

    def code(self, node: ast.expr, want: Type = UNKNOWN) -> Code:
        """An expression; ``want`` is the type of the numbers that a list is to hold."""
        match node:
            case ast.Constant(None):
                return Code("null", NONE)
            case ast.Constant(bool(value)):
                return Code(str(value).lower(), BOOL)
            case ast.Constant(int(value)):
                return Code(str(value), INT)
            case ast.Constant(float(value)):
                return Code(js_number(value), FLOAT)
            case ast.Name(name):
                return self.name(name)
            case ast.Attribute(ast.Name("math"), name):
                return Code(f"math.{name}", FLOAT if name == "pi" else FUNCTION)
            case ast.Attribute(ast.Name("floats"), name):
                return self.scope[f"floats.{name}"]
            case ast.BinOp(left, op, right):
                return self.operation(left, op, right, want)
            case ast.UnaryOp(ast.USub(), inner):
                code = self.code(inner)
                atom = isinstance(inner, (ast.Name, ast.Call, ast.Constant))
                return replace(code, text=f"-{code.text}" if atom else f"-({code.text})")
            case ast.UnaryOp(ast.Not()) | ast.BoolOp():
                return Code(f"({self.condition(node)})", BOOL)
            case ast.Compare(left, ops, rights):
                return self.comparison([left, *rights], ops)
            case ast.IfExp(test, body, orelse):
                one, other = self.code(body, want), self.code(orelse, want)
                type = joined(one.type, other.type)
                return Code(
                    f"({self.condition(test)} ? {one.as_(type)} : {other.as_(type)})", type
                )
            case ast.List(parts):
                return self.list_of(parts, want)
            case ast.Tuple(parts):
                wanted = want.parts or (UNKNOWN,) * len(parts)
                codes = [self.code(part, each) for part, each in zip(parts, wanted)]
                types = [joined(c.type, each) for c, each in zip(codes, wanted)]
                texts = [code.as_(type) for code, type in zip(codes, types)]
                return Code(f"[{', '.join(texts)}]", tuple_of(*types))
            case ast.ListComp(element, generators) | ast.GeneratorExp(element, generators):
                return self.comprehension(element, generators, want)
            case ast.Subscript(value, index):
                return self.item(self.code(value), index)
            case ast.Call(function, arguments):
                return self.call(function, arguments)
        raise NotImplementedError(ast.unparse(node))

    def name(self, name: str) -> Code:
        """A variable, or something global."""
        if name in _RESERVED:
            raise NotImplementedError(f"the name {name} is JavaScript's own")
        if name in self.variables:
            return Code(name, self.variables[name])
        return self.scope[name]

    def operation(self, left: ast.expr, op: ast.operator, right: ast.expr, want: Type) -> Code:
        """An operator between two numbers or lists."""
        a, b = self.code(left, want), self.code(right, want)
        type = joined(a.type, b.type) if b.type.kind != "int" or a.type.kind != "list" else a.type
        match op:
            case ast.Add() if type.kind == "list":
                return Code(f"[...{a.text}, ...{b.text}]", type)
            case ast.Mult() if type.kind == "list":
                each = self.code(left.elts[0], want.element if want.parts else UNKNOWN)  # type: ignore[attr-defined]
                type = joined(list_of(each.type), want)
                return Code(f"Array({b.text}).fill({each.as_(type.element)})", type)
            case ast.LShift():
                return Code(f"({a.as_(WHOLE)} << {b.as_(WHOLE)})", WHOLE)
            case ast.Pow() if a.type.kind in ("int", "whole"):
                base = a.as_(WHOLE)
                base = base if base.replace("_", "").isalnum() or base.endswith(")") else f"({base})"
                return Code(f"{base} ** {b.as_(WHOLE)}", WHOLE)
            case ast.Pow():
                return Code(f"math.pow({a.text}, {b.as_(FLOAT)})", FLOAT)
            case ast.Mod():
                return Code(f"python.modulo({a.text}, {b.text})", type)
            case ast.FloorDiv() if type == WHOLE:
                return Code(f"python.floor_quotient({a.as_(type)}, {b.as_(type)})", type)
            case ast.FloorDiv() if type == INT:
                return Code(f"Math.floor({a.text} / {b.text})", type)
            case ast.FloorDiv():
                return Code(f"python.floor_divide({a.text}, {b.text})", type)
            case ast.Div() if type == WHOLE:
                return Code(f"python.quotient({a.as_(type)}, {b.as_(type)})", FLOAT)
        sign = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}[op.__class__]
        type = joined(type, FLOAT if sign == "/" else INT)
        return Code(f"({a.as_(type)} {sign} {b.as_(type)})", type)

    def comparison(self, operands: list[ast.expr], ops: list[ast.cmpop]) -> Code:
        """A chain of comparisons."""
        parts = []
        for left, op, right in zip(operands, ops, operands[1:]):
            if isinstance(op, ast.In):
                parts.append(f"{self.code(right).text}.includes({self.code(left).text})")
                continue
            a, b = self.code(left), self.code(right)
            type = UNKNOWN if NONE in (a.type, b.type) else joined(a.type, b.type)
            parts.append(f"{a.as_(type)} {_COMPARISONS[op.__class__]} {b.as_(type)}")
        return Code(parts[0] if len(parts) == 1 else f"({' && '.join(parts)})", BOOL)

    def list_of(self, parts: list[ast.expr], want: Type) -> Code:
        """A list, whose elements may be the elements of other lists."""
        element = want.element if want.kind == "list" else UNKNOWN
        codes = []
        for part in parts:
            starred = isinstance(part, ast.Starred)
            code = self.code(part.value if isinstance(part, ast.Starred) else part, want if starred else element)
            codes.append((starred, code))
            element = joined(element, code.type.element if starred else code.type)
        texts = [f"...{code.text}" if starred else code.as_(element) for starred, code in codes]
        return Code(f"[{', '.join(texts)}]", list_of(element))

    def comprehension(
        self, element: ast.expr, generators: list[ast.comprehension], want: Type
    ) -> Code:
        """A list made of another."""
        generator, *inner = generators
        source = self.code(generator.iter)
        before = self.variables
        self.variables = dict(before)
        for name in targets(generator.target):
            self.variables.pop(name, None)
        pattern = self.bind(generator.target, source.type.element)
        argument = pattern if isinstance(generator.target, ast.Name) else f"({pattern})"
        argument = f"({pattern})"
        text = source.text
        for test in generator.ifs:
            text += f".filter({argument} => {self.condition(test)})"
        if inner:
            code = self.comprehension(element, inner, want)
            made, method = code.text, "flatMap"
            type = code.type
        else:
            each = want.element if want.kind == "list" else UNKNOWN
            code = self.code(element, each)
            type = list_of(joined(code.type, each))
            made, method = code.as_(type.element), "map"
        self.variables = before
        if made != pattern:
            text += f".{method}({argument} => {made})"
        return Code(text, type)

    def item(self, value: Code, index: ast.expr) -> Code:
        """An element of a list, a part of a tuple, or a slice."""
        match index:
            case ast.Slice(None, None, ast.UnaryOp(ast.USub(), ast.Constant(1))):
                return Code(f"{value.text}.slice().reverse()", value.type)
            case ast.Slice(lower, upper, None):
                first = self.code(lower).text if lower else "0"
                last = f", {self.code(upper).text}" if upper else ""
                return Code(f"{value.text}.slice({first}{last})", value.type)
            case ast.UnaryOp(ast.USub(), ast.Constant(int(place))):
                return Code(f"{value.text}[{value.text}.length - {place}]", value.type.element)
            case ast.Constant(int(place)) if value.type.kind == "tuple":
                return Code(f"{value.text}[{place}]", value.type.parts[place])
        element = UNKNOWN
        for part in value.type.parts:
            element = joined(element, part)
        return Code(f"{value.text}[{self.code(index).text}]", element)

    # ── Calls ─────────────────────────────────────────────────────────────────

    def call(self, function: ast.expr, arguments: list[ast.expr]) -> Code:
        """A call of a function of Python's, of `math`, or of one that is translated."""
        match function:
            case ast.Name(name) if hasattr(self, f"_{name}"):
                built_in: Callable[..., Code] = getattr(self, f"_{name}")
                return built_in(*arguments)
            case ast.Attribute(ast.Name("math"), "hypot") if isinstance(arguments[0], ast.Starred):
                return Code(f"math.length({self.code(arguments[0].value).text})", FLOAT)
            case ast.Attribute(ast.Name("math"), name):
                wanted = [FLOAT if name not in ("isqrt", "ldexp") else UNKNOWN for _ in arguments]
                texts = [self.code(x).as_(want) for x, want in zip(arguments, wanted)]
                return Code(f"math.{name}({', '.join(texts)})", _RESULTS.get(name, FLOAT))
            case ast.Attribute(value, "count"):
                listed, x = self.code(value).text, self.code(arguments[0]).text
                return Code(f"python.count({listed}, {x})", INT)
            case ast.Attribute(value, "as_integer_ratio"):
                return Code(f"python.integer_ratio({self.code(value).text})", tuple_of(WHOLE, WHOLE))
            case ast.Attribute(value, "bit_length"):
                return Code(f"python.bit_length({self.code(value).text})", INT)
        called = self.code(function)
        codes = [self.code(argument) for argument in arguments]
        if called.type == FUNCTION and isinstance(function, ast.Name) and len(codes) == 2:
            if codes[1].type.kind == "list":  # a reduction of two sequences takes them as one
                listed = ", ".join(f"...{code.text}" for code in codes)
                return Code(f"{called.text}([{listed}])", FLOAT)
        wanted = self.parameters(called, len(codes))
        texts = [self.code(x, want).as_(want) for x, want in zip(arguments, wanted)]
        return Code(f"{called.text}({', '.join(texts)})", self.result(function, called))

    def parameters(self, called: Code, count: int) -> Sequence[Type]:
        """The types that a function takes."""
        parts = called.type.parts[1:]
        return parts or [UNKNOWN] * count

    def result(self, function: ast.expr, called: Code) -> Type:
        """The type that a function returns."""
        if called.type.parts:
            return called.type.parts[0]
        return list_of(FLOAT) if ast.unparse(function) == "at_once" else FLOAT

    def _len(self, x: ast.expr) -> Code:
        return Code(f"{self.code(x).text}.length", INT)

    def _float(self, x: ast.expr) -> Code:
        return Code(self.code(x).as_(FLOAT), FLOAT)

    def _as_float(self, x: ast.expr) -> Code:
        return self._float(x)

    def _int(self, x: ast.expr) -> Code:
        return Code(f"Math.trunc({self.code(x).text})", INT)

    def _abs(self, x: ast.expr) -> Code:
        return Code(f"Math.abs({self.code(x).text})", self.code(x).type)

    def _round(self, x: ast.expr, digits: ast.expr | None = None) -> Code:
        more = f", {self.code(digits).text}" if digits else ""
        return Code(f"python.round{'_to' if digits else ''}({self.code(x).text}{more})", FLOAT)

    def _list(self, x: ast.expr) -> Code:
        return Code(f"[...{self.code(x).text}]", self.code(x).type)

    def _reversed(self, x: ast.expr) -> Code:
        return Code(f"{self.code(x).text}.slice().reverse()", self.code(x).type)

    def _sum(self, x: ast.expr) -> Code:
        code = self.code(x)
        start = "0n" if code.type.element == WHOLE else "0"
        return Code(f"{code.text}.reduce((a, b) => a + b, {start})", code.type.element)

    def _max(self, *xs: ast.expr) -> Code:
        codes = [self.code(x) for x in xs]
        if len(codes) == 1:
            return Code(f"{codes[0].text}.reduce((a, b) => a > b ? a : b)", codes[0].type.element)
        return Code(f"Math.max({', '.join(code.text for code in codes)})", codes[0].type)

    def _any(self, x: ast.expr) -> Code:
        return Code(self._tested("some", x), BOOL)

    def _all(self, x: ast.expr) -> Code:
        return Code(self._tested("every", x), BOOL)

    def _tested(self, method: str, x: ast.expr) -> str:
        match x:
            case ast.GeneratorExp(element, [generator]):
                source = self.code(generator.iter)
                before = self.variables
                self.variables = dict(before)
                pattern = self.bind(generator.target, source.type.element)
                text = f"{source.text}.{method}(({pattern}) => {self.condition(element)})"
                self.variables = before
                return text
            case ast.Call(ast.Name("map"), [function, values]):
                if ast.unparse(function) in ("is_graph", "has_elements"):
                    return "false"
                return f"{self.code(values).text}.{method}({self.code(function).text})"
        return f"{self.code(x).text}.{method}((x) => {Code('x', self.code(x).type.element).as_condition()})"

    def _is_graph(self, _: ast.expr) -> Code:
        return Code("false", BOOL)  # what is translated is for floats

    def _as_given(self, _: ast.expr, x: ast.expr) -> Code:
        return self.code(x)

    def _range(self, *xs: ast.expr) -> Code:
        return Code(f"python.range({', '.join(self.code(x).text for x in xs)})", list_of(INT))

    def _enumerate(self, x: ast.expr) -> Code:
        code = self.code(x)
        pair = tuple_of(INT, code.type.element)
        return Code(f"python.enumerate({code.text})", list_of(pair))

    def _zip(self, x: ast.expr, y: ast.expr) -> Code:
        a, b = self.code(x), self.code(y)
        return Code(f"python.zip({a.text}, {b.text})", list_of(tuple_of(a.type.element, b.type.element)))


def in_a_file(nodes: Iterable[ast.stmt]) -> dict[str, Any]:
    """The functions that a file declares, by their names."""
    return {node.name: node for node in nodes if isinstance(node, ast.FunctionDef)}
