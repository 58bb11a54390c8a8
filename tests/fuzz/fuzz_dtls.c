/* A server gets datagrams: each two bytes of length, then so many bytes. */
#include "base/cursor.h"
#include "fuzz.h"
#include "link/dtls.h"

static const struct link_identity *identity(void)
{
    static struct link_identity *one; /* dear to make */
    if (!one)
        PROMISE(link_identity_create(&one) == ERR_NONE);
    return one;
}

static void drain(struct dtls *d)
{
    uint8_t out[DTLS_MTU];
    size_t len;
    for (int n = 0; dtls_output(d, out, &len); n++)
        PROMISE(len <= DTLS_MTU && n < DTLS_FLIGHT_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static const uint8_t fingerprint[LINK_FINGERPRINT_LEN];
    struct reader r = reader_on(bytes, len);
    struct dtls *d = NULL;
    point_us now_us = 0;
    enum err e = ERR_NONE;
    PROMISE(dtls_create(identity(), DTLS_SERVER, fingerprint, &d) == ERR_NONE);
    while (!e && reader_left(&r) > 2) {
        size_t n = read_u16(&r);
        n = n < reader_left(&r) ? n : reader_left(&r);
        const uint8_t *datagram = read_bytes(&r, n);
        e = dtls_input(d, datagram, n, now_us);
        drain(d);
        PROMISE(err_class(e) != ERR_CLASS_BUG && e != ERR_FINGERPRINT);
        e = err_class(e) == ERR_CLASS_DROP ? ERR_NONE : e;
        now_us = now_us + 60000;
        if (dtls_deadline(d) <= now_us)
            PROMISE(dtls_expire(d, now_us) == ERR_NONE || now_us >= DTLS_GIVE_UP_US);
        drain(d);
    }
    PROMISE(!dtls_is_done(d)); /* nobody guesses a certificate */
    dtls_destroy(d);
    return 0;
}
