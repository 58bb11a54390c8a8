#include "link/ice_message.h"

#include <string.h>

#include "link/crypto.h"

static void copy_text(char *to, size_t capacity, const char *from)
{
    size_t n = strnlen(from, capacity - 1);
    memcpy(to, from, n);
    memset(to + n, 0, capacity - n);
}

struct ice_credentials ice_credentials(const char *ufrag, const char *pwd)
{
    struct ice_credentials c;
    copy_text(c.ufrag, sizeof c.ufrag, ufrag);
    copy_text(c.pwd, sizeof c.pwd, pwd);
    return c;
}

enum err ice_seal(const struct stun_message *message, const char *pwd, struct ice_datagram *ret_datagram)
{
    uint8_t tag[STUN_TAG_BYTES];
    size_t len = 0;
    ret_datagram->len = 0;
    enum err e = stun_write(message, true, ret_datagram->bytes, sizeof ret_datagram->bytes, &len);
    if (!e)
        e = crypto_hmac_sha1(pwd, strlen(pwd), ret_datagram->bytes, len, NULL, 0, tag);
    if (!e)
        e = stun_close(ret_datagram->bytes, sizeof ret_datagram->bytes, &len, tag);
    if (!e)
        ret_datagram->len = len;
    return e;
}

enum err ice_check_seal(const uint8_t *bytes, const struct stun_message *message, const char *pwd)
{
    struct stun_covered covered;
    uint8_t tag[STUN_TAG_BYTES];
    enum err e = stun_covered(bytes, message, &covered);
    if (!e)
        e = crypto_hmac_sha1(pwd, strlen(pwd), covered.header, sizeof covered.header, covered.attributes,
                             covered.attributes_len, tag);
    if (e)
        return e;
    return crypto_equal(tag, message->tag, sizeof tag) ? ERR_NONE : ERR_AUTH;
}

bool ice_datagram_take(struct ice_datagram *d, struct address *ret_to, uint8_t *bytes, size_t *ret_len)
{
    if (!d->len)
        return false;
    *ret_to = d->to;
    *ret_len = d->len;
    memcpy(bytes, d->bytes, d->len);
    d->len = 0;
    return true;
}
