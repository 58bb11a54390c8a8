#include "report/attendance_parts.h"

#include <stdlib.h>
#include <string.h>

enum err attendance_create(struct attendance **ret_attendance)
{
    struct attendance *a = calloc(1, sizeof *a);
    if (a)
        a->seats = calloc(PEOPLE_MAX, sizeof *a->seats);
    if (!a || !a->seats) {
        free(a);
        return ERR_MEMORY;
    }
    *ret_attendance = a;
    return ERR_NONE;
}

void attendance_person_finish(struct person *p)
{
    free((char *)p->told.id);
    free((char *)p->told.person);
    free((char *)p->told.name);
    free((char *)p->told.place);
    free(p->spans);
}

void attendance_destroy(struct attendance *a)
{
    if (!a)
        return;
    for (size_t i = 0; i < a->person_count; i++) {
        attendance_person_finish(&a->people[i]);
    }
    for (size_t i = 0; i < a->session_count; i++) {
        free((char *)a->sessions[i].id);
        free((char *)a->sessions[i].title);
    }
    for (size_t i = 0; i < a->place_count; i++)
        free(a->places[i]);
    free(a->places);
    free(a->people);
    free(a->seats);
    free(a);
}

enum err attendance_begin(struct attendance *a, const char *session)
{
    if (a->session_count == ATTENDANCE_SESSIONS_MAX)
        return ERR_FULL;
    struct attendance_session s = {.id = strdup(session), .title = strdup("")};
    if (!s.id || !s.title) {
        free((char *)s.id);
        free((char *)s.title);
        return ERR_MEMORY;
    }
    a->sessions[a->session_count++] = s;
    memset(a->seats, 0, PEOPLE_MAX * sizeof *a->seats);
    a->open = a->over = false;
    a->last_ms = 0;
    return ERR_NONE;
}

/* ---- intervals ---- */

static enum err span_add(struct attendance *a, struct seat *seat, int64_t to_ms)
{
    struct person *p = &a->people[seat->person];
    if (to_ms <= seat->since_ms)
        return ERR_NONE;
    if (p->span_count == p->span_size) {
        size_t size = p->span_size ? 2 * p->span_size : 4;
        struct attendance_span *spans = realloc(p->spans, size * sizeof *spans);
        if (!spans)
            return ERR_MEMORY;
        p->spans = spans;
        p->span_size = size;
    }
    p->spans[p->span_count++] = (struct attendance_span){a->session_count - 1, seat->since_ms, to_ms,
                                                         seat->counted_place, seat->counted_role};
    return ERR_NONE;
}

static const char *place_of(const struct seat *seat)
{
    return seat->checked_in && seat->room ? seat->room : seat->home;
}

/* Begins or ends the seat's interval, as things stand now; in another place or role it is another one. */
static enum err settle(struct attendance *a, struct seat *seat, int64_t at_ms)
{
    bool counts = a->open && (seat->present || seat->checked_in);
    bool same = seat->counted_place == place_of(seat) && seat->counted_role == seat->role;
    if (counts == seat->counts && (!counts || same))
        return ERR_NONE;
    enum err e = seat->counts ? span_add(a, seat, at_ms) : ERR_NONE;
    seat->counts = counts;
    seat->counted_place = place_of(seat);
    seat->counted_role = seat->role;
    if (counts)
        seat->since_ms = at_ms;
    return e;
}

static enum err settle_all(struct attendance *a, int64_t at_ms)
{
    enum err e = ERR_NONE;
    for (size_t i = 0; i < PEOPLE_MAX && !e; i++)
        e = a->seats[i].known ? settle(a, &a->seats[i], at_ms) : ERR_NONE;
    return e;
}

/* ---- events ---- */

static enum err state_is(struct attendance *a, enum session_state state, int64_t at_ms)
{
    struct attendance_session *s = attendance_current(a);
    bool was_open = a->open;
    a->open = state == SESSION_OPEN;
    a->over = state == SESSION_ENDED;
    if (a->open && !was_open)
        a->open_since_ms = at_ms;
    if (a->open && s->from_ms == 0)
        s->from_ms = at_ms;
    if (was_open && !a->open) {
        s->open_ms += at_ms > a->open_since_ms ? at_ms - a->open_since_ms : 0; /* a clock may be set back */
        s->to_ms = at_ms;
    }
    return settle_all(a, at_ms);
}

static enum err joined(struct attendance *a, const struct event *e)
{
    enum err error = attendance_link(a, e->who, e->name, e->place, e->person, e->role);
    if (error)
        return error;
    struct seat *seat = attendance_seat(a, e->who);
    seat->present = true;
    return settle(a, seat, e->at_ms);
}

static enum err gone(struct attendance *a, const struct event *e)
{
    struct seat *seat = attendance_seat(a, e->who);
    if (!seat || !seat->known)
        return ERR_MALFORMED;
    seat->present = false;
    seat->checked_in = seat->checked_in && e->kind != EVENT_REMOVED;
    return settle(a, seat, e->at_ms);
}

static enum err checked(struct attendance *a, const struct event *e)
{
    enum err error = ERR_NONE;
    for (size_t i = 0; i < e->people.count && !error; i++) {
        struct seat *seat = attendance_seat(a, e->people.at[i]);
        if (!seat || !seat->known)
            return ERR_MALFORMED;
        seat->checked_in = e->kind == EVENT_CHECKED_IN;
        if (seat->checked_in)
            error = attendance_place(a, e->room, &seat->room);
        if (!error)
            error = settle(a, seat, e->at_ms);
    }
    return error;
}

static enum err role_is(struct attendance *a, const struct event *e)
{
    struct seat *seat = attendance_seat(a, e->who);
    if (!seat || !seat->known)
        return ERR_NONE;
    seat->role = a->people[seat->person].told.role = e->role;
    return settle(a, seat, e->at_ms);
}

/* Nobody is connected any more; since when, nobody wrote down. */
static enum err restarted(struct attendance *a, int64_t at_ms)
{
    int64_t latest_ms = a->last_ms + ATTENDANCE_OUTAGE_MS;
    for (size_t i = 0; i < PEOPLE_MAX; i++)
        a->seats[i].present = false;
    return settle_all(a, at_ms < latest_ms ? at_ms : latest_ms);
}

enum err attendance_event(struct attendance *a, const struct event *e)
{
    enum err error = ERR_NONE;
    switch (e->kind) {
    case EVENT_CREATED:
        error = attendance_set_text(&attendance_current(a)->title, e->title);
        if (!error)
            error = state_is(a, e->state, e->at_ms);
        break;
    case EVENT_CHANGED:
        error = attendance_set_text(&attendance_current(a)->title, e->title);
        break;
    case EVENT_STATE:
        error = state_is(a, e->state, e->at_ms);
        break;
    case EVENT_JOINED:
        error = joined(a, e);
        break;
    case EVENT_AWAY:
    case EVENT_LEFT:
    case EVENT_REMOVED:
        error = gone(a, e);
        break;
    case EVENT_RESTARTED:
        error = restarted(a, e->at_ms);
        break;
    case EVENT_CHECKED_IN:
    case EVENT_CHECKED_OUT:
        error = checked(a, e);
        break;
    case EVENT_ROLE:
        error = role_is(a, e);
        break;
    default:
        break;
    }
    a->last_ms = e->at_ms;
    return error;
}

enum err attendance_end(struct attendance *a, int64_t now_ms)
{
    if (a->over || !a->open)
        return ERR_NONE;
    return state_is(a, SESSION_ENDED, now_ms > a->last_ms ? now_ms : a->last_ms);
}
