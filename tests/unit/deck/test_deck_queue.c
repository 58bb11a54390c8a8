/* Whose turn it is; what is left of those who are not served. */
#include "bench_deck.h"

#include <unistd.h>

static void sixteen_wait_and_the_next_is_refused(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    struct told told[DECK_JOBS_MAX + 1] = {0};
    struct deck_job *jobs[DECK_JOBS_MAX + 1];
    char why[DECK_WHY_MAX] = "";
    for (int i = 0; i < DECK_JOBS_MAX; i++)
        assert_int_equal(upload(&b, i % 2 == 0 ? "short.pdf" : "encrypted.pdf", "t", &told[i], why, &jobs[i]),
                         ERR_NONE);
    struct deck_listener l = listener_of(&told[DECK_JOBS_MAX]);
    assert_int_equal(deck_begin(b.decks, "x", &l, why, &jobs[DECK_JOBS_MAX]), ERR_FULL);
    assert_non_null(strstr(why, "waiting already"));
    run_until(&b, &told[DECK_JOBS_MAX - 1].finished, 60);
    for (int i = 0; i < DECK_JOBS_MAX; i++) {
        assert_int_equal(told[i].finished, 1);
        assert_int_equal(told[i].order, i + 1);
        assert_non_null(strstr(told[i].result.why, i % 2 == 0 ? "not a PDF" : "password"));
    }
    assert_int_equal(deck_begin(b.decks, "x", &l, why, &jobs[DECK_JOBS_MAX]), ERR_NONE);
    bench_close(&b); /* with an upload half done */
}

static void a_cancelled_job_is_not_told_and_the_next_has_its_turn(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    struct told a = {0}, c = {0}, d = {0};
    char why[DECK_WHY_MAX] = "";
    struct deck_job *job_a, *job_c, *job_d;
    assert_int_equal(upload(&b, "good.pdf", "a", &a, why, &job_a), ERR_NONE);
    assert_int_equal(upload(&b, "nested.pdf", "c", &c, why, &job_c), ERR_NONE);
    assert_int_equal(upload(&b, "untitled.pdf", "d", &d, why, &job_d), ERR_NONE);
    a.cancel_at_page_one = job_a;
    int never = 0;
    uint64_t began = uv_hrtime();
    while (a.progress == 0 && uv_hrtime() - began < 120000000000u)
        uv_run(&b.loop, UV_RUN_ONCE);
    run_until(&b, &never, 1); /* by now the bomb is being drawn */
    deck_cancel(job_c);
    run_until(&b, &d.finished, 120);
    assert_true(d.result.ok);
    assert_int_equal(a.finished + c.finished, 0);
    assert_int_equal(a.progress, 1);
    assert_int_equal(count_files(&b, "decks/.work"), 0);
    deck_cancel(NULL);
    bench_close(&b);
}

static void destroying_in_mid_conversion_leaves_nothing(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    struct told t = {0};
    char why[DECK_WHY_MAX] = "";
    struct deck_job *job;
    assert_int_equal(upload(&b, "nested.pdf", "a", &t, why, &job), ERR_NONE);
    int never = 0;
    run_until(&b, &never, 1);
    uint64_t began = uv_hrtime();
    decks_destroy(b.decks);
    b.decks = NULL;
    uv_run(&b.loop, UV_RUN_DEFAULT);
    assert_true(uv_hrtime() - began < 15000000000u); /* the bomb did not run on for its 20 s */
    assert_int_equal(t.finished, 0);
    assert_int_equal(count_files(&b, "decks/.work"), 0);
    bench_close(&b);
}

static void what_a_killed_relay_left_is_cleared(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    char path[128], why[256];
    snprintf(path, sizeof path, "%s/decks/.work/7.pdf", b.dir);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fclose(f);
    struct decks *second;
    assert_int_equal(decks_create(b.dir, &b.loop, &b.entropy, why, sizeof why, &second), ERR_NONE);
    assert_int_equal(count_files(&b, "decks/.work"), 0);
    decks_destroy(second);
    assert_int_equal(decks_create("/tmp/aula-deck-nowhere/x", &b.loop, &b.entropy, why, sizeof why, &second),
                     ERR_SYSTEM);
    assert_non_null(strstr(why, "writable"));
    bench_close(&b);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sixteen_wait_and_the_next_is_refused),
        cmocka_unit_test(a_cancelled_job_is_not_told_and_the_next_has_its_turn),
        cmocka_unit_test(destroying_in_mid_conversion_leaves_nothing),
        cmocka_unit_test(what_a_killed_relay_left_is_cleared),
    };
    if (argc < 2)
        return 2;
    pdf_folder = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
