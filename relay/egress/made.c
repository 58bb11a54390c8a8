#include "egress/made.h"

#include "media/opus_codec.h"

static void send_voice(struct audience *a, const struct voice_packet *packet, const struct made_csrcs *csrcs,
                       struct outbox *outbox, point_us now_us)
{
    if (packet->len == 0 || packet->at < a->sent_end)
        return; /* sent already, by the pass before; it was encoded for the encoder's sake */
    struct out_packet out = {
        .at = packet->at,
        .samples = packet->samples,
        .marker = a->marker,
        .payload = packet->payload,
        .len = packet->len,
    };
    if (a->tier == TIER_FULL)
        for (unsigned i = 0; i < csrcs->count; i++)
            out.csrc[out.csrc_count++] = csrcs->numbers[i];
    a->marker = false;
    closing_sound(&a->closing, now_us);
    out.number = audience_number_made(a, out.at, out.samples);
    fanout_send(&a->fanout, &out, outbox);
}

static void push(struct audience *a, session_samples at, float *pcm, const struct made_csrcs *csrcs,
                 struct outbox *outbox, point_us now_us, uint64_t *encodes)
{
    struct voice_packet packet;
    voice_push(a->voice, at, pcm);
    while (voice_next(a->voice, &packet)) {
        (*encodes)++;
        send_voice(a, &packet, csrcs, outbox, now_us);
    }
}

enum err made_begin(struct audience *a, const struct mix *mix, source_set set, const struct made_csrcs *csrcs,
                    struct outbox *outbox, point_us now_us, uint64_t *encodes)
{
    enum err e = voice_create(a->tier, a->fanout.loss.percent, &a->voice);
    if (e != ERR_NONE)
        return e;
    a->marker = true;
    /* Whole packets of it, so that one begins where the mix does. */
    int ticks = (BRANCH_TICKS - 1) / voice_ticks(a->voice) * voice_ticks(a->voice);
    session_samples from = mix->next - ticks * TICK_SAMPLES;
    if (a->sent_end < (a->in_pass ? from : mix->next) + a->mix_shift)
        a->sent_end = mix->next + a->mix_shift; /* nothing to go on with: it begins now */
    float pcm[TICK_SAMPLES];
    for (session_samples at = from; at < mix->next; at += TICK_SAMPLES) {
        mix_sum_at(mix, set, at, pcm);
        push(a, at + a->mix_shift, pcm, csrcs, outbox, now_us, encodes);
    }
    return ERR_NONE;
}

void made_tick(struct audience *a, const struct mix *mix, source_set set, const struct made_csrcs *csrcs,
               struct outbox *outbox, point_us now_us, uint64_t *encodes)
{
    float pcm[TICK_SAMPLES];
    mix_sum(mix, set, pcm);
    mix_fade(mix, a->fading & ~set, pcm);
    a->fading = 0;
    push(a, mix->next - TICK_SAMPLES + a->mix_shift, pcm, csrcs, outbox, now_us, encodes);
}

void made_silence(struct audience *a, struct outbox *outbox, point_us now_us)
{
    if (!closing_step(&a->closing, now_us))
        return;
    struct out_packet out = {
        .at = a->sent_end,
        .samples = TICK_SAMPLES,
        .payload = opus_silence,
        .len = OPUS_SILENCE_LEN,
    };
    out.number = audience_number_silence(a, out.samples);
    fanout_send(&a->fanout, &out, outbox);
}
