"""Training in the page: what it computes, and the storyboard of a lesson on XOR."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from autograd import Value, graph
from demos import moons, xor
from demos.output import OutputFolder
from nn import MLP, data
from tests.drawings import HOSTILE
from tests.page.browsing import Reader, reader, tab
from tests.page.test_accessibility import AXE, needs_axe, violations

__all__ = ["reader", "tab"]  # the fixtures

CASES = list(zip(*zip(*xor.INPUTS), xor.TARGETS))


@pytest.fixture(scope="module")
def lesson(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page that the demo of XOR writes."""
    folder = tmp_path_factory.mktemp("lesson")
    xor.save_page(fresh(), OutputFolder(folder))
    return folder / "xor.html"


def fresh() -> MLP:
    """The model of that page, as it is before training."""
    return xor.make_model(random.Random(1))


def train(reader: Reader, *counts: str) -> None:
    """Press the buttons of these names, and wait until each has done its work."""
    for count in counts:
        reader.tab.get_by_role("button", name=count, exact=True).click()
        reader.wait("trainer.left === 0")


def numbers(reader: Reader) -> dict[str, float]:
    """The numbers of the leaves, by their names."""
    found: dict[str, float] = reader.ask(
        "Object.fromEntries(page.graph.kinds.entries().filter(([, kind]) => !kind)"
        ".map(([i]) => [page.graph.short[i], page.graph.tape.value[i]]))"
    )
    return found


def descended(
    parameters: Sequence[Value], losses: Callable[[], list[Value]], count: int, rate: float
) -> list[float]:
    """Steps down the sum of these losses, which is given before each."""
    sums = []
    for _ in range(count):
        for parameter in parameters:
            parameter.grad = 0.0
        each = losses()
        for loss in each:
            loss.backward()
        sums.append(sum(loss.data for loss in each))
        for parameter in parameters:
            parameter.data -= rate * parameter.grad
    return sums


# ── What it computes ──────────────────────────────────────────────────────────


def test_steps_give_the_losses_and_parameters_of_the_same_loop_in_python(
    reader: Reader, lesson: Path
) -> None:
    model = fresh()
    reader.visit(lesson)
    train(reader, "1 step", "100 steps")

    def losses() -> list[Value]:
        return [xor.half_squared_error(model([a, b]), target) for a, b, target in CASES]

    before = descended(model.parameters(), losses, 101, 0.5)
    assert reader.ask("trainer.losses") == pytest.approx(
        [*before, sum(loss.data for loss in losses())], rel=1e-13
    )
    found = numbers(reader)
    for parameter in model.parameters():
        assert found[parameter.label] == pytest.approx(parameter.data, rel=1e-12, abs=1e-14)
    assert reader.ask("trainer.outputs") == pytest.approx(
        [model([a, b]).data for a, b, _ in CASES], rel=1e-13
    )


def test_the_demo_of_moons_trains_to_the_same_too(reader: Reader) -> None:
    points, labels = data.moons(40, noise=0.15, seed=0)
    model = MLP(2, [8, 1], activation="tanh", rng=random.Random(0))
    moons.save_page(model, (points, labels), OutputFolder(reader.path.parent))
    reader.visit(reader.path.parent / "moons.html")
    train(reader, "1 step", "1 step", "1 step")

    def losses() -> list[Value]:
        return [
            ((1 - 2 * label) * model(point)).softplus()
            for point, label in zip(points, labels, strict=True)
        ]

    before = descended(model.parameters(), losses, 3, 0.05)
    assert reader.ask("trainer.losses.slice(0, 3)") == pytest.approx(before, rel=1e-13)
    found = reader.ask("trainer.training.parameters.map((i) => page.graph.tape.value[i])")
    assert sorted(found) == pytest.approx(
        sorted(parameter.data for parameter in model.parameters()), rel=1e-12, abs=1e-14
    )
    train(reader, "100 steps")
    right = "trainer.outputs.filter((out, n) => out * trainer.training.cases[n][2] > 0).length"
    assert reader.ask(right) >= 34


def trained(reader: Reader, lesson: Path, steps: str) -> tuple[MLP, dict[str, float]]:
    """The model with the parameters of the page after these steps, and the numbers of the page."""
    model = fresh()
    reader.visit(lesson)
    train(reader, steps)
    found = numbers(reader)
    for parameter in model.parameters():
        parameter.data = found[parameter.label]
    return model, found


def test_a_step_leaves_the_case_and_the_gradients_of_the_graph_as_python_has_them(
    reader: Reader,
    lesson: Path,
) -> None:
    model, found = trained(reader, lesson, "1 step")
    assert [found[name] for name in ("x1", "x2", "target")] == [0.0, 1.0, 1.0]
    model.zero_grad()
    loss = xor.half_squared_error(model([0.0, 1.0]), 1.0)
    loss.backward()
    assert reader.ask("page.graph.tape.value[page.graph.root]") == pytest.approx(loss.data, 1e-13)
    grads = reader.ask(
        "Object.fromEntries(trainer.training.parameters.map((i) =>"
        " [page.graph.short[i], page.graph.grad[i]]))"
    )
    for parameter in model.parameters():
        assert grads[parameter.label] == pytest.approx(parameter.grad, 1e-12, 1e-15)


# ── What a reader does ────────────────────────────────────────────────────────


def test_a_case_is_chosen_in_the_list_and_at_its_point(reader: Reader, lesson: Path) -> None:
    model = fresh()
    reader.visit(lesson)
    options = reader.texts(".cases option")
    assert options == [f"{a}, {b} → {target}: {model([a, b]).data:.4g}" for a, b, target in CASES]
    inputs = "trainer.training.inputs.map((i) => page.graph.tape.value[i])"
    reader.tab.focus(".cases select")
    reader.press("ArrowDown", "ArrowDown")
    assert reader.ask(inputs) == [1.0, 1.0, 0.0]
    loss = xor.half_squared_error(model([1.0, 1.0]), 0.0).data
    assert reader.said == f"1, 1 → 0: {model([1, 1]).data:.4g}. loss is {loss:.4g}."
    box = reader.tab.locator(".plane canvas").bounding_box()
    assert box is not None
    reader.tab.mouse.click(box["x"] + 0.3 * box["width"], box["y"] + 0.8 * box["height"])
    assert reader.ask(inputs) == [0.0, 0.0, 0.0]
    assert reader.ask("document.querySelector('.cases select').selectedIndex") == 0
    reader.ask("page.edit(trainer.training.inputs[0], 0.5, 'type')")
    assert reader.ask("document.querySelector('.cases select').selectedIndex") == -1
    reader.tab.focus(".stage")
    reader.press("u", "u")
    assert reader.ask(inputs) == [0.0, 1.0, 1.0]


def test_the_plane_has_the_output_of_python_and_the_color_of_its_side(
    reader: Reader, lesson: Path
) -> None:
    model, _ = trained(reader, lesson, "1,000 steps")
    places = [-0.25, 0.0, 0.4, 1.25]
    assert reader.ask(f"trainer.training.grid({places}, {places}).flat()") == pytest.approx(
        [model([x, y]).data for y in places for x in places], rel=1e-13
    )
    colors = reader.ask(
        """[[0.1, 0.9], [0.9, 0.9], [0.1, 0.1], [0.9, 0.1]].map(([x, y]) => {
            const canvas = document.querySelector(".plane canvas");
            const at = [x * canvas.width, (1 - y) * canvas.height];
            const [red, , blue] = canvas.getContext("2d").getImageData(...at, 1, 1).data;
            return red > blue;
        })"""
    )
    assert colors == [True, False, False, True]  # orange where the answer is 1


def test_a_page_of_three_inputs_has_no_plane_and_one_of_one_case_trains(reader: Reader) -> None:
    inputs = [Value(1.0, name) for name in "abc"]
    w, target = Value(0.5, "w"), Value(2.0, "t")
    out = w * (inputs[0] + inputs[1] * inputs[2])
    columns: Any = {each: [1.0] for each in inputs} | {target: [2.0]}
    reader.open(graph((out - target) ** 2), data=columns, output=out)
    assert reader.tab.locator(".plane").count() == 0
    assert reader.texts(".cases p")[0].startswith("a, b, c → t: ")
    reader.tab.fill(".runs input", "0.125")  # to the minimum in one step
    train(reader, "1 step")
    assert reader.texts(".sum")[0].startswith("After 1 step the sum of ")
    assert numbers(reader)["w"] == 1.0


def test_a_rate_that_is_none_trains_nothing(reader: Reader, lesson: Path) -> None:
    reader.visit(lesson)
    for rate in ("fast", "0", "-1", "inf", ""):
        reader.tab.fill(".runs input", rate)
        train(reader, "1 step")
        assert reader.said == f"{rate or 'Nothing'} is no learning rate: it is a number above 0."
        assert reader.ask("page.trained") == 0
    reader.tab.fill(".runs input", "1e9")
    train(reader, "100 steps")
    assert reader.ask("page.trained") == 100


def test_undo_takes_back_a_run_and_redo_gives_it_again(reader: Reader, lesson: Path) -> None:
    reader.visit(lesson)
    given = numbers(reader)
    train(reader, "100 steps")
    after = numbers(reader)
    train(reader, "1 step")
    reader.tab.focus(".stage")
    reader.press("u")
    assert numbers(reader) == after
    assert reader.texts(".sum")[0].startswith("After 100 steps")
    losses = reader.ask("trainer.losses")
    reader.press("u")
    assert (numbers(reader), reader.ask("page.trained")) == (given, 0)
    reader.press("Shift+U")
    assert numbers(reader) == after
    assert reader.ask("trainer.losses") == losses
    reader.press("r")
    assert (numbers(reader), reader.ask("trainer.losses.length")) == (given, 1)


def test_the_address_holds_the_parameters_and_the_number_of_steps(
    reader: Reader, lesson: Path
) -> None:
    reader.visit(lesson)
    train(reader, "100 steps")
    left = [numbers(reader), reader.texts(".sum")]
    reader.wait("location.hash.includes('trained=100')")
    hash = reader.tab.evaluate("location.hash")
    reader.visit(lesson, hash)
    assert [numbers(reader), reader.texts(".sum")] == left


def test_all_else_goes_on_while_it_trains(reader: Reader, lesson: Path) -> None:
    reader.visit(lesson)
    reader.press("Home", ".", ".")
    position = reader.ask("page.position")
    train(reader, "100 steps")
    assert reader.ask("page.position") == position
    reader.ask("page.show(0)")
    reader.ask("page.select(trainer.training.parameters[0])")
    reader.press("Alt+ArrowUp")
    assert "The gradient said loss would change by" in reader.texts(".verdict")[0]
    train(reader, "1 step")
    assert reader.texts(".verdict") == [""]
    with reader.tab.expect_download() as download:
        reader.tab.select_option(".save", "json")
    state = json.loads(download.value.path().read_bytes())
    assert len(state["changes"]) == 17


def test_a_run_is_stopped_by_its_buttons(reader: Reader, lesson: Path) -> None:
    reader.visit(lesson)
    reader.ask("trainer.start(1e9)")
    reader.wait("page.trained > 0")
    reader.tab.get_by_role("button", name="1 step", exact=True).click()
    stopped = reader.ask("page.trained")
    reader.tab.wait_for_timeout(100)
    assert reader.ask("[page.trained, trainer.left]") == [stopped, 0]
    reader.tab.focus(".stage")
    reader.press("u")
    assert reader.ask("page.trained") == 0


def test_hostile_labels_inject_nothing(reader: Reader) -> None:
    labels = [*HOSTILE[:3], "</option><script>alert(1)</script>", "<img src=x onerror=alert(2)>"]
    x, y, target, w = [Value(1.0, label) for label in labels[-4:]]
    out = w * x + y
    out.label = labels[-1][::-1]
    columns: Any = {x: [0.0, 1.0], y: [1.0, 0.0], target: [1.0, 2.0]}
    reader.open(graph((out - target) ** 2), data=columns, output=out)
    train(reader, "1 step")
    assert reader.tab.locator("img, iframe, object").count() == 0
    assert reader.tab.locator("script").count() == 3


@needs_axe
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_page_breaks_no_rule_of_axe_while_it_trains(
    reader: Reader, lesson: Path, theme: str
) -> None:
    reader.visit(lesson)
    reader.tab.evaluate(Path(AXE).read_text("utf-8"))
    reader.tab.evaluate(f"document.documentElement.dataset.theme = {theme!r}")
    assert violations(reader) == []
    train(reader, "1,000 steps")
    reader.ask("page.goTo(page.steps.turn + 3)")
    reader.tab.fill(".runs input", "no")
    train(reader, "1 step")
    assert violations(reader) == []


# ── A lesson ──────────────────────────────────────────────────────────────────


def test_the_lesson_on_xor_is_played_from_start_to_end(reader: Reader, lesson: Path) -> None:
    model = fresh()
    reader.visit(lesson)
    prediction = model([0, 1]).data
    # it opens with a box for each neuron, the second case in it, and knows nothing
    titles = reader.ask(
        "page.scene.nodes.map((_, box) => page.scene.texts[box]?.[0]).filter(Boolean)"
    )
    assert sorted(titles) == [f"neurons.{n} (Neuron)" for n in (0, 0, 1, 2, 3)]
    assert reader.ask("page.scene.count") == 11
    assert reader.ask("trainer.training.chosen") == 1
    assert reader.texts(".cases option")[1] == f"0, 1 → 1: {prediction:.4g}"
    # forward, box by box, to the loss and the turn
    reader.press("Home")
    reader.ask("page.speed = 100")
    reader.press("Space")
    reader.wait("page.position === page.steps.turn && !page.isPlaying")
    assert reader.said.endswith("The turn: the gradient of loss with respect to itself is 1.")
    # back to the prediction: the products on the lines
    products = []
    for _ in range(3):
        reader.press(".")
        products.append(reader.said)
    error = 1.0 - prediction
    assert "1 times 0.5, which is 0.5." in products[0]
    assert f"0.5 times {2 * error:.4g}, which is {error:.4g}." in products[1]
    assert f"prediction gets {error:.4g} times −1, which is −{error:.4g}." in products[2]
    # one neuron opens, the others stay folded; a sum grows
    reader.tab.mouse.dblclick(*reader.place("neurons.1 (Neuron)"))
    assert reader.said == "only MLP.layers.0.neurons.1, 18 boxes"
    said = []
    while reader.ask("page.position < page.steps.rest - 1"):
        reader.press(".")
        said.append(reader.said)
    assert any("h2.w2 gets" in each for each in said)
    assert any("is used 4 times; so far" in each for each in said)
    # a small change does what the gradient said, a large one does not
    reader.press("End", "/")
    reader.tab.keyboard.type("O5.w1")
    reader.press("Enter")
    weight = reader.ask("page.selected")
    number = numbers(reader)["O5.w1"]
    told = []
    for change in (0.1, 2.0):
        reader.ask(f"page.edit({weight}, {number + change!r}, 'type')")
        verdict = reader.texts(".verdict")[0]
        said_by, came = verdict.split(" = ")[1].rstrip(".").split("; it changed by ")
        told.append(float(came.replace("−", "-")) / float(said_by.replace("−", "-")))
        reader.press("u")
    assert abs(told[0] - 1.0) < 0.1 < abs(told[1] - 1.0)
    assert numbers(reader)["O5.w1"] == number
    # training: the second point of the curve, the bend, and the two corners
    train(reader, "1 step")
    assert reader.ask("trainer.losses.length") == 2
    train(reader, "100 steps", "1,000 steps", "1,000 steps", "1,000 steps")
    losses = reader.ask("trainer.losses")
    assert len(losses) == 3102
    assert losses[-1] < 0.01 < 0.4 < losses[0]
    sides = reader.ask("trainer.outputs.map((out) => out > 0.5)")
    assert sides == [False, True, True, False]
    # the corner 1, 1: that case is in the graph, and one sees where its gradients died
    box = reader.tab.locator(".plane canvas").bounding_box()
    assert box is not None
    reader.tab.mouse.click(box["x"] + 0.83 * box["width"], box["y"] + 0.17 * box["height"])
    assert reader.ask("trainer.training.chosen") == 3
    slopes = reader.ask("page.graph.patterns.findIndex(({ text }) => text?.startsWith('sigmoid'))")
    least = reader.ask(
        f"Math.min(...[...page.graph.kinds.entries()].filter(([, kind]) => kind === {slopes})"
        ".map(([i]) => page.graph.tape.local[page.graph.tape.start[i]]))"
    )
    assert 0.0 < least < 0.02
    # the address is the homework
    reader.tab.focus(".stage")
    reader.press("Home", ".", ".", ".")
    reader.wait("location.hash.includes(`step=${page.position}`)")
    assert "view=" in reader.tab.evaluate("location.hash")
