#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>

#include "media/opus_codec.h"
#include "playout.h"

#define PACKETS_MAX 400
#define T0          ((session_samples)TICK_SAMPLES * 1000) /* session time at now_us = 0 */
#define AT(n)       (T0 + (session_samples)(n)*TICK_SAMPLES)

/* A voice of sorts (a hum of 120 Hz with its harmonics, a little breath), encoded once; every test plays some
 * of it. */
static uint8_t sound[PACKETS_MAX][OPUS_PAYLOAD_MAX];
static size_t sound_len[PACKETS_MAX];

static float voice(int at)
{
    static uint32_t seed = 1;
    seed = seed * 1664525 + 1013904223;
    float phase = (float)(at % 400) / 400, loud = 0.6f + 0.4f * sinf((float)at / 9000);
    return loud * (0.4f * (1 - 2 * phase) + 0.02f * (float)(int32_t)seed / 2147483648.0f);
}

static int encode(void **state)
{
    const struct opus_settings settings = {.bitrate_bps = 32000, .complexity = 5, .loss_percent = 20};
    struct opus_sender *s = NULL;
    float pcm[TICK_SAMPLES];
    (void)state;
    assert_int_equal(opus_sender_create(&settings, &s), ERR_NONE);
    for (int n = 0; n < PACKETS_MAX; n++) {
        for (int i = 0; i < TICK_SAMPLES; i++)
            pcm[i] = voice(n * TICK_SAMPLES + i);
        assert_int_equal(opus_sender_encode(s, pcm, TICK_SAMPLES, sound[n], OPUS_PAYLOAD_MAX, &sound_len[n]),
                         ERR_NONE);
    }
    opus_sender_destroy(s);
    return 0;
}

static struct playout *fresh(bool decode)
{
    struct playout *p = NULL;
    assert_int_equal(playout_create(decode, &p), ERR_NONE);
    playout_clock(p, T0, 0);
    return p;
}

struct scene {
    int number;
    const char *what;
    int packets;           /* from session time AT(0), 20 ms each */
    int path_ms;           /* of every packet */
    int (*late_ms)(int n); /* more, of packet n; -1 = lost */
    int phase_ms;          /* when in its 20 ms the player asks */
    unsigned held_most, concealed_most, fec_least;
    unsigned played_least; /* ticks made from packets */
    int delay_most_ms;     /* from a packet's own time to its playing, at the end */
};

static int steady(int n)
{
    (void)n;
    return 0;
}

static int a_little(int n)
{
    return n * 7 % 9; /* 0 .. 8 ms: within the margin */
}

static int bad_line(int n)
{
    return n * 13 % 41; /* 0 .. 40 ms */
}

static int every_tenth_lost(int n)
{
    return n % 10 == 7 ? -1 : 0;
}

static int swapped(int n)
{
    return n % 20 == 10 ? 25 : 0; /* comes after its successor */
}

static int blackout(int n)
{
    return n >= 100 && n < 110 ? -1 : 0;
}

static int spike(int n)
{
    return n >= 100 && n < 106 ? 120 - (n - 100) * 20 : 0; /* six come at once, up to 120 ms late */
}

static int mixed(int n)
{
    return n >= 100 && n < 150 ? 39 : 0;
}

static const struct scene scenes[] = {
    {1, "a steady line", 200, 30, steady, 0, 0, 5, 0, 200, 101},
    {2, "another phase", 200, 30, steady, 7, 0, 5, 0, 200, 101},
    {3, "and another", 200, 30, steady, 19, 0, 5, 0, 200, 101},
    {4, "a far relay", 200, 280, steady, 3, 0, 5, 0, 200, 351},
    {5, "little jitter costs nothing", 200, 30, a_little, 5, 0, 5, 0, 200, 101},
    {6, "much jitter is waited for", 390, 30, bad_line, 5, 6, 12, 0, 380, 110},
    {7, "loss is repaired from the next packet", 200, 30, every_tenth_lost, 5, 1, 16, 8, 180, 110},
    {8, "order does not matter for long", 390, 30, swapped, 5, 3, 12, 0, 384, 101},
    {9, "a hole of 200 ms, and on", 200, 30, blackout, 5, 2, 12, 0, 189, 110},
    {10, "a spike is survived", 390, 30, spike, 5, 7, 14, 0, 380, 210},
    {11, "a mix that leaves later than the pass before is not waited for", 200, 30, mixed, 5, 0, 5, 0, 200,
     101},
};

/* Packets whose arrival lies in (from, to] go in. */
static void deliver(struct playout *p, const struct scene *s, point_us from_us, point_us to_us)
{
    for (point_us us = from_us + US_PER_MS; us <= to_us; us += US_PER_MS)
        for (int n = 0; n < s->packets; n++) {
            int late_ms = s->late_ms(n);
            if (late_ms >= 0 && (point_us)(n * 20 + s->path_ms + late_ms) * US_PER_MS == us)
                (void)!playout_packet(p, (uint32_t)AT(n), sound[n], sound_len[n], us);
        }
}

static void play(const struct scene *s)
{
    struct playout *p = fresh(true);
    float pcm[TICK_SAMPLES];
    point_us now_us = (point_us)s->phase_ms * US_PER_MS - 20000;
    session_samples last = INT64_MIN;
    int delay_ms = 0;
    for (int tick = 0; tick < s->packets + 40; tick++) {
        deliver(p, s, now_us, now_us + 20000);
        now_us += 20000;
        bool heard = playout_tick(p, pcm, now_us);
        session_samples now = playout_now(p, now_us);
        if (heard && now < last)
            fail_msg("scene %d: played time goes back at tick %d", s->number, tick);
        last = heard ? now : last;
        if (tick == s->packets)
            delay_ms = (int)((T0 + samples_from_us(now_us) - now) / SAMPLES_PER_MS);
    }
    const struct playout_counters *c = playout_counters(p);
    if (c->held > s->held_most || c->concealed_ticks > s->concealed_most || c->fec_ticks < s->fec_least ||
        c->packet_ticks < s->played_least || delay_ms > s->delay_most_ms || delay_ms < s->path_ms)
        fail_msg("scene %d, %s: held %d concealed %d fec %d packets %d skipped %d delay %d ms", s->number,
                 s->what, (int)c->held, (int)c->concealed_ticks, (int)c->fec_ticks, (int)c->packet_ticks,
                 (int)c->skipped, delay_ms);
    playout_destroy(p);
}

static void lines_good_and_bad(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof scenes / sizeof scenes[0]; i++)
        play(&scenes[i]);
}

/* The first packet after an hour of silence whose way has become 100 ms longer meanwhile. */
static void the_first_syllable_is_not_cut(void **state)
{
    (void)state;
    static const int first_ms[] = {0, 40, 100, 400};
    for (size_t i = 0; i < sizeof first_ms / sizeof first_ms[0]; i++) {
        struct playout *p = fresh(true);
        float pcm[TICK_SAMPLES];
        int begin = 100;
        for (int tick = 0; tick < 250; tick++) {
            point_us now_us = (point_us)tick * 20000;
            int n = tick - begin - first_ms[i] / 20;
            if (n >= 0 && n < 50)
                assert_int_equal(playout_packet(p, (uint32_t)AT(begin + n), sound[n], sound_len[n], now_us),
                                 ERR_NONE);
            playout_tick(p, pcm, now_us);
        }
        if (playout_counters(p)->packet_ticks != 50)
            fail_msg("%d ms: %d of 50 played", first_ms[i], (int)playout_counters(p)->packet_ticks);
        playout_destroy(p);
    }
}

static void the_ear_runs_on_in_silence(void **state)
{
    (void)state;
    struct playout *p = fresh(true);
    float pcm[TICK_SAMPLES];
    for (int tick = 0; tick < 100; tick++) {
        assert_false(playout_tick(p, pcm, (point_us)tick * 20000));
        for (int i = 0; i < TICK_SAMPLES; i++)
            assert_true(pcm[i] == 0.0f);
        session_samples behind = AT(tick) - playout_now(p, (point_us)tick * 20000);
        assert_in_range(behind, 0, PLAYOUT_LEAST_SAMPLES + TICK_SAMPLES);
    }
    assert_int_equal(playout_counters(p)->skipped, 0);
    playout_destroy(p);
}

/* RTP time wraps in the middle of a word. */
static void session_time_goes_over_32_bits(void **state)
{
    (void)state;
    struct playout *p = NULL;
    float pcm[TICK_SAMPLES];
    const session_samples base = ((session_samples)1 << 32) / TICK_SAMPLES * TICK_SAMPLES - 50 * TICK_SAMPLES;
    assert_int_equal(playout_create(true, &p), ERR_NONE);
    playout_clock(p, base, 0);
    for (int n = 0; n < 120; n++) {
        if (n < 100)
            assert_int_equal(playout_packet(p, (uint32_t)(base + n * TICK_SAMPLES), sound[n], sound_len[n],
                                            (point_us)n * 20000 + 5000),
                             ERR_NONE);
        playout_tick(p, pcm, (point_us)n * 20000 + 15000);
    }
    assert_int_equal(playout_counters(p)->packet_ticks, 100);
    assert_true(playout_now(p, 120 * 20000) > (session_samples)1 << 32);
    playout_destroy(p);
}

static void what_is_wild_or_no_opus_is_counted(void **state)
{
    (void)state;
    struct playout *p = fresh(true);
    const uint8_t broken[] = {0xff, 0xff}; /* code 3 without its frames */
    assert_int_equal(playout_packet(p, (uint32_t)(T0 + 40 * SAMPLES_PER_S), sound[0], sound_len[0], 0),
                     ERR_STALE);
    assert_int_equal(playout_packet(p, (uint32_t)(T0 - 40 * SAMPLES_PER_S), sound[0], sound_len[0], 0),
                     ERR_STALE);
    assert_int_equal(playout_packet(p, (uint32_t)T0, broken, sizeof broken, 0), ERR_MALFORMED);
    assert_int_equal(playout_packet(p, (uint32_t)T0, broken, 0, 0), ERR_SHORT);
    assert_int_equal(playout_packet(p, (uint32_t)T0, sound[0], sound_len[0], 0), ERR_NONE);
    assert_int_equal(playout_packet(p, (uint32_t)T0, sound[0], sound_len[0], 0), ERR_REPLAY);
    assert_int_equal(playout_counters(p)->wild, 2);
    assert_int_equal(playout_counters(p)->refused, 3);
    playout_destroy(p);
}

static void a_restarted_relay_has_another_clock(void **state)
{
    (void)state;
    struct playout *p = fresh(true);
    playout_clock(p, AT(50) + 4800, 50 * 20000); /* 100 ms off: a slow sentence, not another clock */
    assert_int_equal(playout_session_now(p, 50 * 20000), AT(50));
    playout_clock(p, AT(1000), 50 * 20000);
    assert_int_equal(playout_session_now(p, 50 * 20000), AT(1000));
    playout_destroy(p);
}

static void without_decoding_time_is_told_all_the_same(void **state)
{
    (void)state;
    struct playout *p = fresh(false);
    for (int n = 0; n < 50; n++)
        assert_int_equal(
            playout_packet(p, (uint32_t)AT(n), sound[n], sound_len[n], (point_us)n * 20000 + 30000),
            ERR_NONE);
    session_samples behind = AT(50) - playout_now(p, 50 * 20000);
    assert_int_equal(behind, 30 * SAMPLES_PER_MS + PLAYOUT_LEAST_SAMPLES);
    playout_destroy(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(lines_good_and_bad),
                                       cmocka_unit_test(the_first_syllable_is_not_cut),
                                       cmocka_unit_test(the_ear_runs_on_in_silence),
                                       cmocka_unit_test(session_time_goes_over_32_bits),
                                       cmocka_unit_test(what_is_wild_or_no_opus_is_counted),
                                       cmocka_unit_test(a_restarted_relay_has_another_clock),
                                       cmocka_unit_test(without_decoding_time_is_told_all_the_same)};
    return cmocka_run_group_tests(tests, encode, NULL);
}
