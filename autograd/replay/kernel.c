/* Runs programs natively: their rows one after the other, over one array of doubles.
 *
 * It is part of the library that mypyc makes of autograd/engine, so that elementwise rows can call
 * the functions of floats there directly: `setup.py` writes a list of these, kernel_functions.h.
 * `program.py` says what the rows are, and `native.py` hands them over.
 *
 * No product is fused with an addition (setup.py tells the compiler), and nothing is added in
 * another order: the bits are those of the interpreted program.
 */
#include "kernel_functions.h"
#include <math.h>
#include <stdint.h>
#include <string.h>

/* What comes first in the code of a row; then what the row takes:
 *   PRODUCT  init a b            init + a * b
 *   TOTAL    n init (a b) * n    init + a * b + ...
 *   GUARD    x y                 ends the run if they differ
 *   PART                         nothing: the row before has set it
 *   ONE...   f x...              a native function
 *   PYTHON   f n x...            a Python function of floats
 *   LIST     f n x...            a Python function of a list
 *   PARTS    f n x...            the same, which gives a list
 */
enum { PRODUCT, TOTAL, GUARD, PART, ONE, TWO, THREE, FOUR, PYTHON, LIST, PARTS };

/* ── Native functions ──────────────────────────────────────────────────────── */

static double choose(double flag, double x, double y) { return flag != 0.0 ? x : y; }
static double less(double x, double y) { return x < y; }
static double less_equal(double x, double y) { return x <= y; }
static double greater(double x, double y) { return x > y; }
static double greater_equal(double x, double y) { return x >= y; }
static double equal(double x, double y) { return x == y; }
static double not_equal(double x, double y) { return x != y; }

typedef struct {
    const char *name;
    int arity;
    union {
        double (*one)(double);
        double (*two)(double, double);
        double (*three)(double, double, double);
        double (*four)(double, double, double, double);
    } call;
} Function;

/* Python's own functions among these do no more than call the one of C. */
static const Function functions[] = {
    {"choose", 3, {.three = choose}},
    {"lt", 2, {.two = less}},
    {"le", 2, {.two = less_equal}},
    {"gt", 2, {.two = greater}},
    {"ge", 2, {.two = greater_equal}},
    {"eq", 2, {.two = equal}},
    {"ne", 2, {.two = not_equal}},
    {"abs", 1, {.one = fabs}},
    {"math.tanh", 1, {.one = tanh}},
    {"math.atan", 1, {.one = atan}},
    FUNCTIONS_OF_FLOATS
};

/* What compiled code returns where it has raised an error, or else as a number like any other. */
#define FAILED(number) ((number) == -113.0 && PyErr_Occurred())

/* ── A run ─────────────────────────────────────────────────────────────────── */

typedef struct {
    PyObject_HEAD
    int32_t inputs, rows, constants;
    int32_t forward;          /* the number of rows that the values need */
    const int32_t *code, *backward, *end;
    const double *numbers;    /* the constants, the last one first */
    const int32_t *values, *sums;
    Py_ssize_t value_count, sum_count;
    PyObject *functions;      /* a tuple of Python functions */
    void *memory[4];
} Machine;

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

static PyObject *list_of(const double *v, const int32_t *cells, Py_ssize_t count)
{
    PyObject *list = PyList_New(count);
    for (Py_ssize_t i = 0; list != NULL && i < count; i++) {
        PyObject *number = PyFloat_FromDouble(v[cells[i]]);
        if (number == NULL)
            Py_CLEAR(list);
        else
            PyList_SET_ITEM(list, i, number);
    }
    return list;
}

/* Call a Python function for a row; its results go to `out`. 0, or -1 and an error. */
static int call_python(const Machine *machine, const double *v, const int32_t *p, double *out)
{
    PyObject *function = PyTuple_GET_ITEM(machine->functions, p[1]);
    PyObject *operands = list_of(v, p + 3, p[2]), *result = NULL;
    int failed = -1;
    if (operands == NULL)
        return -1;
    if (*p == PYTHON)
        result = PyObject_Vectorcall(function, PySequence_Fast_ITEMS(operands), (size_t)p[2], NULL);
    else
        result = PyObject_CallOneArg(function, operands);
    Py_DECREF(operands);
    if (result == NULL)
        return -1;
    if (*p != PARTS) {
        *out = PyFloat_AsDouble(result);
        failed = *out == -1.0 && PyErr_Occurred() ? -1 : 0;
    } else if (!PyList_Check(result) || PyList_GET_SIZE(result) != p[2] - 1) {
        PyErr_SetString(PyExc_ValueError, "a reduction has given a wrong number of derivatives");
    } else {
        failed = 0;
        for (Py_ssize_t i = 0; i < p[2] - 1 && failed == 0; i++) {
            out[i] = PyFloat_AsDouble(PyList_GET_ITEM(result, i));
            failed = out[i] == -1.0 && PyErr_Occurred() ? -1 : 0;
        }
    }
    Py_DECREF(result);
    return failed;
}

/* Carry out rows; returns 1, or 0 if a guard ends the run, or -1 and an error. */
static int carry_out(const Machine *machine, double *v, double *out, const int32_t *p,
                     const int32_t *end)
{
    for (; p < end; out++) {
        double total;
        switch (*p) {
        case PRODUCT:
            *out = v[p[1]] + v[p[2]] * v[p[3]];
            p += 4;
            continue;
        case TOTAL: {
            const int32_t *stop = p + 3 + 2 * p[1];
            total = v[p[2]];
            for (p += 3; p < stop; p += 2)
                total += v[p[0]] * v[p[1]];
            *out = total;
            continue;
        }
        case GUARD: {
            double x = v[p[1]], y = v[p[2]];
            if (memcmp(&x, &y, sizeof x) != 0 && (x == x || y == y))
                return 0;
            p += 3;
            continue;
        }
        case PART:
            p += 1;
            continue;
        case ONE:
            total = functions[p[1]].call.one(v[p[2]]);
            p += 3;
            break;
        case TWO:
            total = functions[p[1]].call.two(v[p[2]], v[p[3]]);
            p += 4;
            break;
        case THREE:
            total = functions[p[1]].call.three(v[p[2]], v[p[3]], v[p[4]]);
            p += 5;
            break;
        case FOUR:
            total = functions[p[1]].call.four(v[p[2]], v[p[3]], v[p[4]], v[p[5]]);
            p += 6;
            break;
        default:
            if (call_python(machine, v, p, out) < 0)
                return -1;
            p += 3 + p[2];
            continue;
        }
        if (FAILED(total))
            return -1;
        *out = total;
    }
    return 1;
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
    for (Py_ssize_t i = 0; i < count && failed == 0; i++) {
        PyObject *item = PySequence_Fast_GET_ITEM(fast, i);
        if (PyFloat_CheckExact(item)) {
            inputs[i] = PyFloat_AS_DOUBLE(item);
        } else if (PyObject_TypeCheck(item, CPyType_node___Node)) {
            inputs[i] = ((autograd___engine___node___NodeObject *)item)->__data;
        } else {
            inputs[i] = PyFloat_AsDouble(item);
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
            outcome = carry_out(machine, v, v + machine->inputs, machine->code, machine->backward);
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

static PyObject *Machine_values(PyObject *self, PyObject *given)
{
    const Machine *machine = (Machine *)self;
    State *state = as_state(given);
    if (state == NULL)
        return NULL;
    return list_of(state->memory + machine->constants, machine->values, machine->value_count);
}

static PyObject *Machine_backward(PyObject *self, PyObject *const *arguments, Py_ssize_t count)
{
    const Machine *machine = (Machine *)self;
    State *state = count == 2 ? as_state(arguments[0]) : NULL;
    if (state == NULL) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_TypeError, "backward() takes a state and numbers");
        return NULL;
    }
    /* A Python function of a row may let another thread, or itself, use the same numbers. */
    double *memory = state->memory, *copy = NULL;
    if (state->is_busy) {
        memory = copy = PyMem_Malloc(size_of(machine) * sizeof(double));
        if (copy == NULL)
            return PyErr_NoMemory();
        memcpy(copy, state->memory, size_of(machine) * sizeof(double));
    }
    state->is_busy++;
    double *v = memory + machine->constants;
    Py_ssize_t given = machine->sum_count + 1;
    PyObject *result = NULL;
    if (set_inputs(v + machine->inputs - given, arguments[1], given, given) == 0
        && carry_out(machine, v, v + machine->inputs + machine->forward, machine->backward,
                     machine->end) == 1)
        result = list_of(v, machine->sums, machine->sum_count);
    state->is_busy--;
    PyMem_Free(copy);
    return result;
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
    for (int i = 0; i < 4; i++)
        PyMem_Free(((Machine *)self)->memory[i]);
    PyObject_GC_Del(self);
}

static PyMethodDef Machine_methods[] = {
    {"forward", Machine_forward, METH_O,
     PyDoc_STR("The state after a run of the rows of the values, or None if a guard ends it.")},
    {"values", Machine_values, METH_O, PyDoc_STR("The values of a state, as a list.")},
    {"backward", (PyCFunction)(void (*)(void))Machine_backward, METH_FASTCALL,
     PyDoc_STR("The sums of a state, for these numbers in place of the last inputs.")},
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

/* The whole numbers of a list, in memory that the machine frees; NULL and an error. */
static int32_t *whole_numbers(Machine *machine, int slot, PyObject *list)
{
    Py_ssize_t count = PyList_GET_SIZE(list);
    int32_t *numbers = PyMem_Malloc((size_t)(count + 1) * sizeof(int32_t));
    machine->memory[slot] = numbers;
    if (numbers == NULL) {
        PyErr_NoMemory();
        return NULL;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        long number = PyLong_AsLong(PyList_GET_ITEM(list, i));
        if ((number == -1 && PyErr_Occurred()) || number != (int32_t)number) {
            if (!PyErr_Occurred())
                PyErr_SetString(PyExc_OverflowError, "the program is too large");
            return NULL;
        }
        numbers[i] = (int32_t)number;
    }
    return numbers;
}

/* machine(inputs, rows, forward, constants, code, backward, functions, values, sums) */
static PyObject *make_machine(PyObject *module, PyObject *arguments)
{
    int inputs, rows, forward;
    Py_ssize_t backward;
    PyObject *constants, *code, *python, *values, *sums;
    if (!PyArg_ParseTuple(arguments, "iiiO!O!nO!O!O!", &inputs, &rows, &forward, &PyList_Type,
                          &constants, &PyList_Type, &code, &backward, &PyTuple_Type, &python,
                          &PyList_Type, &values, &PyList_Type, &sums))
        return NULL;
    if (PyType_Ready(&MachineType) < 0 || PyType_Ready(&StateType) < 0)
        return NULL;
    Machine *machine = PyObject_GC_New(Machine, &MachineType);
    if (machine == NULL)
        return NULL;
    memset(machine->memory, 0, sizeof machine->memory);
    machine->functions = Py_NewRef(python);
    machine->inputs = inputs;
    machine->rows = rows;
    machine->forward = forward;
    machine->constants = (int32_t)PyList_GET_SIZE(constants);
    machine->code = whole_numbers(machine, 0, code);
    machine->values = machine->code ? whole_numbers(machine, 1, values) : NULL;
    machine->sums = machine->values ? whole_numbers(machine, 2, sums) : NULL;
    if (machine->sums == NULL) {
        Py_DECREF(machine);
        return NULL;
    }
    machine->backward = machine->code + backward;
    machine->end = machine->code + PyList_GET_SIZE(code);
    machine->value_count = PyList_GET_SIZE(values);
    machine->sum_count = PyList_GET_SIZE(sums);
    double *numbers = PyMem_Malloc((size_t)machine->constants * sizeof(double));
    machine->memory[3] = numbers;
    if (numbers == NULL) {
        Py_DECREF(machine);
        return PyErr_NoMemory();
    }
    for (Py_ssize_t i = 0; i < machine->constants; i++)
        numbers[machine->constants - 1 - i] = PyFloat_AsDouble(PyList_GET_ITEM(constants, i));
    machine->numbers = numbers;
    if (PyErr_Occurred()) {
        Py_DECREF(machine);
        return NULL;
    }
    PyObject_GC_Track(machine);
    return (PyObject *)machine;
}

static PyObject *native_functions(PyObject *module, PyObject *nothing)
{
    PyObject *list = PyList_New(0);
    for (size_t i = 0; list != NULL && i < sizeof functions / sizeof *functions; i++) {
        PyObject *pair = Py_BuildValue("(si)", functions[i].name, functions[i].arity);
        if (pair == NULL || PyList_Append(list, pair) < 0)
            Py_CLEAR(list);
        Py_XDECREF(pair);
    }
    return list;
}

PyMethodDef kernel_methods[] = {
    {"machine", make_machine, METH_VARARGS, PyDoc_STR("A program, prepared to be run.")},
    {"functions", native_functions, METH_NOARGS,
     PyDoc_STR("The name and the number of operands of each native function.")},
    {NULL, NULL, 0, NULL},
};
