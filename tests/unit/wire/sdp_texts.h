/* Descriptions for tests: the recorded offers, and one of ours with lines changed. */
#ifndef AULA_TEST_SDP_TEXTS_H
#define AULA_TEST_SDP_TEXTS_H

#include "../rows.h"
#include "wire/sdp.h"

#define FINGERPRINT_TEXT "00:" FINGERPRINT_REST
#define FINGERPRINT_REST                                                                                     \
    "01:02:03:04:05:06:07:08:09:0a:0B:0C:0D:0E:0F:10:11:12:13:14:15:16:17:18:19:1A:1B:1C:1D:1E:1F"

/* Values that are too long, or just not. */
#define S10  "0123456789"
#define S64  S10 S10 S10 S10 S10 S10 "0123"
#define S256 S64 S64 S64 S64

/* One line each, so that a row can change one. */
static const char *const offer_lines[] = {
    "v=0",
    "o=- 1 2 IN IP4 127.0.0.1",
    "s=-",
    "t=0 0",
    "a=group:BUNDLE 0 1",
    "m=audio 9 UDP/TLS/RTP/SAVPF 111 63 0",
    "c=IN IP4 0.0.0.0",
    "a=mid:0",
    "a=sendrecv",
    "a=rtcp-mux",
    "a=ice-ufrag:Ab+/",
    "a=ice-pwd:abcdefghijklmnopqrstuv",
    "a=setup:actpass",
    "a=fingerprint:sha-256 " FINGERPRINT_TEXT,
    "a=fmtp:111 minptime=10;useinbandfec=1",
    "a=rtpmap:111 opus/48000/2",
    "a=rtpmap:63 red/48000/2",
    "a=fmtp:63 111/111",
    "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level",
    "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid",
    "a=candidate:1 1 udp 2130706431 192.0.2.1 8444 typ host",
    "a=ssrc:7 cname:aula",
    "m=video 9 UDP/TLS/RTP/SAVPF 96 97",
    "a=mid:1",
};

/* Reads a file of tests/vectors; the test frees it. */
static inline struct bytes vector(const char *name)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", VECTORS, name);
    FILE *f = fopen(path, "rb");
    struct bytes b = {malloc(SDP_BYTES_MAX), 0};
    assert_non_null(f);
    b.len = fread(b.at, 1, SDP_BYTES_MAX, f);
    fclose(f);
    return b;
}

/* The offer with the line that begins with `begin` replaced (NULL: by nothing); begin NULL: `line` is put at
 * the end. In a block of exactly its size; the test frees it. */
static inline struct bytes changed_offer(const char *begin, const char *line)
{
    static char room[SDP_BYTES_MAX * 2];
    struct bytes b = {NULL, 0};
    bool done = begin == NULL;
    for (size_t i = 0; i < COUNT(offer_lines); i++) {
        const char *put = offer_lines[i];
        if (begin && strncmp(put, begin, strlen(begin)) == 0) {
            put = line;
            done = true;
        }
        if (put)
            b.len += (size_t)sprintf(room + b.len, "%s\r\n", put);
    }
    if (!begin && line)
        b.len += (size_t)sprintf(room + b.len, "%s\r\n", line);
    assert_true(done);
    b.at = malloc(b.len);
    memcpy(b.at, room, b.len);
    return b;
}

static inline enum err parse(const struct bytes *b, enum sdp_role role, struct sdp *s, const char **why)
{
    return sdp_parse((const char *)b->at, b->len, role, s, why);
}

#endif
