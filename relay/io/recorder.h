/* The recorder's thread: owns every recording of the relay (record/recording.h), because writing waits for
 * the disk. What the desk says comes from the control loop, sound from the workers, each through a mailbox of
 * its own; what it tells goes back through one more. Nothing here makes a worker or the loop wait: a mailbox
 * that is full loses sound, which the recording fills, or a signal. */
#ifndef AULA_RELAY_IO_RECORDER_H
#define AULA_RELAY_IO_RECORDER_H

#include <uv.h>

#include "signal/desk.h"
#include "types.h"

#define RECORDER_PACKETS                                                                                     \
    4096 /* on their way from one worker: a disk may stand still for a second with 80 sessions */
#define RECORDER_NOTES 4096 /* on their way from the desk */

struct recorder;
struct mailbox;

/* Called on the control loop: why the disk refuses the session's recording (NULL: it is written), and the key
 * of its replay ("" = none yet). */
struct recorder_listener {
    void (*told)(void *self, const char *session, const char *stopped, const char *key);
    void *self;
};

struct recorder_figures {
    uint64_t recordings; /* that are held */
    uint64_t stopped;    /* of these, by the disk */
    uint64_t packets;    /* that came */
    uint64_t lost;       /* notes and packets that found no room */
};

/* `folder` is DIR/recordings, copied. `loop` is the control loop. The caller owns *ret_recorder. ERR_MEMORY,
 * ERR_SYSTEM. */
enum err recorder_create(uv_loop_t *loop, const char *folder, int workers,
                         const struct recorder_listener *listener, struct recorder **ret_recorder) MUST_USE;
/* After the workers have ended: writes and closes everything, joins the thread, and frees itself through the
 * control loop, which must run once more. NULL is legal. */
void recorder_destroy(struct recorder *r);

/* Control loop's thread: what the desk says. */
void recorder_note(struct recorder *r, const struct desk_record *record, const char *text, size_t len);
/* Control loop's thread, now and then: what found no room is tried again. */
void recorder_turn(struct recorder *r);
/* Where worker `i` puts each media_record; its only sender. */
struct mailbox *recorder_inbox(struct recorder *r, int worker);
/* Worker's thread: counts one that found no room. */
void recorder_lost(struct recorder *r);
struct recorder_figures recorder_figures(const struct recorder *r);

#endif
