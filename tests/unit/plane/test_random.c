/* People talk, fall silent, lose packets, get and lose the floor, at random: whatever happens, every listener
 * has numbers that only grow and none twice, time that never overlaps, and never his own voice. */
#include "../rows.h"
#include "bench.h"
#include "media/opus_codec.h"

#define MEMBERS 6
#define ROUNDS  400

static uint32_t dice;

static uint32_t throw_dice(uint32_t sides)
{
    dice = dice * 1664525u + 1013904223u;
    return (dice >> 12) % sides;
}

static void turn(struct bench *b)
{
    struct member *m = b->members[throw_dice(MEMBERS)];
    struct media_order order = {.peer = m->number};
    switch (throw_dice(6)) {
    case 0:
        bench_talk(b, m, (uint8_t)(20 + throw_dice(20)), throw_dice(TICK_US));
        break;
    case 1:
        m->talks = false;
        break;
    case 2:
        m->level = throw_dice(2) ? 25 : 100;
        break;
    case 3:
        order.kind = ORDER_PEER_RIGHT;
        order.may_send = throw_dice(4) > 0;
        bench_order(b, &order);
        break;
    case 4:
        order.kind = ORDER_PEER_PIN;
        order.pinned = throw_dice(2);
        bench_order(b, &order);
        break;
    default: /* the sender restarts, leaps, or loses a few */
        if (throw_dice(4) == 0)
            m->ssrc++;
        else if (throw_dice(3) == 0)
            m->rtp_time += throw_dice(10) * 480000;
        else
            for (uint32_t n = throw_dice(6); n > 0; n--)
                bench_say(b, m, true);
    }
}

static void check(uint32_t seed, const struct member *m)
{
    for (size_t i = 1; i < m->count; i++) {
        uint16_t seq_step = (uint16_t)(m->heard[i].seq - m->heard[i - 1].seq);
        int32_t time_step = (int32_t)(m->heard[i].time - m->heard[i - 1].time);
        if (seq_step == 0 || seq_step > 3000 || time_step < TICK_SAMPLES)
            fail_msg("seed %u, member %u, packet %zu: number moved %u, time %d", seed, m->number, i, seq_step,
                     time_step);
        for (unsigned k = 0; k < m->heard[i].csrc_count; k++)
            if (m->heard[i].csrc[k] == m->number)
                fail_msg("seed %u, member %u, packet %zu is his own", seed, m->number, i);
    }
}

static void whatever_happens(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 4; seed++) {
        dice = seed;
        struct bench *b = bench_create(2 + (int)seed % 2);
        for (int i = 0; i < MEMBERS; i++)
            bench_join(b, i < 2 ? 1 : GROUP_REMOTE, i == 0 ? SOURCE_ROOM : SOURCE_SEAT,
                       i == 5 ? TIER_LEAN : TIER_FULL);
        for (int round = 0; round < ROUNDS; round++) {
            turn(b);
            bench_run(b, throw_dice(400) * US_PER_MS / 4);
        }
        for (int i = 0; i < MEMBERS; i++)
            check(seed, b->members[i]);
        bench_counters(b);
        assert_true(b->counters.packets_in > 0 && b->counters.encodes > 0);
        for (int i = 0; i < MEMBERS; i++)
            b->members[i]->talks = false;
        bench_run(b, 5 * (span_us)US_PER_S);
        assert_int_equal(b->speaking_count, 0);
        bench_destroy(b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(whatever_happens)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
