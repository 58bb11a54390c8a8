/* The desk's output: sentences to their connection, orders to the worker, rows to the disk, replies to the
 * operator. */
#include "stage.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/rows.h"
#include "wire/json_in.h"

#define REPLY_MAX (4 * 1024 * 1024)

static struct stage_member *at_connection(struct stage *s, uint32_t connection)
{
    for (size_t i = 0; i < s->member_count; i++)
        if (s->members[i]->desk_connection == connection)
            return s->members[i];
    return NULL;
}

static void append(struct stage *s, const struct desk_row *row)
{
    if (s->row_count == s->row_capacity) {
        s->row_capacity = s->row_capacity ? 2 * s->row_capacity : 64;
        s->rows = realloc(s->rows, s->row_capacity * sizeof *s->rows);
        assert_non_null(s->rows);
    }
    struct stage_row *r = &s->rows[s->row_count++];
    assert_int_equal(row->row, s->row_count);
    r->row = *row;
    r->text = strndup(row->text, row->len);
    assert_non_null(r->text);
    r->row.text = r->text;
    r->commit_us = s->now_us + s->config.commit_us;
}

static void order(struct stage *s, const struct media_order *o)
{
    enum err e = media_order(s->media, o, s->now_us);
    if (e != ERR_NONE && e != ERR_UNKNOWN) /* unknown: a fact that says so is on its way */
        fail_msg("the media plane refused order %d: %s", (int)o->kind, err_text(e));
}

static void give(struct stage *s, const struct desk_output *out)
{
    struct stage_member *m = at_connection(s, out->connection);
    switch (out->kind) {
    case DESK_SENTENCE:
        if (m)
            stage_wire_down(m, out->connection, out->text, out->len);
        break;
    case DESK_CLOSE:
        if (m)
            stage_wire_close(m, out->connection);
        break;
    case DESK_ORDER:
        order(s, &out->order);
        break;
    case DESK_ROW:
        append(s, &out->row);
        break;
    case DESK_RECORD:
        if (s->config.note)
            s->config.note(s->config.recorder, &out->record, out->text, out->len, s->now_us);
        break;
    case DESK_REPLY:
        free(s->reply);
        s->reply = strndup(out->text, out->len);
        s->replied = out->request;
        break;
    case DESK_PAST:
        break; /* this store keeps everything */
    }
}

static bool drain_media(struct stage *s)
{
    const struct media_datagram *out;
    struct media_fact fact;
    struct media_record record;
    size_t count = media_output(s->media, &out);
    bool moved = count > 0;
    for (size_t i = 0; i < count; i++)
        sim_send(s->net, &s->address, &out[i].to, out[i].bytes, out[i].len, s->now_us);
    media_sent(s->media, count);
    while (media_record(s->media, &record))
        if (s->config.packet)
            s->config.packet(s->config.recorder, &record, s->now_us);
    while (media_fact(s->media, &fact)) {
        desk_fact(s->desk, 0, &fact, s->now_us);
        moved = true;
    }
    return moved;
}

void stage_settle_relay(struct stage *s)
{
    struct desk_output out;
    for (bool moved = s->desk != NULL; moved;) {
        moved = false;
        while (desk_output(s->desk, &out)) {
            give(s, &out);
            moved = true;
        }
        moved |= drain_media(s);
    }
}

void stage_commits(struct stage *s)
{
    while (s->desk && s->committed < s->row_count && s->rows[s->committed].commit_us <= s->now_us) {
        bool kill = s->kill_at && s->committed + 1 == s->kill_at;
        s->committed += !kill || s->kill_when != KILL_UNSAVED;
        if (!kill || s->kill_when == KILL_TOLD) {
            desk_committed(s->desk, s->committed, s->now_us);
            stage_settle_relay(s);
        }
        if (kill) {
            s->kill_at = 0;
            stage_kill(s);
            s->rise_us = s->now_us + s->dead_for_us;
        }
    }
}

/* ---- the operator ---- */

const char *stage_ask(struct stage *s, const char *format, ...)
{
    char text[2048];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    assert_in_range(len, 1, (int)sizeof text - 1);
    desk_request(s->desk, ++s->requests, text, (size_t)len, s->now_us);
    stage_settle_relay(s);
    for (int i = 0; i < 1000 && s->replied != s->requests; i++)
        stage_run(s, US_PER_MS);
    assert_int_equal(s->replied, s->requests);
    if (strncmp(s->reply, "{\"ok\":true", 10) != 0)
        fail_msg("%s was answered by %s", text, s->reply);
    return s->reply;
}

static struct json_doc *parse(const char *text)
{
    struct json_doc *doc;
    char why[JSON_WHY_MAX];
    if (json_doc_read(text, strlen(text), REPLY_MAX, &doc, why) != ERR_NONE)
        fail_msg("%s", why);
    return doc;
}

void stage_session(struct stage *s)
{
    struct json_doc *doc = parse(stage_ask(
        s,
        "{\"verb\":\"session-create\",\"title\":\"Sound\",\"rooms\":[\"Hall A\",\"Hall B\"],\"record\":%s}",
        s->config.note ? "true" : "false"));
    snprintf(s->session, sizeof s->session, "%s",
             json_in_string(json_doc_root(doc), "session", JSON_TEXT_ID, SESSION_ID_MAX));
    json_doc_destroy(doc);
}

static struct json_doc *show(struct stage *s, struct json_in *ret_session)
{
    struct json_doc *doc = parse(stage_ask(s, "{\"verb\":\"show\",\"session\":\"%s\"}", s->session));
    *ret_session = json_in_object(json_doc_root(doc), "session");
    return doc;
}

static uint64_t count_of(struct json_in in, const char *name)
{
    return (uint64_t)json_in_integer(in, name, 0, JSON_INTEGER_MAX);
}

struct session_counters stage_counters(struct stage *s)
{
    struct json_in session;
    struct json_doc *doc = show(s, &session);
    struct json_in c = json_in_object(session, "counters");
    struct session_counters counters = {.decodes = count_of(c, "decodes"),
                                        .encodes = count_of(c, "encodes"),
                                        .packets_in = count_of(c, "packets_in"),
                                        .packets_out = count_of(c, "packets_out"),
                                        .dropped = count_of(c, "dropped"),
                                        .mixes = count_of(c, "mixes"),
                                        .late_mixes = count_of(c, "late_mixes")};
    assert_int_equal(json_doc_error(doc), ERR_NONE);
    json_doc_destroy(doc);
    return counters;
}

int64_t stage_shown(struct stage *s, const struct stage_member *m, const char *what)
{
    struct json_in session;
    struct json_doc *doc = show(s, &session);
    size_t count = json_in_array(session, "participants", PEOPLE_MAX);
    int64_t value = -1;
    for (size_t i = 0; i < count; i++) {
        struct json_in p = json_in_array_object(session, "participants", i);
        if (count_of(p, "id") == m->number)
            value = json_in_integer(p, what, 0, JSON_INTEGER_MAX);
    }
    assert_int_equal(json_doc_error(doc), ERR_NONE);
    json_doc_destroy(doc);
    return value;
}

void stage_deck(struct stage *s, const char *deck, int pages)
{
    assert_int_equal(
        desk_deck_added(s->desk, s->session, deck, "Slides", pages, "/d/0000.json", 0, s->now_us), ERR_NONE);
    stage_settle_relay(s);
    stage_run(s, s->config.commit_us + US_PER_MS);
}
