/* Attendance: who was there, from when to when, out of the events of one or more sessions. Pure: events in,
 * intervals out.
 *
 * A person is an identity, not a connection: the same over devices, reconnects, halls and days. He is there
 * while one of his devices is joined or he is checked in to a room, and the session is open; what overlaps
 * counts once, and is in a hall where one of them is. Place and role are those of each interval. Where a
 * restart of the relay took his connection he counts as there until the relay was back, but no longer than
 * ATTENDANCE_OUTAGE_MS after the last event before it. Rooms are no people. */
#ifndef AULA_RELAY_REPORT_ATTENDANCE_H
#define AULA_RELAY_REPORT_ATTENDANCE_H

#include "wire/event.h"

#define ATTENDANCE_SESSIONS_MAX 64 /* of one programme */
#define ATTENDANCE_OUTAGE_MS    (15 * 60 * (int64_t)1000)

struct attendance_span {
    size_t session;         /* in the order in which they were begun */
    int64_t from_ms, to_ms; /* wall time; from < to */
    const char *place;      /* in which he was */
    enum role role;         /* that he had */
};

struct attendance_person {
    const char *id;           /* his identity, else SESSION/NUMBER */
    const char *person;       /* his identity beyond the session, or NULL */
    const char *name, *place; /* place and role: where, and as what, he was longest */
    enum role role;
    const struct attendance_span
        *spans; /* by time; those of one session do not overlap, and touch only where place or role change */
    size_t span_count;
    int64_t total_ms; /* there, in any session */
};

struct attendance_session {
    const char *id, *title;
    int64_t from_ms, to_ms; /* first opened, ended (or as far as is known); 0 = never opened */
    int64_t open_ms;        /* how long it was open */
};

struct attendance;

/* The caller owns *ret_attendance (attendance_destroy). ERR_MEMORY. */
enum err attendance_create(struct attendance **ret_attendance) MUST_USE;
/* NULL is legal. */
void attendance_destroy(struct attendance *a);

/* A session begins: what follows is about it. ERR_FULL, ERR_MEMORY. */
enum err attendance_begin(struct attendance *a, const char *session) MUST_USE;
/* Someone has a link: who is checked in without a device is known by it. Strings are copied. */
enum err attendance_link(struct attendance *a, uint32_t number, const char *name, const char *place,
                         const char *person, enum role role) MUST_USE;
/* The next event of the session, in order. ERR_MALFORMED: of somebody who never joined and has no link. */
enum err attendance_event(struct attendance *a, const struct event *e) MUST_USE;
/* No more of this session is known; if it is not over, it went on until `now_ms`. */
enum err attendance_end(struct attendance *a, int64_t now_ms) MUST_USE;

/* After the last session: brings everyone's intervals together and people in the order of their names.
 * ERR_MEMORY. */
enum err attendance_finish(struct attendance *a) MUST_USE;
size_t attendance_person_count(const struct attendance *a);
const struct attendance_person *attendance_person(const struct attendance *a, size_t i);
size_t attendance_session_count(const struct attendance *a);
const struct attendance_session *attendance_session(const struct attendance *a, size_t i);
/* How long all sessions were open together. */
int64_t attendance_open_ms(const struct attendance *a);
/* How long the person was there in one session. */
int64_t attendance_in_session_ms(const struct attendance_person *p, size_t session);
/* The places he was in, one after the other, each once: *at beginning at 0; NULL after the last. */
const char *attendance_next_place(const struct attendance_person *p, size_t *at);
/* Likewise his roles; false after the last. */
bool attendance_next_role(const struct attendance_person *p, size_t *at, enum role *ret_role);
/* Whether he was there for so many per cent of it. */
bool attendance_passes(const struct attendance *a, const struct attendance_person *p, unsigned per_cent);

#endif
