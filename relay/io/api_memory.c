#include "io/api_memory.h"

#include <stdlib.h>
#include <string.h>

struct kept {
    struct api_key key;
    unsigned status;
    char *text; /* owned; NULL: the place is empty */
    size_t len;
    point_us until_us;
};

struct api_memory {
    struct kept at[API_MEMORY_ANSWERS]; /* a ring */
    size_t first, count;
    size_t bytes;
};

enum err api_memory_create(struct api_memory **ret_memory)
{
    *ret_memory = calloc(1, sizeof **ret_memory);
    return *ret_memory != NULL ? ERR_NONE : ERR_MEMORY;
}

static struct kept *kept_at(const struct api_memory *m, size_t i)
{
    return (struct kept *)&m->at[(m->first + i) % API_MEMORY_ANSWERS];
}

static void drop_oldest(struct api_memory *m)
{
    struct kept *k = kept_at(m, 0);
    m->bytes -= k->len;
    free(k->text);
    *k = (struct kept){0};
    m->first = (m->first + 1) % API_MEMORY_ANSWERS;
    m->count--;
}

void api_memory_destroy(struct api_memory *m)
{
    while (m != NULL && m->count > 0)
        drop_oldest(m);
    free(m);
}

enum err api_memory_find(const struct api_memory *m, const struct api_key *key, point_us now_us,
                         struct api_answer *ret_answer)
{
    for (size_t i = 0; i < m->count; i++) {
        const struct kept *k = kept_at(m, i);
        if (now_us >= k->until_us || memcmp(k->key.name, key->name, sizeof key->name) != 0)
            continue;
        if (memcmp(k->key.request, key->request, sizeof key->request) != 0)
            return ERR_FORBIDDEN;
        *ret_answer = (struct api_answer){k->status, k->text, k->len};
        return ERR_NONE;
    }
    return ERR_UNKNOWN;
}

void api_memory_keep(struct api_memory *m, const struct api_key *key, const struct api_answer *answer,
                     point_us now_us)
{
    char *text = answer->len <= API_MEMORY_BYTES ? malloc(answer->len + 1) : NULL;
    if (text == NULL)
        return;
    while (m->count > 0 && (m->count == API_MEMORY_ANSWERS || m->bytes + answer->len > API_MEMORY_BYTES ||
                            now_us >= kept_at(m, 0)->until_us))
        drop_oldest(m);
    memcpy(text, answer->text, answer->len);
    text[answer->len] = '\0';
    *kept_at(m, m->count++) = (struct kept){*key, answer->status, text, answer->len, now_us + API_MEMORY_US};
    m->bytes += answer->len;
}
