/* The Python objects of kernel.c: machines, which are programs prepared to be run, and the states of
 * their runs; and how a machine is made of a `Program`.
 */
#include "kernel.h"
#include <string.h>

/* ── A run ─────────────────────────────────────────────────────────────────── */

typedef struct {
    PyObject_HEAD
    double *memory;           /* the constants, the inputs, the rows */
    int is_busy;
} State;

static PyTypeObject MachineType, StateType;

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

static void State_dealloc(PyObject *self)
{
    PyMem_Free(((State *)self)->memory);
    PyObject_Free(self);
}

static PyTypeObject StateType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "autograd.replay.kernel.State",
    .tp_basicsize = sizeof(State),
    .tp_dealloc = State_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_doc = PyDoc_STR("The numbers of a run."),
};

static PyObject *Machine_forward(PyObject *self, PyObject *numbers)
{
    const Machine *machine = (Machine *)self;
    State *state = PyObject_New(State, &StateType);
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
    if (Py_TYPE(thing) == &StateType)
        return (State *)thing;
    PyErr_SetString(PyExc_TypeError, "this takes what forward() has given");
    return NULL;
}

static PyObject *Machine_inputs(PyObject *self, PyObject *given)
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

static PyObject *Machine_values(PyObject *self, PyObject *given)
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

static PyObject *Machine_backward(PyObject *self, PyObject *const *arguments, Py_ssize_t count)
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

static PyObject *Machine_add_shares(PyObject *self, PyObject *const *arguments, Py_ssize_t count)
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

/* ── A machine ─────────────────────────────────────────────────────────────── */

static int Machine_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((Machine *)self)->functions);
    return 0;
}

static int Machine_clear(PyObject *self)
{
    Py_CLEAR(((Machine *)self)->functions);
    return 0;
}

static void Machine_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Machine_clear(self);
    PyMem_Free(((Machine *)self)->code);
    PyMem_Free(((Machine *)self)->numbers);
    PyMem_Free(((Machine *)self)->values);
    PyMem_Free(((Machine *)self)->sums);
    PyObject_GC_Del(self);
}

static PyMethodDef Machine_methods[] = {
    {"forward", Machine_forward, METH_O,
     PyDoc_STR("The state after a run of the rows of the values, or None if a guard ends it.")},
    {"inputs", Machine_inputs, METH_O, PyDoc_STR("The inputs of a state, as a list.")},
    {"values", Machine_values, METH_O, PyDoc_STR("The values of a state, as a list.")},
    {"backward", (PyCFunction)(void (*)(void))Machine_backward, METH_FASTCALL,
     PyDoc_STR("The sums of a state, for these numbers in place of the last inputs.")},
    {"add_shares", (PyCFunction)(void (*)(void))Machine_add_shares, METH_FASTCALL,
     PyDoc_STR("Add the shares of a gradient to the gradients of Values, in place.")},
    {NULL, NULL, 0, NULL},
};

static PyTypeObject MachineType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "autograd.replay.kernel.Machine",
    .tp_basicsize = sizeof(Machine),
    .tp_dealloc = Machine_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_doc = PyDoc_STR("A program, prepared to be run."),
    .tp_traverse = Machine_traverse,
    .tp_clear = Machine_clear,
    .tp_methods = Machine_methods,
};

/* A copy of the cells in a list, or NULL and an error. */
static int32_t *copied_cells(PyObject *list)
{
    Py_ssize_t count = PyList_GET_SIZE(list);
    int32_t *cells = PyMem_Malloc((size_t)(count + 1) * sizeof(int32_t));
    if (cells == NULL)
        return (int32_t *)PyErr_NoMemory();
    for (Py_ssize_t i = 0; i < count; i++)
        cells[i] = (int32_t)PyLong_AsLong(PyList_GET_ITEM(list, i));
    return cells;
}

/* Write the code of all rows, from arrays of Program; returns its end, or NULL and an error. */
static int32_t *encode(Machine *machine, int32_t *code, const int64_t *kinds,
                       const int64_t *starts, const int64_t *cells, PyObject *calls)
{
    for (int32_t row = 0; row < machine->rows; row++) {
        int64_t kind = kinds[row], at = starts[row], count = starts[row + 1] - at;
        if (row == machine->forward)
            machine->backward = code;
        if (kind == -1) {
            *code++ = count == 3 ? PRODUCT : TOTAL;
            if (count != 3)
                *code++ = (int32_t)(count / 2);
        } else if (kind == -2) {
            *code++ = PART;
            continue;
        } else if (kind == -3) {
            *code++ = GUARD;
        } else {
            int call, function;
            if (!PyArg_ParseTuple(PyList_GET_ITEM(calls, kind), "ii", &call, &function))
                return NULL;
            *code++ = call;
            *code++ = function;
            if (call >= PYTHON)
                *code++ = (int32_t)count;
        }
        while (count-- > 0)
            *code++ = (int32_t)cells[at++];
    }
    if (machine->forward == machine->rows)
        machine->backward = code;
    return code;
}

/* machine(inputs, forward, constants, kinds, starts, cells, calls, functions, values, sums) */
static PyObject *make_machine(PyObject *module, PyObject *arguments)
{
    int inputs, forward;
    Py_buffer kinds, starts, cells;
    PyObject *constants, *calls, *python, *values, *sums;
    if (!PyArg_ParseTuple(arguments, "iiO!y*y*y*O!O!O!O!", &inputs, &forward, &PyList_Type,
                          &constants, &kinds, &starts, &cells, &PyList_Type, &calls,
                          &PyTuple_Type, &python, &PyList_Type, &values, &PyList_Type, &sums))
        return NULL;
    Machine *machine = NULL;
    if (PyType_Ready(&MachineType) == 0 && PyType_Ready(&StateType) == 0)
        machine = PyObject_GC_New(Machine, &MachineType);
    if (machine == NULL)
        goto done;
    machine->functions = Py_NewRef(python);
    machine->inputs = inputs;
    machine->rows = (int32_t)(kinds.len / (Py_ssize_t)sizeof(int64_t));
    machine->forward = forward;
    machine->constants = (int32_t)PyList_GET_SIZE(constants);
    machine->value_count = PyList_GET_SIZE(values);
    machine->sum_count = PyList_GET_SIZE(sums);
    size_t length = (size_t)(cells.len / (Py_ssize_t)sizeof(int64_t)) + 3 * (size_t)machine->rows;
    machine->code = PyMem_Malloc((length + 1) * sizeof(int32_t));
    machine->values = copied_cells(values);
    machine->sums = copied_cells(sums);
    machine->numbers = PyMem_Malloc((size_t)machine->constants * sizeof(double));
    if (machine->code == NULL || machine->numbers == NULL) {
        PyErr_NoMemory();
    } else if (!PyErr_Occurred()) {
        for (Py_ssize_t i = 0; i < machine->constants; i++)
            machine->numbers[machine->constants - 1 - i] =
                PyFloat_AsDouble(PyList_GET_ITEM(constants, i));
        machine->end = encode(machine, machine->code, kinds.buf, starts.buf, cells.buf, calls);
    }
    PyObject_GC_Track(machine);
    if (PyErr_Occurred())
        Py_CLEAR(machine);
done:
    PyBuffer_Release(&kinds);
    PyBuffer_Release(&starts);
    PyBuffer_Release(&cells);
    return (PyObject *)machine;
}

PyMethodDef kernel_methods[] = {
    {"machine", make_machine, METH_VARARGS, PyDoc_STR("A program, prepared to be run.")},
    {"functions", kernel_functions, METH_NOARGS,
     PyDoc_STR("The name and the number of operands of each native function.")},
    {NULL, NULL, 0, NULL},
};
