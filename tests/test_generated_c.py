"""What is amended in the C that mypyc generates, shown on C as it is generated."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograd.generated_c import amend, functions_of_floats

SOURCE = '''"""Numbers."""


def half(x: float) -> float:
    """Half of "x"; what? No \\\\ here, but ½.

    >>> half(3.0)
    1.5
    """
    return x / 2.0


def bare(x: float) -> float:
    return x


class Number:
    """One number."""

    @property
    def size(self) -> float:
        """How large it is."""
        return 1.0

    @size.setter
    def size(self, size: float) -> None:
        pass

    def __call__(self, x: float = 1.0) -> float:
        """Its product with x."""
        return x
'''

GENERATED = r"""
static PyObject *CPyDunder___divmod__Number(PyObject *obj_left, PyObject *obj_right) {
    if (PyObject_IsInstance(obj_left, (PyObject *)CPyType_numbers___Number)) {
        goto call;
    }
    return CPy_CallReverseOpMethod(obj_left, obj_right, "divmod", mypyc_interned_str.__rdivmod__);
}
PyObject *CPyPy_numbers___half(PyObject *self, PyObject *const *args, size_t nargs, PyObject *kwnames) {
    if (!CPyArg_ParseStackAndKeywordsOneArg(args, nargs, kwnames, &parser, &obj_x)) {
        return NULL;
    }
}
PyObject *CPyPy_numbers___Number_____init__(PyObject *self, PyObject *args, PyObject *kw) {
    if (!CPyArg_ParseTupleAndKeywords(args, kw, "|O", "__init__", kwlist, &obj_x)) {
        return NULL;
    }
}
static int
numbers___Number_set_size(autograd___NumberObject *self, PyObject *value, void *closure)
{
    PyObject *tmp = value;
}
static PyGetSetDef numbers___Number_getseters[] = {
    {"size",
     (getter)numbers___Number_get_size,
     (setter)numbers___Number_set_size,
    NULL, NULL},
    {NULL}  /* Sentinel */
};
static PyMethodDef numbers___Number_methods[] = {
    {"__call__",
     (PyCFunction)CPyPy_numbers___Number_____call__,
     METH_FASTCALL | METH_KEYWORDS, PyDoc_STR("__call__($self, x=1.0, /)\n--\n\n")},
    {NULL}  /* Sentinel */
};
static PyTypeObject CPyType_numbers___Number_template_ = {
    .tp_name = "Number",
    .tp_doc = PyDoc_STR("Number()\n--\n\n"),
};
static PyGetSetDef numbers_____mypyc_lambda__0_obj_getseters[] = {
    {"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict},
    {NULL}  /* Sentinel */
};
static PyMethodDef numbers_____mypyc_lambda__0_obj_methods[] = {
    {"__call__",
     (PyCFunction)CPyPy_numbers_____mypyc_lambda__0_obj_____call__,
     METH_FASTCALL | METH_KEYWORDS, PyDoc_STR("__call__($x, out)\n--\n\n")},
    {NULL}  /* Sentinel */
};
static PyMethodDef numbersmodule_methods[] = {
    {"half", (PyCFunction)CPyPy_numbers___half, METH_FASTCALL | METH_KEYWORDS, PyDoc_STR("half(x)\n--\n\n") /* docstring */},
    {"bare", (PyCFunction)CPyPy_numbers___bare, METH_FASTCALL | METH_KEYWORDS, PyDoc_STR("bare(x)\n--\n\n") /* docstring */},
    {NULL, NULL, 0, NULL}
};
static struct PyModuleDef numbersmodule = {
    PyModuleDef_HEAD_INIT,
    "autograd.engine.numbers",
    NULL, /* docstring */
};
        PyObject *CPyDef_numbers_____mypyc_lambda__0_obj_____get__(PyObject *self, PyObject *owner) {
        PyObject *CPyDef_numbers_____mypyc_lambda__0_obj_____call__(PyObject *self, PyObject *x) {
static int
numbers_____mypyc_lambda__0_obj_traverse(PyObject *self, visitproc visit, void *arg)
{
char CPyDef_numbers_____top_level__(void);
char CPyDef_numbers_____top_level__(void) {
static PyModuleDef module_def__native_b4bac6ab__mypyc = {
    PyModuleDef_HEAD_INIT,
    .m_methods = NULL,
};
"""

AMENDED = r"""
static PyObject *CPyDunder___divmod__Number(PyObject *obj_left, PyObject *obj_right) {
    if (PyObject_TypeCheck(obj_left, CPyType_numbers___Number)) {
        goto call;
    }
    return CPy_CallReverseOpMethod(obj_left, obj_right, "divmod()", mypyc_interned_str.__rdivmod__);
}
PyObject *CPyPy_numbers___half(PyObject *self, PyObject *const *args, size_t nargs, PyObject *kwnames) {
    if (!CPyArg_ParseStackAndKeywordsOneArg(args, nargs, kwnames, &parser, &obj_x)) {
        return refuse(__func__, self, args, nargs, kwnames);
    }
}
PyObject *CPyPy_numbers___Number_____init__(PyObject *self, PyObject *args, PyObject *kw) {
    if (!CPyArg_ParseTupleAndKeywords(args, kw, "|O", "__init__", kwlist, &obj_x)) {
        return refuse_tuple(__func__, self, args, kw);
    }
}
static int
numbers___Number_set_size(autograd___NumberObject *self, PyObject *value, void *closure)
{
    if (value == NULL) {
        PyErr_Format(PyExc_AttributeError, "property 'size' of '%s' object has no deleter",
                     Py_TYPE(self)->tp_name);
        return -1;
    }
    PyObject *tmp = value;
}
static PyGetSetDef numbers___Number_getseters[] = {
    {"size",
     (getter)numbers___Number_get_size,
     (setter)numbers___Number_set_size,
    "How large it is.", NULL},
    {NULL}  /* Sentinel */
};
static PyMethodDef numbers___Number_methods[] = {
    {"__call__",
     (PyCFunction)CPyPy_numbers___Number_____call__,
     METH_FASTCALL | METH_COEXIST | METH_KEYWORDS, PyDoc_STR("__call__($self, x=1.0)\n--\n\n""Its product with x.")},
    {NULL}  /* Sentinel */
};
static PyTypeObject CPyType_numbers___Number_template_ = {
    .tp_name = "Number",
    .tp_doc = PyDoc_STR("Number()\n--\n\n""One number."),
};
static PyObject *numbers_____mypyc_lambda__0_obj_get_text_signature(PyObject *self, void *closure)
{
    return PyUnicode_FromString("(x, out)");
}
static PyGetSetDef numbers_____mypyc_lambda__0_obj_getseters[] = {
    {"__text_signature__", numbers_____mypyc_lambda__0_obj_get_text_signature, NULL, NULL, NULL},
    {"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict},
    {NULL}  /* Sentinel */
};
static PyMethodDef numbers_____mypyc_lambda__0_obj_methods[] = {
    {"__call__",
     (PyCFunction)CPyPy_numbers_____mypyc_lambda__0_obj_____call__,
     METH_FASTCALL | METH_COEXIST | METH_KEYWORDS, PyDoc_STR("__call__($x, out)\n--\n\n")},
    {NULL}  /* Sentinel */
};
static PyMethodDef numbersmodule_methods[] = {
    {"half", (PyCFunction)CPyPy_numbers___half, METH_FASTCALL | METH_KEYWORDS, PyDoc_STR("half(x)\n--\n\n""Half of \042x\042; what\077 No \134 here, but \302\275.\012\012\076\076\076 half(3.0)\0121.5") /* docstring */},
    {"bare", (PyCFunction)CPyPy_numbers___bare, METH_FASTCALL | METH_KEYWORDS, PyDoc_STR("bare(x)\n--\n\n") /* docstring */},
    {NULL, NULL, 0, NULL}
};
static struct PyModuleDef numbersmodule = {
    PyModuleDef_HEAD_INIT,
    "autograd.engine.numbers",
    "Numbers.", /* docstring */
};
UNOPTIMIZED PyObject *CPyDef_numbers_____mypyc_lambda__0_obj_____get__(PyObject *self, PyObject *owner) {
        PyObject *CPyDef_numbers_____mypyc_lambda__0_obj_____call__(PyObject *self, PyObject *x) {
UNOPTIMIZED static int
numbers_____mypyc_lambda__0_obj_traverse(PyObject *self, visitproc visit, void *arg)
{
char CPyDef_numbers_____top_level__(void);
UNOPTIMIZED char CPyDef_numbers_____top_level__(void) {
extern PyMethodDef kernel_methods[];
static PyModuleDef module_def__native_b4bac6ab__mypyc = {
    PyModuleDef_HEAD_INIT,
    .m_methods = kernel_methods,
};
"""


def amended(folder: Path, source: str, generated: str) -> str:
    """The C that is made of ``generated`` C, for a module ``numbers``."""
    (folder / "numbers.py").write_text(source, encoding="utf-8")
    code = folder / "generated.c"
    code.write_text(generated, encoding="utf-8")
    amend([code], [folder / "numbers.py"])
    return code.read_text(encoding="utf-8")


def test_generated_c_gets_what_the_source_says(tmp_path: Path) -> None:
    assert amended(tmp_path, SOURCE, GENERATED) == AMENDED


@pytest.mark.parametrize("part", ["void *closure", "CPyArg_Parse", "PyDoc_STR", "METH_FASTCALL"])
def test_where_something_is_not_found_nothing_is_compiled(tmp_path: Path, part: str) -> None:
    with pytest.raises(RuntimeError, match=r"^mypyc has generated nothing like \S"):
        amended(tmp_path, SOURCE, GENERATED.replace(part, "other"))


def test_the_kernel_calls_the_functions_that_take_floats_and_give_one() -> None:
    source = """
def half(x: float) -> float: ...
def power(x: float, y: float) -> float: ...
def is_odd(y: float) -> bool: ...
def mean(numbers: list[float]) -> float: ...
def ldexp(mantissa: float, exponent: int) -> float: ...
"""
    assert functions_of_floats(source) == (
        "#define FUNCTIONS_OF_FLOATS \\\n"
        '    {"half", 1, {.one = CPyDef_floats___half}}, \\\n'
        '    {"power", 2, {.two = CPyDef_floats___power}}, \\\n\n'
    )
