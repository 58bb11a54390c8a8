#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "media/repair.h"
#include "voice.h"

#define WARM                                                                                                 \
    24 /* packets before the pattern begins: the encoder has settled, and a loud stretch of the voice        \
        begins, whose frames carry FEC */
#define LEAD   4  /* of those, given to the decoder */
#define LENGTH 40 /* longest pattern */

struct bench {
    struct jitter *jitter;
    struct repair *repair;
};

static struct bench bench(void)
{
    struct bench b = {NULL, NULL};
    assert_int_equal(jitter_create(&b.jitter), ERR_NONE);
    assert_int_equal(repair_create(&b.repair), ERR_NONE);
    return b;
}

static void finish(struct bench *b)
{
    jitter_destroy(b->jitter);
    repair_destroy(b->repair);
}

struct stream {
    uint8_t payload[WARM + LENGTH][OPUS_PAYLOAD_MAX];
    size_t len[WARM + LENGTH];
    int samples;
};

/* Packets of that length of the voice, FEC armed. */
static void encode(struct stream *s, int packet_samples)
{
    static const struct opus_settings settings = {.bitrate_bps = 32000, .complexity = 9, .loss_percent = 20};
    struct opus_sender *sender = NULL;
    assert_int_equal(opus_sender_create(&settings, &sender), ERR_NONE);
    s->samples = packet_samples;
    for (int64_t i = 0; i < WARM + LENGTH; i++) {
        float pcm[OPUS_PACKET_SAMPLES_MAX];
        voice(i * packet_samples, pcm, packet_samples);
        assert_int_equal(
            opus_sender_encode(sender, pcm, packet_samples, s->payload[i], OPUS_PAYLOAD_MAX, &s->len[i]),
            ERR_NONE);
    }
    opus_sender_destroy(sender);
}

/* Puts the packets that a pattern says came: x came, . lost, b came as garbage, s says a wrong length, d
 * came and says that the sender pauses (DTX). */
static void put(struct jitter *j, const struct stream *s, int from, const char *pattern)
{
    static const uint8_t garbage[] = {0xfb, 0x00, 0x12, 0x34, 0x56};
    for (int i = 0; pattern[i]; i++) {
        session_samples at = (session_samples)(from + i) * s->samples;
        enum err e = ERR_NONE;
        if (pattern[i] == 'x')
            e = jitter_put(j, at, s->samples, s->payload[from + i], s->len[from + i], 0);
        else if (pattern[i] == 'b')
            e = jitter_put(j, at, s->samples, garbage, sizeof garbage, 0);
        else if (pattern[i] == 'd')
            e = jitter_put(j, at, s->samples, s->payload[0], 1, 0); /* its TOC alone */
        else if (pattern[i] == 's')
            e = jitter_put(j, at, s->samples, (const uint8_t[]){0x18, 1, 2}, 3, 0); /* 60 ms */
        assert_int_equal(e, ERR_NONE);
    }
}

struct repair_row {
    int number;
    const char *what;
    int packet_samples;
    int lead; /* packets before the pattern */
    const char *pattern, *expected;
    uint64_t decodes, bad; /* in the pattern's time */
};

static const struct repair_row rows[] = {
    {1, "nothing missing", 960, LEAD, "xxxxxxxxxx", "PPPPPPPPPP", 10, 0},
    {2, "one missing", 960, LEAD, "xxxx.xxxxx", "PPPPFPPPPP", 10, 0},
    {3, "every second missing", 960, LEAD, ".x.x.x.x", "FPFPFPFP", 8, 0},
    {4, "two missing: the second has FEC", 960, LEAD, "xx..xx", "PPCFPP", 6, 0},
    {5, "100 ms missing", 960, LEAD, "x.....x", "PCCCCFP", 7, 0},
    {6, "240 ms missing", 960, LEAD, "x............x", "PCCCCCSSSSSSFP", 8, 0},
    {7, "nothing comes any more", 960, LEAD, "x........", "PCCCCCSSS", 6, 0},
    {8, "nothing ever came", 960, 0, ".......", "SSSSSSS", 0, 0},
    {9, "the first comes late in the run", 960, 0, "....xx", "SSSFPP", 3, 0},
    {10, "garbage is as if lost", 960, LEAD, "xxbxx", "PPFPP", 6, 1},
    {11, "garbage twice: the second's FEC is none either", 960, LEAD, "xbbxx", "PCFPP", 7, 2},
    {12, "garbage for ever", 960, LEAD, "bbbbbbbb", "CCCCCSSS", 13, 8},
    {13, "a length that is not its own", 960, LEAD, "xxsxx", "PPFPP", 6, 1},
    {14, "two losses apart", 960, LEAD, "x.xx..x", "PFPPCFP", 7, 0},
    {15, "40 ms packets are decoded once", 1920, LEAD, "xxxxx", "PPPPPPPPPP", 5, 0},
    {16, "60 ms packets are decoded once", 2880, LEAD, "xxxx", "PPPPPPPPPPPP", 4, 0},
    {17, "a lost 60 ms packet of three frames: FEC is of the last", 2880, LEAD, "x.x", "PPPCCFPPP", 5, 0},
    {18, "a garbage 60 ms packet is tried once", 2880, LEAD, "xb", "PPPCCC", 5, 1},
    {19, "10 ms packets, two a tick", 480, LEAD, "xxxxxxxx", "PPPP", 8, 0},
    {20, "a tick is named by its worst half", 480, LEAD, "xxx.xx..xxxx", "PFPCPP", 0, 0},
    {21, "2.5 ms packets", 120, 8, "xxxxxxxxxxxxxxxx", "PP", 16, 0},
    {22, "2.5 ms packets, one lost: CELT has no FEC", 120, 8, "xxx.xxxxxxxxxxxx", "CP", 16, 0},
    {23, "a pause, then talk whose first packet has FEC", 960, LEAD, "xd......x", "PPNNNNNFP", 9, 0},
    {24, "a pause, refreshed", 960, LEAD, "xd..xd..d", "PPNFPPNNP", 9, 0},
    {25, "talk after a pause, then loss", 960, LEAD, "d.x......", "PFPCCCCCS", 8, 0},
};

static void holes_are_mended_in_order(void **state)
{
    (void)state;
    static struct stream s;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct repair_row *row = &rows[i];
        struct bench b = bench();
        char got[LENGTH] = {0};
        float pcm[TICK_SAMPLES];
        encode(&s, row->packet_samples);
        put(b.jitter, &s, WARM - row->lead, &"xxxxxxxx"[8 - row->lead]);
        put(b.jitter, &s, WARM, row->pattern);
        session_samples at = (session_samples)(WARM - row->lead) * s.samples;
        session_samples start = (session_samples)WARM * s.samples;
        for (; at < start; at += TICK_SAMPLES)
            assert_int_equal(repair_tick(b.repair, b.jitter, at, pcm), REPAIR_PACKET);
        struct repair_counters before = *repair_counters(b.repair);
        for (size_t t = 0; t < strlen(row->expected); t++, at += TICK_SAMPLES) {
            got[t] = "PFNCS"[repair_tick(b.repair, b.jitter, at, pcm)];
            jitter_drop_before(b.jitter, at + TICK_SAMPLES);
        }
        const struct repair_counters *c = repair_counters(b.repair);
        if (strcmp(got, row->expected) != 0 || c->bad - before.bad != row->bad ||
            (row->decodes && c->decodes - before.decodes != row->decodes))
            fail_msg("row %d (%s): %s, %d decodes, %d bad", row->number, row->what, got,
                     (int)(c->decodes - before.decodes), (int)(c->bad - before.bad));
        assert_int_equal(c->packets + c->fec + c->pauses + c->concealed + c->silent - before.packets,
                         strlen(got));
        finish(&b);
    }
}

/* What comes out of whole packets is what a plain decoder makes of them, whatever their length. */
static void whole_packets_are_untouched(void **state)
{
    (void)state;
    static const int lengths[] = {480, 960, 1920, 2880};
    static struct stream s;
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        struct bench b = bench();
        struct opus_receiver *plain = NULL;
        static float direct[12 * OPUS_PACKET_SAMPLES_MAX], ticks[12 * OPUS_PACKET_SAMPLES_MAX];
        assert_int_equal(opus_receiver_create(&plain), ERR_NONE);
        encode(&s, lengths[i]);
        put(b.jitter, &s, 0, "xxxxxxxxxxxx");
        for (int p = 0, samples = 0; p < 12; p++)
            assert_int_equal(
                opus_receiver_decode(plain, s.payload[p], s.len[p], direct + p * s.samples, &samples),
                ERR_NONE);
        for (int at = 0; at < 12 * s.samples; at += TICK_SAMPLES)
            assert_int_equal(repair_tick(b.repair, b.jitter, at, ticks + at), REPAIR_PACKET);
        assert_memory_equal(ticks, direct, (size_t)(12 * s.samples) * sizeof *ticks);
        opus_receiver_destroy(plain);
        finish(&b);
    }
}

static void fec_is_nearer_than_concealment_and_silence_is_silent(void **state)
{
    (void)state;
    static struct stream s;
    struct bench whole = bench(), lossy = bench();
    float a[TICK_SAMPLES], b[TICK_SAMPLES];
    encode(&s, TICK_SAMPLES);
    put(whole.jitter, &s, WARM, "xxxxxxxxxxxxxxxxxxxx");
    put(lossy.jitter, &s, WARM, "xxxx.xxx......");
    double fec_db = 0;
    for (int t = 0; t < 14; t++) {
        session_samples at = (session_samples)(WARM + t) * TICK_SAMPLES;
        repair_tick(whole.repair, whole.jitter, at, a);
        enum repair_how how = repair_tick(lossy.repair, lossy.jitter, at, b);
        if (how == REPAIR_FEC)
            fec_db = error_db(a, b, TICK_SAMPLES);
        if (t == 8) {
            assert_int_equal(how, REPAIR_CONCEALED);
            assert_true(error_db(a, b, TICK_SAMPLES) > fec_db + 1);
        }
        if (t == 12) { /* the last concealed one has faded out */
            assert_int_equal(how, REPAIR_CONCEALED);
            assert_true(fabs((double)b[TICK_SAMPLES - 1]) < 1e-4);
        }
        for (int k = 0; t == 13 && k < TICK_SAMPLES; k++)
            assert_true(b[k] == 0);
    }
    assert_true(fec_db < -3);
    finish(&whole);
    finish(&lossy);
}

/* A packet that comes after its tick was made up is not played late; a 60 ms one gives what of it is left. */
static void late_packets_give_what_is_left(void **state)
{
    (void)state;
    static struct stream s;
    struct bench b = bench();
    float pcm[TICK_SAMPLES];
    encode(&s, 2880);
    put(b.jitter, &s, 0, "x");
    for (int at = 0; at < 2880; at += TICK_SAMPLES)
        assert_int_equal(repair_tick(b.repair, b.jitter, at, pcm), REPAIR_PACKET);
    assert_int_equal(repair_tick(b.repair, b.jitter, 2880, pcm), REPAIR_CONCEALED);
    jitter_drop_before(b.jitter, 3840);
    put(b.jitter, &s, 1, "x");
    assert_int_equal(repair_tick(b.repair, b.jitter, 3840, pcm), REPAIR_PACKET);
    assert_int_equal(repair_tick(b.repair, b.jitter, 4800, pcm), REPAIR_PACKET);
    assert_int_equal(repair_counters(b.repair)->decodes, 3);
    jitter_drop_before(b.jitter, 5760);
    assert_int_equal(jitter_put(b.jitter, 2880, 2880, s.payload[1], s.len[1], 0), ERR_STALE);
    finish(&b);
}

/* Comfort noise goes on over the 400 ms after which a sender in DTX says something, and ends after a second.
 */
static void a_pause_has_an_end(void **state)
{
    (void)state;
    static struct stream s;
    struct bench b = bench();
    float pcm[TICK_SAMPLES];
    encode(&s, TICK_SAMPLES);
    put(b.jitter, &s, 0, "xxxxxd");
    session_samples at = 0;
    for (; at < 6 * TICK_SAMPLES; at += TICK_SAMPLES)
        assert_int_equal(repair_tick(b.repair, b.jitter, at, pcm), REPAIR_PACKET);
    for (int t = 0; t < REPAIR_PAUSE_TICKS_MAX; t++, at += TICK_SAMPLES)
        assert_int_equal(repair_tick(b.repair, b.jitter, at, pcm), REPAIR_PAUSE);
    assert_true(fabs((double)pcm[TICK_SAMPLES - 1]) < 1e-4);
    uint64_t decodes = repair_counters(b.repair)->decodes;
    for (int t = 0; t < 10; t++, at += TICK_SAMPLES)
        assert_int_equal(repair_tick(b.repair, b.jitter, at, pcm), REPAIR_SILENCE);
    assert_int_equal(repair_counters(b.repair)->decodes, decodes);
    assert_int_equal(repair_counters(b.repair)->pauses, REPAIR_PAUSE_TICKS_MAX);
    finish(&b);
}

static void reset_forgets_and_jumps_do_no_harm(void **state)
{
    (void)state;
    static struct stream s;
    struct bench b = bench();
    float first[TICK_SAMPLES], again[TICK_SAMPLES], pcm[TICK_SAMPLES];
    encode(&s, TICK_SAMPLES);
    put(b.jitter, &s, 0, "xxxxxx");
    repair_tick(b.repair, b.jitter, 0, first);
    repair_tick(b.repair, b.jitter, 4 * 960, pcm);
    assert_int_equal(repair_tick(b.repair, b.jitter, 2 * 960, pcm), REPAIR_PACKET);
    assert_int_equal(repair_tick(b.repair, b.jitter, 1000000 * (session_samples)960, pcm), REPAIR_CONCEALED);
    assert_int_equal(repair_tick(b.repair, b.jitter, -960, pcm), REPAIR_CONCEALED);
    repair_reset(b.repair);
    assert_int_equal(repair_tick(b.repair, b.jitter, -960 * 3, pcm), REPAIR_SILENCE);
    repair_reset(b.repair);
    assert_int_equal(repair_tick(b.repair, b.jitter, 0, again), REPAIR_PACKET);
    assert_memory_equal(first, again, sizeof first);
    assert_int_equal(repair_counters(b.repair)->packets, 4);
    finish(&b);
    repair_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(holes_are_mended_in_order),
        cmocka_unit_test(whole_packets_are_untouched),
        cmocka_unit_test(fec_is_nearer_than_concealment_and_silence_is_silent),
        cmocka_unit_test(late_packets_give_what_is_left),
        cmocka_unit_test(a_pause_has_an_end),
        cmocka_unit_test(reset_forgets_and_jumps_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
