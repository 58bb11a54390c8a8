/* [person KEY] of a programme's file: who is what in which session. */
#include <string.h>

#include "ctl/programme_parts.h"

static const struct member of_person[] = {
    {"name", "name", NAME_CHARACTERS_MAX, true, false, JSON_TEXT_LINE},
    {"role", NULL, 20, false, false, JSON_TEXT_ID},
    {"address", "address", 254, false, false, JSON_TEXT_LINE},
    {"country", "country", 64, false, false, JSON_TEXT_LINE},
    {"place", "place", NAME_CHARACTERS_MAX, false, false, JSON_TEXT_LINE},
    {"language", "language", LANGUAGE_MAX, false, false, JSON_TEXT_ID},
    {"sessions", NULL, 8000, false, false, JSON_TEXT_LINE},
    {0}};

static const char *is_session(const struct reading *r, const char *word)
{
    return lines_section(&r->l, SECTION_SESSION, word) != NULL ? NULL : "there is no [session] of that key";
}

static bool names(const json_t *list, const char *word)
{
    size_t i;
    json_t *one;
    json_array_foreach(list, i, one) if (strcmp(json_string_value(one), word) == 0) return true;
    return false;
}

/* What a person is in one session: NULL = not in it. */
static const char *role_in(const json_t *session, const char *key, const char *role, const char *place,
                           const json_t *sessions)
{
    static const struct {
        const char *list, *role;
    } lists[] = {{"chairs", "chair"}, {"lecturers", "lecturer"}, {"interpreters", "interpreter"}};
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        if (names(json_object_get(session, lists[i].list), key))
            return lists[i].role;
    if (json_array_size(sessions) > 0 && !names(sessions, json_string_value(json_object_get(session, "key"))))
        return NULL;
    if (strcmp(role, "room") == 0 && !names(json_object_get(session, "rooms"), place))
        return NULL;
    return role;
}

static json_t *seats_of(const struct reading *r, const char *key, const char *role, const char *place,
                        const json_t *sessions)
{
    json_t *seats = json_array(), *session;
    size_t i;
    json_array_foreach(r->sessions, i, session)
    {
        const char *is = role_in(session, key, role, place, sessions);
        if (is != NULL)
            json_array_append_new(seats,
                                  json_pack("{s:s,s:s}", "session",
                                            json_string_value(json_object_get(session, "key")), "role", is));
    }
    return seats;
}

/* A place that no session has is a slip of the pen. */
static void check_place(struct reading *r, const struct section *s, const char *role)
{
    const struct entry *e = section_entry(s, "place");
    json_t *session;
    size_t i;
    bool known = e == NULL || strcmp(e->value, "remote") == 0 || e->value[0] == '\0';
    json_array_foreach(r->sessions, i, session) known =
        known || names(json_object_get(session, "rooms"), e->value);
    if (!known)
        lines_mistake(&r->l, e->line, "No session has a room \"%s\".", e->value);
    if (strcmp(role, "room") == 0 && e == NULL)
        lines_mistake(&r->l, s->line, "Who has the role room needs a place: the room.");
}

void read_person(struct reading *r, const struct section *s)
{
    json_t *person = json_object();
    const struct entry *e = section_entry(s, "role"), *place = section_entry(s, "place");
    const char *role = e != NULL && e->value[0] != '\0' ? e->value : "trainee";
    enum role known;
    check_entries(&r->l, s, of_person, person);
    check_key(&r->l, s, person);
    if (role_read(role, &known) != ERR_NONE)
        lines_mistake(&r->l, e->line,
                      "\"%s\" is no role; roles are trainee, lecturer, chair, interpreter, room and "
                      "operator.",
                      role);
    check_place(r, s, role);
    if (place != NULL && strcmp(place->value, "remote") == 0)
        json_object_del(person, "place");
    json_t *sessions = read_list(r, s, "sessions", is_session);
    json_object_set_new(person, "role", json_string(role));
    json_object_set_new(person, "seats",
                        seats_of(r, s->key, role, place != NULL ? place->value : "", sessions));
    json_decref(sessions);
    json_array_append_new(r->people, person);
    if (json_array_size(r->people) == PEOPLE_MAX + 1)
        lines_mistake(&r->l, s->line, "A programme has at most %d people.", PEOPLE_MAX);
}
