#include "sdp_texts.h"

/* The offers of real clients (tests/vectors/README.md). */
static void recorded_offers(void **state)
{
    static const struct {
        const char *file, *ufrag, *mid, *cname;
        enum sdp_direction direction;
        uint8_t opus, red, level, mid_ext;
        bool fec, stereo, ends;
        size_t candidates;
        const char *first;
        uint32_t ssrc;
        uint8_t print[2]; /* the fingerprint's first byte and last */
    } rows[] = {
        {"chromium-156-offer.sdp",
         "Ogz1",
         "0",
         "NTTh3IY4D0gWvdDq",
         SDP_SENDRECV,
         111,
         63,
         1,
         4,
         true,
         false,
         false,
         1,
         "10.77.0.2:33628",
         739890713,
         {0x33, 0x9C}},
        {"firefox-153-offer.sdp",
         "7818bd97",
         "0",
         "{b0e2a04a-65f9-445c-b09f-93ca01caeb86}",
         SDP_SENDRECV,
         109,
         0,
         1,
         3,
         true,
         true,
         true,
         3,
         "127.0.0.1:33788",
         4111927928,
         {0xCB, 0x3B}},
        {"gstreamer-1.22-offer.sdp",
         "9h+NpxdnVjaX/1tYGTG9XXcwtB9lrPl8",
         "audio0",
         "user1411080919@host-7919359a",
         SDP_SENDRECV,
         111,
         0,
         0,
         0,
         false,
         false,
         false,
         2,
         "10.77.0.2:40906",
         309722848,
         {0x48, 0x37}},
        {"aiortc-1.4-offer.sdp",
         "Agq1",
         "0",
         "257f9681-16a7-45dd-acae-112401a23b54",
         SDP_SENDRECV,
         96,
         0,
         2,
         1,
         false,
         false,
         true,
         1,
         "10.77.0.2:49362",
         1971962302,
         {0x6F, 0x92}},
        {"libwebrtc-node-offer.sdp",
         "67nx",
         "0",
         "P2chDeVmK5JXmceZ",
         SDP_SENDRECV,
         111,
         63,
         1,
         4,
         true,
         false,
         false,
         3,
         "10.77.0.2:35854",
         348697139,
         {0x11, 0xE8}},
        {"pion-3.1-whip-offer.sdp",
         "xWtgfJOcuUlzLOpo",
         "0",
         "pion",
         SDP_SENDONLY,
         111,
         0,
         1,
         0,
         true,
         false,
         true,
         1,
         "10.77.0.2:38260",
         1050055714,
         {0xB7, 0x3D}},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct bytes b = vector(rows[i].file);
        struct sdp s;
        const char *why = "";
        char first[ADDRESS_TEXT_MAX];
        if (parse(&b, SDP_OFFER, &s, &why))
            fail_msg("row %zu: %s", i + 1, why);
        ROW_TRUE(i, strcmp(s.ufrag, rows[i].ufrag) == 0 && strcmp(s.cname, rows[i].cname) == 0);
        ROW_TRUE(i, s.media_count == 1 && s.audio == 0 && strcmp(s.media[0].mid, rows[i].mid) == 0);
        ROW_TRUE(i, s.media[0].bundled && !s.media[0].refused && !s.ice_lite && s.pwd[0]);
        ROW_TRUE(i, s.setup == SDP_SETUP_ACTPASS && s.direction == rows[i].direction);
        ROW_EQUAL(i, s.opus.pt, rows[i].opus);
        ROW_TRUE(i, s.opus.fec == rows[i].fec && s.opus.stereo == rows[i].stereo && !s.opus.dtx);
        ROW_EQUAL(i, s.red_pt, rows[i].red);
        ROW_EQUAL(i, s.red_blocks, rows[i].red ? 2 : 0);
        ROW_TRUE(i, s.level.id == rows[i].level && s.mid.id == rows[i].mid_ext);
        ROW_TRUE(i, s.fingerprint[0] == rows[i].print[0] && s.fingerprint[31] == rows[i].print[1]);
        ROW_EQUAL(i, s.candidate_count, rows[i].candidates);
        ROW_EQUAL(i, s.end_of_candidates, rows[i].ends);
        ROW_EQUAL(i, s.ssrc, rows[i].ssrc);
        address_print(&s.candidates[0], first);
        ROW_EQUAL(i, strcmp(first, rows[i].first), 0);
        free(b.at);
    }
}

static void other_media_are_noticed(void **state)
{
    (void)state;
    struct bytes b = changed_offer(NULL, "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:data");
    struct sdp s;
    const char *why = "";
    assert_int_equal(parse(&b, SDP_OFFER, &s, &why), ERR_NONE);
    assert_int_equal(s.media_count, 3);
    assert_string_equal(s.media[1].kind, "video");
    assert_string_equal(s.media[1].format, "96");
    assert_string_equal(s.media[2].protocol, "UDP/DTLS/SCTP");
    assert_string_equal(s.media[2].format, "webrtc-datachannel");
    assert_string_equal(s.media[2].mid, "data");
    assert_true(s.media[0].bundled && s.media[1].bundled && !s.media[2].bundled);
    assert_true(s.fingerprint[0] == 0 && s.fingerprint[10] == 10 && s.fingerprint[31] == 31);
    free(b.at);
}

/* One line of a good offer changed: still good. `begin` NULL: the line is added. */
static void lines_that_are_taken(void **state)
{
    static const struct {
        const char *begin, *line;
    } rows[] = {
        {"a=group", NULL},
        {"a=mid:0", NULL},
        {"a=sendrecv", NULL},
        {"a=candidate", NULL},
        {"a=ssrc", NULL},
        {"a=setup", "a=setup:active"},
        {"m=audio", "m=audio 9/1 UDP/TLS/RTP/SAVPF 111"},
        {"m=audio", "m=audio 9 UDP/TLS/RTP/SAVP 0 111"},
        {"m=audio", "m=audio 0 UDP/TLS/RTP/SAVPF 111\r\na=bundle-only"},
        {"a=rtpmap:111", "a=rtpmap:111 OPUS/48000/2"},
        {"a=fingerprint", "a=fingerprint:sha-1 00:01\r\na=fingerprint:SHA-256 " FINGERPRINT_TEXT},
        {"t=0", "t=0 0\r\na=ice-ufrag:other\r\na=extmap-allow-mixed\r\na=ice-options:trickle"},
        {"s=-", "s=-\r\n"}, /* an empty line */
        {"a=mid:0", "a=mid:0\r\na=rtcp-muxed\r\na=nonsense:1\r\na=\r\nb=AS:64"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct bytes b = changed_offer(rows[i].begin, rows[i].line);
        struct sdp s;
        const char *why = "untouched";
        ROW_EQUAL(i, parse(&b, SDP_OFFER, &s, &why), ERR_NONE);
        ROW_TRUE(i, s.opus.pt == 111 && s.direction == SDP_SENDRECV && strcmp(s.ufrag, "Ab+/") == 0);
        ROW_TRUE(i, strcmp(why, "untouched") == 0);
        free(b.at);
    }
}

/* Which peer connection it is of. */
static void origins(void **state)
{
    static const struct {
        const char *line, *origin;
    } rows[] = {
        {"o=- 4611731400430051336 2 IN IP4 127.0.0.1", "4611731400430051336"},
        {"o=mozilla...THIS_IS_SDPARTA-99.0 0 0 IN IP4 0.0.0.0", "0"},
        {"o=- " S10 S10 S10 S10 " 1 IN IP4 0.0.0.0", S10 S10 S10 S10},
        {"o=- " S10 S10 S10 S10 "0 1 IN IP4 0.0.0.0", ""},
        {"o=- 7\t 1 IN IP4 0.0.0.0", ""},
        {"o=- 7", "7"},
        {"o=-", ""},
        {"o=", ""},
        {"o=- 1 1 IN IP4 0.0.0.0\r\no=- 2 1 IN IP4 0.0.0.0", "1"},
        {NULL, ""},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct bytes b = changed_offer("o=", rows[i].line);
        struct sdp s;
        const char *why = "";
        ROW_EQUAL(i, parse(&b, SDP_OFFER, &s, &why), ERR_NONE);
        ROW_TRUE(i, strcmp(s.origin, rows[i].origin) == 0);
        free(b.at);
    }
}

/* One line changed: refused, and the sentence says why. */
static void lines_that_are_refused(void **state)
{
    static const struct {
        const char *begin, *line;
        enum err error;
        const char *says;
    } rows[] = {
        {"v=0", "v=1", ERR_MALFORMED, "v=0"},
        {"v=0", "hello", ERR_MALFORMED, "v=0"},
        {"s=-", "s", ERR_MALFORMED, "letter=value"},
        {"s=-", "garbage", ERR_MALFORMED, "letter=value"},
        {"s=-", "s=a\ra=b", ERR_MALFORMED, "letter=value"},
        {"m=audio", NULL, ERR_UNSUPPORTED, "no audio in Opus"},
        {"m=audio", "m=audio", ERR_MALFORMED, "m-line"},
        {"m=audio", "m=audio 9 UDP/TLS/RTP/SAVPF", ERR_MALFORMED, "m-line"},
        {"m=audio", "m=audio 65536 UDP/TLS/RTP/SAVPF 111", ERR_MALFORMED, "m-line"},
        {"m=audio", "m=audio nine UDP/TLS/RTP/SAVPF 111", ERR_MALFORMED, "m-line"},
        {"m=audio", "m=au(dio 9 UDP/TLS/RTP/SAVPF 111", ERR_MALFORMED, "m-line"},
        {"m=audio", "m=audio 9 UDP\tTLS 111", ERR_MALFORMED, "m-line"},
        {"m=audio", "m=audio 9 UDP/TLS/RTP/SAVPF \"111\"", ERR_MALFORMED, "m-line"},
        {"m=audio", "m=audioaudioaudioaudio 9 UDP/TLS/RTP/SAVPF 111", ERR_LONG, "m-line"},
        {"m=audio", "m=audio 9 UDP/TLS/RTP/SAVPF/" S64 " 111", ERR_LONG, "m-line"},
        {"m=audio", "m=audio 9 UDP/TLS/RTP/SAVPF " S64, ERR_LONG, "m-line"},
        {"m=audio", "m=audio 0 UDP/TLS/RTP/SAVPF 111", ERR_UNSUPPORTED, "no audio in Opus"},
        {"m=audio", "m=audio 9 RTP/AVP 111", ERR_UNSUPPORTED, "no audio in Opus"},
        {"m=audio", "m=audio 9 UDP/TLS/RTP/SAVPF 63 0", ERR_UNSUPPORTED, "no audio in Opus"},
        {"a=rtpmap:111", NULL, ERR_UNSUPPORTED, "no audio in Opus"},
        {"a=rtpmap:111", "a=rtpmap:111 opus/48000", ERR_UNSUPPORTED, "no audio in Opus"},
        {"a=rtpmap:111", "a=rtpmap:128 opus/48000/2", ERR_UNSUPPORTED, "no audio in Opus"},
        {"m=audio", "m=audio 9 UDP/TLS/RTP/SAVPF 64\r\na=rtpmap:64 opus/48000/2", ERR_UNSUPPORTED,
         "no audio in Opus"},
        {"m=audio", "m=audio 9 UDP/TLS/RTP/SAVPF 95\r\na=rtpmap:95 opus/48000/2", ERR_UNSUPPORTED,
         "no audio in Opus"},
        {"a=mid:0", "a=mid:", ERR_MALFORMED, "mid"},
        {"a=mid:0", "a=mid:a b", ERR_MALFORMED, "mid"},
        {"a=mid:0", "a=mid:" S64, ERR_LONG, "mid"},
        {"a=ice-ufrag", NULL, ERR_UNSUPPORTED, "ICE credentials"},
        {"a=ice-ufrag", "a=ice-ufrag:abc", ERR_MALFORMED, "ice-ufrag"},
        {"a=ice-ufrag", "a=ice-ufrag:ab:cd", ERR_MALFORMED, "ice-ufrag"},
        {"a=ice-ufrag", "a=ice-ufrag:" S64, ERR_LONG, "ice-ufrag"},
        {"a=ice-pwd", NULL, ERR_UNSUPPORTED, "ICE credentials"},
        {"a=ice-pwd", "a=ice-pwd:tooshort", ERR_MALFORMED, "ice-pwd"},
        {"a=ice-pwd", "a=ice-pwd:abcdefghijklmnopqrstu-", ERR_MALFORMED, "ice-pwd"},
        {"a=ice-pwd", "a=ice-pwd:" S64 "5", ERR_LONG, "ice-pwd"},
        {"a=fingerprint", NULL, ERR_UNSUPPORTED, "fingerprint"},
        {"a=fingerprint", "a=fingerprint:sha-1 00:01", ERR_UNSUPPORTED, "fingerprint"},
        {"a=fingerprint", "a=fingerprint:sha-256 00:01", ERR_MALFORMED, "fingerprint"},
        {"a=fingerprint", "a=fingerprint:sha-256", ERR_MALFORMED, "fingerprint"},
        {"a=fingerprint", "a=fingerprint:sha-256 " FINGERPRINT_TEXT ":20", ERR_MALFORMED, "fingerprint"},
        {"a=fingerprint", "a=fingerprint:sha-256 0g:" FINGERPRINT_REST, ERR_MALFORMED, "fingerprint"},
        {"a=fingerprint", "a=fingerprint:sha-256 G0:" FINGERPRINT_REST, ERR_MALFORMED, "fingerprint"},
        {"a=fingerprint", "a=fingerprint:sha-256 /0:" FINGERPRINT_REST, ERR_MALFORMED, "fingerprint"},
        {"a=fingerprint", "a=fingerprint:sha-256 0@:" FINGERPRINT_REST, ERR_MALFORMED, "fingerprint"},
        {"a=fingerprint", "a=fingerprint:sha-256 00;" FINGERPRINT_REST, ERR_MALFORMED, "fingerprint"},
        {"a=rtcp-mux", NULL, ERR_UNSUPPORTED, "rtcp-mux"},
        {"a=setup", NULL, ERR_UNSUPPORTED, "a=setup"},
        {"a=setup", "a=setup:passive", ERR_UNSUPPORTED, "a=setup"},
        {"a=setup", "a=setup:holdconn", ERR_UNSUPPORTED, "a=setup"},
        {"a=ssrc", "a=ssrc:7 cname:" S256, ERR_LONG, "cname"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct bytes b = changed_offer(rows[i].begin, rows[i].line);
        struct sdp s = {.media_count = 99};
        const char *why = "";
        ROW_EQUAL(i, parse(&b, SDP_OFFER, &s, &why), rows[i].error);
        ROW_EQUAL(i, s.media_count, 99);
        if (!strstr(why, rows[i].says) || why[strlen(why) - 1] != '.')
            fail_msg("row %zu says: %s", i + 1, why);
        free(b.at);
    }
}

static void sizes_have_limits(void **state)
{
    (void)state;
    struct bytes b = changed_offer(NULL, NULL);
    struct sdp s;
    const char *why = "";
    uint8_t *longer = malloc(SDP_BYTES_MAX + 1);
    memset(longer, '\n', SDP_BYTES_MAX + 1);
    memcpy(longer, b.at, b.len);
    struct bytes fits = {longer, SDP_BYTES_MAX}, over = {longer, SDP_BYTES_MAX + 1};
    assert_int_equal(parse(&fits, SDP_OFFER, &s, &why), ERR_NONE);
    assert_int_equal(parse(&over, SDP_OFFER, &s, &why), ERR_LONG);
    assert_non_null(strstr(why, "32768"));
    longer[b.len] = 0;
    assert_int_equal(parse(&fits, SDP_OFFER, &s, &why), ERR_MALFORMED);
    assert_non_null(strstr(why, "zero byte"));
    struct bytes nothing = {longer, 0};
    assert_int_equal(parse(&nothing, SDP_OFFER, &s, &why), ERR_MALFORMED);
    free(longer);
    free(b.at);
}

static void at_most_16_m_lines(void **state)
{
    (void)state;
    char more[1024] = "m=video 0 RTP/AVP 0";
    for (int i = 0; i < 13; i++)
        strcat(more, "\r\nm=video 0 RTP/AVP 0");
    struct bytes b = changed_offer(NULL, more);
    struct sdp s;
    const char *why = "";
    assert_int_equal(parse(&b, SDP_OFFER, &s, &why), ERR_NONE);
    assert_int_equal(s.media_count, SDP_MEDIA_MAX);
    free(b.at);
    strcat(more, "\r\nm=video 0 RTP/AVP 0");
    b = changed_offer(NULL, more);
    assert_int_equal(parse(&b, SDP_OFFER, &s, &why), ERR_LONG);
    assert_non_null(strstr(why, "16 m-lines"));
    free(b.at);
}

/* Every cut of a real offer is refused or taken, never read past its end (ASan looks on). */
static void every_cut_is_survived(void **state)
{
    (void)state;
    struct bytes b = vector("firefox-153-offer.sdp");
    for (size_t len = 0; len < b.len; len += 3) {
        struct bytes cut = {malloc(len + 1), len};
        struct sdp s;
        const char *why = NULL;
        memcpy(cut.at, b.at, len);
        enum err e = parse(&cut, SDP_OFFER, &s, &why);
        ROW_EQUAL(len, e != ERR_NONE, why != NULL);
        free(cut.at);
    }
    free(b.at);
}

static void answers_must_be_passive(void **state)
{
    static const struct {
        const char *setup;
        enum err wanted;
    } rows[] = {{"a=setup:passive", ERR_NONE},
                {"a=setup:active", ERR_UNSUPPORTED},
                {"a=setup:actpass", ERR_UNSUPPORTED},
                {NULL, ERR_UNSUPPORTED}};
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct bytes b = changed_offer("a=setup", rows[i].setup);
        struct sdp s;
        const char *why = "";
        ROW_EQUAL(i, parse(&b, SDP_ANSWER, &s, &why), rows[i].wanted);
        free(b.at);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recorded_offers),         cmocka_unit_test(other_media_are_noticed),
        cmocka_unit_test(lines_that_are_taken),    cmocka_unit_test(origins),
        cmocka_unit_test(lines_that_are_refused),  cmocka_unit_test(sizes_have_limits),
        cmocka_unit_test(at_most_16_m_lines),      cmocka_unit_test(every_cut_is_survived),
        cmocka_unit_test(answers_must_be_passive),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
