/* The names of all options, and how each reads its value. */
#ifndef AULA_RELAY_IO_OPTION_KEYS_H
#define AULA_RELAY_IO_OPTION_KEYS_H

#include "io/options.h"

#define OPTION_WHY_MAX 200

struct option_key {
    const char *name;  /* "--name" and "name =" */
    const char *value; /* what stands for the value in the help; NULL = a flag without one */
    bool flag, file;   /* where it may stand */
    bool twice;        /* may be given again */
    /* Puts the value in its place, or writes into `why` what is wrong with it and how to mend it. */
    bool (*set)(struct options *options, const char *value, char why[OPTION_WHY_MAX]);
    const char *help;
};

/* The table, ended by a key without a name. */
extern const struct option_key option_keys[];

/* The nearest name to a misspelt one, or NULL. */
const char *option_nearest(const char *name);

#endif
