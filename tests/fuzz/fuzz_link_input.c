/* A relay's link gets datagrams and time. Each step: what it is, the port it comes from, two bytes of length,
 * so many bytes. Without the password nothing is learned, answered or moved. */
#include <string.h>

#include "base/cursor.h"
#include "fuzz.h"
#include "link/crypto.h"
#include "link/link.h"
#include "wire/stun.h"

enum { STEP_RAW, STEP_SEALED, STEP_CHECK, STEP_TIME, STEP_RESTART, STEPS };

#define PWD "relay-password-of-22-chars"

struct run {
    struct link *l;
    point_us now_us;
    int known; /* something was sealed with the password */
};

static void fill(void *state, uint8_t *bytes, size_t len)
{
    (void)state;
    memset(bytes, 7, len);
}

static const struct link_identity *identity(void)
{
    static struct link_identity *one;
    if (!one)
        PROMISE(link_identity_create(&one) == ERR_NONE);
    return one;
}

/* A check whose attributes after USERNAME are the fuzzer's, with the right seal. */
static size_t sealed(const uint8_t *bytes, size_t len, int plain_check, uint8_t out[LINK_DATAGRAM_MAX])
{
    const struct stun_message m = {.kind = STUN_REQUEST,
                                   .username = {"relay:peer", 10},
                                   .has_priority = plain_check,
                                   .controlling = plain_check,
                                   .use_candidate = plain_check && len & 1};
    uint8_t tag[STUN_TAG_BYTES];
    size_t n = 0, extra = plain_check ? 0 : len / 4 * 4;
    extra = extra < 1000 ? extra : 1000;
    PROMISE(stun_write(&m, true, out, LINK_DATAGRAM_MAX, &n) == ERR_NONE);
    if (extra)
        memcpy(out + n, bytes, extra);
    n += extra;
    size_t length = n - STUN_HEADER_BYTES + 4 + STUN_TAG_BYTES;
    out[2] = (uint8_t)(length >> 8);
    out[3] = (uint8_t)length;
    PROMISE(crypto_hmac_sha1(PWD, strlen(PWD), out, n, NULL, 0, tag) == ERR_NONE);
    PROMISE(stun_close(out, LINK_DATAGRAM_MAX, &n, tag) == ERR_NONE);
    return n;
}

static void drain(struct run *r)
{
    uint8_t out[LINK_DATAGRAM_MAX];
    struct address to;
    size_t len;
    for (int n = 0; link_output(r->l, &to, out, &len); n++)
        PROMISE(r->known && len <= LINK_DATAGRAM_MAX && n < 16);
    PROMISE(r->known || !link_path(r->l));
    PROMISE(!link_is_up(r->l) && !link_address(r->l, 8));
}

static enum err step(struct run *r, uint8_t what, uint8_t port, const uint8_t *bytes, size_t len)
{
    static const uint8_t ip[4] = {192, 0, 2, 1};
    const struct address from = address_v4(ip, port);
    uint8_t datagram[LINK_DATAGRAM_MAX];
    enum link_input news;
    size_t n = len < sizeof datagram ? len : sizeof datagram;
    switch (what % STEPS) {
    case STEP_TIME:
        r->now_us += (point_us)port * 50 * US_PER_MS;
        return link_deadline(r->l) <= r->now_us ? link_expire(r->l, r->now_us) : ERR_NONE;
    case STEP_RESTART:
        link_restart_ice(r->l, "relay", PWD, "peer", "x", NULL, r->now_us);
        return ERR_NONE;
    case STEP_SEALED:
    case STEP_CHECK:
        n = sealed(bytes, len, what % STEPS == STEP_CHECK, datagram);
        r->known = 1;
        break;
    default:
        if (n)
            memcpy(datagram, bytes, n);
    }
    return link_input(r->l, &from, datagram, &n, r->now_us, &news);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    const struct entropy entropy = {.fill = fill};
    const struct link_config config = {.side = LINK_RELAY,
                                       .identity = identity(),
                                       .local_ufrag = "relay",
                                       .local_pwd = PWD,
                                       .remote_ufrag = "peer",
                                       .remote_pwd = "x"};
    struct reader in = reader_on(bytes, len);
    struct run r = {0};
    enum err e = ERR_NONE;
    PROMISE(link_create(&config, &entropy, 0, &r.l) == ERR_NONE);
    for (int steps = 0; steps < 100 && err_class(e) != ERR_CLASS_LINK_DEAD && reader_left(&in) >= 4;
         steps++) {
        uint8_t what = read_u8(&in), port = read_u8(&in);
        size_t n = read_u16(&in);
        n = n < reader_left(&in) ? n : reader_left(&in);
        e = step(&r, what, port, read_bytes(&in, n), n);
        PROMISE(err_class(e) != ERR_CLASS_BUG);
        drain(&r);
    }
    link_destroy(r.l);
    return 0;
}
