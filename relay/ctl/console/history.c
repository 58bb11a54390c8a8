#include <stdio.h>

#include "ctl/console/parts.h"

static const char *const session_figures[] = {"bits_out_per_s"};
static const char *const person_figures[] = {"lost_in_percent", "lost_out_percent", "round_trip_ms",
                                             "quality_out"};
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void key_of(char key[2 * CONSOLE_ID_MAX], const char *session, long long person, const char *figure)
{
    snprintf(key, 2 * CONSOLE_ID_MAX, "%.60s/%lld/%.30s", session, person, figure);
}

/* Those that are in the picture move to `kept`; whatever is gone is forgotten. */
static void keep(const json_t *old, json_t *kept, const char *key, const json_t *value)
{
    json_t *row = json_object_get(old, key);
    row = row != NULL ? json_incref(row) : json_array();
    json_array_append_new(row, json_real(json_is_number(value) ? json_number_value(value) : 0));
    if (json_array_size(row) > CONSOLE_HISTORY)
        json_array_remove(row, 0);
    json_object_set_new(kept, key, row);
}

void history_keep(struct console *c)
{
    json_t *kept = json_object();
    const json_t *row;
    char key[2 * CONSOLE_ID_MAX];
    size_t i;
    if (kept == NULL)
        return;
    keep(c->histories, kept, "events", json_object_get(json_object_get(c->now, "relay"), "events_per_s"));
    json_array_foreach(json_object_get(c->now, "sessions"), i, row) for (size_t k = 0;
                                                                         k < COUNT(session_figures); k++)
    {
        key_of(key, member_text(row, "id"), 0, session_figures[k]);
        keep(c->histories, kept, key, json_object_get(row, session_figures[k]));
    }
    json_array_foreach(json_object_get(c->now, "people"), i, row) for (size_t k = 0;
                                                                       k < COUNT(person_figures); k++)
    {
        key_of(key, member_text(c->now, "session"), member_number(row, "id"), person_figures[k]);
        keep(c->histories, kept, key, json_object_get(row, person_figures[k]));
    }
    json_decref(c->histories);
    c->histories = kept;
}

int history_get(const struct console *c, const char *session, long long person, const char *figure,
                double ret_values[CONSOLE_HISTORY])
{
    char key[2 * CONSOLE_ID_MAX];
    const json_t *value;
    size_t i;
    int n = 0;
    key_of(key, session, person, figure);
    json_array_foreach(json_object_get(c->histories, session[0] ? key : figure), i,
                       value) if (n < CONSOLE_HISTORY) ret_values[n++] = json_number_value(value);
    return n;
}
