/* Programs that are bound to Values: their last inputs are read from these, and their last values
 * are written to them. A Value is read and written as the C struct that it is.
 */
#include "kernel.h"

typedef autograd___engine___node___NodeObject Node;

/* What of a Value: `Part` in bound.py; and nothing, where it is only to be seen. */
enum { DATA, GRAD, HAS_GRAD, UNREACHED, NOTHING };

/* A part of a Value that an input is read from, or a number is written to. There are thousands of
 * them, and it is memory that their time goes to.
 */
typedef struct {
    Node *node;               /* NULL for a Value among the arguments */
    int32_t cell;             /* the number, among those of a run */
    uint32_t part : 3;
    uint32_t index : 29;      /* of the Value: arguments come before those captured */
} Link;

typedef struct {
    PyObject_HEAD
    Machine *machine;
    PyObject *captured;       /* a tuple of Values */
    Py_buffer references;     /* the least count of references to each, or nothing */
    Py_ssize_t numbers;       /* the floats of a call, */
    Py_ssize_t arguments;     /* and the Values of one */
    Py_ssize_t kept;          /* the values that are not written */
    Py_ssize_t source_count, change_count;
    Link *sources, *changes;  /* by the addresses of Values */
} Bound;

static inline Node *node_of(const Link *link, PyObject *values)
{
    return link->node != NULL ? link->node : (Node *)PyList_GET_ITEM(values, link->index);
}

/* True if only programs hold a Value that this one captures: it has been replaced. */
static inline int is_replaced(const Bound *bound, const Link *link)
{
    const int64_t *known = bound->references.buf;
    return link->node != NULL && Py_REFCNT(link->node) <= known[link->index - bound->arguments];
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

/* Set all inputs of a run and carry it out; returns 1, or 0 if a guard ends it or a Value has been
 * replaced, or -1 and an error.
 */
static int run(const Bound *bound, State *state, PyObject *numbers, PyObject *values)
{
    double *v = state->cells;
    int is_stale = 0, has_references = bound->references.len > 0;
    if (!are_arguments(bound, values)
        || kernel_set_inputs(bound->machine, v, numbers, bound->numbers, bound->numbers) < 0)
        return -1;
    const Link *link = bound->sources, *end = link + bound->source_count;
    for (; link < end; link++) {
        const Node *node = node_of(link, values);
        if (has_references)
            is_stale |= is_replaced(bound, link);
        if (link->part == DATA)
            v[link->cell] = node->__data;
        else if (link->part == GRAD)
            v[link->cell] = node->__grad;
        else if (link->part == HAS_GRAD)
            v[link->cell] = node->__awaited == 0 || node->__grad != 0.0;
    }
    return is_stale ? 0 : kernel_run(state);
}

/* Change the Values, all of them: no other code runs meanwhile. Returns 1, or 0 and an error. */
static int change(const Bound *bound, State *state, PyObject *values)
{
    const double *v = state->cells;
    if (!are_arguments(bound, values))
        return 0;
    const Link *link = bound->changes, *end = link + bound->change_count;
    for (; link < end; link++) {
        Node *node = node_of(link, values);
        if (link->part == DATA) {
            node->__data = v[link->cell];
        } else if (link->part == HAS_GRAD) {
            node->__awaited = v[link->cell] != 0.0 ? 0 : -1;
        } else {
            node->__grad = v[link->cell];
            node->__awaited = link->part == UNREACHED ? -1 : 0;
        }
    }
    return 1;
}

/* forward(numbers, values): the state after a run; None if a guard ends it or a Value is stale. */
static PyObject *Bound_forward(PyObject *self, PyObject *const *arguments, Py_ssize_t count)
{
    const Bound *bound = (Bound *)self;
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

/* What the next run finds in its inputs after this one; returns the count, or -1 if it has to be read
 * from the Values, once these are changed.
 */
static Py_ssize_t find_moves(const Bound *bound, Move *moves)
{
    const Link *change = bound->changes, *end = change + bound->change_count;
    Py_ssize_t count = 0;
    /* A Python function may look at the Values. */
    if (PyTuple_GET_SIZE(bound->machine->functions) > 0 || (change < end && change->node == NULL))
        return -1;
    for (Py_ssize_t i = 0; i < bound->source_count; i++) {
        const Link *source = &bound->sources[i];
        while (change < end && change->node < source->node)
            change++;
        for (const Link *link = change; link < end && link->node == source->node; link++) {
            int is_data = link->part == DATA;
            if (source->part == NOTHING || is_data != (source->part == DATA))
                continue;
            if (source->part == HAS_GRAD || (link->cell >= 0 && link->cell < bound->machine->inputs))
                return -1;
            if (link->part != HAS_GRAD)
                moves[count++] = (Move){link->cell, source->cell};
        }
    }
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
    const Bound *bound = (Bound *)self;
    Py_ssize_t times, runs = 0;
    PyObject *numbers, *values, *kept = NULL, *interruption = NULL, *result = NULL;
    if (!PyArg_ParseTuple(arguments, "OO!n", &numbers, &PyList_Type, &values, &times))
        return NULL;
    State *state = kernel_new_state(bound->machine);
    Move *moves = PyMem_New(Move, (size_t)bound->source_count + 1);
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
            run(bound, state, numbers, values);
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
    const Bound *bound = (Bound *)self;
    int is_stale = 0;
    for (Py_ssize_t i = 0; bound->references.len > 0 && i < bound->source_count; i++)
        is_stale |= is_replaced(bound, &bound->sources[i]);
    return PyBool_FromLong(is_stale);
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
    PyBuffer_Release(&bound->references);
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

/* Order links by the addresses of their Values, which are scattered in memory, and leave those of
 * one Value as they are: digit by digit, the last one first. Returns the one of the two arrays that
 * they are in then.
 */
static Link *by_address(Link *links, Link *spare, Py_ssize_t count)
{
    enum { BITS = 11, DIGITS = 1 << BITS };
    uintptr_t least = UINTPTR_MAX, most = 0;
    for (Py_ssize_t i = 0; i < count; i++) {
        uintptr_t address = (uintptr_t)links[i].node;
        least = address < least ? address : least;
        most = address > most ? address : most;
    }
    for (int shift = 4; count > 0 && (most - least) >> shift; shift += BITS) {
        Py_ssize_t places[DIGITS + 1] = {0};
        for (Py_ssize_t i = 0; i < count; i++)
            places[(((uintptr_t)links[i].node - least) >> shift) % DIGITS + 1]++;
        for (int digit = 0; digit < DIGITS; digit++)
            places[digit + 1] += places[digit];
        for (Py_ssize_t i = 0; i < count; i++)
            spare[places[(((uintptr_t)links[i].node - least) >> shift) % DIGITS]++] = links[i];
        Link *ordered = spare;
        spare = links;
        links = ordered;
    }
    return links;
}

static Link link_to(const Bound *bound, int64_t value, int64_t part, int32_t cell)
{
    PyObject *node = value < bound->arguments
                         ? NULL
                         : PyTuple_GET_ITEM(bound->captured, value - bound->arguments);
    return (Link){(Node *)node, cell, (uint32_t)part, (uint32_t)value};
}

/* The links of pairs of a part and the index of a Value, to these cells; and their count. If all
 * Values are to be seen, the captured ones that are in no pair follow.
 * NULL and an error if one of them is to what is not there.
 */
static Link *linked(const Bound *bound, const Py_buffer *pairs, const int32_t *cells,
                    Py_ssize_t cell_count, int are_all_seen, Py_ssize_t *count)
{
    const int64_t *pair = pairs->buf;
    Py_ssize_t given = pairs->len / 2 / (Py_ssize_t)sizeof *pair;
    Py_ssize_t values = bound->arguments + PyTuple_GET_SIZE(bound->captured);
    size_t room = (size_t)(given + values + 1);
    Link *links = PyMem_New(Link, room), *spare = PyMem_New(Link, room), *ordered = NULL;
    char *seen = PyMem_Calloc(room, 1);
    int is_there = given <= cell_count && values < 1 << 29;
    if (links == NULL || spare == NULL || seen == NULL) {
        PyErr_NoMemory();
        goto done;
    }
    for (*count = 0; is_there && *count < given; ++*count, pair += 2) {
        is_there = pair[0] >= DATA && pair[0] <= UNREACHED && pair[1] >= 0 && pair[1] < values;
        if (is_there) {
            links[*count] = link_to(bound, pair[1], pair[0], cells[*count]);
            seen[pair[1]] = 1;
        }
    }
    if (!is_there) {
        PyErr_SetString(PyExc_ValueError, "the program has no such inputs, outputs or Values");
        goto done;
    }
    for (Py_ssize_t value = bound->arguments; are_all_seen && value < values; value++)
        if (!seen[value])
            links[(*count)++] = link_to(bound, value, NOTHING, 0);
    ordered = by_address(links, spare, *count);
done:
    if (ordered != links)
        PyMem_Free(links);
    if (ordered != spare)
        PyMem_Free(spare);
    PyMem_Free(seen);
    return ordered;
}

/* bind(captured, numbers, arguments, kept, sources, changes, references) */
PyObject *Machine_bind(PyObject *self, PyObject *arguments)
{
    Machine *machine = (Machine *)self;
    PyObject *captured;
    Py_ssize_t numbers, values, kept;
    Py_buffer sources, changes, references;
    if (!PyArg_ParseTuple(arguments, "O!nnny*y*y*", &PyTuple_Type, &captured, &numbers, &values,
                          &kept, &sources, &changes, &references))
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
    bound->numbers = numbers;
    bound->arguments = values;
    bound->kept = kept;
    bound->sources = bound->changes = NULL;
    PyObject_GC_Track(bound);
    Py_ssize_t count = PyTuple_GET_SIZE(captured);
    if (numbers < 0 || numbers > machine->inputs || values < 0 || kept < 0
        || kept > machine->value_count
        || (references.len > 0 && references.len != count * (Py_ssize_t)sizeof(int64_t)))
        PyErr_SetString(PyExc_ValueError, "the program has no such inputs, outputs or Values");
    else if (!are_nodes(PySequence_Fast_ITEMS(captured), count))
        PyErr_SetString(PyExc_TypeError, "a program is bound to Values");
    else
        bound->sources = linked(bound, &sources, machine->places + numbers,
                                machine->inputs - numbers, 1, &bound->source_count);
    if (!PyErr_Occurred())
        bound->changes = linked(bound, &changes, machine->values + kept,
                                machine->value_count - kept, 0, &bound->change_count);
    if (PyErr_Occurred())
        Py_CLEAR(bound);
done:
    PyBuffer_Release(&sources);
    PyBuffer_Release(&changes);
    return (PyObject *)bound;
}
