/* A packet that parses is written again to the same bytes (padding content aside). */
#include <string.h>

#include "fuzz.h"
#include "wire/kind.h"
#include "wire/rtp_ext.h"

#define PACKET_MAX 70000 /* bytes: more than a datagram */

static void same_again(const uint8_t *bytes, size_t len, const struct rtp_packet *p)
{
    static uint8_t out[PACKET_MAX];
    size_t out_len;
    PROMISE(rtp_write(p, out, sizeof out, &out_len) == ERR_NONE);
    PROMISE(out_len == len && memcmp(out, bytes, len - p->padding_bytes) == 0);
}

static void look_at_extensions(const struct rtp_packet *p)
{
    struct rtp_ext x;
    struct audio_level level;
    for (unsigned id = 0; id < 256; id++) {
        if (rtp_ext_find(p, (uint8_t)id, &x))
            PROMISE(x.data >= p->extension && x.data + x.len <= p->extension + p->extension_bytes);
        if (audio_level_get(p, (uint8_t)id, &level))
            PROMISE(audio_level_put(level) == x.data[0]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct rtp_packet p;
    if (len > PACKET_MAX)
        return 0;
    enum wire_kind kind = wire_kind(bytes, len);
    if (rtp_parse_header(bytes, len, &p) == ERR_NONE) {
        PROMISE(kind == WIRE_RTP || kind == WIRE_RTCP);
        PROMISE(p.header_bytes + p.payload_bytes == len);
        look_at_extensions(&p);
    }
    if (rtp_parse(bytes, len, &p) == ERR_NONE)
        same_again(bytes, len, &p);
    return 0;
}
