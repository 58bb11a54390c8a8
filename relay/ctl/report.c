#include "ctl/report.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "ctl/certificate.h"
#include "ctl/door.h"
#include "ctl/export.h"
#include "ctl/report_parts.h"
#include "ctl/table.h"
#include "ctl/zip.h"

#define THRESHOLD_DEFAULT 80 /* per cent: what most sponsors ask for */

struct making {
    const struct report_wish *wish;
    struct report r;
    json_t *asked, *programme, *facts, *decks, *attendance; /* owned */
    json_t *places;                                         /* owned: the relay's folders */
    char *why;
    size_t why_size;
};

static enum err fail(struct making *m, const char *path)
{
    snprintf(m->why, m->why_size, "%s: %s", path, strerror(errno));
    return ERR_SYSTEM;
}

/* ---- asking ---- */

/* One request (taken over); *ret_reply is the caller's. ERR_FORBIDDEN: the relay said no, and why. */
static enum err ask(struct making *m, json_t *request, json_t **ret_reply)
{
    char *text = json_dumps(request, JSON_COMPACT), *answer = NULL;
    json_decref(request);
    if (text == NULL)
        return ERR_MEMORY;
    const struct door_ask door = {
        .socket = m->wish->socket, .request = text, .request_len = strlen(text), .patient = true};
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
        e = ask(m, json_pack("{s:s,s:s,s:I}", "verb", "log-show", "session", session, "from", from), &reply);
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
    enum err e = ask(m, json_pack("{s:s,s:s}", "verb", "programme-show", "programme", id), &reply);
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
    return ask(m,
               json_pack("{s:s,s:o,s:i,s:s}", "verb", "attendance", "sessions", sessions, "threshold",
                         m->r.threshold, "format", form),
               ret_reply);
}

/* ---- files ---- */

static enum err make_folder(struct making *m, const char *name, char ret_path[PATH_MAX])
{
    int n = snprintf(ret_path, PATH_MAX, "%s%s%s", m->wish->out, name[0] ? "/" : "", name);
    if (n < 0 || n >= PATH_MAX)
        errno = ENAMETOOLONG;
    else if (mkdir(ret_path, 0755) == 0 || errno == EEXIST)
        return ERR_NONE;
    return fail(m, ret_path);
}

static enum err make_out(struct making *m)
{
    char path[PATH_MAX];
    enum err e = make_folder(m, "", path);
    DIR *d = e == ERR_NONE ? opendir(path) : NULL;
    if (e == ERR_NONE && d == NULL)
        e = fail(m, path);
    for (struct dirent *entry; d != NULL && (entry = readdir(d)) != NULL;)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            snprintf(
                m->why, m->why_size,
                "%s: something is in this folder already. Name a new one, so that nothing is written over.",
                path);
            e = ERR_FORBIDDEN;
        }
    if (d != NULL)
        closedir(d);
    return e;
}

static enum err copy_file(struct making *m, const char *source, const char *target)
{
    char bytes[65536];
    size_t n;
    FILE *from = fopen(source, "rb"), *to = from != NULL ? fopen(target, "wb") : NULL;
    bool good = to != NULL;
    while (good && (n = fread(bytes, 1, sizeof bytes, from)) > 0)
        good = fwrite(bytes, 1, n, to) == n;
    good = good && !ferror(from);
    if (to != NULL && fclose(to) != 0)
        good = false;
    enum err e = good ? ERR_NONE : fail(m, to != NULL ? target : source);
    if (from != NULL)
        fclose(from);
    return e;
}

/* The name in "/d/NAME", where it can be a file of a deck's: it becomes a path. */
static const char *deck_file(const char *url)
{
    size_t len = strncmp(url, "/d/", 3) == 0 ? strspn(url + 3, "0123456789abcdefghijklmnopqrstuvwxyz.") : 0;
    return len > 0 && len < 100 && url[3 + len] == '\0' && url[3] != '.' ? url + 3 : NULL;
}

/* A deck whose files are gone is told without pictures. */
static enum err copy_deck(struct making *m, const char *url)
{
    char path[PATH_MAX], target[PATH_MAX], folder[PATH_MAX];
    const char *decks = report_text(m->places, "decks"), *name = deck_file(url);
    const json_t *page;
    size_t i;
    if (name == NULL || json_object_get(m->decks, url) != NULL ||
        snprintf(path, sizeof path, "%s/%s", decks, name) >= PATH_MAX)
        return ERR_NONE;
    json_t *manifest = json_load_file(path, 0, NULL);
    if (manifest == NULL)
        return ERR_NONE;
    json_object_set_new(m->decks, url, manifest);
    enum err e = make_folder(m, "slides", folder);
    json_array_foreach(json_object_get(manifest, "pages"), i, page)
    {
        const char *file = deck_file(report_text(json_object_get(page, "small"), "url"));
        if (e != ERR_NONE || file == NULL || snprintf(path, sizeof path, "%s/%s", decks, file) >= PATH_MAX ||
            snprintf(target, sizeof target, "%s/%s", folder, file) >= PATH_MAX)
            continue;
        e = copy_file(m, path, target);
    }
    return e;
}

/* The session's recording, with its replay page. Where there is none, nothing. */
static enum err copy_recording(struct making *m, const char *session, size_t number)
{
    char folder[PATH_MAX], name[40], *text;
    json_t *reply = NULL;
    enum err e = ask(m, json_pack("{s:s,s:s}", "verb", "recording", "session", session), &reply);
    if (e == ERR_FORBIDDEN)
        return ERR_NONE;
    if (e == ERR_NONE)
        e = make_folder(m, "recordings", folder);
    if (e != ERR_NONE)
        return e;
    snprintf(name, sizeof name, "recordings/%zu", number);
    text = json_dumps(reply, JSON_COMPACT);
    json_decref(reply);
    if (text == NULL || snprintf(folder, sizeof folder, "%s/%s", m->wish->out, name) >= PATH_MAX)
        e = ERR_MEMORY;
    else
        e = export_recording(text, folder, m->why, m->why_size);
    free(text);
    if (e == ERR_NONE)
        json_object_set_new(json_object_get(m->facts, session), "replay", json_string(name));
    else /* the report is worth having without it */
        fprintf(m->wish->complaints, "The recording of session %s is left out: %s\n", session, m->why);
    return ERR_NONE;
}

static enum err copy_all(struct making *m)
{
    size_t i, k;
    const json_t *session, *deck;
    enum err e = ask(m, json_pack("{s:s}", "verb", "recording"), &m->places);
    json_array_foreach(json_object_get(m->programme, "sessions"), i, session)
    {
        const char *id = report_text(session, "session");
        json_array_foreach(json_object_get(json_object_get(m->facts, id), "decks"), k,
                           deck) if (e == ERR_NONE) e = copy_deck(m, report_text(deck, "manifest"));
        if (e == ERR_NONE && !m->r.is_public)
            e = copy_recording(m, id, i + 1);
    }
    return e;
}

static enum err write_text(struct making *m, const char *name, const char *text)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", m->wish->out, name);
    FILE *f = fopen(path, "wb");
    bool good = f != NULL && fputs(text, f) >= 0;
    if (f != NULL && fclose(f) != 0)
        good = false;
    return good ? ERR_NONE : fail(m, path);
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
    enum err e =
        ask(m,
            json_pack("{s:s,s:s,s:s,s:s,s:I,s:I}", "verb", "certificate", "person", report_text(person, "id"),
                      "name", name, "title", title, "seconds", (json_int_t)report_number(person, "seconds"),
                      "of", (json_int_t)report_number(m->attendance, "seconds")),
            &reply);
    if (e == ERR_NONE)
        e = certificate_files(folder, reply, name, title);
    if (e == ERR_NONE)
        json_object_set(person, "certificate", json_object_get(reply, "number"));
    else if (e == ERR_SYSTEM)
        e = fail(m, folder);
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
    enum err e = make_folder(m, "certificates", folder);
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
    enum err e = make_out(m);
    if (e == ERR_NONE)
        e = copy_all(m);
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
    json_decref(m.places);
    return e;
}
