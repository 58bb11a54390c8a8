/* Our DTLS server before others' clients: a recorded browser, and OpenSSL by itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "hex.h"
#include "link/dtls.h"
#include "link/identity.h"

struct ends {
    struct link_identity *client_id, *server_id;
    struct dtls *server;
};

static struct ends ends_new(void)
{
    struct ends s = {0};
    uint8_t client[LINK_FINGERPRINT_LEN];
    assert_int_equal(link_identity_create(&s.client_id), ERR_NONE);
    assert_int_equal(link_identity_create(&s.server_id), ERR_NONE);
    link_identity_fingerprint(s.client_id, client);
    assert_int_equal(dtls_create(s.server_id, DTLS_SERVER, client, &s.server), ERR_NONE);
    return s;
}

static void ends_end(struct ends *s)
{
    dtls_destroy(s->server);
    link_identity_destroy(s->client_id);
    link_identity_destroy(s->server_id);
}

/* --- a browser's hello: 1413 bytes in two datagrams, our favourite profile last --- */

static size_t read_hello(uint8_t hello[2][LINK_DATAGRAM_MAX], size_t len[2])
{
    static char line[2 * LINK_DATAGRAM_MAX + 4];
    FILE *f = fopen(VECTORS "/chromium-156-clienthello-two-datagrams.hex", "r");
    size_t n = 0;
    assert_non_null(f);
    while (n < 2 && fgets(line, sizeof line, f)) {
        len[n] = hex(line, hello[n], LINK_DATAGRAM_MAX);
        n++;
    }
    fclose(f);
    return n;
}

static bool holds(const uint8_t *bytes, size_t len, const char *what, size_t what_len)
{
    for (size_t i = 0; i + what_len <= len; i++)
        if (memcmp(bytes + i, what, what_len) == 0)
            return true;
    return false;
}

static void a_hello_in_two_datagrams_is_answered_in_either_order(void **state)
{
    (void)state;
    uint8_t hello[2][LINK_DATAGRAM_MAX], flight[DTLS_MTU];
    size_t len[2] = {0}, n = 0;
    assert_int_equal(read_hello(hello, len), 2);
    for (int first = 0; first < 2; first++) {
        struct ends s = ends_new();
        assert_int_equal(dtls_input(s.server, hello[first], len[first], 0), ERR_NONE);
        assert_false(dtls_output(s.server, flight, &n));
        assert_int_equal(dtls_input(s.server, hello[1 - first], len[1 - first], 0), ERR_NONE);
        assert_true(dtls_output(s.server, flight, &n));
        assert_int_equal(flight[0], 22); /* handshake */
        assert_int_equal(flight[13], 2); /* ServerHello */
        assert_int_equal(flight[25], 0xfe);
        assert_int_equal(flight[26], 0xfd); /* DTLS 1.2 */
        /* use_srtp with AEAD_AES_128_GCM, which the browser named last */
        assert_true(holds(flight, n, "\x00\x0e\x00\x05\x00\x02\x00\x07\x00", 9));
        ends_end(&s);
    }
}

/* --- another OpenSSL as the client: its own timer, glued datagrams --- */

struct foreign {
    SSL_CTX *ctx;
    SSL *ssl;
    BIO *in, *out;
};

static int accept_any(X509_STORE_CTX *store, void *unused)
{
    (void)store, (void)unused;
    return 1;
}

static struct foreign foreign_new(struct link_identity *id, const char *profiles)
{
    struct foreign f = {
        .ctx = SSL_CTX_new(DTLS_client_method()), .in = BIO_new(BIO_s_mem()), .out = BIO_new(BIO_s_mem())};
    assert_non_null(f.ctx);
    if (profiles)
        assert_int_equal(SSL_CTX_set_tlsext_use_srtp(f.ctx, profiles), 0);
    assert_int_equal(SSL_CTX_use_certificate(f.ctx, SSL_CTX_get0_certificate(id->ssl)), 1);
    assert_int_equal(SSL_CTX_use_PrivateKey(f.ctx, SSL_CTX_get0_privatekey(id->ssl)), 1);
    SSL_CTX_set_verify(f.ctx, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_cert_verify_callback(f.ctx, accept_any, NULL);
    f.ssl = SSL_new(f.ctx);
    BIO_set_mem_eof_return(f.in, -1);
    SSL_set_bio(f.ssl, f.in, f.out);
    SSL_set_options(f.ssl, SSL_OP_NO_QUERY_MTU);
    SSL_set_mtu(f.ssl, 1200);
    SSL_set_connect_state(f.ssl);
    return f;
}

static void foreign_end(struct foreign *f)
{
    SSL_free(f->ssl);
    SSL_CTX_free(f->ctx);
}

static enum err foreign_to_server(struct foreign *f, struct dtls *server)
{
    uint8_t bytes[8000];
    int n = BIO_read(f->out, bytes, sizeof bytes);
    return n > 0 ? dtls_input(server, bytes, (size_t)n, 0) : ERR_NONE;
}

static enum err foreign_shakes(struct foreign *f, struct dtls *server)
{
    enum err e = ERR_NONE;
    for (int round = 0; !e && round < 6; round++) {
        uint8_t bytes[DTLS_MTU];
        size_t len;
        ERR_clear_error();
        (void)SSL_do_handshake(f->ssl);
        e = foreign_to_server(f, server);
        while (dtls_output(server, bytes, &len))
            BIO_write(f->in, bytes, (int)len);
    }
    return e;
}

static const struct {
    int row;
    const char *offers;
    enum err want;
    enum srtp_profile agreed;
} offers[] = {
    {1, "SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_256_GCM:SRTP_AEAD_AES_128_GCM", ERR_NONE, SRTP_PROFILE_GCM_128},
    {2, "SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_256_GCM", ERR_NONE, SRTP_PROFILE_GCM_256},
    {3, "SRTP_AES128_CM_SHA1_80", ERR_NONE, SRTP_PROFILE_CM_SHA1_80},
    {4, "SRTP_AES128_CM_SHA1_32", ERR_HANDSHAKE, 0},
    {5, NULL, ERR_HANDSHAKE, 0},
};

static void the_servers_choice_of_profile_wins(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof offers / sizeof offers[0]; i++) {
        struct ends s = ends_new();
        struct foreign f = foreign_new(s.client_id, offers[i].offers);
        enum err e = foreign_shakes(&f, s.server);
        if (e != offers[i].want)
            fail_msg("row %d: %s", offers[i].row, err_text(e));
        struct dtls_keys k;
        if (!e) {
            assert_true(dtls_take_keys(s.server, &k));
            assert_int_equal(k.profile, offers[i].agreed);
            assert_int_equal(SSL_get_selected_srtp_profile(f.ssl)->id, offers[i].agreed);
        }
        foreign_end(&f);
        ends_end(&s);
    }
}

static void close_notify_is_heard_and_data_is_not(void **state)
{
    (void)state;
    struct ends s = ends_new();
    struct foreign f = foreign_new(s.client_id, "SRTP_AEAD_AES_128_GCM");
    assert_int_equal(foreign_shakes(&f, s.server), ERR_NONE);
    assert_int_equal(SSL_write(f.ssl, "unwanted", 8), 8);
    assert_int_equal(foreign_to_server(&f, s.server), ERR_NONE);
    (void)SSL_shutdown(f.ssl);
    assert_int_equal(foreign_to_server(&f, s.server), ERR_CLOSED);
    assert_true(dtls_is_done(s.server)); /* the keys stand; what to make of it is the link's business */
    foreign_end(&f);
    ends_end(&s);
}

static unsigned int short_timer(SSL *ssl, unsigned int was)
{
    (void)ssl, (void)was;
    return 20000; /* us of real time: OpenSSL takes anything under 15 ms for over */
}

/* A browser repeats its last flight in new records, not in the same datagrams. */
static void a_repeat_in_new_records_is_answered(void **state)
{
    (void)state;
    struct ends s = ends_new();
    struct foreign f = foreign_new(s.client_id, "SRTP_AEAD_AES_128_GCM");
    DTLS_set_timer_cb(f.ssl, short_timer);
    uint8_t bytes[DTLS_MTU];
    size_t len;
    int lost = 0;
    for (int round = 0; round < 20 && !SSL_is_init_finished(f.ssl); round++) {
        const struct timespec longer = {.tv_nsec = 25 * 1000000};
        ERR_clear_error();
        (void)SSL_do_handshake(f.ssl);
        assert_int_equal(foreign_to_server(&f, s.server), ERR_NONE);
        bool answered = false;
        while (dtls_output(s.server, bytes, &len)) {
            answered = true;
            if (dtls_is_done(s.server) && lost < 3) /* the server's last flight, and its repeats */
                continue;
            BIO_write(f.in, bytes, (int)len);
        }
        lost += answered && dtls_is_done(s.server);
        if (dtls_is_done(s.server))
            nanosleep(&longer, NULL);
    }
    assert_true(SSL_is_init_finished(f.ssl));
    assert_in_range(lost, 4, 20);
    foreign_end(&f);
    ends_end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hello_in_two_datagrams_is_answered_in_either_order),
        cmocka_unit_test(the_servers_choice_of_profile_wins),
        cmocka_unit_test(close_notify_is_heard_and_data_is_not),
        cmocka_unit_test(a_repeat_in_new_records_is_answered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
