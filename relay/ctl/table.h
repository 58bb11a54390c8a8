/* Tables for the terminal: columns as wide as what is in them. */
#ifndef AULA_RELAY_CTL_TABLE_H
#define AULA_RELAY_CTL_TABLE_H

#include <stdio.h>

#include <jansson.h>

#define TABLE_COLUMNS_MAX 20
#define TABLE_CELL_MAX    640 /* bytes of one cell */

struct table_column {
    const char *member; /* of each row's object; NULL ends the list */
    const char *heading;
};

/* A value as people read it: numbers and text as they are, true "yes", false and nothing "-". Control
 * characters become '?'. */
void table_cell(const json_t *value, char ret_cell[TABLE_CELL_MAX]);
/* One row for each object in `rows`; a column that none of them has is left out. Without rows: `none`. */
void table_print(FILE *out, const struct table_column *columns, const json_t *rows, const char *none);

#endif
