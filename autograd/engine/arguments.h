/* How a compiled function refuses arguments: in Python's words.
 *
 * mypyc has words of its own, such as "backward() takes at most 1 argument (2 given)".
 * Where what it generates has refused arguments, generated_c.py has it call a function
 * of Python with the same parameters, which refuses them once more.
 */
#include <Python.h>

/* Before functions that are hardly ever called; see generated_c.py. */
#if defined(__clang__)
#define UNOPTIMIZED __attribute__((optnone, noinline))
#elif defined(__GNUC__)
#define UNOPTIMIZED __attribute__((optimize(0)))
#else
#define UNOPTIMIZED
#endif

static inline PyObject *refusing(const char *name, PyObject *self)
{
    if (!PyErr_ExceptionMatches(PyExc_TypeError)) {
        return NULL;
    }
    PyErr_Clear();
    PyObject *module = PyImport_ImportModule("autograd.native");
    if (module == NULL) {
        return NULL;
    }
    PyObject *function = PyObject_CallMethod(module, "refusing", "sO", name, self);
    Py_DECREF(module);
    return function;
}

static inline PyObject *refuse(const char *name, PyObject *self, PyObject *const *args,
                               size_t nargs, PyObject *kwnames)
{
    PyObject *function = refusing(name, self);
    PyObject *result = function ? PyObject_Vectorcall(function, args, nargs, kwnames) : NULL;
    Py_XDECREF(function);
    return result;
}

static inline PyObject *refuse_tuple(const char *name, PyObject *self, PyObject *args,
                                     PyObject *kw)
{
    PyObject *function = refusing(name, self);
    PyObject *result = function ? PyObject_Call(function, args, kw) : NULL;
    Py_XDECREF(function);
    return result;
}
