/* Attendance as texts: JSON with every interval, CSV for a spreadsheet (RFC 4180), xAPI statements for a
 * learning record store (xAPI 1.0.3, verb "attended"). After attendance_finish. Pure. */
#ifndef AULA_RELAY_REPORT_ATTENDANCE_TEXT_H
#define AULA_RELAY_REPORT_ATTENDANCE_TEXT_H

#include "report/attendance.h"

/* What it is told with. */
struct attendance_wish {
    unsigned per_cent; /* of the time for which sessions were open: who was there so long has passed; 0 = no
                          rule */
    const char *url;   /* "https://HOST:PORT": whose names the identities are */
};

/* Members of the object that is open. */
void attendance_write_json(struct json_out *o, const struct attendance *a,
                           const struct attendance_wish *wish);
/* A member "text". A cell that a spreadsheet would take for a formula gets an apostrophe before it. */
void attendance_write_csv(struct json_out *o, const struct attendance *a, const struct attendance_wish *wish);
/* A member "statements": one for each person and session in which he was there; whether he passed is in its
 * result. */
void attendance_write_xapi(struct json_out *o, const struct attendance *a,
                           const struct attendance_wish *wish);

#define ISO_TIME_BYTES 80 /* whatever the number */
/* "2026-09-21T10:42:03Z". */
void iso_time(int64_t at_ms, char ret_text[ISO_TIME_BYTES]);

#endif
