/* What Python sees of the kernel: machines, which are programs prepared to be run, and the states of
 * their runs; and how a machine is made of a `Program`.
 */
#include "kernel.h"
#include <stdlib.h>
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

/* True if both operands of each product of eight rows follow those of the row before. */
static int are_paired(const Rows *rows, int32_t row)
{
    int64_t at = rows->starts[row], end = rows->starts[row + 1], count = end - at;
    int are_paired = rows->kinds[row] == -1;
    for (at++; at < end; at++)
        are_paired &= rows->cells[at] != rows->cells[at + count];
    return are_paired;
}

/* How many blocks, from this row on, are alike and do not need each other. */
static int32_t count_alike(const Rows *rows, int32_t row, int32_t forward)
{
    int64_t kind = rows->kinds[row], count = rows->starts[row + 1] - rows->starts[row];
    int paired = are_paired(rows, row);
    for (int32_t blocks = 1, next = row + 8;; blocks++, next += 8) {
        if (rows->blocks + blocks == rows->last_block || rows->blocks[blocks] != next
            || next == forward || rows->kinds[next] != kind
            || rows->starts[next + 1] - rows->starts[next] != count
            || are_paired(rows, next) != paired)
            return blocks;
        for (int64_t at = rows->starts[next]; at < rows->starts[next + 8]; at++)
            if (rows->cells[at] >= rows->inputs + row)
                return blocks;
    }
}

/* The operands of a product of eight rows: first the one that follows that of the row before. */
static int32_t operand(const Rows *rows, int32_t row, int64_t product, int is_second)
{
    int64_t count = rows->starts[row + 1] - rows->starts[row], at = rows->starts[row] + product;
    int is_swapped = rows->cells[at] == rows->cells[at + count];
    return (int32_t)rows->cells[at + (is_swapped ^ is_second)];
}

enum { LEAST_SHARED = 2 };  /* terms that are worth it */

/* True if at least four of these blocks have the first operand of a term in common. */
static int is_shared(const Rows *rows, int32_t row, int32_t blocks, int32_t term)
{
    int32_t first = operand(rows, row, 1 + 2 * term, 0), found = 1;
    for (int32_t block = 1; block < blocks && found < 4; block++)
        found += operand(rows, row + 8 * block, 1 + 2 * term, 0) == first;
    return found == 4;
}

/* Write the code of some terms of blocks; returns its end. */
static int32_t *encode_terms(int32_t *code, const Rows *rows, int32_t row, int32_t blocks, int head,
                             int32_t first, int32_t last)
{
    if (first == last)
        return code;
    *code++ = head;
    *code++ = last - first;
    *code++ = blocks;
    for (int32_t end = row + 8 * blocks; row < end; row += 8) {
        *code++ = rows->inputs + row;
        *code++ = first > 0 ? rows->inputs + row : (int32_t)rows->cells[rows->starts[row]];
        for (int32_t term = first; term < last; term++) {
            *code++ = operand(rows, row, 1 + 2 * term, 0);
            *code++ = operand(rows, row, 1 + 2 * term, 1);
        }
    }
    return code;
}

/* Code of sums of eight, `out init (a b) * n`, with n before it, by the first operands. */
static int by_first_operands(const void *left, const void *right)
{
    const int32_t *x = left, *y = right;
    for (int32_t i = 3; i < 3 + 2 * *x; i += 2)
        if (x[i] != y[i])
            return x[i] < y[i] ? -1 : 1;
    return 0;
}

/* Put together four that have the same first operands, in code of sums of eight; returns its end, or
 * NULL and an error.
 */
static int32_t *share_operands(int32_t *code)
{
    int32_t terms = code[1], blocks = code[2], size = 3 + 2 * terms, left = 0;
    int32_t *sums = PyMem_Malloc((size_t)blocks * (size_t)size * sizeof *sums);
    if (sums == NULL)
        return (int32_t *)PyErr_NoMemory();
    for (int32_t i = 0; i < blocks; i++) {
        sums[i * size] = terms;
        memcpy(sums + i * size + 1, code + 3 + i * (size - 1), (size_t)(size - 1) * sizeof *sums);
    }
    qsort(sums, (size_t)blocks, (size_t)size * sizeof *sums, by_first_operands);
    int32_t *fours = code + 2;
    *code = SHARED;
    *fours = 0;
    code += 3;
    for (int32_t i = 0; i < blocks; i++) {
        int32_t *x = sums + i * size;
        if (i + 3 < blocks && by_first_operands(x, x + 3 * size) == 0) {
            for (int32_t at = 1; at < size; at++)
                for (int k = 0; k < (at < 3 || at % 2 == 0 ? 4 : 1); k++)
                    *code++ = x[k * size + at];
            ++*fours;
            i += 3;
        } else {
            memmove(sums + left++ * size, x, (size_t)size * sizeof *x);
        }
    }
    *code++ = SCALED;
    *code++ = terms;
    *code++ = left;
    for (int32_t i = 0; i < left; i++, code += size - 1)
        memcpy(code, sums + i * size + 1, (size_t)(size - 1) * sizeof *code);
    PyMem_Free(sums);
    return code;
}

/* Write the code of blocks of sums; returns its end, or NULL and an error. Where first operands are
 * shared, that may be only a part of the terms: the others are added before and after these.
 */
static int32_t *encode_sums(int32_t *code, const Rows *rows, int32_t row, int32_t blocks)
{
    int32_t terms = (int32_t)(rows->starts[row + 1] - rows->starts[row]) / 2;
    int32_t first = terms, last = terms, begin = 0;
    int head = are_paired(rows, row) ? PAIRED : SCALED;
    for (int32_t term = 0; term < terms && head == SCALED; term++) {
        if (!is_shared(rows, row, blocks, term)) {
            begin = term + 1;
        } else if (term - begin >= last - first && term - begin >= LEAST_SHARED - 1) {
            first = begin;
            last = term + 1;
        }
    }
    code = encode_terms(code, rows, row, blocks, head, 0, first);
    if (first < last) {
        encode_terms(code, rows, row, blocks, head, first, last);
        code = share_operands(code);
        if (code != NULL)
            code = encode_terms(code, rows, row, blocks, head, last, terms);
    }
    if (code != NULL) {
        *code++ = PART;
        *code++ = 8 * blocks;
    }
    return code;
}

/* Write the code of blocks that are alike; returns its end, or NULL and an error. */
static int32_t *encode_blocks(int32_t *code, const Rows *rows, int32_t row, int32_t blocks)
{
    int64_t kind = rows->kinds[row], count = rows->starts[row + 1] - rows->starts[row];
    if (kind == -1 && count > 1)
        return encode_sums(code, rows, row, blocks);
    if (kind == -1) {
        *code++ = COPIES;
    } else if (kind == -4) {
        *code++ = CHOSEN;
        *code++ = (int32_t)(count / 3);
    } else {
        int call, function;
        if (!PyArg_ParseTuple(PyList_GET_ITEM(rows->calls, kind), "ii", &call, &function))
            return NULL;
        *code++ = kernel_eight(function);
        *code++ = function;
        if (code[-2] < 0)
            return NULL;
    }
    *code++ = blocks;
    int64_t written = kind == -1 ? 8 : count;
    for (const int32_t *end = code + blocks * written; code < end; row += 8) {
        for (int64_t i = 0; i < written; i++)
            code[i] = (int32_t)rows->cells[rows->starts[row] + i];
        for (int64_t i = 2; kind == -4 && i < written; i += 3) {
            code[i] = operand(rows, row, i, 0);
            code[i + 1] = operand(rows, row, i, 1);
        }
        code += written;
    }
    return code;
}

/* Write the code of all rows; returns 0, or -1 and an error. */
static int encode(Machine *machine, Rows rows)
{
    int32_t *code = machine->code;
    machine->backward = code;
    for (int32_t row = 0; code != NULL;) {
        if (row == machine->forward) {
            *code++ = END;
            machine->backward = code;
        }
        if (row == machine->rows) {
            *code = END;
            return 0;
        }
        if (rows.blocks < rows.last_block && *rows.blocks == row) {
            int32_t blocks = count_alike(&rows, row, machine->forward);
            code = encode_blocks(code, &rows, row, blocks);
            rows.blocks += blocks;
            row += 8 * blocks;
        } else if (rows.kinds[row] != -2) {
            code = encode_row(code, &rows, row++);
        } else {
            *code++ = PART;
            *code = 0;
            do
                ++*code;
            while (++row < machine->rows && row != machine->forward && rows.kinds[row] == -2);
            code++;
        }
    }
    return -1;
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
    machine->code = PyMem_Malloc((length + 2) * sizeof(int32_t));  /* END, twice */
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
        encode(machine, (Rows){kinds.buf, starts.buf, cells.buf, first,
                               first + blocks.len / (Py_ssize_t)sizeof *first, calls, inputs});
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
    {"use_slabs", use_slabs, METH_O,
     PyDoc_STR("Have objects of a class of which there is none yet kept in slabs.")},
    {"free_last", free_last, METH_O,
     PyDoc_STR("Free the last objects of a list, as far as nobody else holds them.")},
    {NULL, NULL, 0, NULL},
};
