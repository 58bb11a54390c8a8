/* A table that doubles when it is full. */
#include "signal/parts.h"

#define FIRST_MAXIMUM 256

enum err registry_create(uint64_t seed, const void *(*key_of)(const void *value), size_t key_len,
                         struct registry *ret_registry)
{
    struct registry r = {.maximum = FIRST_MAXIMUM, .seed = seed, .key_of = key_of, .key_len = key_len};
    enum err e = table_create(r.maximum, seed, &r.table);
    if (!e)
        *ret_registry = r;
    return e;
}

static enum err grow(struct registry *r)
{
    struct table *larger;
    enum err e = table_create(2 * r->maximum, r->seed, &larger);
    size_t at = 0;
    void *value;
    while (!e && (value = table_next(r->table, &at)))
        e = table_put(larger, r->key_of(value), r->key_len, value);
    if (e)
        return e;
    table_destroy(r->table);
    r->table = larger;
    r->maximum *= 2;
    return ERR_NONE;
}

enum err registry_put(struct registry *r, void *value)
{
    enum err e = table_count(r->table) < r->maximum ? ERR_NONE : grow(r);
    return e ? e : table_put(r->table, r->key_of(value), r->key_len, value);
}

void registry_finish(struct registry *r)
{
    table_destroy(r->table);
    r->table = NULL;
}
