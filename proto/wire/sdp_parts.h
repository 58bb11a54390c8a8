/* Between the files that read a description: nobody else includes this. */
#ifndef AULA_WIRE_SDP_PARTS_H
#define AULA_WIRE_SDP_PARTS_H

#include "wire/sdp.h"
#include "wire/sdp_text.h"

#define SDP_LEVEL_URI "urn:ietf:params:rtp-hdrext:ssrc-audio-level" /* RFC 6464 */
#define SDP_MID_URI   "urn:ietf:params:rtp-hdrext:sdes:mid"         /* RFC 8843 §15.1 */

/* A description on its way from text to struct. */
struct sdp_reading {
    struct sdp sdp;
    enum sdp_role role;
    const char *why;         /* set by sdp_fail */
    struct sdp_text bundle;  /* mids of the BUNDLE group */
    struct sdp_text session; /* the text before the first m-line */
    struct sdp_text audio;   /* the chosen section after its m-line; at == NULL while none is */
    bool has_fingerprint, rtcp_mux;
};

/* Notes the sentence and returns e. */
enum err sdp_fail(struct sdp_reading *r, enum err e, const char *why);

/* Reads every line of a section that says something for aula; a later line goes over an earlier one. */
enum err sdp_read_attributes(struct sdp_reading *r, struct sdp_text section) MUST_USE;

/* The first payload type that a section maps to this codec ("opus/48000/2", case aside); 0 = none. */
uint8_t sdp_find_codec(struct sdp_text section, const char *codec, struct sdp_text formats);
/* Fills what the fmtp lines say of s->opus.pt and s->red_pt. RED of anything else than that Opus becomes
 * none. */
void sdp_read_fmtp(struct sdp_text section, struct sdp *s);

#endif
