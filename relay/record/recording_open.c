/* Opening a recording: where it lies, and how a killed relay's goes on. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "record/mend.h"
#include "record/recording_parts.h"
#include "wire/json_out.h"

#define FOLDER_MODE    0700
#define MEND_FRAGMENTS 256 /* of the MP4 file made at a time */

static enum err make_folder(const char *path)
{
    return mkdir(path, FOLDER_MODE) == 0 || errno == EEXIST ? ERR_NONE : ERR_SYSTEM;
}

bool recording_has_room(const struct recording *r)
{
    struct statvfs fs;
    if (statvfs(r->parent, &fs) != 0)
        return true; /* whatever is wrong, opening tells */
    return (uint64_t)fs.f_bavail * fs.f_frsize >= RECORDING_ROOM_BYTES;
}

static enum err open_files(struct recording *r)
{
    enum err e = make_folder(r->parent);
    if (e == ERR_NONE)
        e = make_folder(r->folder);
    if (e == ERR_NONE)
        e = file_open(&r->opus, r->folder, RECORDING_OPUS);
    if (e == ERR_NONE)
        e = file_open(&r->mp4, r->folder, RECORDING_MP4);
    if (e == ERR_NONE)
        e = file_open(&r->timeline, r->folder, RECORDING_TIMELINE);
    return e;
}

static enum err mend_timeline(struct recording *r)
{
    size_t len;
    const uint8_t *bytes = file_map(&r->timeline, &len);
    size_t good = bytes ? mend_lines(bytes, len) : 0;
    file_unmap(bytes, len);
    return file_cut(&r->timeline, good);
}

/* A head that is damaged: nobody writes over what it may still hold. */
static enum err begin_beside(struct recording *r)
{
    enum err e = file_put_aside(&r->opus, r->folder, RECORDING_OPUS);
    if (e == ERR_NONE)
        e = file_put_aside(&r->mp4, r->folder, RECORDING_MP4);
    if (e == ERR_NONE)
        e = file_open(&r->opus, r->folder, RECORDING_OPUS);
    if (e == ERR_NONE)
        e = file_open(&r->mp4, r->folder, RECORDING_MP4);
    if (e == ERR_NONE)
        recording_tell(
            r, false, true,
            "A recording was damaged beyond mending; it lies beside the new one as floor.opus.damaged-N.");
    return e;
}

/* Brings the MP4 file in line with the Ogg file, whose bytes these are. */
static enum err follow(struct recording *r, const struct mend *m, const uint8_t *ogg)
{
    struct buffer out = {0};
    size_t offset = 0;
    bool more = true;
    enum err e = file_cut(&r->mp4, m->mp4_end);
    while (e == ERR_NONE && more) {
        buffer_clear(&out);
        more = mend_mp4(m, ogg, &offset, MEND_FRAGMENTS, &out);
        e = out.failed ? ERR_MEMORY : file_append(&r->mp4, out.bytes, out.len);
    }
    buffer_finish(&out);
    return e;
}

static enum err mend_sound(struct recording *r, struct track_place *ret_place)
{
    struct mend m;
    size_t ogg_len, mp4_len;
    const uint8_t *ogg = file_map(&r->opus, &ogg_len), *mp4 = file_map(&r->mp4, &mp4_len);
    enum err e = ogg ? mend_read(ogg, ogg_len, mp4, mp4_len, &m) : ERR_SHORT;
    file_unmap(mp4, mp4_len); /* before it is cut */
    *ret_place = (struct track_place){.serial = r->serial};
    if (e == ERR_NONE) {
        *ret_place = m.place;
        e = follow(r, &m, ogg);
        if (e == ERR_NONE)
            e = file_cut(&r->opus, m.ogg_end);
    } else if (e == ERR_MALFORMED) {
        e = begin_beside(r);
    } else {
        e = file_cut(&r->opus, 0);
        if (e == ERR_NONE)
            e = file_cut(&r->mp4, 0);
    }
    file_unmap(ogg, ogg_len);
    return e;
}

/* What the MP4 file says of its length: 0 while it grows. */
enum err recording_write_duration(struct recording *r, int64_t samples)
{
    struct buffer head = {0};
    size_t at;
    mp4_head(&head, &at);
    size_t len = head.len;
    bool failed = head.failed;
    buffer_clear(&head);
    buffer_number(&head, (uint64_t)samples, 8);
    enum err e = ERR_NONE;
    if (!failed && !head.failed && r->mp4.good >= len)
        e = file_patch(&r->mp4, at, head.bytes, head.len);
    buffer_finish(&head);
    return e;
}

enum err recording_write_index(struct recording *r)
{
    struct json_out o;
    const struct track_place *p = &r->track.place;
    json_out_init(&o);
    json_open_object(&o, NULL);
    json_put_integer(&o, "v", 1);
    json_put_string(&o, "session", r->session);
    json_put_string(&o, "state", r->ended ? "ended" : r->on ? "recording" : "paused");
    json_put_string(&o, "timeline", RECORDING_TIMELINE);
    json_open_array(&o, "channels");
    json_open_object(&o, NULL);
    json_put_string(&o, "channel", "floor");
    json_put_string(&o, "opus", RECORDING_OPUS);
    json_put_string(&o, "mp4", RECORDING_MP4);
    if (p->begun)
        json_put_integer(&o, "start", p->start);
    if (p->begun && (r->ended || !r->on))
        json_put_integer(&o, "end", p->end);
    json_close_object(&o);
    json_close_array(&o);
    json_close_object(&o);
    enum err e = o.failed ? ERR_MEMORY : file_replace(r->folder, RECORDING_INDEX, o.text, o.len);
    json_out_finish(&o);
    return e;
}

/* Reads the key, or makes it. */
static enum err open_key(struct recording *r)
{
    struct file f;
    size_t len;
    uint8_t random[RECORDING_KEY_CHARACTERS / 2];
    enum err e = file_open(&f, r->folder, RECORDING_KEY);
    if (e != ERR_NONE)
        return e;
    const uint8_t *bytes = file_map(&f, &len);
    if (bytes && len >= RECORDING_KEY_CHARACTERS)
        memcpy(r->key, bytes, RECORDING_KEY_CHARACTERS);
    file_unmap(bytes, len);
    if (r->key[0] == 0) {
        entropy_fill(r->entropy, random, sizeof random);
        for (size_t i = 0; i < sizeof random; i++)
            snprintf(r->key + 2 * i, 3, "%02x", random[i]);
        e = file_cut(&f, 0);
        if (e == ERR_NONE)
            e = file_append(&f, r->key, RECORDING_KEY_CHARACTERS);
    }
    file_close(&f);
    return e;
}

enum err recording_open_all(struct recording *r)
{
    struct track_place place;
    enum err e = open_files(r);
    if (e == ERR_NONE)
        e = mend_timeline(r);
    if (e == ERR_NONE)
        e = mend_sound(r, &place);
    if (e == ERR_NONE)
        e = recording_write_duration(r, 0);
    if (e == ERR_NONE)
        e = open_key(r);
    if (e == ERR_NONE)
        e = track_init(&r->track, &place);
    if (e == ERR_NONE)
        e = recording_write_index(r);
    return e;
}

enum err recording_find(const char *folder, const char *session, char ret_key[RECORDING_KEY_CHARACTERS + 1])
{
    char path[FILE_PATH_MAX], key[RECORDING_KEY_CHARACTERS + 1] = {0};
    int len = snprintf(path, sizeof path, "%s/%s/" RECORDING_KEY, folder, session);
    if (session[0] == 0 || strchr(session, '/') != NULL || session[0] == '.' || len >= (int)sizeof path)
        return ERR_UNKNOWN;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return ERR_UNKNOWN;
    ssize_t n = read(fd, key, RECORDING_KEY_CHARACTERS);
    close(fd);
    if (n != RECORDING_KEY_CHARACTERS)
        return ERR_UNKNOWN;
    memcpy(ret_key, key, sizeof key);
    return ERR_NONE;
}
