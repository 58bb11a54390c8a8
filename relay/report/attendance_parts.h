/* What attendance is made of. Within report/ only. */
#ifndef AULA_RELAY_REPORT_ATTENDANCE_PARTS_H
#define AULA_RELAY_REPORT_ATTENDANCE_PARTS_H

#include "report/attendance.h"

struct seat {
    bool known;
    size_t person;
    bool present, checked_in;
    bool counts; /* there, while the session is open */
    int64_t since_ms;
    const char *home, *room; /* where his device is, and where he is checked in: of `places` */
    enum role role;
    const char *counted_place; /* these two while it counts */
    enum role counted_role;
};

struct person {
    struct attendance_person told; /* its strings and spans are owned */
    struct attendance_span *spans;
    size_t span_count, span_size;
};

struct attendance {
    struct attendance_session sessions[ATTENDANCE_SESSIONS_MAX];
    size_t session_count;
    struct person *people;
    size_t person_count, person_size;
    char **places; /* owned, each once: intervals and seats name them */
    size_t place_count, place_size;

    /* Of the session under way. */
    struct seat *seats; /* by number - 1; PEOPLE_MAX of them */
    bool open, over;
    int64_t open_since_ms, last_ms;
};

#define PLACE_REMOTE "remote"

/* The session under way. */
struct attendance_session *attendance_current(struct attendance *a);
/* NULL where there can be no such number. */
struct seat *attendance_seat(struct attendance *a, uint32_t number);
/* The one text of this place; ERR_MEMORY. */
enum err attendance_place(struct attendance *a, const char *place, const char **ret_place) MUST_USE;
/* A text takes another's place; NULL leaves what is there. ERR_MEMORY. */
enum err attendance_set_text(const char **place, const char *text) MUST_USE;
/* Frees what the person owns. */
void attendance_person_finish(struct person *p);

#endif
