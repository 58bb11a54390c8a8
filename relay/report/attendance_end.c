/* Attendance, when all events have been told: everyone's intervals are brought together. */
#include "report/attendance_parts.h"

#include <stdlib.h>
#include <string.h>

static int by_session_and_time(const void *one, const void *other)
{
    const struct attendance_span *a = one, *b = other;
    if (a->session != b->session)
        return a->session < b->session ? -1 : 1;
    return (a->from_ms > b->from_ms) - (a->from_ms < b->from_ms);
}

static int by_time(const void *one, const void *other)
{
    const struct attendance_span *a = one, *b = other;
    return (a->from_ms > b->from_ms) - (a->from_ms < b->from_ms);
}

/* What overlaps or touches within a session becomes one. */
static void unite(struct person *p)
{
    size_t kept = 0;
    if (p->span_count > 0)
        qsort(p->spans, p->span_count, sizeof *p->spans, by_session_and_time);
    for (size_t i = 0; i < p->span_count; i++) {
        struct attendance_span *last = kept > 0 ? &p->spans[kept - 1] : NULL;
        const struct attendance_span s = p->spans[i];
        if (!last || last->session != s.session || s.from_ms > last->to_ms)
            p->spans[kept++] = s;
        else if (s.to_ms > last->to_ms)
            last->to_ms = s.to_ms;
    }
    p->span_count = kept;
    if (kept > 0)
        qsort(p->spans, kept, sizeof *p->spans, by_time);
}

/* Two sessions at once are not twice the time. */
static int64_t total_ms(const struct person *p)
{
    int64_t total = 0, until_ms = INT64_MIN;
    for (size_t i = 0; i < p->span_count; i++) {
        const struct attendance_span *s = &p->spans[i];
        int64_t from_ms = s->from_ms > until_ms ? s->from_ms : until_ms;
        if (s->to_ms > from_ms)
            total += s->to_ms - from_ms;
        until_ms = s->to_ms > until_ms ? s->to_ms : until_ms;
    }
    return total;
}

static int by_name(const void *one, const void *other)
{
    const struct person *a = one, *b = other;
    int order = strcmp(a->told.name, b->told.name);
    return order ? order : strcmp(a->told.id, b->told.id);
}

enum err attendance_finish(struct attendance *a)
{
    size_t kept = 0;
    for (size_t i = 0; i < a->person_count; i++) {
        struct person p = a->people[i];
        enum err e = attendance_set_text(&p.told.name, p.told.name ? NULL : "");
        if (!e)
            e = attendance_set_text(&p.told.place, p.told.place ? NULL : "");
        a->people[i] = p;
        if (e)
            return e;
        unite(&a->people[i]);
        a->people[i].told.spans = a->people[i].spans;
        a->people[i].told.span_count = a->people[i].span_count;
        a->people[i].told.total_ms = total_ms(&a->people[i]);
    }
    for (size_t i = 0; i < a->person_count; i++) { /* rooms go behind, and are not counted */
        if (a->people[i].told.role == ROLE_ROOM)
            continue;
        struct person p = a->people[kept];
        a->people[kept++] = a->people[i];
        a->people[i] = p;
    }
    for (size_t i = kept; i < a->person_count; i++) {
        attendance_person_finish(&a->people[i]);
    }
    a->person_count = kept;
    if (kept > 0)
        qsort(a->people, kept, sizeof *a->people, by_name);
    return ERR_NONE;
}

size_t attendance_person_count(const struct attendance *a)
{
    return a->person_count;
}

const struct attendance_person *attendance_person(const struct attendance *a, size_t i)
{
    return &a->people[i].told;
}

size_t attendance_session_count(const struct attendance *a)
{
    return a->session_count;
}

const struct attendance_session *attendance_session(const struct attendance *a, size_t i)
{
    return &a->sessions[i];
}

int64_t attendance_open_ms(const struct attendance *a)
{
    int64_t open_ms = 0;
    for (size_t i = 0; i < a->session_count; i++)
        open_ms += a->sessions[i].open_ms;
    return open_ms;
}

int64_t attendance_in_session_ms(const struct attendance_person *p, size_t session)
{
    int64_t there_ms = 0;
    for (size_t i = 0; i < p->span_count; i++) {
        if (p->spans[i].session == session)
            there_ms += p->spans[i].to_ms - p->spans[i].from_ms;
    }
    return there_ms;
}

bool attendance_passes(const struct attendance *a, const struct attendance_person *p, unsigned per_cent)
{
    int64_t open_ms = attendance_open_ms(a);
    return open_ms > 0 && p->total_ms * 100 >= open_ms * (int64_t)per_cent;
}
