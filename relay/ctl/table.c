#include "ctl/table.h"

#include <stdbool.h>
#include <string.h>
#include <time.h>

/* Control characters would let a participant's name drive the operator's terminal. C1 controls are C2 80 to
 * C2 9F in UTF-8. */
static void make_harmless(char *text)
{
    for (unsigned char *p = (unsigned char *)text; *p != '\0'; p++) {
        bool c1 = p[0] == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0;
        if (p[0] < 0x20 || p[0] == 0x7f || c1)
            p[0] = '?';
        if (c1)
            p[1] = '?';
    }
}

void table_cell(const json_t *value, char ret_cell[TABLE_CELL_MAX])
{
    switch (value != NULL ? json_typeof(value) : JSON_NULL) {
    case JSON_STRING:
        snprintf(ret_cell, TABLE_CELL_MAX, "%s", json_string_value(value));
        break;
    case JSON_INTEGER:
        snprintf(ret_cell, TABLE_CELL_MAX, "%lld", (long long)json_integer_value(value));
        break;
    case JSON_REAL:
        snprintf(ret_cell, TABLE_CELL_MAX, "%.2f", json_real_value(value));
        break;
    case JSON_TRUE:
        snprintf(ret_cell, TABLE_CELL_MAX, "yes");
        break;
    case JSON_ARRAY:
        snprintf(ret_cell, TABLE_CELL_MAX, "%zu", json_array_size(value));
        break;
    default:
        snprintf(ret_cell, TABLE_CELL_MAX, "-");
    }
    make_harmless(ret_cell);
}

/* A moment in milliseconds since 1970 is shown as one. */
static void cell_of(const json_t *row, const char *member, char ret_cell[TABLE_CELL_MAX])
{
    const json_t *value = json_object_get(row, member);
    long long ms = json_is_integer(value) ? json_integer_value(value) : 0;
    bool moment = (strncmp(member, "expires", 7) == 0 || strcmp(member, "created") == 0) &&
                  ms > 100000000000LL && ms < 100000000000000LL;
    time_t seconds = (time_t)(ms / 1000);
    struct tm local;
    if (moment && localtime_r(&seconds, &local) != NULL)
        strftime(ret_cell, TABLE_CELL_MAX, "%Y-%m-%d %H:%M", &local);
    else
        table_cell(value, ret_cell);
}

/* Characters, not bytes; wide ones count as one. */
static size_t width_of(const char *text)
{
    size_t width = 0;
    for (; *text != '\0'; text++)
        width += ((unsigned char)*text & 0xc0) != 0x80;
    return width;
}

static void put_cell(FILE *out, const char *text, size_t width, bool last)
{
    fputs(text, out);
    for (size_t i = width_of(text); i < width + 2 && !last; i++)
        fputc(' ', out);
}

void table_print(FILE *out, const struct table_column *columns, const json_t *rows, const char *none)
{
    size_t widths[TABLE_COLUMNS_MAX] = {0}, count = 0, last = 0, i;
    json_t *row;
    char cell[TABLE_CELL_MAX];
    if (json_array_size(rows) == 0) {
        fprintf(out, "%s\n", none);
        return;
    }
    for (; columns[count].member != NULL && count < TABLE_COLUMNS_MAX; count++) {
        json_array_foreach(rows, i, row)
        {
            if (json_object_get(row, columns[count].member) == NULL)
                continue;
            cell_of(row, columns[count].member, cell);
            size_t width = width_of(cell), heading = width_of(columns[count].heading);
            width = width > heading ? width : heading;
            widths[count] = width > widths[count] ? width : widths[count];
            last = count;
        }
    }
    for (size_t c = 0; c < count; c++)
        if (widths[c] > 0)
            put_cell(out, columns[c].heading, widths[c], c == last);
    fputc('\n', out);
    json_array_foreach(rows, i, row)
    {
        for (size_t c = 0; c < count; c++) {
            if (widths[c] == 0)
                continue;
            cell_of(row, columns[c].member, cell);
            put_cell(out, cell, widths[c], c == last);
        }
        fputc('\n', out);
    }
}
