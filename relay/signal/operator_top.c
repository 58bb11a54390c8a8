/* The live picture: every session's figures, and what is wrong. While anybody looks, each session's worker is
 * asked for its counters once a second; while nobody does, nothing is. Rates are left to who looks: all that
 * is told are counts and moments. */
#include "signal/alarms.h"
#include "signal/parts.h"

#include <stdlib.h>
#include <string.h>

#define LOOK_EVERY_US ((span_us)US_PER_S)
#define LOOK_WATCH_US (90 * (span_us)US_PER_S)   /* after a look: Prometheus comes once a minute at least */
#define LOOK_FRESH_US (200 * (span_us)US_PER_MS) /* counters of this age need not be asked for again */
#define LOOK_ALARMS   50                         /* told at most, the bad ones first; the rest is counted */

/* --- asking the workers --- */

static void survey(struct desk *d, point_us now_us)
{
    size_t at = 0;
    struct sitting *s;
    d->look.surveyed_us = now_us;
    d->look.waiting = 0;
    while ((s = table_next(d->sittings.table, &at))) {
        struct media_order order = {.kind = ORDER_COUNTERS, .session = s->handle};
        s->counters_due = s->handle && out_order(d, s->worker, &order);
        d->look.waiting += s->counters_due;
    }
}

void look_watch(struct desk *d, point_us now_us)
{
    d->look.watched_until_us = now_us + LOOK_WATCH_US;
    if (d->look.next_us == NEVER_US)
        d->look.next_us = now_us;
}

static void answer_all(struct desk *d, point_us now_us);

void look_counted(struct desk *d, struct sitting *s)
{
    if (!s->counters_due)
        return;
    s->counters_due = false;
    if (--d->look.waiting == 0)
        answer_all(d, NEVER_US);
}

void look_expire(struct desk *d, point_us now_us)
{
    if (now_us - d->look.surveyed_us >= SHOW_WAIT_US)
        d->look.waiting = 0; /* a worker that does not answer holds nobody up */
    if (d->look.next_us <= now_us) {
        bool watched = now_us < d->look.watched_until_us;
        if (watched && d->look.waiting == 0)
            survey(d, now_us);
        d->look.next_us = watched ? now_us + LOOK_EVERY_US : NEVER_US;
    }
    answer_all(d, now_us);
}

point_us look_deadline(const struct desk *d)
{
    point_us at = d->look.next_us;
    for (const struct look *l = d->look.first; l; l = l->next)
        at = earlier_us(at, l->answer_by_us);
    return at;
}

void look_finish(struct desk *d)
{
    while (d->look.first) {
        struct look *next = d->look.first->next;
        free(d->look.first);
        d->look.first = next;
    }
}

void desk_shell_told(struct desk *d, const struct shell_figures *figures)
{
    if (d->look.has_shell && figures->at_us - d->look.shell.at_us >= ALARM_LOOK_LEAST_US) {
        d->look.before = d->look.shell;
        d->look.has_before = true;
    }
    d->look.shell = *figures;
    d->look.has_shell = true;
}

/* --- alarms --- */

struct alarm_list {
    struct json_out *o;
    enum alarm_severity now; /* only these are told on this round; all are counted on the first */
    size_t told, bad, all;
};

static void put_alarm(struct alarm_list *l, const struct alarm *a, const struct sitting *s, uint32_t number)
{
    l->all += l->now == ALARM_BAD;
    l->bad += l->now == ALARM_BAD && a->severity == ALARM_BAD;
    if (a->severity != l->now || l->told >= LOOK_ALARMS)
        return;
    l->told++;
    json_open_object(l->o, NULL);
    json_put_string(l->o, "severity", a->severity == ALARM_BAD ? "bad" : "warn");
    json_put_string(l->o, "kind", a->kind);
    if (s)
        json_put_string(l->o, "session", s->id);
    if (number)
        json_put_integer(l->o, "participant", number);
    json_put_string(l->o, "text", a->text);
    json_close_object(l->o);
}

static size_t person_alarms(const struct sitting *s, const struct seat *seat, point_us now_us,
                            struct alarm ret[ALARMS_OF_PERSON_MAX])
{
    const struct peer *p = seat->peer;
    if (!p)
        return 0;
    const struct alarm_person person = {.name = seat->name,
                                        .here = seat->member != NULL,
                                        .may_send = p->may_send && p->sends &&
                                                    session_phase(s->state) == SESSION_OPEN,
                                        .has_link = true,
                                        .up = p->up,
                                        .since = now_us - (p->up ? p->up_us : p->made_us),
                                        .counters = &p->counters};
    return alarms_of_person(&person, ret);
}

static void session_alarms(struct alarm_list *l, const struct sitting *s, point_us now_us)
{
    struct alarm
        found[ALARMS_OF_PERSON_MAX > ALARMS_OF_SESSION_MAX ? ALARMS_OF_PERSON_MAX : ALARMS_OF_SESSION_MAX];
    const struct alarm_session session = {s->record_stopped ? s->record_why : NULL,
                                          s->counted_twice ? &s->counters_before : NULL, &s->counters};
    size_t n = alarms_of_session(&session, found);
    for (size_t i = 0; i < n; i++)
        put_alarm(l, &found[i], s, 0);
    for (uint32_t k = 0; k < s->seat_count && s->peer_count > 0; k++) {
        n = s->seats[k] ? person_alarms(s, s->seats[k], now_us, found) : 0;
        for (size_t i = 0; i < n; i++)
            put_alarm(l, &found[i], s, s->seats[k]->number);
    }
}

static void relay_alarms(const struct desk *d, struct alarm_list *l)
{
    struct alarm found[ALARMS_OF_RELAY_MAX];
    size_t n = d->look.has_shell
                   ? alarms_of_relay(d->look.has_before ? &d->look.before : NULL, &d->look.shell, found)
                   : 0;
    for (size_t i = 0; i < n; i++)
        put_alarm(l, &found[i], NULL, 0);
}

static void all_alarms(const struct desk *d, struct alarm_list *l, enum alarm_severity now, point_us now_us)
{
    size_t at = 0;
    const struct sitting *s;
    l->now = now;
    relay_alarms(d, l);
    while ((s = table_next(d->sittings.table, &at)))
        session_alarms(l, s, now_us);
}

static void put_alarms(const struct desk *d, struct json_out *o, point_us now_us)
{
    struct alarm_list l = {.o = o};
    json_open_array(o, "alarms");
    all_alarms(d, &l, ALARM_BAD, now_us);
    if (l.all > l.bad)
        all_alarms(d, &l, ALARM_WARN, now_us);
    json_close_array(o);
    json_put_integer(o, "alarms_bad", (int64_t)l.bad);
    json_put_integer(o, "alarms_all", (int64_t)l.all);
}

/* --- the answer --- */

static void put_count(struct json_out *o, const char *name, uint64_t count)
{
    json_put_integer(o, name, (int64_t)count);
}

static void put_worker(struct json_out *o, int number, const struct shell_worker *w)
{
    json_open_object(o, NULL);
    json_put_integer(o, "worker", number);
    put_count(o, "cpu_us", w->cpu_us);
    put_count(o, "datagrams_in", w->datagrams_in);
    put_count(o, "datagrams_out", w->datagrams_out);
    put_count(o, "dropped", w->dropped);
    put_count(o, "refused", w->refused);
    put_count(o, "stale", w->stale);
    put_count(o, "orders_waiting", w->orders_waiting);
    put_count(o, "facts_waiting", w->facts_waiting);
    json_close_object(o);
}

static void put_webhook(const struct shell_figures *f, struct json_out *o)
{
    json_open_object(o, "webhook");
    put_count(o, "delivered", f->webhook_delivered);
    put_count(o, "failed", f->webhook_failed);
    put_count(o, "waiting", f->webhook_waiting);
    put_count(o, "position", f->webhook_position);
    if (f->webhook_failing_us > 0)
        json_put_integer(o, "failing_s", f->webhook_failing_us / US_PER_S);
    json_close_object(o);
}

static void put_relay(const struct desk *d, struct json_out *o)
{
    const struct shell_figures *f = &d->look.shell;
    struct desk_figures desk = desk_figures(d);
    json_open_object(o, "relay");
    json_put_string(o, "version", AULA_VERSION);
    json_put_integer(o, "at_us", f->at_us);
    json_put_integer(o, "uptime_s", f->uptime_us / US_PER_S);
    put_count(o, "sessions", desk.sessions);
    put_count(o, "members", desk.members);
    put_count(o, "peers", desk.peers);
    put_count(o, "control_cpu_us", f->control_cpu_us);
    put_count(o, "events", f->events);
    put_count(o, "events_waiting", f->events_waiting);
    put_count(o, "commits", f->commits);
    put_count(o, "commits_us", f->commits_us);
    put_count(o, "recordings", f->recordings);
    put_count(o, "recordings_stopped", f->recordings_stopped);
    put_count(o, "record_lost", f->record_lost);
    if (f->has_disk) {
        put_count(o, "disk_free_bytes", f->disk_free_bytes);
        put_count(o, "disk_bytes", f->disk_bytes);
    }
    if (f->has_certificate)
        json_put_integer(o, "certificate_days", f->certificate_days);
    if (f->not_saved)
        json_put_integer(o, "not_saved_s", f->not_saved_us / US_PER_S);
    if (f->has_webhook)
        put_webhook(f, o);
    json_put_boolean(o, "damaged", f->damaged);
    json_put_boolean(o, "draining", f->draining);
    json_open_array(o, "workers");
    for (int i = 0; i < f->workers; i++)
        put_worker(o, i, &f->worker[i]);
    json_close_array(o);
    json_close_object(o);
}

static void put_speakers(struct json_out *o, const struct sitting *s)
{
    uint8_t loudest = LEVEL_UNTOLD;
    json_open_array(o, "speaking");
    for (uint32_t i = 0; i < s->audible_count; i++) {
        const struct seat *seat = seat_find(s, s->audible[i]);
        if (!seat)
            continue;
        json_put_string(o, NULL, seat->name);
        if (seat->peer && seat->peer->counters.level_dbov < loudest)
            loudest = seat->peer->counters.level_dbov;
    }
    json_close_array(o);
    if (loudest != LEVEL_UNTOLD)
        json_put_integer(o, "level_dbov", loudest);
}

static void put_sitting(struct json_out *o, const struct sitting *s)
{
    json_open_object(o, NULL);
    json_put_string(o, "id", s->id);
    json_put_string(o, "title", session_title(s->state));
    json_put_string(o, "state", session_state_text(session_phase(s->state)));
    put_count(o, "participants", session_person_count(s->state));
    put_count(o, "present", session_present_count(s->state));
    put_count(o, "peers", s->peer_count);
    if (s->handle)
        json_put_integer(o, "worker", s->worker);
    if (s->counters_us)
        json_put_integer(o, "counted_us", s->counters_us);
    json_put_boolean(o, "recording", s->recording && !s->record_stopped);
    put_speakers(o, s);
    operator_put_counters(o, &s->counters);
    json_close_object(o);
}

static void put_people(struct json_out *o, const struct sitting *s)
{
    struct session_view view;
    if (session_view_make(s->state, &view)) {
        o->failed = true;
        return;
    }
    json_put_string(o, "session", s->id);
    json_open_array(o, "people");
    for (size_t i = 0; i < view.participant_count; i++)
        operator_put_person(o, s, &view.participants[i]);
    json_close_array(o);
    session_view_free(&view);
}

static void top_reply(struct desk *d, const struct look *l, point_us now_us)
{
    struct json_out o;
    size_t at = 0;
    const struct sitting *s;
    reply_open(&o);
    put_relay(d, &o);
    json_open_array(&o, "sessions");
    while ((s = table_next(d->sittings.table, &at)))
        put_sitting(&o, s);
    json_close_array(&o);
    put_alarms(d, &o, now_us);
    s = l->session[0] ? sitting_find(d, l->session) : NULL;
    if (s)
        put_people(&o, s);
    reply_send(d, l->request, &o, 0, now_us);
}

/* Those whose time is over by `now_us`. */
static void answer_all(struct desk *d, point_us now_us)
{
    struct look **at = &d->look.first;
    while (*at) {
        struct look *l = *at;
        if (now_us < l->answer_by_us) {
            at = &l->next;
            continue;
        }
        *at = l->next;
        top_reply(d, l, l->asked_us);
        free(l);
    }
}

void operator_top(struct desk *d, const struct request *r)
{
    const char *session = json_in_string_or_null(r->in, "session", JSON_TEXT_ID, SESSION_ID_MAX);
    if (request_misread(d, r) || (session && !request_sitting(d, r)))
        return;
    struct look *l = calloc(1, sizeof *l);
    if (!l) {
        reply_refuse(d, r->number, false, "The relay is out of memory; try again in a moment.");
        return;
    }
    l->request = r->number;
    l->asked_us = r->now_us;
    l->answer_by_us = r->now_us + SHOW_WAIT_US;
    memcpy(l->session, session ? session : "", session ? strlen(session) + 1 : 1);
    l->next = d->look.first;
    d->look.first = l;
    look_watch(d, r->now_us);
    if (d->look.waiting == 0 && r->now_us - d->look.surveyed_us >= LOOK_FRESH_US) {
        survey(d, r->now_us);
        d->look.next_us = r->now_us + LOOK_EVERY_US;
    }
    if (d->look.waiting == 0)
        answer_all(d, NEVER_US);
}
