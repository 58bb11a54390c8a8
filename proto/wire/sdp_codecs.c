/* Which payload types of an audio section are Opus and its RED, and what their parameters say. */
#include "wire/sdp_parts.h"

/* The payload type of an "rtpmap:" line for this codec, where the m-line lists it and RTCP cannot be mistaken
 * for it (RFC 5761 §4); 0 otherwise. */
static uint8_t codec_pt(struct sdp_text line, const char *codec, struct sdp_text formats)
{
    uint32_t pt;
    if (!sdp_take_prefix(&line, "a=rtpmap:"))
        return 0;
    struct sdp_text number = sdp_take_until(&line, ' ');
    if (!sdp_is(line, codec) || !sdp_number(number, 127, &pt) || (pt >= 64 && pt <= 95))
        return 0;
    return sdp_has_word(formats, number) ? (uint8_t)pt : 0;
}

uint8_t sdp_find_codec(struct sdp_text section, const char *codec, struct sdp_text formats)
{
    struct sdp_text line;
    uint8_t pt = 0;
    while (pt == 0 && sdp_take_line(&section, &line))
        pt = codec_pt(line, codec, formats);
    return pt;
}

/* The parameters of a payload type's "fmtp:" line, which may stand before its rtpmap; empty where there is
 * none. */
static struct sdp_text find_fmtp(struct sdp_text section, uint8_t pt)
{
    struct sdp_text line;
    uint32_t number;
    while (sdp_take_line(&section, &line)) {
        if (sdp_take_prefix(&line, "a=fmtp:") && sdp_number(sdp_take_until(&line, ' '), 127, &number) &&
            number == pt)
            return line;
    }
    return (struct sdp_text){"", 0};
}

static void read_opus_fmtp(struct sdp_text fmtp, struct sdp_opus *opus)
{
    while (fmtp.len > 0) {
        struct sdp_text value = sdp_take_until(&fmtp, ';');
        while (sdp_take_prefix(&value, " "))
            ;
        struct sdp_text name = sdp_take_until(&value, '=');
        if (sdp_is(name, "useinbandfec"))
            opus->fec = sdp_is(value, "1");
        else if (sdp_is(name, "usedtx"))
            opus->dtx = sdp_is(value, "1");
        else if (sdp_is(name, "stereo"))
            opus->stereo = sdp_is(value, "1");
        else if (sdp_is(name, "maxaveragebitrate") && !sdp_number(value, UINT32_MAX, &opus->max_bitrate_bps))
            opus->max_bitrate_bps = 0;
    }
}

/* "111/111": every block is our Opus, else it is no RED for us. */
static void read_red_fmtp(struct sdp_text fmtp, struct sdp *s)
{
    uint32_t pt;
    while (s->red_pt && fmtp.len > 0) {
        if (!sdp_number(sdp_take_until(&fmtp, '/'), 127, &pt) || pt != s->opus.pt ||
            s->red_blocks == UINT8_MAX)
            s->red_pt = s->red_blocks = 0;
        else
            s->red_blocks++;
    }
}

void sdp_read_fmtp(struct sdp_text section, struct sdp *s)
{
    read_opus_fmtp(find_fmtp(section, s->opus.pt), &s->opus);
    if (s->red_pt)
        read_red_fmtp(find_fmtp(section, s->red_pt), s);
}
