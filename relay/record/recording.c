#include "record/recording_parts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum err recording_create(const char *folder, const char *session, uint32_t serial,
                          const struct entropy *entropy, struct recording **ret_recording)
{
    struct recording *r = calloc(1, sizeof *r);
    if (!r)
        return ERR_MEMORY;
    snprintf(r->parent, sizeof r->parent, "%s", folder);
    snprintf(r->session, sizeof r->session, "%s", session);
    int len = snprintf(r->folder, sizeof r->folder, "%s/%s", folder, r->session);
    if (len >= (int)sizeof r->folder) {
        free(r);
        return ERR_MEMORY;
    }
    r->serial = serial;
    r->entropy = entropy;
    r->retry_us = r->sync_us = NEVER_US;
    file_init(&r->opus);
    file_init(&r->mp4);
    file_init(&r->timeline);
    lines_init(&r->lines);
    *ret_recording = r;
    return ERR_NONE;
}

/* --- what may go wrong --- */

void recording_tell(struct recording *r, bool stopped, bool damaged, const char *why)
{
    r->notice = (struct recording_notice){.stopped = stopped, .damaged = damaged};
    snprintf(r->notice.why, sizeof r->notice.why, "%s", why);
    r->has_notice = true;
}

static void close_files(struct recording *r)
{
    file_close(&r->opus);
    file_close(&r->mp4);
    file_close(&r->timeline);
    track_finish(&r->track);
    lines_finish(&r->lines);
    r->open = false;
    r->sync_us = NEVER_US;
}

static const char *reason(int error)
{
    if (error == ENOSPC || error == EDQUOT)
        return "the disk is full; it goes on by itself when there is room";
    if (error == EROFS || error == EACCES || error == EPERM)
        return "the folder recordings cannot be written; it goes on by itself when it can";
    return strerror(error);
}

/* The disk refuses, or memory did: all is left as it lies, to be mended and gone on with. */
static void stop(struct recording *r, int error, point_us now_us)
{
    char why[RECORDING_WHY_MAX];
    snprintf(why, sizeof why, "The recording has stopped: %s.", reason(error));
    close_files(r);
    if (!r->stopped)
        recording_tell(r, true, false, why);
    r->stopped = true;
    r->retry_us = now_us + RECORDING_RETRY_US;
}

static int error_number(enum err e)
{
    return e == ERR_MEMORY ? ENOMEM : errno;
}

static void try_open(struct recording *r, point_us now_us)
{
    if (r->stopped && !recording_has_room(r)) {
        r->retry_us = now_us + RECORDING_RETRY_US;
        return;
    }
    enum err e = recording_open_all(r);
    if (e != ERR_NONE) {
        stop(r, error_number(e), now_us);
        return;
    }
    r->open = true;
    r->retry_us = NEVER_US;
    if (!r->has_notice || r->stopped)
        recording_tell(r, false, false, r->stopped ? "The recording goes on." : "");
    r->stopped = false;
}

void recording_begin(struct recording *r, point_us now_us)
{
    r->on = true;
    if (!r->open && !r->stopped && !r->ended)
        try_open(r, now_us);
    else if (r->open && recording_write_index(r) != ERR_NONE)
        stop(r, errno, now_us);
}

/* --- writing --- */

static bool written(struct recording *r, enum err e, point_us now_us)
{
    if (e != ERR_NONE) {
        stop(r, error_number(e), now_us);
        return false;
    }
    if (r->sync_us == NEVER_US)
        r->sync_us = now_us + RECORDING_SYNC_US;
    return true;
}

/* The pages and fragments that were made. False: it has stopped. */
static bool write_sound(struct recording *r, point_us now_us)
{
    bool first = r->opus.good == 0;
    if (r->track.ogg.failed || r->track.mp4.failed || r->track.data.failed)
        return written(r, ERR_MEMORY, now_us);
    enum err e = file_append(&r->opus, r->track.ogg.bytes, r->track.ogg.len);
    if (e == ERR_NONE)
        e = file_append(&r->mp4, r->track.mp4.bytes, r->track.mp4.len);
    track_taken(&r->track);
    if (e == ERR_NONE && first)
        e = recording_write_index(r); /* now it knows its start */
    return written(r, e, now_us);
}

static bool write_lines(struct recording *r, point_us now_us)
{
    enum err e =
        r->lines.out.failed ? ERR_MEMORY : file_append(&r->timeline, r->lines.out.bytes, r->lines.out.len);
    lines_taken(&r->lines);
    return written(r, e, now_us);
}

static void work(struct recording *r, bool all, point_us now_us)
{
    while (r->open && track_make(&r->track, all, now_us))
        if (!write_sound(r, now_us))
            return;
    if (r->open && lines_make(&r->lines, all, now_us))
        write_lines(r, now_us);
}

static void sync_all(struct recording *r, point_us now_us)
{
    r->sync_us = NEVER_US;
    enum err e = file_sync(&r->opus);
    if (e == ERR_NONE)
        e = file_sync(&r->mp4);
    if (e == ERR_NONE)
        e = file_sync(&r->timeline);
    if (e != ERR_NONE)
        stop(r, errno, now_us);
}

void recording_packet(struct recording *r, session_samples at, const uint8_t *packet, size_t len,
                      point_us now_us)
{
    if (!r->on || !r->open)
        return;
    enum err e = track_packet(&r->track, at, packet, len, now_us);
    if (e == ERR_FULL) {
        work(r, false, now_us);
        if (r->open)
            e = track_packet(&r->track, at, packet, len, now_us);
    }
    (void)e; /* late, or no Opus: counted there */
    work(r, false, now_us);
}

void recording_line(struct recording *r, uint64_t key, const char *text, size_t len, point_us now_us)
{
    if (!r->open || !r->on)
        return;
    if (lines_put(&r->lines, key, text, len, now_us) != ERR_NONE)
        stop(r, ENOMEM, now_us);
    else
        work(r, false, now_us);
}

/* Everything that waits is written. */
static void finish_writing(struct recording *r, point_us now_us)
{
    work(r, true, now_us);
    const struct track_place *p = &r->track.place;
    if (r->open && recording_write_duration(r, p->end - p->start) != ERR_NONE)
        stop(r, errno, now_us);
}

/* And lies on the disk. */
static void rest(struct recording *r, point_us now_us)
{
    finish_writing(r, now_us);
    if (r->open && recording_write_index(r) != ERR_NONE)
        stop(r, errno, now_us);
    if (r->open)
        sync_all(r, now_us);
}

void recording_pause(struct recording *r, point_us now_us)
{
    r->on = false;
    rest(r, now_us);
}

void recording_end(struct recording *r, point_us now_us)
{
    if (r->ended)
        return;
    if (!r->open && !r->stopped)
        try_open(r, now_us); /* it was paused when the relay came back */
    work(r, true, now_us);
    r->ended = true;
    if (r->open && track_end(&r->track, now_us))
        write_sound(r, now_us);
    rest(r, now_us);
    close_files(r);
    r->on = false;
    r->retry_us = NEVER_US;
}

void recording_destroy(struct recording *r, point_us now_us)
{
    if (!r)
        return;
    finish_writing(r, now_us); /* the disk is not waited for: a relay that restarts has two seconds */
    close_files(r);
    free(r);
}

/* --- time --- */

point_us recording_deadline(const struct recording *r)
{
    if (!r->open)
        return r->retry_us;
    point_us at = earlier_us(track_deadline(&r->track), lines_deadline(&r->lines));
    return earlier_us(at, r->sync_us);
}

void recording_expire(struct recording *r, point_us now_us)
{
    if (!r->open) {
        if (now_us >= r->retry_us)
            try_open(r, now_us);
        return;
    }
    work(r, false, now_us);
    if (r->open && now_us >= r->sync_us)
        sync_all(r, now_us);
}

bool recording_notice(struct recording *r, struct recording_notice *ret_notice)
{
    if (!r->has_notice)
        return false;
    *ret_notice = r->notice;
    r->has_notice = false;
    return true;
}

const char *recording_key(const struct recording *r)
{
    return r->key;
}

bool recording_span(const struct recording *r, session_samples *ret_start, session_samples *ret_end)
{
    if (!r->open || !r->track.place.begun)
        return false;
    *ret_start = r->track.place.start;
    *ret_end = r->track.place.end;
    return true;
}
