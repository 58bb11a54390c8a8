/* The listeners of one audience, in a dense array, and what is done for each of them: header, seal, queue.
 * All that can be done once for the audience has been done before. */
#ifndef AULA_EGRESS_FANOUT_H
#define AULA_EGRESS_FANOUT_H

#include "base/errors.h"
#include "egress/loss.h"
#include "egress/numbers.h"
#include "egress/outbox.h"
#include "egress/tap.h"
#include "plane.h"
#include "wire/rtp.h"

struct fanout;

struct listener {
    struct link *link; /* borrowed */
    uint32_t key;      /* its acoustic group */
    enum tier tier;
    uint8_t opus_pt;
    uint32_t ssrc, offset; /* of what it is sent; RTP time = session time + offset */
    session_samples
        aside; /* whole ticks by which his stamps lie later than his audience's: see fanout_join */
    struct numbers numbers;
    struct fanout *in; /* the audience it is in; NULL = none */
    size_t place;
    uint64_t packets, bytes, octets; /* sent: RTP, UDP payload, RTP payload */
    uint64_t packets_told;           /* of packets, when the last SR went */
};

/* One packet as the audience sends it. */
struct out_packet {
    uint64_t number; /* the audience's */
    session_samples at;
    int32_t samples;
    bool marker; /* begins a run */
    unsigned csrc_count;
    uint32_t csrc[RTP_CSRC_MAX];
    const uint8_t *payload;
    size_t len;
};

struct fanout {
    struct listener **listeners; /* owned array, borrowed listeners */
    size_t count, capacity;
    struct loss loss;     /* what they lose */
    struct tap *tap;      /* borrowed; NULL: not recorded */
    uint32_t tap_session; /* as which session it is recorded */
};

void fanout_init(struct fanout *f);
/* Listeners in it are in none afterwards. */
void fanout_finish(struct fanout *f);
/* Moves the listener here from wherever it is. Where the same sound is stamped `later` here than it was
 * there, his stamps go on as they were, until a run begins. ERR_MEMORY: it stays there. */
enum err fanout_join(struct fanout *f, struct listener *l, session_samples later) MUST_USE;
void fanout_leave(struct listener *l);

/* Whether there is anyone to send to: a listener, or the recorder. */
bool fanout_is_heard(const struct fanout *f);

/* Sends the packet to every listener and to the recorder. Returns how many it went to. */
size_t fanout_send(struct fanout *f, const struct out_packet *packet, struct outbox *outbox);

#endif
