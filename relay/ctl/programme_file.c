#include "ctl/programme_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/programme_parts.h"
#include "ctl/zone.h"

#define SESSIONS_MAX  64 /* of one programme */
#define SLOTS_MAX     64 /* of one session */
#define BACKSTAGE_MIN 30
#define BACKSTAGE_MAX (7 * 24 * 60)
#define MINUTE_MS     60000LL
#define LONGEST_MIN   1440 /* of a session or a talk: longer is a mistyped time */

static const struct member of_programme[] = {
    {"key", "key", KEY_MAX, true, false, JSON_TEXT_ID},
    {"title", "title", TITLE_CHARACTERS_MAX, true, false, JSON_TEXT_LINE},
    {"zone", NULL, ZONE_NAME_MAX, true, false, JSON_TEXT_LINE},
    {"text", NULL, 2000, false, true, JSON_TEXT_LINE},
    {"backstage", NULL, 20, false, false, JSON_TEXT_LINE},
    {"open", NULL, 20, false, false, JSON_TEXT_LINE},
    {0}};
static const struct member of_session[] = {
    {"title", "title", TITLE_CHARACTERS_MAX, true, false, JSON_TEXT_LINE},
    {"day", NULL, 20, true, false, JSON_TEXT_LINE},
    {"from", NULL, 20, true, false, JSON_TEXT_LINE},
    {"to", NULL, 20, true, false, JSON_TEXT_LINE},
    {"zone", NULL, ZONE_NAME_MAX, false, false, JSON_TEXT_LINE},
    {"rooms", NULL, 8000, false, false, JSON_TEXT_LINE},
    {"languages", NULL, 8000, false, false, JSON_TEXT_LINE},
    {"chairs", NULL, 8000, false, false, JSON_TEXT_LINE},
    {"lecturers", NULL, 8000, false, false, JSON_TEXT_LINE},
    {"interpreters", NULL, 8000, false, false, JSON_TEXT_LINE},
    {"record", NULL, 10, false, false, JSON_TEXT_LINE},
    {"backstage", NULL, 20, false, false, JSON_TEXT_LINE},
    {"open", NULL, 20, false, false, JSON_TEXT_LINE},
    {"deck", NULL, 1000, false, true, JSON_TEXT_LINE},
    {"slot", NULL, 400, false, true, JSON_TEXT_LINE},
    {0}};

/* ---- any section ---- */

static const struct member *member_of(const struct member *all, const char *name)
{
    for (; all->name != NULL; all++)
        if (strcmp(all->name, name) == 0)
            return all;
    return NULL;
}

static bool fits(struct lines *l, const struct member *m, const struct entry *e)
{
    size_t characters = json_text_characters(e->value);
    if (e->value[0] == '\0')
        return false; /* noted already */
    if (characters > m->max)
        lines_mistake(l, e->line, "\"%s\" has %zu characters; at most %zu are taken.", e->name, characters,
                      m->max);
    else if (!json_text_is(e->value, m->text))
        lines_mistake(l, e->line,
                      m->text == JSON_TEXT_ID ? "\"%s\" takes letters, digits and - _ . alone."
                                              : "\"%s\" has signs that no line of text has.",
                      e->name);
    else
        return true;
    return false;
}

void check_entries(struct lines *l, const struct section *s, const struct member *all, json_t *ret_object)
{
    for (size_t i = 0; i < s->count; i++) {
        const struct entry *e = &s->entries[i];
        const struct member *m = member_of(all, e->name);
        const struct entry *first = section_entry(s, e->name);
        if (m == NULL)
            lines_mistake(l, e->line, "\"%s\" is nothing that stands in this section.", e->name);
        else if (first != e && !m->again)
            lines_mistake(l, e->line, "\"%s\" stands in line %d already.", e->name, first->line);
        else if (fits(l, m, e) && m->json != NULL)
            json_object_set_new(ret_object, m->json, json_string(e->value));
    }
    for (; all->name != NULL; all++)
        if (all->must && section_entry(s, all->name) == NULL)
            lines_mistake(l, s->line, "\"%s\" is missing in this section.", all->name);
    json_object_set_new(ret_object, "line", json_integer(s->line));
}

void check_key(struct lines *l, const struct section *s, json_t *ret_object)
{
    size_t at = (size_t)(s - l->sections);
    if (s->key[0] == '\0')
        lines_mistake(l, s->line, "The heading needs a key, like [session d1-opening].");
    else if (!json_text_is(s->key, JSON_TEXT_ID) || strlen(s->key) > KEY_MAX)
        lines_mistake(l, s->line, "The key \"%.60s\" must be of letters, digits and - _ . , at most %d.",
                      s->key, KEY_MAX);
    for (size_t i = 0; i < at; i++) {
        if (l->sections[i].kind != s->kind || s->key[0] == '\0' || strcmp(l->sections[i].key, s->key) != 0)
            continue;
        lines_mistake(l, s->line, "The key \"%s\" is used in line %d already.", s->key, l->sections[i].line);
        break;
    }
    json_object_set_new(ret_object, "key", json_string(s->key));
}

static const char *check_zone(struct reading *r, const struct section *s, const char *otherwise)
{
    const struct entry *e = section_entry(s, "zone");
    if (e == NULL || e->value[0] == '\0')
        return otherwise;
    if (zone_exists(e->value))
        return e->value;
    lines_mistake(&r->l, e->line, "There is no time zone \"%s\"; zones are called like Europe/Rome.",
                  e->value);
    return NULL;
}

static long check_backstage(struct reading *r, const struct section *s, long otherwise)
{
    const struct entry *e = section_entry(s, "backstage");
    char rest;
    long n;
    if (e == NULL || e->value[0] == '\0')
        return otherwise;
    if (strlen(e->value) <= 5 && sscanf(e->value, "%ld%c", &n, &rest) == 1 && n >= 0 && n <= BACKSTAGE_MAX)
        return n;
    lines_mistake(&r->l, e->line, "\"backstage\" is minutes before the start, 0 (a chair opens it) to %d.",
                  BACKSTAGE_MAX);
    return otherwise;
}

/* Whether it opens by itself at its start. */
static bool check_open(struct reading *r, const struct section *s, bool otherwise)
{
    const struct entry *e = section_entry(s, "open");
    if (e == NULL || e->value[0] == '\0')
        return otherwise;
    if (strcmp(e->value, "chair") != 0 && strcmp(e->value, "time") != 0)
        lines_mistake(&r->l, e->line, "\"open\" is chair (a chair opens it) or time (it opens by itself).");
    return strcmp(e->value, "time") == 0;
}

/* ---- [programme] ---- */

static void read_programme(struct reading *r, const struct section *s)
{
    json_t *text = NULL;
    if (r->programme != NULL) {
        lines_mistake(&r->l, s->line, "There is one [programme] already.");
        return;
    }
    r->programme = json_object();
    check_entries(&r->l, s, of_programme, r->programme);
    if (s->key[0] != '\0')
        lines_mistake(&r->l, s->line, "[programme] has its key in a line of its own: key = %s", s->key);
    for (size_t i = 0; i < s->count; i++) {
        const struct entry *e = &s->entries[i];
        if (strcmp(e->name, "text") != 0)
            continue;
        json_t *more =
            text == NULL ? json_string(e->value) : json_sprintf("%s\n%s", json_string_value(text), e->value);
        json_decref(text);
        text = more;
    }
    if (text != NULL && json_text_characters(json_string_value(text)) > 2000)
        lines_mistake(&r->l, s->line, "\"text\" has more than 2000 characters in all.");
    if (text != NULL)
        json_object_set_new(r->programme, "text", text);
    r->zone = check_zone(r, s, NULL);
    r->backstage = check_backstage(r, s, BACKSTAGE_MIN);
    r->opens = check_open(r, s, false);
    json_object_set_new(r->programme, "zone", json_string(r->zone != NULL ? r->zone : "UTC"));
}

/* ---- [session KEY] ---- */

/* A list as an array; each of its words passes `check`. */
json_t *read_list(struct reading *r, const struct section *s, const char *name,
                  const char *(*check)(const struct reading *r, const char *word))
{
    const struct entry *e = section_entry(s, name);
    json_t *list = json_array(), *other;
    char *copy = e != NULL ? strdup(e->value) : NULL, *at = copy, *word;
    while (at != NULL && (word = list_next(&at)) != NULL) {
        const char *wrong = check(r, word);
        size_t i;
        json_array_foreach(list, i, other) if (strcmp(json_string_value(other), word) == 0) wrong =
            "it is named twice";
        if (wrong != NULL)
            lines_mistake(&r->l, e->line, "\"%s\" in \"%s\": %s.", word, name, wrong);
        else
            json_array_append_new(list, json_string(word));
    }
    free(copy);
    return list;
}

static const char *is_person(const struct reading *r, const char *word)
{
    return lines_section(&r->l, SECTION_PERSON, word) != NULL ? NULL : "there is no [person] of that key";
}

static const char *is_room(const struct reading *r, const char *word)
{
    (void)r;
    if (strcmp(word, "remote") == 0)
        return "a room cannot be called so";
    return json_text_characters(word) <= NAME_CHARACTERS_MAX ? NULL
                                                             : "a room's name has at most 64 characters";
}

static const char *is_language(const struct reading *r, const char *word)
{
    (void)r;
    return json_text_is(word, JSON_TEXT_ID) && strlen(word) <= LANGUAGE_MAX
               ? NULL
               : "languages are called like fa or pt-BR";
}

/* Its year, month and day, where there is such a day. */
static bool read_day(const char *text, struct zone_time *t)
{
    struct zone_time day = {0};
    long long ms;
    char rest;
    if (strlen(text) != 10 || sscanf(text, "%4d-%2d-%2d%c", &day.year, &day.month, &day.day, &rest) != 3 ||
        zone_moment("UTC", &day, &ms) != ERR_NONE)
        return false;
    t->year = day.year;
    t->month = day.month;
    t->day = day.day;
    return true;
}

/* The moment of "09:30" on the session's day. */
static bool moment(struct reading *r, const struct section *s, const struct entry *e, const char *text,
                   const char *zone, long long *ret_ms)
{
    const struct entry *day = section_entry(s, "day");
    struct zone_time t;
    char rest;
    if (e == NULL || e->value[0] == '\0')
        return false;
    if (strlen(text) > 5 || sscanf(text, "%2d:%2d%c", &t.hour, &t.minute, &rest) != 2) {
        lines_mistake(&r->l, e->line, "\"%s\" is no time of day; write it like 09:30.", text);
        return false;
    }
    if (day == NULL || zone == NULL || !read_day(day->value, &t))
        return false; /* noted once, with the day */
    enum err error = zone_moment(zone, &t, ret_ms);
    if (error == ERR_STATE)
        lines_mistake(&r->l, e->line, "There is no %s on that day in %s: clocks go over it.", text, zone);
    else if (error != ERR_NONE)
        lines_mistake(&r->l, e->line, "There is no %s on %s.", text, day->value);
    return error == ERR_NONE;
}

static void check_day(struct reading *r, const struct section *s)
{
    const struct entry *e = section_entry(s, "day");
    struct zone_time t;
    if (e != NULL && e->value[0] != '\0' && !read_day(e->value, &t))
        lines_mistake(&r->l, e->line, "\"%s\" is no day; write it like 2026-09-21.", e->value);
}

/* "09:00 20 ada What the talk is about", or "-" for nobody. */
static void read_slot(struct reading *r, const struct section *s, const struct entry *e, const char *zone,
                      json_t *slots)
{
    char at[8], who[KEY_MAX + 2], rest;
    int minutes = 0, used = 0;
    long long ms;
    if (sscanf(e->value, "%7s %4d %48s%n", at, &minutes, who, &used) != 3 || minutes < 1 ||
        minutes > LONGEST_MIN || (sscanf(e->value + used, "%c", &rest) == 1 && rest != ' ' && rest != '\t')) {
        lines_mistake(&r->l, e->line,
                      "A slot is \"TIME MINUTES PERSON TITLE\", like: 09:30 20 ada How sound travels");
        return;
    }
    const char *title = e->value + used + strspn(e->value + used, " \t");
    bool nobody = strcmp(who, "-") == 0;
    if (!nobody && is_person(r, who) != NULL)
        lines_mistake(&r->l, e->line, "\"%s\" in \"slot\": %s.", who, is_person(r, who));
    if (json_text_characters(title) > TITLE_CHARACTERS_MAX)
        lines_mistake(&r->l, e->line, "A slot's title has at most %d characters.", TITLE_CHARACTERS_MAX);
    if (!moment(r, s, e, at, zone, &ms))
        return;
    json_t *slot = json_pack("{s:I,s:i}", "starts", (json_int_t)ms, "seconds", 60 * minutes);
    if (!nobody)
        json_object_set_new(slot, "who", json_string(who));
    if (title[0] != '\0')
        json_object_set_new(slot, "title", json_string(title));
    json_array_append_new(slots, slot);
}

static void read_many(struct reading *r, const struct section *s, const char *zone, json_t *session)
{
    json_t *slots = json_array(), *decks = json_array();
    for (size_t i = 0; i < s->count; i++) {
        const struct entry *e = &s->entries[i];
        if (strcmp(e->name, "slot") == 0 && json_array_size(slots) == SLOTS_MAX)
            lines_mistake(&r->l, e->line, "A session has at most %d slots.", SLOTS_MAX);
        else if (strcmp(e->name, "slot") == 0)
            read_slot(r, s, e, zone, slots);
        else if (strcmp(e->name, "deck") == 0)
            json_array_append_new(decks, json_pack("{s:s,s:i}", "file", e->value, "line", e->line));
    }
    json_object_set_new(session, "slots", slots);
    json_object_set_new(session, "decks", decks);
}

static void read_times(struct reading *r, const struct section *s, const char *zone, json_t *session)
{
    const struct entry *from = section_entry(s, "from"), *to = section_entry(s, "to");
    long long starts = 0, ends = 0;
    check_day(r, s);
    bool good = moment(r, s, from, from != NULL ? from->value : "", zone, &starts);
    good = moment(r, s, to, to != NULL ? to->value : "", zone, &ends) && good;
    if (good && ends <= starts)
        lines_mistake(&r->l, to->line,
                      "The session would end before it starts; one that goes over midnight is two.");
    json_object_set_new(session, "starts", json_integer(starts));
    json_object_set_new(session, "ends", json_integer(ends));
}

static bool read_yes(struct reading *r, const struct section *s, const char *name)
{
    const struct entry *e = section_entry(s, name);
    if (e != NULL && e->value[0] != '\0' && strcmp(e->value, "yes") != 0 && strcmp(e->value, "no") != 0)
        lines_mistake(&r->l, e->line, "\"%s\" is yes or no.", name);
    return e != NULL && strcmp(e->value, "yes") == 0;
}

static void read_session(struct reading *r, const struct section *s)
{
    json_t *session = json_object();
    check_entries(&r->l, s, of_session, session);
    check_key(&r->l, s, session);
    const char *zone = check_zone(r, s, r->zone);
    json_object_set_new(session, "zone", json_string(zone != NULL ? zone : "UTC"));
    json_object_set_new(session, "backstage", json_integer(check_backstage(r, s, r->backstage)));
    json_object_set_new(session, "opens", json_boolean(check_open(r, s, r->opens)));
    json_object_set_new(session, "record", json_boolean(read_yes(r, s, "record")));
    json_object_set_new(session, "rooms", read_list(r, s, "rooms", is_room));
    json_object_set_new(session, "languages", read_list(r, s, "languages", is_language));
    json_object_set_new(session, "chairs", read_list(r, s, "chairs", is_person));
    json_object_set_new(session, "lecturers", read_list(r, s, "lecturers", is_person));
    json_object_set_new(session, "interpreters", read_list(r, s, "interpreters", is_person));
    if (json_array_size(json_object_get(session, "rooms")) > ROOMS_MAX)
        lines_mistake(&r->l, s->line, "A session has at most %d rooms.", ROOMS_MAX);
    if (json_array_size(json_object_get(session, "languages")) > LANGUAGES_MAX)
        lines_mistake(&r->l, s->line, "A session has at most %d languages.", LANGUAGES_MAX);
    read_times(r, s, zone, session);
    read_many(r, s, zone, session);
    json_array_append_new(r->sessions, session);
    if (json_array_size(r->sessions) == SESSIONS_MAX + 1)
        lines_mistake(&r->l, s->line, "A programme has at most %d sessions.", SESSIONS_MAX);
}

/* ---- the whole ---- */

static void read_all(struct reading *r, enum section_kind kind,
                     void (*read)(struct reading *r, const struct section *s))
{
    for (size_t i = 0; i < r->l.count; i++)
        if (r->l.sections[i].kind == kind)
            read(r, &r->l.sections[i]);
}

enum err programme_file_read(const char *name, const char *text, size_t len, json_t **ret_plan,
                             char **ret_mistakes)
{
    struct reading r = {.sessions = json_array(), .people = json_array(), .backstage = BACKSTAGE_MIN};
    enum err e = ERR_MEMORY;
    lines_read(&r.l, name, text, len);
    read_all(&r, SECTION_PROGRAMME, read_programme);
    read_all(&r, SECTION_SESSION, read_session);
    read_all(&r, SECTION_PERSON, read_person);
    if (r.programme == NULL)
        lines_mistake(&r.l, 1, "There is no [programme].");
    json_t *plan = json_pack("{s:O,s:O,s:O}", "programme", r.programme != NULL ? r.programme : r.people,
                             "sessions", r.sessions, "people", r.people);
    char *mistakes = r.l.mistake_count > 0 ? lines_mistakes(&r.l) : NULL;
    if (mistakes != NULL) {
        *ret_mistakes = mistakes;
        e = ERR_MALFORMED;
    } else if (!r.l.no_memory && r.l.mistake_count == 0 && plan != NULL) {
        *ret_plan = json_incref(plan);
        e = ERR_NONE;
    }
    json_decref(plan);
    json_decref(r.programme);
    json_decref(r.sessions);
    json_decref(r.people);
    lines_finish(&r.l);
    return e;
}
