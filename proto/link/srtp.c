#include "link/srtp.h"

#include <stdlib.h>

#include "link/replay.h"
#include "link/srtp_keys.h"

#define RTP_HEADER_BYTES 12 /* without CSRCs and extension, RFC 3550 §5.1 */

struct srtp_sender {
    struct srtp_keys rtp, rtcp;
    struct replay sealed; /* indices used up, whatever the SSRC: stricter than GCM needs, and simple */
    uint32_t rtcp_next;   /* next SRTCP index */
};

struct stream {
    uint32_t ssrc;
    struct replay seen;
};

struct streams {
    struct stream of[SRTP_STREAMS_MAX];
    size_t count;
};

struct srtp_receiver {
    struct srtp_keys rtp_keys, rtcp_keys;
    struct streams rtp, rtcp;
};

static uint32_t get_u32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static uint16_t get_u16(const uint8_t *at)
{
    return (uint16_t)(at[0] << 8 | at[1]);
}

/* Splits bytes of which the last `overhead` are not text. *p is complete but for the index. */
static enum err split_rtp(uint8_t *bytes, size_t len, size_t overhead, struct srtp_packet *p)
{
    if (len < RTP_HEADER_BYTES + overhead)
        return ERR_SHORT;
    if (bytes[0] >> 6 != 2)
        return ERR_MALFORMED;
    size_t header = RTP_HEADER_BYTES + 4 * (size_t)(bytes[0] & 0x0F);
    if (bytes[0] & 0x10) {
        if (len < header + 4 + overhead)
            return ERR_SHORT;
        header += 4 + 4 * (size_t)get_u16(bytes + header + 2);
    }
    if (len < header + overhead)
        return ERR_SHORT;
    *p = (struct srtp_packet){.bytes = bytes,
                              .header_len = header,
                              .text_len = len - header - overhead,
                              .ssrc = get_u32(bytes + 8)};
    return ERR_NONE;
}

static enum err split_rtcp(uint8_t *bytes, size_t len, size_t overhead, struct srtp_packet *p)
{
    if (len < RTCP_HEADER_BYTES + overhead)
        return ERR_SHORT;
    if (bytes[0] >> 6 != 2)
        return ERR_MALFORMED;
    *p = (struct srtp_packet){.bytes = bytes,
                              .header_len = RTCP_HEADER_BYTES,
                              .text_len = len - RTCP_HEADER_BYTES - overhead,
                              .ssrc = get_u32(bytes + 4)};
    return ERR_NONE;
}

/* --- sender --- */

enum err srtp_sender_create(enum srtp_profile profile, const uint8_t *key, const uint8_t *salt,
                            struct srtp_sender **ret_sender)
{
    struct srtp_sender *s = calloc(1, sizeof *s);
    if (!s)
        return ERR_MEMORY;
    enum err e = srtp_keys_init(&s->rtp, profile, SRTP_PLANE_RTP, CRYPTO_SEAL, key, salt);
    if (!e)
        e = srtp_keys_init(&s->rtcp, profile, SRTP_PLANE_RTCP, CRYPTO_SEAL, key, salt);
    if (e) {
        srtp_sender_destroy(s);
        return e;
    }
    *ret_sender = s;
    return ERR_NONE;
}

void srtp_sender_destroy(struct srtp_sender *s)
{
    if (!s)
        return;
    srtp_keys_finish(&s->rtp);
    srtp_keys_finish(&s->rtcp);
    free(s);
}

enum err srtp_seal_rtp(struct srtp_sender *s, uint8_t *packet, size_t *len, uint64_t index)
{
    struct srtp_packet p;
    enum err e = split_rtp(packet, *len, 0, &p);
    if (e)
        return e;
    if (index >= SRTP_INDEX_END || (uint16_t)index != get_u16(packet + 2))
        return ERR_STATE;
    e = replay_check(&s->sealed, index);
    if (e)
        return e;
    /* Used from here on, even if sealing goes wrong half way. */
    replay_accept(&s->sealed, index);
    p.index = index;
    e = srtp_keys_seal(&s->rtp, &p);
    if (!e)
        *len += srtp_keys_overhead(&s->rtp);
    return e;
}

enum err srtp_seal_rtcp(struct srtp_sender *s, uint8_t *packet, size_t *len)
{
    struct srtp_packet p;
    enum err e = split_rtcp(packet, *len, 0, &p);
    if (e)
        return e;
    if (s->rtcp_next >= SRTCP_INDEX_END)
        return ERR_STATE;
    p.index = s->rtcp_next++;
    e = srtp_keys_seal(&s->rtcp, &p);
    if (!e)
        *len += srtp_keys_overhead(&s->rtcp);
    return e;
}

/* --- receiver --- */

enum err srtp_receiver_create(enum srtp_profile profile, const uint8_t *key, const uint8_t *salt,
                              struct srtp_receiver **ret_receiver)
{
    struct srtp_receiver *r = calloc(1, sizeof *r);
    if (!r)
        return ERR_MEMORY;
    enum err e = srtp_keys_init(&r->rtp_keys, profile, SRTP_PLANE_RTP, CRYPTO_OPEN, key, salt);
    if (!e)
        e = srtp_keys_init(&r->rtcp_keys, profile, SRTP_PLANE_RTCP, CRYPTO_OPEN, key, salt);
    if (e) {
        srtp_receiver_destroy(r);
        return e;
    }
    *ret_receiver = r;
    return ERR_NONE;
}

void srtp_receiver_destroy(struct srtp_receiver *r)
{
    if (!r)
        return;
    srtp_keys_finish(&r->rtp_keys);
    srtp_keys_finish(&r->rtcp_keys);
    free(r);
}

/* The SSRC's stream, or the free place in which it would be taken in: not counted before its first packet is
 * authenticated. NULL when all places are taken. */
static struct stream *find_stream(struct streams *s, uint32_t ssrc)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->of[i].ssrc == ssrc)
            return &s->of[i];
    if (s->count == SRTP_STREAMS_MAX)
        return NULL;
    s->of[s->count] = (struct stream){.ssrc = ssrc};
    return &s->of[s->count];
}

static enum err open_in_stream(struct srtp_keys *k, struct streams *s, struct stream *stream,
                               const struct srtp_packet *p)
{
    enum err e = replay_check(&stream->seen, p->index);
    if (!e)
        e = srtp_keys_open(k, p);
    if (e)
        return e;
    replay_accept(&stream->seen, p->index);
    if (stream == &s->of[s->count])
        s->count++;
    return ERR_NONE;
}

enum err srtp_unseal_rtp(struct srtp_receiver *r, uint8_t *packet, size_t *len)
{
    struct srtp_packet p;
    enum err e = split_rtp(packet, *len, srtp_keys_overhead(&r->rtp_keys), &p);
    if (e)
        return e;
    struct stream *stream = find_stream(&r->rtp, p.ssrc);
    if (!stream)
        return ERR_UNKNOWN;
    p.index = replay_guess(&stream->seen, get_u16(packet + 2));
    e = open_in_stream(&r->rtp_keys, &r->rtp, stream, &p);
    if (!e)
        *len = p.header_len + p.text_len;
    return e;
}

/* E bit and index: the last word under GCM, before the tag under CM. */
static uint32_t rtcp_word(const struct srtp_keys *k, const uint8_t *packet, size_t len)
{
    return get_u32(packet + len - SRTP_WORD_LEN - (k->gcm ? 0 : SRTP_CM_TAG_LEN));
}

enum err srtp_unseal_rtcp(struct srtp_receiver *r, uint8_t *packet, size_t *len)
{
    struct srtp_packet p;
    enum err e = split_rtcp(packet, *len, srtp_keys_overhead(&r->rtcp_keys), &p);
    if (e)
        return e;
    uint32_t word = rtcp_word(&r->rtcp_keys, packet, *len);
    if (!(word >> 31))
        return ERR_UNSUPPORTED; /* WebRTC always encrypts (RFC 8827 §6.5) */
    struct stream *stream = find_stream(&r->rtcp, p.ssrc);
    if (!stream)
        return ERR_UNKNOWN;
    p.index = word & ~UINT32_C(0x80000000);
    e = open_in_stream(&r->rtcp_keys, &r->rtcp, stream, &p);
    if (!e)
        *len = p.header_len + p.text_len;
    return e;
}
