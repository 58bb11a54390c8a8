/* A talk of records: what to do (decode, FEC, conceal, reset), a length, a payload. Whatever a decoder is
 * fed, what it gives is numbers within OPUS_PCM_MAX, of a length that Opus has, and what it refuses changes
 * nothing. */
#include <stdlib.h>
#include <string.h>

#include "base/cursor.h"
#include "fuzz.h"
#include "media/opus_codec.h"

#define MARK         7.0f /* in every sample before a call */
#define CONCEAL_STEP 120  /* 2.5 ms */
#define RECORDS_MAX  64   /* of one input: more only make it slow */

static void all_bounded(const float *pcm, int samples)
{
    for (int i = 0; i < samples; i++)
        PROMISE(pcm[i] >= -OPUS_PCM_MAX && pcm[i] <= OPUS_PCM_MAX);
}

static void all_marks(const float *pcm, int from)
{
    for (int i = from; i < OPUS_PACKET_SAMPLES_MAX; i++)
        PROMISE(pcm[i] == MARK);
}

static int decode(struct opus_receiver *r, const uint8_t *payload, size_t len, float *pcm)
{
    int samples = 0;
    if (opus_receiver_decode(r, payload, len, pcm, &samples) != ERR_NONE)
        return 0;
    PROMISE(samples > 0 && samples <= OPUS_PACKET_SAMPLES_MAX && samples % CONCEAL_STEP == 0);
    return samples;
}

static void step(struct opus_receiver *r, unsigned op, const uint8_t *payload, size_t len)
{
    float pcm[OPUS_PACKET_SAMPLES_MAX];
    int made = 0;
    for (int i = 0; i < OPUS_PACKET_SAMPLES_MAX; i++)
        pcm[i] = MARK;
    int fec = opus_payload_fec_samples(payload, len);
    PROMISE(fec >= 0 && fec <= 3 * TICK_SAMPLES && fec % CONCEAL_STEP == 0);
    switch (op % 4) {
    case 0:
        made = decode(r, payload, len, pcm);
        break;
    case 1:
        made = fec && opus_receiver_decode_fec(r, payload, len, pcm, fec) == ERR_NONE ? fec : 0;
        break;
    case 2:
        made = (int)(op / 4 % 48 + 1) * CONCEAL_STEP;
        PROMISE(opus_receiver_conceal(r, pcm, made) == ERR_NONE);
        break;
    default:
        opus_receiver_reset(r);
        break;
    }
    all_bounded(pcm, made);
    all_marks(pcm, made);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct opus_receiver *r = NULL;
    struct reader in = reader_on(bytes, len);
    if (opus_receiver_create(&r) != ERR_NONE)
        return 0;
    for (int record = 0; record < RECORDS_MAX && reader_left(&in) > 0; record++) {
        unsigned op = read_u8(&in);
        size_t want = read_u8(&in);
        size_t n = want < reader_left(&in) ? want : reader_left(&in);
        const uint8_t *payload = read_bytes(&in, n);
        /* a block of its own, so that a read past its end is seen */
        uint8_t *exact = malloc(n ? n : 1);
        if (exact && payload)
            memcpy(exact, payload, n);
        if (exact)
            step(r, op, exact, n);
        free(exact);
    }
    opus_receiver_destroy(r);
    return 0;
}
