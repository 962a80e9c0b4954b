/* Runs of a program: what a `Machine` of machine.c does. */
#include "kernel.h"
#include <string.h>

/* The numbers of a run, and one more: `kernel_nowhere`. */
static size_t size_of(const Machine *machine)
{
    return (size_t)machine->constants + (size_t)machine->inputs + (size_t)machine->rows + 1;
}

enum { LINE = 64 };  /* of a cache: cells begin with one */

/* The memory of a run that is over, for the next one, of whatever program: it is in the caches. */
static struct {
    double *memory;
    size_t size;
} spare;

State *kernel_new_state(Machine *machine)
{
    State *state = PyObject_New(State, &kernel_State);
    if (state == NULL)
        return NULL;
    state->machine = (Machine *)Py_NewRef(machine);
    state->is_busy = 0;
    state->memory = spare.memory;
    state->size = spare.size;
    spare.memory = NULL;
    size_t size = size_of(machine) + LINE / sizeof(double);
    if (state->memory == NULL || state->size < size) {
        PyMem_Free(state->memory);
        state->size = size;
        state->memory = PyMem_Calloc(state->size, sizeof(double));
        if (state->memory == NULL) {
            Py_DECREF(state);
            return (State *)PyErr_NoMemory();
        }
    }
    double *cells = state->memory + machine->constants;
    state->cells = cells + (LINE - (uintptr_t)cells % LINE) % LINE / sizeof(double);
    memcpy(state->cells - machine->constants, machine->numbers,
           (size_t)machine->constants * sizeof(double));
    return state;
}

void kernel_free_spare(void)
{
    PyMem_Free(spare.memory);
    spare.memory = NULL;
}

static void State_dealloc(PyObject *self)
{
    State *state = (State *)self;
    if (spare.memory == NULL || spare.size < state->size) {
        PyMem_Free(spare.memory);
        spare.memory = state->memory;
        spare.size = state->size;
    } else {
        PyMem_Free(state->memory);
    }
    Py_DECREF(state->machine);
    PyObject_Free(self);
}

PyTypeObject kernel_State = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "autograd.replay.kernel.State",
    .tp_basicsize = sizeof(State),
    .tp_dealloc = State_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_doc = PyDoc_STR("The numbers of a run."),
};

State *kernel_as_state(PyObject *thing, const Machine *machine)
{
    if (Py_TYPE(thing) == &kernel_State && ((State *)thing)->machine == machine)
        return (State *)thing;
    PyErr_SetString(PyExc_TypeError, "this takes what forward() of the same machine has given");
    return NULL;
}

int kernel_set_inputs(const Machine *machine, double *v, PyObject *numbers, Py_ssize_t least,
                      Py_ssize_t most)
{
    PyObject *fast = PySequence_Fast(numbers, "the inputs are a sequence");
    if (fast == NULL)
        return -1;
    Py_ssize_t count = PySequence_Fast_GET_SIZE(fast);
    int failed = 0;
    if (count < least || count > most) {
        PyErr_Format(PyExc_ValueError, "the program takes %zd numbers, got %zd", most, count);
        failed = -1;
    }
    /* A __float__ method may change the list. */
    for (Py_ssize_t i = 0; i < count && i < PySequence_Fast_GET_SIZE(fast) && failed == 0; i++) {
        PyObject *item = PySequence_Fast_GET_ITEM(fast, i);
        if (PyFloat_CheckExact(item)) {
            v[machine->places[i]] = PyFloat_AS_DOUBLE(item);
        } else {
            Py_INCREF(item);
            double number = PyFloat_AsDouble(item);
            Py_DECREF(item);
            failed = number == -1.0 && PyErr_Occurred() ? -1 : 0;
            v[machine->places[i]] = number;
        }
    }
    Py_DECREF(fast);
    return failed;
}

int kernel_run(State *state)
{
    const Machine *machine = state->machine;
    double *v = state->cells;
    return kernel_carry_out(machine, v, v + machine->inputs, machine->code);
}

PyObject *kernel_outcome(State *state, int outcome)
{
    if (outcome == 1)
        return (PyObject *)state;
    Py_DECREF(state);
    if (outcome == 0)
        Py_RETURN_NONE;
    return NULL;
}

PyObject *Machine_forward(PyObject *self, PyObject *numbers)
{
    Machine *machine = (Machine *)self;
    State *state = kernel_new_state(machine);
    if (state == NULL)
        return NULL;
    int outcome = -1;
    if (kernel_set_inputs(machine, state->cells, numbers, 0, machine->inputs) == 0)
        outcome = kernel_run(state);
    return kernel_outcome(state, outcome);
}

PyObject *Machine_inputs(PyObject *self, PyObject *given)
{
    const Machine *machine = (Machine *)self;
    State *state = kernel_as_state(given, machine);
    PyObject *list = state == NULL ? NULL : PyList_New(machine->inputs);
    for (Py_ssize_t i = 0; list != NULL && i < machine->inputs; i++) {
        PyObject *number = PyFloat_FromDouble(state->cells[machine->places[i]]);
        if (number == NULL)
            Py_CLEAR(list);
        else
            PyList_SET_ITEM(list, i, number);
    }
    return list;
}

PyObject *Machine_values(PyObject *self, PyObject *const *arguments, Py_ssize_t count)
{
    const Machine *machine = (Machine *)self;
    State *state = kernel_as_state(count == 2 ? arguments[0] : self, machine);
    Py_ssize_t wanted = state == NULL ? -1 : PyLong_AsSsize_t(arguments[1]);
    if (PyErr_Occurred())
        return NULL;
    if (wanted < 0 || wanted > machine->value_count)
        return PyErr_Format(PyExc_ValueError, "the program has %zd values", machine->value_count);
    return kernel_list_of(state->cells, machine->values, wanted);
}

/* The numbers in which to carry out the rows of gradients: those of the state, or a copy.
 *
 * A Python function of a row may let another thread, or itself, use the same state.
 */
static double *begin(const Machine *machine, State *state)
{
    if (!state->is_busy++)
        return state->cells;
    double *copy = PyMem_Malloc(size_of(machine) * sizeof(double));
    if (copy == NULL) {
        state->is_busy--;
        return (double *)PyErr_NoMemory();
    }
    memcpy(copy, state->cells - machine->constants, size_of(machine) * sizeof(double));
    return copy + machine->constants;
}

static void finish(State *state, double *v)
{
    state->is_busy--;
    if (v != state->cells)
        PyMem_Free(v - state->machine->constants);
}

#define GRAD(value) (((autograd___engine___node___NodeObject *)(value))->__grad)

PyObject *Machine_add_shares(PyObject *self, PyObject *const *arguments, Py_ssize_t count)
{
    const Machine *machine = (Machine *)self;
    State *state = kernel_as_state(count == 3 ? arguments[0] : self, machine);
    if (state == NULL)
        return NULL;
    PyObject *values = PySequence_Tuple(arguments[2]);
    if (values == NULL)
        return NULL;
    double seed = PyFloat_AsDouble(arguments[1]);
    if (PyTuple_GET_SIZE(values) != machine->sum_count)
        PyErr_Format(PyExc_ValueError, "the program has %zd sums", machine->sum_count);
    else if (!kernel_are_nodes(PySequence_Fast_ITEMS(values), machine->sum_count))
        PyErr_SetString(PyExc_TypeError, "shares are added to Values");
    double *v = PyErr_Occurred() ? NULL : begin(machine, state);
    if (v == NULL) {
        Py_DECREF(values);
        return NULL;
    }
    const int32_t *sums = machine->places + machine->inputs - machine->sum_count;
    v[sums[-1]] = seed;
    for (Py_ssize_t i = 0; i < machine->sum_count; i++)
        v[sums[i]] = GRAD(PyTuple_GET_ITEM(values, i));
    int outcome = kernel_carry_out(machine, v, v + machine->inputs + machine->forward,
                                   machine->backward);
    for (Py_ssize_t i = 0; outcome == 1 && i < machine->sum_count; i++)
        GRAD(PyTuple_GET_ITEM(values, i)) = v[machine->sums[i]];
    finish(state, v);
    Py_DECREF(values);
    if (outcome != 1)
        return NULL;
    Py_RETURN_NONE;
}

