/* A description that parses is answered, and the answer parses as one, whatever was offered. */
#include "fuzz.h"
#include "wire/sdp.h"

static void answer(const struct sdp *offer)
{
    static const uint8_t fingerprint[SDP_FINGERPRINT_BYTES] = {1, 2, 3};
    const struct address here = address_v4((const uint8_t[]){192, 0, 2, 1}, 8444);
    const struct sdp_local local = {.id = 1,
                                    .version = 1,
                                    .ufrag = "abcd",
                                    .pwd = "abcdefghijklmnopqrstuv",
                                    .fingerprint = fingerprint,
                                    .candidates = &here,
                                    .candidate_count = 1,
                                    .direction = SDP_SENDRECV,
                                    .ssrc = 7,
                                    .cname = "aula",
                                    .red = true};
    char text[8192];
    struct sdp back;
    size_t len;
    const char *why = "";
    PROMISE(sdp_write_answer(offer, &local, text, sizeof text, &len) == ERR_NONE);
    PROMISE(sdp_parse(text, len, SDP_ANSWER, &back, &why) == ERR_NONE);
    PROMISE(back.media_count == offer->media_count && back.audio == offer->audio);
    PROMISE(back.opus.pt == offer->opus.pt && back.red_pt == offer->red_pt);
    PROMISE(back.direction == sdp_answer_direction(offer->direction, SDP_SENDRECV));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct sdp s;
    const char *why = NULL;
    if (sdp_parse((const char *)bytes, len, SDP_OFFER, &s, &why) == ERR_NONE)
        answer(&s);
    else
        PROMISE(why != NULL);
    why = NULL;
    if (sdp_parse((const char *)bytes, len, SDP_ANSWER, &s, &why))
        PROMISE(why != NULL);
    return 0;
}
