/* What a recording is made of: recording.c writes, recording_open.c opens and mends. */
#ifndef AULA_RECORD_RECORDING_PARTS_H
#define AULA_RECORD_RECORDING_PARTS_H

#include "record/file.h"
#include "record/lines.h"
#include "record/recording.h"
#include "record/track.h"

#define RECORDING_NAME_BYTES 64

struct recording {
    char parent[FILE_PATH_MAX], folder[FILE_PATH_MAX], session[RECORDING_NAME_BYTES];
    uint32_t serial;
    const struct entropy *entropy; /* borrowed */
    char key[RECORDING_KEY_CHARACTERS + 1];
    bool on, open, ended;
    bool stopped; /* the disk refuses */
    point_us retry_us, sync_us;
    struct file opus, mp4, timeline;
    struct track track;
    struct lines lines;
    struct recording_notice notice;
    bool has_notice;
};

/* ---- recording_open.c ---- */

/* Opens all three files, mends them, and stands ready to go on. ERR_MEMORY; ERR_SYSTEM: errno says why. Then
 * the caller closes what is open. */
enum err recording_open_all(struct recording *r) MUST_USE;
bool recording_has_room(const struct recording *r);
/* What the MP4 file says of its length: 0 while it grows. ERR_SYSTEM. */
enum err recording_write_duration(struct recording *r, int64_t samples) MUST_USE;
enum err recording_write_index(struct recording *r) MUST_USE;

/* ---- recording.c ---- */

void recording_tell(struct recording *r, bool stopped, bool damaged, const char *why);

#endif
