/* Session descriptions (RFC 8866; JSEP RFC 8829) with what aula takes part in: one audio stream of Opus over
 * ICE and DTLS-SRTP. Other media are noticed, so that an answer can refuse them by name. */
#ifndef AULA_WIRE_SDP_H
#define AULA_WIRE_SDP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"
#include "base/errors.h"

#define SDP_BYTES_MAX         32768 /* of a description; Chromium's with video is some 7,000 */
#define SDP_MEDIA_MAX         16    /* m-lines of one description */
#define SDP_KIND_MAX          15    /* characters of "audio", "application" */
#define SDP_PROTOCOL_MAX      31    /* of "UDP/TLS/RTP/SAVPF" */
#define SDP_FORMAT_MAX        31    /* of a media's first format */
#define SDP_MID_MAX           32    /* characters; browsers use "0" or "audio" */
#define SDP_UFRAG_MIN         4     /* RFC 8839 §5.4 */
#define SDP_UFRAG_MAX         32    /* RFC 8839 allows 256; none sends over 32 */
#define SDP_PWD_MIN           22
#define SDP_PWD_MAX           64
#define SDP_ORIGIN_MAX        40  /* characters of a session id; browsers write at most 20 digits */
#define SDP_CNAME_MAX         255 /* RFC 3550 §6.5 */
#define SDP_CANDIDATES_MAX    8   /* the first ones are kept, the rest not looked at */
#define SDP_FINGERPRINT_BYTES 32  /* SHA-256 */

#define SDP_OFFER_OPUS_PT   111 /* the numbers that our own offers use */
#define SDP_OFFER_RED_PT    63
#define SDP_OFFER_LEVEL_EXT 1
#define SDP_OFFER_MID_EXT   2

enum sdp_role { SDP_OFFER, SDP_ANSWER };

/* Seen from the description's author. The bits are: 1 sends, 2 receives. */
enum sdp_direction { SDP_INACTIVE = 0, SDP_SENDONLY = 1, SDP_RECVONLY = 2, SDP_SENDRECV = 3 };

enum sdp_setup { SDP_SETUP_NONE, SDP_SETUP_ACTPASS, SDP_SETUP_ACTIVE, SDP_SETUP_PASSIVE };

/* One m-line. */
struct sdp_media {
    char kind[SDP_KIND_MAX + 1];
    char protocol[SDP_PROTOCOL_MAX + 1];
    char format[SDP_FORMAT_MAX + 1]; /* its first */
    char mid[SDP_MID_MAX + 1];       /* "" = none */
    bool refused;                    /* port 0 (and not bundle-only) */
    bool bundled;                    /* its mid is in the BUNDLE group */
};

/* A header extension that is on offer; id 0 = not. */
struct sdp_extmap {
    uint8_t id;
    enum sdp_direction direction;
};

struct sdp_opus {
    uint8_t pt;
    bool fec, dtx, stereo;    /* what the author wants to receive: useinbandfec, usedtx, stereo */
    uint32_t max_bitrate_bps; /* maxaveragebitrate; 0 = unsaid */
};

/* A parsed description. The audio fields are those of media[audio], session level values included. */
struct sdp {
    struct sdp_media media[SDP_MEDIA_MAX];
    size_t media_count;
    size_t audio; /* index of the m-line that we take: the first audio with Opus over DTLS-SRTP */
    char origin[SDP_ORIGIN_MAX + 1]; /* the session id of the o= line: one for each peer connection (RFC 8829
                                        §5.2.1); "" = none that is a word of that length */
    bool ice_lite;
    char ufrag[SDP_UFRAG_MAX + 1], pwd[SDP_PWD_MAX + 1];
    uint8_t fingerprint[SDP_FINGERPRINT_BYTES]; /* SHA-256 of the author's certificate */
    enum sdp_setup setup;
    enum sdp_direction direction;
    struct sdp_opus opus;
    uint8_t red_pt;     /* RED of that Opus; 0 = none */
    uint8_t red_blocks; /* how many its fmtp lists ("111/111" is 2); 0 without fmtp */
    struct sdp_extmap level, mid;
    struct address candidates[SDP_CANDIDATES_MAX]; /* host, UDP, component 1, IP literals only */
    size_t candidate_count;
    bool end_of_candidates;
    uint32_t ssrc; /* of the first a=ssrc with a cname; 0 = unsaid */
    char cname[SDP_CNAME_MAX + 1];
};

/* Reads a description and checks that aula can take part: audio with Opus, ICE credentials, a SHA-256
 * fingerprint, rtcp-mux, a DTLS role that leaves the relay passive (an offer: actpass or active; an answer:
 * passive). Line ends may be CR LF or LF. On failure *why (never NULL) is a sentence for people, static
 * storage; on success it is untouched, as *ret_sdp is on failure.
 * ERR_MALFORMED, ERR_LONG (a limit above), ERR_UNSUPPORTED (understood, but nothing for aula). */
enum err sdp_parse(const char *text, size_t len, enum sdp_role role, struct sdp *ret_sdp,
                   const char **why) MUST_USE;

/* What we say of ourselves. Borrowed during the call. Texts must be of the characters their grammar allows
 * (ICE characters, no line ends): ours are made by us. */
struct sdp_local {
    uint64_t id;      /* of the o= line: one for each peer */
    uint64_t version; /* grows with each description of that peer */
    const char *ufrag, *pwd;
    const uint8_t *fingerprint; /* SDP_FINGERPRINT_BYTES */
    const struct address *candidates;
    size_t candidate_count;
    enum sdp_direction direction; /* what we want; an answer takes what the offer leaves of it */
    uint32_t ssrc;                /* of what we send */
    const char *cname;            /* also the name of the stream (msid) */
    bool red;                     /* RED is welcome (an answer: where it was offered) */
    uint32_t max_bitrate_bps;     /* of Opus sent to us; 0 = unsaid */
};

/* What both sides agree on, seen from the answer's author: he sends what the offer receives and the other
 * way round. */
enum sdp_direction sdp_answer_direction(enum sdp_direction offered, enum sdp_direction wanted);

/* The relay's answer: ICE-lite, DTLS passive, only the audio accepted, other media refused with port 0.
 * A zero closes it, *ret_len does not count it. ERR_SPACE. */
enum err sdp_write_answer(const struct sdp *offer, const struct sdp_local *local, char *text, size_t capacity,
                          size_t *ret_len) MUST_USE;
/* The native client's offer: one audio line, full ICE, DTLS actpass. */
enum err sdp_write_offer(const struct sdp_local *local, char *text, size_t capacity,
                         size_t *ret_len) MUST_USE;

#endif
