/* The stage's participants: a client core each, its ticks, and what came of it. */
#include "stage.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/rows.h"

/* ---- its clock ---- */

static point_us member_us(const struct stage_member *m, point_us at_us)
{
    return at_us + (span_us)floor((double)(at_us - STAGE_START_US) * m->ppm / 1e6);
}

point_us stage_member_now(const struct stage_member *m)
{
    return member_us(m, m->stage->now_us);
}

/* The first moment at which its clock has got so far. */
static point_us stage_us(const struct stage_member *m, point_us at_us)
{
    if (at_us == NEVER_US)
        return NEVER_US;
    point_us us = STAGE_START_US + (span_us)((double)(at_us - STAGE_START_US) / (1 + m->ppm / 1e6)) - 1;
    while (member_us(m, us) < at_us)
        us++;
    return us;
}

static struct address address_of(size_t place, uint8_t network)
{
    const uint8_t ip[4] = {10, network, (uint8_t)(place >> 8), (uint8_t)place};
    return address_v4(ip, 5000);
}

static void make_client(struct stage_member *m, bool no_sound)
{
    const struct client_config config = {.token = m->token,
                                         .agent = "scenario/1",
                                         .identity = m->stage->client_identity,
                                         .entropy = &m->entropy,
                                         .sound = !no_sound,
                                         .decode = m->hears,
                                         .tell_payloads = true};
    assert_int_equal(client_create(&config, stage_member_now(m), &m->client), ERR_NONE);
    m->ups += no_sound; /* never waited for */
}

static struct stage_member *add(struct stage *s, const struct stage_join *join)
{
    struct stage_member *m = calloc(1, sizeof *m);
    assert_non_null(m);
    assert_true(s->member_count < STAGE_MEMBERS_MAX);
    m->stage = s;
    m->place = s->member_count;
    m->hears = join->hears;
    m->ppm = join->ppm;
    m->sentence_us = join->sentence_us ? join->sentence_us : s->config.sentence_us;
    snprintf(m->name, sizeof m->name, "%s", join->name);
    sim_random_seed(&m->random, s->config.seed * 1000 + m->place);
    m->entropy = sim_entropy(&m->random);
    m->address = address_of(m->place, 0);
    assert_int_equal(sim_net_add_host(s->net, &m->address), ERR_NONE);
    return m;
}

struct stage_member *stage_join(struct stage *s, const struct stage_join *join)
{
    char room[80] = "";
    if (join->room)
        snprintf(room, sizeof room, ",\"room\":\"%s\"", join->room);
    const char *reply =
        stage_ask(s, "{\"verb\":\"link\",\"session\":\"%s\",\"role\":\"%s\",\"name\":\"%s\"%s}", s->session,
                  join->role, join->name, room);
    struct stage_member *m = add(s, join);
    const char *url = strstr(reply, "/j/"), *number = strstr(reply, "\"number\":");
    assert_true(url && number);
    assert_int_equal(sscanf(url, "/j/%63[^\"]", m->token), 1);
    m->number = (uint32_t)strtoul(number + 9, NULL, 10);
    s->members[s->member_count++] = m;
    make_client(m, join->no_sound);
    stage_settle_member(m);
    return m;
}

struct stage_member *stage_enter(struct stage *s, const char *role, const char *name, const char *room)
{
    return stage_join(s, &(struct stage_join){.role = role, .name = name, .room = room});
}

void stage_enter_many(struct stage *s, const char *name, const char *room, int count,
                      struct stage_member **ret_members)
{
    for (int i = 0; i < count; i++) {
        char numbered[40];
        snprintf(numbered, sizeof numbered, "%s %d", name, i + 1);
        ret_members[i] = stage_enter(s, "trainee", numbered, room);
    }
}

struct stage_member *stage_join_again(struct stage *s, const struct stage_member *seat)
{
    const struct stage_join join = {.name = seat->name, .hears = seat->hears};
    struct stage_member *m = add(s, &join);
    memcpy(m->token, seat->token, sizeof m->token);
    m->number = seat->number;
    s->members[s->member_count++] = m;
    make_client(m, false);
    stage_settle_member(m);
    return m;
}

void stage_member_destroy(struct stage_member *m)
{
    client_destroy(m->client);
    for (size_t i = 0; i < m->told_count; i++)
        free(m->told[i].text);
    free(m->told);
    free(m->heard.packets);
    free(m->said.packets);
    free(m->pcm);
    free(m);
}

/* ---- what it tells ---- */

static void keep_packet(const struct stage_member *m, struct stage_track *t, const struct aula_event *e)
{
    if (t->count == t->capacity) {
        t->capacity = t->capacity ? 2 * t->capacity : 256;
        t->packets = realloc(t->packets, t->capacity * sizeof *t->packets);
        assert_non_null(t->packets);
    }
    struct stage_packet *p = &t->packets[t->count++];
    assert_true(e->payload.length <= sizeof p->payload);
    *p = (struct stage_packet){.at_us = stage_us(m, e->at_us),
                               .seq = e->payload.seq,
                               .marker = e->payload.marker,
                               .rtp_time = e->payload.rtp_time,
                               .offset = e->payload.offset,
                               .csrc_count = e->payload.csrc_count,
                               .len = e->payload.length};
    memcpy(p->csrc, e->payload.csrc, sizeof p->csrc);
    memcpy(p->payload, e->payload.opus, e->payload.length);
}

static void keep_told(struct stage_member *m, const struct aula_event *e)
{
    if (m->told_count == m->told_capacity) {
        m->told_capacity = m->told_capacity ? 2 * m->told_capacity : 64;
        m->told = realloc(m->told, m->told_capacity * sizeof *m->told);
        assert_non_null(m->told);
    }
    struct stage_told *t = &m->told[m->told_count++];
    *t = (struct stage_told){.kind = e->kind,
                             .at_us = stage_us(m, e->at_us),
                             .shown_us = stage_us(m, e->shown_us),
                             .n = e->n,
                             .command = e->command};
    t->text = strdup(e->why[0] ? e->why : e->text);
    snprintf(t->name, sizeof t->name, "%s", e->name);
    m->ups += e->kind == AULA_SOUND_UP;
    m->downs += e->kind == AULA_SOUND_LOST;
    m->losses += e->kind == AULA_LOST;
    m->over |= e->kind == AULA_OVER;
}

void stage_settle_member(struct stage_member *m)
{
    struct client_output out;
    struct aula_event event;
    struct address to;
    uint8_t bytes[LINK_DATAGRAM_MAX];
    size_t len;
    while (client_output(m->client, &out))
        stage_wire_client(m, &out);
    while (client_datagram_out(m->client, &to, bytes, &len, stage_member_now(m)))
        sim_send(m->stage->net, &m->address, &to, bytes, len, m->stage->now_us);
    while (client_event(m->client, &event)) {
        if (event.kind == AULA_PAYLOAD)
            keep_packet(m, event.payload.sent ? &m->said : &m->heard, &event);
        else
            keep_told(m, &event);
    }
}

/* ---- time ---- */

static bool has_ticks(const struct stage_member *m)
{
    return client_joined_us(m->client) != 0 && !client_is_over(m->client) &&
           (m->hears || m->talk != TALK_NOTHING);
}

point_us stage_next_tick_us(const struct stage_member *m)
{
    return stage_us(m, client_joined_us(m->client) + m->ticks * TICK_US);
}

point_us stage_played_us(const struct stage_member *m, size_t sample)
{
    return stage_us(m, client_joined_us(m->client) + us_from_samples((int64_t)(m->pcm_forgotten + sample)));
}

point_us stage_member_deadline(const struct stage_member *m)
{
    if (!m->client)
        return NEVER_US;
    point_us next = stage_us(m, client_deadline(m->client));
    return has_ticks(m) ? earlier_us(next, stage_next_tick_us(m)) : next;
}

static void speak(struct stage_member *m)
{
    float pcm[TICK_SAMPLES] = {0};
    if (m->talk == TALK_SOUND) {
        for (int i = 0; i < TICK_SAMPLES; i++)
            pcm[i] = m->sound->pcm[(m->sound_at + (size_t)i) % m->sound->samples];
        m->sound_at += TICK_SAMPLES;
    }
    if (m->loudspeaker)
        air_echo(m->loudspeaker, m->pcm, m->pcm_samples, pcm, TICK_SAMPLES);
    if (m->past_the_gate)
        bypass_speak(m->client, pcm, stage_member_now(m));
    else
        client_speak(m->client, pcm, stage_member_now(m));
}

static void hear(struct stage_member *m)
{
    if (m->pcm_samples + TICK_SAMPLES > m->pcm_capacity) {
        m->pcm_capacity = m->pcm_capacity ? 2 * m->pcm_capacity : 64 * TICK_SAMPLES;
        m->pcm = realloc(m->pcm, m->pcm_capacity * sizeof *m->pcm);
        assert_non_null(m->pcm);
    }
    client_hear(m->client, m->pcm + m->pcm_samples, stage_member_now(m));
    m->pcm_samples += TICK_SAMPLES;
}

void stage_member_expire(struct stage_member *m)
{
    if (has_ticks(m) && stage_next_tick_us(m) <= m->stage->now_us) {
        m->ticks++;
        if (m->talk != TALK_NOTHING)
            speak(m);
        if (m->hears)
            hear(m);
        stage_settle_member(m);
    }
    if (client_deadline(m->client) <= stage_member_now(m)) {
        client_expire(m->client, stage_member_now(m));
        stage_settle_member(m);
    }
}

/* ---- what the scenario does to it ---- */

void stage_talk(struct stage_member *m, enum stage_talk talk, const struct sound *sound)
{
    m->talk = talk;
    m->sound = sound;
    if (m->hears || client_joined_us(m->client) == 0)
        return;
    /* Nobody counted the ticks until now. */
    m->ticks = (stage_member_now(m) - client_joined_us(m->client)) / TICK_US + 1;
}

void stage_loudspeaker(struct stage_member *m, const struct air *room)
{
    assert_true(m->hears);
    m->loudspeaker = room;
}

void stage_forget(struct stage_member *m)
{
    assert_null(m->loudspeaker);
    m->pcm_forgotten += m->pcm_samples;
    m->pcm_samples = m->heard.count = m->said.count = 0;
}

void stage_do(struct stage_member *m, const struct action *action)
{
    int64_t id;
    assert_int_equal(client_do(m->client, action, stage_member_now(m), &id), ERR_NONE);
    stage_settle_member(m);
}

void stage_lines(struct stage_member *m, const struct sim_path_config *up, const struct sim_path_config *down)
{
    struct stage *s = m->stage;
    if (up)
        assert_int_equal(sim_net_path(s->net, &m->address, &s->address, up), ERR_NONE);
    if (down)
        assert_int_equal(sim_net_path(s->net, &s->address, &m->address, down), ERR_NONE);
}

void stage_move(struct stage_member *m)
{
    struct address next = address_of(m->place, (uint8_t)(m->address.ip[13] + 1));
    assert_int_equal(sim_net_remove_host(m->stage->net, &m->address), ERR_NONE);
    assert_int_equal(sim_net_add_host(m->stage->net, &next), ERR_NONE);
    m->address = next;
    stage_cut(m);
}

bool stage_is_joined(const struct stage_member *m)
{
    return !m->over && stage_told_count(m, AULA_JOINED, NULL) > m->losses;
}

size_t stage_told_count(const struct stage_member *m, enum aula_event_kind kind, const char *name)
{
    size_t count = 0;
    for (size_t i = 0; i < m->told_count; i++)
        count += m->told[i].kind == kind && (!name || strcmp(m->told[i].name, name) == 0);
    return count;
}

const struct stage_told *stage_told_last(const struct stage_member *m, enum aula_event_kind kind,
                                         const char *name)
{
    for (size_t i = m->told_count; i-- > 0;)
        if (m->told[i].kind == kind && (!name || strcmp(m->told[i].name, name) == 0))
            return &m->told[i];
    return NULL;
}
