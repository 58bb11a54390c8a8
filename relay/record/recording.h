/* One session's recording on disk, DIR/recordings/SESSION/: floor.opus, floor.mp4, timeline.jsonl and
 * index.json, written while it happens. Not for the control loop: its calls wait for the disk.
 *
 * A full or failing disk stops it, not the session: nothing written is damaged, what comes meanwhile is left
 * out, and it goes on by itself, the gap filled, when there is room. After a kill it goes on in the same
 * files. */
#ifndef AULA_RECORD_RECORDING_H
#define AULA_RECORD_RECORDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/entropy.h"
#include "base/errors.h"
#include "base/time.h"

#define RECORDING_RETRY_US       (2 * (span_us)US_PER_S) /* between two tries while the disk refuses */
#define RECORDING_SYNC_US        (5 * (span_us)US_PER_S) /* what a power cut may cost; a kill costs a second */
#define RECORDING_ROOM_BYTES     (16u << 20)             /* free, before it goes on on a disk that was full */
#define RECORDING_WHY_MAX        240
#define RECORDING_KEY_CHARACTERS 32 /* 128 random bits in hex: whoever has them may watch */

#define RECORDING_OPUS     "floor.opus"
#define RECORDING_MP4      "floor.mp4"
#define RECORDING_TIMELINE "timeline.jsonl"
#define RECORDING_INDEX    "index.json"
#define RECORDING_KEY      "key"

struct recording;

/* Whether the session was ever recorded below `folder`, and the key of its replay. Reads a file of 32 bytes.
 * ERR_UNKNOWN. */
enum err recording_find(const char *folder, const char *session,
                        char ret_key[RECORDING_KEY_CHARACTERS + 1]) MUST_USE;

/* What chairs and operators must know. */
struct recording_notice {
    bool stopped;                /* else: it is written again */
    bool damaged;                /* a file was put aside */
    char why[RECORDING_WHY_MAX]; /* a sentence; "" where it simply began */
};

/* `folder` is DIR/recordings, `session` a safe file name; both are copied. `serial` is random; `entropy` is
 * borrowed, for the key. Touches no disk. The caller owns *ret_recording. ERR_MEMORY. */
enum err recording_create(const char *folder, const char *session, uint32_t serial,
                          const struct entropy *entropy, struct recording **ret_recording) MUST_USE;
/* Writes what waits, closes, frees; the files can be gone on with. NULL is legal. */
void recording_destroy(struct recording *r, point_us now_us);

/* Recording is on: opens the files, mends them where they were cut. */
void recording_begin(struct recording *r, point_us now_us);
/* Recording is off: what waits is written; packets and lines are not taken. */
void recording_pause(struct recording *r, point_us now_us);
/* The session has ended: the last page. Then only recording_destroy. */
void recording_end(struct recording *r, point_us now_us);

void recording_packet(struct recording *r, session_samples at, const uint8_t *packet, size_t len,
                      point_us now_us);
/* A line of the timeline, without its end; `key` as in record/lines.h. */
void recording_line(struct recording *r, uint64_t key, const char *text, size_t len, point_us now_us);

point_us recording_deadline(const struct recording *r);
void recording_expire(struct recording *r, point_us now_us);
/* The next thing to tell, or false. */
bool recording_notice(struct recording *r, struct recording_notice *ret_notice);
/* The key of its replay: lies beside it, and stays the same; "" before it was opened. */
const char *recording_key(const struct recording *r);
/* Session time of its first and after its last sample on disk; false where there is no sound. */
bool recording_span(const struct recording *r, session_samples *ret_start, session_samples *ret_end);

#endif
