/* Attendance out of the log: each session's links and events, read in order. */
#include <stdio.h>

#include "report/attendance_text.h"
#include "store/answers.h"
#include "store/row.h"

static enum err take_link(struct attendance *a, const struct json_in *in)
{
    enum role role = ROLE_TRAINEE;
    uint32_t number = (uint32_t)json_in_integer(*in, "number", 1, PEOPLE_MAX);
    const char *name = json_in_string(*in, "name", JSON_TEXT_LINE, NAME_CHARACTERS_MAX);
    const char *place = json_in_string(*in, "place", JSON_TEXT_LINE, NAME_CHARACTERS_MAX);
    const char *person = json_in_string_or_null(*in, "person", JSON_TEXT_LINE, PERSON_ID_MAX);
    if (role_read(json_in_string(*in, "role", JSON_TEXT_ID, 20), &role) != ERR_NONE ||
        json_doc_error(in->doc) != ERR_NONE)
        return ERR_MALFORMED;
    return attendance_link(a, number, name, place, person, role);
}

static enum err take_row(struct attendance *a, const struct desk_row *row)
{
    struct json_doc *doc;
    struct event event;
    char why[JSON_WHY_MAX];
    enum err e = json_doc_read(row->text, row->len, SENTENCE_MAX, &doc, why);
    if (e != ERR_NONE)
        return e == ERR_MEMORY ? e : ERR_MALFORMED;
    const struct json_in in = json_doc_root(doc);
    if (row->kind == ROW_LINK) {
        e = take_link(a, &in);
    } else {
        event_read(in, &event);
        e = json_doc_error(doc) ? ERR_MALFORMED : attendance_event(a, &event);
    }
    json_doc_destroy(doc);
    return e;
}

/* Links first: who is checked in may have joined never. */
static enum err take_session(sqlite3 *db, struct attendance *a, const char *session, int64_t now_ms,
                             size_t *ret_rows)
{
    static const char sql[] =
        "SELECT " ROW_COLUMNS " FROM log WHERE session = ? AND kind <= 2 ORDER BY n, row";
    sqlite3_stmt *st = NULL;
    int code = sqlite3_prepare_v2(db, sql, -1, &st, NULL);
    enum err e = attendance_begin(a, session);
    if (code == SQLITE_OK && e == ERR_NONE) {
        sqlite3_bind_text(st, 1, session, -1, SQLITE_STATIC);
        code = sqlite3_step(st);
    }
    for (; code == SQLITE_ROW && e == ERR_NONE; code = e == ERR_NONE ? sqlite3_step(st) : code) {
        struct desk_row row;
        e = row_from_columns(st, &row) ? take_row(a, &row) : ERR_MALFORMED;
        ++*ret_rows;
    }
    sqlite3_finalize(st);
    if (e == ERR_NONE)
        e = code == SQLITE_DONE ? attendance_end(a, now_ms) : ERR_SYSTEM;
    return e;
}

static void write(const struct store_ask *ask, const struct attendance *a, struct json_out *o)
{
    const struct attendance_wish wish = {.per_cent = ask->per_cent, .url = ask->path};
    json_open_object(o, NULL);
    json_put_boolean(o, "ok", true);
    switch (ask->form) {
    case STORE_CSV:
        attendance_write_csv(o, a, &wish);
        break;
    case STORE_XAPI:
        attendance_write_xapi(o, a, &wish);
        break;
    case STORE_JSON:
        attendance_write_json(o, a, &wish);
        break;
    }
    json_close_object(o);
}

void answer_attendance(sqlite3 *db, const struct store_ask *ask, struct json_out *o)
{
    struct attendance *a = NULL;
    char why[200];
    enum err e = attendance_create(&a);
    for (size_t i = 0; i < ask->session_count && e == ERR_NONE; i++) {
        size_t rows = 0;
        e = take_session(db, a, ask->sessions[i], ask->now_ms, &rows);
        if (e == ERR_NONE && rows == 0 && !ask->of_programme)
            e = ERR_UNKNOWN;
        if (e != ERR_NONE)
            snprintf(
                why, sizeof why,
                e == ERR_UNKNOWN
                    ? "There is no session \"%s\"; \"aulactl list --all\" shows those there are."
                    : "The log of session %s cannot be read; \"aulactl log verify\" tells what is wrong.",
                ask->sessions[i]);
    }
    if (e == ERR_NONE && (e = attendance_finish(a)) != ERR_NONE)
        snprintf(why, sizeof why, "The relay is out of memory; try again in a moment.");
    if (e == ERR_NONE)
        write(ask, a, o);
    else
        answer_refuse(o, a ? why : "The relay is out of memory; try again in a moment.");
    attendance_destroy(a);
}
