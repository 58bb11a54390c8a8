/* Reading descriptions. In two steps: the text is cut into sections (the session's and one for each m-line);
 * then the session's and the chosen audio's attributes are read by one table, the media's over the session's.
 */
#include <string.h>

#include "wire/sdp_parts.h"

#define TOKEN_OTHERS "!#$%&'*+-.^_`{|}~" /* RFC 8866 §9: token-char beside letters and digits */

/* ---- sections ---- */

/* Takes the lines before the next m-line off *rest. */
static struct sdp_text take_section(struct sdp_text *rest)
{
    struct sdp_text section = {rest->at, 0}, look = *rest, line, m;
    while (sdp_take_line(&look, &line)) {
        m = line;
        if (sdp_take_prefix(&m, "m="))
            break;
        section.len = rest->len - look.len;
    }
    rest->at += section.len;
    rest->len -= section.len;
    return section;
}

/* "audio 9 UDP/TLS/RTP/SAVPF 111 63"; the formats are left in *line. */
static enum err read_m_line(struct sdp_reading *r, struct sdp_text *line, struct sdp_media *m)
{
    struct sdp_text kind = sdp_take_until(line, ' '), port = sdp_take_until(line, ' ');
    struct sdp_text protocol = sdp_take_until(line, ' '), formats = *line;
    struct sdp_text format = sdp_take_until(&formats, ' '), first_port = sdp_take_until(&port, '/');
    uint32_t number;
    if (!sdp_is_made_of(kind, TOKEN_OTHERS) || !sdp_number(first_port, UINT16_MAX, &number) ||
        !sdp_is_made_of(protocol, TOKEN_OTHERS "/") || !sdp_is_made_of(format, TOKEN_OTHERS "/"))
        return sdp_fail(r, ERR_MALFORMED,
                        "The description has an m-line that is not \"m=kind port protocol formats\".");
    if (!sdp_copy(kind, m->kind, SDP_KIND_MAX) || !sdp_copy(protocol, m->protocol, SDP_PROTOCOL_MAX) ||
        !sdp_copy(format, m->format, SDP_FORMAT_MAX))
        return sdp_fail(r, ERR_LONG, "The description has an m-line with a word that is too long.");
    m->refused = number == 0;
    return ERR_NONE;
}

static enum err read_media_attributes(struct sdp_reading *r, struct sdp_text section, struct sdp_media *m)
{
    struct sdp_text line;
    while (sdp_take_line(&section, &line)) {
        if (sdp_is(line, "a=bundle-only"))
            m->refused = false;
        if (!sdp_take_prefix(&line, "a=mid:"))
            continue;
        if (!sdp_is_made_of(line, TOKEN_OTHERS))
            return sdp_fail(r, ERR_MALFORMED,
                            "The description has a mid that is empty or has characters SDP does not allow.");
        if (!sdp_copy(line, m->mid, SDP_MID_MAX))
            return sdp_fail(r, ERR_LONG, "The description has a mid longer than 32 characters.");
        m->bundled = sdp_has_word(r->bundle, line);
    }
    return ERR_NONE;
}

/* Whether this m-line is the audio we take; remembers it. */
static void choose(struct sdp_reading *r, const struct sdp_media *m, struct sdp_text formats,
                   struct sdp_text section)
{
    bool dtls = strcmp(m->protocol, "UDP/TLS/RTP/SAVPF") == 0 || strcmp(m->protocol, "UDP/TLS/RTP/SAVP") == 0;
    if (r->audio.at || m->refused || !dtls || strcmp(m->kind, "audio") != 0)
        return;
    r->sdp.opus.pt = sdp_find_codec(section, "opus/48000/2", formats);
    if (r->sdp.opus.pt == 0)
        return;
    r->sdp.red_pt = sdp_find_codec(section, "red/48000/2", formats);
    r->sdp.audio = r->sdp.media_count;
    r->audio = section;
}

static enum err read_media(struct sdp_reading *r, struct sdp_text *rest)
{
    struct sdp_media m = {0};
    struct sdp_text line;
    if (r->sdp.media_count == SDP_MEDIA_MAX)
        return sdp_fail(r, ERR_LONG, "The description has more than 16 m-lines.");
    sdp_take_line(rest, &line);
    sdp_take_prefix(&line, "m=");
    struct sdp_text section = take_section(rest);
    enum err e = read_m_line(r, &line, &m);
    if (!e)
        e = read_media_attributes(r, section, &m);
    if (e)
        return e;
    choose(r, &m, line, section);
    r->sdp.media[r->sdp.media_count++] = m;
    return ERR_NONE;
}

static void read_bundle(struct sdp_reading *r)
{
    struct sdp_text rest = r->session, line;
    while (!r->bundle.at && sdp_take_line(&rest, &line)) {
        if (sdp_take_prefix(&line, "a=group:BUNDLE "))
            r->bundle = line;
    }
}

/* "o=- 4611731400430051336 2 IN IP4 127.0.0.1" */
static void read_origin(struct sdp_reading *r)
{
    struct sdp_text rest = r->session, line;
    while (sdp_take_line(&rest, &line)) {
        if (!sdp_take_prefix(&line, "o="))
            continue;
        sdp_take_until(&line, ' ');
        struct sdp_text id = sdp_take_until(&line, ' ');
        if (!sdp_is_made_of(id, TOKEN_OTHERS) || !sdp_copy(id, r->sdp.origin, SDP_ORIGIN_MAX))
            r->sdp.origin[0] = 0;
        return;
    }
}

/* ---- the whole ---- */

static enum err check_text(struct sdp_reading *r, struct sdp_text text)
{
    struct sdp_text line, head = text;
    if (text.len > SDP_BYTES_MAX)
        return sdp_fail(r, ERR_LONG, "The description is longer than 32768 bytes.");
    if (!sdp_take_prefix(&head, "v=0"))
        return sdp_fail(r, ERR_MALFORMED, "The description does not begin with \"v=0\": it is no SDP.");
    if (memchr(text.at, 0, text.len))
        return sdp_fail(r, ERR_MALFORMED, "The description has a zero byte in it.");
    while (sdp_take_line(&text, &line)) {
        if (line.len && (line.len < 2 || line.at[1] != '=' || memchr(line.at, '\r', line.len)))
            return sdp_fail(r, ERR_MALFORMED, "The description has a line that is not \"letter=value\".");
    }
    return ERR_NONE;
}

static enum err check_usable(struct sdp_reading *r)
{
    const struct sdp *s = &r->sdp;
    bool offer = r->role == SDP_OFFER;
    if (!s->ufrag[0] || !s->pwd[0])
        return sdp_fail(r, ERR_UNSUPPORTED,
                        "The description has no ICE credentials (ice-ufrag and ice-pwd).");
    if (!r->has_fingerprint)
        return sdp_fail(r, ERR_UNSUPPORTED,
                        "The description has no sha-256 fingerprint: aula needs DTLS-SRTP.");
    if (!r->rtcp_mux)
        return sdp_fail(r, ERR_UNSUPPORTED,
                        "The description does not say rtcp-mux: aula has one port for RTP and RTCP.");
    if (offer && s->setup != SDP_SETUP_ACTPASS && s->setup != SDP_SETUP_ACTIVE)
        return sdp_fail(r, ERR_UNSUPPORTED,
                        "The offer's a=setup must be actpass or active: the relay is the DTLS server.");
    if (!offer && s->setup != SDP_SETUP_PASSIVE)
        return sdp_fail(r, ERR_UNSUPPORTED,
                        "The answer's a=setup must be passive: the relay is the DTLS server.");
    return ERR_NONE;
}

static enum err parse(struct sdp_reading *r, struct sdp_text text)
{
    enum err e = check_text(r, text);
    if (e)
        return e;
    r->session = take_section(&text);
    read_bundle(r);
    read_origin(r);
    while (!e && text.len > 0)
        e = read_media(r, &text);
    if (!e && !r->audio.at)
        e = sdp_fail(
            r, ERR_UNSUPPORTED,
            "The description has no audio in Opus (opus/48000/2) over DTLS-SRTP that is not refused.");
    if (!e)
        e = sdp_read_attributes(r, r->session);
    if (!e)
        e = sdp_read_attributes(r, r->audio);
    if (e)
        return e;
    sdp_read_fmtp(r->audio, &r->sdp);
    return check_usable(r);
}

enum err sdp_parse(const char *text, size_t len, enum sdp_role role, struct sdp *ret_sdp, const char **why)
{
    struct sdp_reading r = {.role = role, .sdp = {.direction = SDP_SENDRECV}};
    enum err e = parse(&r, (struct sdp_text){text, len});
    if (e)
        *why = r.why;
    else
        *ret_sdp = r.sdp;
    return e;
}
