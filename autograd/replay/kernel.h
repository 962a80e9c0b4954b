/* What the C files here have in common: a program, and the numbers of a run. */
#ifndef AUTOGRAD_KERNEL_H
#define AUTOGRAD_KERNEL_H
#include "kernel_functions.h"
#include <stdint.h>

/* What comes first in the code of a row; then what the row takes:
 *   PRODUCT  init a b            init + a * b
 *   TOTAL    n init (a b) * n    init + a * b + ...
 *   CASES    n init (flag a b) * n   the same, without terms whose flag is 0.0
 *   GUARD    x y                 ends the run if they differ
 *   PART     n                   nothing: n rows that code before it has set
 *   ONE...   f x...              a native function
 *   PYTHON   f n x...            a Python function of floats
 *   LIST     f n x...            a Python function of a list
 *   PARTS    f n x...            the same, which gives a list
 *   FOLD     f n x...            f(f(x, x), x) ... of a native function of two
 *   END                          ends the run
 * and of `blocks` of eight rows, where each operand is followed by those of the other rows:
 *   COPIES   blocks (x * 8) * blocks        x, which lies elsewhere for each row
 *   CHOSEN   n blocks (init (flag a b) * n) * blocks   as CASES; flag and b are the same for all
 *   SCALED   n blocks (out init (a b) * n) * blocks    init + a * b + ..., b is the same for all
 *   PAIRED   n blocks (out init (a b) * n) * blocks    init + a * b + ...
 *   SHARED   n fours (out * 4 init * 4 (a b * 4) * n) * fours   as SCALED, for four blocks
 *   EIGHT... f blocks (x...) * blocks       a native function, of one or two operands
 */
enum {
    PRODUCT, TOTAL, GUARD, PART, ONE, TWO, THREE, FOUR, PYTHON, LIST, PARTS, FOLD,
    CASES, COPIES, SCALED, PAIRED, SHARED, CHOSEN, END, EIGHT
};

/* A program. */
typedef struct {
    PyObject_HEAD
    int32_t inputs, rows, constants;
    int32_t forward;          /* the number of rows that the values need */
    int32_t *code, *backward; /* that of the values, and that of gradients */
    double *numbers;          /* the constants, the last one first */
    int32_t *places;          /* the cells of the inputs */
    int32_t *values, *sums;
    Py_ssize_t value_count, sum_count;
    PyObject *functions;      /* a tuple of Python functions */
} Machine;

/* The numbers of a run. */
typedef struct {
    PyObject_HEAD
    Machine *machine;
    double *memory;           /* the constants, the inputs, the rows, */
    size_t size;              /* and perhaps some more */
    double *cells;            /* the numbers by their cells */
    int is_busy;
} State;

typedef autograd___engine___node___NodeObject Node;

/* What of a Value: `Part` in bound.py. */
enum { DATA, GRAD, HAS_GRAD, UNREACHED };

/* The data and the grad of a captured Value that inputs are read from, or that numbers are written to.
 * There are thousands of them, and it is these that the time of a short run goes to.
 */
typedef struct {
    Node *node;
    int32_t data, grad;       /* the cells, or `kernel_nowhere` */
} Link;

/* Which of both a link is for, and what becomes of a grad that is written. */
enum { OF_DATA = 1, OF_GRAD = 2, IS_UNREACHED = 4, KINDS = 8 };

/* One part of any Value. */
typedef struct {
    int64_t value;            /* its index: arguments come before those captured */
    int32_t part, cell;
} Odd;

typedef struct {
    Link *links;              /* by kind, and then by the addresses of Values */
    Py_ssize_t starts[KINDS + 1];  /* of each kind, and the end */
    Odd *odd;                 /* what is none of these */
    Py_ssize_t odd_count;
    char *kinds;              /* that of each captured Value */
} Links;

/* A program that is bound to Values. */
typedef struct {
    PyObject_HEAD
    Machine *machine;
    PyObject *captured;       /* a tuple of Values */
    Py_buffer references;     /* `Links.references`, or nothing, */
    PyObject *recount;        /* and what counts them anew */
    Py_ssize_t most[KINDS];   /* the greatest among those of a kind, when they were counted */
    Py_ssize_t numbers;       /* the floats of a call, */
    Py_ssize_t arguments;     /* and the Values of one */
    Py_ssize_t kept;          /* the values that are not written */
    Links sources, changes;
} Bound;

extern PyTypeObject kernel_State;

/* True if all of these are Values. They are thousands, and mostly of one type. */
static inline int kernel_are_nodes(PyObject **items, Py_ssize_t count)
{
    PyTypeObject *known = NULL;
    for (Py_ssize_t i = 0; i < count; i++) {
        if (Py_TYPE(items[i]) != known && !PyObject_TypeCheck(items[i], CPyType_node___Node))
            return 0;
        known = Py_TYPE(items[i]);
    }
    return 1;
}

/* A cell that no row has: it may be written, and is not read. */
static inline int32_t kernel_nowhere(const Machine *machine)
{
    return machine->inputs + machine->rows;
}

/* Link pairs of a part and the index of a Value to these cells; all captured Values are to be seen, or
 * those in a pair. Returns 0, or -1 and an error if one is to what is not there.
 */
int kernel_link(const Bound *bound, Links *made, const Py_buffer *pairs, const int32_t *cells,
                Py_ssize_t cell_count, int are_all_seen);

void kernel_free_links(Links *links);

/* A state whose inputs are not set, but those of gradients; or NULL and an error. */
State *kernel_new_state(Machine *machine);

/* Give back the memory that is kept for the next run. */
void kernel_free_spare(void);

/* An object as a state of this machine, or NULL and an error. */
State *kernel_as_state(PyObject *thing, const Machine *machine);

/* Set the first inputs from a sequence of numbers; returns 0, or -1 and an error. */
int kernel_set_inputs(const Machine *machine, double *v, PyObject *numbers, Py_ssize_t least,
                      Py_ssize_t most);

/* Carry out the rows of the values; returns 1, or 0 if a guard ends the run, or -1 and an error. */
int kernel_run(State *state);

/* The state after a run that ended so, or None, or NULL. */
PyObject *kernel_outcome(State *state, int outcome);

/* Carry out rows; returns 1, or 0 if a guard ends the run, or -1 and an error. */
int kernel_carry_out(const Machine *machine, double *v, double *out, const int32_t *p);

/* The code of eight rows of a native function, or -1 and an error. */
int kernel_eight(int function);

/* The numbers of cells. */
PyObject *kernel_list_of(const double *v, const int32_t *cells, Py_ssize_t count);

/* The name and the number of operands of each native function. */
PyObject *kernel_functions(PyObject *module, PyObject *nothing);

/* Have objects of a class kept in slabs, and free those of a list; see engine/slabs.c. */
PyObject *use_slabs(PyObject *module, PyObject *type);
PyObject *free_last(PyObject *module, PyObject *list);

/* The methods of a machine. */
PyObject *Machine_forward(PyObject *self, PyObject *numbers);
PyObject *Machine_inputs(PyObject *self, PyObject *given);
PyObject *Machine_values(PyObject *self, PyObject *const *arguments, Py_ssize_t count);
PyObject *Machine_add_shares(PyObject *self, PyObject *const *arguments, Py_ssize_t count);
PyObject *Machine_bind(PyObject *self, PyObject *arguments);

#endif
