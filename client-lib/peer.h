/* One peer connection of the client: its description, its link, its RTCP. A participant has one at a time; a
 * new one (new keys, new numbers) takes the place of one that is dead.
 *
 * Four verbs; datagrams of the link and sealed packets leave by the same door. */
#ifndef AULA_CLIENT_PEER_H
#define AULA_CLIENT_PEER_H

#include "line.h"
#include "link/link.h"
#include "reports.h"
#include "uplink.h"
#include "wire/rtp.h"

#define PEER_SDP_MAX  4096 /* bytes of our own offer */
#define PEER_SENT_MAX 4    /* sealed packets that wait to be taken: a tick makes two */
#define PEER_SILENT_US                                                                                       \
    (8 * (span_us)US_PER_S) /* nothing authentic from the relay for so long, though it                       \
                               answers sentences: it has forgotten this peer */

enum peer_stage { PEER_OFFERED, PEER_CONNECTING, PEER_UP };

struct peer_sealed {
    uint8_t bytes[LINK_DATAGRAM_MAX];
    size_t len;
};

struct peer {
    enum peer_stage stage;
    const struct link_identity *identity; /* borrowed */
    const struct entropy *entropy;        /* borrowed */
    struct link *link;                    /* NULL while PEER_OFFERED */
    char ufrag[LINK_UFRAG_MAX + 1], pwd[LINK_PWD_MAX + 1];
    uint64_t id, version;        /* of our description; another version for each ICE restart */
    bool restarting;             /* the credentials above are offered, not yet answered */
    struct uplink_stream stream; /* of what we send */
    uint32_t offset;             /* RTP time of what comes = session time + this */
    uint8_t opus_pt;
    bool seen_ssrc;
    uint32_t remote_ssrc;
    struct line line;
    bool heard;            /* a packet came since the last report */
    point_us report_us;    /* next report; NEVER_US while nothing flows */
    point_us authentic_us; /* when something authentic last came */
    struct reports reports;
    struct peer_sealed sealed[PEER_SENT_MAX];
    unsigned sealed_count;
};

/* What came in. */
enum peer_input { PEER_INPUT_NOTHING, PEER_INPUT_UP, PEER_INPUT_SOUND, PEER_INPUT_GONE };

/* Fresh credentials and numbers. The caller owns *ret_peer (peer_destroy). ERR_MEMORY. */
enum err peer_create(const struct link_identity *identity, const struct entropy *entropy, point_us now_us,
                     struct peer **ret_peer) MUST_USE;
void peer_destroy(struct peer *p);
/* Our description, zero-ended, at most PEER_SDP_MAX bytes. ERR_SPACE. */
enum err peer_offer(const struct peer *p, char sdp[PEER_SDP_MAX]) MUST_USE;
/* An ICE restart (RFC 8445 §9): new credentials, to be offered with peer_offer; sound goes on under the old
 * ones until the answer, and its keys stay. ERR_STATE before up. */
enum err peer_restart_ice(struct peer *p) MUST_USE;
/* The relay's answer: the link begins (or, after peer_restart_ice, is checked anew) towards its candidate
 * number `attempt` (modulo their count). Class drop where the description is nothing for us: *why is then a
 * sentence. */
enum err peer_answer(struct peer *p, const char *sdp, uint32_t offset, unsigned attempt, point_us now_us,
                     const char **why) MUST_USE;
/* One datagram, unsealed in place. On PEER_INPUT_SOUND *ret_packet borrows `bytes`: a fresh Opus packet of
 * the stream we hear (repeated ones are ERR_REPLAY). Errors as link_input. */
enum err peer_input(struct peer *p, const struct address *from, uint8_t *bytes, size_t len, point_us now_us,
                    enum peer_input *ret_what, struct rtp_packet *ret_packet) MUST_USE;
/* Seals a packet of ours; it leaves by peer_output. ERR_STATE before up, ERR_FULL. */
enum err peer_send(struct peer *p, const struct uplink_packet *packet, point_us now_us) MUST_USE;
/* Says BYE, where up; leaves by peer_output. */
void peer_bye(struct peer *p);
/* The next datagram, or false. `bytes` has room for LINK_DATAGRAM_MAX. */
bool peer_output(struct peer *p, struct address *ret_to, uint8_t *bytes, size_t *ret_len);
point_us peer_deadline(const struct peer *p);
/* Class link dead: to be destroyed. `sent` is what a sender report would say. */
enum err peer_expire(struct peer *p, const struct reports_sent *sent, point_us now_us) MUST_USE;
bool peer_is_up(const struct peer *p);

#endif
