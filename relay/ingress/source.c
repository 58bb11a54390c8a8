#include "ingress/source.h"

#include <string.h>

#include "base/serial.h"
#include "wire/opus_toc.h"
#include "wire/rtp.h"
#include "wire/rtp_ext.h"

#define PASS_SAMPLES_MIN TICK_SAMPLES
#define PASS_SAMPLES_MAX (3 * TICK_SAMPLES)
#define NO_JUMP          (-1)
#define CYCLE            65536

void source_init(struct source *s, uint8_t opus_pt, uint8_t level_ext, bool may_send)
{
    memset(s, 0, sizeof *s);
    s->opus_pt = opus_pt;
    s->level_ext = level_ext;
    s->may_send = may_send;
    s->jump_seq = NO_JUMP;
    s->highest = CYCLE;
}

/* Begins a new numbering, above all earlier ones. */
static void restart(struct source *s, const struct rtp_packet *p)
{
    int64_t cycle = s->highest / CYCLE + 2;
    s->known = true;
    s->ssrc = p->ssrc;
    s->probation = 0;
    s->jump_seq = NO_JUMP;
    s->highest = s->first = cycle * CYCLE + p->seq;
    s->window = 1;
    s->received = 1;
    s->jitter_x16 = 0;
    s->restarted = true;
}

/* Is this the SSRC we listen to, or does it become it? */
static enum err choose_ssrc(struct source *s, const struct rtp_packet *p, point_us now_us, bool *ret_new)
{
    *ret_new = false;
    if (s->known && p->ssrc == s->ssrc) {
        s->probation = 0;
        return ERR_NONE;
    }
    if (s->probation == 0 || p->ssrc != s->next_ssrc) {
        s->next_ssrc = p->ssrc;
        s->probation = 0;
    }
    s->probation++;
    if (s->known && now_us - s->heard_us < SOURCE_QUIET_US && s->probation < SOURCE_PROBATION)
        return ERR_UNSUPPORTED;
    *ret_new = true;
    return ERR_NONE;
}

/* A number far away: two in a row make a restart (RFC 3550 A.1). */
static enum err far_number(struct source *s, const struct rtp_packet *p)
{
    if (s->jump_seq != p->seq) {
        s->jump_seq = (uint16_t)(p->seq + 1);
        s->counters.duplicate++;
        return ERR_STALE;
    }
    restart(s, p);
    return ERR_NONE;
}

static void ahead(struct source *s, int64_t steps)
{
    s->window = steps < SOURCE_WINDOW ? s->window << steps | 1 : 1;
    s->highest += steps;
    s->counters.lost += (uint64_t)(steps - 1);
}

static enum err behind(struct source *s, int64_t steps)
{
    uint64_t bit = (uint64_t)1 << steps;
    if (s->window & bit) {
        s->counters.duplicate++;
        return ERR_REPLAY;
    }
    s->window |= bit;
    if (s->counters.lost > 0)
        s->counters.lost--;
    return ERR_NONE;
}

/* Extends the number, keeps duplicates out, counts losses. */
static enum err near_number(struct source *s, int64_t steps)
{
    s->jump_seq = NO_JUMP;
    if (steps <= 0) {
        enum err e = behind(s, -steps);
        if (e != ERR_NONE)
            return e;
    } else {
        ahead(s, steps);
    }
    s->received++;
    return ERR_NONE;
}

static enum err number(struct source *s, const struct rtp_packet *p, int64_t *ret_seq)
{
    int64_t seq = serial16_extend(s->highest, p->seq);
    int64_t steps = seq - s->highest;
    bool near = steps <= SOURCE_DROPOUT_MAX && -steps < SOURCE_WINDOW;
    enum err e = near ? near_number(s, steps) : far_number(s, p);
    if (e != ERR_NONE)
        return e;
    *ret_seq = near ? seq : s->highest;
    return ERR_NONE;
}

/* Interarrival jitter (RFC 3550 §6.4.1, A.8). */
static void feel_jitter(struct source *s, uint32_t rtp_time, point_us now_us)
{
    int64_t transit = samples_from_us(now_us) - (int64_t)rtp_time;
    int32_t d = (int32_t)(uint32_t)(transit - s->transit);
    s->transit = transit;
    if (s->received < 2)
        return;
    uint32_t distance = d < 0 ? 0u - (uint32_t)d : (uint32_t)d;
    if (distance < SAMPLES_PER_S)
        s->jitter_x16 += distance - ((s->jitter_x16 + 8) >> 4);
}

/* What the packet says of itself, and whether packets like it may be passed. */
static enum err read_opus(struct source *s, const struct rtp_packet *p, point_us now_us,
                          struct source_packet *packet)
{
    struct opus_toc toc;
    if (p->payload_bytes > SOURCE_PAYLOAD_MAX)
        return ERR_LONG;
    enum err e = opus_toc_parse(p->payload, p->payload_bytes, &toc);
    if (e != ERR_NONE)
        return e;
    packet->samples = toc.samples;
    packet->len = (uint16_t)p->payload_bytes;
    packet->payload = p->payload;
    packet->dtx = opus_toc_is_dtx(p->payload_bytes);
    if (toc.stereo || toc.samples < PASS_SAMPLES_MIN || toc.samples > PASS_SAMPLES_MAX)
        s->odd_until_us = now_us + SOURCE_UNPASSABLE_US;
    double bps = (double)p->payload_bytes * 8 * SAMPLES_PER_S / toc.samples;
    s->rated_samples += toc.samples;
    if (s->rated_samples > SOURCE_RATE_SAMPLES)
        s->rated_samples = SOURCE_RATE_SAMPLES;
    s->rate_bps += (bps - s->rate_bps) * toc.samples / s->rated_samples;
    if (s->rated_samples < SOURCE_RATE_FIRST_SAMPLES)
        return ERR_NONE;
    if (s->rate_bps > SOURCE_PASS_BPS_MAX)
        s->fat = true;
    else if (s->rate_bps <= SOURCE_PASS_BPS)
        s->fat = false;
    return ERR_NONE;
}

/* The stages of one packet, in their order. */
static enum err stages(struct source *s, const struct rtp_packet *p, point_us now_us,
                       struct source_packet *packet)
{
    bool new_ssrc;
    if (p->payload_type != s->opus_pt)
        return ERR_UNSUPPORTED;
    enum err e = choose_ssrc(s, p, now_us, &new_ssrc);
    if (e != ERR_NONE)
        return e;
    if (new_ssrc) {
        restart(s, p);
        packet->seq = s->highest;
    } else if ((e = number(s, p, &packet->seq)) != ERR_NONE) {
        return e;
    }
    s->heard_us = now_us;
    feel_jitter(s, p->time, now_us);
    if (!s->may_send)
        return ERR_FORBIDDEN;
    struct audio_level level;
    packet->has_level = audio_level_get(p, s->level_ext, &level);
    packet->level_dbov = packet->has_level ? level.loudness_dbov : SILENCE_DBOV;
    packet->rtp_time = p->time;
    return read_opus(s, p, now_us, packet);
}

enum err source_receive(struct source *s, const uint8_t *packet, size_t len, point_us now_us,
                        struct source_packet *ret_packet)
{
    struct rtp_packet p;
    struct source_packet taken = {0};
    enum err e = rtp_parse(packet, len, &p);
    if (e == ERR_NONE)
        e = stages(s, &p, now_us, &taken);
    if (e == ERR_FORBIDDEN)
        s->counters.refused++;
    else if (e != ERR_NONE && e != ERR_REPLAY && e != ERR_STALE)
        s->counters.bad++;
    if (e != ERR_NONE)
        return e;
    s->counters.packets++;
    taken.restarted = s->restarted;
    s->restarted = false;
    *ret_packet = taken;
    return ERR_NONE;
}

void source_goodbye(struct source *s)
{
    s->known = false;
    s->probation = 0;
}

bool source_is_passable(const struct source *s, point_us now_us)
{
    return !s->fat && now_us >= s->odd_until_us;
}
