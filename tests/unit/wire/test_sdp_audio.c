/* What an audio section says: its direction, extensions, candidates, codecs, sources. */
#include "sdp_texts.h"

static void directions_at_both_levels(void **state)
{
    static const struct {
        const char *session, *media;
        enum sdp_direction wanted;
    } rows[] = {{"", "", SDP_SENDRECV},
                {"\r\na=recvonly", "", SDP_RECVONLY},
                {"\r\na=recvonly", "\r\na=sendonly", SDP_SENDONLY},
                {"", "\r\na=inactive", SDP_INACTIVE}};
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char session[64], media[64];
        snprintf(session, sizeof session, "t=0 0%s", rows[i].session);
        snprintf(media, sizeof media, "a=mid:0%s", rows[i].media);
        struct bytes b = {calloc(1, 4096), 0};
        for (size_t n = 0; n < COUNT(offer_lines); n++) {
            const char *line = offer_lines[n];
            if (strcmp(line, "t=0 0") == 0)
                line = session;
            if (strcmp(line, "a=mid:0") == 0)
                line = media;
            if (strcmp(line, "a=sendrecv") != 0)
                b.len += (size_t)sprintf((char *)b.at + b.len, "%s\n", line);
        }
        struct sdp s;
        const char *why = "";
        ROW_EQUAL(i, parse(&b, SDP_OFFER, &s, &why), ERR_NONE);
        ROW_EQUAL(i, s.direction, rows[i].wanted);
        free(b.at);
    }
}

static void extension_ids(void **state)
{
    static const struct {
        const char *line;
        uint8_t id;
        enum sdp_direction direction;
    } rows[] = {{"a=extmap:2/recvonly urn:ietf:params:rtp-hdrext:ssrc-audio-level", 2, SDP_RECVONLY},
                {"a=extmap:14/sendonly urn:ietf:params:rtp-hdrext:ssrc-audio-level vad=on", 14, SDP_SENDONLY},
                {"a=extmap:3/inactive urn:ietf:params:rtp-hdrext:ssrc-audio-level", 3, SDP_INACTIVE},
                {"a=extmap:15 urn:ietf:params:rtp-hdrext:ssrc-audio-level", 0, SDP_INACTIVE},
                {"a=extmap:0 urn:ietf:params:rtp-hdrext:ssrc-audio-level", 0, SDP_INACTIVE},
                {"a=extmap:x urn:ietf:params:rtp-hdrext:ssrc-audio-level", 0, SDP_INACTIVE},
                {"a=extmap:2/both urn:ietf:params:rtp-hdrext:ssrc-audio-level", 0, SDP_INACTIVE},
                {"a=extmap:2", 0, SDP_INACTIVE},
                {"a=extmap:2 urn:ietf:params:rtp-hdrext:csrc-audio-level", 0, SDP_INACTIVE}};
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct bytes b = changed_offer("a=extmap:1", rows[i].line);
        struct sdp s;
        const char *why = "";
        ROW_EQUAL(i, parse(&b, SDP_OFFER, &s, &why), ERR_NONE);
        ROW_EQUAL(i, s.level.id, rows[i].id);
        ROW_EQUAL(i, s.level.direction, rows[i].direction);
        free(b.at);
    }
}

static void candidates(void **state)
{
    static const struct {
        const char *line, *wanted; /* NULL = passed over */
    } rows[] = {{"a=candidate:1 1 UDP 1 2001:db8::1 65535 typ host generation 0", "[2001:db8::1]:65535"},
                {"a=candidate:1 2 udp 1 192.0.2.1 5 typ host", NULL},
                {"a=candidate:1 1 tcp 1 192.0.2.1 9 typ host tcptype active", NULL},
                {"a=candidate:1 1 udp 1 a1b2.local 5 typ host", NULL},
                {"a=candidate:1 1 udp 1 192.0.2.1 0 typ host", NULL},
                {"a=candidate:1 1 udp 1 192.0.2.1 65536 typ host", NULL},
                {"a=candidate:1 1 udp 1 192.0.2.1 5 typ srflx raddr 10.0.0.1 rport 5", NULL},
                {"a=candidate:1 1 udp 1 " S64 " 5 typ host", NULL},
                {"a=candidate:1 1 udp 1 192.0.2.1", NULL},
                {"a=candidate:", NULL}};
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct bytes b = changed_offer("a=candidate", rows[i].line);
        struct sdp s;
        const char *why = "";
        char text[ADDRESS_TEXT_MAX] = "";
        ROW_EQUAL(i, parse(&b, SDP_OFFER, &s, &why), ERR_NONE);
        ROW_EQUAL(i, s.candidate_count, rows[i].wanted ? 1 : 0);
        if (rows[i].wanted)
            address_print(&s.candidates[0], text);
        ROW_TRUE(i, strcmp(text, rows[i].wanted ? rows[i].wanted : "") == 0);
        free(b.at);
    }
}

static void candidates_beyond_the_limit_are_passed_over(void **state)
{
    (void)state;
    char many[1024] = "a=candidate:1 1 udp 1 192.0.2.1 1000 typ host";
    for (int i = 1; i < SDP_CANDIDATES_MAX + 3; i++)
        sprintf(many + strlen(many), "\r\na=candidate:1 1 udp 1 192.0.2.1 %d typ host", 1000 + i);
    struct bytes b = changed_offer("a=candidate", many);
    struct sdp s;
    const char *why = "";
    assert_int_equal(parse(&b, SDP_OFFER, &s, &why), ERR_NONE);
    assert_int_equal(s.candidate_count, SDP_CANDIDATES_MAX);
    assert_int_equal(s.candidates[SDP_CANDIDATES_MAX - 1].port, 1000 + SDP_CANDIDATES_MAX - 1);
    free(b.at);
}

static void opus_parameters(void **state)
{
    static const struct {
        const char *line;
        bool fec, dtx, stereo;
        uint32_t bitrate;
    } rows[] = {{"a=fmtp:111 minptime=10; useinbandfec=1;  usedtx=1;stereo=1;maxaveragebitrate=24000", true,
                 true, true, 24000},
                {"a=fmtp:111 useinbandfec=0;usedtx=0;stereo=0", false, false, false, 0},
                {"a=fmtp:111 maxaveragebitrate=lots", false, false, false, 0},
                {"a=fmtp:111 ;;=;useinbandfec", false, false, false, 0},
                {"a=fmtp:110 useinbandfec=1", false, false, false, 0},
                {"a=fmtp:x useinbandfec=1", false, false, false, 0},
                {"a=fmtp:111", false, false, false, 0}};
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct bytes b = changed_offer("a=fmtp:111", rows[i].line);
        struct sdp s;
        const char *why = "";
        ROW_EQUAL(i, parse(&b, SDP_OFFER, &s, &why), ERR_NONE);
        ROW_TRUE(i,
                 s.opus.fec == rows[i].fec && s.opus.dtx == rows[i].dtx && s.opus.stereo == rows[i].stereo);
        ROW_EQUAL(i, s.opus.max_bitrate_bps, rows[i].bitrate);
        free(b.at);
    }
}

static void red_of_that_opus(void **state)
{
    char many[1200] = "a=fmtp:63 111";
    static const struct {
        const char *line; /* "many": 256 blocks */
        uint8_t pt, blocks;
    } rows[] = {{NULL, 63, 0},
                {"a=fmtp:63 111/111/111", 63, 3},
                {"a=fmtp:63 111/0", 0, 0},
                {"a=fmtp:63 111/", 63, 1},
                {"a=fmtp:63 x", 0, 0},
                {"many", 0, 0}};
    (void)state;
    for (int i = 1; i < 256; i++)
        strcat(many, "/111");
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *line = rows[i].line && strcmp(rows[i].line, "many") == 0 ? many : rows[i].line;
        struct bytes b = changed_offer("a=fmtp:63", line);
        struct sdp s;
        const char *why = "";
        ROW_EQUAL(i, parse(&b, SDP_OFFER, &s, &why), ERR_NONE);
        ROW_EQUAL(i, s.red_pt, rows[i].pt);
        ROW_EQUAL(i, s.red_blocks, rows[i].blocks);
        free(b.at);
    }
}

/* RTCP's packet types must not be payload types under rtcp-mux; the first usable audio is taken. */
static void the_first_usable_audio(void **state)
{
    (void)state;
    struct bytes b =
        changed_offer("m=audio", "m=audio 9 UDP/TLS/RTP/SAVPF 72\r\na=mid:no\r\na=rtpmap:72 opus/48000/2\r\n"
                                 "m=audio 9 UDP/TLS/RTP/SAVPF 111 63 95 96\r\na=rtpmap:96 opus/48000/2");
    struct sdp s;
    const char *why = "";
    assert_int_equal(parse(&b, SDP_OFFER, &s, &why), ERR_NONE);
    assert_true(s.media_count == 3 && s.audio == 1 && s.opus.pt == 96);
    assert_int_equal(s.red_pt, 0); /* that RED is of 111 */
    free(b.at);
    b = changed_offer(NULL, "m=audio 9 UDP/TLS/RTP/SAVPF 109\r\na=rtpmap:109 opus/48000/2");
    assert_int_equal(parse(&b, SDP_OFFER, &s, &why), ERR_NONE);
    assert_true(s.audio == 0 && s.opus.pt == 111);
    free(b.at);
}

static void ssrcs_and_lite(void **state)
{
    (void)state;
    struct bytes b =
        changed_offer("a=ssrc", "a=ssrc:8 msid:x y\r\na=ssrc:4294967296 cname:no\r\na=ssrc:9 cname:first\r\n"
                                "a=ssrc:10 cname:second\r\na=ice-lite");
    struct sdp s;
    const char *why = "";
    assert_int_equal(parse(&b, SDP_OFFER, &s, &why), ERR_NONE);
    assert_int_equal(s.ssrc, 9);
    assert_string_equal(s.cname, "first");
    assert_true(s.ice_lite);
    free(b.at);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(directions_at_both_levels),
        cmocka_unit_test(extension_ids),
        cmocka_unit_test(candidates),
        cmocka_unit_test(candidates_beyond_the_limit_are_passed_over),
        cmocka_unit_test(opus_parameters),
        cmocka_unit_test(red_of_that_opus),
        cmocka_unit_test(the_first_usable_audio),
        cmocka_unit_test(ssrcs_and_lite),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
