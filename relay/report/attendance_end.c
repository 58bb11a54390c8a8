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

static bool is_alike(const struct attendance_span *a, const struct attendance_span *b)
{
    return a->session == b->session && a->place == b->place && a->role == b->role;
}

static bool is_remote(const struct attendance_span *s)
{
    return strcmp(s->place, PLACE_REMOTE) == 0;
}

struct united {
    struct attendance_span *at;
    size_t count;
};

static void add(struct united *u, struct attendance_span s)
{
    if (s.from_ms < s.to_ms)
        u->at[u->count++] = s;
}

/* Spans come by their beginning. What overlaps within a session counts once: where he was first. */
static void lay(struct united *u, struct attendance_span s)
{
    struct attendance_span *last = u->count > 0 ? &u->at[u->count - 1] : NULL;
    if (!last || last->session != s.session || s.from_ms > last->to_ms) {
        add(u, s);
    } else if (is_alike(last, &s)) {
        last->to_ms = s.to_ms > last->to_ms ? s.to_ms : last->to_ms;
    } else {
        s.from_ms = last->to_ms;
        add(u, s);
    }
}

/* What is left of a span beside those in halls, the first `halls`. */
static void lay_beside(struct united *u, size_t halls, struct attendance_span s)
{
    for (size_t i = 0; i < halls; i++) {
        const struct attendance_span *hall = &u->at[i];
        if (hall->session != s.session || hall->to_ms <= s.from_ms || hall->from_ms >= s.to_ms)
            continue;
        struct attendance_span before = s;
        before.to_ms = hall->from_ms;
        add(u, before);
        s.from_ms = hall->to_ms;
    }
    add(u, s);
}

/* In a hall rather than remote. Each span in a hall can cut one that is remote in two. */
static enum err unite(struct person *p)
{
    if (p->span_count == 0)
        return ERR_NONE;
    struct united u = {calloc(2 * p->span_count, sizeof *u.at), 0};
    if (!u.at)
        return ERR_MEMORY;
    qsort(p->spans, p->span_count, sizeof *p->spans, by_session_and_time);
    struct united remote = {p->spans, 0}; /* in their own place: they only become fewer */
    for (size_t i = 0; i < p->span_count; i++) {
        struct attendance_span s = p->spans[i];
        lay(is_remote(&s) ? &remote : &u, s);
    }
    size_t halls = u.count;
    for (size_t i = 0; i < remote.count; i++)
        lay_beside(&u, halls, remote.at[i]);
    free(p->spans);
    p->spans = u.at;
    p->span_count = u.count;
    p->span_size = 0; /* no more are added */
    if (u.count > 0)
        qsort(p->spans, u.count, sizeof *p->spans, by_time);
    return ERR_NONE;
}

/* Where, and as what, he was longest. */
static void characterise(struct person *p, const char **ret_place)
{
    int64_t longest_ms[2] = {-1, -1};
    for (size_t i = 0; i < p->span_count; i++) {
        int64_t there_ms[2] = {0, 0};
        for (size_t k = 0; k < p->span_count; k++) {
            int64_t ms = p->spans[k].to_ms - p->spans[k].from_ms;
            there_ms[0] += p->spans[k].place == p->spans[i].place ? ms : 0;
            there_ms[1] += p->spans[k].role == p->spans[i].role ? ms : 0;
        }
        if (there_ms[0] > longest_ms[0])
            *ret_place = p->spans[i].place;
        if (there_ms[1] > longest_ms[1])
            p->told.role = p->spans[i].role;
        for (int n = 0; n < 2; n++)
            longest_ms[n] = there_ms[n] > longest_ms[n] ? there_ms[n] : longest_ms[n];
    }
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

static enum err finish_person(struct person *p)
{
    bool is_room = p->told.role == ROLE_ROOM;
    const char *place = "";
    enum err e = unite(p);
    if (!e && !is_room)
        characterise(p, &place);
    return e ? e : attendance_set_text(&p->told.place, place);
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
        a->people[i] = p;
        if (!e)
            e = finish_person(&a->people[i]);
        if (e)
            return e;
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

const char *attendance_next_place(const struct attendance_person *p, size_t *at)
{
    for (; *at < p->span_count; ++*at) {
        const char *place = p->spans[*at].place;
        bool told = false;
        for (size_t i = 0; i < *at; i++)
            told = told || p->spans[i].place == place;
        if (!told) {
            ++*at;
            return place;
        }
    }
    return NULL;
}

bool attendance_next_role(const struct attendance_person *p, size_t *at, enum role *ret_role)
{
    for (; *at < p->span_count; ++*at) {
        bool told = false;
        for (size_t i = 0; i < *at; i++)
            told = told || p->spans[i].role == p->spans[*at].role;
        if (!told) {
            *ret_role = p->spans[(*at)++].role;
            return true;
        }
    }
    return false;
}

bool attendance_passes(const struct attendance *a, const struct attendance_person *p, unsigned per_cent)
{
    int64_t open_ms = attendance_open_ms(a);
    return open_ms > 0 && p->total_ms * 100 >= open_ms * (int64_t)per_cent;
}
