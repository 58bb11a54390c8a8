#include "bench.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "media/opus_codec.h"
#include "wire/rtp.h"
#include "wire/rtp_ext.h"

static const uint8_t relay_ip[4] = {192, 0, 2, 1};

static void dice(void *state, uint8_t *bytes, size_t len)
{
    uint64_t *s = state;
    for (size_t i = 0; i < len; i++) {
        *s = *s * 6364136223846793005u + 1442695040888963407u;
        bytes[i] = (uint8_t)(*s >> 56);
    }
}

struct bench *bench_create(int k)
{
    return bench_create_old(k, 0);
}

struct bench *bench_create_old(int k, span_us age_us)
{
    struct bench *b = calloc(1, sizeof *b);
    assert_non_null(b);
    b->dice = 42;
    b->entropy = (struct entropy){.fill = dice, .state = &b->dice};
    b->now_us = US_PER_S;
    assert_int_equal(link_identity_create(&b->relay_id), ERR_NONE);
    assert_int_equal(link_identity_create(&b->client_id), ERR_NONE);
    assert_int_equal(media_create(&b->entropy, &b->media), ERR_NONE);
    struct media_order open = {.kind = ORDER_SESSION_OPEN, .session = BENCH_SESSION};
    open.open.k = k;
    open.open.origin_us = age_us ? b->now_us - age_us : 0;
    bench_order(b, &open);
    return b;
}

void bench_destroy(struct bench *b)
{
    media_destroy(b->media);
    for (size_t i = 0; i < b->member_count; i++) {
        link_destroy(b->members[i]->link);
        free(b->members[i]->places);
        free(b->members[i]);
    }
    link_identity_destroy(b->relay_id);
    link_identity_destroy(b->client_id);
    free(b);
}

static void take_facts(struct bench *b)
{
    struct media_fact fact;
    while (media_fact(b->media, &fact)) {
        b->ups += fact.kind == FACT_PEER_UP;
        b->downs += fact.kind == FACT_PEER_DOWN;
        b->runs += fact.kind == FACT_RUN;
        if (fact.kind == FACT_RUN) {
            struct member *m = b->members[fact.peer - 1];
            m->has_run = true;
            m->run_rtp_time = fact.run.rtp_time;
            m->run_time = fact.run.time;
        }
        if (fact.kind == FACT_SESSION_COUNTERS)
            b->counters = fact.session_counters;
        if (fact.kind != FACT_SPEAKING)
            continue;
        b->speaking_count = fact.speaking.count;
        memcpy(b->speaking, fact.speaking.numbers, sizeof b->speaking);
    }
}

static void hear(struct bench *b, struct member *m, const uint8_t *bytes, size_t len)
{
    struct rtp_packet p;
    assert_int_equal(rtp_parse(bytes, len, &p), ERR_NONE);
    assert_true(m->count < BENCH_HEARD_MAX);
    struct heard *h = &m->heard[m->count++];
    *h = (struct heard){.at_us = b->now_us,
                        .marker = p.marker,
                        .seq = p.seq,
                        .time = p.time,
                        .ssrc = p.ssrc,
                        .csrc_count = p.csrc_count,
                        .len = p.payload_bytes};
    memcpy(h->csrc, p.csrc, sizeof h->csrc);
    memcpy(h->payload, p.payload, p.payload_bytes < sizeof h->payload ? p.payload_bytes : sizeof h->payload);
}

static void keep_report(struct bench *b, struct member *m, const uint8_t *bytes, size_t len)
{
    struct reader r = reader_on(bytes, len);
    m->reports++;
    m->report_us = b->now_us;
    m->report_parts = 0;
    m->report_cname[0] = 0;
    while (m->report_parts < BENCH_REPORT_PARTS && rtcp_next(&r, &m->report[m->report_parts])) {
        const struct rtcp_packet *p = &m->report[m->report_parts++];
        if (p->type == RTCP_SDES && p->count > 0 && p->chunks[0].cname)
            snprintf(m->report_cname, sizeof m->report_cname, "%.*s", p->chunks[0].cname_len,
                     p->chunks[0].cname);
    }
    assert_int_equal(r.error, ERR_NONE);
}

static void to_member(struct bench *b, struct member *m, const struct media_datagram *d)
{
    struct address relay = address_v4(relay_ip, 8444);
    uint8_t bytes[LINK_DATAGRAM_MAX];
    enum link_input what;
    size_t len = d->len;
    assert_true(len <= sizeof bytes);
    memcpy(bytes, d->bytes, len);
    if (link_input(m->link, &relay, bytes, &len, b->now_us, &what) != ERR_NONE)
        return;
    if (what == LINK_INPUT_RTP)
        hear(b, m, bytes, len);
    if (what == LINK_INPUT_RTCP)
        keep_report(b, m, bytes, len);
}

static bool from_relay(struct bench *b)
{
    const struct media_datagram *out;
    size_t count = media_output(b->media, &out);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < b->member_count; k++)
            if (address_equal(&out[i].to, &b->members[k]->address))
                to_member(b, b->members[k], &out[i]);
    media_sent(b->media, count);
    return count > 0;
}

static bool from_member(struct bench *b, struct member *m)
{
    struct address to;
    uint8_t bytes[LINK_DATAGRAM_MAX];
    size_t len;
    if (!link_output(m->link, &to, bytes, &len))
        return false;
    media_input(b->media, &m->address, bytes, len, b->now_us);
    return true;
}

/* Until nobody has anything to send. */
static void settle(struct bench *b)
{
    for (bool moved = true; moved;) {
        moved = from_relay(b);
        for (size_t i = 0; i < b->member_count; i++)
            moved |= from_member(b, b->members[i]);
        take_facts(b);
    }
}

void bench_order(struct bench *b, const struct media_order *order)
{
    assert_int_equal(media_order(b->media, order, b->now_us), ERR_NONE);
    settle(b);
}

void bench_input(struct bench *b, const struct member *m, uint8_t *bytes, size_t len)
{
    struct address stranger = address_v4((const uint8_t[4]){203, 0, 113, 99}, 7);
    media_input(b->media, m ? &m->address : &stranger, bytes, len, b->now_us);
    settle(b);
}

static struct script_packet next_words(struct member *m)
{
    const struct speech *speech = &m->speech[m->said % BENCH_SPEECH];
    struct script_packet words = {speech->payload, speech->len, TICK_SAMPLES, m->level};
    if (m->script)
        words = m->script->packets[m->script_at % m->script->count];
    return words;
}

static void keep_place(struct bench *b, struct member *m, uint32_t rtp_time)
{
    if (m->place_count == m->place_capacity) {
        m->place_capacity = m->place_capacity ? 2 * m->place_capacity : 1024;
        m->places = realloc(m->places, m->place_capacity * sizeof *m->places);
        assert_non_null(m->places);
    }
    m->places[m->place_count++] =
        (struct place){.known = m->has_run,
                       .words = m->script ? &m->script->packets[m->script_at % m->script->count] : NULL,
                       .at = m->run_time + (int32_t)(rtp_time - m->run_rtp_time),
                       .said_us = b->now_us};
}

void bench_say(struct bench *b, struct member *m, bool lost)
{
    const struct script_packet words = next_words(m);
    uint8_t bytes[LINK_DATAGRAM_MAX], block[8];
    uint8_t level = audio_level_put((struct audio_level){true, words.level});
    struct rtp_ext ext = {.id = BENCH_LEVEL_EXT, .data = &level, .len = 1};
    struct rtp_packet p = {
        .payload_type = BENCH_OPUS_PT, .seq = m->seq, .time = m->rtp_time, .ssrc = m->ssrc};
    size_t len;
    if (m->sends_levels) {
        p.has_extension = true;
        p.extension_profile = RTP_EXT_ONE_BYTE;
        p.extension = block;
        assert_int_equal(rtp_ext_write(&ext, 1, block, sizeof block, &p.extension_bytes), ERR_NONE);
    }
    p.payload = words.payload;
    p.payload_bytes = words.len;
    assert_int_equal(rtp_write(&p, bytes, sizeof bytes, &len), ERR_NONE);
    uint64_t index = m->wraps * 65536 + m->seq;
    assert_int_equal(link_seal_rtp(m->link, bytes, &len, index), ERR_NONE);
    if (!lost)
        media_input(b->media, &m->address, bytes, len, b->now_us);
    settle(b);
    keep_place(b, m, m->rtp_time);
    m->seq++;
    m->wraps += m->seq == 0;
    m->rtp_time += (uint32_t)words.samples;
    m->said++;
    m->script_at += m->script != NULL;
}

/* By the speaker's own clock. */
static void next_packet_after(struct member *m, int32_t samples)
{
    if (m->next_exact_us < (double)m->next_us - 1 || m->next_exact_us > (double)m->next_us + 1)
        m->next_exact_us = (double)m->next_us; /* somebody has set the other */
    m->next_exact_us += (double)samples * US_PER_S / SAMPLES_PER_S * (1 + m->ppm * 1e-6);
    m->next_us = (point_us)m->next_exact_us;
}

static point_us next_moment(const struct bench *b)
{
    point_us next = media_deadline(b->media);
    for (size_t i = 0; i < b->member_count; i++) {
        next = earlier_us(next, link_deadline(b->members[i]->link));
        if (b->members[i]->talks)
            next = earlier_us(next, b->members[i]->next_us);
    }
    return next;
}

static void moment(struct bench *b)
{
    media_expire(b->media, b->now_us);
    for (size_t i = 0; i < b->member_count; i++) {
        struct member *m = b->members[i];
        enum err e = link_expire(m->link, b->now_us);
        (void)e; /* a dead member stays silent */
        if (!m->talks || m->next_us > b->now_us)
            continue;
        next_packet_after(m, next_words(m).samples);
        bench_say(b, m, false);
    }
    settle(b);
}

void bench_run(struct bench *b, span_us span)
{
    point_us until = b->now_us + span;
    for (point_us next = next_moment(b); next <= until; next = next_moment(b)) {
        if (next > b->now_us)
            b->now_us = next;
        moment(b);
    }
    b->now_us = until;
}

/* A voice of its own: harmonics of a pitch that differs from member to member. */
static void prepare_speech(struct member *m)
{
    struct opus_settings settings = {.bitrate_bps = 32000, .complexity = 5, .loss_percent = 5};
    struct opus_sender *sender;
    float pcm[TICK_SAMPLES];
    assert_int_equal(opus_sender_create(&settings, &sender), ERR_NONE);
    for (int n = 0; n < BENCH_SPEECH; n++) {
        for (int i = 0; i < TICK_SAMPLES; i++) {
            double t = (n * TICK_SAMPLES + i) / (double)SAMPLES_PER_S, hz = 90 + 17 * m->number;
            double x = sin(6.2832 * hz * t) + 0.6 * sin(12.566 * hz * t) + 0.3 * sin(31.416 * hz * t);
            pcm[i] = (float)(0.2 * x * (1 + 0.8 * sin(20 * t)));
        }
        assert_int_equal(opus_sender_encode(sender, pcm, TICK_SAMPLES, m->speech[n].payload,
                                            sizeof m->speech[n].payload, &m->speech[n].len),
                         ERR_NONE);
    }
    opus_sender_destroy(sender);
}

static void configure(const struct bench *b, const struct member *m, struct link_config *relay,
                      struct link_config *client)
{
    *relay = (struct link_config){.side = LINK_RELAY, .identity = b->relay_id};
    *client = (struct link_config){
        .side = LINK_CLIENT, .identity = b->client_id, .remote = address_v4(relay_ip, 8444)};
    snprintf(relay->local_ufrag, sizeof relay->local_ufrag, "r%s", m->ufrag);
    snprintf(relay->remote_ufrag, sizeof relay->remote_ufrag, "c%s", m->ufrag);
    memset(relay->local_pwd, 'R', 24);
    memset(relay->remote_pwd, 'C', 24);
    link_identity_fingerprint(b->client_id, relay->remote_fingerprint);
    memcpy(client->local_ufrag, relay->remote_ufrag, sizeof client->local_ufrag);
    memcpy(client->remote_ufrag, relay->local_ufrag, sizeof client->remote_ufrag);
    memcpy(client->local_pwd, relay->remote_pwd, sizeof client->local_pwd);
    memcpy(client->remote_pwd, relay->local_pwd, sizeof client->remote_pwd);
    link_identity_fingerprint(b->relay_id, client->remote_fingerprint);
}

struct member *bench_join(struct bench *b, uint16_t group, enum source_rank rank, enum tier tier)
{
    struct member *m = calloc(1, sizeof *m);
    struct media_order order = {.kind = ORDER_PEER_ADD, .session = BENCH_SESSION};
    struct link_config client;
    assert_non_null(m);
    m->number = (uint32_t)++b->member_count;
    b->members[b->member_count - 1] = m;
    snprintf(m->ufrag, sizeof m->ufrag, "%03u", (unsigned)m->number);
    m->address = address_v4((const uint8_t[4]){198, 51, 100, (uint8_t)m->number}, 5000);
    m->ssrc = 0x1000 * m->number;
    m->seq = (uint16_t)(100 * m->number);
    m->rtp_time = 0xfffff000u + m->number; /* wraps soon */
    m->sends_levels = true;
    prepare_speech(m);
    order.peer = m->number;
    order.add = (struct peer_add){.number = m->number,
                                  .group = group,
                                  .rank = rank,
                                  .tier = tier,
                                  .may_send = true,
                                  .sends = true,
                                  .receives = true,
                                  .opus_pt = BENCH_OPUS_PT,
                                  .level_ext = BENCH_LEVEL_EXT,
                                  .out_ssrc = 0xaaaa0000u + m->number,
                                  .out_seq = (uint16_t)(65500 + m->number),
                                  .out_offset = 1000 * m->number};
    configure(b, m, &order.add.link, &client);
    assert_int_equal(link_create(&client, &b->entropy, b->now_us, &m->link), ERR_NONE);
    bench_order(b, &order);
    for (int i = 0; i < 100 && !(link_is_up(m->link) && b->ups >= b->member_count); i++)
        bench_run(b, 10 * US_PER_MS);
    assert_true(link_is_up(m->link));
    assert_int_equal(b->ups, b->member_count);
    return m;
}

void bench_talk(struct bench *b, struct member *m, uint8_t level, span_us after_us)
{
    m->talks = true;
    m->level = level;
    m->next_us = b->now_us + after_us;
}

void bench_script(struct member *m, const struct script *script, size_t at)
{
    m->script = script;
    m->script_at = at;
}

void bench_counters(struct bench *b)
{
    struct media_order order = {.kind = ORDER_COUNTERS, .session = BENCH_SESSION};
    bench_order(b, &order);
}

struct peer_counters bench_peer_counters(struct bench *b, const struct member *m)
{
    struct media_order order = {.kind = ORDER_COUNTERS, .session = BENCH_SESSION};
    struct media_fact fact;
    struct peer_counters counters = {0};
    assert_int_equal(media_order(b->media, &order, b->now_us), ERR_NONE);
    while (media_fact(b->media, &fact))
        if (fact.kind == FACT_PEER_COUNTERS && fact.peer == m->number)
            counters = fact.peer_counters;
    return counters;
}
