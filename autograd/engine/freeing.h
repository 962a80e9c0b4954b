/* How compiled objects that point to one another are freed without recursion.
 *
 * An object that loses its last reference drops those that it holds, which may be
 * the last ones too, and so on along a graph of a million values: on the C stack,
 * if nothing is done. Python's remedy, Py_TRASHCAN_BEGIN, puts off what comes too
 * deep, and keeps the list of it in the header that the garbage collector gives its
 * objects. mypyc calls it for acyclic classes as well, whose objects have no such
 * header, so that it writes into whatever lies before them in memory.
 *
 * The remedy here is the same, but the list runs through the reference counts, which
 * an object that is being freed has no more use for. setup.py has the compiler read
 * this file first. The list needs no lock of its own: whoever touches it holds the
 * interpreter's. (Without that lock, in free-threaded Python, nothing is changed here.)
 */
#ifndef PY_SSIZE_T_CLEAN
#define PY_SSIZE_T_CLEAN
#endif
#include <Python.h>
#include <stddef.h>
#include <string.h>

#ifndef Py_GIL_DISABLED

#define FREEING_DEPTH_LIMIT 50

static int freeing_depth = 0;
static PyObject *freeing_later = NULL;

static inline void free_later(PyObject *object)
{
    memcpy((char *)object + offsetof(PyObject, ob_refcnt), &freeing_later, sizeof(PyObject *));
    freeing_later = object;
}

static inline void free_what_was_put_off(void)
{
    while (freeing_later != NULL) {
        PyObject *object = freeing_later;
        char *count = (char *)object + offsetof(PyObject, ob_refcnt);
        memcpy(&freeing_later, count, sizeof(PyObject *));
        memset(count, 0, sizeof(PyObject *));
        freeing_depth++;
        Py_TYPE(object)->tp_dealloc(object);
        freeing_depth--;
    }
}

/* As in Python's own, what is put off is the whole object: so only in the function that
 * frees the class itself, not where that of a subclass goes on to that of its base. */
#undef Py_TRASHCAN_BEGIN
#undef Py_TRASHCAN_END
#define Py_TRASHCAN_BEGIN(op, dealloc)                                              \
    do {                                                                            \
        int counted = Py_TYPE(op)->tp_dealloc == (destructor)(dealloc);             \
        if (counted && freeing_depth >= FREEING_DEPTH_LIMIT) {                      \
            free_later((PyObject *)(op));                                           \
            break;                                                                  \
        }                                                                           \
        freeing_depth += counted;
#define Py_TRASHCAN_END                                                             \
        freeing_depth -= counted;                                                   \
        if (counted && freeing_depth == 0) {                                        \
            free_what_was_put_off();                                                \
        }                                                                           \
    } while (0);

#endif
