/* Writing descriptions: the relay's answer and the native client's offer. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "wire/sdp_parts.h"

#define PRIORITY_HOST 0x7effffffu /* RFC 8445 §5.1.2: type 126, local preference 65535, component 1 */
#define PRIORITY_STEP 0x100u      /* one local preference less */

struct out {
    char *text;
    size_t capacity, len;
    bool full; /* sticky */
};

/* Both descriptions' audio section, as far as it differs between them. */
struct audio {
    const char *protocol, *mid, *setup;
    enum sdp_direction direction;
    uint8_t opus_pt, red_pt;
    struct sdp_extmap level, mid_ext;
};

__attribute__((format(printf, 2, 3))) static void put(struct out *o, const char *format, ...)
{
    va_list args;
    if (o->full)
        return;
    va_start(args, format);
    int n = vsnprintf(o->text + o->len, o->capacity - o->len, format, args);
    va_end(args);
    if (n < 0 || (size_t)n >= o->capacity - o->len)
        o->full = true;
    else
        o->len += (size_t)n;
}

static const char *direction_word(enum sdp_direction d)
{
    static const char *const words[] = {"inactive", "sendonly", "recvonly", "sendrecv"};
    return words[d & SDP_SENDRECV];
}

/* The same direction seen from the other side. */
static enum sdp_direction reversed(enum sdp_direction d)
{
    return (enum sdp_direction)((d & SDP_SENDONLY ? SDP_RECVONLY : 0) |
                                (d & SDP_RECVONLY ? SDP_SENDONLY : 0));
}

enum sdp_direction sdp_answer_direction(enum sdp_direction offered, enum sdp_direction wanted)
{
    return (enum sdp_direction)(reversed(offered) & wanted);
}

static void put_session(struct out *o, const struct sdp_local *l)
{
    put(o, "v=0\r\no=- %" PRIu64 " %" PRIu64 " IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n", l->id, l->version);
}

static void put_credentials(struct out *o, const struct sdp_local *l, const char *setup)
{
    put(o, "a=ice-ufrag:%s\r\na=ice-pwd:%s\r\na=fingerprint:sha-256 ", l->ufrag, l->pwd);
    for (int i = 0; i < SDP_FINGERPRINT_BYTES; i++)
        put(o, "%s%02X", i ? ":" : "", l->fingerprint[i]);
    put(o, "\r\na=setup:%s\r\n", setup);
}

static void put_codecs(struct out *o, const struct audio *a, const struct sdp_local *l)
{
    put(o, "a=rtpmap:%d opus/48000/2\r\na=fmtp:%d minptime=10;useinbandfec=1;usedtx=1;stereo=0", a->opus_pt,
        a->opus_pt);
    if (l->max_bitrate_bps)
        put(o, ";maxaveragebitrate=%" PRIu32, l->max_bitrate_bps);
    put(o, "\r\n");
    if (a->red_pt)
        put(o, "a=rtpmap:%d red/48000/2\r\na=fmtp:%d %d/%d\r\n", a->red_pt, a->red_pt, a->opus_pt,
            a->opus_pt);
    put(o, "a=ptime:20\r\n");
}

static void put_extmap(struct out *o, struct sdp_extmap x, const char *uri)
{
    if (x.id == 0 || x.direction == SDP_INACTIVE)
        return;
    if (x.direction == SDP_SENDRECV)
        put(o, "a=extmap:%d %s\r\n", x.id, uri);
    else
        put(o, "a=extmap:%d/%s %s\r\n", x.id, direction_word(x.direction), uri);
}

static void put_candidates(struct out *o, const struct sdp_local *l)
{
    char ip[ADDRESS_TEXT_MAX];
    for (size_t i = 0; i < l->candidate_count; i++) {
        address_print_ip(&l->candidates[i], ip);
        put(o, "a=candidate:%zu 1 udp %" PRIu32 " %s %d typ host\r\n", i + 1,
            PRIORITY_HOST - (uint32_t)i * PRIORITY_STEP, ip, l->candidates[i].port);
    }
    if (l->candidate_count)
        put(o, "a=end-of-candidates\r\n");
}

/* The m-line and its connection: the first candidate, or the discard port where there is none (RFC 8839
 * §4.2.1.2). */
static void put_m_line(struct out *o, const struct audio *a, const struct sdp_local *l)
{
    char ip[ADDRESS_TEXT_MAX] = "0.0.0.0";
    int port = 9;
    bool v4 = true;
    if (l->candidate_count) {
        address_print_ip(&l->candidates[0], ip);
        port = l->candidates[0].port;
        v4 = address_is_v4(&l->candidates[0]);
    }
    put(o, "m=audio %d %s %d", port, a->protocol, a->opus_pt);
    if (a->red_pt)
        put(o, " %d", a->red_pt);
    put(o, "\r\nc=IN %s %s\r\n", v4 ? "IP4" : "IP6", ip);
}

static void put_audio(struct out *o, const struct audio *a, const struct sdp_local *l)
{
    put_m_line(o, a, l);
    if (a->mid[0])
        put(o, "a=mid:%s\r\n", a->mid);
    put(o, "a=%s\r\na=rtcp-mux\r\n", direction_word(a->direction));
    put_credentials(o, l, a->setup);
    put_codecs(o, a, l);
    put_extmap(o, a->level, SDP_LEVEL_URI);
    put_extmap(o, a->mid_ext, SDP_MID_URI);
    if (a->direction & SDP_SENDONLY)
        put(o, "a=msid:%s %s\r\na=ssrc:%" PRIu32 " cname:%s\r\n", l->cname, l->cname, l->ssrc, l->cname);
    put_candidates(o, l);
}

/* RFC 3264 §6: refused with port 0, in its place. */
static void put_refused(struct out *o, const struct sdp_media *m)
{
    put(o, "m=%s 0 %s %s\r\nc=IN IP4 0.0.0.0\r\n", m->kind, m->protocol, m->format);
    if (m->mid[0])
        put(o, "a=mid:%s\r\n", m->mid);
    put(o, "a=inactive\r\n");
}

/* An extension as it is answered; what only the relay would send, and does not, is left out. */
static struct sdp_extmap answered(struct sdp_extmap offered, bool relay_sends)
{
    enum sdp_direction wanted = relay_sends ? SDP_SENDRECV : SDP_RECVONLY;
    struct sdp_extmap x = {offered.id, sdp_answer_direction(offered.direction, wanted)};
    if (offered.direction == SDP_SENDRECV)
        x.direction = SDP_SENDRECV; /* plain, as browsers answer it: to be able to send is no promise */
    return x;
}

static enum err finish(const struct out *o, size_t *ret_len)
{
    if (o->full)
        return ERR_SPACE;
    *ret_len = o->len;
    return ERR_NONE;
}

enum err sdp_write_answer(const struct sdp *offer, const struct sdp_local *local, char *text, size_t capacity,
                          size_t *ret_len)
{
    struct out o = {.text = text, .capacity = capacity};
    const struct sdp_media *m = &offer->media[offer->audio];
    struct audio a = {.protocol = m->protocol,
                      .mid = m->mid,
                      .setup = "passive",
                      .direction = sdp_answer_direction(offer->direction, local->direction),
                      .opus_pt = offer->opus.pt,
                      .red_pt = local->red ? offer->red_pt : 0,
                      .level = answered(offer->level, false),
                      .mid_ext = answered(offer->mid, true)};
    put_session(&o, local);
    if (m->bundled)
        put(&o, "a=group:BUNDLE %s\r\n", m->mid);
    put(&o, "a=ice-lite\r\n");
    for (size_t i = 0; i < offer->media_count; i++) {
        if (i == offer->audio)
            put_audio(&o, &a, local);
        else
            put_refused(&o, &offer->media[i]);
    }
    return finish(&o, ret_len);
}

enum err sdp_write_offer(const struct sdp_local *local, char *text, size_t capacity, size_t *ret_len)
{
    struct out o = {.text = text, .capacity = capacity};
    struct audio a = {.protocol = "UDP/TLS/RTP/SAVPF",
                      .mid = "0",
                      .setup = "actpass",
                      .direction = local->direction,
                      .opus_pt = SDP_OFFER_OPUS_PT,
                      .red_pt = local->red ? SDP_OFFER_RED_PT : 0,
                      .level = {SDP_OFFER_LEVEL_EXT, SDP_SENDRECV},
                      .mid_ext = {SDP_OFFER_MID_EXT, SDP_SENDRECV}};
    put_session(&o, local);
    put(&o, "a=group:BUNDLE 0\r\n");
    put_audio(&o, &a, local);
    return finish(&o, ret_len);
}
