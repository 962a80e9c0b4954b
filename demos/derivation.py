r"""The page of the hand example, docs/hand_example.md: a step of backpropagation, figure by figure.

`PAGE` is read like the page itself. In it ``<A y3>`` stands for a number of article A, and
``<beside: y3, y4>`` for a table of both articles' numbers, each beside what the article prints.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from demos.articles import RATE, SITE, SLIPS_OF_BOTH, TARGET, TITLE, Slip
from demos.judging import (
    DIGITS,
    MEANINGS,
    NOTATION,
    SMALLEST_TOLERANCE,
    JudgedFigure,
    Worked,
    comment,
    rounded,
    summary,
    traced,
)
from demos.plot import line_chart

PRINTED_OUTPUT = "0.61"  # the articles' y5 after one update


PAGE = r"""# A step of backpropagation by hand

The article "<title>" of <site> carries a small network through one step
of backpropagation, with all of its numbers. This page does the same with the engine, sets each
figure that the article prints beside the exact one, and goes on until the target is reached.

There is an A and a B because the article has been published in two versions. They differ in one
weight of the example: $w_{21}$ is <A w21> in A and <B w21> in B. B is dated by the addresses of
its pictures, February 2024. A must be a revision of it, since some of A's figures hold only for
the $w_{21}$ of B. Both teach the method rightly. What is wrong in them are digits, signs and
indices, and the [last section](#what-the-articles-print) lists it all.

Numbers are calculated with all of their digits, and shown with <digits>. The page and its pictures
are written by `python -m demos.hand_example`.

## The network

![The network before the first update](hand_example_A_before.svg)

There are two inputs, two hidden neurons h1 and h2, and one output neuron O3. A neuron adds up its
inputs, each times its weight, to its sum $a$, and its output is $y = F(a)$, where $F$ is the
sigmoid, $F(a) = 1 / (1 + e^{-a})$. None has a bias. Given are

- the inputs $x_1$ = <A x1> and $x_2$ = <A x2>;
- the weights $w_{11}$ = <A w11>, $w_{12}$ = <A w12>, $w_{22}$ = <A w22>, $w_{13}$ = <A w13>,
  $w_{23}$ = <A w23>, and $w_{21}$, which is <A w21> in A and <B w21> in B;
- the target <target> and the learning rate $\eta$ = <rate>.

### Two numberings at once

The articles number twice. Weights and sums count the neurons: hidden 1 and 2, output 3.
Outputs, and the deltas of the backward pass, count all units: the inputs are 1 and 2, so that the
neurons are 3, 4 and 5.

| neuron | sum | output | delta |
|---|---|---|---|
| h1 | $a_1$ | $y_3$ | $\delta_3$ |
| h2 | $a_2$ | $y_4$ | $\delta_4$ |
| O3 | $a_3$ | $y_5$ | $\delta_5$ |

So $y_j = F(a_j)$, as the articles have it, is not literally true: it is
$y_3 = F(a_1)$, $y_4 = F(a_2)$ and $y_5 = F(a_3)$. And each weight has a name in both numberings:

| weight | leads from | to | named by units |
|---|---|---|---|
| $w_{11}$ | $x_1$ | h1 | $w_{1,3}$ |
| $w_{21}$ | $x_2$ | h1 | $w_{2,3}$ |
| $w_{12}$ | $x_1$ | h2 | $w_{1,4}$ |
| $w_{22}$ | $x_2$ | h2 | $w_{2,4}$ |
| $w_{13}$ | h1 | O3 | $w_{3,5}$ |
| $w_{23}$ | h2 | O3 | $w_{4,5}$ |

This page keeps to the first column. The "w4,5" that B writes in the update of $w_{23}$ is this
same weight, named by units.

## Forward pass

In A:

$$
\begin{aligned}
a_1 &= w_{11} x_1 + w_{21} x_2 = <A w11> \cdot <A x1> + <A w21> \cdot <A x2> = <A a1> \\
a_2 &= w_{12} x_1 + w_{22} x_2 = <A w12> \cdot <A x1> + <A w22> \cdot <A x2> = <A a2> \\
y_3 &= F(a_1) = F(<A a1>) = <A y3> \\
y_4 &= F(a_2) = F(<A a2>) = <A y4> \\
a_3 &= w_{13} y_3 + w_{23} y_4 = <A w13> \cdot <A y3> + <A w23> \cdot <A y4> = <A a3> \\
y_5 &= F(a_3) = F(<A a3>) = <A y5> \\
\mathrm{error} &= \mathrm{target} - y_5 = <target> - <A y5> = <A error>
\end{aligned}
$$

In both, beside what they print and the verdict on it:

<beside: a1, a2, y3, y4, a3, y5, error>

The verdicts are

<meanings>

## Backward pass

The loss is half the squared error, $\mathrm{loss} = \mathrm{error}^2 / 2$, which is <A loss> in A
and <B loss> in B. It is half, so that its derivative with respect to the error is the error.

The delta of a neuron is minus the derivative of the loss with respect to its sum: the
direction in which that sum should move, and how strongly. The chain rule makes it of three
derivatives:

- The error falls by as much as $y_5$ rises, so that
  $-\partial\mathrm{loss}/\partial y_5 = \mathrm{error}$.
- $F' = F \cdot (1 - F)$: the derivative of the sigmoid needs nothing but its output. So that of
  $y_5$ with respect to $a_3$ is $y_5 (1 - y_5)$. (It is the output, too, that the function
  `sigmoid_derivative` of the articles' program has to be given.)
- $a_3 = w_{13} y_3 + w_{23} y_4$, so that its derivatives with respect to $y_3$ and $y_4$ are
  these weights.

The first two give $\delta_5$. The last two carry it back to the hidden neurons, and would so from
layer to layer: the delta of a neuron is that of the neuron it leads to, times the weight between
them, times its own $F'$. (Where it leads to several, this is summed over them.) In A:

$$
\begin{aligned}
\delta_5 &= y_5 (1 - y_5) \cdot \mathrm{error}
= <A y5> \cdot (1 - <A y5>) \cdot (<A error>) = <A delta5> \\
\delta_3 &= y_3 (1 - y_3) \cdot w_{13} \delta_5
= <A y3> \cdot (1 - <A y3>) \cdot <A w13> \cdot (<A delta5>) = <A delta3> \\
\delta_4 &= y_4 (1 - y_4) \cdot w_{23} \delta_5
= <A y4> \cdot (1 - <A y4>) \cdot <A w23> \cdot (<A delta5>) = <A delta4>
\end{aligned}
$$

<beside: delta5, delta3, delta4>

The articles name gradients and the chain rule, but not in their example: there the formulas of the
deltas are given, and not derived.

### The half of the square

Both articles write the loss as the square of predicted minus actual output, without the half, and
then take the deltas of the half. Those of the square would be twice as large. In A:

| loss | $\delta_5$ | $\delta_3$ | $\delta_4$ |
|---|---|---|---|
| half the squared error | <A delta5> | <A delta3> | <A delta4> |
| the squared error | <A squared delta5> | <A squared delta3> | <A squared delta4> |

## Update

Each weight takes a step down the gradient: its change $\Delta w$ is minus $\eta$ times the
derivative of the loss. A weight moves the sum of its neuron by what it multiplies, so that its
change is $\eta$ times the neuron's delta, times that. Layer by layer:

- into the hidden neurons, $\Delta w_{i1} = \eta \delta_3 x_i$ and
  $\Delta w_{i2} = \eta \delta_4 x_i$;
- into the output neuron, $\Delta w_{13} = \eta \delta_5 y_3$ and
  $\Delta w_{23} = \eta \delta_5 y_4$.

<beside: Delta w11, Delta w21, Delta w12, Delta w22, Delta w13, Delta w23>

The articles' own rule is $\Delta w_{ij} = \eta \delta_j O_j$. The output that the weight
multiplies is meant, $O_i$. Even so the rule is literally false for all six weights, since
$\delta_j$ counts units, and $w_{ij}$ neurons. By units, the "O4" in B's change of $w_{23}$ is
$y_4$, and right. The "O4" in its change of $w_{11}$ is wrong: that weight multiplies $x_1$.

The new weights:

<beside: new w11, new w21, new w12, new w22, new w13, new w23>

### One weight in full

One path leads from $w_{11}$ to the loss, and the local derivatives along it multiply. In A:

$$
\begin{aligned}
\frac{\partial\mathrm{loss}}{\partial w_{11}}
&= \frac{\partial\mathrm{loss}}{\partial\mathrm{error}}
\cdot \frac{\partial\mathrm{error}}{\partial y_5}
\cdot \frac{\partial y_5}{\partial a_3}
\cdot \frac{\partial a_3}{\partial y_3}
\cdot \frac{\partial y_3}{\partial a_1}
\cdot \frac{\partial a_1}{\partial w_{11}} \\
&= \mathrm{error} \cdot (-1) \cdot y_5 (1 - y_5) \cdot w_{13} \cdot y_3 (1 - y_3) \cdot x_1 \\
&= (<A error>) \cdot (-1) \cdot <A slope y5> \cdot <A w13> \cdot <A slope y3> \cdot <A x1> \\
&= <A gradient w11>
\end{aligned}
$$

That is $-\delta_3 x_1$, as above. `explain(loss, "w11")` writes out such a derivation, of any
value of any graph.

## Second forward pass

The same formulas, with the new weights:

<beside: y3 again, y4 again, y5 again, error again>

$y_5$ is nearer to the target. The loss has fallen from <A loss> to <A loss again> in A, and from
<B loss> to <B loss again> in B.

## Until the target is reached

Backward pass, update and forward pass are repeated until $y_5$ is within <tolerance> of the
target:

<trace>

That is so near after <A updates> updates in A, and after <B updates> in B.

![How y5 approaches the target](hand_example_approach.svg)

The articles print <printed output> after one update. $y_5$ does come to that, after
<A updates to printed> updates in A (<A y5 as printed>) and <B updates to printed> in B
(<B y5 as printed>).

"Until the actual output is gained" would never end, since each update takes away only a share of
the error, and $y_5$ approaches the target without reaching it. To within <smallest> it takes
<A updates to smallest> updates in A, and <B updates to smallest> in B.

The network of A after the last update:

![The network after the last update](hand_example_A_after.svg)

## The same with nn

A network of `nn` without biases gives the same numbers, to the last bit:

```python
>>> from nn import MLP
>>> model = MLP(2, [2, 1], activation=["sigmoid", "sigmoid"], bias=False)
>>> weights = {"w11": 0.2, "w21": 0.2, "w12": 0.3, "w22": 0.3, "w13": 0.3, "w23": 0.9}
>>> for parameter, weight in zip(model.parameters(), weights.values()):
...     parameter.data = weight
>>> y5 = model([0.35, 0.7])
>>> loss = (0.5 - y5) ** 2 / 2
>>> loss.backward()
>>> print(f"y5 = {y5.data:.6g}")
y5 = <A y5>
>>> for name, parameter in zip(weights, model.parameters()):
...     print(f"Delta {name} = {-parameter.grad:.6g}")
Delta w11 = <A Delta w11>
Delta w21 = <A Delta w21>
Delta w12 = <A Delta w12>
Delta w22 = <A Delta w22>
Delta w13 = <A Delta w13>
Delta w23 = <A Delta w23>

```

## What the articles print

<judged>
"""


def page_of(worked: Sequence[Worked], tolerance: float) -> str:
    """The page in Markdown, up to the update that brings y5 within ``tolerance`` of the target."""
    texts = {
        "title": TITLE,
        "site": SITE,
        "digits": str(DIGITS),
        "target": rounded(TARGET),
        "rate": rounded(RATE),
        "tolerance": rounded(tolerance),
        "smallest": rounded(SMALLEST_TOLERANCE),
        "printed output": PRINTED_OUTPUT,
        "trace": trace_table(worked, tolerance),
        "meanings": "\n".join(
            f"- **{verdict.value}**: {text}" for verdict, text in MEANINGS.items()
        ),
        "judged": "\n\n".join(judged(worked)),
    }
    for each in worked:
        texts |= {f"{each.article.name} {name}": text for name, text in numbers_of(each).items()}
        texts[f"{each.article.name} updates"] = str(each.updates_until(tolerance))

    def text_of(found: re.Match[str]) -> str:
        word, _, names = found[1].partition(": ")
        return beside(worked, names.split(", ")) if names else texts[word]

    return re.sub(r"<([^<>]+)>", text_of, PAGE)


def numbers_of(worked: Worked) -> dict[str, str]:
    """The numbers of one article, by the names that the page has for them."""
    exact = worked.exact
    updates = worked.updates_to(PRINTED_OUTPUT)
    numbers = {
        **exact,
        **{f"squared {name}": delta for name, delta in worked.squared.items()},
        **{f"slope {y}": exact[y] * (1 - exact[y]) for y in ("y3", "y5")},
        "gradient w11": -exact["Delta w11"] / RATE,
        "updates to printed": updates,
        "y5 as printed": worked.outputs[updates],
        "updates to smallest": worked.updates_until(SMALLEST_TOLERANCE),
    }
    return {name: rounded(x) for name, x in numbers.items()}


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown."""
    first, *others = (f"| {' | '.join(cells)} |" for cells in [head, *rows])
    return "\n".join([first, "|---" * len(head) + "|", *others])


def beside(worked: Sequence[Worked], names: Sequence[str]) -> str:
    """A table of quantities: the exact number in each article, and the one that it prints."""
    head = [""]
    rows = [[in_latex(name)] for name in names]
    for each in worked:
        head += [each.article.name, f"{each.article.name} prints"]
        printed = {
            row.figure.name: f"{row.figure.printed} ({row.verdict.value})" for row in each.rows
        }
        for name, cells in zip(names, rows, strict=True):
            cells += [rounded(each.exact[name]), printed.get(name, "–")]
    return table(head, rows)


def in_latex(name: str) -> str:
    r"""The name of a quantity as the page writes it.

    >>> print(in_latex("Delta w11"), in_latex("delta5"), in_latex("y3 again"), in_latex("error"))
    $\Delta w_{11}$ $\delta_{5}$ $y_{3}$ error
    """
    symbol = name.removeprefix("new ").removesuffix(" again")
    if not symbol[-1].isdigit():
        return symbol
    for pattern, latex in [(r"(\d+)$", r"_{\1}"), (r"([Dd]elta)", r"\\\1")]:
        symbol = re.sub(pattern, latex, symbol)
    return f"${symbol}$"


def trace_table(worked: Sequence[Worked], tolerance: float) -> str:
    """y5 after some numbers of updates, a column for each article."""
    head = ["updates", *(f"$y_5$ in {each.article.name}" for each in worked)]
    return table(
        head,
        (
            [str(updates), *(rounded(each.outputs[updates]) for each in worked)]
            for updates in traced(worked, tolerance)
        ),
    )


def approach(worked: Sequence[Worked], tolerance: float) -> str:
    """A chart of y5 after each update, as SVG."""
    lines = {}
    for each in worked:
        last = each.updates_until(tolerance)
        lines[f"article {each.article.name}"] = list(enumerate(each.outputs[: last + 1]))
    updates = max(len(line) for line in lines.values()) - 1
    lines["target"] = [(0, TARGET), (updates, TARGET)]
    return line_chart(lines, title="The output approaches the target", x="updates", y="output y5")


def judged(worked: Sequence[Worked]) -> Iterator[str]:
    """The verdicts and the slips, in paragraphs of Markdown."""
    yield NOTATION
    for each in worked:
        yield f"### Article {each.article.name}"
        yield f"{summary(each.rows)}. All that do not agree:"
        yield "\n".join(filter(None, map(item_of_figure, each.rows)))
        yield "In its words and letters:"
        yield "\n".join(map(item_of_slip, each.article.slips))
    yield "### Both articles"
    yield "\n".join(map(item_of_slip, SLIPS_OF_BOTH))


def item_of_figure(row: JudgedFigure) -> str:
    """A figure and the remarks on it; nothing where it agrees."""
    lines = comment(row)
    if not lines:
        return ""
    ends = (".", ":")
    text = " ".join(line if line.endswith(ends) else f"{line}." for line in lines)
    name, printed, _ = row.figure
    return f"- `{name}`: {printed} for {rounded(row.exact)}, **{row.verdict.value}**. {text}"


def item_of_slip(slip: Slip) -> str:
    """A slip in words or letters, and the remark on it."""
    return f"- `{slip.says}`: {slip.remark}"
