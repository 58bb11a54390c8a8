#include "egress/voice.h"
#include "sound.h"

#define HEARD (150 * TICK_SAMPLES)
#define LAG   100 /* samples to either side that are tried */

/* Pushes a tone from session time `from` on, and decodes what comes out into heard, by its stamps. */
static void say_and_hear(enum tier tier, session_samples from, float *heard)
{
    struct voice *v;
    struct opus_receiver *r;
    struct voice_packet packet;
    session_samples next = from;
    assert_int_equal(voice_create(tier, 0, &v), ERR_NONE);
    assert_int_equal(opus_receiver_create(&r), ERR_NONE);
    for (session_samples at = from; at < from + HEARD; at += TICK_SAMPLES) {
        float pcm[TICK_SAMPLES];
        tone(at, 200, 0.5, pcm);
        voice_push(v, at, pcm);
        while (voice_next(v, &packet)) {
            int samples;
            assert_int_equal(packet.at, next);
            assert_int_equal(packet.samples, voice_ticks(v) * TICK_SAMPLES);
            assert_int_equal(
                opus_receiver_decode(r, packet.payload, packet.len, heard + (packet.at - from), &samples),
                ERR_NONE);
            assert_int_equal(samples, packet.samples);
            next += packet.samples;
        }
    }
    assert_true(next >= from + HEARD - (voice_ticks(v) + 1) * TICK_SAMPLES);
    opus_receiver_destroy(r);
    voice_destroy(v);
}

/* The look-ahead is taken out: what is decoded lies where it was (but for the 0.2 ms by
 * which the encoder's high-pass moves low tones). */
static void stamps_are_the_samples_that_are_heard(void **state)
{
    (void)state;
    static const enum tier tiers[] = {TIER_FULL, TIER_LEAN};
    for (size_t i = 0; i < COUNT(tiers); i++) {
        float *heard = calloc(HEARD, sizeof *heard), *meant = calloc(HEARD, sizeof *meant);
        int best = LAG;
        double least = 100;
        assert_true(heard && meant);
        say_and_hear(tiers[i], 9600, heard);
        for (int n = 0; n < HEARD; n += TICK_SAMPLES)
            tone(9600 + n, 200, 0.5, meant + n);
        for (int lag = -LAG; lag <= LAG; lag++) {
            double e =
                error_db(meant + 30 * TICK_SAMPLES, heard + 30 * TICK_SAMPLES + lag, 100 * TICK_SAMPLES);
            if (e < least) {
                least = e;
                best = lag;
            }
        }
        ROW_TRUE(i, abs(best) <= 15);
        ROW_TRUE(i, least < -10);
        free(heard);
        free(meant);
    }
}

static void a_copy_says_the_same(void **state)
{
    (void)state;
    struct voice *v, *copy;
    struct voice_packet a, b;
    float pcm[TICK_SAMPLES];
    assert_int_equal(voice_create(TIER_FULL, 0, &v), ERR_NONE);
    for (int n = 0; n < 20; n++) {
        tone(n * TICK_SAMPLES, 300, 2.5, pcm); /* the limiter has something to remember */
        voice_push(v, n * TICK_SAMPLES, pcm);
        while (voice_next(v, &a))
            continue;
    }
    assert_int_equal(voice_copy(v, &copy), ERR_NONE);
    for (int n = 20; n < 40; n++) {
        tone(n * TICK_SAMPLES, 300, 0.5, pcm);
        voice_push(v, n * TICK_SAMPLES, pcm);
        tone(n * TICK_SAMPLES, 300, 0.5, pcm);
        voice_push(copy, n * TICK_SAMPLES, pcm);
        while (voice_next(v, &a)) {
            assert_true(voice_next(copy, &b));
            assert_int_equal(a.at, b.at);
            assert_int_equal(a.len, b.len);
            assert_memory_equal(a.payload, b.payload, a.len);
        }
        assert_false(voice_next(copy, &b));
    }
    voice_destroy(copy);
    voice_destroy(v);
    voice_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stamps_are_the_samples_that_are_heard),
        cmocka_unit_test(a_copy_says_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
