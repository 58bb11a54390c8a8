/* What the recorder is told: when a session is recorded and where its sound is, what goes into its timeline;
 * and what chairs and operators are told of the recorder. A session is recorded while it is open. */
#include "signal/parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Takes over the share of the text. Where memory is short the recorder misses it, nobody else. */
static bool tell_recorder(struct desk *d, const struct sitting *s, enum desk_record_kind kind, uint64_t key,
                          struct text *text)
{
    struct desk_record record = {.kind = kind, .key = key};
    snprintf(record.session, sizeof record.session, "%s", s->id);
    return out_record(d, &record, text);
}

/* A JSON object with its session time, in seconds, before its other members. */
static struct text *timed(session_samples at, const char *object, size_t len)
{
    char head[48];
    span_us us = us_from_samples(at < 0 ? -at : at);
    int head_len = snprintf(head, sizeof head, "{\"t\":%s%" PRId64 ".%06" PRId64 ",", at < 0 ? "-" : "",
                            us / US_PER_S, us % US_PER_S);
    char *bytes = malloc((size_t)head_len + len);
    if (!bytes)
        return NULL;
    memcpy(bytes, head, (size_t)head_len);
    memcpy(bytes + head_len, object + 1, len - 1);
    struct text *t = text_create(bytes, (size_t)head_len + len - 1);
    free(bytes);
    return t;
}

static void line(struct desk *d, const struct sitting *s, session_samples at, uint64_t key,
                 const struct text *object)
{
    if (object)
        tell_recorder(d, s, RECORD_LINE, key, timed(at, object->bytes, object->len));
}

/* The state, but for what people said: a timeline begins with it, and goes on with it after each break. */
static void state_line(struct desk *d, const struct sitting *s, point_us now_us)
{
    struct session_view view;
    struct json_out o;
    if (session_view_make(s->state, &view))
        return;
    /* What was said while nothing was recorded stays unsaid. */
    view.chat_count = view.question_count = view.poll_count = view.checkin_count = 0;
    json_out_init(&o);
    json_open_object(&o, NULL);
    json_put_string(&o, "kind", "session");
    json_put_integer(&o, "at", wall_ms(d, now_us));
    session_view_write(&o, "session", &view);
    json_close_object(&o);
    session_view_free(&view);
    struct text *text = text_from(&o);
    line(d, s, sitting_clock(d, s, now_us), 0, text);
    text_release(text);
}

static void order_sound(struct desk *d, const struct sitting *s)
{
    struct media_order order = {.kind = ORDER_SESSION_RECORD, .session = s->handle};
    order.recorded = s->recording;
    if (s->handle)
        out_order(d, s->worker, &order);
}

void record_follow(struct desk *d, struct sitting *s, point_us now_us)
{
    enum session_state phase = session_phase(s->state);
    bool wanted = session_recorded(s->state) && phase == SESSION_OPEN;
    /* Where memory is too short to tell, the next event tries again. */
    if (wanted != s->recording && tell_recorder(d, s, wanted ? RECORD_BEGIN : RECORD_PAUSE, 0, NULL)) {
        s->recording = wanted;
        s->record_begun = true;
        if (wanted)
            state_line(d, s, now_us);
        order_sound(d, s);
    }
    if (phase == SESSION_ENDED && s->record_begun) {
        s->record_begun = false;
        tell_recorder(d, s, RECORD_END, 0, NULL);
    }
}

/* Whose session time is that of a sound. */
static bool has_media(enum event_kind kind)
{
    return kind == EVENT_PAGE || kind == EVENT_STROKE || kind == EVENT_CLEARED || kind == EVENT_ANSWERED ||
           kind == EVENT_ITEM;
}

void record_event(struct desk *d, struct sitting *s, const struct event *e, const struct text *text,
                  point_us now_us)
{
    bool ends = e->kind == EVENT_STATE && s->recording;
    if (!ends)
        record_follow(d, s, now_us);
    if (s->recording && (e->kind != EVENT_CHAT || d->config.record_chat))
        line(d, s, has_media(e->kind) ? e->media : sitting_clock(d, s, now_us), 0, text);
    if (ends)
        record_follow(d, s, now_us);
}

void record_signal(struct desk *d, const struct sitting *s, session_samples at, uint64_t key,
                   const struct text *text)
{
    if (s->recording)
        line(d, s, at, key, text);
}

bool record_media(struct desk *d, const struct sitting *s, int worker, uint32_t handle)
{
    struct desk_record record = {.kind = RECORD_MEDIA, .worker = worker, .handle = handle};
    snprintf(record.session, sizeof record.session, "%s", s->id);
    return out_record(d, &record, NULL);
}

void tell_recording(struct desk *d, struct member *m)
{
    const struct sitting *s = m->seat->sitting;
    if (!role_leads(m->seat->role) || (!s->replay && !s->record_stopped))
        return;
    struct relay_sentence sentence = {.kind = RELAY_RECORDING,
                                      .recording = {s->record_stopped, s->record_since_ms,
                                                    s->record_stopped ? s->record_why : NULL, s->replay}};
    member_say(d, m, sentence_text(&sentence), false);
}

static void tell_leads(struct desk *d, struct sitting *s)
{
    for (struct member *m = s->members; m; m = m->next)
        if (m->welcomed)
            tell_recording(d, m);
}

void desk_recording(struct desk *d, const char *session, const char *stopped, const char *replay,
                    point_us now_us)
{
    struct sitting *s = sitting_find(d, session);
    if (!s)
        return;
    if (replay) {
        free(s->replay);
        s->replay = strdup(replay);
    }
    bool goes_on = s->record_stopped && !stopped;
    if (stopped && !s->record_stopped)
        s->record_since_ms = wall_ms(d, now_us);
    s->record_stopped = stopped != NULL;
    snprintf(s->record_why, sizeof s->record_why, "%s", stopped ? stopped : "");
    if (goes_on && s->recording)
        state_line(d, s, now_us);
    tell_leads(d, s);
}
