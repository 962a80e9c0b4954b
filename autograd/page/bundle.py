"""One program out of modules, for a page that opens from disk, where none can be imported.

The modules follow each other in one scope, without their imports and exports. So a name at the
top of a module stands for one thing in all of them, and is imported as it is.
"""

from __future__ import annotations

import re
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Final

from autograd.page.javascript import without_comments
from autograd.page.operations import Operations

MODULES: Final = Path(__file__).parent / "modules"

# Indentation, empty lines, and comments at the ends of lines: a tenth of a program.
_WHITE: Final = re.compile(r"^\s+|(?<=[;,{]) // [^\n\"'`]*$", re.MULTILINE)

_IMPORT: Final = re.compile(
    r'^import \{\s*\w+(?:,\s*\w+)*,?\s*\} from "\./([\w.]+)";\n', re.MULTILINE
)
_EXPORT: Final = re.compile(r"^export (?=(?:const|(?:async )?function\*?|class) )", re.MULTILINE)
_DECLARED: Final = re.compile(
    r"^(?:export )?(?:const|let|(?:async )?function\*?|class) (\w+|[{\[][^}\]]*)", re.MULTILINE
)


def program(entry: str, operations: Operations) -> str:
    """The program of a page, of the module ``entry`` and all that it imports.

    Args:
        entry: the name of a file among the modules.
        operations: what the page has to compute; no other rule is in the program.

    Raises:
        ValueError: two modules declare a name, or one has a form of imports or exports that is
            not known here.
    """
    sources: dict[str, str] = {}
    waiting = [entry]
    while waiting:
        name = waiting.pop()
        if name not in sources:
            is_rules = name == "rules.js"
            sources[name] = operations.rules() if is_rules else (MODULES / name).read_text("utf-8")
            waiting.extend(_IMPORT.findall(sources[name]))
    order = TopologicalSorter({name: _IMPORT.findall(text) for name, text in sources.items()})
    owners: dict[str, str] = {}
    for name, text in sources.items():
        for declared in re.findall(r"\w+", " ".join(_DECLARED.findall(text))):
            owner = owners.setdefault(declared, name)
            if owner != name:
                raise ValueError(
                    f"{owner} and {name} both declare {declared}: modules share one scope"
                )
    return "".join([part(name, sources[name]) for name in order.static_order()])


def part(name: str, text: str) -> str:
    """What a module is of a program: without comments, indentation, imports and exports."""
    text = _WHITE.sub("", without_comments(_EXPORT.sub("", _IMPORT.sub("", text))))
    if found := re.search(r"^(?:import|export)\b.*", text, re.MULTILINE):
        raise ValueError(f"{name} is bundled by patterns, which do not know: {found[0]}")
    return text
