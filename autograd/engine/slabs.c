/* The memory of Values.
 *
 * A training step makes a graph and drops it, again and again. Python's allocator either gives
 * the memory back to the system each time, and has it handed out page by page at the next step,
 * or, where something else lives in the same arena, hands out again what was freed in whatever
 * order that was, and then a graph is scattered over memory. Either costs a third of a step.
 *
 * Here Values are put one after the other into slabs. A slab in which nothing lives any more is
 * filled from its beginning again, so that a graph lies in memory in the order in which it was
 * made. One that is half empty is filled up before there are new ones: Values take at most about
 * twice the memory of those that live, and what is kept for the next graph. Slabs are parts of
 * arenas, which come from where Python's allocator has its own. Whoever is here holds the lock of
 * the interpreter.
 */
#include <Python.h>
#include <stdint.h>
#include <string.h>

#define SLAB_SIZE 65536    /* in bytes; slabs lie at multiples of it */
#define ARENA_SIZE 1048576 /* 15 slabs at least, wherever it lies */
#define MOST_EMPTY 256     /* slabs that are kept though nothing lives in them */
#define HEADER_SIZE 64

typedef struct slab slab;

typedef struct {
    void *memory;
    slab *first;
    int slabs;
    int used; /* all but the listed slabs in which nothing lives */
} arena;

struct slab {
    arena *arena;
    slab *before; /* in the list of those that are at most half full */
    slab *after;
    char *hole; /* the first of the freed places, each of which begins with the next one */
    char *rest; /* from here on no place has been used since the slab was empty */
    int lives;
    int is_listed;
};

static PyObjectArenaAllocator system_memory;
static PyTypeObject *type_of_all = NULL;
static size_t size;         /* of one, in bytes */
static int half;            /* of the places of a slab */
static slab *filled = NULL; /* where the next one goes */
static slab *listed = NULL;
static int empty = 0; /* the number of those listed in which nothing lives */

static void begin(slab *s)
{
    s->hole = NULL;
    s->rest = (char *)s + HEADER_SIZE;
    s->lives = 0;
}

static void list(slab *s)
{
    s->is_listed = 1;
    s->before = NULL;
    s->after = listed;
    if (listed != NULL)
        listed->before = s;
    listed = s;
}

static void unlist(slab *s)
{
    if (s->before != NULL)
        s->before->after = s->after;
    else
        listed = s->after;
    if (s->after != NULL)
        s->after->before = s->before;
    s->is_listed = 0;
}

static slab *slab_of(arena *a, int index)
{
    return (slab *)((char *)a->first + (size_t)index * SLAB_SIZE);
}

/* List the slabs of a new arena; 0 if there is no memory. */
static int add_arena(void)
{
    arena *a = PyMem_RawMalloc(sizeof *a);
    if (a == NULL)
        return 0;
    a->memory = system_memory.alloc(system_memory.ctx, ARENA_SIZE);
    if (a->memory == NULL) {
        PyMem_RawFree(a);
        return 0;
    }
    uintptr_t start = (uintptr_t)a->memory;
    uintptr_t first = (start + SLAB_SIZE - 1) & ~(uintptr_t)(SLAB_SIZE - 1);
    a->first = (slab *)first;
    a->slabs = (int)((start + ARENA_SIZE - first) / SLAB_SIZE);
    a->used = 0;
    for (int index = a->slabs - 1; index >= 0; index--) {
        slab *s = slab_of(a, index);
        s->arena = a;
        begin(s);
        list(s);
    }
    empty += a->slabs;
    return 1;
}

/* Give back an arena whose slabs are all empty. */
static void remove_arena(arena *a)
{
    for (int index = 0; index < a->slabs; index++)
        unlist(slab_of(a, index));
    empty -= a->slabs;
    system_memory.free(system_memory.ctx, a->memory, ARENA_SIZE);
    PyMem_RawFree(a);
}

static PyObject *allocate(PyTypeObject *type, Py_ssize_t items)
{
    char *place;
    if (type != type_of_all)
        return PyType_GenericAlloc(type, items);
    for (;;) {
        slab *s = filled;
        if (s != NULL && s->rest + size <= (char *)s + SLAB_SIZE) {
            place = s->rest;
            s->rest += size;
            break;
        }
        if (s != NULL && s->hole != NULL) {
            place = s->hole;
            memcpy(&s->hole, place, sizeof s->hole);
            break;
        }
        if (listed == NULL && !add_arena())
            return PyErr_NoMemory();
        filled = listed;
        unlist(filled);
        if (filled->lives == 0) {
            begin(filled);
            filled->arena->used++;
            empty--;
        }
    }
    filled->lives++;
    memset(place, 0, size);
    return PyObject_Init((PyObject *)place, type);
}

static void release(void *place)
{
    if (Py_TYPE((PyObject *)place) != type_of_all) { /* a subclass inherits this function */
        PyObject_Free(place);
        return;
    }
    slab *s = (slab *)((uintptr_t)place & ~(uintptr_t)(SLAB_SIZE - 1));
    s->lives--;
    memcpy(place, &s->hole, sizeof s->hole);
    s->hole = place;
    if (s == filled) {
        if (s->lives == 0)
            begin(s);
        return;
    }
    if (!s->is_listed && s->lives <= half)
        list(s);
    if (s->lives == 0) {
        empty++;
        s->arena->used--;
        if (s->arena->used == 0 && empty >= MOST_EMPTY + s->arena->slabs)
            remove_arena(s->arena);
    }
}

/* Have objects of a class kept in slabs: one of which there is no object yet, whose objects the
 * garbage collector does not follow. A method of the library, see replay/machine.c. */
PyObject *use_slabs(PyObject *module, PyObject *type)
{
    (void)module;
#ifndef Py_GIL_DISABLED
    PyObject_GetArenaAllocator(&system_memory);
    type_of_all = (PyTypeObject *)type;
    size = (size_t)type_of_all->tp_basicsize;
    half = (int)((SLAB_SIZE - HEADER_SIZE) / size / 2);
    type_of_all->tp_alloc = allocate;
    type_of_all->tp_free = release;
#else
    (void)type;
#endif
    Py_RETURN_NONE;
}

/* Free the objects of a list from its end, as far as nobody else holds them. A method of the library
 * too. */
PyObject *free_last(PyObject *module, PyObject *list)
{
    (void)module;
    Py_ssize_t left = PyList_Check(list) ? PyList_GET_SIZE(list) : 0;
    while (left > 0 && Py_REFCNT(PyList_GET_ITEM(list, left - 1)) == 1) {
        PyObject *last = PyList_GET_ITEM(list, --left);
        Py_SET_SIZE(list, left);
        Py_DECREF(last);
    }
    Py_RETURN_NONE;
}
