#include "base/table.h"

#include <stdlib.h>
#include <string.h>

struct slot {
    void *value; /* NULL = free */
    uint64_t hash;
    uint8_t len;
    uint8_t key[TABLE_KEY_MAX];
};

struct table {
    struct slot *slots;
    size_t mask; /* number of slots - 1; slots are a power of two at least twice `maximum` */
    size_t count;
    size_t maximum;
    uint64_t seed;
};

static uint64_t mix(uint64_t h)
{
    h ^= h >> 33;
    h *= 0xff51afd7ed558ccdu;
    h ^= h >> 33;
    h *= 0xc4ceb9fe1a85ec53u;
    return h ^ h >> 33;
}

static uint64_t hash_key(uint64_t seed, const void *key, size_t len)
{
    const uint8_t *p = key;
    uint64_t h = mix(seed ^ len);
    while (len > 0) {
        uint64_t word = 0;
        size_t n = len < 8 ? len : 8;
        memcpy(&word, p, n);
        h = mix(h ^ word) + seed;
        p += n;
        len -= n;
    }
    return h;
}

enum err table_create(size_t maximum, uint64_t seed, struct table **ret_table)
{
    size_t slots = 8;
    while (slots < 2 * maximum)
        slots *= 2;
    struct table *t = calloc(1, sizeof *t);
    if (!t)
        return ERR_MEMORY;
    t->slots = calloc(slots, sizeof *t->slots);
    if (!t->slots) {
        free(t);
        return ERR_MEMORY;
    }
    t->mask = slots - 1;
    t->maximum = maximum;
    t->seed = seed;
    *ret_table = t;
    return ERR_NONE;
}

void table_destroy(struct table *t)
{
    if (!t)
        return;
    free(t->slots);
    free(t);
}

/* The slot that holds the key, or the free slot where it would go. */
static size_t find(const struct table *t, uint64_t hash, const void *key, size_t len)
{
    size_t i = hash & t->mask;
    while (t->slots[i].value) {
        const struct slot *s = &t->slots[i];
        if (s->hash == hash && s->len == len && memcmp(s->key, key, len) == 0)
            break;
        i = (i + 1) & t->mask;
    }
    return i;
}

enum err table_put(struct table *t, const void *key, size_t len, void *value)
{
    if (len > TABLE_KEY_MAX)
        return ERR_LONG;
    if (!value)
        return ERR_STATE;
    uint64_t hash = hash_key(t->seed, key, len);
    struct slot *s = &t->slots[find(t, hash, key, len)];
    if (!s->value) {
        if (t->count >= t->maximum)
            return ERR_FULL;
        t->count++;
        s->hash = hash;
        s->len = (uint8_t)len;
        memcpy(s->key, key, len);
    }
    s->value = value;
    return ERR_NONE;
}

void *table_get(const struct table *t, const void *key, size_t len)
{
    return len > TABLE_KEY_MAX ? NULL : t->slots[find(t, hash_key(t->seed, key, len), key, len)].value;
}

/* Moves later entries of the same probe run back over the hole at i. */
static void close_hole(struct table *t, size_t i)
{
    size_t j = i;
    for (;;) {
        j = (j + 1) & t->mask;
        if (!t->slots[j].value)
            break;
        size_t home = t->slots[j].hash & t->mask;
        if (((j - home) & t->mask) >= ((j - i) & t->mask)) {
            t->slots[i] = t->slots[j];
            i = j;
        }
    }
    t->slots[i].value = NULL;
}

void *table_take(struct table *t, const void *key, size_t len)
{
    if (len > TABLE_KEY_MAX)
        return NULL;
    size_t i = find(t, hash_key(t->seed, key, len), key, len);
    void *value = t->slots[i].value;
    if (value) {
        close_hole(t, i);
        t->count--;
    }
    return value;
}

size_t table_count(const struct table *t)
{
    return t->count;
}

void *table_next(const struct table *t, size_t *at)
{
    while (*at <= t->mask) {
        void *value = t->slots[(*at)++].value;
        if (value)
            return value;
    }
    return NULL;
}
