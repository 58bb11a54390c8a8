#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "link/dtls.h"

#define QUEUE_MAX 64

/* One direction: datagrams under way, and which of them are lost. */
struct pipe {
    uint8_t bytes[QUEUE_MAX][LINK_DATAGRAM_MAX];
    size_t len[QUEUE_MAX];
    size_t count;
    unsigned sent;     /* all so far */
    uint64_t loss;     /* bit n: the nth datagram is lost */
    bool swap, repeat; /* deliver backwards; deliver twice */
};

struct shaking {
    struct link_identity *client_id, *server_id;
    struct dtls *client, *server;
    struct pipe up, down;
    point_us now_us;
};

static struct shaking *shaking_new(bool right_client, bool right_server)
{
    struct shaking *s = calloc(1, sizeof *s);
    uint8_t client[LINK_FINGERPRINT_LEN], server[LINK_FINGERPRINT_LEN];
    assert_non_null(s);
    assert_int_equal(link_identity_create(&s->client_id), ERR_NONE);
    assert_int_equal(link_identity_create(&s->server_id), ERR_NONE);
    link_identity_fingerprint(s->client_id, client);
    link_identity_fingerprint(s->server_id, server);
    client[3] ^= right_client ? 0 : 1;
    server[3] ^= right_server ? 0 : 1;
    assert_int_equal(dtls_create(s->client_id, DTLS_CLIENT, server, &s->client), ERR_NONE);
    assert_int_equal(dtls_create(s->server_id, DTLS_SERVER, client, &s->server), ERR_NONE);
    return s;
}

static void shaking_end(struct shaking *s)
{
    dtls_destroy(s->client);
    dtls_destroy(s->server);
    link_identity_destroy(s->client_id);
    link_identity_destroy(s->server_id);
    free(s);
}

static void drain(struct dtls *d, struct pipe *p)
{
    uint8_t bytes[DTLS_MTU];
    size_t len;
    while (dtls_output(d, bytes, &len)) {
        bool lost = p->sent < 64 && (p->loss >> p->sent) & 1;
        p->sent++;
        for (int times = 0; !lost && times < (p->repeat ? 2 : 1); times++) {
            assert_in_range(p->count, 0, QUEUE_MAX - 1);
            memcpy(p->bytes[p->count], bytes, len);
            p->len[p->count++] = len;
        }
    }
}

static enum err deliver(struct pipe *p, struct dtls *d, point_us now_us)
{
    enum err worst = ERR_NONE;
    for (size_t i = 0; i < p->count; i++) {
        size_t at = p->swap ? p->count - 1 - i : i;
        enum err e = dtls_input(d, p->bytes[at], p->len[at], now_us);
        worst = worst ? worst : e;
    }
    p->count = 0;
    return worst;
}

/* Goes on until both are done, something fails, or time is up; steps from deadline to deadline. */
static enum err shake_hands(struct shaking *s, point_us until_us)
{
    enum err e = dtls_start(s->client, s->now_us);
    if (!e)
        e = dtls_start(s->server, s->now_us);
    while (!e && !(dtls_is_done(s->client) && dtls_is_done(s->server)) && s->now_us < until_us) {
        drain(s->client, &s->up);
        e = deliver(&s->up, s->server, s->now_us);
        drain(s->server, &s->down);
        enum err other = deliver(&s->down, s->client, s->now_us);
        e = e ? e : other;
        drain(s->client, &s->up);
        if (e || s->up.count || (dtls_is_done(s->client) && dtls_is_done(s->server)))
            continue;
        s->now_us = earlier_us(dtls_deadline(s->client), dtls_deadline(s->server));
        e = dtls_expire(s->client, s->now_us);
        other = dtls_expire(s->server, s->now_us);
        e = e ? e : other;
    }
    return e;
}

static void assert_same_keys(struct shaking *s)
{
    struct dtls_keys c, r;
    assert_true(dtls_take_keys(s->client, &c));
    assert_true(dtls_take_keys(s->server, &r));
    assert_int_equal(c.profile, SRTP_PROFILE_GCM_128);
    assert_int_equal(r.profile, SRTP_PROFILE_GCM_128);
    assert_memory_equal(c.our_key, r.their_key, 16);
    assert_memory_equal(c.their_key, r.our_key, 16);
    assert_memory_equal(c.our_salt, r.their_salt, 12);
    assert_memory_equal(c.their_salt, r.our_salt, 12);
    assert_memory_not_equal(c.our_key, c.their_key, 16);
    assert_false(dtls_take_keys(s->client, &c)); /* once */
    assert_true(dtls_is_done(s->client));
}

static const struct {
    int row;
    uint64_t lost_up, lost_down;
    bool swap, repeat;
    point_us within_us;
} lines[] = {
    {1, 0, 0, false, false, 1},
    {2, 0, 0, true, false, 2 * US_PER_S},
    {3, 0, 0, false, true, 1},
    {4, 0x1, 0, false, false, 101 * US_PER_MS}, /* hello lost */
    {5, 0, 0x1, false, false, 101 * US_PER_MS}, /* answer lost */
    {6, 0x2, 0, false, false, 101 * US_PER_MS}, /* client's last flight lost */
    {7, 0, 0x2, false, false, 101 * US_PER_MS}, /* server's last flight lost */
    {8, 0, 0x3e, false, false, 4 * US_PER_S},   /* five times */
    {9, 0x1f, 0x1f, false, false, 8 * US_PER_S},
    {10, 0x555, 0x555, true, true, 16 * US_PER_S},
    {11, 0x3, 0x7, false, true, 8 * US_PER_S},
};

static void hands_are_shaken_over_bad_lines(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct shaking *s = shaking_new(true, true);
        s->up = (struct pipe){.loss = lines[i].lost_up, .swap = lines[i].swap, .repeat = lines[i].repeat};
        s->down = (struct pipe){.loss = lines[i].lost_down, .swap = lines[i].swap, .repeat = lines[i].repeat};
        enum err e = shake_hands(s, DTLS_GIVE_UP_US);
        if (e || s->now_us > lines[i].within_us)
            fail_msg("row %d: %s after %lld us", lines[i].row, err_text(e), (long long)s->now_us);
        assert_same_keys(s);
        shaking_end(s);
    }
}

static void a_wrong_certificate_is_refused_by_either_side(void **state)
{
    (void)state;
    for (int right = 0; right < 3; right++) { /* neither, client's, server's */
        struct shaking *s = shaking_new(right == 1, right == 2);
        uint8_t bytes[1] = {22};
        assert_int_equal(shake_hands(s, DTLS_GIVE_UP_US), ERR_FINGERPRINT);
        assert_false(dtls_is_done(s->server));
        struct dtls_keys k;
        assert_false(dtls_take_keys(s->server, &k));
        /* The other is told: one alert. */
        drain(right == 2 ? s->server : s->client, right == 2 ? &s->down : &s->up);
        enum err told = right == 2 ? dtls_input(s->client, bytes, 1, 0) : deliver(&s->up, s->server, 0);
        assert_int_equal(told, right == 2 ? ERR_STALE : ERR_HANDSHAKE);
        shaking_end(s);
    }
}

static void silence_is_given_up_after_20_s(void **state)
{
    (void)state;
    struct shaking *s = shaking_new(true, true);
    s->up.loss = UINT64_MAX;
    assert_int_equal(shake_hands(s, INT64_MAX), ERR_TIMEOUT);
    assert_int_equal(s->now_us, DTLS_GIVE_UP_US);
    assert_in_range(s->up.sent, 8, 12); /* 0, 0.1, 0.3 ... 6.3, then each 3.2 s */
    assert_int_equal(dtls_deadline(s->client), NEVER_US);
    assert_int_equal(dtls_input(s->client, (const uint8_t *)"\x16", 1, s->now_us), ERR_STALE);
    shaking_end(s);
}

static void openssl_is_let_go_after_10_s(void **state)
{
    (void)state;
    struct shaking *s = shaking_new(true, true);
    uint8_t late[1] = {22}, bytes[DTLS_MTU];
    size_t len;
    assert_int_equal(shake_hands(s, DTLS_GIVE_UP_US), ERR_NONE);
    assert_int_equal(dtls_deadline(s->server), DTLS_KEEP_US);
    assert_int_equal(dtls_expire(s->server, DTLS_KEEP_US), ERR_NONE);
    assert_int_equal(dtls_deadline(s->server), NEVER_US);
    assert_int_equal(dtls_input(s->server, late, sizeof late, DTLS_KEEP_US), ERR_STALE);
    assert_false(dtls_output(s->server, bytes, &len));
    assert_same_keys(s); /* still to be had */
    shaking_end(s);
}

/* Late repeats are answered, but never so often that two sides could keep each other busy. */
static void repeats_after_done_are_answered_slowly(void **state)
{
    (void)state;
    struct shaking *s = shaking_new(true, true);
    uint8_t forged[14] = {22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 9, 0, 1, 0}, bytes[DTLS_MTU];
    size_t len, answers = 0;
    assert_int_equal(shake_hands(s, DTLS_GIVE_UP_US), ERR_NONE);
    drain(s->server, &s->down);
    for (point_us t = 0; t < 1000 * US_PER_MS; t += US_PER_MS) {
        assert_int_equal(dtls_input(s->server, forged, sizeof forged, t), ERR_NONE);
        while (dtls_output(s->server, bytes, &len))
            answers++;
        assert_int_equal(dtls_input(s->client, forged, sizeof forged, t), ERR_NONE);
        assert_false(dtls_output(s->client, bytes, &len));
    }
    assert_in_range(answers, 1, 21);
    shaking_end(s);
}

static void rubbish_does_no_harm(void **state)
{
    (void)state;
    struct shaking *s = shaking_new(true, true);
    uint64_t x = 3;
    assert_int_equal(dtls_start(s->server, 0), ERR_NONE);
    for (int i = 0; i < 2000; i++) {
        uint8_t bytes[40];
        for (size_t n = 0; n < sizeof bytes; n++) {
            x = x * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            bytes[n] = (uint8_t)(x >> 40);
        }
        bytes[0] = (uint8_t)(20 + i % 44);
        assert_int_equal(dtls_input(s->server, bytes, 1 + (size_t)i % sizeof bytes, 0), ERR_NONE);
    }
    assert_int_equal(dtls_input(s->server, NULL, 0, 0), ERR_SHORT);
    assert_int_equal(shake_hands(s, DTLS_GIVE_UP_US), ERR_NONE);
    shaking_end(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hands_are_shaken_over_bad_lines),
        cmocka_unit_test(a_wrong_certificate_is_refused_by_either_side),
        cmocka_unit_test(silence_is_given_up_after_20_s),
        cmocka_unit_test(openssl_is_let_go_after_10_s),
        cmocka_unit_test(repeats_after_done_are_answered_slowly),
        cmocka_unit_test(rubbish_does_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
