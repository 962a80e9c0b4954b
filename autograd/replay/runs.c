/* Runs of a program: what a `Machine` of machine.c does. */
#include "kernel.h"
#include <string.h>

static size_t size_of(const Machine *machine)
{
    return (size_t)machine->constants + (size_t)machine->inputs + (size_t)machine->rows;
}

/* Set inputs from a sequence of numbers or Values; returns 0, or -1 and an error. */
static int set_inputs(double *inputs, PyObject *numbers, Py_ssize_t least, Py_ssize_t most)
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
            inputs[i] = PyFloat_AS_DOUBLE(item);
        } else if (PyObject_TypeCheck(item, CPyType_node___Node)) {
            inputs[i] = ((autograd___engine___node___NodeObject *)item)->__data;
        } else {
            Py_INCREF(item);
            inputs[i] = PyFloat_AsDouble(item);
            Py_DECREF(item);
            failed = inputs[i] == -1.0 && PyErr_Occurred() ? -1 : 0;
        }
    }
    Py_DECREF(fast);
    return failed;
}

PyObject *Machine_forward(PyObject *self, PyObject *numbers)
{
    const Machine *machine = (Machine *)self;
    State *state = PyObject_New(State, &kernel_State);
    if (state == NULL)
        return NULL;
    state->is_busy = 0;
    state->memory = PyMem_Calloc(size_of(machine), sizeof(double));
    int outcome = -1;
    if (state->memory == NULL) {
        PyErr_NoMemory();
    } else {
        memcpy(state->memory, machine->numbers, (size_t)machine->constants * sizeof(double));
        double *v = state->memory + machine->constants;
        if (set_inputs(v, numbers, 0, machine->inputs) == 0)
            outcome = kernel_carry_out(machine, v, v + machine->inputs, machine->code, machine->backward);
    }
    if (outcome == 1)
        return (PyObject *)state;
    Py_DECREF(state);
    if (outcome == 0)
        Py_RETURN_NONE;
    return NULL;
}

static State *as_state(PyObject *thing)
{
    if (Py_TYPE(thing) == &kernel_State)
        return (State *)thing;
    PyErr_SetString(PyExc_TypeError, "this takes what forward() has given");
    return NULL;
}

PyObject *Machine_inputs(PyObject *self, PyObject *given)
{
    const Machine *machine = (Machine *)self;
    State *state = as_state(given);
    PyObject *list = state == NULL ? NULL : PyList_New(machine->inputs);
    for (Py_ssize_t i = 0; list != NULL && i < machine->inputs; i++) {
        PyObject *number = PyFloat_FromDouble(state->memory[machine->constants + i]);
        if (number == NULL)
            Py_CLEAR(list);
        else
            PyList_SET_ITEM(list, i, number);
    }
    return list;
}

PyObject *Machine_values(PyObject *self, PyObject *given)
{
    const Machine *machine = (Machine *)self;
    State *state = as_state(given);
    if (state == NULL)
        return NULL;
    return kernel_list_of(state->memory + machine->constants, machine->values, machine->value_count);
}

/* The numbers in which to carry out the rows of gradients: those of the state, or a copy.
 *
 * A Python function of a row may let another thread, or itself, use the same state.
 */
static double *begin(const Machine *machine, State *state)
{
    if (!state->is_busy++)
        return state->memory;
    double *copy = PyMem_Malloc(size_of(machine) * sizeof(double));
    if (copy == NULL) {
        state->is_busy--;
        return (double *)PyErr_NoMemory();
    }
    return memcpy(copy, state->memory, size_of(machine) * sizeof(double));
}

static void finish(State *state, double *memory)
{
    state->is_busy--;
    if (memory != state->memory)
        PyMem_Free(memory);
}

static int carry_back(const Machine *machine, double *v)
{
    return kernel_carry_out(machine, v, v + machine->inputs + machine->forward, machine->backward,
                            machine->end);
}

PyObject *Machine_backward(PyObject *self, PyObject *const *arguments, Py_ssize_t count)
{
    const Machine *machine = (Machine *)self;
    State *state = count == 2 ? as_state(arguments[0]) : as_state(self);
    double *memory = state == NULL ? NULL : begin(machine, state);
    if (memory == NULL)
        return NULL;
    double *v = memory + machine->constants;
    Py_ssize_t given = machine->sum_count + 1;
    PyObject *result = NULL;
    if (set_inputs(v + machine->inputs - given, arguments[1], given, given) == 0
        && carry_back(machine, v) == 1)
        result = kernel_list_of(v, machine->sums, machine->sum_count);
    finish(state, memory);
    return result;
}

#define GRAD(value) (((autograd___engine___node___NodeObject *)(value))->__grad)

PyObject *Machine_add_shares(PyObject *self, PyObject *const *arguments, Py_ssize_t count)
{
    const Machine *machine = (Machine *)self;
    State *state = count == 3 ? as_state(arguments[0]) : as_state(self);
    if (state == NULL)
        return NULL;
    PyObject *values = PySequence_Tuple(arguments[2]);
    if (values == NULL)
        return NULL;
    double seed = PyFloat_AsDouble(arguments[1]);
    if (PyTuple_GET_SIZE(values) != machine->sum_count)
        PyErr_Format(PyExc_ValueError, "the program has %zd sums", machine->sum_count);
    for (Py_ssize_t i = 0; !PyErr_Occurred() && i < machine->sum_count; i++)
        if (!PyObject_TypeCheck(PyTuple_GET_ITEM(values, i), CPyType_node___Node))
            PyErr_SetString(PyExc_TypeError, "shares are added to Values");
    double *memory = PyErr_Occurred() ? NULL : begin(machine, state);
    if (memory == NULL) {
        Py_DECREF(values);
        return NULL;
    }
    double *v = memory + machine->constants, *sums = v + machine->inputs - machine->sum_count;
    sums[-1] = seed;
    for (Py_ssize_t i = 0; i < machine->sum_count; i++)
        sums[i] = GRAD(PyTuple_GET_ITEM(values, i));
    int outcome = carry_back(machine, v);
    for (Py_ssize_t i = 0; outcome == 1 && i < machine->sum_count; i++)
        GRAD(PyTuple_GET_ITEM(values, i)) = v[machine->sums[i]];
    finish(state, memory);
    Py_DECREF(values);
    if (outcome != 1)
        return NULL;
    Py_RETURN_NONE;
}

/* Let signals be handled, and other threads run; returns -1 and an error if a handler raises one. */
static int pause_between_steps(void)
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

/* repeat(numbers, times, sources, targets, keep): run after run, where of each the values at the
 * indices `sources` are the inputs at the indices `targets` of the next. Returns the first `keep`
 * values of each, all values of the last, and the error that a signal has raised, or None.
 */
PyObject *Machine_repeat(PyObject *self, PyObject *arguments)
{
    const Machine *machine = (Machine *)self;
    Py_ssize_t times, keep, rows = 0;
    PyObject *numbers, *sources, *targets, *steps = NULL, *result = NULL, *interruption = NULL;
    if (!PyArg_ParseTuple(arguments, "OnO!O!n", &numbers, &times, &PyTuple_Type, &sources,
                          &PyTuple_Type, &targets, &keep))
        return NULL;
    Py_ssize_t count = machine->value_count, fed = PyTuple_GET_SIZE(sources);
    int32_t *places = PyMem_Malloc((size_t)(2 * fed + count + 1) * sizeof(int32_t));
    double *memory = PyMem_Calloc(size_of(machine), sizeof(double));
    double *last = PyMem_Calloc((size_t)count + 1, sizeof(double));
    if (places == NULL || memory == NULL || last == NULL) {
        PyErr_NoMemory();
        goto done;
    }
    for (Py_ssize_t i = 0; i < fed && i < PyTuple_GET_SIZE(targets); i++) {
        places[2 * i] = (int32_t)PyLong_AsLong(PyTuple_GET_ITEM(sources, i));
        places[2 * i + 1] = (int32_t)PyLong_AsLong(PyTuple_GET_ITEM(targets, i));
        if (places[2 * i] < 0 || places[2 * i] >= count || places[2 * i + 1] < 0
            || places[2 * i + 1] >= machine->inputs)
            PyErr_SetString(PyExc_IndexError, "there is no such value or input");
    }
    for (Py_ssize_t i = 0; i < count; i++)
        places[2 * fed + i] = (int32_t)i;
    memcpy(memory, machine->numbers, (size_t)machine->constants * sizeof(double));
    double *v = memory + machine->constants;
    steps = PyList_New(0);
    if (PyErr_Occurred() || steps == NULL || set_inputs(v, numbers, 0, machine->inputs) < 0)
        goto done;
    while (PyList_GET_SIZE(steps) < times) {
        rows += machine->forward + 1;
        if (rows > 100000 && PyList_GET_SIZE(steps) > 0) {
            rows = 0;
            if (pause_between_steps() < 0) {
                interruption = taken_error();
                break;
            }
        }
        int outcome = kernel_carry_out(machine, v, v + machine->inputs, machine->code,
                                       machine->backward);
        if (outcome < 0 && PyList_GET_SIZE(steps) == 0)
            goto done;
        if (outcome < 0 && !PyErr_ExceptionMatches(PyExc_Exception))
            interruption = taken_error();
        if (outcome < 1) {
            PyErr_Clear();
            break;
        }
        for (Py_ssize_t i = 0; i < count; i++)
            last[i] = v[machine->values[i]];
        PyObject *kept = kernel_list_of(last, places + 2 * fed, keep < count ? keep : count);
        if (kept == NULL || PyList_Append(steps, kept) < 0) {
            Py_XDECREF(kept);
            goto done;
        }
        Py_DECREF(kept);
        for (Py_ssize_t i = 0; i < fed; i++)
            v[places[2 * i + 1]] = last[places[2 * i]];
    }
    count = PyList_GET_SIZE(steps) > 0 ? count : 0;
    PyObject *values = kernel_list_of(last, places + 2 * fed, count);
    if (values != NULL)
        result = Py_BuildValue("(ONO)", steps, values, interruption ? interruption : Py_None);
done:
    Py_XDECREF(steps);
    Py_XDECREF(interruption);
    PyMem_Free(places);
    PyMem_Free(memory);
    PyMem_Free(last);
    return result;
}
