/* Programs that are bound to Values: their last inputs are read from these, and their last values
 * are written to them. A Value is read and written as the C struct that it is.
 */
#include "kernel.h"
#include <string.h>

/* Find the greatest count of references among those of each kind of captured Values. */
static void find_most(Bound *bound)
{
    const int64_t *known = bound->references.buf;
    memset(bound->most, 0, sizeof bound->most);
    for (Py_ssize_t i = 1; i < bound->references.len / (Py_ssize_t)sizeof *known; i++) {
        Py_ssize_t *most = &bound->most[(int)bound->sources.kinds[i - 1]];
        *most = known[i] > *most ? (Py_ssize_t)known[i] : *most;
    }
}

/* The count of references from which on a Value of this kind is surely held by others than programs. */
static Py_ssize_t enough(const Bound *bound, int kind)
{
    const int64_t *more = bound->references.buf;
    return bound->references.len > 0 ? (Py_ssize_t)*more + bound->most[kind] + 1 : 0;
}

/* 1 if only programs hold a captured Value, so that it has been replaced, or 0; or -1 and an error. */
static int is_stale(Bound *bound)
{
    const int64_t *known = (const int64_t *)bound->references.buf + 1;
    Py_ssize_t count = PyTuple_GET_SIZE(bound->captured), i = 0;
    while (i < count && Py_REFCNT(PyTuple_GET_ITEM(bound->captured, i))
                            >= enough(bound, bound->sources.kinds[i]))
        i++;
    if (i == count)
        return 0;
    PyObject *fewer = PyObject_CallNoArgs(bound->recount);
    if (fewer == NULL)
        return -1;
    find_most(bound);
    *(int64_t *)bound->references.buf -= PyLong_AsLongLong(fewer);
    Py_DECREF(fewer);
    if (PyErr_Occurred())
        return -1;
    while (i < count && Py_REFCNT(PyTuple_GET_ITEM(bound->captured, i)) > known[i])
        i++;
    return i < count;
}

/* The Value of a part, of the arguments or captured. */
static Node *node_of(const Bound *bound, const Odd *odd, PyObject *values)
{
    Py_ssize_t captured = odd->value - bound->arguments;
    return (Node *)(captured < 0 ? PyList_GET_ITEM(values, odd->value)
                                 : PyTuple_GET_ITEM(bound->captured, captured));
}

/* 1 if these are the Values of a call, or 0 and an error. */
static int are_arguments(const Bound *bound, PyObject *values)
{
    if (PyList_Check(values) && PyList_GET_SIZE(values) == bound->arguments
        && kernel_are_nodes(PySequence_Fast_ITEMS(values), bound->arguments))
        return 1;
    PyErr_Format(PyExc_TypeError, "the program takes a list of %zd Values", bound->arguments);
    return 0;
}

/* Read the parts of Values; returns less than 0 if one of these is held fewer times than that.
 *
 * Written out for each kind, a loop has no branches.
 */
static inline Py_ssize_t read_links(const Link *link, const Link *end, double *v, Py_ssize_t count,
                                    int has_grad)
{
    Py_ssize_t sign = 0;
    for (; link < end; link++) {
        const Node *node = link->node;
        sign |= Py_REFCNT(node) - count;
        v[link->data] = node->__data;
        if (has_grad)
            v[link->grad] = node->__grad;
    }
    return sign;
}

/* Write the parts of Values that are of this kind. */
static inline void write_links(const Link *link, const Link *end, const double *v, int kind)
{
    for (; link < end; link++) {
        if (kind & OF_DATA)
            link->node->__data = v[link->data];
        if (kind & OF_GRAD) {
            link->node->__grad = v[link->grad];
            link->node->__awaited = kind & IS_UNREACHED ? -1 : 0;
        }
    }
}

/* Read all that the inputs are of Values; returns less than 0 if one of these may be replaced. */
static Py_ssize_t read_values(const Bound *bound, State *state, PyObject *values)
{
    double *v = state->cells;
    const Links *sources = &bound->sources;
    const Link *links = sources->links;
    Py_ssize_t sign = 0;
    for (int kind = 0; kind < KINDS; kind++) {
        const Link *first = links + sources->starts[kind], *end = links + sources->starts[kind + 1];
        if (kind & OF_GRAD)
            sign |= read_links(first, end, v, enough(bound, kind), 1);
        else
            sign |= read_links(first, end, v, enough(bound, kind), 0);
    }
    for (const Odd *odd = sources->odd, *end = odd + sources->odd_count; odd < end; odd++) {
        const Node *node = node_of(bound, odd, values);
        if (odd->part == DATA)
            v[odd->cell] = node->__data;
        else if (odd->part == HAS_GRAD)
            v[odd->cell] = node->__awaited == 0 || node->__grad != 0.0;
        else
            v[odd->cell] = node->__grad;
    }
    return sign;
}

/* Set all inputs of a run and carry it out; returns 1, or 0 if a guard ends it or a Value has been
 * replaced, or -1 and an error.
 */
static int run(Bound *bound, State *state, PyObject *numbers, PyObject *values)
{
    if (kernel_set_inputs(bound->machine, state->cells, numbers, bound->numbers, bound->numbers) < 0
        || !are_arguments(bound, values))
        return -1;
    if (read_values(bound, state, values) < 0) {
        int stale = is_stale(bound);
        if (stale)
            return stale < 0 ? -1 : 0;
        /* It has run Python, and with it perhaps other threads. */
        if (!are_arguments(bound, values))
            return -1;
        read_values(bound, state, values);
    }
    return kernel_run(state);
}

/* Change the Values, all of them: no other code runs meanwhile. Returns 1, or 0 and an error. */
static int change(const Bound *bound, State *state, PyObject *values)
{
    const double *v = state->cells;
    if (!are_arguments(bound, values))
        return 0;
    const Links *changes = &bound->changes;
    for (int kind = OF_DATA; kind < KINDS; kind++) {
        const Link *first = changes->links + changes->starts[kind];
        const Link *end = changes->links + changes->starts[kind + 1];
        switch (kind) {
#define WRITE(kind) case kind: write_links(first, end, v, kind); break;
        WRITE(OF_DATA)
        WRITE(OF_GRAD)
        WRITE(OF_DATA | OF_GRAD)
        WRITE(OF_GRAD | IS_UNREACHED)
        WRITE(OF_DATA | OF_GRAD | IS_UNREACHED)
        }
    }
    for (const Odd *odd = changes->odd, *end = odd + changes->odd_count; odd < end; odd++) {
        Node *node = node_of(bound, odd, values);
        if (odd->part == DATA) {
            node->__data = v[odd->cell];
        } else if (odd->part == HAS_GRAD) {
            node->__awaited = v[odd->cell] != 0.0 ? 0 : -1;
        } else {
            node->__grad = v[odd->cell];
            node->__awaited = odd->part == UNREACHED ? -1 : 0;
        }
    }
    return 1;
}

/* forward(numbers, values): the state after a run; None if a guard ends it or a Value is stale. */
static PyObject *Bound_forward(PyObject *self, PyObject *const *arguments, Py_ssize_t count)
{
    Bound *bound = (Bound *)self;
    State *state = kernel_new_state(bound->machine);
    if (state == NULL)
        return NULL;
    return kernel_outcome(state, count == 2 ? run(bound, state, arguments[0], arguments[1]) : -1);
}

/* apply(state, values): change the Values as a run does. */
static PyObject *Bound_apply(PyObject *self, PyObject *const *arguments, Py_ssize_t count)
{
    const Bound *bound = (Bound *)self;
    State *state = kernel_as_state(count == 2 ? arguments[0] : self, bound->machine);
    if (state == NULL || !change(bound, state, arguments[1]))
        return NULL;
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

enum { MOST_ROWS = 100000 };  /* before signals are looked for */

/* An input that a run changes: the cell of its new number, and its own. */
typedef struct {
    int32_t from, to;
} Move;

/* Add the inputs of links of one kind that changes of another kind set. */
static void add_moves(const Bound *bound, int source_kind, int change_kind, Move *moves,
                      Py_ssize_t *count)
{
    const Links *sources = &bound->sources, *changes = &bound->changes;
    const Link *source = sources->links + sources->starts[source_kind];
    const Link *source_end = sources->links + sources->starts[source_kind + 1];
    const Link *change = changes->links + changes->starts[change_kind];
    const Link *change_end = changes->links + changes->starts[change_kind + 1];
    int both = source_kind & change_kind;
    while (both && source < source_end && change < change_end) {
        if (source->node == change->node && both & OF_DATA)
            moves[(*count)++] = (Move){change->data, source->data};
        if (source->node == change->node && both & OF_GRAD)
            moves[(*count)++] = (Move){change->grad, source->grad};
        if (source->node <= change->node)
            source++;
        else
            change++;
    }
}

/* What the next run finds in its inputs after this one; returns the count, or -1 if it has to be read
 * from the Values, once these are changed.
 */
static Py_ssize_t find_moves(const Bound *bound, Move *moves)
{
    Py_ssize_t count = 0;
    /* A Python function may look at the Values. */
    if (PyTuple_GET_SIZE(bound->machine->functions) > 0 || bound->changes.odd_count > 0)
        return -1;
    for (Py_ssize_t i = 0; i < bound->sources.odd_count; i++)
        if (bound->sources.odd[i].value >= bound->arguments)
            return -1;
    for (int source_kind = 0; source_kind < KINDS; source_kind++)
        for (int change_kind = 0; change_kind < KINDS; change_kind++)
            add_moves(bound, source_kind, change_kind, moves, &count);
    for (Py_ssize_t i = 0; i < count; i++)
        if (moves[i].from >= 0 && moves[i].from < bound->machine->inputs)
            return -1;  /* one that another move may set first */
    return count;
}

/* Add the values that are not written to a list; returns 0, or -1 and an error. */
static int keep_values(const Bound *bound, const State *state, PyObject *kept)
{
    int failed = 0;
    for (Py_ssize_t i = 0; i < bound->kept && !failed; i++) {
        PyObject *number = PyFloat_FromDouble(state->cells[bound->machine->values[i]]);
        failed = number == NULL ? -1 : PyList_Append(kept, number);
        Py_XDECREF(number);
    }
    return failed;
}

/* The next run, which has these inputs. */
static int run_on(State *state, const Move *moves, Py_ssize_t count)
{
    for (Py_ssize_t i = 0; i < count; i++)
        state->cells[moves[i].to] = state->cells[moves[i].from];
    return kernel_run(state);
}

/* repeat(numbers, values, times): run after run, each applied before others can look.
 * Returns the values of all that are not written, in one list; the number of runs; and the error that
 * a signal has raised, or None.
 */
static PyObject *Bound_repeat(PyObject *self, PyObject *arguments)
{
    Bound *bound = (Bound *)self;
    Py_ssize_t times, runs = 0;
    PyObject *numbers, *values, *kept = NULL, *interruption = NULL, *result = NULL;
    if (!PyArg_ParseTuple(arguments, "OO!n", &numbers, &PyList_Type, &values, &times))
        return NULL;
    State *state = kernel_new_state(bound->machine);
    Move *moves = PyMem_New(Move, 2 * (size_t)bound->sources.starts[KINDS] + 1);
    if (state == NULL || moves == NULL) {
        if (moves == NULL)
            PyErr_NoMemory();
        goto done;
    }
    Py_ssize_t count = find_moves(bound, moves);
    Py_ssize_t rows = 0, rows_of_run = bound->machine->forward + 1;
    kept = PyList_New(0);
    for (int outcome = 1; kept != NULL && outcome == 1 && runs < times;) {
        if (rows > MOST_ROWS) {
            rows = 0;
            if (pause_between_runs() < 0) {
                interruption = taken_error();
                break;
            }
        }
        /* So many runs at most before the Values are changed. */
        Py_ssize_t most = count < 0 ? 1 : MOST_ROWS / rows_of_run + 1, made = 0;
        outcome = run(bound, state, numbers, values);
        while (outcome == 1) {
            if (keep_values(bound, state, kept) < 0)
                goto done;
            made++;
            if (made == most || runs + made == times)
                break;
            outcome = run_on(state, moves, count);
        }
        if (outcome < 0 && runs + made == 0)
            goto done;
        if (outcome < 0 && !PyErr_ExceptionMatches(PyExc_Exception))
            interruption = taken_error();
        PyErr_Clear();
        if (outcome < 1 && made > 0) {
            /* The numbers of the last run that ended well are gone: make them anew. */
            read_values(bound, state, values);
            kernel_run(state);
            for (Py_ssize_t i = 1; i < made; i++)
                run_on(state, moves, count);
        }
        if (made > 0 && !change(bound, state, values))
            goto done;
        runs += made;
        rows += made * rows_of_run;
    }
    if (kept != NULL)
        result = Py_BuildValue("(OnO)", kept, runs, interruption ? interruption : Py_None);
done:
    PyMem_Free(moves);
    Py_XDECREF(kept);
    Py_XDECREF(interruption);
    Py_XDECREF(state);
    return result;
}

/* is_stale(): True if a captured Value has been replaced. */
static PyObject *Bound_is_stale(PyObject *self, PyObject *nothing)
{
    int stale = is_stale((Bound *)self);
    return stale < 0 ? NULL : PyBool_FromLong(stale);
}

static int Bound_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((Bound *)self)->machine);
    Py_VISIT(((Bound *)self)->captured);
    Py_VISIT(((Bound *)self)->recount);
    return 0;
}

static void Bound_dealloc(PyObject *self)
{
    Bound *bound = (Bound *)self;
    PyObject_GC_UnTrack(self);
    Py_XDECREF(bound->machine);
    Py_XDECREF(bound->captured);
    Py_XDECREF(bound->recount);
    PyBuffer_Release(&bound->references);
    kernel_free_links(&bound->sources);
    kernel_free_links(&bound->changes);
    PyObject_GC_Del(self);
}

static PyMethodDef Bound_methods[] = {
    {"forward", (PyCFunction)(void (*)(void))Bound_forward, METH_FASTCALL,
     PyDoc_STR("The state after a run, or None if a guard ends it.")},
    {"apply", (PyCFunction)(void (*)(void))Bound_apply, METH_FASTCALL,
     PyDoc_STR("Change the Values as a run does.")},
    {"repeat", Bound_repeat, METH_VARARGS, PyDoc_STR("Runs one after the other.")},
    {"is_stale", Bound_is_stale, METH_NOARGS,
     PyDoc_STR("True if a captured Value has been replaced.")},
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

/* bind(captured, numbers, arguments, kept, sources, changes, references, recount) */
PyObject *Machine_bind(PyObject *self, PyObject *arguments)
{
    Machine *machine = (Machine *)self;
    PyObject *captured, *recount;
    Py_ssize_t numbers, values, kept;
    Py_buffer sources, changes, references;
    if (!PyArg_ParseTuple(arguments, "O!nnny*y*y*O", &PyTuple_Type, &captured, &numbers, &values,
                          &kept, &sources, &changes, &references, &recount))
        return NULL;
    Bound *bound = NULL;
    if (PyType_Ready(&kernel_Bound) == 0)
        bound = PyObject_GC_New(Bound, &kernel_Bound);
    if (bound == NULL) {
        PyBuffer_Release(&references);
        goto done;
    }
    bound->machine = (Machine *)Py_NewRef(self);
    bound->captured = Py_NewRef(captured);
    bound->references = references;
    bound->recount = Py_NewRef(recount);
    bound->numbers = numbers;
    bound->arguments = values;
    bound->kept = kept;
    bound->sources = bound->changes = (Links){0};
    PyObject_GC_Track(bound);
    Py_ssize_t count = PyTuple_GET_SIZE(captured);
    if (numbers < 0 || numbers > machine->inputs || values < 0 || kept < 0
        || kept > machine->value_count
        || (references.len > 0 && references.len != (count + 1) * (Py_ssize_t)sizeof(int64_t)))
        PyErr_SetString(PyExc_ValueError, "the program has no such inputs, outputs or Values");
    else if (!kernel_are_nodes(PySequence_Fast_ITEMS(captured), count))
        PyErr_SetString(PyExc_TypeError, "a program is bound to Values");
    else
        kernel_link(bound, &bound->sources, &sources, machine->places + numbers,
                    machine->inputs - numbers, 1);
    if (!PyErr_Occurred())
        kernel_link(bound, &bound->changes, &changes, machine->values + kept,
                    machine->value_count - kept, 0);
    if (PyErr_Occurred())
        Py_CLEAR(bound);
    else
        find_most(bound);
done:
    PyBuffer_Release(&sources);
    PyBuffer_Release(&changes);
    return (PyObject *)bound;
}
