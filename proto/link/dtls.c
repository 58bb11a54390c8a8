#include "link/dtls.h"

#include <stdlib.h>
#include <string.h>

#include "link/crypto.h"
#include "link/dtls_flight.h"
#include "link/identity.h"

/* For OpenSSL's own timer: longer than any handshake of ours. */
#define OPENSSL_TIMER_US (3600u * 1000000u)

#define EXPORTER "EXTRACTOR-dtls_srtp" /* RFC 5764 §4.2 */

/* First bytes of records (RFC 5246 §6.2.1) that belong to a handshake. */
enum { RECORD_CHANGE_CIPHER_SPEC = 20, RECORD_HANDSHAKE = 22 };

enum state {
    STATE_IDLE,    /* not started */
    STATE_SHAKING, /* until the keys are there */
    STATE_DONE,    /* OpenSSL is kept to repeat the last flight and hear close_notify */
    STATE_OVER     /* OpenSSL is gone: after done, or because it failed */
};

struct dtls {
    enum dtls_role role;
    enum state state;
    SSL *ssl; /* NULL in STATE_OVER */
    uint8_t fingerprint[LINK_FINGERPRINT_LEN];
    bool wrong_certificate; /* seen by dtls_verify */
    const uint8_t *in;      /* the datagram OpenSSL may read, only during a call into it */
    size_t in_len;
    struct dtls_flight flight;
    point_us resend_us;  /* when the flight goes out again while shaking */
    span_us resend_span; /* and how long after that once more */
    point_us echo_us;    /* done: no answer to a repeat before this */
    point_us end_us;     /* shaking: giving up; done: letting OpenSSL go */
    bool done;           /* the keys were agreed, whatever came after */
    bool has_keys;       /* and not yet taken */
    struct dtls_keys keys;
};

/* --- OpenSSL's side: one datagram in, datagrams out, borders kept --- */

static int io_read(BIO *bio, char *to, int capacity)
{
    struct dtls *d = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    if (!d->in || capacity <= 0) {
        BIO_set_retry_read(bio);
        return -1;
    }
    size_t n = d->in_len < (size_t)capacity ? d->in_len : (size_t)capacity;
    memcpy(to, d->in, n);
    d->in = NULL;
    return (int)n;
}

static int io_write(BIO *bio, const char *from, int len)
{
    struct dtls *d = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    if (len > 0)
        dtls_flight_add(&d->flight, (const uint8_t *)from, (size_t)len);
    return len; /* what did not fit is lost, as on any network */
}

static long io_ctrl(BIO *bio, int what, long number, void *pointer)
{
    (void)bio, (void)number, (void)pointer;
    switch (what) {
    case BIO_CTRL_FLUSH:
        return 1;
    case BIO_CTRL_DGRAM_QUERY_MTU:
    case BIO_CTRL_DGRAM_GET_FALLBACK_MTU:
        return DTLS_MTU;
    default:
        return 0;
    }
}

BIO_METHOD *dtls_io_method(void)
{
    BIO_METHOD *m = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "aula datagrams");
    if (m) {
        BIO_meth_set_read(m, io_read);
        BIO_meth_set_write(m, io_write);
        BIO_meth_set_ctrl(m, io_ctrl);
    }
    return m;
}

static unsigned int far_timer(SSL *ssl, unsigned int was)
{
    (void)ssl, (void)was;
    return OPENSSL_TIMER_US;
}

int dtls_verify(X509_STORE_CTX *store, void *unused)
{
    (void)unused;
    uint8_t sum[EVP_MAX_MD_SIZE];
    unsigned int len = 0;
    SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    X509 *cert = X509_STORE_CTX_get0_cert(store);
    struct dtls *d = ssl ? SSL_get_app_data(ssl) : NULL;
    if (!d || !cert || !X509_digest(cert, EVP_sha256(), sum, &len) || len != LINK_FINGERPRINT_LEN)
        return 0;
    d->wrong_certificate = !crypto_equal(sum, d->fingerprint, LINK_FINGERPRINT_LEN);
    return !d->wrong_certificate;
}

static bool open_ssl(struct dtls *d, const struct link_identity *identity)
{
    d->ssl = SSL_new(identity->ssl);
    BIO *bio = d->ssl ? BIO_new(identity->io) : NULL;
    if (!bio)
        return false;
    BIO_set_data(bio, d);
    BIO_set_init(bio, 1);
    SSL_set_bio(d->ssl, bio, bio);
    SSL_set_app_data(d->ssl, d);
    DTLS_set_timer_cb(d->ssl, far_timer);
    if (d->role == DTLS_SERVER)
        SSL_set_accept_state(d->ssl);
    else
        SSL_set_connect_state(d->ssl);
    return SSL_set_mtu(d->ssl, DTLS_MTU) && DTLS_set_link_mtu(d->ssl, DTLS_MTU);
}

enum err dtls_create(const struct link_identity *identity, enum dtls_role role,
                     const uint8_t fingerprint[LINK_FINGERPRINT_LEN], struct dtls **ret_dtls)
{
    struct dtls *d = calloc(1, sizeof *d);
    if (!d)
        return ERR_MEMORY;
    d->role = role;
    memcpy(d->fingerprint, fingerprint, LINK_FINGERPRINT_LEN);
    ERR_clear_error();
    enum err e = dtls_flight_init(&d->flight);
    if (!e && !open_ssl(d, identity))
        e = ERR_SYSTEM;
    if (e) {
        dtls_destroy(d);
        return e;
    }
    *ret_dtls = d;
    return ERR_NONE;
}

void dtls_destroy(struct dtls *d)
{
    if (!d)
        return;
    SSL_free(d->ssl);
    dtls_flight_finish(&d->flight);
    crypto_wipe(&d->keys, sizeof d->keys);
    free(d);
}

/* --- our side --- */

/* OpenSSL goes; what it last wrote can still be drained. */
static enum err end_with(struct dtls *d, enum err e)
{
    SSL_free(d->ssl);
    d->ssl = NULL;
    d->state = STATE_OVER;
    return e;
}

/* Client key, server key, client salt, server salt, in the profile's lengths (RFC 5764 §4.2). */
static bool export_keys(struct dtls *d)
{
    uint8_t material[2 * (SRTP_KEY_MAX + SRTP_SALT_MAX)];
    const SRTP_PROTECTION_PROFILE *agreed = SSL_get_selected_srtp_profile(d->ssl);
    struct dtls_keys *k = &d->keys;
    if (!agreed)
        return false;
    k->profile = (enum srtp_profile)agreed->id;
    size_t key = srtp_key_len(k->profile), salt = srtp_salt_len(k->profile);
    if (!key || SSL_export_keying_material(d->ssl, material, 2 * (key + salt), EXPORTER, strlen(EXPORTER),
                                           NULL, 0, 0) != 1)
        return false;
    bool client = d->role == DTLS_CLIENT;
    const uint8_t *salts = material + 2 * key;
    memcpy(client ? k->our_key : k->their_key, material, key);
    memcpy(client ? k->their_key : k->our_key, material + key, key);
    memcpy(client ? k->our_salt : k->their_salt, salts, salt);
    memcpy(client ? k->their_salt : k->our_salt, salts + salt, salt);
    crypto_wipe(material, sizeof material);
    return true;
}

static enum err shake(struct dtls *d, point_us now_us)
{
    int result = SSL_do_handshake(d->ssl);
    if (result == 1) {
        if (!export_keys(d))
            return end_with(d, ERR_HANDSHAKE);
        d->done = d->has_keys = true;
        d->state = STATE_DONE;
        d->end_us = now_us + DTLS_KEEP_US;
        return ERR_NONE;
    }
    if (SSL_get_error(d->ssl, result) == SSL_ERROR_WANT_READ)
        return ERR_NONE;
    return end_with(d, d->wrong_certificate ? ERR_FINGERPRINT : ERR_HANDSHAKE);
}

/* After done: application data is nothing of ours; a repeated last flight makes OpenSSL repeat its own. */
static enum err hear(struct dtls *d)
{
    uint8_t unwanted[256];
    int n;
    do
        n = SSL_read(d->ssl, unwanted, sizeof unwanted);
    while (n > 0);
    if (SSL_get_error(d->ssl, n) == SSL_ERROR_WANT_READ)
        return ERR_NONE;
    if (SSL_get_shutdown(d->ssl) & SSL_RECEIVED_SHUTDOWN)
        return end_with(d, ERR_CLOSED);
    /* OpenSSL is at odds with itself; the keys are agreed, sound need not suffer. */
    return end_with(d, ERR_MALFORMED);
}

/* Calls into OpenSSL with a datagram to read or none, and sets the clock for what it wrote. */
static enum err call(struct dtls *d, const uint8_t *bytes, size_t len, point_us now_us)
{
    d->in = bytes;
    d->in_len = len;
    dtls_flight_open(&d->flight);
    ERR_clear_error();
    enum err e = d->state == STATE_DONE ? ERR_NONE : shake(d, now_us);
    if (!e && d->state == STATE_DONE)
        e = hear(d); /* also for what came behind the last handshake record in the same datagram */
    d->in = NULL;
    if (dtls_flight_is_new(&d->flight)) {
        d->resend_span = DTLS_RESEND_FIRST_US;
        d->resend_us = now_us + d->resend_span;
    }
    return e;
}

enum err dtls_start(struct dtls *d, point_us now_us)
{
    if (d->state != STATE_IDLE)
        return ERR_NONE;
    d->state = STATE_SHAKING;
    d->end_us = now_us + DTLS_GIVE_UP_US;
    return d->role == DTLS_CLIENT ? call(d, NULL, 0, now_us) : ERR_NONE;
}

/* Our flight was the last and the peer still repeats his, so ours was lost. OpenSSL answers only repeats in
 * new records; this answers the same datagram too. */
static void echo_last_flight(struct dtls *d, point_us now_us)
{
    if (d->role != DTLS_SERVER || dtls_flight_is_new(&d->flight) || now_us < d->echo_us)
        return;
    dtls_flight_rewind(&d->flight);
    d->echo_us = now_us + DTLS_ECHO_US;
}

enum err dtls_input(struct dtls *d, const uint8_t *bytes, size_t len, point_us now_us)
{
    if (d->state == STATE_OVER)
        return ERR_STALE;
    if (!len)
        return ERR_SHORT;
    enum err e = dtls_start(d, now_us);
    if (e)
        return e;
    bool was_done = d->state == STATE_DONE;
    e = call(d, bytes, len, now_us);
    if (!e && was_done && (bytes[0] == RECORD_HANDSHAKE || bytes[0] == RECORD_CHANGE_CIPHER_SPEC))
        echo_last_flight(d, now_us);
    return e;
}

bool dtls_output(struct dtls *d, uint8_t *bytes, size_t *ret_len)
{
    return dtls_flight_next(&d->flight, bytes, ret_len);
}

point_us dtls_deadline(const struct dtls *d)
{
    if (d->state == STATE_IDLE || d->state == STATE_OVER)
        return NEVER_US;
    if (d->state == STATE_SHAKING && d->flight.count)
        return earlier_us(d->resend_us, d->end_us);
    return d->end_us;
}

enum err dtls_expire(struct dtls *d, point_us now_us)
{
    if (d->state == STATE_IDLE || d->state == STATE_OVER)
        return ERR_NONE;
    if (now_us >= d->end_us) {
        bool done = d->state == STATE_DONE;
        dtls_flight_finish(&d->flight);
        return end_with(d, done ? ERR_NONE : ERR_TIMEOUT);
    }
    if (d->state == STATE_SHAKING && d->flight.count && now_us >= d->resend_us) {
        dtls_flight_rewind(&d->flight);
        d->resend_span = 2 * d->resend_span < DTLS_RESEND_LAST_US ? 2 * d->resend_span : DTLS_RESEND_LAST_US;
        d->resend_us = now_us + d->resend_span;
    }
    return ERR_NONE;
}

bool dtls_is_done(const struct dtls *d)
{
    return d->done;
}

bool dtls_take_keys(struct dtls *d, struct dtls_keys *ret_keys)
{
    if (!d->has_keys)
        return false;
    *ret_keys = d->keys;
    crypto_wipe(&d->keys, sizeof d->keys);
    d->has_keys = false;
    return true;
}
