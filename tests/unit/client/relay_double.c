#include "relay_double.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "media/opus_codec.h"
#include "wire/rtp.h"

static const struct address relay_address = {.ip = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1},
                                             .port = 8444};
static const struct address client_address = {.ip = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 9},
                                              .port = 50000};

static void fill(void *state, uint8_t *bytes, size_t len)
{
    uint64_t *seed = state;
    for (size_t i = 0; i < len; i++) {
        *seed = *seed * 6364136223846793005u + 1442695040888963407u;
        bytes[i] = (uint8_t)(*seed >> 56);
    }
}

void relay_double_init(struct relay_double *r, bool sound, span_us first_connect_us, span_us reconnect_us)
{
    *r = (struct relay_double){.seed = 4711, .now_us = 1000 * (point_us)US_PER_S};
    r->entropy = (struct entropy){.fill = fill, .state = &r->seed};
    assert_int_equal(link_identity_create(&r->identity), ERR_NONE);
    assert_int_equal(link_identity_create(&r->client_identity), ERR_NONE);
    const struct client_config config = {.token = "tok",
                                         .agent = "test/1",
                                         .identity = r->client_identity,
                                         .entropy = &r->entropy,
                                         .sound = sound,
                                         .decode = true,
                                         .tell_payloads = true,
                                         .first_connect_us = first_connect_us,
                                         .reconnect_us = reconnect_us};
    assert_int_equal(client_create(&config, r->now_us, &r->client), ERR_NONE);
}

void relay_double_finish(struct relay_double *r)
{
    client_destroy(r->client);
    link_destroy(r->link);
    link_identity_destroy(r->identity);
    link_identity_destroy(r->client_identity);
}

void relay_double_clear(struct relay_double *r)
{
    r->connects = r->disconnects = r->hellos = r->offers = r->lines = r->actions = r->leaves = r->packets =
        r->restarts = 0;
}

static void make_link(struct relay_double *r, const struct sdp *offer)
{
    struct link_config config = {.side = LINK_RELAY, .identity = r->identity};
    strcpy(config.local_ufrag, r->ufrag);
    strcpy(config.local_pwd, "relaypasswordrelaypassword");
    strcpy(config.remote_ufrag, offer->ufrag);
    strcpy(config.remote_pwd, offer->pwd);
    memcpy(config.remote_fingerprint, offer->fingerprint, LINK_FINGERPRINT_LEN);
    link_destroy(r->link);
    r->index = 1000;
    assert_int_equal(link_create(&config, &r->entropy, r->now_us, &r->link), ERR_NONE);
}

/* The same description again under another name: an ICE restart. */
static bool is_restart(const struct relay_double *r, const struct sdp *offer)
{
    return r->link != NULL && strcmp(r->origin, offer->origin) == 0;
}

static void restart_link(struct relay_double *r, const struct sdp *offer)
{
    r->restarts++;
    snprintf(r->ufrag, sizeof r->ufrag, "relayufrag%u", r->restarts);
    link_restart_ice(r->link, r->ufrag, "relaypasswordrelaypassword", offer->ufrag, offer->pwd, NULL,
                     r->now_us);
}

static void answer(struct relay_double *r, const char *offer_text)
{
    struct sdp *offer = malloc(sizeof *offer);
    const char *why = NULL;
    char sdp[4096];
    size_t len;
    uint8_t fingerprint[LINK_FINGERPRINT_LEN];
    assert_int_equal(sdp_parse(offer_text, strlen(offer_text), SDP_OFFER, offer, &why), ERR_NONE);
    if (is_restart(r, offer)) {
        restart_link(r, offer);
    } else {
        strcpy(r->ufrag, "relayufrag");
        make_link(r, offer);
    }
    strcpy(r->origin, offer->origin);
    link_identity_fingerprint(r->identity, fingerprint);
    const struct sdp_local local = {.id = 1,
                                    .version = 1,
                                    .ufrag = r->ufrag,
                                    .pwd = "relaypasswordrelaypassword",
                                    .fingerprint = fingerprint,
                                    .candidates = &relay_address,
                                    .candidate_count = 1,
                                    .direction = SDP_SENDRECV,
                                    .ssrc = 0x5e1a,
                                    .cname = "relay"};
    assert_int_equal(sdp_write_answer(offer, &local, sdp, sizeof sdp, &len), ERR_NONE);
    free(offer);
    struct relay_sentence s = {.kind = RELAY_ANSWER,
                               .answer = {.sdp = sdp, .offset = DOUBLE_OFFSET, .clock = 0}};
    struct json_out o;
    json_out_init(&o);
    relay_sentence_write(&o, &s);
    client_sentence(r->client, o.text, o.len, r->now_us);
    json_out_finish(&o);
}

static void take_sentence(struct relay_double *r, const char *text, size_t len)
{
    struct client_sentence s;
    struct sentence_refusal refusal;
    if (client_sentence_read(text, len, &s, &refusal) != ERR_NONE)
        fail_msg("the client said what is none: %s", refusal.why);
    switch (s.kind) {
    case CLIENT_HELLO:
        r->hellos++;
        r->hello = s.hello;
        r->has_token = strcmp(s.hello.token, "tok") == 0 && strcmp(s.hello.agent, "test/1") == 0;
        break;
    case CLIENT_OFFER:
        r->offers++;
        if (!r->silent)
            answer(r, s.offer);
        break;
    case CLIENT_DO:
        r->actions++;
        r->verb = s.action.verb;
        r->has_rtp = s.action.has_rtp;
        r->page = s.action.page;
        r->leaves += s.action.verb == VERB_LEAVE;
        break;
    case CLIENT_LINE:
        r->lines++;
        break;
    case CLIENT_PEEK:
    case CLIENT_POINTER:
    case CLIENT_DRAWING:
    case CLIENT_PEOPLE:
        break;
    }
    client_sentence_finish(&s);
}

static void take_rtp(struct relay_double *r, const uint8_t *bytes, size_t len)
{
    struct rtp_packet p;
    assert_int_equal(rtp_parse(bytes, len, &p), ERR_NONE);
    r->rtp[r->packets % DOUBLE_HEARD] = p.time;
    r->seq[r->packets % DOUBLE_HEARD] = p.seq;
    r->packets++;
}

static bool pump_sentences(struct relay_double *r)
{
    struct client_output out;
    bool any = false;
    while (client_output(r->client, &out)) {
        any = true;
        if (out.kind == CLIENT_OUT_CONNECT)
            r->connects++;
        else if (out.kind == CLIENT_OUT_DISCONNECT)
            r->disconnects++;
        else
            take_sentence(r, out.text, out.len);
    }
    return any;
}

static bool pump_datagrams(struct relay_double *r)
{
    uint8_t bytes[LINK_DATAGRAM_MAX];
    struct address to;
    size_t len;
    bool any = false;
    while (client_datagram_out(r->client, &to, bytes, &len, r->now_us)) {
        enum link_input what;
        any = true;
        if (r->link != NULL && !r->deaf &&
            link_input(r->link, &client_address, bytes, &len, r->now_us, &what) == ERR_NONE &&
            what == LINK_INPUT_RTP)
            take_rtp(r, bytes, len);
    }
    while (r->link != NULL && link_output(r->link, &to, bytes, &len)) {
        any = true;
        if (!r->deaf)
            client_datagram(r->client, &relay_address, bytes, len, r->now_us, r->now_us);
    }
    return any;
}

void relay_double_pump(struct relay_double *r)
{
    bool sentences, datagrams;
    do {
        sentences = pump_sentences(r);
        datagrams = pump_datagrams(r);
    } while (sentences || datagrams);
}

void relay_double_wait(struct relay_double *r, span_us span, bool hear)
{
    float pcm[TICK_SAMPLES];
    for (span_us done = 0; done < span; done += TICK_US) {
        r->now_us += TICK_US;
        if (client_deadline(r->client) <= r->now_us)
            client_expire(r->client, r->now_us);
        if (r->link != NULL && link_deadline(r->link) <= r->now_us)
            (void)!link_expire(r->link, r->now_us);
        if (hear)
            client_hear(r->client, pcm, r->now_us);
        relay_double_pump(r);
    }
}

void relay_double_say(struct relay_double *r, const char *text)
{
    client_sentence(r->client, text, strlen(text), r->now_us);
    relay_double_pump(r);
}

void relay_double_sound(struct relay_double *r, session_samples at, uint32_t csrc)
{
    static const uint8_t sound[] = {0x78, 1, 2, 3, 4,
                                    5,    6, 7, 8, 9}; /* hybrid, 20 ms: decodes to something */
    uint8_t bytes[LINK_DATAGRAM_MAX];
    size_t len;
    const struct rtp_packet p = {.payload_type = SDP_OFFER_OPUS_PT,
                                 .seq = (uint16_t)r->index,
                                 .time = (uint32_t)at + DOUBLE_OFFSET,
                                 .ssrc = 0x5e1a,
                                 .csrc_count = 1,
                                 .csrc = {csrc},
                                 .payload = sound,
                                 .payload_bytes = sizeof sound};
    assert_int_equal(rtp_write(&p, bytes, sizeof bytes, &len), ERR_NONE);
    assert_int_equal(link_seal_rtp(r->link, bytes, &len, r->index++), ERR_NONE);
    if (!r->deaf)
        client_datagram(r->client, &relay_address, bytes, len, r->now_us, r->now_us);
    relay_double_pump(r);
}

bool relay_double_event(struct relay_double *r, enum aula_event_kind kind, struct aula_event *ret_event)
{
    while (client_event(r->client, ret_event))
        if (ret_event->kind == kind)
            return true;
    return false;
}

void relay_double_join(struct relay_double *r, bool sound)
{
    relay_double_init(r, sound, 0, 0);
    relay_double_pump(r);
    assert_int_equal(r->connects, 1);
    client_connected(r->client, r->now_us);
    relay_double_pump(r);
    assert_int_equal(r->hellos, 1);
    relay_double_say(r, WELCOME);
    if (sound)
        relay_double_wait(r, 400 * US_PER_MS, false);
}

void relay_double_drain(struct relay_double *r)
{
    struct aula_event e;
    while (client_event(r->client, &e))
        continue;
}

void relay_double_speak(struct relay_double *r, int ticks)
{
    float pcm[TICK_SAMPLES];
    for (int t = 0; t < ticks; t++) {
        for (int i = 0; i < TICK_SAMPLES; i++)
            pcm[i] = 0.4f * (float)((i * 7 + t) % 100 - 50) / 50;
        client_speak(r->client, pcm, r->now_us);
        relay_double_wait(r, TICK_US, false);
    }
}
