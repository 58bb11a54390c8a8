#include "egress/branch.h"
#include "sound.h"

static void put(struct branch *b, struct opus_sender *s, session_samples at, int64_t late)
{
    float pcm[TICK_SAMPLES];
    uint8_t payload[OPUS_PAYLOAD_MAX];
    size_t len;
    tone(at, 200, 0.5, pcm);
    assert_int_equal(opus_sender_encode(s, pcm, TICK_SAMPLES, payload, sizeof payload, &len), ERR_NONE);
    struct timed_packet p = {.at = at, .samples = TICK_SAMPLES, .payload = payload, .len = len};
    branch_put(b, &p, 100, late);
}

static bool is_silent(const int32_t *tick)
{
    for (int i = 0; i < TICK_SAMPLES; i++)
        if (tick[i])
            return false;
    return true;
}

static void fresh(struct branch **b, struct opus_sender **s)
{
    struct opus_settings settings = {.bitrate_bps = 32000, .complexity = 5, .loss_percent = 10};
    assert_int_equal(branch_create(b), ERR_NONE);
    assert_int_equal(opus_sender_create(&settings, s), ERR_NONE);
}

/* Packets of 5 ms: the tick is ready with the last of its four, in whatever order they come. */
static void waits_for_the_whole_tick(void **state)
{
    (void)state;
    static const uint8_t payload[] = {0xe8, 0xff, 0xfe}; /* CELT, 5 ms */
    static const int order[] = {2, 0, 3, 1};
    struct branch *b;
    struct opus_sender *s;
    fresh(&b, &s);
    opus_sender_destroy(s);
    branch_begin_run(b, 9600);
    for (int i = 0; i < 4; i++) {
        struct timed_packet p = {
            .at = 9600 + 240 * order[i], .samples = 240, .payload = payload, .len = sizeof payload};
        assert_false(branch_ready(b, 9600));
        branch_put(b, &p, 0, 0);
    }
    assert_true(branch_ready(b, 9600));
    assert_false(branch_ready(b, 10560));
    branch_destroy(b);
}

static void waits_for_what_can_come(void **state)
{
    (void)state;
    struct branch *b;
    struct opus_sender *s;
    fresh(&b, &s);
    branch_begin_run(b, 9600);
    assert_true(branch_ready(b, 8640)); /* before the run there is nothing to wait for */
    assert_false(branch_ready(b, 9600));
    put(b, s, 9600, 0);
    assert_true(branch_ready(b, 9600));
    assert_false(branch_ready(b, 10560));
    assert_int_equal(branch_deadline(b, 10560), 10560 + 100 + BRANCH_SLACK);
    branch_make(b, 8640);
    assert_true(is_silent(branch_tick(b, 8640)));
    branch_make(b, 9600);
    assert_false(is_silent(branch_tick(b, 9600)));
    branch_end_run(b);
    assert_true(branch_ready(b, 10560));
    branch_make(b, 10560);
    assert_true(is_silent(branch_tick(b, 10560)));
    branch_destroy(b);
    branch_destroy(NULL);
    opus_sender_destroy(s);
}

static void a_lossy_source_is_given_time_for_its_fec(void **state)
{
    (void)state;
    struct branch *b;
    struct opus_sender *s;
    fresh(&b, &s);
    branch_begin_run(b, 0);
    for (session_samples at = 0; at < 20 * TICK_SAMPLES; at += TICK_SAMPLES) {
        if (at != 10 * TICK_SAMPLES)
            put(b, s, at, 0);
        branch_make(b, at);
    }
    session_samples at = 20 * TICK_SAMPLES;
    assert_int_equal(branch_deadline(b, at), at + TICK_SAMPLES + 100 + BRANCH_SLACK);
    put(b, s, at + TICK_SAMPLES, 0); /* the next one is here: nothing more to wait for */
    assert_int_equal(branch_deadline(b, at), at + 100 + BRANCH_SLACK);
    for (int n = 0; n < 100; n++, at += TICK_SAMPLES) {
        if (n != 1)
            put(b, s, at, 0);
        branch_make(b, at);
    }
    assert_int_equal(branch_deadline(b, at), at + 100 + BRANCH_SLACK); /* the line has mended */
    branch_destroy(b);
    opus_sender_destroy(s);
}

static void late_packets_teach_it_to_wait(void **state)
{
    (void)state;
    struct branch *b;
    struct opus_sender *s;
    fresh(&b, &s);
    branch_begin_run(b, 0);
    for (int n = 0; n < 50; n++) {
        put(b, s, n * TICK_SAMPLES, n % 5 == 0 ? 30 * SAMPLES_PER_MS : 0);
        branch_make(b, n * TICK_SAMPLES);
    }
    int64_t wait = branch_deadline(b, 50 * TICK_SAMPLES) - 50 * TICK_SAMPLES - 100 - BRANCH_SLACK;
    assert_in_range(wait, 28 * SAMPLES_PER_MS, 32 * SAMPLES_PER_MS);
    branch_destroy(b);
    opus_sender_destroy(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(waits_for_what_can_come),
        cmocka_unit_test(waits_for_the_whole_tick),
        cmocka_unit_test(a_lossy_source_is_given_time_for_its_fec),
        cmocka_unit_test(late_packets_teach_it_to_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
