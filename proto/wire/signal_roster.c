#include "wire/signal_roster.h"
#include "wire/session_view_parts.h"

static void read_roster(struct json_in in, struct roster *r)
{
    r->n = (uint64_t)json_in_integer(in, "n", 1, JSON_INTEGER_MAX);
    r->large = json_in_boolean(in, "large");
    READ_LIST(in, "participants", PEOPLE_MAX, r->participants, r->participant_count, struct view_participant,
              participant_read);
    READ_LIST(in, "checkins", PEOPLE_MAX, r->checkins, r->checkin_count, struct view_checkin, checkin_read);
}

static void read_place(struct json_in in, struct place_count *p)
{
    p->place = json_in_string(in, "place", JSON_TEXT_LINE, NAME_CHARACTERS_MAX);
    p->people = (uint32_t)json_in_integer(in, "people", 0, PEOPLE_MAX);
}

static void read_counts(struct json_in in, struct people_counts *c)
{
    struct json_in roles = json_in_object(in, "roles");
    c->n = (uint64_t)json_in_integer(in, "n", 1, JSON_INTEGER_MAX);
    c->people = (uint32_t)json_in_integer(in, "people", 0, PEOPLE_MAX);
    c->whole = json_in_boolean_or(in, "whole", false);
    for (int i = 0; i < ROLE_COUNT; i++) {
        c->roles[i].told = json_in_has(roles, role_text((enum role)i));
        c->roles[i].people = (uint32_t)json_in_integer_or(roles, role_text((enum role)i), 0, PEOPLE_MAX, 0);
    }
    READ_LIST(in, "places", ROOMS_MAX + 1, c->places, c->place_count, struct place_count, read_place);
}

static void read_found(struct json_in in, struct people_found *f)
{
    f->id = json_in_integer(in, "id", 0, JSON_INTEGER_MAX);
    f->found = (uint32_t)json_in_integer(in, "found", 0, PEOPLE_MAX);
    f->more = json_in_boolean_or(in, "more", false);
    READ_LIST(in, "participants", FOUND_MAX, f->participants, f->participant_count, struct view_participant,
              participant_read);
}

void roster_read(struct json_in in, struct relay_sentence *s)
{
    if (s->kind == RELAY_ROSTER)
        read_roster(in, &s->roster);
    else if (s->kind == RELAY_COUNTS)
        read_counts(in, &s->counts);
    else
        read_found(in, &s->people);
}

static void write_participants(struct json_out *o, const struct view_participant *list, size_t count)
{
    json_open_array(o, "participants");
    for (size_t i = 0; i < count; i++)
        participant_write(o, NULL, &list[i]);
    json_close_array(o);
}

static void write_roster(struct json_out *o, const struct roster *r)
{
    json_put_integer(o, "n", (int64_t)r->n);
    json_put_boolean(o, "large", r->large);
    write_participants(o, r->participants, r->participant_count);
    if (!r->checkin_count)
        return;
    json_open_array(o, "checkins");
    for (size_t i = 0; i < r->checkin_count; i++)
        checkin_write(o, &r->checkins[i]);
    json_close_array(o);
}

static void write_counts(struct json_out *o, const struct people_counts *c)
{
    json_put_integer(o, "n", (int64_t)c->n);
    json_put_integer(o, "people", c->people);
    if (c->whole)
        json_put_boolean(o, "whole", true);
    json_open_object(o, "roles");
    for (int i = 0; i < ROLE_COUNT; i++) {
        if (c->roles[i].told)
            json_put_integer(o, role_text((enum role)i), c->roles[i].people);
    }
    json_close_object(o);
    json_open_array(o, "places");
    for (size_t i = 0; i < c->place_count; i++) {
        json_open_object(o, NULL);
        json_put_string(o, "place", c->places[i].place);
        json_put_integer(o, "people", c->places[i].people);
        json_close_object(o);
    }
    json_close_array(o);
}

static void write_found(struct json_out *o, const struct people_found *f)
{
    json_put_integer(o, "id", f->id);
    json_put_integer(o, "found", f->found);
    if (f->more)
        json_put_boolean(o, "more", true);
    write_participants(o, f->participants, f->participant_count);
}

void roster_write_members(struct json_out *o, const struct relay_sentence *s)
{
    if (s->kind == RELAY_ROSTER)
        write_roster(o, &s->roster);
    else if (s->kind == RELAY_COUNTS)
        write_counts(o, &s->counts);
    else
        write_found(o, &s->people);
}
