#include "sdp_texts.h"

static const uint8_t fingerprint[SDP_FINGERPRINT_BYTES] = {0xab, 0xcd};
static struct address here[2];

static struct sdp_local local(void)
{
    here[0] = address_v4((const uint8_t[]){192, 0, 2, 1}, 8444);
    here[1] = address_v6((const uint8_t[16]){0x20, 1, 13, 0xb8, [15] = 1}, 8444);
    return (struct sdp_local){.id = 18446744073709551615u,
                              .version = 3,
                              .ufrag = "uuuu",
                              .pwd = "pppppppppppppppppppppp",
                              .fingerprint = fingerprint,
                              .candidates = here,
                              .candidate_count = 2,
                              .direction = SDP_SENDRECV,
                              .ssrc = 4000000000,
                              .cname = "aula"};
}

static struct sdp parsed(const char *text, size_t len, enum sdp_role role)
{
    struct sdp s;
    const char *why = "";
    if (sdp_parse(text, len, role, &s, &why))
        fail_msg("%s\n%.*s", why, (int)len, text);
    return s;
}

static struct sdp offer_with(const char *begin, const char *line)
{
    struct bytes b = changed_offer(begin, line);
    struct sdp s = parsed((const char *)b.at, b.len, SDP_OFFER);
    free(b.at);
    return s;
}

static void the_whole_answer(void **state)
{
    static const char wanted[] = "v=0\r\n"
                                 "o=- 18446744073709551615 3 IN IP4 127.0.0.1\r\n"
                                 "s=-\r\n"
                                 "t=0 0\r\n"
                                 "a=group:BUNDLE 0\r\n"
                                 "a=ice-lite\r\n"
                                 "m=audio 8444 UDP/TLS/RTP/SAVPF 111\r\n"
                                 "c=IN IP4 192.0.2.1\r\n"
                                 "a=mid:0\r\n"
                                 "a=sendrecv\r\n"
                                 "a=rtcp-mux\r\n"
                                 "a=ice-ufrag:uuuu\r\n"
                                 "a=ice-pwd:pppppppppppppppppppppp\r\n"
                                 "a=fingerprint:sha-256 AB:CD:00:00:00:00:00:00:00:00:00:00:00:00:00:00:"
                                 "00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00\r\n"
                                 "a=setup:passive\r\n"
                                 "a=rtpmap:111 opus/48000/2\r\n"
                                 "a=fmtp:111 minptime=10;useinbandfec=1;usedtx=1;stereo=0\r\n"
                                 "a=ptime:20\r\n"
                                 "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n"
                                 "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n"
                                 "a=msid:aula aula\r\n"
                                 "a=ssrc:4000000000 cname:aula\r\n"
                                 "a=candidate:1 1 udp 2130706431 192.0.2.1 8444 typ host\r\n"
                                 "a=candidate:2 1 udp 2130706175 2001:db8::1 8444 typ host\r\n"
                                 "a=end-of-candidates\r\n"
                                 "m=video 0 UDP/TLS/RTP/SAVPF 96\r\n"
                                 "c=IN IP4 0.0.0.0\r\n"
                                 "a=mid:1\r\n"
                                 "a=inactive\r\n";
    char text[4096];
    size_t len;
    (void)state;
    struct sdp offer = offer_with(NULL, NULL);
    struct sdp_local l = local();
    assert_int_equal(sdp_write_answer(&offer, &l, text, sizeof text, &len), ERR_NONE);
    assert_string_equal(text, wanted);
    assert_int_equal(len, strlen(wanted));
}

/* Recorded offers are answered, and the answer reads as one. */
static void recorded_offers_are_answered(void **state)
{
    static const char *const files[] = {"chromium-156-offer.sdp",   "firefox-153-offer.sdp",
                                        "gstreamer-1.22-offer.sdp", "aiortc-1.4-offer.sdp",
                                        "libwebrtc-node-offer.sdp", "pion-3.1-whip-offer.sdp"};
    (void)state;
    for (size_t i = 0; i < COUNT(files); i++) {
        struct bytes b = vector(files[i]);
        struct sdp offer = parsed((const char *)b.at, b.len, SDP_OFFER);
        struct sdp_local l = local();
        char text[4096];
        size_t len;
        l.red = true;
        ROW_EQUAL(i, sdp_write_answer(&offer, &l, text, sizeof text, &len), ERR_NONE);
        struct sdp answer = parsed(text, len, SDP_ANSWER);
        ROW_TRUE(i, answer.ice_lite && answer.end_of_candidates && answer.candidate_count == 2);
        ROW_TRUE(i, answer.opus.pt == offer.opus.pt && answer.red_pt == offer.red_pt);
        ROW_TRUE(i, answer.level.id == offer.level.id && answer.mid.id == offer.mid.id);
        ROW_TRUE(i, strcmp(answer.media[0].mid, offer.media[0].mid) == 0 && answer.media[0].bundled);
        ROW_EQUAL(i, answer.direction, sdp_answer_direction(offer.direction, SDP_SENDRECV));
        ROW_EQUAL(i, answer.ssrc, answer.direction & SDP_SENDONLY ? 4000000000 : 0);
        ROW_TRUE(i, !strstr(text, "transport-cc") && !strstr(text, "rtcp-fb"));
        free(b.at);
    }
}

static void directions(void **state)
{
    static const enum sdp_direction wanted[4][4] = {
        /* offered inactive, sendonly, recvonly, sendrecv; wanted likewise */
        {SDP_INACTIVE, SDP_INACTIVE, SDP_INACTIVE, SDP_INACTIVE},
        {SDP_INACTIVE, SDP_INACTIVE, SDP_RECVONLY, SDP_RECVONLY},
        {SDP_INACTIVE, SDP_SENDONLY, SDP_INACTIVE, SDP_SENDONLY},
        {SDP_INACTIVE, SDP_SENDONLY, SDP_RECVONLY, SDP_SENDRECV},
    };
    (void)state;
    for (int i = 0; i < 16; i++)
        ROW_EQUAL(i, sdp_answer_direction((enum sdp_direction)(i / 4), (enum sdp_direction)(i % 4)),
                  wanted[i / 4][i % 4]);
}

/* How an extension that was offered with a direction is answered; NULL = not at all. */
static void extensions(void **state)
{
    static const struct {
        const char *begin, *line, *says, *never;
    } rows[] = {
        {"a=extmap:1", "a=extmap:9/sendonly urn:ietf:params:rtp-hdrext:ssrc-audio-level",
         "a=extmap:9/recvonly urn", NULL},
        {"a=extmap:1", "a=extmap:9/recvonly urn:ietf:params:rtp-hdrext:ssrc-audio-level", NULL,
         "ssrc-audio-level"},
        {"a=extmap:1", NULL, NULL, "ssrc-audio-level"},
        {"a=extmap:4", "a=extmap:9/sendonly urn:ietf:params:rtp-hdrext:sdes:mid", "a=extmap:9/recvonly urn",
         NULL},
        {"a=extmap:4", "a=extmap:9/recvonly urn:ietf:params:rtp-hdrext:sdes:mid", "a=extmap:9/sendonly urn",
         NULL},
        {"a=extmap:4", "a=extmap:9/inactive urn:ietf:params:rtp-hdrext:sdes:mid", NULL, "sdes:mid"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sdp offer = offer_with(rows[i].begin, rows[i].line);
        struct sdp_local l = local();
        char text[4096];
        size_t len;
        ROW_EQUAL(i, sdp_write_answer(&offer, &l, text, sizeof text, &len), ERR_NONE);
        ROW_TRUE(i, !rows[i].says || strstr(text, rows[i].says));
        ROW_TRUE(i, !rows[i].never || !strstr(text, rows[i].never));
    }
}

static void variants(void **state)
{
    (void)state;
    char text[4096];
    size_t len;
    struct sdp_local l = local();
    struct sdp offer = offer_with("a=group", NULL);
    l.red = true;
    l.max_bitrate_bps = 24000;
    l.candidates = &here[1];
    l.candidate_count = 1;
    l.direction = SDP_RECVONLY;
    assert_int_equal(sdp_write_answer(&offer, &l, text, sizeof text, &len), ERR_NONE);
    assert_null(strstr(text, "BUNDLE"));
    assert_non_null(strstr(text, "m=audio 8444 UDP/TLS/RTP/SAVPF 111 63\r\nc=IN IP6 2001:db8::1\r\n"));
    assert_non_null(strstr(text, "a=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\n"));
    assert_non_null(strstr(text, "stereo=0;maxaveragebitrate=24000\r\n"));
    assert_non_null(strstr(text, "a=recvonly\r\n"));
    assert_null(strstr(text, "a=ssrc"));
    assert_null(strstr(text, "a=msid"));
    offer = offer_with("a=mid", NULL);
    assert_int_equal(sdp_write_answer(&offer, &l, text, sizeof text, &len), ERR_NONE);
    assert_null(strstr(text, "a=mid"));
}

static void the_offer_reads_as_one(void **state)
{
    static const enum sdp_direction rows[] = {SDP_SENDRECV, SDP_RECVONLY, SDP_SENDONLY};
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sdp_local l = local();
        char text[4096], back[4096];
        size_t len, back_len;
        l.direction = rows[i];
        l.red = i == 0;
        l.candidate_count = i;
        ROW_EQUAL(i, sdp_write_offer(&l, text, sizeof text, &len), ERR_NONE);
        struct sdp offer = parsed(text, len, SDP_OFFER);
        ROW_TRUE(i, offer.setup == SDP_SETUP_ACTPASS && !offer.ice_lite && offer.media[0].bundled);
        ROW_TRUE(i, offer.direction == rows[i] && offer.candidate_count == i && offer.opus.fec &&
                        offer.opus.dtx);
        ROW_TRUE(i, offer.opus.pt == SDP_OFFER_OPUS_PT && offer.red_pt == (i == 0 ? SDP_OFFER_RED_PT : 0));
        ROW_TRUE(i, offer.level.id == SDP_OFFER_LEVEL_EXT && offer.mid.id == SDP_OFFER_MID_EXT);
        ROW_TRUE(i, memcmp(offer.fingerprint, fingerprint, sizeof fingerprint) == 0);
        ROW_EQUAL(i, sdp_write_answer(&offer, &l, back, sizeof back, &back_len), ERR_NONE);
    }
}

static void too_small_a_buffer(void **state)
{
    (void)state;
    struct sdp offer = offer_with(NULL, NULL);
    struct sdp_local l = local();
    char text[4096];
    size_t whole_answer, whole_offer, len = 777;
    assert_int_equal(sdp_write_answer(&offer, &l, text, sizeof text, &whole_answer), ERR_NONE);
    assert_int_equal(sdp_write_offer(&l, text, sizeof text, &whole_offer), ERR_NONE);
    for (size_t capacity = 0; capacity <= whole_answer; capacity += 7) {
        char *exact = malloc(capacity + 1);
        ROW_EQUAL(capacity, sdp_write_answer(&offer, &l, exact, capacity, &len), ERR_SPACE);
        if (capacity <= whole_offer)
            ROW_EQUAL(capacity, sdp_write_offer(&l, exact, capacity, &len), ERR_SPACE);
        ROW_EQUAL(capacity, len, 777);
        free(exact);
    }
    assert_int_equal(sdp_write_answer(&offer, &l, text, whole_answer + 1, &len), ERR_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_whole_answer),   cmocka_unit_test(recorded_offers_are_answered),
        cmocka_unit_test(directions),         cmocka_unit_test(extensions),
        cmocka_unit_test(variants),           cmocka_unit_test(the_offer_reads_as_one),
        cmocka_unit_test(too_small_a_buffer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
