/* A text that many connections share: written once, counted, freed with its last reader. */
#ifndef AULA_RELAY_SIGNAL_TEXT_H
#define AULA_RELAY_SIGNAL_TEXT_H

#include "wire/json_out.h"

struct text {
    unsigned readers;
    size_t len;
    char bytes[]; /* zero-ended */
};

/* The caller is the first reader. NULL where memory is short. */
struct text *text_create(const char *bytes, size_t len);
/* What was written to `o`, which is empty afterwards. NULL where memory was short there or here. */
struct text *text_from(struct json_out *o);
struct text *text_share(struct text *t);
/* NULL is legal. */
void text_release(struct text *t);

#endif
