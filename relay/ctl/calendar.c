#include "ctl/calendar.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/zone.h"

#define FOLD_AT 75 /* octets of a line, its end not counted: RFC 5545 §3.1 */

struct page {
    FILE *out;
    const json_t *programme;
    const json_t *person; /* NULL = for everyone */
    long long now_ms;
};

static const char *text_of(const json_t *object, const char *member)
{
    const char *text = json_string_value(json_object_get(object, member));
    return text != NULL ? text : "";
}

/* Folded where it is too long, never within a character. */
static void put_line(FILE *out, const char *line)
{
    size_t room = FOLD_AT;
    while (strlen(line) > room) {
        size_t n = room;
        while (n > 0 && ((unsigned char)line[n] & 0xc0) == 0x80)
            n--;
        fprintf(out, "%.*s\r\n ", (int)n, line);
        line += n;
        room = FOLD_AT - 1; /* the space counts */
    }
    fprintf(out, "%s\r\n", line);
}

/* TEXT, RFC 5545 §3.3.11. */
static void put_escaped(FILE *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '\n')
            fputs("\\n", out);
        else if (strchr("\\;,", *text) != NULL)
            fprintf(out, "\\%c", *text);
        else if ((unsigned char)*text >= 0x20 || *text == '\t')
            fputc(*text, out);
    }
}

/* NAME:value; `plain` values (URLs, moments) are not escaped. */
static void put(struct page *p, const char *name, const char *value, bool plain)
{
    char *line = NULL;
    size_t len = 0;
    FILE *f = open_memstream(&line, &len);
    if (f == NULL)
        return;
    fprintf(f, "%s:", name);
    if (plain)
        fputs(value, f);
    else
        put_escaped(f, value);
    if (fclose(f) == 0)
        put_line(p->out, line);
    free(line);
}

static void put_moment(struct page *p, const char *name, long long ms)
{
    char text[ZONE_TEXT_SIZE];
    zone_print("UTC", ms, "%Y%m%dT%H%M%SZ", text);
    put(p, name, text, true);
}

static const json_t *person_of(const json_t *programme, const char *key)
{
    size_t i;
    const json_t *one;
    json_array_foreach(json_object_get(programme, "people"), i,
                       one) if (strcmp(text_of(one, "key"), key) == 0) return one;
    return NULL;
}

/* Chairs or lecturers, by name. */
static void put_people(FILE *f, const struct page *p, const json_t *session, const char *list,
                       const char *heading)
{
    const json_t *keys = json_object_get(session, list), *key;
    size_t i;
    if (json_array_size(keys) == 0)
        return;
    fprintf(f, "%s: ", heading);
    json_array_foreach(keys, i, key)
        fprintf(f, "%s%s", i ? ", " : "", text_of(person_of(p->programme, json_string_value(key)), "name"));
    fputc('\n', f);
}

static void put_description(struct page *p, const json_t *session)
{
    char *text = NULL, at[ZONE_TEXT_SIZE];
    size_t len = 0, i;
    FILE *f = open_memstream(&text, &len);
    const json_t *slot;
    if (f == NULL)
        return;
    if (p->person != NULL && text_of(p->person, "url")[0] != '\0')
        fprintf(f, "Your personal link (do not pass it on): %s\n", text_of(p->person, "url"));
    put_people(f, p, session, "chairs", "Chairs");
    put_people(f, p, session, "lecturers", "Lecturers");
    json_array_foreach(json_object_get(session, "slots"), i, slot)
    {
        const char *who = text_of(person_of(p->programme, text_of(slot, "who")), "name");
        zone_print(text_of(session, "zone"), json_integer_value(json_object_get(slot, "starts")), "%H:%M",
                   at);
        fprintf(f, "%s %s%s%s\n", at, who, who[0] && text_of(slot, "title")[0] ? ": " : "",
                text_of(slot, "title"));
    }
    bool good = fclose(f) == 0;
    if (good && len > 0) {
        text[len - 1] = '\0'; /* the last line's end */
        put(p, "DESCRIPTION", text, false);
    }
    free(text);
}

static void put_location(struct page *p, const json_t *session)
{
    char text[4200] = "";
    size_t i, len = 0;
    const json_t *room, *rooms = json_object_get(session, "rooms");
    const char *place = p->person != NULL ? text_of(p->person, "place") : "";
    json_array_foreach(rooms, i, room)
    {
        const char *name = json_string_value(room);
        if (p->person != NULL && strcmp(name, place) != 0)
            continue;
        int n = snprintf(text + len, sizeof text - len, "%s%s", len ? ", " : "", name);
        if (n > 0 && (size_t)n < sizeof text - len)
            len += (size_t)n;
    }
    if (text[0] != '\0')
        put(p, "LOCATION", text, false);
}

static bool is_in(const json_t *person, const json_t *session)
{
    size_t i;
    const json_t *seat;
    json_array_foreach(json_object_get(person, "seats"), i,
                       seat) if (strcmp(text_of(seat, "session"), text_of(session, "key")) == 0) return true;
    return false;
}

static void put_session(struct page *p, const json_t *session)
{
    char uid[200];
    snprintf(uid, sizeof uid, "%.80s@%.40s.aula", text_of(session, "key"), text_of(p->programme, "id"));
    put(p, "BEGIN", "VEVENT", true);
    put(p, "UID", uid, false);
    put_moment(p, "DTSTAMP", p->now_ms);
    put_moment(p, "DTSTART", json_integer_value(json_object_get(session, "starts")));
    put_moment(p, "DTEND", json_integer_value(json_object_get(session, "ends")));
    put(p, "SUMMARY", text_of(session, "title"), false);
    put_location(p, session);
    put_description(p, session);
    if (p->person != NULL && text_of(p->person, "url")[0] != '\0')
        put(p, "URL", text_of(p->person, "url"), true);
    put(p, "END", "VEVENT", true);
}

enum err calendar_write(const json_t *programme, const char *person, long long now_ms, char **ret_text)
{
    struct page p = {.programme = programme, .now_ms = now_ms};
    char *text = NULL;
    size_t len = 0, i;
    const json_t *session;
    if (person != NULL && (p.person = person_of(programme, person)) == NULL)
        return ERR_UNKNOWN;
    p.out = open_memstream(&text, &len);
    if (p.out == NULL)
        return ERR_MEMORY;
    put(&p, "BEGIN", "VCALENDAR", true);
    put(&p, "VERSION", "2.0", true);
    put(&p, "PRODID", "-//aula//programme//EN", true);
    put(&p, "METHOD", "PUBLISH", true);
    put(&p, "X-WR-CALNAME", text_of(programme, "title"), false);
    json_array_foreach(json_object_get(programme, "sessions"), i,
                       session) if (p.person == NULL || is_in(p.person, session)) put_session(&p, session);
    put(&p, "END", "VCALENDAR", true);
    bool good = !ferror(p.out);
    if (fclose(p.out) != 0 || !good) {
        free(text);
        return ERR_MEMORY;
    }
    *ret_text = text;
    return ERR_NONE;
}
