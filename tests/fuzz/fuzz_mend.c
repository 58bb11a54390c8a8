/* A recording that a kill, a full disk or anything else has cut or damaged: two bytes say how much of the
 * input is the Ogg file, the rest is the MP4 file. Pages get the checksum they need, so that what lies behind
 * it is reached. Whatever it was, the recording goes on, and what is written then is whole. */
#include <ogg/ogg.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "record/mend.h"

static void set_checksums(uint8_t *ogg, size_t len)
{
    for (size_t at = 0; at + 27 <= len; at++) {
        size_t header = 27 + (size_t)ogg[at + 26], body = 0;
        if (memcmp(ogg + at, "OggS", 4) != 0 || at + header > len)
            continue;
        for (unsigned i = 0; i < ogg[at + 26]; i++)
            body += ogg[at + 27 + i];
        if (at + header + body > len)
            continue;
        ogg_page page = {ogg + at, (long)header, ogg + at + header, (long)body};
        ogg_page_checksum_set(&page);
    }
}

/* What it lacks of the MP4 file, then a packet more. */
static void go_on(const struct mend *m, const uint8_t *ogg, const uint8_t *mp4)
{
    static const uint8_t packet[] = {0x78, 1, 2, 3};
    struct buffer made = {0};
    struct track t;
    struct mp4_piece piece;
    struct mend again;
    size_t offset = 0;
    buffer_put(&made, mp4, m->mp4_end);
    while (mend_mp4(m, ogg, &offset, 3, &made))
        PROMISE(offset <= m->ogg_end);
    buffer_clear(&made);
    if (track_init(&t, &m->place) != ERR_NONE)
        return;
    PROMISE(track_packet(&t, m->place.end + 4800, packet, sizeof packet, 0) == ERR_NONE);
    PROMISE(track_make(&t, true, 0));
    PROMISE(mp4_read(t.mp4.bytes, t.mp4.len, &piece) == ERR_NONE && piece.len == t.mp4.len);
    buffer_put(&made, ogg, m->ogg_end);
    buffer_put(&made, t.ogg.bytes, t.ogg.len);
    PROMISE(mend_read(made.bytes, made.len, NULL, 0, &again) == ERR_NONE);
    PROMISE(again.ogg_end == made.len && again.place.end == m->place.end + 4800 + 960);
    track_finish(&t);
    buffer_finish(&made);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct mend m;
    if (len < 2)
        return 0;
    size_t ogg_len = (size_t)(bytes[0] << 8 | bytes[1]), mp4_len;
    bytes += 2;
    len -= 2;
    if (ogg_len > len)
        ogg_len = len;
    mp4_len = len - ogg_len;
    uint8_t *ogg = malloc(ogg_len ? ogg_len : 1), *mp4 = malloc(mp4_len ? mp4_len : 1);
    memcpy(ogg, bytes, ogg_len);
    memcpy(mp4, bytes + ogg_len, mp4_len);
    set_checksums(ogg, ogg_len);
    PROMISE(mend_lines(bytes, len) <= len);
    if (mend_read(ogg, ogg_len, mp4, mp4_len, &m) == ERR_NONE) {
        PROMISE(m.ogg_end <= ogg_len && m.mp4_end <= mp4_len);
        go_on(&m, ogg, mp4);
    }
    free(ogg);
    free(mp4);
    return 0;
}
