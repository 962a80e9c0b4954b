"""What kinds of numbers the translation into JavaScript knows, and where they meet."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Final

from autograd.page.javascript import ATOM, COMPARED, Text


@dataclass(frozen=True)
class Type:
    """What is known of an expression.

    Attributes:
        kind: "bool", "int", "whole", "float"; "list", "tuple" or "optional"; "none"; "function";
            "unknown", such as an element of an empty list.
        parts: the type of the elements of a list, or of each part of a tuple; of a function what
            it returns, and then what it takes, if that is known.
    """

    kind: str
    parts: tuple[Type, ...] = ()

    @property
    def element(self) -> Type:
        """The type of the elements of a list."""
        return self.parts[0] if self.parts else UNKNOWN

    @property
    def is_number(self) -> bool:
        """True of what may be converted where it meets another kind of number."""
        return self.kind in _NUMBERS

    @property
    def is_known(self) -> bool:
        """True if nothing is left to be learnt."""
        return self.kind != "unknown" and all(part.is_known for part in self.parts)

    def __str__(self) -> str:
        """The type as JSDoc writes it."""
        inner = ", ".join(map(str, self.parts))
        match self.kind:
            case "list":
                return f"{inner}[]"
            case "tuple":
                return f"[{inner}]"
            case "optional":
                return f"{inner} | null"
            case "function":
                return "(...operands: any[]) => any"
        return _IN_JSDOC.get(self.kind, "any")


UNKNOWN: Final = Type("unknown")
BOOL: Final = Type("bool")
INT: Final = Type("int")
WHOLE: Final = Type("whole")
FLOAT: Final = Type("float")
NONE: Final = Type("none")
FUNCTION: Final = Type("function")  # of whatever it is given

_NUMBERS: Final = ("bool", "int", "whole", "float")  # where two meet, the later one is taken
_IN_JSDOC: Final = {"float": "number", "int": "number", "whole": "bigint", "bool": "boolean"}


def list_of(element: Type) -> Type:
    """The type of a list."""
    return Type("list", (element,))


def tuple_of(*parts: Type) -> Type:
    """The type of a tuple."""
    return Type("tuple", parts)


def function_of(result: Type, *taken: Type) -> Type:
    """The type of a function that takes these."""
    return Type("function", (result, *taken))


def joined(a: Type, b: Type) -> Type:
    """The type of what may be of either type."""
    if a == b or b == UNKNOWN:
        return a
    if a == UNKNOWN:
        return b
    if a.is_number and b.is_number:
        return max(a, b, key=lambda each: _NUMBERS.index(each.kind))
    if a.kind == b.kind and len(a.parts) == len(b.parts):
        return Type(a.kind, tuple([joined(x, y) for x, y in zip(a.parts, b.parts)]))
    raise NotImplementedError(f"what is of type {a} or {b}")


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
        case ast.Name("Reduction"):
            return FUNCTION
        case ast.Subscript(ast.Name("Callable"), ast.Tuple([_, result])):
            return function_of(annotated(result))
        case ast.Subscript(ast.Name("list" | "Sequence" | "Iterable"), element):
            return list_of(annotated(element))
        case ast.Subscript(ast.Name("tuple"), ast.Tuple(parts)):
            return tuple_of(*map(annotated, parts))
        case ast.Subscript(ast.Name("Final"), inner):
            return annotated(inner)
        case ast.BinOp(inner, ast.BitOr(), ast.Constant(None)):
            return Type("optional", (annotated(inner),))
        case ast.BinOp(inner, ast.BitOr(), ast.Name("Any")):
            return annotated(inner)
    raise NotImplementedError(f"the type {ast.unparse(annotation) if annotation else None}")


@dataclass(frozen=True)
class Code(Text):
    """JavaScript, and its type."""

    type: Type = UNKNOWN

    def as_(self, type: Type) -> Text:
        """The text, converted to a type of number."""
        if self.type == type or not (self.type.is_number and type.is_number):
            return self
        if type == WHOLE:
            return Text(f"{self.text}n" if self.text.isdigit() else f"BigInt({self.text})", ATOM)
        if self.type in (WHOLE, BOOL):
            return Text(f"Number({self.text})", ATOM)
        return self  # an int and a float are both numbers

    def as_condition(self) -> Text:
        """The text of what Python takes for true."""
        whole = self.within(ATOM)
        match self.type.kind:
            case "list":
                return Text(f"{whole}.length > 0", COMPARED)
            case "int" | "float":
                return Text(f"{whole} !== 0", COMPARED)
            case "whole":
                return Text(f"{whole} !== 0n", COMPARED)
        return self
