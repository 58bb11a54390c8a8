#include <math.h>

#include "../rows.h"
#include "ingress/measure.h"
#include "media/opus_codec.h"

static void levels_come_out_as_they_went_in(void **state)
{
    (void)state;
    static const struct {
        double rms_dbfs;
        int level, tolerance;
    } rows[] = {{-20, 20, 2}, {-40, 40, 2}, {-200, 127, 40}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct opus_settings settings = {.bitrate_bps = 32000, .complexity = 5};
        struct opus_sender *sender;
        struct measure *m;
        uint8_t payload[OPUS_PAYLOAD_MAX], level = 0;
        ROW_EQUAL(i, opus_sender_create(&settings, &sender), ERR_NONE);
        ROW_EQUAL(i, measure_create(&m), ERR_NONE);
        for (int n = 0; n < 10; n++) {
            float pcm[TICK_SAMPLES];
            size_t len;
            for (int k = 0; k < TICK_SAMPLES; k++)
                pcm[k] = (float)(sqrt(2) * pow(10, rows[i].rms_dbfs / 20) *
                                 sin(6.2831853 * 200 * (n * TICK_SAMPLES + k) / SAMPLES_PER_S));
            ROW_EQUAL(i, opus_sender_encode(sender, pcm, TICK_SAMPLES, payload, sizeof payload, &len),
                      ERR_NONE);
            struct source_packet p = {.samples = TICK_SAMPLES, .len = (uint16_t)len, .payload = payload};
            level = measure_packet(m, &p);
        }
        ROW_TRUE(i, abs(level - rows[i].level) <= rows[i].tolerance);
        measure_destroy(m);
        opus_sender_destroy(sender);
    }
}

static void what_does_not_decode_is_silence(void **state)
{
    (void)state;
    struct measure *m;
    uint8_t bad[] = {0x7b, 0xff, 0xff};
    struct source_packet p = {.samples = TICK_SAMPLES, .len = sizeof bad, .payload = bad};
    assert_int_equal(measure_create(&m), ERR_NONE);
    assert_int_equal(measure_packet(m, &p), SILENCE_DBOV);
    measure_destroy(m);
    measure_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(levels_come_out_as_they_went_in),
        cmocka_unit_test(what_does_not_decode_is_silence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
