#include "media/opus_codec.h"

#include <opus.h>
#include <stdlib.h>
#include <string.h>

#define OPUS_CHANNELS   1
#define OPUS_FRAMES_MAX 48 /* in a packet: 120 ms of 2.5 ms (RFC 6716 §3.2.5) */

const uint8_t opus_silence[OPUS_SILENCE_LEN] = {0xf8, 0xff, 0xfe};

/* libopus' state is one flat block without pointers into itself (1.3.1: src/opus_encoder.c), so a copy of the
 * bytes is a copy of the encoder. */
struct opus_sender {
    OpusEncoder *encoder;
};

struct opus_receiver {
    OpusDecoder *decoder;
};

static struct opus_sender *sender_allocate(void)
{
    struct opus_sender *s = malloc(sizeof *s);
    if (!s)
        return NULL;
    s->encoder = malloc((size_t)opus_encoder_get_size(OPUS_CHANNELS));
    if (s->encoder)
        return s;
    free(s);
    return NULL;
}

static bool sender_configure(struct opus_sender *s, const struct opus_settings *settings)
{
    OpusEncoder *e = s->encoder;
    return opus_encoder_ctl(e, OPUS_SET_BITRATE(settings->bitrate_bps)) == OPUS_OK &&
           opus_encoder_ctl(e, OPUS_SET_COMPLEXITY(settings->complexity)) == OPUS_OK &&
           opus_encoder_ctl(e, OPUS_SET_PACKET_LOSS_PERC(settings->loss_percent)) == OPUS_OK &&
           opus_encoder_ctl(e, OPUS_SET_INBAND_FEC(settings->loss_percent > 0)) == OPUS_OK &&
           opus_encoder_ctl(e, OPUS_SET_DTX(settings->dtx)) == OPUS_OK;
}

enum err opus_sender_create(const struct opus_settings *settings, struct opus_sender **ret_sender)
{
    struct opus_sender *s = sender_allocate();
    if (!s)
        return ERR_MEMORY;
    if (opus_encoder_init(s->encoder, SAMPLES_PER_S, OPUS_CHANNELS, OPUS_APPLICATION_VOIP) != OPUS_OK ||
        !sender_configure(s, settings)) {
        opus_sender_destroy(s);
        return ERR_SYSTEM;
    }
    *ret_sender = s;
    return ERR_NONE;
}

void opus_sender_destroy(struct opus_sender *s)
{
    if (!s)
        return;
    free(s->encoder);
    free(s);
}

enum err opus_sender_copy(const struct opus_sender *s, struct opus_sender **ret_sender)
{
    struct opus_sender *copy = sender_allocate();
    if (!copy)
        return ERR_MEMORY;
    memcpy(copy->encoder, s->encoder, (size_t)opus_encoder_get_size(OPUS_CHANNELS));
    *ret_sender = copy;
    return ERR_NONE;
}

void opus_sender_reset(struct opus_sender *s)
{
    opus_encoder_ctl(s->encoder, OPUS_RESET_STATE);
}

int opus_sender_lookahead(const struct opus_sender *s)
{
    opus_int32 samples = 0;
    opus_encoder_ctl(s->encoder, OPUS_GET_LOOKAHEAD(&samples));
    return (int)samples;
}

void opus_sender_set_loss(struct opus_sender *s, int loss_percent)
{
    int percent = loss_percent < 0 ? 0 : loss_percent > 100 ? 100 : loss_percent;
    opus_encoder_ctl(s->encoder, OPUS_SET_PACKET_LOSS_PERC(percent));
    opus_encoder_ctl(s->encoder, OPUS_SET_INBAND_FEC(percent > 0));
}

enum err opus_sender_encode(struct opus_sender *s, const float *pcm, int samples, uint8_t *payload,
                            size_t capacity, size_t *ret_len)
{
    opus_int32 room = capacity < OPUS_PAYLOAD_MAX ? (opus_int32)capacity : OPUS_PAYLOAD_MAX;
    opus_int32 len = opus_encode_float(s->encoder, pcm, samples, payload, room);
    if (len <= 0)
        return ERR_SYSTEM;
    *ret_len = (size_t)len;
    return ERR_NONE;
}

enum err opus_receiver_create(struct opus_receiver **ret_receiver)
{
    struct opus_receiver *r = malloc(sizeof *r);
    if (!r)
        return ERR_MEMORY;
    int error = OPUS_OK;
    r->decoder = opus_decoder_create(SAMPLES_PER_S, OPUS_CHANNELS, &error);
    if (!r->decoder) {
        free(r);
        return error == OPUS_ALLOC_FAIL ? ERR_MEMORY : ERR_SYSTEM;
    }
    *ret_receiver = r;
    return ERR_NONE;
}

void opus_receiver_destroy(struct opus_receiver *r)
{
    if (!r)
        return;
    opus_decoder_destroy(r->decoder);
    free(r);
}

void opus_receiver_reset(struct opus_receiver *r)
{
    opus_decoder_ctl(r->decoder, OPUS_RESET_STATE);
}

/* Written so that what is no number becomes silence. */
static void bound(float *pcm, int samples)
{
    for (int i = 0; i < samples; i++)
        if (!(pcm[i] >= -OPUS_PCM_MAX && pcm[i] <= OPUS_PCM_MAX))
            pcm[i] = pcm[i] > 0 ? OPUS_PCM_MAX : pcm[i] < 0 ? -OPUS_PCM_MAX : 0;
}

enum err opus_receiver_decode(struct opus_receiver *r, const uint8_t *payload, size_t len, float *pcm,
                              int *ret_samples)
{
    if (len == 0 || len > INT32_MAX) /* to libopus, no bytes are an order to conceal */
        return ERR_MALFORMED;
    int samples = opus_decode_float(r->decoder, payload, (opus_int32)len, pcm, OPUS_PACKET_SAMPLES_MAX, 0);
    if (samples <= 0)
        return ERR_MALFORMED;
    bound(pcm, samples);
    *ret_samples = samples;
    return ERR_NONE;
}

int opus_payload_fec_samples(const uint8_t *payload, size_t len)
{
    const unsigned char *frames[OPUS_FRAMES_MAX];
    opus_int16 sizes[OPUS_FRAMES_MAX];
    unsigned char toc;
    if (len == 0 || len > INT32_MAX || (payload[0] & 0x80) != 0) /* CELT alone has none */
        return 0;
    int count = opus_packet_parse(payload, (opus_int32)len, &toc, frames, sizes, NULL);
    if (count <= 0 || sizes[0] == 0)
        return 0;
    /* The first frame begins with a VAD bit for each 20 ms in it, then the LBRR bit; in stereo the side
     * channel's follow in the same way. */
    int frame_samples = opus_packet_get_samples_per_frame(payload, SAMPLES_PER_S);
    int vad_bits = frame_samples > TICK_SAMPLES ? frame_samples / TICK_SAMPLES : 1;
    unsigned first = frames[0][0];
    bool mid = first >> (7 - vad_bits) & 1;
    bool side = opus_packet_get_nb_channels(payload) == 2 && (first >> (6 - 2 * vad_bits) & 1);
    return mid || side ? frame_samples : 0;
}

enum err opus_receiver_decode_fec(struct opus_receiver *r, const uint8_t *payload, size_t len, float *pcm,
                                  int samples)
{
    if (len == 0 || len > INT32_MAX)
        return ERR_MALFORMED;
    int made = opus_decode_float(r->decoder, payload, (opus_int32)len, pcm, samples, 1);
    if (made != samples)
        return ERR_MALFORMED;
    bound(pcm, samples);
    return ERR_NONE;
}

enum err opus_receiver_conceal(struct opus_receiver *r, float *pcm, int samples)
{
    if (opus_decode_float(r->decoder, NULL, 0, pcm, samples, 0) == samples) {
        bound(pcm, samples);
        return ERR_NONE;
    }
    if (samples > 0 && samples <= OPUS_PACKET_SAMPLES_MAX)
        memset(pcm, 0, (size_t)samples * sizeof *pcm);
    return ERR_SYSTEM;
}
