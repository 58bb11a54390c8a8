/* The desk and the media plane: descriptions, rights, times, who speaks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "house.h"
#include "wire/sdp.h"

static char token[8][64];
static char id[SESSION_ID_MAX + 1];

static struct house *lecture(void)
{
    struct house *h = house_open();
    house_session(h, id);
    house_link(h, id, "chair", "Ada", NULL, token[1]);
    house_link(h, id, "lecturer", "Bruno", "A", token[2]);
    house_link(h, id, "trainee", "Carla", NULL, token[3]);
    house_link(h, id, "room", "Hall B", "B", token[4]);
    for (uint32_t i = 1; i <= 4; i++)
        house_hello(h, i, token[i], 0);
    if (desk_deck_added(h->desk, id, "d1", "La voce", 20, "/d/x.json", 2, h->now_us))
        abort();
    house_wait(h, 10 * US_PER_S);
    return h;
}

/* The offer of a browser, with its ufrag, one byte of its fingerprint and its o= line's id replaced. */
static void offer_of(struct house *h, uint32_t connection, char ufrag, uint8_t fingerprint, uint64_t origin)
{
    struct address none[1];
    uint8_t sum[SDP_FINGERPRINT_BYTES] = {0};
    char u[9], text[8000];
    size_t len;
    memset(u, ufrag, 8);
    u[8] = '\0';
    memset(sum, fingerprint, sizeof sum);
    struct sdp_local local = {.id = origin,
                              .version = 1,
                              .ufrag = u,
                              .pwd = "abcdefghijklmnopqrstuvwx",
                              .fingerprint = sum,
                              .candidates = none,
                              .direction = SDP_SENDRECV,
                              .ssrc = 4000000,
                              .cname = "c"};
    if (sdp_write_offer(&local, text, sizeof text, &len))
        abort();
    json_t *s = json_pack("{s:s,s:s}", "kind", "offer", "sdp", text);
    char *sentence = json_dumps(s, JSON_COMPACT);
    desk_sentence(h->desk, connection, sentence, strlen(sentence), h->now_us);
    house_drain(h);
    free(sentence);
    json_decref(s);
}

static void offer(struct house *h, uint32_t connection, char ufrag, uint8_t fingerprint)
{
    offer_of(h, connection, ufrag, fingerprint, 1);
}

static void offers_are_answered(void **state)
{
    (void)state;
    struct house *h = lecture();
    assert_int_equal(h->order_count, 0); /* a session without sound costs the media plane nothing */
    offer(h, 2, 'a', 1);
    assert_int_equal(h->order_count, 2);
    const struct media_order *open = house_order(h, ORDER_SESSION_OPEN);
    const struct media_order *add = house_order(h, ORDER_PEER_ADD);
    assert_int_equal(open->open.origin_us, 1000000);
    assert_int_equal(open->open.k, AUDIBLE_DEFAULT);
    assert_int_equal(add->session, open->session);
    assert_int_equal(add->add.number, 2);
    assert_int_equal(add->add.group, 1);
    assert_int_equal(add->add.rank, SOURCE_SEAT);
    assert_true(add->add.may_send && add->add.sends && add->add.receives);
    assert_int_equal(add->add.opus_pt, SDP_OFFER_OPUS_PT);
    assert_int_equal(add->add.level_ext, SDP_OFFER_LEVEL_EXT);
    assert_string_equal(add->add.link.remote_ufrag, "aaaaaaaa");
    assert_true(strlen(add->add.link.local_pwd) >= 22);
    json_t *answer = house_heard(h, 2, "answer");
    struct sdp sdp;
    const char *why = "";
    const char *text = house_text(answer, "sdp");
    assert_int_equal(sdp_parse(text, strlen(text), SDP_ANSWER, &sdp, &why), ERR_NONE);
    assert_string_equal(sdp.ufrag, add->add.link.local_ufrag);
    assert_true(sdp.ice_lite);
    assert_int_equal(sdp.ssrc, add->add.out_ssrc);
    assert_int_equal(sdp.candidate_count, 1);
    assert_int_equal(sdp.candidates[0].port, 8444);
    assert_int_equal(house_number(answer, "offset"), add->add.out_offset);
    json_decref(answer);
    offer(h, 3, 'b', 2);
    offer(h, 4, 'c', 3);
    assert_int_equal(house_order_count(h, ORDER_SESSION_OPEN), 1);
    add = house_order(h, ORDER_PEER_ADD);
    assert_int_equal(add->add.group, 2);
    assert_int_equal(add->add.rank, SOURCE_ROOM);
    assert_false(h->orders[2].add.may_send); /* the trainee */
    assert_int_equal(h->orders[2].add.group, GROUP_REMOTE);
    house_close(h);
}

static void restarts_and_new_peers(void **state)
{
    (void)state;
    struct house *h = lecture();
    offer(h, 2, 'a', 1);
    uint32_t peer = house_order(h, ORDER_PEER_ADD)->peer;
    offer(h, 2, 'a', 1); /* said again */
    assert_int_equal(h->order_count, 2);
    assert_int_equal(house_heard_count(h, 2, "answer"), 2);
    offer(h, 2, 'b', 1);
    const struct media_order *restart = house_order(h, ORDER_PEER_RESTART);
    assert_int_equal(restart->peer, peer);
    assert_string_equal(restart->restart.remote_ufrag, "bbbbbbbb");
    json_t *answer = house_heard(h, 2, "answer");
    assert_non_null(strstr(house_text(answer, "sdp"), restart->restart.local_ufrag));
    json_decref(answer);
    offer(h, 2, 'c', 9);
    assert_int_equal(house_order(h, ORDER_PEER_REMOVE)->peer, peer);
    assert_int_equal(house_order_count(h, ORDER_PEER_ADD), 2);
    assert_true(house_order(h, ORDER_PEER_ADD)->peer != peer);
    peer = house_order(h, ORDER_PEER_ADD)->peer;
    offer_of(h, 2, 'd', 9, 2); /* the same certificate, and yet another peer connection */
    assert_int_equal(house_order(h, ORDER_PEER_REMOVE)->peer, peer);
    assert_int_equal(house_order_count(h, ORDER_PEER_ADD), 3);
    assert_int_equal(house_order_count(h, ORDER_PEER_RESTART), 1);
    house_close(h);
}

static void bad_offers(void **state)
{
    (void)state;
    struct house *h = lecture();
    static const char *const texts[] = {"x", "v=0\\r\\n",
                                        "v=0\\r\\no=- 1 1 IN IP4 0.0.0.0\\r\\ns=-\\r\\nt=0 0\\r\\nm=video 9 "
                                        "UDP/TLS/RTP/SAVPF 96\\r\\n"};
    for (size_t i = 0; i < 3; i++) {
        house_say(h, 2, "{\"kind\":\"offer\",\"sdp\":\"%s\"}", texts[i]);
        assert_int_equal(house_heard_count(h, 2, "refused"), i + 1);
    }
    assert_int_equal(h->order_count, 0);
    house_close(h);
}

static const struct media_order *right_after(struct house *h, uint32_t by, const char *verb, uint32_t who,
                                             size_t *count)
{
    size_t before = house_order_count(h, ORDER_PEER_RIGHT);
    house_say(h, by, "{\"kind\":\"do\",\"id\":1,\"verb\":\"%s\"%s%u}", verb,
              who ? ",\"who\":" : ",\"w\":", who);
    *count = house_order_count(h, ORDER_PEER_RIGHT) - before;
    return house_order(h, ORDER_PEER_RIGHT);
}

static void rights_follow_the_floor(void **state)
{
    (void)state;
    struct house *h = lecture();
    size_t n;
    for (uint32_t i = 1; i <= 4; i++)
        offer(h, i, (char)('a' + i), (uint8_t)i);
    uint32_t trainee = h->orders[3].peer;
    const struct media_order *o = right_after(h, 1, "grant", 3, &n);
    assert_int_equal(n, 1);
    assert_true(o->may_send && o->peer == trainee);
    o = right_after(h, 3, "mute", 0, &n);
    assert_true(n == 1 && !o->may_send && o->peer == trainee);
    o = right_after(h, 1, "unmute", 3, &n);
    assert_int_equal(n, 0); /* only asked */
    o = right_after(h, 3, "unmute", 0, &n);
    assert_true(n == 1 && o->may_send);
    right_after(h, 1, "mute-all", 0, &n);
    assert_int_equal(n, 3);
    right_after(h, 2, "unmute", 0, &n);
    o = right_after(h, 1, "release", 3, &n);
    assert_int_equal(n, 0); /* muted anyhow */
    /* At once, on disk or not. */
    h->slow_disk = true;
    o = right_after(h, 1, "mute", 2, &n);
    assert_true(n == 1 && !o->may_send);
    h->slow_disk = false;
    house_say(h, 1, "{\"kind\":\"do\",\"id\":1,\"verb\":\"pin\",\"who\":4}");
    assert_true(house_order(h, ORDER_PEER_PIN)->pinned);
    house_say(h, 1, "{\"kind\":\"do\",\"id\":1,\"verb\":\"open-both\",\"who\":4}");
    assert_true(house_order(h, ORDER_PEER_BOTH)->both);
    house_say(h, 1, "{\"kind\":\"do\",\"id\":1,\"verb\":\"close-both\",\"who\":4}");
    assert_false(house_order(h, ORDER_PEER_BOTH)->both);
    house_say(h, 1, "{\"kind\":\"do\",\"id\":1,\"verb\":\"remove\",\"who\":3}");
    assert_int_equal(house_order(h, ORDER_PEER_REMOVE)->peer, trainee);
    house_close(h);
}

static void fact(struct house *h, const struct media_fact *f, int worker)
{
    desk_fact(h->desk, worker, f, h->now_us);
    house_drain(h);
}

static void away_keeps_its_sound(void **state)
{
    (void)state;
    struct house *h = lecture();
    offer(h, 2, 'a', 1);
    uint32_t peer = house_order(h, ORDER_PEER_ADD)->peer, session = house_order(h, ORDER_PEER_ADD)->session;
    house_hang_up(h, 2);
    assert_int_equal(h->order_count, 2);
    house_hello(h, 12, token[2], 0);
    offer(h, 12, 'b', 1);
    assert_int_equal(house_order(h, ORDER_PEER_RESTART)->peer, peer);
    /* Its link is dead: forgotten, the session closes for want of peers, the next offer starts anew. */
    fact(h, &(struct media_fact){.kind = FACT_PEER_DOWN, .session = session, .peer = peer}, 1);
    assert_int_equal(house_order_count(h, ORDER_SESSION_CLOSE), 0); /* another worker cannot say so */
    fact(h, &(struct media_fact){.kind = FACT_PEER_DOWN, .session = session, .peer = peer}, 0);
    assert_int_equal(house_order_count(h, ORDER_PEER_REMOVE), 0);
    assert_int_equal(house_order_count(h, ORDER_SESSION_CLOSE), 1);
    fact(h, &(struct media_fact){.kind = FACT_PEER_UP, .session = session, .peer = peer}, 0); /* too late */
    offer(h, 12, 'b', 1);
    assert_int_equal(house_order_count(h, ORDER_SESSION_OPEN), 2);
    assert_true(house_order(h, ORDER_SESSION_OPEN)->session != session);
    house_say(h, 1, "{\"kind\":\"do\",\"id\":1,\"verb\":\"end\"}");
    assert_int_equal(house_order_count(h, ORDER_SESSION_CLOSE), 2);
    house_close(h);
}

static int64_t page_media(struct house *h, uint32_t page, const char *rest)
{
    house_say(h, 2, "{\"kind\":\"do\",\"id\":1,\"verb\":\"page\",\"deck\":\"d1\",\"page\":%u%s}", page, rest);
    json_t *events = house_heard(h, 3, "events");
    json_t *list = json_object_get(events, "events");
    json_t *e = json_array_get(list, json_array_size(list) - 1);
    assert_int_equal(house_number(e, "page"), page);
    int64_t media = house_number(e, "media");
    json_decref(events);
    return media;
}

static void pages_carry_media_time(void **state)
{
    (void)state;
    struct house *h = lecture();
    const int64_t now = 10 * SAMPLES_PER_S;
    assert_int_equal(page_media(h, 1, ",\"rtp\":123"), now); /* he sends no sound */
    offer(h, 2, 'a', 1);
    uint32_t peer = house_order(h, ORDER_PEER_ADD)->peer;
    assert_int_equal(page_media(h, 2, ",\"rtp\":123"), now); /* none has come yet */
    struct media_fact run = {.kind = FACT_RUN, .peer = peer, .run = {4294967000u, now - 4800}};
    fact(h, &run, 0);
    assert_int_equal(page_media(h, 3, ",\"rtp\":4294967000"), now - 4800);
    assert_int_equal(page_media(h, 4, ",\"rtp\":1704"), now - 2800); /* over the wrap of RTP time */
    assert_int_equal(page_media(h, 5, ",\"rtp\":2000000000"), now);  /* not to be believed */
    assert_int_equal(page_media(h, 6, ""), now);
    house_close(h);
}

static void signals(void **state)
{
    (void)state;
    struct house *h = lecture();
    offer(h, 2, 'a', 1);
    uint32_t session = house_order(h, ORDER_SESSION_OPEN)->session;
    struct media_fact speaking = {.kind = FACT_SPEAKING, .session = session, .speaking = {{2, 4}, 2}};
    fact(h, &speaking, 0);
    for (uint32_t i = 1; i <= 4; i++) {
        json_t *s = house_heard(h, i, "speaking");
        assert_int_equal(json_array_size(json_object_get(s, "who")), 2);
        json_decref(s);
    }
    char late[64];
    house_link(h, id, "trainee", "Late", NULL, late);
    house_hello(h, 9, late, 0); /* a latecomer is told who speaks already */
    assert_int_equal(house_heard_count(h, 9, "speaking"), 1);
    speaking.speaking.count = 1000; /* never further than there is */
    fact(h, &speaking, 0);
    fact(h, &speaking, 1);
    assert_int_equal(house_heard_count(h, 1, "speaking"), 2);
    house_say(h, 2, "{\"kind\":\"pointer\",\"deck\":\"d1\",\"page\":3,\"x\":0.25,\"y\":0.5}");
    json_t *p = house_heard(h, 3, "pointer");
    assert_int_equal(house_number(p, "who"), 2);
    assert_int_equal(house_number(p, "media"), 10 * SAMPLES_PER_S);
    json_decref(p);
    assert_int_equal(house_heard_count(h, 2, "pointer"), 0);
    house_say(h, 3, "{\"kind\":\"pointer\",\"deck\":\"d1\",\"page\":3,\"x\":0.25,\"y\":0.5}");
    assert_int_equal(house_heard_count(h, 3, "refused"), 1);
    for (int i = 0; i < 120; i++) { /* sixty a second are thinned to thirty, and the sender stays */
        house_say(h, 2, "{\"kind\":\"pointer\",\"deck\":\"d1\",\"page\":3}");
        house_wait(h, US_PER_S / 60);
    }
    assert_in_range(house_heard_count(h, 1, "pointer"), 55, 80);
    assert_false(h->heard[2].closed);
    house_close(h);
}

/* Sessions go to the worker with the fewest peers, and all peers of one to the same. */
static void workers_are_shared(void **state)
{
    (void)state;
    struct house *h = lecture();
    offer(h, 2, 'a', 1);
    offer(h, 3, 'b', 2);
    char other[64];
    house_session(h, id);
    house_link(h, id, "chair", "Eva", NULL, other);
    house_hello(h, 9, other, 0);
    offer(h, 9, 'c', 3);
    assert_int_equal(h->order_workers[0], 0);
    assert_int_equal(h->order_workers[2], 0);
    assert_int_equal(h->order_workers[h->order_count - 1], 1);
    house_close(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(offers_are_answered),
        cmocka_unit_test(restarts_and_new_peers),
        cmocka_unit_test(bad_offers),
        cmocka_unit_test(rights_follow_the_floor),
        cmocka_unit_test(away_keeps_its_sound),
        cmocka_unit_test(pages_carry_media_time),
        cmocka_unit_test(signals),
        cmocka_unit_test(workers_are_shared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
