"""Amend the C that mypyc generates from autograd/engine, so that it behaves as its source does.

`setup.py` runs this file before the C is compiled.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

# What mypyc leaves out or does otherwise: a pattern, and what to write in its place.
_AMENDMENTS: Final[dict[str, Any]] = {
    # mypyc shows parameters of special methods as positional-only, and those before a hidden one
    # of its own; in the engine no parameter is.
    r", /\)\\n--": r")\\n--",
    # A call of a special method by its name would lead to Python's own of that name.
    r"(\(PyCFunction\)CPyPy_\w+_____(?!init__|new__)\w+__,\s*METH_FASTCALL)": r"\1 | METH_COEXIST",
    # A lambda has no signature, though the method that a call of it leads to has.
    r"(static PyGetSetDef (\w+_obj)_getseters\[\] = \{\n)"
    r'(?=(?:.*\n){0,12}?.*PyDoc_STR\("__call__\(\$([^"\\]*\))\\n--)': r"""
static PyObject *\2_get_text_signature(PyObject *self, void *closure)
{
    return PyUnicode_FromString("(\3");
}
\1    {"__text_signature__", \2_get_text_signature, NULL, NULL, NULL},
""".lstrip(),
    # The setter of a property is called for `del` too, with a null pointer in place of the new
    # value, and takes it for an object; that of an attribute goes on with a check.
    r"(static int\n\s*\w+_set_(\w+)\(\w+ \*self, PyObject \*value, void \*closure\)\n\s*\{\n)"
    r"(?!\s*if \(value == NULL\))": r"""\1    if (value == NULL) {
        PyErr_Format(PyExc_AttributeError, "property '\2' of '%s' object has no deleter",
                     Py_TYPE(self)->tp_name);
        return -1;
    }
""",
    # An operator asks for the `__class__` of its operands, goes on where that is an error, and
    # leaves the error to whatever runs next. The type says the same, and sooner.
    r"PyObject_IsInstance\((obj_left|obj_right), \(PyObject \*\)(\w+)\)": (
        r"PyObject_TypeCheck(\1, \2)"
    ),
    # Python's message about operands calls this operator by the name of the function.
    r'(?<=obj_left, obj_right, )"divmod"': '"divmod()"',
    # The library offers the functions of autograd/replay/machine.c.
    r"(?=static PyModuleDef module_def__native_\w+ = \{)": "extern PyMethodDef kernel_methods[];\n",
    r"(static PyModuleDef module_def__native_\w+ = \{[^}]*)\.m_methods = NULL": (
        r"\1.m_methods = kernel_methods"
    ),
    # Arguments are refused in words of mypyc's own; see engine/arguments.h.
    r"(if \(!CPyArg_ParseStackAndKeywords\w*\(.*\)\) \{\n\s*)return NULL;": (
        r"\1return refuse(__func__, self, args, nargs, kwnames);"
    ),
    r"(if \(!CPyArg_ParseTupleAndKeywords\(.*\)\) \{\n\s*)return NULL;": (
        r"\1return refuse_tuple(__func__, self, args, kw);"
    ),
    # The body of a module runs once, and what the class of a lambda has besides its call next to
    # never. They are half of the C, and take half of the time to compile if they are optimized.
    r"(?m)^ *((?:static )?(?:PyObject \*|int32_t|char|int|void|bool)\s*"
    r"(?:CPyDef_\w+_____top_level__|CPyExec_\w+_impl|CPyDunder___get__\w+_lambda__\d+_obj"
    r"|\w*_lambda__\d+_obj(?:_new|_dealloc|_traverse|_clear\w*|\w*_setup|_____get__)?)"
    r"\([^;{)]*\)\s*\{)": r"UNOPTIMIZED \1",  # engine/arguments.h
}

# Where docstrings go: after what is before them, which has a signature or else NULL at its end.
_STRING: Final = r'"(?:[^"\\]|\\.)*"'
_DOCUMENTED: Final = [
    # {"exp", (PyCFunction)CPyPy_operators___Numeric___exp, METH_FASTCALL, PyDoc_STR("exp(...")
    rf"\(PyCFunction\)CPyPy_(\w+),\s*METH_[A-Z_| ]*, PyDoc_STR\({_STRING}()",
    # static PyTypeObject CPyType_value___Value_template_ = {... .tp_doc = PyDoc_STR("Value(...")
    rf"CPyType_(\w+)_template_ = \{{\n(?:.*\n)*?\s*\.tp_doc = PyDoc_STR\({_STRING}()",
    # {"data", (getter)value___Value_get_data, (setter)value___Value_set_data, NULL, NULL}
    r"\(getter\)(\w+_get_\w+),\s*(?:NULL|\(setter\)\w+),\s*(NULL)(?=, NULL\})",
    # static struct PyModuleDef valuemodule = {PyModuleDef_HEAD_INIT, "autograd.engine.value", NULL,
    r'"autograd\.(?:engine|replay|replay\.recording)\.(\w+)",\s*(NULL)(?=, /\* docstring \*/)',
]


def amend(generated: Iterable[Path], sources: Iterable[Path]) -> None:
    """Amend the ``generated`` files of C, in place, by what the Python ``sources`` say.

    Raises:
        RuntimeError: something to be amended was not found: mypyc now writes it differently.
    """
    # The setter of a property has the name of its getter, and no docstring.
    docstrings = {name: text for source in sources for name, text in _docstrings(source) if text}

    def documented(match: re.Match[str]) -> str:
        before = match[0].removesuffix(match[2])
        text = docstrings.get(match[1].replace("___3_", "___").replace("_get_", "___"))
        return f"{before}{_literal(text)}" if text else match[0]

    files = {path: path.read_text(encoding="utf-8") for path in generated}
    for pattern, replacement in {**_AMENDMENTS, **dict.fromkeys(_DOCUMENTED, documented)}.items():
        total = 0
        for path, text in files.items():
            files[path], count = re.subn(pattern, replacement, text)
            total += count
        if not total:
            raise RuntimeError(f"mypyc has generated nothing like {pattern}")
    for path, text in files.items():
        path.write_text(text, encoding="utf-8")


def functions_of_floats(source: str) -> str:
    """A list in C, for autograd/replay/kernel.c, of the functions of floats that give a float."""
    names = {1: "one", 2: "two", 3: "three", 4: "four"}
    functions = []
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef):
            kinds = [each.annotation for each in node.args.args] + [node.returns]
            arity = len(kinds) - 1
            if arity in names and all(
                isinstance(kind, ast.Name) and kind.id == "float" for kind in kinds
            ):
                call = f".{names[arity]} = CPyDef_floats___{node.name}"
                functions.append(f'    {{"{node.name}", {arity}, {{{call}}}}}, \\\n')
    return f"#define FUNCTIONS_OF_FLOATS \\\n{''.join(functions)}\n"


def _docstrings(source: Path) -> Iterator[tuple[str, str | None]]:
    """The docstrings of a module, by the names that mypyc makes up for what they describe."""
    tree = ast.parse(source.read_text(encoding="utf-8"))
    yield source.stem, ast.get_docstring(tree)
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield f"{source.stem}___{node.name}", ast.get_docstring(node)
            for part in node.body if isinstance(node, ast.ClassDef) else []:
                if isinstance(part, ast.FunctionDef):
                    yield f"{source.stem}___{node.name}___{part.name}", ast.get_docstring(part)


def _literal(text: str) -> str:
    """``text`` as a string of C."""
    plain = [
        chr(byte) if byte in b" ()*+,-./:;=`" or bytes([byte]).isalnum() else f"\\{byte:03o}"
        for byte in text.encode()
    ]
    return f'"{"".join(plain)}"'
