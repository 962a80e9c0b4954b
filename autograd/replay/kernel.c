/* Runs programs natively: their rows one after the other, over one array of doubles.
 *
 * It is part of the library that mypyc makes of autograd/engine, so that elementwise rows can call
 * the functions of floats there directly: `setup.py` writes a list of these, kernel_functions.h.
 * `program.py` says what the rows are, `machine.c` what Python sees of this.
 *
 * No product is fused with an addition (setup.py tells the compiler), and nothing is added in
 * another order: the bits are those of the interpreted program.
 */
#include "kernel.h"
#include <float.h>
#include <math.h>
#include <string.h>

#if defined(_MSC_VER)
#define restrict __restrict
#endif

/* ── Native functions ──────────────────────────────────────────────────────── */

static double choose(double flag, double x, double y) { return flag != 0.0 ? x : y; }
static double less(double x, double y) { return x < y; }
static double less_equal(double x, double y) { return x <= y; }
static double greater(double x, double y) { return x > y; }
static double greater_equal(double x, double y) { return x >= y; }
static double equal(double x, double y) { return x == y; }
static double not_equal(double x, double y) { return x != y; }

/* As Python divides: by 0.0 it is an error, in words that differ between versions. */
static double divide(double x, double y)
{
    if (y != 0.0)
        return x / y;
    PyObject *left = PyFloat_FromDouble(x), *right = PyFloat_FromDouble(y);
    if (left != NULL && right != NULL)
        Py_XDECREF(PyNumber_TrueDivide(left, right));
    Py_XDECREF(left);
    Py_XDECREF(right);
    return -113.0;
}

/* ── Eight rows at once ────────────────────────────────────────────────────── */

/* The functions return 0 where they leave special cases to the one of a single row. They are made
 * part of the loop that calls them, and have no branches, so that compilers take several rows at once.
 */
#define EIGHT_OF(name)                                                                             \
    static inline int name##_eight(const double *restrict x, const double *restrict y,             \
                                   double *restrict out)

EIGHT_OF(divide)
{
    int none_is_zero = 1;
    for (int i = 0; i < 8; i++) {
        none_is_zero &= y[i] != 0.0;
        out[i] = x[i] / y[i];
    }
    return none_is_zero;
}

#define truediv_eight divide_eight

EIGHT_OF(sqrt)
{
    int none_is_negative = 1;
    for (int i = 0; i < 8; i++) {
        none_is_negative &= !(x[i] < 0.0);
        out[i] = sqrt(x[i]);
    }
    return none_is_negative;
}

EIGHT_OF(exp)
{
    int none_overflows = 1;
    for (int i = 0; i < 8; i++)
        none_overflows &= x[i] < 700.0;
    for (int i = 0; i < 8 && none_overflows; i++)
        out[i] = exp(x[i]);
    return none_overflows;
}

EIGHT_OF(decay)
{
    for (int i = 0; i < 8; i++)
        out[i] = exp(-fabs(x[i]));
    return 1;
}

EIGHT_OF(logistic)
{
    for (int i = 0; i < 8; i++)
        out[i] = (x[i] > 0.0 ? 1.0 : y[i]) / (1.0 + y[i]);
    return 1;
}

EIGHT_OF(bump)
{
    for (int i = 0; i < 8; i++)
        out[i] = x[i] / ((1.0 + x[i]) * (1.0 + x[i]));
    return 1;
}

EIGHT_OF(over_square)
{
    int are_normal = 1;
    for (int i = 0; i < 8; i++) {
        double quotient = x[i] / y[i];
        are_normal &= (y[i] != 0.0) & (fabs(quotient) >= DBL_MIN);
        out[i] = quotient / y[i];
    }
    return are_normal;
}

EIGHT_OF(relu)
{
    for (int i = 0; i < 8; i++)
        out[i] = x[i] <= 0.0 ? 0.0 : x[i];
    return 1;
}

EIGHT_OF(below)
{
    for (int i = 0; i < 8; i++) {
        double one_or_nan = x[i] < y[i] ? 1.0 : NAN;
        out[i] = x[i] >= y[i] ? 0.0 : one_or_nan;
    }
    return 1;
}

EIGHT_OF(sign)
{
    for (int i = 0; i < 8; i++) {
        double not_above = x[i] > 0.0 ? 1.0 : x[i];
        out[i] = not_above < 0.0 ? -1.0 : not_above;
    }
    return 1;
}

/* Those that there are: each has a code of its own, in this order. */
#define EIGHTS(each)                                                                               \
    each(divide) each(truediv) each(sqrt) each(exp) each(decay) each(logistic) each(bump)          \
    each(over_square) each(relu) each(below) each(sign)

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
    {"truediv", 2, {.two = divide}},
    {"abs", 1, {.one = fabs}},
    {"math.tanh", 1, {.one = tanh}},
    {"math.atan", 1, {.one = atan}},
    FUNCTIONS_OF_FLOATS
};

/* The codes of eight rows of a function, from EIGHT on. */
#define CODE_OF(name) code_of_##name,
enum { before_the_first = EIGHT - 1, EIGHTS(CODE_OF) };

int kernel_eight(int function)
{
#define NAME_OF(name) #name,
    static const char *const names[] = {EIGHTS(NAME_OF)};
    for (int i = 0; i < (int)(sizeof names / sizeof *names); i++)
        if (strcmp(names[i], functions[function].name) == 0)
            return EIGHT + i;
    PyErr_Format(PyExc_ValueError, "there is no %s of eight rows", functions[function].name);
    return -1;
}

/* What compiled code returns where it has raised an error, or else as a number like any other. */
#define FAILED(number) ((number) == -113.0 && PyErr_Occurred())

/* ── Rows ──────────────────────────────────────────────────────────────────── */

PyObject *kernel_list_of(const double *v, const int32_t *cells, Py_ssize_t count)
{
    PyObject *list = PyList_New(count);
    for (Py_ssize_t i = 0; list != NULL && i < count; i++) {
        PyObject *number;
        if (i > 0 && cells[i] == cells[i - 1])  /* such as the zeros of a Hessian */
            number = Py_NewRef(PyList_GET_ITEM(list, i - 1));
        else
            number = PyFloat_FromDouble(v[cells[i]]);
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
    PyObject *operands = kernel_list_of(v, p + 3, p[2]), *result = NULL;
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

/* Eight rows of a function, one by one: 0, or -1 and an error. */
static int call_one_by_one(const Function *function, const double *x, const double *y, double *out)
{
    for (int i = 0; i < 8; i++) {
        out[i] = function->arity == 2 ? function->call.two(x[i], y[i]) : function->call.one(x[i]);
        if (FAILED(out[i]))
            return -1;
    }
    return 0;
}

/* In `kernel_carry_out`: blocks of eight rows of a function, whose last operand is y. */
#define CALL_EIGHT(name)                                                                           \
    case code_of_##name: {                                                                         \
        const Function *function = &functions[p[1]];                                               \
        int32_t blocks = p[2], last = function->arity - 1;                                         \
        for (p += 3; blocks-- > 0; p += last + 1, out += 8) {                                      \
            const double *x = v + p[0], *y = v + p[last];                                          \
            if (!name##_eight(x, y, out) && call_one_by_one(function, x, y, out) < 0)              \
                return -1;                                                                         \
        }                                                                                          \
        continue;                                                                                  \
    }

/* Numbers that lie side by side, and that one instruction adds or multiplies: where compilers can be
 * told, four of them.
 */
#if defined(__GNUC__)
typedef double Lanes __attribute__((vector_size(32), aligned(8), may_alias));
#else
typedef double Lanes;
#endif
enum { OF_EIGHT = 8 * sizeof(double) / sizeof(Lanes) };

/* What a block multiplies eight numbers by: one, or eight others. Or four blocks multiply the same
 * eight by one number each.
 */
enum Products { BY_ONE, BY_EIGHT, FOUR_BY_ONE };

/* Blocks of eight sums side by side, which do not need each other; returns the rest of the code. */
static inline const int32_t *add_up(double *v, const int32_t *p, int32_t terms, int blocks,
                                    enum Products products)
{
    int is_shared = products == FOUR_BY_ONE, step = is_shared ? 1 : 2 + 2 * terms;
    const int32_t *out = p, *init = p + (is_shared ? blocks : 1);
    Lanes sum[4][OF_EIGHT];
    for (int k = 0; k < blocks; k++)
        for (int i = 0; i < OF_EIGHT; i++)
            sum[k][i] = ((const Lanes *)(v + init[k * step]))[i];
    p = init + (is_shared ? blocks : 1);
    for (int32_t n = 0; n < terms; n++, p += is_shared ? 1 + blocks : 2)
        for (int k = 0; k < blocks; k++) {
            const double *b = v + p[k * step + 1], factor = *b;
            const Lanes *x = (const Lanes *)(v + p[is_shared ? 0 : k * step]);
            const Lanes *y = (const Lanes *)b;
            for (int i = 0; i < OF_EIGHT; i++)
                if (products == BY_EIGHT)
                    sum[k][i] += x[i] * y[i];
                else
                    sum[k][i] += x[i] * factor;
        }
    for (int k = 0; k < blocks; k++)
        for (int i = 0; i < OF_EIGHT; i++)
            ((Lanes *)(v + out[k * step]))[i] = sum[k][i];
    return is_shared ? p : p + (blocks - 1) * step;
}

/* In `kernel_carry_out`: blocks of eight sums, two at a time. */
#define ADD_UP(code, products)                                                                     \
    case code: {                                                                                   \
        int32_t terms = p[1], blocks = p[2];                                                       \
        for (p += 3; blocks > 1; blocks -= 2)                                                      \
            p = add_up(v, p, terms, 2, products);                                                  \
        if (blocks)                                                                                \
            p = add_up(v, p, terms, 1, products);                                                  \
        continue;                                                                                  \
    }

/* Where the processor can be asked, also with registers of four numbers. */
#if defined(__GNUC__) && defined(__x86_64__) && defined(__GLIBC__)
#define WIDE __attribute__((target_clones("avx2", "default")))
#else
#define WIDE
#endif

/* No row has another code: so compilers need not look for one. */
#if defined(__GNUC__)
#define UNREACHABLE __builtin_unreachable()
#elif defined(_MSC_VER)
#define UNREACHABLE __assume(0)
#else
#define UNREACHABLE return -1
#endif

WIDE
int kernel_carry_out(const Machine *machine, double *v, double *out, const int32_t *p)
{
    for (;;) {
        double total;
        switch (*p) {
        case PRODUCT:
            *out++ = v[p[1]] + v[p[2]] * v[p[3]];
            p += 4;
            continue;
        case TOTAL: {
            const int32_t *stop = p + 3 + 2 * p[1];
            total = v[p[2]];
            for (p += 3; p < stop; p += 2)
                total += v[p[0]] * v[p[1]];
            *out++ = total;
            continue;
        }
        case CASES: {
            const int32_t *stop = p + 3 + 3 * p[1];
            total = v[p[2]];
            for (p += 3; p < stop; p += 3)
                if (v[p[0]] != 0.0)
                    total += v[p[1]] * v[p[2]];
            *out++ = total;
            continue;
        }
        case GUARD: {
            double x = v[p[1]], y = v[p[2]];
            if (memcmp(&x, &y, sizeof x) != 0 && (x == x || y == y))
                return 0;
            p += 3;
            out++;
            continue;
        }
        case PART:
            out += p[1];
            p += 2;
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
        case FOLD: {
            const int32_t *stop = p + 3 + p[2];
            double (*call)(double, double) = functions[p[1]].call.two;
            total = v[p[3]];
            for (p += 3; p < stop; p++)
                total = call(total, v[*p]);
            break;
        }
        case COPIES: {
            const int32_t *stop = p + 2 + 8 * p[1];
            for (p += 2; p < stop; p += 8, out += 8)
                for (int i = 0; i < 8; i++)
                    out[i] = v[p[i]];
            continue;
        }
        ADD_UP(SCALED, BY_ONE)
        ADD_UP(PAIRED, BY_EIGHT)
        case SHARED: {
            int32_t terms = p[1], fours = p[2];
            for (p += 3; fours > 0; fours--)
                p = add_up(v, p, terms, 4, FOUR_BY_ONE);
            continue;
        }
        case CHOSEN: {
            int32_t terms = p[1], blocks = p[2];
            for (p += 3; blocks > 0; blocks--, out += 8) {
                const int32_t *stop = p + 1 + 3 * terms;
                Lanes sum[OF_EIGHT];
                for (int i = 0; i < OF_EIGHT; i++)
                    sum[i] = ((const Lanes *)(v + *p))[i];
                for (p++; p < stop; p += 3)
                    for (int i = 0; i < OF_EIGHT && v[p[0]] != 0.0; i++)
                        sum[i] += ((const Lanes *)(v + p[1]))[i] * v[p[2]];
                for (int i = 0; i < OF_EIGHT; i++)
                    ((Lanes *)out)[i] = sum[i];
            }
            continue;
        }
        EIGHTS(CALL_EIGHT)
        case END:
            return 1;
        case PYTHON:
        case LIST:
        case PARTS:
            if (call_python(machine, v, p, out++) < 0)
                return -1;
            p += 3 + p[2];
            continue;
        default:
            UNREACHABLE;
        }
        if (FAILED(total))
            return -1;
        *out++ = total;
    }
}

PyObject *kernel_functions(PyObject *module, PyObject *nothing)
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
