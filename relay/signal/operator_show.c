/* What the operator looks at: sessions, links, one session with its counters. */
#include "signal/parts.h"

#include "signal/quality.h"

#include <stdlib.h>

void operator_list(struct desk *d, const struct request *r)
{
    struct json_out o;
    size_t at = 0;
    const struct sitting *s;
    bool all = json_in_boolean_or(r->in, "all", false);
    if (request_misread(d, r))
        return;
    reply_open(&o);
    json_open_array(&o, "sessions");
    while ((s = table_next(d->sittings.table, &at))) {
        json_open_object(&o, NULL);
        json_put_string(&o, "id", s->id);
        json_put_string(&o, "title", session_title(s->state));
        json_put_string(&o, "state", session_state_text(session_phase(s->state)));
        json_put_integer(&o, "participants", (int64_t)session_person_count(s->state));
        json_put_integer(&o, "present", (int64_t)session_present_count(s->state));
        json_close_object(&o);
    }
    if (all)
        past_list(d, &o);
    json_close_array(&o);
    reply_send(d, r->number, &o, 0, r->now_us);
}

static void put_link(struct json_out *o, const struct sitting *s, const struct seat *seat)
{
    json_open_object(o, NULL);
    json_put_integer(o, "number", seat->number);
    json_put_string(o, "name", seat->name);
    json_put_string(o, "role", role_text(seat->role));
    json_put_string(o, "place", seat->place);
    json_put_string(o, "language", seat->language);
    json_put_string(o, "person", seat->person);
    json_put_boolean(o, "deputy", seat->deputy);
    json_put_integer(o, "expires", seat->expires_ms);
    json_put_boolean(o, "revoked", seat->revoked);
    json_put_boolean(o, "joined", session_person(s->state, seat->number) != NULL);
    json_close_object(o);
}

void operator_link_list(struct desk *d, const struct request *r)
{
    const struct sitting *s = request_sitting(d, r);
    struct json_out o;
    if (!s)
        return;
    reply_open(&o);
    json_open_array(&o, "links");
    for (uint32_t i = 0; i < s->seat_count; i++) {
        if (s->seats[i])
            put_link(&o, s, s->seats[i]);
    }
    json_close_array(&o);
    reply_send(d, r->number, &o, 0, r->now_us);
}

static bool is_audible(const struct sitting *s, uint32_t number)
{
    for (uint32_t i = 0; i < s->audible_count; i++) {
        if (s->audible[i] == number)
            return true;
    }
    return false;
}

static int percent_of(uint32_t fraction)
{
    return (int)((fraction * 100 + 32768) / 65536);
}

/* How the line is now, both ways; quality is R of the E-model. */
static void put_state(struct json_out *o, const struct peer_counters *c)
{
    const struct quality_line out = {c->lost_out, c->jitter_out_us, c->round_trip_us};
    const struct quality_line in = {c->lost_in, c->jitter_in_us, c->round_trip_us};
    json_put_integer(o, "bytes_in", (int64_t)c->bytes_in);
    json_put_integer(o, "bytes_out", (int64_t)c->bytes_out);
    json_put_integer(o, "lost_in_percent", percent_of(c->lost_in));
    json_put_integer(o, "lost_out_percent", percent_of(c->lost_out));
    json_put_integer(o, "jitter_in_ms", c->jitter_in_us / US_PER_MS);
    json_put_integer(o, "jitter_out_ms", c->jitter_out_us / US_PER_MS);
    if (c->round_trip_us)
        json_put_integer(o, "round_trip_ms", (c->round_trip_us + US_PER_MS / 2) / US_PER_MS);
    if (c->level_dbov != LEVEL_UNTOLD)
        json_put_integer(o, "level_dbov", c->level_dbov);
    json_put_integer(o, "still_ms", c->still_ms);
    json_put_integer(o, "quiet_ms", c->quiet_ms);
    json_put_integer(o, "quality_in", quality_r(&in));
    json_put_integer(o, "quality_out", quality_r(&out));
}

static void put_media(struct json_out *o, const struct seat *seat)
{
    static const struct peer_counters none;
    const struct peer *p = seat ? seat->peer : NULL;
    const struct peer_counters *c = p ? &p->counters : &none;
    json_put_string(o, "tier", p ? "full" : NULL);
    json_put_string(o, "transport", p && p->up ? "udp" : NULL);
    json_put_integer(o, "packets_in", (int64_t)c->packets_in);
    json_put_integer(o, "packets_out", (int64_t)c->packets_out);
    json_put_integer(o, "lost", (int64_t)c->lost);
    json_put_integer(o, "refused", (int64_t)c->refused);
    json_put_integer(o, "late", (int64_t)c->late);
    if (p && p->up)
        put_state(o, c);
}

/* What the member says of his own line. */
static void put_line(struct json_out *o, const struct seat *seat)
{
    const struct member *m = seat ? seat->member : NULL;
    if (!m || !m->has_line)
        return;
    json_open_object(o, "line");
    json_put_integer(o, "received", m->line.received);
    json_put_integer(o, "lost", m->line.lost);
    json_put_integer(o, "jitter_ms", m->line.jitter_ms);
    json_close_object(o);
}

void operator_put_person(struct json_out *o, const struct sitting *s, const struct view_participant *p)
{
    const struct seat *seat = seat_find(s, p->id);
    json_open_object(o, NULL);
    json_put_integer(o, "id", p->id);
    json_put_string(o, "name", p->name);
    json_put_string(o, "role", role_text(p->role));
    json_put_string(o, "place", p->place);
    json_put_boolean(o, "present", p->present);
    json_put_boolean(o, "floor", p->floor);
    json_put_boolean(o, "muted", p->muted);
    json_put_boolean(o, "hand", p->hand);
    json_put_integer(o, "queue", p->queue);
    json_put_boolean(o, "pinned", p->pinned);
    json_put_boolean(o, "deputy", p->deputy);
    json_put_string(o, "language", p->language);
    json_put_boolean(o, "both", p->both);
    json_put_boolean(o, "audible", is_audible(s, p->id));
    put_media(o, seat);
    put_line(o, seat);
    json_close_object(o);
}

void operator_put_counters(struct json_out *o, const struct session_counters *c)
{
    json_open_object(o, "counters");
    json_put_integer(o, "decodes", (int64_t)c->decodes);
    json_put_integer(o, "encodes", (int64_t)c->encodes);
    json_put_integer(o, "packets_in", (int64_t)c->packets_in);
    json_put_integer(o, "packets_out", (int64_t)c->packets_out);
    json_put_integer(o, "dropped", (int64_t)c->dropped);
    json_put_integer(o, "bytes_in", (int64_t)c->bytes_in);
    json_put_integer(o, "bytes_out", (int64_t)c->bytes_out);
    json_put_integer(o, "mixes", (int64_t)c->mixes);
    json_put_integer(o, "late_mixes", (int64_t)c->late_mixes);
    json_close_object(o);
}

static void put_decks(struct json_out *o, const struct session_view *view)
{
    json_open_array(o, "decks");
    for (size_t i = 0; i < view->deck_count; i++) {
        json_open_object(o, NULL);
        json_put_string(o, "id", view->decks[i].id);
        json_put_string(o, "title", view->decks[i].title);
        json_put_integer(o, "pages", view->decks[i].pages);
        json_close_object(o);
    }
    json_close_array(o);
    if (!view->has_page)
        return;
    json_open_object(o, "page");
    json_put_string(o, "deck", view->page.deck);
    json_put_integer(o, "page", view->page.page);
    json_close_object(o);
}

static void put_session(struct json_out *o, const struct sitting *s, const struct session_view *view)
{
    json_open_object(o, "session");
    json_put_string(o, "id", s->id);
    json_put_string(o, "title", view->title);
    json_put_string(o, "state", session_state_text(view->state));
    json_put_boolean(o, "recorded", view->recorded);
    json_put_boolean(o, "locked", view->locked[LOCK_DOORS]);
    json_put_boolean(o, "hands_locked", view->locked[LOCK_HANDS]);
    json_put_boolean(o, "chat_locked", view->locked[LOCK_CHAT]);
    if (view->starts_ms)
        json_put_integer(o, "starts", view->starts_ms);
    if (view->agenda.count)
        agenda_write(o, "agenda", &view->agenda);
    if (view->item)
        json_put_integer(o, "item", view->item);
    json_put_integer(o, "questions", (int64_t)view->question_count);
    json_put_integer(o, "polls", (int64_t)view->poll_count);
    json_put_integer(o, "checked_in", (int64_t)view->checkin_count);
    json_put_integer(o, "n", (int64_t)session_n(s->state));
    json_open_array(o, "participants");
    for (size_t i = 0; i < view->participant_count; i++)
        operator_put_person(o, s, &view->participants[i]);
    json_close_array(o);
    put_decks(o, view);
    operator_put_counters(o, &s->counters);
    json_close_object(o);
}

static void show_reply(struct desk *d, uint32_t request, const struct sitting *s)
{
    struct session_view view;
    struct json_out o;
    if (session_view_make(s->state, &view)) {
        reply_refuse(d, request, false, "The relay is out of memory; try again in a moment.");
        return;
    }
    reply_open(&o);
    put_session(&o, s, &view);
    session_view_free(&view);
    reply_send(d, request, &o, 0, 0);
}

void operator_show(struct desk *d, const struct request *r)
{
    struct sitting *s = request_sitting(d, r);
    if (!s)
        return;
    struct media_order order = {.kind = ORDER_COUNTERS, .session = s->handle};
    struct show *show = s->handle ? calloc(1, sizeof *show) : NULL;
    if (!show || !out_order(d, s->worker, &order)) {
        free(show);
        show_reply(d, r->number, s);
        return;
    }
    *show = (struct show){d->shows, r->number, s, r->now_us + SHOW_WAIT_US};
    d->shows = show;
}

/* Answers those that wait for this session (NULL: for any), or whose time is over. */
static void answer_where(struct desk *d, const struct sitting *s, point_us now_us)
{
    struct show **at = &d->shows;
    while (*at) {
        struct show *show = *at;
        if (show->sitting != s && now_us < show->answer_by_us) {
            at = &show->next;
            continue;
        }
        *at = show->next;
        show_reply(d, show->request, show->sitting);
        free(show);
    }
}

void show_answer(struct desk *d, const struct sitting *s)
{
    answer_where(d, s, INT64_MIN);
}

void show_expire(struct desk *d, point_us now_us)
{
    answer_where(d, NULL, now_us);
}

point_us show_deadline(const struct desk *d)
{
    point_us at = NEVER_US;
    for (const struct show *s = d->shows; s; s = s->next)
        at = earlier_us(at, s->answer_by_us);
    return at;
}

void show_finish(struct desk *d)
{
    while (d->shows) {
        struct show *next = d->shows->next;
        free(d->shows);
        d->shows = next;
    }
}
