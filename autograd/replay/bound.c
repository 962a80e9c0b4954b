/* Programs that are bound to Values: their last inputs are read from these, and their last values
 * are written to them. A Value is read and written as the C struct that it is.
 */
#include "kernel.h"
#include <string.h>

typedef autograd___engine___node___NodeObject Node;

/* What of a Value: `Part` in bound.py. */
enum { DATA, GRAD, HAS_GRAD };

/* What an input is read from; and the index of the change that sets it, or -1. */
typedef struct {
    int32_t part, index, change;
} Source;

/* What an output is written to; for a gradient the count of uses, 0 or -1, or else the index of the
 * change that says whether there are any.
 */
typedef struct {
    int32_t part, index, awaited;
} Change;

typedef struct {
    PyObject_HEAD
    Machine *machine;
    PyObject *captured;       /* a tuple of Values */
    Py_ssize_t numbers;       /* the floats of a call, */
    Py_ssize_t arguments;     /* and the Values of one, which come before those captured */
    Py_ssize_t kept;          /* the values that are not written */
    Py_ssize_t source_count, change_count;
    Source *sources;
    Change *changes;
} Bound;

static Node *node_at(const Bound *bound, PyObject *values, int32_t index)
{
    if (index < bound->arguments)
        return (Node *)PyList_GET_ITEM(values, index);
    return (Node *)PyTuple_GET_ITEM(bound->captured, index - bound->arguments);
}

static int are_nodes(PyObject **items, Py_ssize_t count)
{
    for (Py_ssize_t i = 0; i < count; i++)
        if (!PyObject_TypeCheck(items[i], CPyType_node___Node))
            return 0;
    return 1;
}

/* 1 if these are the Values of a call, or 0 and an error. */
static int are_arguments(const Bound *bound, PyObject *values)
{
    if (PyList_Check(values) && PyList_GET_SIZE(values) == bound->arguments
        && are_nodes(PySequence_Fast_ITEMS(values), bound->arguments))
        return 1;
    PyErr_Format(PyExc_TypeError, "the program takes a list of %zd Values", bound->arguments);
    return 0;
}

/* Set all inputs of a run; returns 1, or 0 and an error. */
static int read_inputs(const Bound *bound, State *state, PyObject *numbers, PyObject *values)
{
    double *v = kernel_cells(state);
    const int32_t *places = bound->machine->places + bound->numbers;
    if (!are_arguments(bound, values)
        || kernel_set_inputs(bound->machine, v, 0, numbers, bound->numbers, bound->numbers) < 0)
        return 0;
    for (Py_ssize_t i = 0; i < bound->source_count; i++) {
        const Source *source = &bound->sources[i];
        const Node *node = node_at(bound, values, source->index);
        if (source->part == DATA)
            v[places[i]] = node->__data;
        else if (source->part == GRAD)
            v[places[i]] = node->__grad;
        else
            v[places[i]] = node->__awaited == 0 || node->__grad != 0.0;
    }
    return 1;
}

static int32_t awaited_after(const Change *change, const double *numbers)
{
    if (change->awaited <= 0)
        return change->awaited;
    return numbers[change->awaited] != 0.0 ? 0 : -1;
}

/* Change the Values, all of them: no other code runs meanwhile. */
static void write_changes(const Bound *bound, PyObject *values, const double *numbers)
{
    for (Py_ssize_t i = 0; i < bound->change_count; i++) {
        const Change *change = &bound->changes[i];
        Node *node = node_at(bound, values, change->index);
        if (change->part == DATA) {
            node->__data = numbers[i];
        } else if (change->part == GRAD) {
            node->__grad = numbers[i];
            node->__awaited = awaited_after(change, numbers);
        }
    }
}

/* What the changes are in a run. */
static void copy_changes(const Bound *bound, State *state, double *numbers)
{
    const double *v = kernel_cells(state);
    for (Py_ssize_t i = 0; i < bound->change_count; i++)
        numbers[i] = v[bound->machine->values[bound->kept + i]];
}

/* Set the inputs of the run after one with these changes. */
static void feed_back(const Bound *bound, State *state, const double *numbers)
{
    double *v = kernel_cells(state);
    const int32_t *places = bound->machine->places + bound->numbers;
    for (Py_ssize_t i = 0; i < bound->source_count; i++) {
        const Source *source = &bound->sources[i];
        if (source->change < 0)
            continue;
        double number = numbers[source->change];
        if (source->part == HAS_GRAD)
            number = awaited_after(&bound->changes[source->change], numbers) == 0 || number != 0.0;
        v[places[i]] = number;
    }
}

/* forward(numbers, values): the state after a run, or None if a guard ends it. */
static PyObject *Bound_forward(PyObject *self, PyObject *const *arguments, Py_ssize_t count)
{
    const Bound *bound = (Bound *)self;
    State *state = kernel_new_state(bound->machine);
    if (state == NULL)
        return NULL;
    int outcome = -1;
    if (count == 2 && read_inputs(bound, state, arguments[0], arguments[1]))
        outcome = kernel_run(state);
    return kernel_outcome(state, outcome);
}

/* apply(state, values): change the Values as a run does. */
static PyObject *Bound_apply(PyObject *self, PyObject *const *arguments, Py_ssize_t count)
{
    const Bound *bound = (Bound *)self;
    State *state = kernel_as_state(count == 2 ? arguments[0] : self, bound->machine);
    if (state == NULL || !are_arguments(bound, arguments[1]))
        return NULL;
    double *numbers = PyMem_Malloc((size_t)(bound->change_count + 1) * sizeof(double));
    if (numbers == NULL)
        return PyErr_NoMemory();
    copy_changes(bound, state, numbers);
    write_changes(bound, arguments[1], numbers);
    PyMem_Free(numbers);
    Py_RETURN_NONE;
}

/* Let signals be handled, and other threads run; returns -1 and an error if a handler raises one. */
static int pause_between_runs(void)
{
    Py_BEGIN_ALLOW_THREADS
    Py_END_ALLOW_THREADS
    return PyErr_CheckSignals();
}

/* The error that is set, as an object, or None. */
static PyObject *taken_error(void)
{
    PyObject *type, *error, *traceback;
    PyErr_Fetch(&type, &error, &traceback);
    PyErr_NormalizeException(&type, &error, &traceback);
    Py_XDECREF(type);
    Py_XDECREF(traceback);
    return error == NULL ? Py_NewRef(Py_None) : error;
}

/* repeat(numbers, values, times): run after run, and the Values are changed as by all of them.
 * Returns the values of each that are not written, and the error that a signal has raised, or None.
 */
static PyObject *Bound_repeat(PyObject *self, PyObject *arguments)
{
    const Bound *bound = (Bound *)self;
    const Machine *machine = bound->machine;
    Py_ssize_t times, rows = 0;
    PyObject *floats, *values, *steps = NULL, *interruption = NULL, *result = NULL;
    if (!PyArg_ParseTuple(arguments, "OO!n", &floats, &PyList_Type, &values, &times))
        return NULL;
    State *state = kernel_new_state(bound->machine);
    double *numbers = PyMem_Malloc((size_t)(bound->change_count + 1) * sizeof(double));
    if (numbers == NULL)
        PyErr_NoMemory();
    if (state == NULL || numbers == NULL || !read_inputs(bound, state, floats, values))
        goto done;
    steps = PyList_New(0);
    while (steps != NULL && PyList_GET_SIZE(steps) < times) {
        rows += machine->forward + 1;
        if (rows > 100000 && PyList_GET_SIZE(steps) > 0) {
            rows = 0;
            if (pause_between_runs() < 0) {
                interruption = taken_error();
                break;
            }
        }
        int outcome = kernel_run(state);
        if (outcome < 0 && PyList_GET_SIZE(steps) == 0)
            goto done;
        if (outcome < 0 && !PyErr_ExceptionMatches(PyExc_Exception))
            interruption = taken_error();
        if (outcome < 1) {
            PyErr_Clear();
            break;
        }
        PyObject *kept = kernel_list_of(kernel_cells(state), machine->values, bound->kept);
        if (kept == NULL || PyList_Append(steps, kept) < 0) {
            Py_XDECREF(kept);
            goto done;
        }
        Py_DECREF(kept);
        copy_changes(bound, state, numbers);
        feed_back(bound, state, numbers);
    }
    if (steps != NULL && PyList_GET_SIZE(steps) > 0 && are_arguments(bound, values))
        write_changes(bound, values, numbers);
    if (steps != NULL && !PyErr_Occurred())
        result = Py_BuildValue("(OO)", steps, interruption ? interruption : Py_None);
done:
    Py_XDECREF(steps);
    Py_XDECREF(interruption);
    Py_XDECREF(state);
    PyMem_Free(numbers);
    return result;
}

/* is_stale(references): True if there are no more references to a captured Value than these. */
static PyObject *Bound_is_stale(PyObject *self, PyObject *references)
{
    const Bound *bound = (Bound *)self;
    Py_buffer known;
    if (PyObject_GetBuffer(references, &known, PyBUF_SIMPLE) < 0)
        return NULL;
    Py_ssize_t count = PyTuple_GET_SIZE(bound->captured);
    int is_stale = 0;
    if (known.len == count * (Py_ssize_t)sizeof(int64_t))
        for (Py_ssize_t i = 0; i < count; i++)
            is_stale |= Py_REFCNT(PyTuple_GET_ITEM(bound->captured, i)) <= ((int64_t *)known.buf)[i];
    else
        PyErr_Format(PyExc_ValueError, "there are %zd captured Values", count);
    PyBuffer_Release(&known);
    return PyErr_Occurred() ? NULL : PyBool_FromLong(is_stale);
}

static int Bound_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((Bound *)self)->machine);
    Py_VISIT(((Bound *)self)->captured);
    return 0;
}

static void Bound_dealloc(PyObject *self)
{
    Bound *bound = (Bound *)self;
    PyObject_GC_UnTrack(self);
    Py_XDECREF(bound->machine);
    Py_XDECREF(bound->captured);
    PyMem_Free(bound->sources);
    PyMem_Free(bound->changes);
    PyObject_GC_Del(self);
}

static PyMethodDef Bound_methods[] = {
    {"forward", (PyCFunction)(void (*)(void))Bound_forward, METH_FASTCALL,
     PyDoc_STR("The state after a run, or None if a guard ends it.")},
    {"apply", (PyCFunction)(void (*)(void))Bound_apply, METH_FASTCALL,
     PyDoc_STR("Change the Values as a run does.")},
    {"repeat", Bound_repeat, METH_VARARGS, PyDoc_STR("Runs one after the other.")},
    {"is_stale", Bound_is_stale, METH_O,
     PyDoc_STR("True if there are no more references to a captured Value than these.")},
    {NULL, NULL, 0, NULL},
};

PyTypeObject kernel_Bound = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "autograd.replay.kernel.Bound",
    .tp_basicsize = sizeof(Bound),
    .tp_dealloc = Bound_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_doc = PyDoc_STR("A program that is bound to Values."),
    .tp_traverse = Bound_traverse,
    .tp_methods = Bound_methods,
};

/* A copy of a buffer of rows of three whole numbers, or NULL and an error. */
static void *copied(PyObject *array, Py_ssize_t *count)
{
    Py_buffer buffer;
    if (PyObject_GetBuffer(array, &buffer, PyBUF_SIMPLE) < 0)
        return NULL;
    void *copy = PyMem_Malloc((size_t)buffer.len + 1);
    if (copy == NULL)
        PyErr_NoMemory();
    else
        memcpy(copy, buffer.buf, (size_t)buffer.len);
    *count = buffer.len / (Py_ssize_t)sizeof(Source);
    PyBuffer_Release(&buffer);
    return copy;
}

/* 1 if all that is referred to is there. */
static int is_sound(const Bound *bound)
{
    Py_ssize_t values = bound->arguments + PyTuple_GET_SIZE(bound->captured);
    int sound = bound->numbers >= 0 && bound->kept >= 0 && bound->arguments >= 0
                && bound->numbers + bound->source_count <= bound->machine->inputs
                && bound->kept + bound->change_count <= bound->machine->value_count;
    for (Py_ssize_t i = 0; i < bound->source_count; i++)
        sound &= bound->sources[i].index >= 0 && bound->sources[i].index < values
                 && bound->sources[i].change < bound->change_count;
    for (Py_ssize_t i = 0; i < bound->change_count; i++)
        sound &= bound->changes[i].index >= 0 && bound->changes[i].index < values
                 && bound->changes[i].awaited < bound->change_count;
    return sound && are_nodes(PySequence_Fast_ITEMS(bound->captured),
                              PyTuple_GET_SIZE(bound->captured));
}

PyObject *Machine_bind(PyObject *self, PyObject *arguments)
{
    PyObject *captured, *sources, *changes;
    Py_ssize_t numbers, values, kept;
    if (!PyArg_ParseTuple(arguments, "O!nnnOO", &PyTuple_Type, &captured, &numbers, &values, &kept,
                          &sources, &changes)
        || PyType_Ready(&kernel_Bound) < 0)
        return NULL;
    Bound *bound = PyObject_GC_New(Bound, &kernel_Bound);
    if (bound == NULL)
        return NULL;
    bound->machine = (Machine *)Py_NewRef(self);
    bound->captured = Py_NewRef(captured);
    bound->numbers = numbers;
    bound->arguments = values;
    bound->kept = kept;
    bound->sources = copied(sources, &bound->source_count);
    bound->changes = copied(changes, &bound->change_count);
    PyObject_GC_Track(bound);
    if (!PyErr_Occurred() && !is_sound(bound))
        PyErr_SetString(PyExc_ValueError, "the program has no such inputs, outputs or Values");
    if (PyErr_Occurred())
        Py_CLEAR(bound);
    return (PyObject *)bound;
}
