"""One program out of modules."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from autograd import Value, graph
from autograd.page import bundle
from autograd.page.operations import Operations
from tests.page.nodejs import NODE, needs_node

OPERATIONS = Operations(graph(Value(1.0) + 2.0))


def modules(monkeypatch: pytest.MonkeyPatch, folder: Path, **sources: str) -> None:
    """Let the program be made of these modules."""
    for name, text in sources.items():
        (folder / f"{name}.js").write_text(text, "utf-8")
    monkeypatch.setattr(bundle, "MODULES", folder)


@needs_node
def test_what_a_module_exports_is_what_another_imports(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    modules(
        monkeypatch,
        tmp_path,
        main="""
import { one, Kind, three as drei } from "./a.js";
import * as b from "./b.js";
import {
  passed,
} from "./b.js";
import { rules } from "./rules.js";

const hidden = "main";
console.log(one, new Kind().name, drei(), b.two, b.passed === passed, hidden, Object.keys(rules));
""",
        a="""
import { two } from "./b.js";
const hidden = "a";
export const one = two - 1;
export class Kind { name = hidden; }
function three() { return one + two; }
export { three };
""",
        b="""
export { one as passed } from "./c.js";
const hidden = "b";
export const two = hidden.length + 1;
""",
        c="export const one = 1;\n",
    )
    text = bundle.program("main.js", OPERATIONS)
    assert NODE is not None
    result = subprocess.run([NODE, "-"], input=text, capture_output=True, text=True, check=True)
    assert result.stdout == "1 a 3 2 true main [ 'add' ]\n"


def test_a_program_holds_only_the_rules_that_are_needed() -> None:
    text = bundle.program("engine.js", OPERATIONS)
    assert "rules.add = " in text
    assert "rules.sinh = " not in text


def test_a_program_has_no_comments_and_no_imports() -> None:
    lines = bundle.program("engine.js", OPERATIONS).splitlines()
    assert not [
        line for line in lines if line.lstrip().startswith(("//", "/*", "import", "export"))
    ]


@pytest.mark.parametrize(
    "text",
    [
        "export default 1;",
        'import x from "./x.js";',
        "export let x = 1;",
        "export * from './x.js';",
    ],
)
def test_a_form_that_is_not_known_is_an_error(
    text: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    modules(monkeypatch, tmp_path, main=f"{text}\n")
    with pytest.raises(
        ValueError, match=r"^main.js is bundled by patterns, which do not know: "
    ) as e:
        bundle.program("main.js", OPERATIONS)
    assert str(e.value).endswith(text)
