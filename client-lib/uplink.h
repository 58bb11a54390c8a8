/* From sound to RTP packets: level, Opus, header (RFC 3550, 7587, 6464). One encoder for a participant's
 * whole life; the stream's numbers are new for each peer connection, because its keys are.
 *
 * Sequence numbers count packets sent, so that a gap is a loss; RTP time runs with the microphone, so that a
 * pause is a pause. DTX frames are not sent. */
#ifndef AULA_CLIENT_UPLINK_H
#define AULA_CLIENT_UPLINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errors.h"
#include "base/time.h"

#define UPLINK_BITRATE_BPS 32000 /* speech in mono: ESTOI 0.99 (tests/speech) */
#define UPLINK_COMPLEXITY  9
#define UPLINK_LOSS_MOST   30   /* beyond it FEC alone does not help any more */
#define UPLINK_PACKET_MAX  1400 /* bytes: header, level and one Opus frame */
#define UPLINK_VOICE_DBOV  60   /* louder than this is called voice in the level (RFC 6464 V bit) */

struct uplink_stream {
    uint32_t ssrc;
    uint16_t first_seq;  /* below 2^15, so that the first roll-over is far (RFC 3711 §3.3.1) */
    uint32_t first_time; /* RTP time of media time 0 */
    uint8_t payload_type;
    uint8_t level_ext; /* id of the audio level; 0 = not negotiated */
};

struct uplink_packet {
    uint8_t bytes[UPLINK_PACKET_MAX]; /* a plain RTP packet ... */
    size_t len;
    uint64_t index; /* ... of this SRTP index */
    size_t payload_offset;
    uint32_t time;
};

struct uplink;

/* The caller owns *ret_uplink. ERR_MEMORY, ERR_SYSTEM. */
enum err uplink_create(struct uplink **ret_uplink) MUST_USE;
void uplink_destroy(struct uplink *u);
/* A new stream begins; nothing is sent before the first. */
void uplink_begin(struct uplink *u, const struct uplink_stream *stream);
void uplink_end(struct uplink *u);
/* One frame of TICK_SAMPLES whose first sample has this media time (samples; each call later than the one
 * before). True where a packet is to be sent: it is in *ret_packet. */
bool uplink_frame(struct uplink *u, const float *pcm, int64_t media_time, struct uplink_packet *ret_packet);
/* The relay reports that this share (of 256) of what we sent, or of what its listeners were sent of it, was
 * lost: more FEC at once, less again by one percent a report. */
void uplink_reported(struct uplink *u, uint8_t fraction_lost);
/* RTP time of a media time. */
uint32_t uplink_time(const struct uplink *u, int64_t media_time);
/* True where a packet was sent within the last second: then a page turn can carry our RTP time. */
bool uplink_is_heard(const struct uplink *u, int64_t media_time);
uint64_t uplink_sent(const struct uplink *u);
/* Packets and payload octets of this stream, for sender reports. */
uint32_t uplink_stream_packets(const struct uplink *u);
uint32_t uplink_stream_octets(const struct uplink *u);

#endif
