/* What programme_file.c (the whole, sessions) and programme_people.c share. Within ctl/ only. */
#ifndef AULA_RELAY_CTL_PROGRAMME_PARTS_H
#define AULA_RELAY_CTL_PROGRAMME_PARTS_H

#include <jansson.h>

#include "ctl/programme_lines.h"
#include "wire/event.h"

#define KEY_MAX 47 /* characters: with the programme's id it is an identity */

/* What may stand in a section. */
struct member {
    const char *name; /* NULL ends the list */
    const char *json; /* put there as it is; NULL: handled by itself */
    size_t max;       /* characters */
    bool must, again; /* it must be there; it may be there again */
    enum json_text text;
};

struct reading {
    struct lines l;
    json_t *programme, *sessions, *people; /* owned */
    const char *zone;
    long backstage;
    bool opens; /* sessions by themselves, unless they say otherwise */
};

/* Notes what is wrong with names and values; those that go as they are are put into the object. */
void check_entries(struct lines *l, const struct section *s, const struct member *all, json_t *ret_object);
/* The heading's key. */
void check_key(struct lines *l, const struct section *s, json_t *ret_object);
/* A list as an array of the words that `check` has nothing against. */
json_t *read_list(struct reading *r, const struct section *s, const char *name,
                  const char *(*check)(const struct reading *r, const char *word));
/* Sessions are read already. */
void read_person(struct reading *r, const struct section *s);

#endif
