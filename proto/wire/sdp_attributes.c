/* The attributes that mean the same at session and media level, read by one table. */
#include <string.h>

#include "wire/sdp_parts.h"

#define ICE_OTHERS      "+/" /* RFC 8839 §5.4: ice-char, beside letters and digits */
#define ONE_BYTE_ID_MAX 14   /* RFC 8285 §4.2: what we can write */

enum err sdp_fail(struct sdp_reading *r, enum err e, const char *why)
{
    r->why = why;
    return e;
}

static enum err read_ufrag(struct sdp_reading *r, struct sdp_text v)
{
    if (v.len < SDP_UFRAG_MIN || !sdp_is_made_of(v, ICE_OTHERS))
        return sdp_fail(r, ERR_MALFORMED,
                        "The description's ice-ufrag is too short or has characters ICE does not allow.");
    if (!sdp_copy(v, r->sdp.ufrag, SDP_UFRAG_MAX))
        return sdp_fail(r, ERR_LONG, "The description's ice-ufrag is longer than 32 characters.");
    return ERR_NONE;
}

static enum err read_pwd(struct sdp_reading *r, struct sdp_text v)
{
    if (v.len < SDP_PWD_MIN || !sdp_is_made_of(v, ICE_OTHERS))
        return sdp_fail(r, ERR_MALFORMED,
                        "The description's ice-pwd is too short or has characters ICE does not allow.");
    if (!sdp_copy(v, r->sdp.pwd, SDP_PWD_MAX))
        return sdp_fail(r, ERR_LONG, "The description's ice-pwd is longer than 64 characters.");
    return ERR_NONE;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    char small = (char)(c | 0x20);
    return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

/* "sha-256 AB:CD:…" (RFC 8122 §5); other hashes are passed over. */
static enum err read_fingerprint(struct sdp_reading *r, struct sdp_text v)
{
    if (!sdp_is(sdp_take_until(&v, ' '), "sha-256"))
        return ERR_NONE;
    bool good = v.len == SDP_FINGERPRINT_BYTES * 3 - 1;
    for (size_t i = 0; good && i < SDP_FINGERPRINT_BYTES; i++) {
        int high = hex_digit(v.at[3 * i]), low = hex_digit(v.at[3 * i + 1]);
        good = high >= 0 && low >= 0 && (i == SDP_FINGERPRINT_BYTES - 1 || v.at[3 * i + 2] == ':');
        if (good)
            r->sdp.fingerprint[i] = (uint8_t)(high << 4 | low);
    }
    if (!good)
        return sdp_fail(r, ERR_MALFORMED,
                        "The description's sha-256 fingerprint is not 32 bytes in hexadecimal.");
    r->has_fingerprint = true;
    return ERR_NONE;
}

static enum err read_setup(struct sdp_reading *r, struct sdp_text v)
{
    if (sdp_is(v, "actpass"))
        r->sdp.setup = SDP_SETUP_ACTPASS;
    else if (sdp_is(v, "active"))
        r->sdp.setup = SDP_SETUP_ACTIVE;
    else
        r->sdp.setup = sdp_is(v, "passive") ? SDP_SETUP_PASSIVE : SDP_SETUP_NONE;
    return ERR_NONE;
}

static bool direction_of(struct sdp_text t, enum sdp_direction *ret_direction)
{
    static const char *const words[] = {[SDP_INACTIVE] = "inactive",
                                        [SDP_SENDONLY] = "sendonly",
                                        [SDP_RECVONLY] = "recvonly",
                                        [SDP_SENDRECV] = "sendrecv"};
    for (unsigned i = 0; i < 4; i++) {
        if (sdp_is(t, words[i])) {
            *ret_direction = (enum sdp_direction)i;
            return true;
        }
    }
    return false;
}

/* "1/recvonly URI …" (RFC 8285 §8). Ids that one-byte elements cannot say are passed over, and so not
 * answered. */
static enum err read_extmap(struct sdp_reading *r, struct sdp_text v)
{
    struct sdp_extmap x = {.direction = SDP_SENDRECV};
    struct sdp_text head = sdp_take_until(&v, ' ');
    struct sdp_text uri = sdp_take_until(&v, ' ');
    struct sdp_text number = sdp_take_until(&head, '/');
    uint32_t id;
    if (!sdp_number(number, ONE_BYTE_ID_MAX, &id) || id == 0 ||
        (head.len && !direction_of(head, &x.direction)))
        return ERR_NONE;
    x.id = (uint8_t)id;
    if (sdp_is(uri, SDP_LEVEL_URI))
        r->sdp.level = x;
    else if (sdp_is(uri, SDP_MID_URI))
        r->sdp.mid = x;
    return ERR_NONE;
}

/* "1 1 udp 2130706431 192.0.2.1 8444 typ host" (RFC 8839 §5.1). What we cannot use is passed over. */
static enum err read_candidate(struct sdp_reading *r, struct sdp_text v)
{
    char ip[ADDRESS_TEXT_MAX];
    uint32_t port;
    sdp_take_until(&v, ' ');
    struct sdp_text component = sdp_take_until(&v, ' ');
    struct sdp_text transport = sdp_take_until(&v, ' ');
    sdp_take_until(&v, ' ');
    bool copied = sdp_copy(sdp_take_until(&v, ' '), ip, sizeof ip - 1);
    bool numbered = sdp_number(sdp_take_until(&v, ' '), UINT16_MAX, &port);
    if (!sdp_is(component, "1") || !sdp_is(transport, "udp") || !copied || !numbered || port == 0 ||
        !sdp_take_prefix(&v, "typ host") || r->sdp.candidate_count == SDP_CANDIDATES_MAX)
        return ERR_NONE;
    if (address_parse_ip(ip, (uint16_t)port, &r->sdp.candidates[r->sdp.candidate_count]) == ERR_NONE)
        r->sdp.candidate_count++;
    return ERR_NONE;
}

/* "739890713 cname:NTTh3IY4D0gWvdDq" (RFC 5576 §4.1, §6.1); the first one counts. */
static enum err read_ssrc(struct sdp_reading *r, struct sdp_text v)
{
    uint32_t ssrc;
    struct sdp_text number = sdp_take_until(&v, ' ');
    if (r->sdp.ssrc || !sdp_take_prefix(&v, "cname:") || !sdp_number(number, UINT32_MAX, &ssrc))
        return ERR_NONE;
    if (!sdp_copy(v, r->sdp.cname, SDP_CNAME_MAX))
        return sdp_fail(r, ERR_LONG, "The description's cname is longer than 255 characters.");
    r->sdp.ssrc = ssrc;
    return ERR_NONE;
}

static enum err read_ice_lite(struct sdp_reading *r, struct sdp_text v)
{
    (void)v;
    r->sdp.ice_lite = true;
    return ERR_NONE;
}

static enum err read_rtcp_mux(struct sdp_reading *r, struct sdp_text v)
{
    (void)v;
    r->rtcp_mux = true;
    return ERR_NONE;
}

static enum err read_end_of_candidates(struct sdp_reading *r, struct sdp_text v)
{
    (void)v;
    r->sdp.end_of_candidates = true;
    return ERR_NONE;
}

static const struct {
    const char *name; /* with its colon where a value follows */
    enum err (*read)(struct sdp_reading *r, struct sdp_text value);
} attributes[] = {
    {"ice-ufrag:", read_ufrag},
    {"ice-pwd:", read_pwd},
    {"fingerprint:", read_fingerprint},
    {"setup:", read_setup},
    {"extmap:", read_extmap},
    {"candidate:", read_candidate},
    {"ssrc:", read_ssrc},
    {"ice-lite", read_ice_lite},
    {"rtcp-mux", read_rtcp_mux},
    {"end-of-candidates", read_end_of_candidates},
};

static enum err read_attribute(struct sdp_reading *r, struct sdp_text line)
{
    if (!sdp_take_prefix(&line, "a=") || direction_of(line, &r->sdp.direction))
        return ERR_NONE;
    for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++) {
        const char *name = attributes[i].name;
        struct sdp_text value = line;
        if (sdp_take_prefix(&value, name) && (name[strlen(name) - 1] == ':' || value.len == 0))
            return attributes[i].read(r, value);
    }
    return ERR_NONE;
}

enum err sdp_read_attributes(struct sdp_reading *r, struct sdp_text section)
{
    struct sdp_text line;
    enum err e = ERR_NONE;
    while (!e && sdp_take_line(&section, &line))
        e = read_attribute(r, line);
    return e;
}
