#include "signal/text.h"

#include <stdlib.h>
#include <string.h>

struct text *text_create(const char *bytes, size_t len)
{
    struct text *t = malloc(sizeof *t + len + 1);
    if (!t)
        return NULL;
    t->readers = 1;
    t->len = len;
    memcpy(t->bytes, bytes, len);
    t->bytes[len] = '\0';
    return t;
}

struct text *text_from(struct json_out *o)
{
    struct text *t = o->failed || !o->text ? NULL : text_create(o->text, o->len);
    json_out_finish(o);
    return t;
}

struct text *text_share(struct text *t)
{
    t->readers++;
    return t;
}

void text_release(struct text *t)
{
    if (t && --t->readers == 0)
        free(t);
}
