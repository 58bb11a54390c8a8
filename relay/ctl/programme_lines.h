/* A programme's file as sections and entries, and its mistakes. Within ctl/ only. */
#ifndef AULA_RELAY_CTL_PROGRAMME_LINES_H
#define AULA_RELAY_CTL_PROGRAMME_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/errors.h"
#include "ctl/programme_file.h"

struct entry {
    char *name, *value; /* in the text */
    int line;
};

enum section_kind { SECTION_PROGRAMME, SECTION_SESSION, SECTION_PERSON, SECTION_OTHER };

struct section {
    enum section_kind kind;
    char *key; /* in the text; "" = none */
    int line;
    struct entry *entries; /* owned */
    size_t count, size;
};

struct mistake {
    int line;
    char *text; /* owned */
};

struct lines {
    const char *file;         /* its name, for mistakes */
    char *text;               /* owned, cut up */
    struct section *sections; /* owned */
    size_t count, size;
    struct mistake mistakes[PROGRAMME_MISTAKES_MAX]; /* the first of them */
    size_t mistake_count;
    bool no_memory;
};

/* Cuts the text up. Mistakes of form are noted. */
void lines_read(struct lines *l, const char *file, const char *text, size_t len);
void lines_finish(struct lines *l);
/* Notes a mistake. */
void lines_mistake(struct lines *l, int line, const char *form, ...) __attribute__((format(printf, 3, 4)));
/* All of them by line, one a line; the caller's. NULL where memory is short. */
char *lines_mistakes(struct lines *l);
/* The entry of a name, NULL where there is none. */
const struct entry *section_entry(const struct section *s, const char *name);
/* The section of a kind and key, NULL where there is none. */
const struct section *lines_section(const struct lines *l, enum section_kind kind, const char *key);
/* The next word of a list "a, b c, d": cut out of *at (the value, copied by the caller); NULL at the end. */
char *list_next(char **at);

#endif
