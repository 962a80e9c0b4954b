"""What pages of graphs of all sizes take: to write, to open, to move about in, and to change.

Run it from the root of the repository, where chromium and playwright are installed::

    python -m benchmarks.page

Each page is opened in a browser without a window and without a graphics card. At eleven scales the
camera moves in circles, 40 pixels a frame, around the place where most boxes and lines are, and
zooms there; how many of them are in sight is printed beside the frames, for over an empty place
any page is fast. "Work" is the time of the processor that the program of the page takes for a
frame, in milliseconds, which depends less on what else the machine does; the drawing that follows
in another thread is no part of it.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import shutil
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from autograd import Graph, Value, graph, native
from autograd import sum as total
from benchmarks.pictures import chain, language_model
from nn import MLP

if TYPE_CHECKING:
    from playwright.sync_api import CDPSession, Page

SCALES = [2.0, 1.0, 0.6, 0.35, 0.2, 0.1, 0.05, 0.02, 0.008, 0.002, 0.0]  # 0: all of it

# When the first picture is there: the frame after the one in which the program has started.
WATCH = """
const look = () => window.graphPage
  ? requestAnimationFrame(() => { window.firstPicture = performance.now(); })
  : requestAnimationFrame(look);
look();
"""
FIRST_PICTURE = """
new Promise((done) => {
  const look = () => window.firstPicture ? done(firstPicture) : requestAnimationFrame(look);
  look();
})
"""
PROGRAM = """
const { page, stage } = graphPage;
const { camera } = stage;
const frame = () => new Promise(requestAnimationFrame);
const counted = (place) => page.scene.grid.within(place).length
  + page.scene.strokes.grid.within(place).length;
const around = ({ x, y }) => ({ x: x - 300, y: y - 250, width: 600, height: 500 });
// Of 400 boxes the one with the most around it.
window.densest = () => {
  const { boxes } = page.scene;
  const some = Array.from({ length: 400 }, (_, n) => boxes[Math.floor((n * boxes.length) / 400)]);
  const counts = some.map((place) => counted(around(place)));
  return some[counts.indexOf(Math.max(...counts))];
};
window.go = async (place, scale) => {
  if (scale) camera.show({ ...place, width: 0, height: 0 }, scale);
  else stage.fit();
  const start = performance.now();
  do await frame(); while (stage.frame && performance.now() - start < 9000);
  return { seconds: (performance.now() - start) / 1000, scale: camera.scale,
    boxes: page.scene.grid.within(camera.seen).length,
    lines: page.scene.strokes.grid.within(camera.seen).length };
};
window.move = async (act, milliseconds) => {
  const start = performance.now();
  let [count, worst, last] = [0, 0, start];
  while (last - start < milliseconds) {
    act((2 * Math.PI * (last - start)) / milliseconds);
    await frame();
    const now = performance.now();
    worst = Math.max(worst, now - last);
    last = now;
    count++;
  }
  return [(1000 * count) / (last - start), worst, count];
};
window.pan = () => move((angle) => camera.pan(40 * Math.cos(angle), 40 * Math.sin(angle)), 1500);
window.zoom = () => move((angle) => camera.zoom(angle < Math.PI ? 1.01 : 1 / 1.01), 1000);
window.edit = () => {
  const { tape } = page.graph;
  let leaf = 0;
  while (!tape.isLeaf(leaf) || !tape.usesOf(leaf).length) leaf++;
  return Array.from({ length: 9 }, (_, n) => {
    const start = performance.now();
    page.edit(leaf, tape.value[leaf] + 0.01 * (n + 1), "type");
    stage.draw();
    return performance.now() - start;
  }).sort((one, other) => one - other);
};
"""


@dataclass(frozen=True)
class Subject:
    """A graph to make a page of.

    Attributes:
        title: its name in the table.
        make: the result of the computation, and what has to live for its groups to be known.
    """

    title: str
    make: Callable[[], tuple[Value, Any]]


def batch(samples: int) -> tuple[Value, Any]:
    """The loss of a 2-16-16-1 network on so many samples."""
    rng = random.Random(1)
    model = MLP(2, [16, 16, 1], rng=rng)
    outputs = [model([Value(rng.random()), Value(rng.random())]) for _ in range(samples)]
    return total([(output - 1.0) ** 2 for output in outputs]), model


SUBJECTS = [
    Subject("2-16-16-1 network, 8 samples", lambda: batch(8)),
    Subject("2-16-16-1 network, 75 samples", lambda: batch(75)),
    Subject("chain of 20,000", lambda: (chain(20_000)(), None)),
    Subject("transformer, 6 letters", lambda: (language_model(6)(), None)),
    Subject("transformer, 8 letters", lambda: (language_model(8)(), None)),
]


def written(snapshot: Callable[[], Graph], path: Path) -> tuple[Graph, float]:
    """Save the page of a graph; the graph, and the seconds of the processor that both took."""
    start = time.process_time()
    found = snapshot()
    found.save(path)
    return found, time.process_time() - start


def measure(tab: Page, subject: Subject, path: Path) -> None:
    """Print the figures of one page: those of the table, and the frames at each scale."""
    root, _alive = subject.make()
    root.backward()
    found, seconds = written(lambda: graph(root), path)
    tab.goto(path.as_uri())
    first = tab.evaluate(FIRST_PICTURE) / 1000
    tab.evaluate(f"() => {{ {PROGRAM} }}")  # the policy of the page lets in no script
    boxes = tab.evaluate("graphPage.page.scene.count")
    print(f"\n{subject.title}: {len(found):,} values")
    print(f"  written in {seconds:.1f} s of the processor, {path.stat().st_size / 1e6:.2f} MB")
    print(f"  first picture of {boxes:,} boxes after {first:.2f} s")
    opened = tab.evaluate(
        """async () => {
            const start = performance.now();
            graphPage.page.show(0);
            graphPage.stage.draw();
            return [graphPage.page.scene.count, graphPage.page.scene.strokes.strokes.length,
                performance.now() - start];
        }"""
    )
    print("  the largest scene: {:,} boxes, {:,} strokes, opened in {:.0f} ms".format(*opened))
    session = tab.context.new_cdp_session(tab)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    place = tab.evaluate("densest()")
    print("  scale      boxes   lines   all there   pan      worst    work   zoom     worst")
    for scale in SCALES:
        there = tab.evaluate("([place, scale]) => go(place, scale)", [place, scale])
        before = work(session)
        pan, worst, frames = tab.evaluate("pan()")
        each = 1000 * (work(session) - before) / frames
        zoom, worst_zoom, _ = tab.evaluate("zoom()")
        print(
            f"  {there['scale']:<8.4g} {there['boxes']:>7,} {there['lines']:>7,}"
            f"   {1000 * there['seconds']:>6.0f} ms   {pan:>2.0f} fps   {worst:>3.0f} ms"
            f"   {each:>4.1f}   {zoom:>2.0f} fps   {worst_zoom:>3.0f} ms",
            flush=True,
        )
    tab.evaluate("place => go(place, 0.8)", place)
    before = work(session)
    taken = tab.evaluate("edit()")
    each = 1000 * (work(session) - before) / len(taken)
    print(f"  an edit: {taken[len(taken) // 2]:.1f} ms, {taken[-1]:.1f} at most; work {each:.1f}")


def work(session: CDPSession) -> float:
    """The seconds of the processor that the program of the page has taken so far."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return next(float(each["value"]) for each in metrics if each["name"] == "TaskDuration")


def script_sizes() -> tuple[int, int]:
    """The bytes of all JavaScript that is written by hand, as it is in a page, and deflated.

    That is without comments and indentation.
    """
    from autograd.page.bundle import MODULES, part

    files = [path for path in sorted(MODULES.glob("*.js")) if path.name != "rules.js"]
    texts = [path.read_text("utf-8").replace("export default { render };\n", "") for path in files]
    program = "".join([part(path.name, text) for path, text in zip(files, texts)]).encode()
    return len(program), len(zlib.compress(program, 9))


def main() -> None:
    """Measure all pages, or some."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="a part of the titles")
    only = parser.parse_args().only
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    engine = "compiled" if native.COMPILED else "interpreted"
    python = f"Python {platform.python_version()}, {engine}"
    print(f"{platform.machine()}, {os.cpu_count()} cores, {python}")
    size, deflated = script_sizes()
    print(f"JavaScript written by hand: {size / 1000:.1f} kB, {deflated / 1000:.1f} kB deflated")
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        print(f"Chromium {browser.version}, 1280 x 720, no graphics card")
        tab = browser.new_page(viewport={"width": 1280, "height": 720})
        tab.add_init_script(WATCH)
        for subject in SUBJECTS:
            if only in subject.title:
                measure(tab, subject, Path(folder, "page.html"))
        browser.close()


if __name__ == "__main__":
    main()
