/* What a program reads of Values, and what it changes, in the order in which they lie in memory. */
#include "kernel.h"
#include <string.h>

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

/* Add a part to the link of a captured Value, and to its kind; 0 if it has no place there. */
static int add_to_link(Link *link, char *kind, int64_t part, int32_t cell)
{
    if (part == DATA && !(*kind & OF_DATA))
        link->data = cell, *kind |= OF_DATA;
    else if ((part == GRAD || part == UNREACHED) && !(*kind & OF_GRAD))
        link->grad = cell, *kind |= part == GRAD ? OF_GRAD : OF_GRAD | IS_UNREACHED;
    else
        return 0;
    return 1;
}

/* Sort links by kind, and then by address. */
static void sort(Links *made, Link *links, Py_ssize_t count, int least_kind)
{
    Py_ssize_t *starts = made->starts;
    for (int kind = 0; kind < KINDS; kind++) {
        starts[kind + 1] = starts[kind];
        for (Py_ssize_t i = 0; i < count && kind >= least_kind; i++)
            if (made->kinds[i] == kind)
                made->links[starts[kind + 1]++] = links[i];
    }
    for (int kind = 0; kind < KINDS; kind++) {
        Link *first = made->links + starts[kind];
        Py_ssize_t some = starts[kind + 1] - starts[kind];
        Link *ordered = by_address(first, links, some);
        if (ordered != first)
            memcpy(first, ordered, (size_t)some * sizeof *first);
    }
}

int kernel_link(const Bound *bound, Links *made, const Py_buffer *pairs, const int32_t *cells,
                Py_ssize_t cell_count, int are_all_seen)
{
    const int64_t *pair = pairs->buf;
    const int32_t nowhere = kernel_nowhere(bound->machine);
    Py_ssize_t given = pairs->len / 2 / (Py_ssize_t)sizeof *pair;
    Py_ssize_t captured = PyTuple_GET_SIZE(bound->captured), values = bound->arguments + captured;
    Link *links = PyMem_New(Link, (size_t)captured + 1);
    made->kinds = PyMem_Calloc((size_t)captured + 1, 1);
    made->links = PyMem_New(Link, (size_t)captured + 1);
    made->odd = PyMem_New(Odd, (size_t)given + 1);
    int failed = links == NULL || made->kinds == NULL || made->links == NULL || made->odd == NULL;
    if (failed)
        PyErr_NoMemory();
    for (Py_ssize_t i = 0; i < captured && !failed; i++)
        links[i] = (Link){(Node *)PyTuple_GET_ITEM(bound->captured, i), nowhere, nowhere};
    for (Py_ssize_t i = 0; i < given && !failed; i++) {
        int64_t part = pair[2 * i], value = pair[2 * i + 1], at = value - bound->arguments;
        failed = i >= cell_count || part < DATA || part > UNREACHED || value < 0 || value >= values;
        if (failed)
            PyErr_SetString(PyExc_ValueError, "the program has no such inputs, outputs or Values");
        else if (at < 0 || !add_to_link(&links[at], &made->kinds[at], part, cells[i]))
            made->odd[made->odd_count++] = (Odd){value, (int32_t)part, cells[i]};
    }
    if (!failed)
        sort(made, links, captured, are_all_seen ? 0 : 1);
    PyMem_Free(links);
    return failed ? -1 : 0;
}

void kernel_free_links(Links *links)
{
    PyMem_Free(links->links);
    PyMem_Free(links->odd);
    PyMem_Free(links->kinds);
}
