/* What is wrong, in words that say what to do. Numbers in, sentences out: it keeps nothing and knows no desk.
 */
#ifndef AULA_RELAY_SIGNAL_ALARMS_H
#define AULA_RELAY_SIGNAL_ALARMS_H

#include <stddef.h>

#include "signal/shell_figures.h"
#include "types.h"

/* All of them leave a few seconds of the ten in which the operator must be told. */
#define ALARM_STILL_MS         8000   /* without a packet, or without sound, from who may send */
#define ALARM_NO_MEDIA_MS      8000   /* joined, and no sound can flow */
#define ALARM_LOST_PERCENT     5      /* averaged; FEC covers it, and it was not always so */
#define ALARM_LOST_BAD         12     /* percent: words are missing */
#define ALARM_ROUND_TRIP_US    400000 /* G.114: beyond 200 ms one way people talk into each other */
#define ALARM_JITTER_US        60000  /* a browser's buffer follows, and all is late */
#define ALARM_CPU_PERCENT      80     /* of a core, of one thread: no room for the next session */
#define ALARM_LATE_PERCENT     5      /* of frames mixed, that waited for somebody's packet till the last */
#define ALARM_LATE_LEAST       25 /* frames mixed between two looks, for a percentage of them to mean much */
#define ALARM_QUEUE            1024 /* messages that wait between two threads: a quarter of the room */
#define ALARM_DISK_BYTES       2000000000ULL /* a day of 20 recorded sessions */
#define ALARM_COMMIT_US        100000 /* of a row, on the way to the disk: what is said comes so much later */
#define ALARM_CERTIFICATE_DAYS 14
#define ALARM_WEBHOOK_US       (60 * (span_us)US_PER_S) /* a receiver that is restarted is back by then */
#define ALARM_LOOK_LEAST_US    (US_PER_S / 2)           /* between two looks, for a rate */

#define ALARM_TEXT_MAX        640 /* bytes, closing zero included: names are up to 256 */
#define ALARMS_OF_PERSON_MAX  6
#define ALARMS_OF_SESSION_MAX 2
#define ALARMS_OF_RELAY_MAX   (10 + 2 * SHELL_WORKERS_MAX)

enum alarm_severity { ALARM_WARN, ALARM_BAD };

struct alarm {
    enum alarm_severity severity;
    const char *kind; /* a word for scripts; literal */
    char text[ALARM_TEXT_MAX];
};

struct alarm_person {
    const char *name;
    bool here;     /* connected */
    bool may_send; /* the floor, not muted, the session open */
    bool has_link; /* a media link was agreed on, */
    bool up;       /* and works, */
    span_us since; /* since it was agreed on, or works */
    const struct peer_counters *counters;
};

struct alarm_session {
    const char *record_why;                      /* why the disk refuses the recording; NULL */
    const struct session_counters *before, *now; /* of two looks; before NULL: one alone */
};

/* Each writes at most that many and returns how many, the worst first. */
size_t alarms_of_person(const struct alarm_person *p, struct alarm ret[ALARMS_OF_PERSON_MAX]);
size_t alarms_of_session(const struct alarm_session *s, struct alarm ret[ALARMS_OF_SESSION_MAX]);
/* `before` may be NULL: then nothing is said of rates. */
size_t alarms_of_relay(const struct shell_figures *before, const struct shell_figures *now,
                       struct alarm ret[ALARMS_OF_RELAY_MAX]);

#endif
