"""The interactive page in a browser: stepping, changing inputs, folding, searching."""

from __future__ import annotations

import json
import math
import random
import re
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograd import Value, explain, graph, maximum
from autograd import sum as total
from autograd.testing.expression import Expression
from autograd.testing.strategies import expressions
from nn import MLP
from tests.drawings import HOSTILE
from tests.page.browsing import Reader, reader, tab
from tests.page.examples import hand, readme, xor

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["reader", "tab"]  # the fixtures


# ── Steps ─────────────────────────────────────────────────────────────────────


def plain(text: str) -> str:
    """A formula without what its typesetting consists of."""
    subscripts = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789", " /()")
    return text.translate(subscripts)


def test_stepping_through_the_hand_example_gives_its_derivation_line_by_line(
    reader: Reader,
) -> None:
    error = hand()
    error.backward()
    reader.open(graph(error))
    reader.press("Home")
    shown = reader.ask(
        """(() => {
            const lines = [];
            for (; page.position < page.steps.rest; page.next()) {
                const maths = document.querySelectorAll(".rows li.current math");
                lines.push(...[...maths].map((math) => math.textContent));
            }
            return lines;
        })()"""
    )
    lines = [plain(line) for line in shown]
    derivation = str(explain(error, digits=4)).partition("Backward")[2].partition("The gradient")[0]
    paragraphs = re.findall(r"^  (∂.*(?:\n    .*)*)", derivation, re.MULTILINE)
    assert len(paragraphs) == 16
    for paragraph in paragraphs:
        sides = [plain(side) for side in paragraph.replace("\n", "").split(" = ")]
        name, last = sides[0], sides[-1]
        own = [line for line in lines if line.startswith((f"{name}=", f"{name}+="))]
        assert any(line.endswith(f"={last}") for line in own), paragraph
        if "×" in sides[-2]:  # upstream times local
            assert any(line.endswith(f"={sides[-2]}={last}") for line in own), paragraph
        elif "+" in sides[-2]:  # the sum of what several uses contribute
            for contribution in sides[-3].split("+"):
                assert any(f"={contribution}=" in line for line in own), paragraph
            assert f"{name}={sides[-2]}={last}" in own


def test_a_formula_may_name_an_operand_twice(reader: Reader) -> None:
    reader.open(graph(maximum(Value(2.0, "a"), Value(1.0, "b"))))
    assert "×[a = max(a,b)]=" in reader.texts(".rows")[0]


def test_a_step_forward_shows_what_is_known_and_a_step_backward_what_is_summed(
    reader: Reader,
) -> None:
    a = Value(3.0, "a")
    c = a * a + a
    c.label = "c"
    reader.open(graph(c))
    known = "page.steps.isComputed(page.position, page.graph.root)"
    sums = "page.steps.gradients(page.position)?.[0] ?? null"
    reader.press("Home")
    assert (reader.ask(known), reader.ask(sums)) == (False, None)
    reader.press(".", ".")
    assert reader.ask(known)
    reader.press(".", ".")
    assert reader.ask(sums) == 1.0
    assert "a is used 3 times; so far, 1 of 3" in reader.said
    reader.press("n")
    assert reader.ask(sums) == 7.0
    assert "a is used 3 times; in all: ∂c/∂a = 1 + 3 + 3 = 7" in reader.said
    reader.press(",", "p")
    assert reader.said.startswith("Step 3 of 5. The turn")
    reader.press("End")
    assert reader.texts(".count") == ["all steps"]


def test_steps_along_the_paths_of_a_value_pass_by_all_others(reader: Reader) -> None:
    snapshot = graph(hand())
    reader.open(snapshot)
    reader.tab.mouse.click(*reader.place("w22"))
    reader.press("Home")
    node = "page.steps.list[page.position]?.node"
    there = []
    while reader.ask("page.position < page.steps.rest"):
        reader.press(">")
        there.append(reader.ask(node))
    path = [each.id for each in snapshot.descendants("w22")]
    assert there == [*path, path[-1], *reversed(path), None]
    back = []
    while reader.ask("page.position > 0"):
        reader.press("<")
        back.append(reader.ask(node))
    assert back == [*reversed(there[:-1]), -1]


def test_playing_pauses_at_the_turn_and_ends_with_all_steps(reader: Reader) -> None:
    reader.open(graph(readme()[1]))
    reader.ask("page.speed = 50")
    reader.press("Space")
    reader.wait("page.position === page.steps.turn && !page.isPlaying")
    reader.press("Space")
    reader.wait("page.position === page.steps.rest && !page.isPlaying")


def test_in_a_folded_picture_the_steps_within_a_box_are_one(reader: Reader) -> None:
    reader.open(xor())
    boxes = reader.ask(
        """(() => {
            const boxes = [];
            page.goTo(0);
            for (page.next(); page.position < page.steps.rest; page.next()) {
                const { kind, node } = page.steps.list[page.position];
                boxes.push([kind, page.scene.part[node]]);
            }
            return boxes;
        })()"""
    )
    assert all(one != other for one, other in pairwise(boxes))
    assert len(boxes) < reader.ask("page.steps.rest") / 2


# ── Changes ───────────────────────────────────────────────────────────────────


@settings(max_examples=2, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(expressions(max_size=6), min_size=6, max_size=6))
def test_a_change_gives_what_python_gives(reader: Reader, programs: list[Expression]) -> None:
    computed = [program.on_values() for program in programs]
    snapshot = graph(total([out for _, out in computed]))
    reader.open(snapshot)
    again = [
        Expression(tuple([0.5 * x + 0.25 for x in program.point]), program.steps).on_values()
        for program in programs
    ]
    pairs = [
        (snapshot[old].id, new)
        for (inputs, _), (others, _) in zip(computed, again)
        for old, new in zip(inputs, others)
        if old in snapshot._ids
    ]
    edits = ", ".join(f"[{id}, {new.data!r}]" for id, new in pairs)
    reader.ask(f"[{edits}].forEach(([node, number]) => page.edit(node, number, 'type'))")
    values, grads = reader.ask(
        "[page.graph.tape.value, page.graph.grad].map((column) => [...column].map(String))"
    )
    total([out for _, out in again]).backward()
    for (_, old), (_, new) in zip(computed, again):
        found = float(values[snapshot[old].id])
        assert found == pytest.approx(new.data, 1e-9, nan_ok=True)
    for id, new in pairs:
        assert float(grads[id]) == pytest.approx(new.grad, 1e-9, 1e-12, nan_ok=True)


def test_the_page_says_what_the_gradient_said_and_what_came_of_it(reader: Reader) -> None:
    w, y = readme()
    y.backward()
    reader.open(graph(y))
    reader.tab.mouse.dblclick(*reader.place("w"))
    reader.tab.keyboard.type("0.56")
    reader.press("Enter")
    change = math.tanh(0.56 * 2 - 0.3) - y.data
    said = f"The gradient said y would change by {w.grad:.4g} × 0.06 = {w.grad * 0.06:.4g}"
    assert reader.texts(".verdict") == [f"w changed by 0.06. {said}; it changed by {change:.4g}."]
    assert reader.said == reader.texts(".verdict")[0]


def test_an_input_is_changed_by_typing_by_dragging_and_by_keys(reader: Reader) -> None:
    reader.open(graph(readme()[1]))
    number = "page.graph.tape.value[0]"
    x, y = reader.place("w")
    reader.tab.mouse.click(x, y)
    assert reader.ask(number) == 0.5
    reader.tab.mouse.move(x, y)
    reader.tab.mouse.down()
    reader.tab.mouse.move(x + 40, y)
    reader.tab.mouse.up()
    assert reader.ask(number) == pytest.approx(0.55)  # a notch for 8 pixels
    reader.press("Alt+ArrowUp", "Alt+ArrowUp")
    assert reader.ask(number) == pytest.approx(0.57)
    reader.press("Enter", "ArrowDown")
    assert reader.ask(number) == pytest.approx(0.56)
    reader.tab.locator(".editor input[type=range]").press("ArrowRight")
    assert reader.ask(number) == pytest.approx(0.562)
    reader.tab.fill(".editor input[type=text]", "nothing")
    reader.press("Enter")
    assert reader.ask(number) == pytest.approx(0.562)
    assert reader.said == "nothing is no number."
    # the drag, each kind of key and the slider are undone as one
    reader.tab.focus(".stage")
    numbers = []
    for _ in range(4):
        reader.press("u")
        numbers.append(reader.ask(number))
    assert numbers[-1] == 0.5
    reader.press("Shift+U", "Shift+U", "r")
    assert reader.ask("[page.graph.tape.value[0], page.graph.changes().size]") == [0.5, 0]


def test_a_value_that_the_page_cannot_follow_is_not_changed_and_it_says_why(
    reader: Reader,
) -> None:
    from autograd import Primitive

    def forward(x: Any) -> Any:
        return 2.0 * x if float(x) < 10.0 else x

    strange = Primitive("strange", forward, lambda x, out: 2.0)
    x, free = Value(3.0, "x"), Value(1.0, "free")
    y = strange(x) * free
    y.backward()
    reader.open(graph(y))
    reader.tab.mouse.click(*reader.place("x"))
    assert "its functions do more than combine operations" in reader.texts(".note")[0]
    assert reader.tab.locator(".editor").count() == 0
    reader.ask("page.edit(0, 9, 'type')")
    assert reader.ask("page.graph.tape.value[0]") == 3.0
    assert reader.ask("[...page.graph.grad]") == [node.grad for node in graph(y)]


# ── Finding one's way ─────────────────────────────────────────────────────────


def test_groups_open_and_close_by_mouse_and_by_keyboard(reader: Reader) -> None:
    reader.open(xor())
    titles = "page.scene.frames.map(({group}) => page.graph.groups[group].title)"
    assert reader.ask(titles) == ["MLP", "layers.0 (Layer)", "layers.1 (Layer)"]
    reader.tab.mouse.dblclick(*reader.place("neurons.2 (Neuron)"))
    assert reader.ask(titles) == ["MLP", "layers.0 (Layer)", "neurons.2 (Neuron)"]
    assert reader.said == "only MLP.layers.0.neurons.2, 17 boxes"
    reader.tab.mouse.click(*reader.place("h3.w1"))
    reader.press("c")
    assert reader.ask(titles) == ["MLP", "layers.0 (Layer)", "layers.1 (Layer)"]
    reader.press("Enter")
    assert reader.ask(titles) == ["MLP", "layers.0 (Layer)", "neurons.2 (Neuron)"]


def test_a_click_selects_and_never_moves_the_camera(reader: Reader) -> None:
    reader.open(graph(hand()))
    before = reader.camera
    for name in ("w11", "E", "y3"):
        reader.tab.mouse.click(*reader.place(name))
        assert reader.ask("page.graph.short[page.selected]") == name
        assert reader.texts("h2")[0].startswith(name)
    reader.press("Home", "End")
    assert reader.camera == before


def test_arrow_keys_walk_along_the_lines(reader: Reader) -> None:
    reader.open(graph(readme()[1]))
    walked = []
    for key in ("ArrowRight", "ArrowLeft", "ArrowLeft", "ArrowLeft", "ArrowDown"):
        reader.press(key)
        walked.append(reader.ask("page.graph.name(page.selected)"))
    assert walked == ["y", "v₄", "v₂", "w", "x"]
    assert reader.said.startswith("x, input, value 2, gradient 0.3174. Press Enter to change it.")
    reader.press("Escape")
    assert reader.ask("page.selected") == -1


def test_a_button_does_what_its_key_does(reader: Reader) -> None:
    reader.open(graph(hand()))
    states = []
    for press in (reader.press, lambda key: reader.tab.click(f"button[data-key='{key}']")):
        reader.ask("page.reset()")
        for key in ("Home", ".", ".", ",", "End", "+", "0"):
            press(key)
            states.append([reader.ask("page.position"), reader.camera])
        reader.ask("page.edit(0, 2, 'type')")
        press("u")
        states.append(reader.ask("page.graph.tape.value[0]"))
        press("?")
        assert reader.tab.get_by_role("dialog", name="Keys").is_visible()
        reader.tab.get_by_role("button", name="Close").click()
        assert not reader.tab.get_by_role("dialog", name="Keys").is_visible()
    middle = len(states) // 2
    assert states[:middle] == states[middle:]
    reader.tab.get_by_role("button", name="Show or hide the words").click()
    assert not reader.tab.locator(".words").is_visible()


def test_without_a_program_the_page_says_so(tab: Page, tmp_path: Path) -> None:
    browser = tab.context.browser
    assert browser is not None
    deaf = browser.new_page(java_script_enabled=False)
    deaf.goto(graph(Value(2.0)).save(tmp_path / "page.html").as_uri())
    assert deaf.locator("noscript").is_visible()
    assert not deaf.locator("header, main").first.is_visible()
    deaf.close()


def test_the_picture_moves_and_scales_around_the_pointer(reader: Reader) -> None:
    reader.open(graph(hand()))
    x, y = reader.place("w13")
    scale = reader.camera[2]
    reader.tab.mouse.move(x, y)
    reader.tab.mouse.wheel(0, -300)
    assert reader.camera[2] > scale * 1.2
    assert reader.place("w13") == pytest.approx((x, y), abs=1.0)
    reader.tab.mouse.move(700, 300)
    reader.tab.mouse.down()
    reader.tab.mouse.move(750, 320)
    reader.tab.mouse.up()
    assert reader.place("w13") == pytest.approx((x + 50, y + 20), abs=1.0)
    reader.press("0")
    assert reader.camera[2] == pytest.approx(scale, rel=0.01)


def test_a_search_finds_a_value_by_its_name_and_opens_what_hides_it(reader: Reader) -> None:
    reader.open(xor())
    reader.press("/")
    reader.tab.keyboard.type("h2.w")
    assert [text.split(" ")[0] for text in reader.texts("[role=option]")] == ["h2.w1", "h2.w2"]
    reader.press("ArrowDown", "Enter")
    assert reader.ask("page.graph.short[page.selected]") == "h2.w2"
    assert reader.ask("page.scene.isValue(page.scene.part[page.selected])")
    assert reader.ask("stage.camera.sees(page.scene.boxes[page.scene.part[page.selected]])")
    reader.press("/")
    reader.tab.keyboard.type("sigmoid")
    assert len(reader.texts("[role=option]")) == 5


def test_a_large_graph_opens_folded_and_its_groups_open_one_at_a_time(reader: Reader) -> None:
    rng = random.Random(1)
    model = MLP(2, [3, 1], rng=rng)
    points = [[rng.random(), rng.random()] for _ in range(200)]

    def loss() -> Value:
        outputs = [model([Value(number) for number in point]) for point in points]
        found = sum([(output - 1.0) ** 2 for output in outputs], Value(0.0))
        found.backward()
        return found

    snapshot = graph(loss())
    reader.open(snapshot)
    assert len(snapshot) > 5000
    assert reader.ask("page.scene.count") < 20
    titles = "page.scene.frames.map(({group}) => page.graph.groups[group].title)"
    reader.tab.mouse.dblclick(*reader.place("neurons.2 (Neuron)"))
    assert "neurons.2 (Neuron)" in reader.ask(titles)
    samples = [snapshot.group(f"MLP.layers.0.neurons.2.sample {at}") for at in (0, 199)]
    first, last = [
        next(node.id for node in snapshot if node.group == sample.id) for sample in samples
    ]
    reader.ask(f"page.select({first})")
    reader.press("Enter")
    assert "sample 0" in reader.ask(titles)
    apart = reader.ask("page.scene.boxes.filter((_, box) => page.scene.isValue(box)).length")
    assert 0 < apart < 50
    # what the page has no picture of, it says
    reader.ask(f"page.open({last})")
    assert reader.said.startswith("The page has no picture of what is in here.")
    # what is drawn and what is found is what is there
    assert reader.ask(CULLED)
    assert reader.ask(PICKED)
    # a change reaches all that is folded
    weight = model.parameters()[0]
    reader.ask(f"page.edit({snapshot[weight].id}, 0.75, 'type')")
    model.zero_grad()
    weight.data = 0.75
    changed = graph(loss())
    grads = reader.ask("[...page.graph.grad]")
    assert reader.ask("page.graph.tape.value[page.graph.root]") == pytest.approx(changed.root.data)
    assert grads == pytest.approx([node.grad for node in changed])


# At several places and scales, the boxes that are drawn are those that the camera sees.
CULLED = """
[...Array(40).keys()].every((n) => {
    const { scene } = page;
    const { boxes, whole: { width, height } } = scene;
    const size = 2000 * 0.9 ** n;
    const seen = { x: ((n * 37) % 41) / 41 * width, y: ((n * 17) % 43) / 43 * height,
        width: size, height: size };
    const drawn = new Set();
    const pen = new Proxy({}, { get: (_, name) => (place) => name === "rectangle"
        && drawn.add([place.x, place.y].join()) });
    stage.drawn().drawer.draw(pen, 0.7, seen);
    const near = { x: seen.x - 20, y: seen.y - 20, right: seen.x + size + 20,
        bottom: seen.y + size + 20 };
    return boxes.every(({ x, y, width, height }) => drawn.has([x, y].join())
        === (x <= near.right && y <= near.bottom && x + width >= near.x && y + height >= near.y));
})
"""

# At points on boxes and beside them, the box that is found is the one that is there.
PICKED = """
page.scene.boxes.every(({ x, y, width, height }, box) => [0, 0.5, 1, 1.2].every((share) => {
    const [px, py] = [x + share * width, y + share * height];
    const there = page.scene.boxes.findIndex((each) => px >= each.x && py >= each.y
        && px <= each.x + each.width && py <= each.y + each.height);
    return page.scene.boxAt(px, py) === there && (share > 1 || there === box);
}))
"""


def test_a_search_finds_a_value_by_its_kind(reader: Reader) -> None:
    x, w = Value(-2.0, "x"), Value(30.0, "w")
    low, high, nan = (x * 2.0).relu(), (w * 1.0).tanh(), (x * 1.0).log()
    low.label, high.label, nan.label = "low", "high", "undefined"
    reader.open(graph(1000.0 * high * w + low + nan * 0.001))
    found = {}
    for kind in ("dead", "saturated", "first nan", "largest gradient"):
        reader.tab.fill(".search input", kind)
        found[kind] = [text.split(" ")[0] for text in reader.texts("[role=option]")]
    assert (found["dead"], found["saturated"]) == (["low"], ["high"])
    assert found["first nan"][0] == "undefined"
    assert found["largest gradient"][0] == "high"
    reader.press("Enter")
    assert reader.ask("page.graph.short[page.selected]") == "high"


# ── The state ─────────────────────────────────────────────────────────────────


def test_the_address_holds_the_state(reader: Reader) -> None:
    reader.open(xor())
    reader.tab.mouse.dblclick(*reader.place("neurons.2 (Neuron)"))
    reader.tab.mouse.click(*reader.place("h3.w1"))
    reader.press("Alt+ArrowUp", "Home", ".", ".")
    state = "[page.position, page.view, page.selected, [...page.graph.tape.value]]"
    left = reader.ask(state)
    reader.wait("location.hash.includes(`step=${page.position}`)")
    hash = reader.tab.evaluate("location.hash")
    reader.tab.evaluate("location.hash = '#'")
    reader.wait("page.selected < 0")
    assert reader.ask(state) != left
    reader.tab.evaluate(f"location.hash = {hash!r}")
    reader.wait("page.selected >= 0")
    assert reader.ask(state) == left
    reader.tab.evaluate("location.hash = '#step=-1&view=x&select=1e9&set=0:a,99999:1,:,='")
    reader.wait("page.selected < 0")
    assert reader.ask("page.position === page.steps.rest")


def test_an_address_given_while_the_state_is_to_be_written_is_followed(reader: Reader) -> None:
    reader.open(xor())
    reader.ask(
        """(() => {
            const late = [];
            window.setTimeout = (write) => late.push(write);
            page.select(3);
            location.hash = "#select=5";
            late.forEach((write) => write());
        })()"""
    )
    reader.wait("page.selected === 5")
    reader.wait("location.hash === '#select=5'")


def test_what_is_saved_is_what_is_seen(reader: Reader) -> None:
    y = readme()[1]
    y.backward()
    snapshot = graph(y)
    reader.open(snapshot, title="a neuron")
    saved = {}
    for format in ("json", "svg", "png"):
        with reader.tab.expect_download() as download:
            reader.tab.select_option(".save", format)
        assert download.value.suggested_filename == f"y.{format}"
        saved[format] = download.value.path().read_bytes()
    state = json.loads(saved["json"])
    assert state["changes"] == []
    assert [each["data"] for each in state["values"]] == [node.data for node in snapshot]
    for each, node in zip(state["values"], snapshot):
        assert each["grad"] == pytest.approx(node.grad)
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", saved["svg"].decode())
    assert {"w", "tanh", "grad 1.269", "0.6044"} <= set(texts)
    assert saved["png"].startswith(b"\x89PNG")


# ── Whatever is in it ─────────────────────────────────────────────────────────


def test_the_legend_takes_on_the_theme_of_the_system(reader: Reader) -> None:
    reader.open(graph(hand()))
    ramp = "document.querySelector('.legend .ramp').style.background"
    light = json.dumps(reader.ask(ramp))
    reader.tab.emulate_media(color_scheme="dark")
    reader.wait(f"{ramp} !== {light}")
    reader.tab.emulate_media(color_scheme="light")
    reader.wait(f"{ramp} === {light}")


def test_hostile_labels_inject_nothing(reader: Reader) -> None:
    labels = [*HOSTILE, "</script><script>alert(1)</script>", "<img src=x onerror=alert(2)>"]
    product = Value(1.0)
    for label in labels:
        product = product * Value(2.0, label)
        product.label = label[::-1]
    reader.open(graph(product), title=labels[-1])
    reader.ask("page.scene.part.forEach((_, i) => page.select(i))")
    reader.press("Home", ".", ".", "End", "/")
    reader.tab.keyboard.type("<")
    assert reader.tab.locator("img, iframe, object, script[src]").count() == 0
    assert reader.tab.locator("script").count() == 3
    # what were put in by hand would not run either
    reader.ask("stage.element.insertAdjacentHTML('beforeend', '<img src=x onerror=alert(3)>')")
    reader.tab.wait_for_timeout(50)
    assert reader.dialogs == []


def test_numbers_that_are_not_finite_are_shown(reader: Reader) -> None:
    x = Value(0.0, "x")
    y = x.sqrt() * 2.0 + Value(math.inf, "big") - Value(-1e-300, "tiny")
    reader.open(graph(y))
    for key in ("Home", ".", ".", ".", ".", ".", ".", ".", "ArrowRight"):
        reader.press(key)
    reader.ask("page.select(page.graph.root)")
    assert "∞" in reader.texts(".facts")[0]


def test_a_graph_of_one_value_and_one_of_hundreds_are_shown(reader: Reader) -> None:
    reader.open(graph(Value(3.0, "only")))
    reader.press("Home", ".", ".", "ArrowRight", "Enter")
    assert reader.ask("page.scene.count") == 1
    x = Value(0.5, "x")
    for _ in range(150):
        x = (x * 1.01).tanh()
    reader.open(graph(x))
    assert reader.ask("page.scene.count") < 100
    reader.press("Home", ".", ".", ".")
    assert reader.ask("stage.camera.scale") > 0.5
