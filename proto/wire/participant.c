#include "wire/participant.h"
#include "wire/event_members.h"

void participant_read(struct json_in in, struct view_participant *p)
{
    p->id = (uint32_t)json_in_integer(in, "id", 1, UINT32_MAX);
    p->name = json_in_string(in, "name", JSON_TEXT_LINE, NAME_CHARACTERS_MAX);
    p->role = role_member(in, "role");
    p->place = json_in_string(in, "place", JSON_TEXT_LINE, NAME_CHARACTERS_MAX);
    p->language = json_in_string_or_null(in, "language", JSON_TEXT_ID, LANGUAGE_MAX);
    p->present = json_in_boolean(in, "present");
    p->floor = json_in_boolean(in, "floor");
    p->muted = json_in_boolean(in, "muted");
    p->hand = json_in_boolean(in, "hand");
    p->queue = (uint32_t)json_in_integer(in, "queue", 0, PEOPLE_MAX);
    p->pinned = json_in_boolean_or(in, "pinned", false);
    p->both = json_in_boolean_or(in, "both", false);
    p->deputy = json_in_boolean_or(in, "deputy", false);
}

void participant_write(struct json_out *o, const char *name, const struct view_participant *p)
{
    json_open_object(o, name);
    json_put_integer(o, "id", p->id);
    json_put_string(o, "name", p->name);
    json_put_string(o, "role", role_text(p->role));
    json_put_string(o, "place", p->place);
    if (p->language)
        json_put_string(o, "language", p->language);
    json_put_boolean(o, "present", p->present);
    json_put_boolean(o, "floor", p->floor);
    json_put_boolean(o, "muted", p->muted);
    json_put_boolean(o, "hand", p->hand);
    json_put_integer(o, "queue", p->queue);
    if (p->pinned)
        json_put_boolean(o, "pinned", true);
    if (p->both)
        json_put_boolean(o, "both", true);
    if (p->deputy)
        json_put_boolean(o, "deputy", true);
    json_close_object(o);
}
