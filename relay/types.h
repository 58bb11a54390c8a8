/* What the two planes tell each other, and the words both use. Facts and orders only: plain structs, copied
 * through the mailbox.
 *
 * State plane (control loop) → media plane (a worker): orders.  Media plane → state plane: facts.
 * A *peer* is one connection's media: a participant that reconnects with a new offer is a new peer with the
 * same number. */
#ifndef AULA_RELAY_TYPES_H
#define AULA_RELAY_TYPES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/address.h"
#include "base/time.h"
#include "link/link.h"

#define SESSIONS_MAX    4096 /* held open by one relay */
#define PEERS_MAX       4096 /* media links of one worker */
#define GROUPS_MAX      64   /* halls of one session; a remote participant needs none */
#define AUDIBLE_MAX     16   /* upper bound of K, the sources heard at once */
#define AUDIBLE_DEFAULT 4    /* K */
#define GROUP_REMOTE    0    /* group of everyone who is in no hall: each is a group of his own */

enum tier { TIER_FULL, TIER_LEAN };

/* What a peer's microphone is within its hall: of one hall one source is heard at a time, a seat's or
 * lecturer's before the room's own. */
enum source_rank { SOURCE_ROOM, SOURCE_SEAT };

enum media_order_kind {
    ORDER_SESSION_OPEN,   /* session, origin_us, k, recorded */
    ORDER_SESSION_RECORD, /* session, recorded */
    ORDER_SESSION_CLOSE,  /* session: its peers are gone with it */
    ORDER_PEER_ADD,       /* session, peer, add */
    ORDER_PEER_RESTART,   /* peer, restart */
    ORDER_PEER_RIGHT,     /* peer, may_send */
    ORDER_PEER_WAIT,      /* peer, waits: it is sent no sound as long as it waits for the opening */
    ORDER_PEER_PIN,       /* peer, pinned */
    ORDER_PEER_BOTH,      /* peer (a room's), both */
    ORDER_PEER_REMOVE,    /* peer */
    ORDER_COUNTERS /* session: answer with FACT_PEER_COUNTERS for each peer, then FACT_SESSION_COUNTERS */
};

struct peer_add {
    uint32_t number; /* the participant's, also its CSRC */
    uint16_t group;  /* acoustic group: GROUP_REMOTE or 1 .. GROUPS_MAX, one for each hall */
    enum source_rank rank;
    enum tier tier;
    bool may_send;        /* has the floor and is not muted */
    bool waits;           /* for the opening: is sent no sound yet */
    bool sends, receives; /* directions of the answered description */
    uint8_t opus_pt;      /* payload type in both directions */
    uint8_t level_ext;    /* RFC 8285 id of the audio level on packets from the peer; 0 = none */
    uint8_t mid_ext;      /* id of the MID extension; 0 = none */
    uint32_t out_ssrc;    /* SSRC of what we send to it */
    uint16_t out_seq;     /* first sequence number we send */
    uint32_t out_offset;  /* RTP time = low 32 bits of session time + this */
    struct link_config link;
};

struct peer_restart {
    char local_ufrag[LINK_UFRAG_MAX + 1], local_pwd[LINK_PWD_MAX + 1];
    char remote_ufrag[LINK_UFRAG_MAX + 1], remote_pwd[LINK_PWD_MAX + 1];
};

/* One datagram for the network. */
struct media_datagram {
    struct address to;
    uint8_t *bytes; /* owned by the media plane, valid until media_sent */
    size_t len;
};

struct media_order {
    enum media_order_kind kind;
    uint32_t session; /* handle given by the state plane, never 0, not reused while the relay runs */
    uint32_t peer;    /* likewise */
    union {
        struct {
            point_us origin_us; /* monotonic moment of session time 0 (may be long before the process began,
                                   so negative) */
            int k;              /* sources heard at once, 1 .. AUDIBLE_MAX */
            bool recorded;      /* what the default audience is sent is told as media_record too */
        } open;
        struct peer_add add;
        struct peer_restart restart;
        bool may_send;
        bool waits;
        bool pinned;
        bool both; /* it may be heard beside a seat of its hall */
        bool recorded;
    };
};

#define MEDIA_RECORD_MAX 1400 /* bytes: the largest payload that is passed (SOURCE_PAYLOAD_MAX) */

/* One packet of a recorded session: as everyone who has no source himself is sent it in the full tier. */
struct media_record {
    uint32_t session;
    session_samples at; /* of its first sample */
    int32_t samples;
    uint16_t len;
    uint8_t payload[MEDIA_RECORD_MAX];
};

enum media_fact_kind {
    FACT_PEER_UP,   /* peer: keys agreed, sound can flow */
    FACT_PEER_DOWN, /* peer, why: its link is dead and gone; the order PEER_REMOVE is not needed any more */
    FACT_RUN,       /* peer, run: its RTP time on the session clock changed */
    FACT_SPEAKING,  /* session, speaking */
    FACT_PEER_COUNTERS,   /* peer, peer_counters */
    FACT_SESSION_COUNTERS /* session, session_counters */
};

#define LEVEL_UNTOLD 255 /* in place of a level */

struct peer_counters {
    uint64_t packets_in, packets_out; /* RTP, accepted and sealed */
    uint64_t bytes_in, bytes_out;     /* UDP payload bytes */
    uint64_t lost;                    /* RTP that never came, by gaps in the peer's own numbers */
    uint64_t refused;                 /* RTP dropped for want of the floor */
    uint64_t late;                    /* dropped: came after their run */
    bool audible;
    bool up;
    /* The line as it is now: averages over the last reports of RTCP; 0 where nobody has told. */
    uint16_t lost_in, lost_out; /* of 65536: of what it sends, of what it is sent */
    uint32_t jitter_in_us, jitter_out_us;
    uint32_t round_trip_us;
    uint8_t level_dbov; /* of its newest packet, as in RFC 6464; or LEVEL_UNTOLD */
    uint32_t still_ms;  /* since its last packet, or since it may send */
    uint32_t quiet_ms;  /* likewise, its last packet that was more than digital silence */
};

struct session_counters {
    uint64_t decodes, encodes; /* calls of libopus */
    uint64_t packets_in, packets_out, dropped;
    uint64_t bytes_in, bytes_out; /* UDP payload */
    uint64_t mixes,
        late_mixes; /* frames made; of these, made after a deadline instead of by the last arrival */
};

struct media_fact {
    enum media_fact_kind kind;
    uint32_t session;
    uint32_t peer;
    union {
        enum err why;
        struct {
            uint32_t rtp_time;    /* of a packet in the run */
            session_samples time; /* and where it lies on the session clock */
        } run;
        struct {
            uint32_t numbers[AUDIBLE_MAX];
            uint32_t count;
        } speaking;
        struct peer_counters peer_counters;
        struct session_counters session_counters;
    };
};

#endif
