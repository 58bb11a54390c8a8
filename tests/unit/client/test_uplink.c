#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <math.h>

#include "media/opus_codec.h"
#include "uplink.h"
#include "wire/rtp_ext.h"

static const struct uplink_stream stream = {
    .ssrc = 0xabcdef01, .first_seq = 0x7ffe, .first_time = 0xfffffc00, .payload_type = 111, .level_ext = 3};

static void tone(float *pcm, float amplitude, int64_t at)
{
    for (int i = 0; i < TICK_SAMPLES; i++)
        pcm[i] = amplitude * sinf((float)((at + i) % 480) * 6.2831853f / 96);
}

static struct uplink *fresh(void)
{
    struct uplink *u = NULL;
    assert_int_equal(uplink_create(&u), ERR_NONE);
    return u;
}

static struct rtp_packet parsed(const struct uplink_packet *p)
{
    struct rtp_packet rtp;
    assert_int_equal(rtp_parse(p->bytes, p->len, &rtp), ERR_NONE);
    return rtp;
}

static void nothing_is_sent_before_a_stream(void **state)
{
    (void)state;
    struct uplink *u = fresh();
    struct uplink_packet p;
    float pcm[TICK_SAMPLES];
    tone(pcm, 0.5f, 0);
    assert_false(uplink_frame(u, pcm, 0, &p));
    uplink_destroy(u);
}

static void packets_count_and_time_runs(void **state)
{
    (void)state;
    struct uplink *u = fresh();
    struct uplink_packet p;
    float pcm[TICK_SAMPLES];
    uplink_begin(u, &stream);
    for (int i = 0; i < 5; i++) {
        int64_t at = i * TICK_SAMPLES + (i >= 3 ? 48000 : 0); /* a second's pause before the fourth */
        tone(pcm, 0.5f, at);
        assert_true(uplink_frame(u, pcm, at, &p));
        struct rtp_packet rtp = parsed(&p);
        assert_int_equal(p.index, 0x7ffe + i);
        assert_int_equal(rtp.seq, (uint16_t)(0x7ffe + i));
        assert_int_equal(rtp.time, 0xfffffc00u + (uint32_t)at);
        assert_int_equal(rtp.ssrc, 0xabcdef01);
        assert_int_equal(rtp.payload_type, 111);
        assert_int_equal(rtp.marker, i == 0 || i == 3);
        assert_ptr_equal(rtp.payload, p.bytes + p.payload_offset);
        struct audio_level level;
        assert_true(audio_level_get(&rtp, 3, &level));
        assert_in_range(level.loudness_dbov, 8, 10); /* a sine at half scale: -9 dBov */
        assert_true(level.voice);
    }
    assert_false(uplink_frame(u, pcm, 3 * TICK_SAMPLES, &p)); /* back in time: refused */
    assert_int_equal(uplink_sent(u), 5);
    uplink_destroy(u);
}

static void the_index_goes_on_where_the_number_wraps(void **state)
{
    (void)state;
    struct uplink *u = fresh();
    struct uplink_packet p;
    float pcm[TICK_SAMPLES];
    struct uplink_stream late = stream;
    late.first_seq = 0xffff;
    uplink_begin(u, &late);
    tone(pcm, 0.5f, 0);
    assert_true(uplink_frame(u, pcm, 0, &p));
    assert_true(uplink_frame(u, pcm, 960, &p));
    assert_int_equal(p.index, 0x10000);
    assert_int_equal(parsed(&p).seq, 0);
    uplink_destroy(u);
}

static void silence_is_mostly_not_sent(void **state)
{
    (void)state;
    struct uplink *u = fresh();
    struct uplink_packet p;
    float pcm[TICK_SAMPLES] = {0};
    unsigned sent = 0, marked = 0;
    uplink_begin(u, &stream);
    for (int i = 0; i < 250; i++) { /* five seconds */
        if (!uplink_frame(u, pcm, i * TICK_SAMPLES, &p))
            continue;
        sent++;
        assert_true(p.len - p.payload_offset > 2);
        marked += parsed(&p).marker;
    }
    assert_in_range(sent, 1, 60);
    assert_true(marked >= 2); /* the first, and each after a pause */
    uplink_destroy(u);
}

static void without_a_negotiated_level_there_is_no_extension(void **state)
{
    (void)state;
    struct uplink *u = fresh();
    struct uplink_packet p;
    struct uplink_stream bare = stream;
    float pcm[TICK_SAMPLES];
    bare.level_ext = 0;
    uplink_begin(u, &bare);
    tone(pcm, 0.5f, 0);
    assert_true(uplink_frame(u, pcm, 0, &p));
    assert_false(parsed(&p).has_extension);
    assert_int_equal(p.payload_offset, RTP_HEADER_BYTES);
    uplink_destroy(u);
}

static void what_is_sent_decodes_to_what_was_said(void **state)
{
    (void)state;
    struct uplink *u = fresh();
    struct opus_receiver *receiver = NULL;
    struct uplink_packet p;
    float pcm[TICK_SAMPLES], heard[OPUS_PACKET_SAMPLES_MAX];
    double energy = 0;
    int samples = 0;
    assert_int_equal(opus_receiver_create(&receiver), ERR_NONE);
    uplink_begin(u, &stream);
    for (int i = 0; i < 20; i++) {
        tone(pcm, 0.5f, i * TICK_SAMPLES);
        assert_true(uplink_frame(u, pcm, i * TICK_SAMPLES, &p));
        assert_int_equal(opus_receiver_decode(receiver, p.bytes + p.payload_offset, p.len - p.payload_offset,
                                              heard, &samples),
                         ERR_NONE);
        assert_int_equal(samples, TICK_SAMPLES);
    }
    for (int i = 0; i < samples; i++)
        energy += (double)heard[i] * (double)heard[i];
    assert_true(energy / samples > 0.1 && energy / samples < 0.15); /* 0.125 was said */
    opus_receiver_destroy(receiver);
    uplink_destroy(u);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(nothing_is_sent_before_a_stream),
                                       cmocka_unit_test(packets_count_and_time_runs),
                                       cmocka_unit_test(the_index_goes_on_where_the_number_wraps),
                                       cmocka_unit_test(silence_is_mostly_not_sent),
                                       cmocka_unit_test(without_a_negotiated_level_there_is_no_extension),
                                       cmocka_unit_test(what_is_sent_decodes_to_what_was_said)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
