/* A jitter buffer and the repair that reads it, driven by records: put a packet (time, length, lateness,
 * payload), play a tick, drop, reset. What they promise must hold after each. */
#include <math.h>

#include "base/cursor.h"
#include "fuzz.h"
#include "media/repair.h"

#define STEP 120 /* samples: 2.5 ms */

struct bench {
    struct jitter *jitter;
    struct repair *repair;
    session_samples at; /* of the next tick */
    uint64_t puts, ticks;
};

static void put(struct bench *b, struct reader *in)
{
    session_samples at = b->at + (int16_t)read_u16(in) * (read_u8(in) & 1 ? STEP : 1);
    int32_t samples = (int8_t)read_u8(in) * STEP + (read_u8(in) == 0xff);
    int64_t late = (int32_t)read_u32(in);
    size_t want = read_u8(in), n = want < reader_left(in) ? want : reader_left(in);
    const uint8_t *payload = read_bytes(in, n);
    unsigned depth = jitter_depth(b->jitter);
    enum err e = jitter_put(b->jitter, at, samples, payload, payload ? n : 0, late);
    PROMISE(jitter_depth(b->jitter) == depth + (e == ERR_NONE));
    PROMISE(e != ERR_NONE || (jitter_find(b->jitter, at) && jitter_find(b->jitter, at)->at == at));
    b->puts++;
}

static void tick(struct bench *b)
{
    float pcm[TICK_SAMPLES + 1];
    pcm[TICK_SAMPLES] = 7;
    repair_tick(b->repair, b->jitter, b->at, pcm);
    for (int i = 0; i < TICK_SAMPLES; i++)
        PROMISE(isfinite(pcm[i]));
    PROMISE(pcm[TICK_SAMPLES] == 7);
    b->at += TICK_SAMPLES;
    b->ticks++;
}

static void check(const struct bench *b)
{
    const struct jitter_counters *c = jitter_counters(b->jitter);
    const struct repair_counters *r = repair_counters(b->repair);
    PROMISE(c->taken + c->duplicate + c->late + c->full + c->bad == b->puts);
    PROMISE(r->packets + r->fec + r->pauses + r->concealed + r->silent == b->ticks);
    PROMISE(jitter_depth(b->jitter) <= JITTER_SLOTS);
    PROMISE(jitter_target(b->jitter) >= 0 && jitter_target(b->jitter) <= JITTER_TARGET_MAX_SAMPLES);
    const struct jitter_packet *p = jitter_find(b->jitter, b->at), *next = jitter_after(b->jitter, b->at);
    PROMISE(!p || (p->at <= b->at && b->at < p->at + p->samples && p->len > 0));
    PROMISE(!next || next->at > b->at);
    PROMISE(!p || !next || next->at >= p->at + p->samples);
}

static void step(struct bench *b, struct reader *in)
{
    switch (read_u8(in) % 8) {
    default:
        put(b, in);
        break;
    case 4:
        tick(b);
        break;
    case 5:
        tick(b);
        jitter_drop_before(b->jitter, b->at);
        break;
    case 6:
        jitter_drop_before(b->jitter, b->at + (int8_t)read_u8(in) * STEP);
        break;
    case 7:
        if (read_u8(in) & 1)
            jitter_reset(b->jitter);
        else
            repair_reset(b->repair);
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct bench b = {0};
    struct reader in = reader_on(bytes, len);
    if (jitter_create(&b.jitter) == ERR_NONE && repair_create(&b.repair) == ERR_NONE) {
        while (reader_left(&in) > 0) {
            step(&b, &in);
            check(&b);
        }
    }
    jitter_destroy(b.jitter);
    repair_destroy(b.repair);
    return 0;
}
