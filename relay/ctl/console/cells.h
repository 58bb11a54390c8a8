/* A screen as cells in memory: what the model draws on, and the terminal shows. Text that would leave it is
 * cut. */
#ifndef AULA_RELAY_CTL_CONSOLE_CELLS_H
#define AULA_RELAY_CTL_CONSOLE_CELLS_H

#include <stdbool.h>
#include <stddef.h>
#include <wchar.h>

#include "base/errors.h"

/* Colour comes second: each also differs by weight or ground, for terminals and eyes without. */
enum style {
    STYLE_PLAIN,
    STYLE_DIM,
    STYLE_BOLD,
    STYLE_BAR,
    STYLE_SELECTED,
    STYLE_WARN,
    STYLE_BAD,
    STYLE_GOOD,
    STYLE_COUNT
};

struct cell {
    wchar_t sign; /* 0: the right half of a wide sign */
    enum style style;
};

struct cells {
    int width, height;
    struct cell *at; /* owned, row by row */
};

/* Blank. ERR_MEMORY. */
enum err cells_create(int width, int height, struct cells **ret_cells) MUST_USE;
void cells_destroy(struct cells *c);

/* UTF-8 text from (x, y) on, in `width` columns at the most; control characters and bytes that are no UTF-8
 * become '?'. Returns the columns taken. */
int cells_put(struct cells *c, int x, int y, int width, enum style style, const char *text);
int cells_format(struct cells *c, int x, int y, int width, enum style style, const char *format, ...)
    __attribute__((format(printf, 6, 7)));
/* The same, ending at x + width. */
void cells_put_right(struct cells *c, int x, int y, int width, enum style style, const char *text);
/* The style of a whole row. */
void cells_row(struct cells *c, int y, enum style style);
/* The last `width` of `count` values as bars of one row; the largest, but at least `least`, is a full one. */
void cells_graph(struct cells *c, int x, int y, int width, enum style style, const double *values, int count,
                 double least, bool ascii);

#endif
