/* What Python sees of the kernel: machines, which are programs prepared to be run, and the states of
 * their runs; and how a machine is made of a `Program`.
 */
#include "kernel.h"
#include <string.h>

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
    PyMem_Free(((Machine *)self)->places);
    PyMem_Free(((Machine *)self)->values);
    PyMem_Free(((Machine *)self)->sums);
    kernel_free_spare();
    PyObject_GC_Del(self);
}

static PyMethodDef Machine_methods[] = {
    {"forward", Machine_forward, METH_O,
     PyDoc_STR("The state after a run of the rows of the values, or None if a guard ends it.")},
    {"inputs", Machine_inputs, METH_O, PyDoc_STR("The inputs of a state, as a list.")},
    {"values", (PyCFunction)(void (*)(void))Machine_values, METH_FASTCALL,
     PyDoc_STR("So many values of a state, the first ones, as a list.")},
    {"backward", (PyCFunction)(void (*)(void))Machine_backward, METH_FASTCALL,
     PyDoc_STR("The sums of a state, for these numbers in place of the last inputs.")},
    {"add_shares", (PyCFunction)(void (*)(void))Machine_add_shares, METH_FASTCALL,
     PyDoc_STR("Add the shares of a gradient to the gradients of Values, in place.")},
    {"bind", Machine_bind, METH_VARARGS, PyDoc_STR("The program, bound to Values.")},
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

/* The rows of a program, in arrays of `Program`, and the rows at which eight begin. */
typedef struct {
    const int64_t *kinds, *starts, *cells, *blocks, *last_block;
    PyObject *calls;
    int32_t inputs;
} Rows;

/* Write the code of a row; returns its end, or NULL and an error. */
static int32_t *encode_row(int32_t *code, const Rows *rows, int32_t row)
{
    int64_t kind = rows->kinds[row], at = rows->starts[row], count = rows->starts[row + 1] - at;
    if (kind == -1) {
        *code++ = count == 3 ? PRODUCT : TOTAL;
        if (count != 3)
            *code++ = (int32_t)(count / 2);
    } else if (kind == -2) {
        *code++ = PART;
        return code;
    } else if (kind == -3) {
        *code++ = GUARD;
    } else if (kind == -4) {
        *code++ = CASES;
        *code++ = (int32_t)(count / 3);
    } else {
        int call, function;
        if (!PyArg_ParseTuple(PyList_GET_ITEM(rows->calls, kind), "ii", &call, &function))
            return NULL;
        *code++ = call;
        *code++ = function;
        if (call >= PYTHON)
            *code++ = (int32_t)count;
    }
    while (count-- > 0)
        *code++ = (int32_t)rows->cells[at++];
    return code;
}

/* True if a block of eight rows takes what one of the eight before gives. */
static int needs_block_before(const Rows *rows, int32_t row)
{
    int64_t at = rows->starts[row], before = rows->inputs + row - 8;
    while (at < rows->starts[row + 8] && rows->cells[at] < before)
        at++;
    return at < rows->starts[row + 8];
}

/* Write the code of eight rows, which `packing.py` has seen to be alike; returns its end, or NULL and
 * an error. Where those before, whose code begins at `*group`, are alike too, they share that.
 */
static int32_t *encode_eight(int32_t *code, const Rows *rows, int32_t row, int32_t **group)
{
    int64_t kind = rows->kinds[row], count = rows->starts[row + 1] - rows->starts[row];
    const int64_t *x = rows->cells + rows->starts[row], *next = x + count;
    int32_t head[2];  /* and the number of blocks */
    int size = 2;
    if (kind == -1 && count == 1) {
        head[0] = COPIES;
        size = 1;
    } else if (kind == -1) {
        int is_paired = 1;
        for (int64_t i = 1; i < count; i++)
            is_paired &= x[i] != next[i];
        head[0] = is_paired ? PAIRED : SCALED;
        head[1] = (int32_t)(count / 2);
    } else {
        int call;
        if (!PyArg_ParseTuple(PyList_GET_ITEM(rows->calls, kind), "ii", &call, &head[1]))
            return NULL;
        head[0] = kernel_eight(head[1]);
        if (head[0] < 0)
            return NULL;
    }
    if (*group == NULL || memcmp(*group, head, (size_t)size * sizeof *head) != 0
        || needs_block_before(rows, row)) {
        *group = code;
        memcpy(code, head, (size_t)size * sizeof *head);
        code += size;
        *code++ = 0;
    }
    (*group)[size]++;
    int64_t single = kind != -1 ? count : head[0] == COPIES ? 8 : 1;
    for (int64_t i = 0; i < single; i++)
        *code++ = (int32_t)x[i];
    for (int64_t i = single; i < count; i += 2) {  /* first the operand that follows */
        int is_swapped = x[i] == next[i];
        *code++ = (int32_t)x[i + is_swapped];
        *code++ = (int32_t)x[i + !is_swapped];
    }
    return code;
}

/* Write the code of all rows; returns its end, or NULL and an error. */
static int32_t *encode(Machine *machine, Rows rows)
{
    int32_t *code = machine->code, *group = NULL;
    machine->backward = code;
    for (int32_t row = 0; row < machine->rows && code != NULL;) {
        if (rows.blocks < rows.last_block && *rows.blocks == row) {
            code = encode_eight(code, &rows, row, &group);
            rows.blocks++;
            row += 8;
        } else {
            code = encode_row(code, &rows, row++);
            group = NULL;
        }
        if (row == machine->forward) {
            machine->backward = code;
            group = NULL;
        }
    }
    return code;
}

/* machine(inputs, forward, constants, kinds, starts, cells, blocks, places, calls,
 *         functions, values, sums) */
static PyObject *make_machine(PyObject *module, PyObject *arguments)
{
    int inputs, forward;
    Py_buffer kinds, starts, cells, blocks, places;
    PyObject *constants, *calls, *python, *values, *sums;
    if (!PyArg_ParseTuple(arguments, "iiO!y*y*y*y*y*O!O!O!O!", &inputs, &forward, &PyList_Type,
                          &constants, &kinds, &starts, &cells, &blocks, &places, &PyList_Type, &calls,
                          &PyTuple_Type, &python, &PyList_Type, &values, &PyList_Type, &sums))
        return NULL;
    Machine *machine = NULL;
    if (PyType_Ready(&MachineType) == 0 && PyType_Ready(&kernel_State) == 0)
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
    machine->places = PyMem_Malloc((size_t)(inputs + 1) * sizeof(int32_t));
    machine->values = copied_cells(values);
    machine->sums = copied_cells(sums);
    machine->numbers = PyMem_Malloc((size_t)machine->constants * sizeof(double));
    if (machine->code == NULL || machine->places == NULL || machine->numbers == NULL) {
        PyErr_NoMemory();
    } else if (!PyErr_Occurred()) {
        for (Py_ssize_t i = 0; i < machine->constants; i++)
            machine->numbers[machine->constants - 1 - i] =
                PyFloat_AsDouble(PyList_GET_ITEM(constants, i));
        for (int i = 0; i < inputs; i++)
            machine->places[i] = (int32_t)((const int64_t *)places.buf)[i];
        const int64_t *first = blocks.buf;
        machine->end = encode(machine, (Rows){kinds.buf, starts.buf, cells.buf, first,
                                              first + blocks.len / (Py_ssize_t)sizeof *first,
                                              calls, inputs});
    }
    PyObject_GC_Track(machine);
    if (PyErr_Occurred())
        Py_CLEAR(machine);
done:
    PyBuffer_Release(&kinds);
    PyBuffer_Release(&starts);
    PyBuffer_Release(&cells);
    PyBuffer_Release(&blocks);
    PyBuffer_Release(&places);
    return (PyObject *)machine;
}

PyMethodDef kernel_methods[] = {
    {"machine", make_machine, METH_VARARGS, PyDoc_STR("A program, prepared to be run.")},
    {"functions", kernel_functions, METH_NOARGS,
     PyDoc_STR("The name and the number of operands of each native function.")},
    {NULL, NULL, 0, NULL},
};
