"""Amend the C that mypyc generates from autograd/engine, so that it behaves as its source does.

`setup.py` runs this file before the C is compiled. mypyc writes signatures but no docstrings, for
lambdas not even signatures, and property setters that crash in a ``del``. A piece of C that mypyc
writes differently some day is left as it is; the tests then find the gap.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

_TEXT: Final = r'(?:"(?:[^"\\]|\\.)*"|NULL)'

# {"exp", (PyCFunction)CPyPy_operators___Numeric___exp, METH_FASTCALL, PyDoc_STR("exp($self)...")}
_FUNCTION: Final = re.compile(
    rf"(\(PyCFunction\)CPyPy_(\w+),\s*METH_[A-Z_| ]*)(, PyDoc_STR\()({_TEXT})\)"
)
# static PyTypeObject CPyType_value___Value_template_ = {... .tp_doc = PyDoc_STR("Value(data)...")
_CLASS: Final = re.compile(
    rf"(CPyType_(\w+)_template_ = \{{\n(?:.*\n)*?\s*\.tp_doc = PyDoc_STR\()({_TEXT})\)"
)
# {"data", (getter)value___Value_get_data, (setter)value___Value_set_data, NULL, NULL}
_PROPERTY: Final = re.compile(
    r'("(\w+)",\s*\(getter\)(\w+)_get_\w+,\s*(?:NULL|\(setter\)\w+),\s*)NULL(?=, NULL\})'
)
# static struct PyModuleDef valuemodule = {PyModuleDef_HEAD_INIT, "autograd.engine.value", NULL, ...
_MODULE: Final = re.compile(r'("autograd\.engine\.(\w+)",\s*)NULL(?=, /\* docstring \*/)')

# The attributes of the class that stands for a lambda, or for a function inside another, and in
# the table of methods that follows, the parameters that a call of it takes.
_INNER_FUNCTION: Final = re.compile(
    r"(static PyGetSetDef (\w+_obj)_getseters\[\] = \{\n)"
    r'(?=(?:.*\n){0,12}?.*PyDoc_STR\("__call__\(\$([^"\\]*\))\\n--)'
)
_WITH_SIGNATURE: Final = r"""static PyObject *\2_get_text_signature(PyObject *self, void *closure)
{
    return PyUnicode_FromString("(\3");
}
\1    {"__text_signature__", \2_get_text_signature, NULL, NULL, NULL},
"""

# The beginning of a setter as mypyc writes it; that of an attribute goes on with a check.
_PROPERTY_SETTER: Final = re.compile(
    r"(static int\n\s*\w+_set_(\w+)\(\w+ \*self, PyObject \*value, void \*closure\)\n\s*\{\n)"
    r"(?!\s*if \(value == NULL\))"
)
_REFUSING_SETTER: Final = r"""\1    if (value == NULL) {
        PyErr_Format(PyExc_AttributeError, "property '\2' of '%s' object has no deleter",
                     Py_TYPE(self)->tp_name);
        return -1;
    }
"""


def amend(generated: Iterable[Path], sources: Iterable[Path]) -> None:
    """Amend the ``generated`` files of C, in place, by what the Python ``sources`` say.

    Raises:
        RuntimeError: no property setter was found, each of which would crash in a ``del``.
    """
    docstrings = dict(pair for source in sources for pair in _docstrings(source))
    refusing = 0
    for path in generated:
        text = path.read_text(encoding="utf-8")
        amended = _INNER_FUNCTION.sub(_WITH_SIGNATURE, documented(text, docstrings))
        # C code calls setters for `del` too, with a null pointer in place of the new value, which
        # what mypyc generates takes for an object.
        amended, count = _PROPERTY_SETTER.subn(_REFUSING_SETTER, amended)
        refusing += count
        if amended != text:
            path.write_text(amended, encoding="utf-8")
    if not refusing:
        raise RuntimeError("no property setter was found in what mypyc generated")


def documented(code: str, docstrings: dict[str, str]) -> str:
    """Generated ``code`` with ``docstrings``, which go by the names that mypyc makes up.

    What is after the signature that mypyc writes is what Python shows as the docstring.
    """

    def function(match: re.Match[str]) -> str:
        start, name, middle, signature = match.groups()
        text = docstrings.get(name)
        if not text:
            return match[0]
        # A special method would otherwise have the docstring of every other that has its name.
        coexist = " | METH_COEXIST" if name.endswith("__") else ""
        return f"{start}{coexist}{middle}{_after(signature, text)})"

    def type_(match: re.Match[str]) -> str:
        start, name, signature = match.groups()
        return f"{start}{_after(signature, docstrings.get(name, ''))})"

    def property_(match: re.Match[str]) -> str:
        text = docstrings.get(f"{match[3]}___{match[2]}")
        return match[1] + (_literal(text) if text else "NULL")

    def module(match: re.Match[str]) -> str:
        text = docstrings.get(match[2])
        return match[1] + (_literal(text) if text else "NULL")

    # mypyc shows parameters of special methods as positional-only, and those before a hidden one
    # of its own; in the engine no parameter is.
    code = code.replace(r", /)\n--", r")\n--")
    code = _FUNCTION.sub(function, code)
    code = _CLASS.sub(type_, code)
    code = _PROPERTY.sub(property_, code)
    return _MODULE.sub(module, code)


def _docstrings(source: Path) -> Iterator[tuple[str, str]]:
    """The docstrings of a module, by the names that mypyc makes up for what they describe."""
    tree = ast.parse(source.read_text(encoding="utf-8"))
    found = [(source.stem, ast.get_docstring(tree))]
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            name = f"{source.stem}.{node.name}"
            found.append((name, ast.get_docstring(node)))
            for part in node.body if isinstance(node, ast.ClassDef) else []:
                # The setter of a property has the same name, and says nothing.
                if isinstance(part, ast.FunctionDef) and ast.get_docstring(part):
                    found.append((f"{name}.{part.name}", ast.get_docstring(part)))
    for name, text in found:
        if text:
            yield name.replace("___", "___3_").replace(".", "___"), text


def _after(signature: str, text: str) -> str:
    """The C string of a signature, with ``text`` after it."""
    return f"{signature} {_literal(text)}" if signature != "NULL" else _literal(text)


def _literal(text: str) -> str:
    """``text`` as a string of C, a line of it on each line."""
    return "\n".join([f'"{_escaped(line)}"' for line in text.splitlines(keepends=True)] or ['""'])


def _escaped(line: str) -> str:
    plain = {ord("\n"): r"\n", ord('"'): r"\"", ord("\\"): r"\\", ord("?"): r"\?"}
    return "".join(
        [
            plain.get(byte, chr(byte)) if 32 <= byte < 127 or byte == 10 else f"\\{byte:03o}"
            for byte in line.encode()
        ]
    )
