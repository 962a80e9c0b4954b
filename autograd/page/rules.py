"""The table in JavaScript: what `modules/rules.js` holds, and the part of it that a graph needs.

    python -m autograd.page.rules

writes the file anew. Nothing in it is written twice: derivative rules are traced from the table,
forward functions and the rules of reductions are translated from `floats.py` and `table.py`, and
what these have of `math` from `arithmetic.py`, where JavaScript has it not.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from autograd.engine import floats, table
from autograd.engine.primitive import Primitive, Reduction
from autograd.page import arithmetic, error_coefficients
from autograd.page.javascript import js_function, js_number, without_comments
from autograd.page.kinds import FLOAT, FUNCTION, Code, annotated, function_of, list_of
from autograd.page.tracing import traced_rules
from autograd.page.translation import Function

RULES: Final = Path(__file__).parent / "modules" / "rules.js"

_HEAD: Final = """\
// Generated from floats.py, table.py and arithmetic.py by `python -m autograd.page.rules`.

import { bits } from "./bits.js";
import { lists } from "./lists.js";

/**
 * An operation: its value, and its derivative by each operand.
 * @typedef {object} Rule
 * @property {(...operands: any[]) => number} forward of the operands; of a reduction, of their list
 * @property {((...operandsAndOut: number[]) => number)[]} [derivatives] one for each operand
 * @property {(xs: number[], out: number) => number[]} [gradient] of a reduction, instead of these
 */

/** @type {Record<string, Rule>} */
export const rules = {};
"""


# ── All rules ─────────────────────────────────────────────────────────────────


def generated() -> str:
    """All of `modules/rules.js`: definitions, with empty lines between them."""
    definitions = _by_name(_definitions())
    used = _reached_from([name for name in definitions if name.startswith("rules.")], definitions)
    return "\n".join([_HEAD, *[text for name, text in definitions.items() if name in used]])


def _definitions() -> Iterator[str]:
    scope: dict[str, Code] = {}
    of_floats = list(_of_module(floats, "", scope))
    in_others = {f"floats.{name}": code for name, code in scope.items()}
    known = dict(in_others)
    for error in ("OverflowError", "ValueError"):
        yield f"const {error} = class extends Error {{}};\n"
    for module in (error_coefficients, arithmetic):
        yield from _of_module(module, "math_", known)
    yield from of_floats
    # The table has names of its own, but for the constants that it imports.
    constants = {name: code for name, code in scope.items() if code.type == FLOAT}
    yield from _of_table(_source(table), constants | in_others)


def _of_module(module: ModuleType, start: str, scope: dict[str, Code]) -> Iterator[str]:
    """The constants and functions of a module, which get into the scope.

    Args:
        module: of the engine or of this package.
        start: what their names begin with in JavaScript.
        scope: the names that are known.
    """
    tree = _source(module)
    for node in tree:
        if isinstance(node, ast.FunctionDef):
            scope[node.name] = _declared(node, f"{start}{node.name}")
    for node in tree:
        if isinstance(node, ast.FunctionDef):
            yield Function(scope).declaration(node, f"{start}{node.name}")
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            constant: Any = getattr(module, node.target.id)
            if isinstance(constant, (int, float, list)):
                assert node.value is not None
                code = Code(f"{start}{node.target.id}", type=annotated(node.annotation))
                scope[node.target.id] = code
                if isinstance(constant, float):
                    text = js_number(constant)
                else:
                    text = Function({}).code(node.value, code.type).text
                yield f"const {code.text} = {text};\n"


def _of_table(tree: list[ast.stmt], scope: dict[str, Code]) -> Iterator[str]:
    rows = {name: row for name, row in vars(table).items() if isinstance(row, Primitive)}
    scope["abs"] = Code("Math.abs", type=FUNCTION)
    scope |= {name: Code(row.name, type=FUNCTION) for name, row in rows.items()}
    declared = {
        node.target.id: node.value
        for node in tree
        if isinstance(node, ast.AnnAssign)
        and isinstance(node.target, ast.Name)
        and isinstance(node.value, ast.Call)
        and node.target.id in rows
    }
    # The functions of the table itself, which have no names of floats.py.
    functions = {node.name: node for node in tree if isinstance(node, ast.FunctionDef)}
    gradients = [declared[name] for name, row in rows.items() if isinstance(row, Reduction)]
    reached = _reached(gradients, functions)
    scope |= {name: _declared(functions[name], f"${name}") for name in reached}
    for name in reached:
        yield Function(scope).declaration(functions[name], f"${name}")
    for name, row in rows.items():
        yield from _row(row, declared[name], scope)


def _row(row: Primitive, call: ast.Call, scope: dict[str, Code]) -> Iterator[str]:
    """What a row declares: a function of its name, and its rule."""
    forward = call.args[1]
    taken = [list_of(FLOAT)] if isinstance(row, Reduction) else [FLOAT] * row.arity
    if isinstance(forward, ast.Lambda):
        yield Function(scope).named(forward, row.name, taken, FLOAT)
    else:
        text = Function(scope).code(forward).text
        if text != row.name:
            yield f"const {row.name} = {text};\n"
    if isinstance(row, Reduction):
        gradient = call.args[2]
        assert isinstance(gradient, ast.Lambda)
        text = Function(scope).expression(gradient, [list_of(FLOAT), FLOAT], list_of(FLOAT))
        yield rule(row.name, row.name, f"gradient: {text}")
        return
    names = [*row.parameters()[: row.arity], "out"]
    derivatives = [js_function(x, names, f"({', '.join(names)})") for x in traced_rules(row)]
    yield rule(row.name, row.name, f"derivatives: [{', '.join(derivatives)}]")


def rule(name: str, forward: str, derivatives: str) -> str:
    """The definition of a rule."""
    return f"rules.{name} = {{ forward: {forward}, {derivatives} }};\n"


def _source(module: ModuleType) -> list[ast.stmt]:
    """The statements of a module, whose source is there compiled or not."""
    package, _, name = module.__name__.rpartition(".")
    return ast.parse((files(package) / f"{name}.py").read_text("utf-8")).body


def _declared(node: ast.FunctionDef, name: str) -> Code:
    """A function that others call."""
    taken = [annotated(argument.annotation) for argument in node.args.args]
    return Code(name, type=function_of(annotated(node.returns), *taken))


def _reached(nodes: Iterable[ast.AST], functions: dict[str, ast.FunctionDef]) -> list[str]:
    """The functions that these call, and those that they call."""
    found: set[str] = set()
    waiting = list(nodes)
    while waiting:
        names = {x.id for x in ast.walk(waiting.pop()) if isinstance(x, ast.Name)}
        new = (names & functions.keys()) - found
        found |= new
        waiting.extend([functions[name] for name in new])
    return [name for name in functions if name in found]


# ── The rules that a graph needs ──────────────────────────────────────────────


# A name, but not that of a property; it may be spread, as in [...xs].
_NAME: Final = re.compile(r"(?:(?<![.\w$])|(?<=\.\.\.))[$A-Za-z_][\w$]*")
_DECLARED: Final = re.compile(r"^(?:const )?([\w$.]+) = ", re.MULTILINE)


def _by_name(definitions: Iterable[str]) -> dict[str, str]:
    """Definitions by what they declare."""
    found = {}
    for text in definitions:
        declared = _DECLARED.search(text)
        assert declared is not None
        found[declared[1]] = text
    return found


def _reached_from(names: Iterable[str], definitions: dict[str, str]) -> set[str]:
    """The names of these definitions, and of those that they use."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in definitions and name not in found:
            found.add(name)
            waiting.extend(_NAME.findall(without_comments(definitions[name])))
    return found


@cache
def _parts() -> tuple[str, dict[str, str]]:
    """How `modules/rules.js` begins, and its definitions, without comments."""
    text = without_comments(RULES.read_text("utf-8"))
    head, start, rest = text.partition("export const rules = {};\n")
    return head.strip() + "\n" + start, _by_name(rest.strip().split("\n\n"))


def needed(names: Iterable[str], own: Iterable[str] = ()) -> str:
    """What a program has in place of `modules/rules.js`: what some rules use, without comments.

    Args:
        names: the names of the rules.
        own: definitions of further rules.
    """
    head, definitions = _parts()
    own = [text.strip() for text in own]
    start = [*[f"rules.{name}" for name in names], *_NAME.findall(" ".join(own))]
    used = _reached_from(start, definitions)
    body = "\n".join([*[text for name, text in definitions.items() if name in used], *own, ""])
    lines = [line for line in head.splitlines(keepends=True) if _is_used(line, body)]
    return "".join([*lines, body])


def _is_used(line: str, body: str) -> bool:
    """False for an import of a module that the body has no use for."""
    found = re.match(r"import \{ (\w+) \} ", line)
    return found is None or f"{found[1]}." in body


if __name__ == "__main__":
    RULES.write_text(generated(), "utf-8")
