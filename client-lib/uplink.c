#include "uplink.h"

#include <stdlib.h>
#include <string.h>

#include "media/level.h"
#include "media/opus_codec.h"
#include "wire/opus_toc.h"
#include "wire/rtp_ext.h"

struct uplink {
    struct opus_sender *encoder;
    struct uplink_stream stream;
    bool begun;
    bool sent_any;           /* in this stream */
    int64_t last_media_time; /* of the last packet sent */
    uint64_t next_index;
    int loss_percent;
    uint64_t sent;
    uint32_t packets, octets;
};

enum err uplink_create(struct uplink **ret_uplink)
{
    struct uplink *u = calloc(1, sizeof *u);
    if (u == NULL)
        return ERR_MEMORY;
    const struct opus_settings settings = {
        .bitrate_bps = UPLINK_BITRATE_BPS, .complexity = UPLINK_COMPLEXITY, .dtx = true};
    enum err e = opus_sender_create(&settings, &u->encoder);
    if (e != ERR_NONE) {
        free(u);
        return e;
    }
    *ret_uplink = u;
    return ERR_NONE;
}

void uplink_destroy(struct uplink *u)
{
    if (u == NULL)
        return;
    opus_sender_destroy(u->encoder);
    free(u);
}

void uplink_begin(struct uplink *u, const struct uplink_stream *stream)
{
    u->stream = *stream;
    u->begun = true;
    u->sent_any = false;
    u->next_index = stream->first_seq;
    u->packets = u->octets = 0;
}

void uplink_end(struct uplink *u)
{
    u->begun = false;
}

void uplink_reported(struct uplink *u, uint8_t fraction_lost)
{
    int reported = (fraction_lost * 100 + 255) / 256, percent = u->loss_percent - 1;
    percent = reported > percent ? reported : percent;
    percent = percent < 0 ? 0 : percent;
    percent = percent > UPLINK_LOSS_MOST ? UPLINK_LOSS_MOST : percent;
    if (percent != u->loss_percent)
        opus_sender_set_loss(u->encoder, percent);
    u->loss_percent = percent;
}

uint32_t uplink_time(const struct uplink *u, int64_t media_time)
{
    return u->stream.first_time + (uint32_t)media_time;
}

static enum err write_packet(struct uplink *u, const uint8_t *payload, size_t len, uint8_t loudness_dbov,
                             int64_t media_time, struct uplink_packet *packet)
{
    uint8_t level = audio_level_put(
        (struct audio_level){.voice = loudness_dbov < UPLINK_VOICE_DBOV, .loudness_dbov = loudness_dbov});
    struct rtp_ext element = {.id = u->stream.level_ext, .data = &level, .len = 1};
    uint8_t extension[8];
    struct rtp_packet rtp = {.marker = !u->sent_any || media_time - u->last_media_time > TICK_SAMPLES,
                             .payload_type = u->stream.payload_type,
                             .seq = (uint16_t)u->next_index,
                             .time = uplink_time(u, media_time),
                             .ssrc = u->stream.ssrc,
                             .payload = payload,
                             .payload_bytes = len};
    if (u->stream.level_ext != 0) {
        rtp.has_extension = true;
        rtp.extension_profile = RTP_EXT_ONE_BYTE;
        rtp.extension = extension;
        enum err e = rtp_ext_write(&element, 1, extension, sizeof extension, &rtp.extension_bytes);
        if (e != ERR_NONE)
            return e;
    }
    packet->index = u->next_index;
    packet->time = rtp.time;
    enum err e = rtp_write(&rtp, packet->bytes, sizeof packet->bytes, &packet->len);
    if (e == ERR_NONE)
        packet->payload_offset = packet->len - len;
    return e;
}

bool uplink_frame(struct uplink *u, const float *pcm, int64_t media_time, struct uplink_packet *ret_packet)
{
    uint8_t payload[OPUS_PAYLOAD_MAX];
    size_t len;
    if (!u->begun || (u->sent_any && media_time <= u->last_media_time))
        return false;
    if (opus_sender_encode(u->encoder, pcm, TICK_SAMPLES, payload, sizeof payload, &len) != ERR_NONE ||
        len <= OPUS_TOC_DTX_BYTES)
        return false;
    if (write_packet(u, payload, len, level_measure(pcm, TICK_SAMPLES), media_time, ret_packet) != ERR_NONE)
        return false;
    u->next_index++;
    u->sent_any = true;
    u->last_media_time = media_time;
    u->sent++;
    u->packets++;
    u->octets += (uint32_t)len;
    return true;
}

bool uplink_is_heard(const struct uplink *u, int64_t media_time)
{
    return u->begun && u->sent_any && media_time - u->last_media_time <= SAMPLES_PER_S;
}

uint64_t uplink_sent(const struct uplink *u)
{
    return u->sent;
}

uint32_t uplink_stream_packets(const struct uplink *u)
{
    return u->packets;
}

uint32_t uplink_stream_octets(const struct uplink *u)
{
    return u->octets;
}
