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
import { one, Kind } from "./a.js";
import {
  two,
  three,
} from "./b.js";
import { rules } from "./rules.js";

console.log(one, new Kind().name, two, three(), Object.keys(rules));
""",
        a="""
import { two } from "./b.js";
const hidden = "a";
export const one = two - 1;
export class Kind { name = hidden; }
""",
        b="""
export const two = 2;
export function three() { const hidden = 1; return two + hidden; }
""",
    )
    text = bundle.program("main.js", OPERATIONS)
    assert NODE is not None
    result = subprocess.run([NODE, "-"], input=text, capture_output=True, text=True, check=True)
    assert result.stdout == "1 a 2 3 [ 'add' ]\n"


@pytest.mark.parametrize(
    ("there", "here"),
    [
        ("const hidden = 1;", "const hidden = 2;"),
        ("export function* hidden() {}", "class hidden {}"),
        ("const [seen, hidden] = [1, 2];", "let hidden = 2;"),
        ("const { seen, hidden } = {};", "export async function hidden() {}"),
    ],
)
def test_a_name_stands_for_one_thing(
    there: str, here: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    main = f'import {{ two }} from "./a.js";\n{here}\n'
    modules(monkeypatch, tmp_path, main=main, a=f"export const two = 2;\n{there}\n")
    with pytest.raises(ValueError, match=r"js both declare hidden: modules share one scope$"):
        bundle.program("main.js", OPERATIONS)


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
        "export { x };",
        'import { x as y } from "./x.js";',
        'import * as x from "./x.js";',
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
