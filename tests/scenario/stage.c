/* The stage's life, and its time: from one deadline to the next. */
#include "stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/rows.h"

#define WALL_US      (1790000000 * (int64_t)US_PER_S) /* at virtual time 0 */
#define UP_WITHIN_US (10 * (span_us)US_PER_S)
#define AT_ONCE_MAX  100000 /* moments without time passing: a machine wants to be called for ever */

struct stage_config stage_config_good(uint64_t seed)
{
    return (struct stage_config){.seed = seed,
                                 .line = {.delay_us = 20 * US_PER_MS},
                                 .sentence_us = 20 * US_PER_MS,
                                 .commit_us = US_PER_MS};
}

static void raise_relay(struct stage *s)
{
    struct desk_config config = {.entropy = &s->desk_entropy,
                                 .identity = s->relay_identity,
                                 .workers = 1,
                                 .url = "https://relay.example:8443",
                                 .wall_minus_monotonic_us = WALL_US};
    config.media[0][0] = s->address;
    assert_int_equal(desk_create(&config, &s->desk), ERR_NONE);
    assert_int_equal(media_create(&s->media_entropy, &s->media), ERR_NONE);
    for (size_t i = 0; i < s->committed; i++)
        if (desk_restore(s->desk, &s->rows[i].row) != ERR_NONE)
            fail_msg("row %zu is refused at the restart: %s", i + 1, s->rows[i].text);
    assert_int_equal(desk_restored(s->desk, s->committed, s->now_us), ERR_NONE);
    stage_settle_relay(s);
}

struct stage *stage_create(const struct stage_config *config)
{
    struct stage *s = calloc(1, sizeof *s);
    assert_non_null(s);
    s->config = *config;
    s->now_us = STAGE_START_US;
    s->rise_us = NEVER_US;
    s->address = address_v4((const uint8_t[4]){192, 0, 2, 1}, 8444);
    sim_random_seed(&s->desk_random, config->seed ^ 0xde5c);
    sim_random_seed(&s->media_random, config->seed ^ 0x3ed1a);
    s->desk_entropy = sim_entropy(&s->desk_random);
    s->media_entropy = sim_entropy(&s->media_random);
    sim_heap_init(&s->sentences, 1000000);
    assert_int_equal(sim_net_create(config->seed, &config->line, &s->net), ERR_NONE);
    assert_int_equal(sim_net_add_host(s->net, &s->address), ERR_NONE);
    assert_int_equal(link_identity_create(&s->relay_identity), ERR_NONE);
    assert_int_equal(link_identity_create(&s->client_identity), ERR_NONE);
    raise_relay(s);
    return s;
}

static void drop_relay(struct stage *s)
{
    desk_destroy(s->desk);
    media_destroy(s->media);
    s->desk = NULL;
    s->media = NULL;
}

void stage_destroy(struct stage *s)
{
    drop_relay(s);
    for (size_t i = 0; i < s->member_count; i++)
        stage_member_destroy(s->members[i]);
    stage_wire_finish(s);
    sim_net_destroy(s->net);
    link_identity_destroy(s->relay_identity);
    link_identity_destroy(s->client_identity);
    for (size_t i = 0; i < s->row_count; i++)
        free(s->rows[i].text);
    free(s->rows);
    free(s->reply);
    free(s);
}

void stage_kill(struct stage *s)
{
    drop_relay(s);
    s->kills++;
    s->killed_us = s->now_us;
    for (; s->row_count > s->committed; s->row_count--)
        free(s->rows[s->row_count - 1].text);
    stage_wire_relay_died(s);
}

void stage_rise(struct stage *s)
{
    assert_null(s->desk);
    s->rise_us = NEVER_US;
    raise_relay(s);
}

/* ---- time ---- */

static point_us relay_deadline(const struct stage *s)
{
    if (!s->desk)
        return s->rise_us;
    point_us next = earlier_us(desk_deadline(s->desk), media_deadline(s->media));
    if (s->committed < s->row_count)
        next = earlier_us(next, s->rows[s->committed].commit_us);
    return next;
}

static point_us next_moment(const struct stage *s)
{
    const struct sim_heap_entry *sentence = sim_heap_first(&s->sentences);
    point_us next = earlier_us(sim_next_us(s->net), relay_deadline(s));
    if (sentence)
        next = earlier_us(next, sentence->at_us);
    for (size_t i = 0; i < s->member_count; i++)
        next = earlier_us(next, stage_member_deadline(s->members[i]));
    return next;
}

static struct stage_member *at_address(struct stage *s, const struct address *a)
{
    size_t place = (size_t)a->ip[14] << 8 | a->ip[15];
    bool there = place < s->member_count && address_equal(&s->members[place]->address, a);
    return there ? s->members[place] : NULL;
}

static void datagrams(struct stage *s)
{
    struct sim_datagram d;
    while (sim_receive(s->net, s->now_us, &d)) {
        struct stage_member *m = at_address(s, &d.to);
        if (s->media && address_equal(&d.to, &s->address)) {
            media_input(s->media, &d.from, d.bytes, d.len, s->now_us);
            stage_settle_relay(s);
        } else if (m && m->client) {
            point_us came_us = stage_member_now(m);
            client_datagram(m->client, &d.from, d.bytes, d.len, came_us, came_us);
            stage_settle_member(m);
        }
    }
}

static void expire_relay(struct stage *s)
{
    if (s->rise_us <= s->now_us)
        stage_rise(s);
    stage_commits(s);
    if (!s->desk)
        return;
    if (media_deadline(s->media) <= s->now_us) {
        s->wakeups++;
        media_expire(s->media, s->now_us);
        stage_settle_relay(s);
    }
    if (desk_deadline(s->desk) <= s->now_us) {
        s->wakeups++;
        desk_expire(s->desk, s->now_us);
        stage_settle_relay(s);
    }
}

static void moment(struct stage *s)
{
    stage_wire_deliver(s);
    datagrams(s);
    expire_relay(s);
    for (size_t i = 0; i < s->member_count; i++)
        if (stage_member_deadline(s->members[i]) <= s->now_us)
            stage_member_expire(s->members[i]);
}

void stage_run(struct stage *s, span_us span)
{
    point_us until = s->now_us + span;
    unsigned at_once = 0;
    for (point_us next = next_moment(s); next <= until; next = next_moment(s)) {
        at_once = next > s->now_us ? 0 : at_once + 1;
        if (at_once > AT_ONCE_MAX)
            fail_msg("a deadline at %lld is never over", (long long)next);
        if (next > s->now_us)
            s->now_us = next;
        moment(s);
    }
    s->now_us = until;
}

static bool all_up(const struct stage *s)
{
    for (size_t i = 0; i < s->member_count; i++) {
        const struct stage_member *m = s->members[i];
        if (m->client && !m->over && m->ups <= m->downs)
            return false;
    }
    return true;
}

void stage_run_until_up(struct stage *s)
{
    for (point_us until = s->now_us + UP_WITHIN_US; !all_up(s) && s->now_us < until;)
        stage_run(s, 10 * US_PER_MS);
    assert_true(all_up(s));
}
