"""From the part of Python that functions of floats are written in to JavaScript.

A forward function is opaque: it branches and loops as it pleases, so it cannot be carried out on
symbols. But those of the table are functions of `floats.py`, which is written in a small part of
Python, and they are translated statement by statement. So is what they take of `math`, and
JavaScript lacks: `arithmetic.py`.

What Python computes with one kind of number JavaScript may compute with another, so a type is
inferred for every expression, from the annotations of functions. A float is a number there, and so
is an int, which is a count, a place or an exponent; a `Whole`, a whole number of any size, is a
bigint. Numbers of different kinds are converted where they meet.

JavaScript's arithmetic raises no error: it gives the inf or nan that the handlers of `floats.py`
give. So of ``try`` the body is left, except around `math.fsum`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from autograd.page.expressions import RESERVED, Expressions, targets
from autograd.page.kinds import INT, UNKNOWN, Code, Type, annotated, list_of

_RAISING: Final = "math_fsum("


class Function(Expressions):
    """The translation of one function.

    Attributes:
        returned: what it returns.
    """

    def __init__(self, scope: Mapping[str, Code]) -> None:
        super().__init__(scope)
        self.returned = UNKNOWN
        self._body: Sequence[ast.stmt] = ()
        self._declared: set[str] = set()
        self._undeclared: set[str] = set()  # variables that more than one block assigns to

    def declaration(self, node: ast.FunctionDef, name: str) -> str:
        """The constant ``name``, which is the function."""
        taken = {argument.arg: annotated(argument.annotation) for argument in node.args.args}
        self.returned = annotated(node.returns)
        return _declared(name, taken, self.returned, self._written(taken, node.body))

    def named(self, node: ast.Lambda, name: str, types: Sequence[Type], returned: Type) -> str:
        """The constant ``name``, which is a lambda that takes these types."""
        taken = dict(zip([argument.arg for argument in node.args.args], types, strict=True))
        return _declared(name, taken, returned, self.expression(node, types, returned))

    def expression(self, node: ast.Lambda, types: Sequence[Type], returned: Type) -> str:
        """A lambda that takes these types."""
        names = [argument.arg for argument in node.args.args]
        self.returned = returned
        return self._written(dict(zip(names, types, strict=True)), [ast.Return(node.body)])

    def _written(self, taken: dict[str, Type], body: Sequence[ast.stmt]) -> str:
        self.variables, self._body = dict(taken), body
        names = {x.id for statement in body for x in ast.walk(statement) if isinstance(x, ast.Name)}
        for name in RESERVED & (names | taken.keys()):
            raise NotImplementedError(f"the name {name}, which is JavaScript's own")
        while True:  # until nothing more is learnt of the variables
            before = dict(self.variables)
            self._declared, self._undeclared = set(taken), set()
            text = "".join(self._block(body, 1))
            if self.variables == before:
                break
        loose = ", ".join(sorted(self.variables.keys() - self._declared))
        start = f"  let {loose};\n" if loose else ""
        parameters = ", ".join(taken)
        if only := re.fullmatch(r"  return (.*);\n", start + text):
            return f"({parameters}) => {only[1]}"
        return f"({parameters}) => {{\n{start}{text}}}"

    # ── Statements ────────────────────────────────────────────────────────────

    def _block(self, statements: Sequence[ast.stmt], depth: int) -> Iterator[str]:
        """The lines of a block, up to a return."""
        for statement in statements:
            lines = list(self._statement(statement, "  " * depth, statements))
            yield from lines
            if lines and lines[-1].startswith(f"{'  ' * depth}return"):
                return

    def _statement(self, node: ast.stmt, pad: str, block: Sequence[ast.stmt]) -> Iterator[str]:
        depth = len(pad) // 2
        match node:
            case ast.Expr(ast.Constant(str())):
                return
            case ast.Return(ast.expr() as value):
                is_optional = self.returned.kind == "optional"
                want = self.returned.parts[0] if is_optional else self.returned
                if isinstance(value, ast.Name) and want.kind == "list":
                    self.learn(value.id, want)
                yield f"{pad}return {self.code(value, want).as_(want).text};\n"
            case ast.Raise(ast.Call(ast.Name(name), [ast.Constant(str(message))])):
                yield f'{pad}throw new {name}("{message}");\n'
            case ast.Assign([target], value):
                yield from self._assigned(target, value, pad, block)
            case ast.AnnAssign(ast.Name(name) as target, annotation, ast.expr() as value):
                self.learn(name, annotated(annotation))
                yield from self._assigned(target, value, pad, block)
            case ast.AugAssign(target, op, value):
                read = ast.parse(ast.unparse(target), mode="eval").body
                yield from self._assigned(target, ast.BinOp(read, op, value), pad, ())
            case ast.If(test, body, orelse):
                condition = self.condition(test).text
                if condition == "false":
                    yield from self._block(orelse, depth)
                    return
                yield f"{pad}if ({condition}) {{\n"
                yield from self._block(body, depth + 1)
                if orelse:
                    yield f"{pad}}} else {{\n"
                    yield from self._block(orelse, depth + 1)
                yield f"{pad}}}\n"
            case ast.While(test, body):
                yield f"{pad}while ({self.condition(test).text}) {{\n"
                yield from self._block(body, depth + 1)
                yield f"{pad}}}\n"
            case ast.For(target, iterable, body):
                head = self._loop(target, iterable)
                lines = list(self._block(body, depth + 1))
                if lines:  # one that looks for Values has nothing to do
                    yield f"{pad}for ({head}) {{\n"
                    yield from lines
                    yield f"{pad}}}\n"
            case ast.Try(body, handlers):
                yield from self._tried(body, handlers, pad)
            case ast.Expr(ast.Call(ast.Attribute(ast.Name(name), "append"), [value])):
                element = self.variables[name].element
                self.learn(name, list_of(self.code(value, element).type))
                element = self.variables[name].element
                yield f"{pad}{name}.push({self.code(value, element).as_(element).text});\n"
            case _:
                raise NotImplementedError(ast.unparse(node))

    def _tried(
        self, body: Sequence[ast.stmt], handlers: Sequence[ast.ExceptHandler], pad: str
    ) -> Iterator[str]:
        depth = len(pad) // 2
        lines = list(self._block(body, depth + 1))
        if not any(_RAISING in line for line in lines):
            yield from self._block(body, depth)
            return
        yield f"{pad}try {{\n"
        yield from lines
        yield f"{pad}}} catch (error) {{\n"
        for handler in handlers:
            assert isinstance(handler.type, ast.Name)
            yield f"{pad}  if (error instanceof {handler.type.id}) {{\n"
            yield from self._block(handler.body, depth + 2)
            yield f"{pad}  }}\n"
        yield f"{pad}  throw error;\n{pad}}}\n"

    def _loop(self, target: ast.expr, iterable: ast.expr) -> str:
        """What stands in the parentheses of ``for``."""
        self._declared.update(targets(target))
        match target, iterable:
            case ast.Name(name), ast.Call(ast.Name("range"), arguments):
                self.learn(name, INT)
                texts = [self.code(argument).text for argument in arguments]
                first, last = ("0", texts[0]) if len(texts) == 1 else texts[:2]
                step = texts[2] if len(texts) == 3 else "1"
                sign = ">" if step.startswith("-") else "<"
                return f"let {name} = {first}; {name} {sign} {last}; {name} += {step}"
        code = self.code(iterable)
        return f"const {self.bind(target, code.type.element)} of {code.text}"

    # ── Assignments ───────────────────────────────────────────────────────────

    def _assigned(
        self, target: ast.expr, value: ast.expr, pad: str, block: Sequence[ast.stmt]
    ) -> Iterator[str]:
        match target, value:
            case ast.Name(name), _:
                self.learn(name, self.code(value, self.variables.get(name, UNKNOWN)).type)
                want = self.variables[name]
                text = self.code(value, want).as_(want).text
                yield f"{self._let(target, pad, block)}{name} = {text};\n"
            case ast.Subscript(ast.Name(name), place), _:
                self.learn(name, list_of(self.code(value).type))
                want = self.variables[name].element
                text = self.code(value, want).as_(want).text
                yield f"{pad}{name}[{self.code(place).text}] = {text};\n"
            case ast.Tuple(parts), ast.Tuple(values):
                for part, each in zip(parts, values, strict=True):
                    if isinstance(part, ast.Name):
                        self.learn(part.id, self.code(each).type)
                wanted = [self.code(part).type for part in parts]
                texts = [self.code(x, want).as_(want).text for x, want in zip(values, wanted)]
                left = ", ".join([self.code(part).text for part in parts])
                yield f"{self._let(target, pad, block)}[{left}] = [{', '.join(texts)}];\n"
            case _:
                code = self.code(value)
                left = self.bind(target, code.type)
                yield f"{self._let(target, pad, block)}{left} = {code.text};\n"

    def _let(self, target: ast.expr, pad: str, block: Sequence[ast.stmt]) -> str:
        """What an assignment begins with: ``let`` if all uses of what it binds are in its block."""
        names = targets(target)
        is_new = self._declared.isdisjoint(names) and self._undeclared.isdisjoint(names)
        is_whole = not any(isinstance(part, ast.Subscript) for part in ast.walk(target))
        if not is_new or not is_whole or any(_uses(block, x) < _uses(self._body, x) for x in names):
            self._undeclared.update(set(names) - self._declared)
            return pad
        self._declared.update(names)
        type = self.variables[names[0]]
        if isinstance(target, ast.Name) and type.kind == "list" and type.is_known:
            return f"{pad}/** @type {{{type}}} */\n{pad}let "
        return f"{pad}let "


def _declared(name: str, taken: Mapping[str, Type], returned: Type, function: str) -> str:
    """A function as a constant, with its type."""
    parameters = ", ".join([f"{name}: {type}" for name, type in taken.items()])
    return f"/** @type {{({parameters}) => {returned}}} */\nconst {name} = {function};\n"


def _uses(statements: Sequence[ast.stmt], name: str) -> int:
    """How often a name occurs in statements."""
    nodes = [node for statement in statements for node in ast.walk(statement)]
    return sum(isinstance(node, ast.Name) and node.id == name for node in nodes)
