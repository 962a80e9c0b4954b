"""The table in JavaScript: what `modules/rules.js` holds, and the part of it that a graph needs.

    python -m autograd.page.rules

writes the file anew. Nothing in it is written twice: derivative rules are traced from the table,
forward functions and the rules of reductions are translated from `floats.py` and `table.py`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import ModuleType
from typing import Final

from autograd.engine import floats, table
from autograd.engine.primitive import Primitive, Reduction
from autograd.page.javascript import js_function, js_number, without_comments
from autograd.page.kinds import FLOAT, FUNCTION, Code, annotated, function_of, list_of
from autograd.page.tracing import traced_rules
from autograd.page.translation import Function

RULES: Final = Path(__file__).parent / "modules" / "rules.js"

_HEAD: Final = """\
// Generated from floats.py and table.py by `python -m autograd.page.rules`: change those.

import * as bits from "./bits.js";
import * as division from "./division.js";
import * as error_function from "./error_function.js";
import * as lists from "./lists.js";
import * as powers from "./powers.js";
import * as sums from "./sums.js";
import * as whole_numbers from "./whole_numbers.js";

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
    tree = _source(floats)
    scope: dict[str, Code] = {
        node.name: _declared(node, node.name) for node in tree if isinstance(node, ast.FunctionDef)
    }
    for node in tree:
        if isinstance(node, ast.FunctionDef):
            yield Function(scope).declaration(node, node.name)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield from _constant(node.target.id, node, scope)
    # The table has names of its own, but for the constants that it imports.
    constants = {name: code for name, code in scope.items() if code.type == FLOAT}
    in_table = constants | {f"floats.{name}": code for name, code in scope.items()}
    yield from _of_table(_source(table), in_table)


def _constant(name: str, node: ast.AnnAssign, scope: dict[str, Code]) -> Iterator[str]:
    number = getattr(floats, name)
    if isinstance(number, (int, float)):
        type = annotated(node.annotation)
        scope[name] = Code(name, type=type)
        assert node.value is not None
        text = js_number(number) if type == FLOAT else Function({}).code(node.value).text
        yield f"const {name} = {text};\n"


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
    """The statements of a module of the engine, whose source is there compiled or not."""
    name = module.__name__.rpartition(".")[2]
    return ast.parse((files("autograd.engine") / f"{name}.py").read_text("utf-8")).body


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
    found = re.match(r"import \* as (\w+) ", line)
    return found is None or f"{found[1]}." in body


if __name__ == "__main__":
    RULES.write_text(generated(), "utf-8")
