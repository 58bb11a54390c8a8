/* Raw bytes are never unsealed; what is a packet and gets sealed comes out the same, once. First byte:
 * profile and plane. */
#include <string.h>

#include "base/errors.h"
#include "fuzz.h"
#include "link/link.h"
#include "link/srtp.h"

struct ends {
    struct srtp_sender *s;
    struct srtp_receiver *r;
    int rtcp;
};

static struct ends open_ends(uint8_t choice)
{
    static const enum srtp_profile profiles[] = {SRTP_PROFILE_GCM_128, SRTP_PROFILE_GCM_256,
                                                 SRTP_PROFILE_CM_SHA1_80};
    static const uint8_t key[SRTP_KEY_MAX] = {1}, salt[SRTP_SALT_MAX] = {2};
    enum srtp_profile profile = profiles[choice % 3];
    struct ends e = {.rtcp = choice & 0x80};
    PROMISE(srtp_sender_create(profile, key, salt, &e.s) == ERR_NONE);
    PROMISE(srtp_receiver_create(profile, key, salt, &e.r) == ERR_NONE);
    return e;
}

static enum err unseal(struct ends *e, uint8_t *packet, size_t *len)
{
    return e->rtcp ? srtp_unseal_rtcp(e->r, packet, len) : srtp_unseal_rtp(e->r, packet, len);
}

static enum err seal(struct ends *e, uint8_t *packet, size_t *len)
{
    uint64_t sequence = *len >= 4 ? (uint64_t)(packet[2] << 8 | packet[3]) : 0;
    return e->rtcp ? srtp_seal_rtcp(e->s, packet, len) : srtp_seal_rtp(e->s, packet, len, sequence);
}

static void raw_is_dropped(struct ends *e, const uint8_t *bytes, size_t len)
{
    uint8_t *exact = malloc(len ? len : 1);
    size_t n = len;
    PROMISE(exact != NULL);
    if (len)
        memcpy(exact, bytes, len);
    PROMISE(err_class(unseal(e, exact, &n)) == ERR_CLASS_DROP && n == len);
    free(exact);
}

static void sealed_is_unsealed_once(struct ends *e, const uint8_t *bytes, size_t len)
{
    uint8_t packet[LINK_DATAGRAM_MAX + LINK_SEAL_OVERHEAD], copy[sizeof packet];
    size_t n = len < LINK_DATAGRAM_MAX ? len : LINK_DATAGRAM_MAX, plain = n;
    memcpy(packet, bytes, n);
    if (seal(e, packet, &n))
        return;
    size_t again = n;
    memcpy(copy, packet, n);
    PROMISE(unseal(e, packet, &n) == ERR_NONE);
    PROMISE(n == plain && memcmp(packet, bytes, plain) == 0);
    PROMISE(unseal(e, copy, &again) == ERR_REPLAY);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    if (!len)
        return 0;
    struct ends e = open_ends(bytes[0]);
    raw_is_dropped(&e, bytes + 1, len - 1);
    sealed_is_unsealed_once(&e, bytes + 1, len - 1);
    srtp_sender_destroy(e.s);
    srtp_receiver_destroy(e.r);
    return 0;
}
