/* Bad lines, up or down, with one talker and with two: whoever has the line suffers what cannot be mended,
 * nobody else notices, and with the line his sound comes back. */
#include "../unit/rows.h"
#include "check.h"

#define DELAY_US (30 * US_PER_MS)
#define OTHERS   3

static struct sound voices[2];

static const struct line {
    const char *what;
    struct sim_path_config path;
    span_us blackout_us; /* from 2 s into the talk */
    double worst;        /* share of the victim's ticks that may be made up, on the way down */
} lines[] = {
    {"10 % lost", {.delay_us = DELAY_US, .loss = 0.1}, 0, 0.15},
    {"bursts of 200 ms",
     {.delay_us = DELAY_US, .burst_enter = 0.01, .burst_leave = 0.1, .burst_loss = 1},
     0,
     0.25},
    {"60 ms of jitter", {.delay_us = DELAY_US, .jitter_us = 60 * US_PER_MS}, 0, 0.03},
    {"reordering", {.delay_us = DELAY_US, .reorder = 0.05, .reorder_us = 45 * US_PER_MS}, 0, 0.05},
    {"duplication", {.delay_us = DELAY_US, .duplicate = 0.2}, 0, 0},
    {"a bottleneck", {.delay_us = DELAY_US, .rate_bps = 64000, .queue_bytes = 6000}, 0, 0.05},
    {"all of it",
     {.delay_us = DELAY_US,
      .jitter_us = 40 * US_PER_MS,
      .loss = 0.05,
      .burst_enter = 0.005,
      .burst_leave = 0.2,
      .burst_loss = 1,
      .reorder = 0.03,
      .reorder_us = 30 * US_PER_MS,
      .duplicate = 0.05},
     0,
     0.25},
    {"3 s of nothing", {.delay_us = DELAY_US}, 3 * (span_us)US_PER_S, 0.6},
    {"12 s of nothing", {.delay_us = DELAY_US}, 12 * (span_us)US_PER_S, 0.9},
};

struct call {
    struct stage *stage;
    struct stage_member *talkers[2], *others[OTHERS], *victim;
    unsigned talking;
};

static struct call open_call(unsigned talking, bool up)
{
    struct stage_config config = stage_config_good(16);
    struct call c = {.talking = talking, .stage = stage_create(&config)};
    stage_session(c.stage);
    static const char *const names[] = {"one", "two"};
    for (unsigned i = 0; i < talking; i++)
        c.talkers[i] = stage_enter(c.stage, "lecturer", names[i], NULL);
    for (int i = 0; i < OTHERS; i++) {
        char name[20];
        snprintf(name, sizeof name, "other %d", i + 1);
        c.others[i] =
            stage_join(c.stage, &(struct stage_join){.role = "trainee", .name = name, .hears = i == 0});
    }
    c.victim =
        up ? c.talkers[0]
           : stage_join(c.stage, &(struct stage_join){.role = "trainee", .name = "victim", .hears = true});
    stage_run_until_up(c.stage);
    for (unsigned i = 0; i < talking; i++)
        stage_talk(c.talkers[i], TALK_SOUND, &voices[i]);
    return c;
}

static void run_on(struct call *c, const struct line *line, bool up)
{
    struct sim_path_config path = line->path, good = {.delay_us = DELAY_US};
    if (line->blackout_us)
        path.blackouts[0] =
            (struct sim_blackout){c->stage->now_us + 2 * (span_us)US_PER_S,
                                  c->stage->now_us + 2 * (span_us)US_PER_S + line->blackout_us};
    stage_lines(c->victim, up ? &path : NULL, up ? NULL : &path);
    stage_run(c->stage, 6 * (span_us)US_PER_S + line->blackout_us);
    stage_lines(c->victim, up ? &good : NULL, up ? NULL : &good);
    stage_run(c->stage, 2 * (span_us)US_PER_S);
}

/* On one stream all is said in the same packets to all; and no number was used twice (dropped: the receiver's
 * window would refuse the second). */
static void check_others(size_t row, const struct call *c)
{
    for (int i = 0; i < OTHERS; i++) {
        struct aula_counters counters;
        client_counters(c->others[i]->client, &counters);
        if (i > 0) /* the first also plays: a mix that begins late costs him a tick */
            ROW_EQUAL(row, counters.dropped, 0);
        ROW_EQUAL(row, counters.lost, 0);
        ROW_EQUAL(row, c->others[i]->heard.count, c->others[0]->heard.count);
        for (size_t k = 0; k < c->others[i]->heard.count; k++) {
            const struct stage_packet *a = &c->others[0]->heard.packets[k],
                                      *b = &c->others[i]->heard.packets[k];
            ROW_TRUE(row, packet_time(a) == packet_time(b) && a->len == b->len &&
                              memcmp(a->payload, b->payload, a->len) == 0);
        }
    }
}

/* In the last second it is as if nothing had been. */
static void check_recovery(size_t row, struct call *c, const struct stage_member *ear)
{
    struct playout_counters before = bypass_playout(ear->client);
    stage_run(c->stage, US_PER_S);
    struct playout_counters after = bypass_playout(ear->client);
    if (after.packet_ticks - before.packet_ticks < 40)
        fail_msg("row %zu (%s): %s hears %d packets in the last second, %d concealed, %d silent", row + 1,
                 lines[row].what, ear->name, (int)(after.packet_ticks - before.packet_ticks),
                 (int)(after.concealed_ticks - before.concealed_ticks),
                 (int)(after.silent_ticks - before.silent_ticks));
}

static void down(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(lines); i++)
        for (unsigned talking = 1; talking <= 2; talking++) {
            struct call c = open_call(talking, false);
            run_on(&c, &lines[i], false);
            check_others(i, &c);
            for (int k = 0; k < OTHERS; k++)
                check_stream(c.others[k], 0, false);
            struct playout_counters p = bypass_playout(c.victim->client);
            double made_up =
                (double)p.concealed_ticks / (double)(p.packet_ticks + p.fec_ticks + p.concealed_ticks + 1);
            if (made_up > lines[i].worst + 0.02)
                fail_msg("row %zu (%s), %u talking: %d of %d ticks were made up", i + 1, lines[i].what,
                         talking, (int)p.concealed_ticks,
                         (int)(p.concealed_ticks + p.packet_ticks + p.fec_ticks));
            check_recovery(i, &c, c.victim);
            stage_destroy(c.stage);
        }
}

static void up(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(lines); i++)
        for (unsigned talking = 1; talking <= 2; talking++) {
            struct call c = open_call(talking, true);
            run_on(&c, &lines[i], true);
            if (talking == 2) {
                check_others(i, &c);
                check_stream(c.others[0], 0, false); /* a mix has no gaps */
            }
            check_recovery(i, &c, c.others[0]);
            stage_destroy(c.stage);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(down), cmocka_unit_test(up)};
    voices[0] = sound_speech("speech-en");
    voices[1] = sound_speech("speech-it");
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    sound_free(&voices[0]);
    sound_free(&voices[1]);
    return failed;
}
