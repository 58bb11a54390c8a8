#include "wire/rtp_ext.h"

#include "base/cursor.h"

#define ONE_BYTE_END 15 /* RFC 8285 §4.2: nothing after this id is looked at */
#define VOICE_BIT    0x80

/* The next element of a one-byte block; id 0 for a byte of padding. */
static struct rtp_ext read_one_byte(struct reader *r)
{
    uint8_t head = read_u8(r);
    struct rtp_ext x = {.id = head >> 4};
    if (head == 0)
        return x;
    x.len = (uint8_t)((head & 0x0f) + 1);
    x.data = read_bytes(r, x.len);
    return x;
}

/* The same of a two-byte block. */
static struct rtp_ext read_two_byte(struct reader *r)
{
    struct rtp_ext x = {.id = read_u8(r)};
    if (x.id == 0)
        return x;
    x.len = read_u8(r);
    x.data = read_bytes(r, x.len);
    return x;
}

bool rtp_ext_find(const struct rtp_packet *packet, uint8_t id, struct rtp_ext *ret_ext)
{
    bool one = packet->extension_profile == RTP_EXT_ONE_BYTE;
    bool two = (packet->extension_profile & RTP_EXT_TWO_BYTE_MASK) == RTP_EXT_TWO_BYTE;
    if (!packet->has_extension || id == 0 || (!one && !two))
        return false;
    struct reader r = reader_on(packet->extension, packet->extension_bytes);
    while (reader_left(&r) > 0) {
        struct rtp_ext x = one ? read_one_byte(&r) : read_two_byte(&r);
        if (r.error || (one && x.id == ONE_BYTE_END))
            return false;
        if (x.id == id) {
            *ret_ext = x;
            return true;
        }
    }
    return false;
}

enum err rtp_ext_write(const struct rtp_ext *elements, size_t count, uint8_t *bytes, size_t capacity,
                       size_t *ret_len)
{
    struct writer w = writer_on(bytes, capacity);
    for (size_t i = 0; i < count; i++) {
        const struct rtp_ext *x = &elements[i];
        if (x->id < 1 || x->id > RTP_EXT_ID_MAX || x->len < 1 || x->len > RTP_EXT_DATA_MAX)
            return ERR_LONG;
        write_u8(&w, (uint8_t)(x->id << 4 | (x->len - 1)));
        write_bytes(&w, x->data, x->len);
    }
    write_zeros(&w, -writer_len(&w) & 3);
    if (!w.error)
        *ret_len = writer_len(&w);
    return w.error;
}

bool audio_level_get(const struct rtp_packet *packet, uint8_t id, struct audio_level *ret_level)
{
    struct rtp_ext x;
    if (!rtp_ext_find(packet, id, &x) || x.len < 1)
        return false;
    *ret_level = (struct audio_level){.voice = x.data[0] & VOICE_BIT, .loudness_dbov = x.data[0] & 0x7f};
    return true;
}

uint8_t audio_level_put(struct audio_level level)
{
    unsigned loudness = level.loudness_dbov > 127 ? 127 : level.loudness_dbov;
    return (uint8_t)(loudness | (level.voice ? VOICE_BIT : 0));
}
