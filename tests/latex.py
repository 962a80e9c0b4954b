"""A small check of LaTeX: groups and delimiters are balanced, and every command is known."""

from __future__ import annotations

import re

# The commands of formulas that MathJax and KaTeX both know.
COMMANDS = {
    *re.findall(
        r"\\\S+",
        r"""
    \frac \sqrt \cdot \times \to \dots \partial \left \right \begin \end \text \mathrm \operatorname
    \sigma \tanh \sinh \cosh \sin \cos \tan \arcsin \arccos \arctan \ln \log \max \min \bmod \infty
    \lvert \rvert \lfloor \rfloor \lceil \rceil \le \quad \pi \hat \grave \backslash \sim \ast \vert
    \alpha \beta \gamma \delta \epsilon \zeta \eta \theta \iota \kappa \lambda \mu \nu \xi \rho
    \tau \upsilon \phi \chi \psi \omega \Delta
    \{ \} \$ \& \# \% \_ \; \, \ \\
    """,
    ),
    "\\ ",
}

TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\$|[{}^_&#%~]|[^\\{}^_&#%~$]", re.S)


def check_math(latex: str) -> None:
    """Raise an AssertionError if this cannot be the inside of a formula."""
    for inside in re.findall(r"\\text\{([^{}]*)\}", latex):
        assert not re.search(r"[\\$&#%_^~]", inside), f"a sign of LaTeX in the text {inside!r}"
    tokens = TOKEN.findall(re.sub(r"\\text\{[^{}]*\}", r"\\text{}", latex))
    assert "".join(tokens) == re.sub(r"\\text\{[^{}]*\}", r"\\text{}", latex)
    depth = 0
    opened: list[str] = []
    for i, token in enumerate(tokens):
        assert token not in ("$", "#", "%", "~"), f"a bare {token} in {latex}"
        if token.startswith("\\"):
            assert token in COMMANDS, f"{token} in {latex}"
        if token == "{":
            depth += 1
        if token == "}":
            depth -= 1
            assert depth >= 0, latex
        if token == r"\left":
            opened.append(tokens[i + 1])
        if token == r"\right":
            assert opened.pop() + tokens[i + 1] == "()", latex
        if token in "^_":
            assert re.fullmatch(r"[{A-Za-z0-9]", tokens[i + 1]), latex
    assert depth == 0, latex
    assert not opened, latex
    assert not re.search(r"\^\{[^{}]*\}\^", latex), f"two exponents in {latex}"
    begun, ended = (re.findall(rf"\\{word}{{(\w+)}}", latex) for word in ("begin", "end"))
    assert sorted(begun) == sorted(ended), latex


def formulas_of_markdown(page: str) -> list[str]:
    """Every formula of a page; an AssertionError if dollar signs do not match."""
    blocks = re.findall(r"^\$\$\n(.*?)\n\$\$$", page, re.M | re.S)
    rest = re.sub(r"^\$\$\n.*?\n\$\$$", "", page, flags=re.M | re.S)
    unescaped = re.split(r"(?<!\\)\$", rest)
    assert len(unescaped) % 2 == 1, "dollar signs do not match"
    return blocks + unescaped[1::2]
