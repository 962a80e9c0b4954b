/* How compiled code tells that an object is of a class.
 *
 * A Value is taken for a Node thousands of times in each pass, and for a Numeric in each operation.
 * Python looks at the class of the object itself first, and if that is another one calls a function
 * that searches all that it is derived from. The next two of these are looked at here.
 */
#include <Python.h>

static inline int is_of_class(PyObject *object, PyTypeObject *type)
{
    PyTypeObject *own = Py_TYPE(object);
    for (int depth = 0; own != NULL && depth < 3; depth++, own = own->tp_base)
        if (own == type)
            return 1;
    return PyType_IsSubtype(Py_TYPE(object), type);
}

#undef PyObject_TypeCheck
#define PyObject_TypeCheck(object, type) is_of_class((PyObject *)(object), type)
