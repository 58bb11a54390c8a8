#include "../rows.h"
#include "egress/closing.h"

/* Packets sent at these moments (ms), and the silence frames that must follow. -1 ends a list. */
static const struct {
    const char *what;
    int sound[12], silence[12];
} rows[] = {
    {"nothing", {-1}, {-1}},
    {"talk, then its end", {0, 20, 40, -1}, {240, 260, 280, -1}},
    {"a lone packet opens nothing", {0, -1}, {-1}},
    {"a sender's DTX after talk does not open it again", {0, 20, 400, 800, 1200, -1}, {220, 240, 260, -1}},
    {"talk again", {0, 20, 500, 520, -1}, {220, 240, 260, 720, 740, 760, -1}},
    {"talk goes on in the midst of closing", {0, 20, 230, 250, -1}, {220, 450, 470, 490, -1}},
};

static void three_frames_after_200_ms(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct closing c;
        const int *sound = rows[i].sound, *silence = rows[i].silence;
        closing_init(&c);
        for (int ms = 0; ms < 3000; ms++) {
            point_us now_us = US_PER_S + ms * US_PER_MS;
            if (*sound == ms) {
                closing_sound(&c, now_us);
                sound++;
            }
            if (!closing_step(&c, now_us))
                continue;
            ROW_EQUAL(i, ms, *silence);
            silence++;
        }
        ROW_EQUAL(i, *silence, -1);
        ROW_TRUE(i, closing_deadline(&c) == NEVER_US);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(three_frames_after_200_ms)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
