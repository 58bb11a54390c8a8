#include "report/attendance_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Whole seconds, to the nearest. */
static int64_t seconds(int64_t ms)
{
    return (ms + 500) / 1000;
}

/* The civil date of a day counted from 1970, by eras of 400 years that begin in March: leap days come last.
 */
void iso_time(int64_t at_ms, char ret_text[ISO_TIME_BYTES])
{
    int64_t at_s = at_ms / 1000, day = at_s / 86400 + 719468, of_day = at_s % 86400;
    int64_t era = day / 146097, of_era = day % 146097;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * of_year + 2) / 153, of_month = of_year - (153 * month + 2) / 5 + 1;
    int64_t civil_month = month < 10 ? month + 3 : month - 9;
    int64_t civil_year = year + era * 400 + (civil_month <= 2);
    snprintf(ret_text, ISO_TIME_BYTES,
             "%04" PRId64 "-%02" PRId64 "-%02" PRId64 "T%02" PRId64 ":%02" PRId64 ":%02" PRId64 "Z",
             civil_year, civil_month, of_month, of_day / 3600, of_day / 60 % 60, of_day % 60);
}

static double share(const struct attendance *a, const struct attendance_person *p)
{
    int64_t open_ms = attendance_open_ms(a);
    return open_ms > 0 ? (double)p->total_ms / (double)open_ms : 0;
}

/* ---- JSON ---- */

static void put_time(struct json_out *o, const char *name, int64_t at_ms)
{
    char text[ISO_TIME_BYTES];
    iso_time(at_ms, text);
    json_put_string(o, name, at_ms > 0 ? text : NULL);
}

/* Every place and role that he had. */
static void put_all(struct json_out *o, const struct attendance_person *p)
{
    const char *place;
    enum role role;
    json_open_array(o, "places");
    for (size_t at = 0; (place = attendance_next_place(p, &at));)
        json_put_string(o, NULL, place);
    json_close_array(o);
    json_open_array(o, "roles");
    for (size_t at = 0; attendance_next_role(p, &at, &role);)
        json_put_string(o, NULL, role_text(role));
    json_close_array(o);
}

static void put_person(struct json_out *o, const struct attendance *a, const struct attendance_person *p,
                       unsigned per_cent)
{
    json_open_object(o, NULL);
    json_put_string(o, "name", p->name);
    json_put_string(o, "id", p->id);
    json_put_string(o, "role", role_text(p->role));
    json_put_string(o, "place", p->place);
    put_all(o, p);
    json_put_integer(o, "seconds", seconds(p->total_ms));
    json_put_fraction(o, "share", share(a, p));
    if (per_cent > 0)
        json_put_boolean(o, "passed", attendance_passes(a, p, per_cent));
    json_open_array(o, "intervals");
    for (size_t i = 0; i < p->span_count; i++) {
        json_open_object(o, NULL);
        json_put_string(o, "session", attendance_session(a, p->spans[i].session)->id);
        json_put_integer(o, "from", p->spans[i].from_ms);
        json_put_integer(o, "to", p->spans[i].to_ms);
        json_put_string(o, "place", p->spans[i].place);
        json_put_string(o, "role", role_text(p->spans[i].role));
        json_close_object(o);
    }
    json_close_array(o);
    json_close_object(o);
}

void attendance_write_json(struct json_out *o, const struct attendance *a, const struct attendance_wish *wish)
{
    json_open_array(o, "sessions");
    for (size_t i = 0; i < attendance_session_count(a); i++) {
        const struct attendance_session *s = attendance_session(a, i);
        json_open_object(o, NULL);
        json_put_string(o, "id", s->id);
        json_put_string(o, "title", s->title);
        put_time(o, "from", s->from_ms);
        put_time(o, "to", s->to_ms);
        json_put_integer(o, "seconds", seconds(s->open_ms));
        json_close_object(o);
    }
    json_close_array(o);
    json_put_integer(o, "seconds", seconds(attendance_open_ms(a)));
    if (wish->per_cent > 0)
        json_put_integer(o, "threshold", wish->per_cent);
    json_open_array(o, "people");
    for (size_t i = 0; i < attendance_person_count(a); i++)
        put_person(o, a, attendance_person(a, i), wish->per_cent);
    json_close_array(o);
}

/* ---- CSV ---- */

/* A text that grows, with a sticky error. */
struct lines {
    char *text;
    size_t len, size;
    bool failed;
};

static void add(struct lines *l, const char *bytes, size_t len)
{
    if (l->len + len + 1 > l->size && !l->failed) {
        size_t size = 2 * (l->len + len + 1) + 4096;
        char *text = realloc(l->text, size);
        l->failed = text == NULL;
        l->text = text ? text : l->text;
        l->size = text ? size : l->size;
    }
    if (l->failed)
        return;
    memcpy(l->text + l->len, bytes, len);
    l->len += len;
    l->text[l->len] = '\0';
}

static void add_cell(struct lines *l, const char *cell, char end)
{
    bool formula = strchr("=+-@\t\r", cell[0]) != NULL && cell[0] != '\0';
    bool quoted = formula || strpbrk(cell, ",\"\r\n") != NULL;
    if (quoted)
        add(l, "\"", 1);
    if (formula)
        add(l, "'", 1);
    for (const char *c = cell; *c; c++)
        add(l, *c == '"' ? "\"\"" : c, *c == '"' ? 2 : 1);
    if (quoted)
        add(l, "\"", 1);
    add(l, end == '\n' ? "\r\n" : &end, end == '\n' ? 2 : 1);
}

#define ALL_MAX 1000 /* bytes of a cell of places: some ten of them; more are cut */

static void append(char *cell, size_t *len, const char *word)
{
    int n = snprintf(cell + *len, ALL_MAX - *len, "%s%s", *len ? "; " : "", word);
    if (n > 0 && *len + (size_t)n < ALL_MAX)
        *len += (size_t)n;
    cell[*len] = '\0'; /* a word that does not fit is left out whole */
}

/* Every role and place that he had, in one cell each. */
static void add_all(struct lines *l, const struct attendance_person *p)
{
    char cell[ALL_MAX] = "";
    size_t len = 0;
    const char *place;
    enum role role;
    for (size_t at = 0; attendance_next_role(p, &at, &role);)
        append(cell, &len, role_text(role));
    add_cell(l, len ? cell : role_text(p->role), ',');
    len = 0;
    cell[0] = '\0';
    for (size_t at = 0; (place = attendance_next_place(p, &at));)
        append(cell, &len, place);
    add_cell(l, cell, ',');
}

static void add_number(struct lines *l, int64_t number, char end)
{
    char cell[24];
    snprintf(cell, sizeof cell, "%" PRId64, number);
    add_cell(l, cell, end);
}

static void add_time(struct lines *l, int64_t at_ms)
{
    char cell[ISO_TIME_BYTES] = "";
    if (at_ms > 0)
        iso_time(at_ms, cell);
    add_cell(l, cell, ',');
}

static void add_person(struct lines *l, const struct attendance *a, const struct attendance_person *p,
                       unsigned per_cent)
{
    char percent[16];
    size_t sessions = attendance_session_count(a);
    int64_t last_ms = 0;
    for (size_t i = 0; i < p->span_count; i++)
        last_ms = p->spans[i].to_ms > last_ms ? p->spans[i].to_ms : last_ms;
    snprintf(percent, sizeof percent, "%.1f", 100 * share(a, p));
    add_cell(l, p->name, ',');
    add_cell(l, p->id, ',');
    add_all(l, p);
    add_number(l, seconds(p->total_ms), ',');
    add_cell(l, percent, ',');
    add_cell(l, per_cent == 0 ? "" : attendance_passes(a, p, per_cent) ? "yes" : "no", ',');
    add_time(l, p->span_count ? p->spans[0].from_ms : 0);
    add_time(l, last_ms);
    for (size_t i = 0; i < sessions; i++)
        add_number(l, seconds(attendance_in_session_ms(p, i)), i + 1 < sessions ? ',' : '\n');
}

void attendance_write_csv(struct json_out *o, const struct attendance *a, const struct attendance_wish *wish)
{
    static const char *const headings[] = {"name",    "id",     "role",  "place", "seconds",
                                           "percent", "passed", "first", "last"};
    struct lines l = {.text = NULL};
    size_t sessions = attendance_session_count(a);
    for (size_t i = 0; i < sizeof headings / sizeof headings[0]; i++)
        add_cell(&l, headings[i], ',');
    for (size_t i = 0; i < sessions; i++)
        add_cell(&l, attendance_session(a, i)->id, i + 1 < sessions ? ',' : '\n');
    for (size_t i = 0; i < attendance_person_count(a); i++)
        add_person(&l, a, attendance_person(a, i), wish->per_cent);
    if (l.failed)
        o->failed = true;
    else
        json_put_string(o, "text", l.text ? l.text : "");
    free(l.text);
}

/* ---- xAPI ---- */

/* An address of mail is one (mailto:), all else is a name that the relay gives. */
static void put_actor(struct json_out *o, const struct attendance_person *p, const char *url)
{
    const char *at = strchr(p->id, '@');
    char mail[PERSON_ID_MAX * 4 + 16];
    json_open_object(o, "actor");
    json_put_string(o, "objectType", "Agent");
    json_put_string(o, "name", p->name);
    if (at && at != p->id && strchr(at, '.') && !strpbrk(p->id, " <>\"")) {
        snprintf(mail, sizeof mail, "mailto:%s", p->id);
        json_put_string(o, "mbox", mail);
    } else {
        json_open_object(o, "account");
        json_put_string(o, "homePage", url);
        json_put_string(o, "name", p->id);
        json_close_object(o);
    }
    json_close_object(o);
}

static void put_words(struct json_out *o, const char *name, const char *words)
{
    json_open_object(o, name);
    json_put_string(o, "en", words);
    json_close_object(o);
}

static void put_object(struct json_out *o, const struct attendance_session *s, const char *url)
{
    char id[400];
    snprintf(id, sizeof id, "%s/sessions/%s", url, s->id);
    json_open_object(o, "object");
    json_put_string(o, "objectType", "Activity");
    json_put_string(o, "id", id);
    json_open_object(o, "definition");
    put_words(o, "name", s->title);
    json_put_string(o, "type", "http://adlnet.gov/expapi/activities/meeting");
    json_close_object(o);
    json_close_object(o);
}

static void put_statement(struct json_out *o, const struct attendance *a, const struct attendance_person *p,
                          size_t session, const struct attendance_wish *wish)
{
    char duration[40];
    int64_t last_ms = 0;
    for (size_t i = 0; i < p->span_count; i++) {
        if (p->spans[i].session == session)
            last_ms = p->spans[i].to_ms;
    }
    snprintf(duration, sizeof duration, "PT%" PRId64 "S", seconds(attendance_in_session_ms(p, session)));
    json_open_object(o, NULL);
    put_actor(o, p, wish->url);
    json_open_object(o, "verb");
    json_put_string(o, "id", "http://adlnet.gov/expapi/verbs/attended");
    put_words(o, "display", "attended");
    json_close_object(o);
    put_object(o, attendance_session(a, session), wish->url);
    json_open_object(o, "result");
    json_put_string(o, "duration", duration);
    if (wish->per_cent > 0)
        json_put_boolean(o, "success", attendance_passes(a, p, wish->per_cent));
    json_close_object(o);
    put_time(o, "timestamp", last_ms);
    json_close_object(o);
}

void attendance_write_xapi(struct json_out *o, const struct attendance *a, const struct attendance_wish *wish)
{
    json_open_array(o, "statements");
    for (size_t i = 0; i < attendance_person_count(a); i++) {
        const struct attendance_person *p = attendance_person(a, i);
        for (size_t session = 0; session < attendance_session_count(a); session++) {
            if (attendance_in_session_ms(p, session) > 0)
                put_statement(o, a, p, session, wish);
        }
    }
    json_close_array(o);
}
