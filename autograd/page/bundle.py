"""One program out of modules, for a page that opens from disk, where none can be imported.

Each module becomes an object of what it exports, and an import takes from that object:

    const engine_js = (() => { const { rules } = rules_js; ...; return { Tape }; })();
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Final

from autograd.page.javascript import without_comments
from autograd.page.operations import Operations

MODULES: Final = Path(__file__).parent / "modules"

# Indentation, empty lines, and comments at the ends of lines: a tenth of a program.
_WHITE: Final = re.compile(r"^\s+|(?<=[;,{]) // [^\n\"'`]*$", re.MULTILINE)

_NAMES = r"\{([^}]*)\}"
_IMPORT: Final = re.compile(
    rf'^import (?:{_NAMES}|\* as (\w+)) from "\./([\w.]+)";\n', re.MULTILINE
)
_PASSED_ON: Final = re.compile(rf'^export {_NAMES} from "\./([\w.]+)";\n', re.MULTILINE)
_LISTED: Final = re.compile(rf"^export {_NAMES};\n", re.MULTILINE)
_DECLARED: Final = re.compile(
    r"^export ((?:const|(?:async )?function\*?|class) (\w+))", re.MULTILINE
)


def program(entry: str, operations: Operations) -> str:
    """The program of a page, of the module ``entry`` and all that it imports.

    Args:
        entry: the name of a file among the modules.
        operations: what the page has to compute; no other rule is in the program.
    """
    sources: dict[str, str] = {}
    waiting = [entry]
    while waiting:
        name = waiting.pop()
        if name not in sources:
            is_rules = name == "rules.js"
            sources[name] = operations.rules() if is_rules else (MODULES / name).read_text("utf-8")
            waiting.extend(_imported(sources[name]))
    order = TopologicalSorter({name: _imported(text) for name, text in sources.items()})
    return "".join([as_object(name, sources[name]) for name in order.static_order()])


def _imported(text: str) -> list[str]:
    """The modules that a module imports."""
    return [m[3] for m in _IMPORT.finditer(text)] + [m[2] for m in _PASSED_ON.finditer(text)]


def as_object(name: str, text: str) -> str:
    """A module as an object of what it exports."""
    exported = [name for _, name in _DECLARED.findall(text)]
    exported += [x for names in _LISTED.findall(text) for x in _pairs(names)]
    for names, module in _PASSED_ON.findall(text):
        exported += [f"{new}: {_object(module)}.{old}" for old, new in _renamed(names)]
    text = _IMPORT.sub(_taken, text)
    text = _LISTED.sub("", _PASSED_ON.sub("", text))
    text = _DECLARED.sub(r"\1", _WHITE.sub("", without_comments(text)))
    if found := re.search(r"^(?:import|export)\b.*", text, re.MULTILINE):
        raise ValueError(f"{name} is bundled by patterns, which do not know: {found[0]}")
    return f"const {_object(name)} = (() => {{\n{text}return {{ {', '.join(exported)} }};\n}})();\n"


def _taken(found: re.Match[str]) -> str:
    """What an import becomes."""
    names, whole, module = found.groups()
    if whole:
        return f"const {whole} = {_object(module)};\n"
    taken = [old if old == new else f"{old}: {new}" for old, new in _renamed(names)]
    return f"const {{ {', '.join(taken)} }} = {_object(module)};\n"


def _pairs(names: str) -> list[str]:
    """The properties that a list of exports makes."""
    return [old if old == new else f"{new}: {old}" for old, new in _renamed(names)]


def _renamed(names: str) -> Iterator[tuple[str, str]]:
    """The names in braces, each with the one that it is given."""
    for part in names.split(","):
        if part.strip():
            old, _, new = part.strip().partition(" as ")
            yield old, new or old


def _object(module: str) -> str:
    return module.replace(".", "_")
