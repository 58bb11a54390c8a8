/* A class in session, for tests of the desk. */
#ifndef AULA_TEST_CLASS_H
#define AULA_TEST_CLASS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "house.h"

/* A session with a chair (1), a lecturer (2) in room A and three trainees (3, 4, 5); connections likewise. */
static char token[8][64];
static char id[SESSION_ID_MAX + 1];

static inline struct house *class_opens(void)
{
    struct house *h = house_open();
    house_session(h, id);
    house_link(h, id, "chair", "Ada", NULL, token[1]);
    house_link(h, id, "lecturer", "Bruno", "A", token[2]);
    house_link(h, id, "trainee", "Carla", NULL, token[3]);
    house_link(h, id, "trainee", "Dan", "B", token[4]);
    house_link(h, id, "trainee", "Eva", NULL, token[5]);
    for (uint32_t i = 1; i <= 5; i++)
        house_hello(h, i, token[i], 0);
    house_wait(h, US_PER_S);
    return h;
}

static inline void check_heard(const struct house *h, uint32_t connection, const char *kind,
                               const char *member, const char *want)
{
    json_t *s = house_heard(h, connection, kind);
    if (!s)
        fail_msg("%u heard no %s", connection, kind);
    json_t *v = json_object_get(s, member);
    char got[400];
    if (json_is_string(v))
        snprintf(got, sizeof got, "%s", json_string_value(v));
    else
        snprintf(got, sizeof got, "%lld", (long long)house_number(s, member));
    if (strcmp(got, want) != 0)
        fail_msg("%u heard %s with %s %s, not %s", connection, kind, member, got, want);
    json_decref(s);
}

static inline void free_texts(char **texts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(texts[i]);
    free(texts);
}

static inline void check_last_event(const struct house *h, uint32_t connection, const char *part)
{
    uint64_t first;
    char **texts;
    size_t count = house_events(h, connection, &first, &texts);
    assert_true(count > 0);
    if (!strstr(texts[count - 1], part))
        fail_msg("%u: last event is %s", connection, texts[count - 1]);
    free_texts(texts, count);
}

#endif
