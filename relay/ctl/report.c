#include "ctl/report.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ctl/certificate.h"
#include "ctl/door.h"
#include "ctl/making.h"
#include "ctl/table.h"
#include "ctl/zip.h"

#define THRESHOLD_DEFAULT 80 /* per cent: what most sponsors ask for */

enum err making_fail(struct making *m, const char *path)
{
    snprintf(m->why, m->why_size, "%s: %s", path, strerror(errno));
    return ERR_SYSTEM;
}

/* ---- asking ---- */

/* One request (taken over); *ret_reply is the caller's. ERR_FORBIDDEN: the relay said no, and why. */
enum err making_ask(struct making *m, json_t *request, json_t **ret_reply)
{
    char *text = json_dumps(request, JSON_COMPACT), *answer = NULL;
    json_decref(request);
    if (text == NULL)
        return ERR_MEMORY;
    const struct door_ask door = {.socket = m->wish->socket,
                                  .web = m->wish->web,
                                  .request = text,
                                  .request_len = strlen(text),
                                  .patient = true};
    enum err e = door_call(&door, &answer, m->why, m->why_size);
    free(text);
    if (e != ERR_NONE)
        return e;
    json_t *reply = json_loads(answer, JSON_REJECT_DUPLICATES, NULL);
    free(answer);
    if (json_is_true(json_object_get(reply, "ok"))) {
        *ret_reply = reply;
        return ERR_NONE;
    }
    char cell[TABLE_CELL_MAX];
    table_cell(json_object_get(reply, "why"), cell);
    snprintf(m->why, m->why_size, "%s", cell);
    json_decref(reply);
    return ERR_FORBIDDEN;
}

/* All events of a session, part by part. */
static enum err ask_events(struct making *m, const char *session, json_t **ret_events)
{
    json_t *events = json_array(), *reply = NULL;
    json_int_t from = 1;
    enum err e = ERR_NONE;
    while (e == ERR_NONE && from > 0) {
        e = making_ask(m, json_pack("{s:s,s:s,s:I}", "verb", "log-show", "session", session, "from", from),
                       &reply);
        if (e != ERR_NONE)
            break;
        json_array_extend(events, json_object_get(reply, "events"));
        from = json_integer_value(json_object_get(reply, "next"));
        json_decref(reply);
    }
    if (e != ERR_NONE)
        json_decref(events);
    else
        *ret_events = events;
    return e;
}

/* A session that stands alone is a programme of one. */
static enum err alone(struct making *m, const char *session)
{
    json_t *events = NULL;
    enum err e = ask_events(m, session, &events);
    if (e != ERR_NONE)
        return e;
    json_t *facts = report_fold(events);
    const char *title = report_text(facts, "title");
    m->programme = json_pack("{s:s,s:s,s:[{s:s,s:s,s:s,s:s}]}", "id", "", "title", title, "sessions",
                             "session", session, "key", session, "title", title, "zone", "UTC");
    json_object_set_new(m->facts, session, facts);
    json_decref(events);
    return m->programme != NULL ? ERR_NONE : ERR_MEMORY;
}

static enum err ask_programme(struct making *m, const char *id)
{
    json_t *reply = NULL, *session, *events = NULL;
    size_t i;
    enum err e = making_ask(m, json_pack("{s:s,s:s}", "verb", "programme-show", "programme", id), &reply);
    if (e != ERR_NONE)
        return e;
    m->programme = json_incref(json_object_get(reply, "programme"));
    json_decref(reply);
    json_array_foreach(json_object_get(m->programme, "sessions"), i, session)
    {
        e = ask_events(m, report_text(session, "session"), &events);
        if (e != ERR_NONE)
            return e;
        json_object_set_new(m->facts, report_text(session, "session"), report_fold(events));
        json_decref(events);
    }
    return ERR_NONE;
}

static enum err ask_attendance(struct making *m, const char *form, json_t **ret_reply)
{
    json_t *sessions = json_array(), *session;
    size_t i;
    json_array_foreach(json_object_get(m->programme, "sessions"), i, session)
        json_array_append(sessions, json_object_get(session, "session"));
    if (json_array_size(sessions) == 0) {
        json_decref(sessions);
        snprintf(m->why, m->why_size, "The programme has no sessions.");
        return ERR_FORBIDDEN;
    }
    return making_ask(m,
                      json_pack("{s:s,s:o,s:i,s:s}", "verb", "attendance", "sessions", sessions, "threshold",
                                m->r.threshold, "format", form),
                      ret_reply);
}

/* ---- files ---- */

static enum err write_text(struct making *m, const char *name, const char *text)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", m->wish->out, name);
    FILE *f = fopen(path, "wb");
    bool good = f != NULL && fputs(text, f) >= 0;
    if (f != NULL && fclose(f) != 0)
        good = false;
    return good ? ERR_NONE : making_fail(m, path);
}

static enum err write_page(struct making *m)
{
    char *text = NULL;
    size_t len = 0;
    FILE *f = open_memstream(&text, &len);
    if (f == NULL)
        return ERR_MEMORY;
    report_page(f, &m->r);
    bool good = !ferror(f);
    enum err e = fclose(f) == 0 && good ? write_text(m, "index.html", text) : ERR_MEMORY;
    free(text);
    return e;
}

static enum err write_csv(struct making *m)
{
    json_t *reply = NULL;
    if (m->r.is_public)
        return ERR_NONE;
    enum err e = ask_attendance(m, "csv", &reply);
    if (e == ERR_NONE)
        e = write_text(m, "attendance.csv", report_text(reply, "text"));
    json_decref(reply);
    return e;
}

/* ---- certificates ---- */

static enum err certify(struct making *m, const char *folder, json_t *person)
{
    const char *title = report_text(m->programme, "title"), *name = report_text(person, "name");
    json_t *reply = NULL;
    enum err e = making_ask(m,
                            json_pack("{s:s,s:s,s:s,s:s,s:I,s:I}", "verb", "certificate", "person",
                                      report_text(person, "id"), "name", name, "title", title, "seconds",
                                      (json_int_t)report_number(person, "seconds"), "of",
                                      (json_int_t)report_number(m->attendance, "seconds")),
                            &reply);
    if (e == ERR_NONE)
        e = certificate_files(folder, reply, name, title);
    if (e == ERR_NONE)
        json_object_set(person, "certificate", json_object_get(reply, "number"));
    else if (e == ERR_SYSTEM)
        e = making_fail(m, folder);
    json_decref(reply);
    return e;
}

/* A session that goes on: what it comes to is not known yet. */
static const json_t *under_way(const struct making *m)
{
    size_t i;
    const json_t *session;
    json_array_foreach(json_object_get(m->programme, "sessions"), i, session)
    {
        const json_t *facts = json_object_get(m->facts, report_text(session, "session"));
        if (report_number(facts, "opened") != 0 && report_number(facts, "ended") == 0)
            return session;
    }
    return NULL;
}

/* For those who have passed and were there for a second at least. */
static enum err certify_all(struct making *m)
{
    char folder[PATH_MAX];
    size_t i;
    json_t *person;
    const json_t *session = under_way(m);
    if (m->r.is_public)
        return ERR_NONE;
    if (session != NULL) {
        fprintf(m->wish->complaints, "There are no certificates yet: session %s is not over.\n",
                report_text(session, "session"));
        return ERR_NONE;
    }
    enum err e = making_folder(m, "certificates", folder);
    json_array_foreach(json_object_get(m->attendance, "people"), i,
                       person) if (e == ERR_NONE && json_is_true(json_object_get(person, "passed")) &&
                                   report_number(person, "seconds") > 0) e = certify(m, folder, person);
    return e;
}

/* ---- the whole ---- */

static enum err write_all(struct making *m)
{
    char zip[PATH_MAX];
    m->r.programme = m->programme;
    m->r.facts = m->facts;
    m->r.decks = m->decks;
    m->r.attendance = m->attendance;
    enum err e = making_out(m);
    if (e == ERR_NONE)
        e = making_copies(m);
    if (e == ERR_NONE)
        e = certify_all(m);
    if (e == ERR_NONE)
        e = write_page(m);
    if (e == ERR_NONE)
        e = write_csv(m);
    if (e == ERR_NONE && snprintf(zip, sizeof zip, "%s.zip", m->wish->out) >= PATH_MAX)
        e = ERR_SYSTEM;
    if (e == ERR_NONE)
        e = zip_folder(m->wish->out, zip, m->why, m->why_size);
    if (e == ERR_NONE)
        fprintf(m->wish->told, "%s/index.html\n%s\n", m->wish->out, zip);
    return e;
}

static enum err make(struct making *m)
{
    const char *programme = report_text(m->asked, "programme"), *session = report_text(m->asked, "session");
    long long threshold = report_number(m->asked, "threshold");
    m->r.is_public = json_is_true(json_object_get(m->asked, "public"));
    m->r.chat = json_is_true(json_object_get(m->asked, "chat"));
    m->r.threshold = threshold > 0 ? (int)threshold : THRESHOLD_DEFAULT;
    m->r.now_ms = (long long)time(NULL) * 1000;
    if ((programme[0] != '\0') == (session[0] != '\0')) {
        snprintf(m->why, m->why_size, "A report is of a --session or of a --programme: name one of them.");
        return ERR_UNKNOWN;
    }
    enum err e = session[0] != '\0' ? alone(m, session) : ask_programme(m, programme);
    if (e == ERR_NONE)
        e = ask_attendance(m, "json", &m->attendance);
    return e == ERR_NONE ? write_all(m) : e;
}

enum err report_make(const struct report_wish *wish, char *why, size_t why_size)
{
    char out[PATH_MAX];
    struct report_wish plain = *wish;
    struct making m = {.wish = &plain, .why = why, .why_size = why_size};
    snprintf(out, sizeof out, "%s", wish->out);
    for (size_t len = strlen(out); len > 1 && out[len - 1] == '/'; len--)
        out[len - 1] = '\0'; /* the ZIP file has its name */
    plain.out = out;
    m.asked = json_loads(wish->request, 0, NULL);
    m.facts = json_object();
    m.decks = json_object();
    snprintf(why, why_size, "There is not enough memory.");
    enum err e = m.asked != NULL && m.facts != NULL && m.decks != NULL ? make(&m) : ERR_MEMORY;
    json_decref(m.asked);
    json_decref(m.programme);
    json_decref(m.facts);
    json_decref(m.decks);
    json_decref(m.attendance);
    return e;
}
