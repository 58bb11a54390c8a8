/* A session's running order: its items, both directions. */
#include "wire/event_members.h"

#include <string.h>

static void read_item(struct json_in in, struct agenda_item *i)
{
    i->title = json_in_string_or_null(in, "title", JSON_TEXT_LINE, TITLE_CHARACTERS_MAX);
    i->name = json_in_string_or_null(in, "name", JSON_TEXT_LINE, NAME_CHARACTERS_MAX);
    i->who = (uint32_t)json_in_integer_or(in, "who", 1, PEOPLE_MAX, 0);
    i->seconds = (uint32_t)json_in_integer(in, "seconds", 1, TIMER_SECONDS_MAX);
    i->starts_ms = json_in_integer_or(in, "starts", 1, JSON_INTEGER_MAX, 0);
}

static size_t bytes_of(const struct agenda_item *i)
{
    return (i->title ? strlen(i->title) : 0) + (i->name ? strlen(i->name) : 0);
}

bool agenda_fits(const struct agenda *a)
{
    size_t bytes = 0;
    for (size_t i = 0; i < a->count; i++)
        bytes += bytes_of(&a->at[i]);
    return a->count <= AGENDA_MAX && bytes <= AGENDA_TEXT_MAX;
}

struct agenda agenda_read(struct json_in in, const char *member)
{
    size_t count = json_in_array_or_none(in, member, AGENDA_MAX);
    struct agenda_item *at = count ? json_doc_alloc(in.doc, count, sizeof *at) : NULL;
    struct agenda a = {at, at ? count : 0};
    for (size_t i = 0; i < a.count; i++)
        read_item(json_in_array_object(in, member, i), &at[i]);
    if (!json_doc_error(in.doc) && !agenda_fits(&a))
        json_doc_fail(in.doc, ERR_UNSUPPORTED, "\"items\": the texts of a running order are too long.");
    return a;
}

static void write_item(struct json_out *o, const struct agenda_item *i)
{
    json_open_object(o, NULL);
    if (i->title)
        json_put_string(o, "title", i->title);
    if (i->name)
        json_put_string(o, "name", i->name);
    if (i->who)
        json_put_integer(o, "who", i->who);
    json_put_integer(o, "seconds", i->seconds);
    if (i->starts_ms)
        json_put_integer(o, "starts", i->starts_ms);
    json_close_object(o);
}

void agenda_write(struct json_out *o, const char *name, const struct agenda *a)
{
    json_open_array(o, name);
    for (size_t i = 0; i < a->count; i++)
        write_item(o, &a->at[i]);
    json_close_array(o);
}
