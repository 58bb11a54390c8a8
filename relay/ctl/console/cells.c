#include "ctl/console/cells.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX_BYTES 1024

enum err cells_create(int width, int height, struct cells **ret_cells)
{
    struct cells *c = calloc(1, sizeof *c);
    if (c == NULL || width < 1 || height < 1 ||
        (c->at = calloc((size_t)width * (size_t)height, sizeof *c->at)) == NULL) {
        free(c);
        return ERR_MEMORY;
    }
    c->width = width;
    c->height = height;
    for (size_t i = 0; i < (size_t)width * (size_t)height; i++)
        c->at[i].sign = L' ';
    *ret_cells = c;
    return ERR_NONE;
}

void cells_destroy(struct cells *c)
{
    if (c == NULL)
        return;
    free(c->at);
    free(c);
}

/* One character off the front. */
static wchar_t take(const unsigned char **text)
{
    const unsigned char *p = *text;
    int more = p[0] >= 0xf0 && p[0] < 0xf5   ? 3
               : p[0] >= 0xe0 && p[0] < 0xf0 ? 2
               : p[0] >= 0xc2 && p[0] < 0xe0 ? 1
                                             : 0;
    uint32_t sign = p[0] & (more == 0 ? 0x7fu : 0x3fu >> more);
    *text = p + 1;
    if (more == 0)
        return p[0] < 0x20 || p[0] >= 0x7f ? L'?' : (wchar_t)sign;
    for (int i = 1; i <= more; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return L'?';
        sign = sign << 6 | (p[i] & 0x3fu);
    }
    *text = p + 1 + more;
    return sign < 0xa0 ? L'?' : (wchar_t)sign;
}

/* Columns of a sign; marks without a place of their own are left out. */
static int columns(wchar_t sign)
{
    int n = wcwidth(sign);
    return n < 0 ? 1 : n;
}

int cells_put(struct cells *c, int x, int y, int width, enum style style, const char *text)
{
    const unsigned char *p = (const unsigned char *)text;
    int used = 0;
    if (y < 0 || y >= c->height || x < 0)
        return 0;
    if (width > c->width - x)
        width = c->width - x;
    while (*p != '\0') {
        wchar_t sign = take(&p);
        int n = columns(sign);
        if (n == 0)
            continue;
        if (used + n > width)
            break;
        struct cell *cell = &c->at[(size_t)y * (size_t)c->width + (size_t)(x + used)];
        *cell = (struct cell){wcwidth(sign) < 0 ? L'?' : sign, style};
        if (n == 2)
            cell[1] = (struct cell){0, style};
        used += n;
    }
    return used;
}

int cells_format(struct cells *c, int x, int y, int width, enum style style, const char *format, ...)
{
    char line[LINE_MAX_BYTES];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    return cells_put(c, x, y, width, style, line);
}

void cells_put_right(struct cells *c, int x, int y, int width, enum style style, const char *text)
{
    int len = (int)strlen(text); /* digits and units */
    cells_put(c, len < width ? x + width - len : x, y, width, style, text);
}

void cells_row(struct cells *c, int y, enum style style)
{
    for (int x = 0; x < c->width && y >= 0 && y < c->height; x++)
        c->at[(size_t)y * (size_t)c->width + (size_t)x].style = style;
}

void cells_graph(struct cells *c, int x, int y, int width, enum style style, const double *values, int count,
                 double least, bool ascii)
{
    static const char *const plain[] = {" ", ".", ":", "-", "=", "+", "*", "#", "@"};
    static const char *const blocks[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    int first = count > width ? count - width : 0;
    double most = least;
    for (int i = first; i < count; i++)
        most = values[i] > most ? values[i] : most;
    for (int i = first; i < count; i++) {
        int level = values[i] <= 0 || most <= 0 ? 0 : 1 + (int)(values[i] / most * 7);
        cells_put(c, x + width - (count - i), y, 1, style, (ascii ? plain : blocks)[level > 8 ? 8 : level]);
    }
}
