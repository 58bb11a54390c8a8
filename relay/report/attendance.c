#include "report/attendance_parts.h"

#include <stdio.h>
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
    free(a->people);
    free(a->seats);
    free(a);
}

static struct attendance_session *current(struct attendance *a)
{
    return &a->sessions[a->session_count - 1];
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

/* ---- people ---- */

enum err attendance_set_text(const char **place, const char *text)
{
    if (!text || (*place && strcmp(*place, text) == 0))
        return ERR_NONE;
    char *copy = strdup(text);
    if (!copy)
        return ERR_MEMORY;
    free((char *)*place);
    *place = copy;
    return ERR_NONE;
}

static enum err person_add(struct attendance *a, const char *id, const char *person, size_t *ret_index)
{
    if (a->person_count == a->person_size) {
        size_t size = a->person_size ? 2 * a->person_size : 64;
        struct person *people = realloc(a->people, size * sizeof *people);
        if (!people)
            return ERR_MEMORY;
        a->people = people;
        a->person_size = size;
    }
    struct person *p = &a->people[a->person_count];
    *p = (struct person){.span_count = 0};
    enum err e = attendance_set_text(&p->told.id, id);
    if (!e)
        e = attendance_set_text(&p->told.person, person);
    if (e)
        free((char *)p->told.id);
    else
        *ret_index = a->person_count++;
    return e;
}

static enum err person_of(struct attendance *a, uint32_t number, const char *person, size_t *ret_index)
{
    char id[SESSION_ID_MAX + 16];
    snprintf(id, sizeof id, "%s/%u", current(a)->id, (unsigned)number);
    const char *wanted = person ? person : id;
    for (size_t i = 0; i < a->person_count; i++) {
        bool of_a_kind = (a->people[i].told.person != NULL) == (person != NULL);
        if (of_a_kind && strcmp(a->people[i].told.id, wanted) == 0) {
            *ret_index = i;
            return ERR_NONE;
        }
    }
    return person_add(a, wanted, person, ret_index);
}

static struct seat *seat_at(struct attendance *a, uint32_t number)
{
    return number >= 1 && number <= PEOPLE_MAX ? &a->seats[number - 1] : NULL;
}

enum err attendance_link(struct attendance *a, uint32_t number, const char *name, const char *place,
                         const char *person, enum role role)
{
    struct seat *seat = seat_at(a, number);
    if (!seat)
        return ERR_MALFORMED;
    size_t index = 0;
    enum err e = seat->known ? ERR_NONE : person_of(a, number, person, &index);
    if (e)
        return e;
    if (!seat->known)
        *seat = (struct seat){.known = true, .person = index};
    struct attendance_person *p = &a->people[seat->person].told;
    p->role = role;
    e = attendance_set_text(&p->name, name);
    return e ? e : attendance_set_text(&p->place, place);
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
    p->spans[p->span_count++] = (struct attendance_span){a->session_count - 1, seat->since_ms, to_ms};
    return ERR_NONE;
}

/* Begins or ends the seat's interval, as things stand now. */
static enum err settle(struct attendance *a, struct seat *seat, int64_t at_ms)
{
    bool counts = a->open && (seat->present || seat->checked_in);
    if (counts == seat->counts)
        return ERR_NONE;
    enum err e = counts ? ERR_NONE : span_add(a, seat, at_ms);
    seat->counts = counts;
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
    struct attendance_session *s = current(a);
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
    struct seat *seat = seat_at(a, e->who);
    seat->present = true;
    return settle(a, seat, e->at_ms);
}

static enum err gone(struct attendance *a, const struct event *e)
{
    struct seat *seat = seat_at(a, e->who);
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
        struct seat *seat = seat_at(a, e->people.at[i]);
        if (!seat || !seat->known)
            return ERR_MALFORMED;
        seat->checked_in = e->kind == EVENT_CHECKED_IN;
        if (seat->checked_in)
            error = attendance_set_text(&a->people[seat->person].told.place, e->room);
        if (!error)
            error = settle(a, seat, e->at_ms);
    }
    return error;
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
        error = attendance_set_text(&current(a)->title, e->title);
        if (!error)
            error = state_is(a, e->state, e->at_ms);
        break;
    case EVENT_CHANGED:
        error = attendance_set_text(&current(a)->title, e->title);
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
        if (seat_at(a, e->who) && seat_at(a, e->who)->known)
            a->people[seat_at(a, e->who)->person].told.role = e->role;
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
