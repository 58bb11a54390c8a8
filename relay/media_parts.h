/* What the media plane is made of: the peers and sessions of one worker. Known to media*.c, way_in.c and
 * way_out*.c alone; the stages in door/, ingress/, choose/ and egress/ see only their own parts of it. */
#ifndef AULA_RELAY_MEDIA_PARTS_H
#define AULA_RELAY_MEDIA_PARTS_H

#include "base/table.h"
#include "choose/plan.h"
#include "choose/speaker.h"
#include "deadlines.h"
#include "door/admit.h"
#include "door/directory.h"
#include "egress/audience.h"
#include "egress/fanout.h"
#include "egress/mix.h"
#include "egress/outbox.h"
#include "egress/tap.h"
#include "facts.h"
#include "ingress/measure.h"
#include "ingress/preroll.h"
#include "ingress/reports.h"
#include "ingress/source.h"
#include "ingress/timeline.h"
#include "media.h"

#define UFRAGS_OF_A_PEER 2 /* after an ICE restart the one before stays good until the first new check */

/* One connection's media. */
struct peer {
    uint32_t handle;
    struct media_session *session;
    size_t place; /* in the session's array */
    uint32_t number;
    bool sends, receives, waits, up;
    char ufrags[UFRAGS_OF_A_PEER][LINK_UFRAG_MAX + 1]; /* in the directory; newest first, "" = none */
    struct link *link;
    struct deadline deadline;

    /* way in */
    struct source source;
    struct timeline timeline;
    struct preroll *preroll; /* owned; NULL while it has never had the floor */
    struct measure *measure; /* owned; NULL unless it had to be measured */
    struct reports_in reports;
    struct seat seat;
    session_samples mix_shift; /* whole ticks by which the mix takes its run later than it is passed */
    int slot;                  /* of the session, while audible; else NO_SLOT */
    uint64_t bytes_in;         /* UDP payload */
    point_us right_us;         /* since when it may send */
    point_us sound_us;         /* its last packet that was more than digital silence */
    uint8_t level_dbov;        /* of its newest packet; LEVEL_UNKNOWN */

    /* way out */
    struct listener listener;
};

/* One session's media. */
struct media_session {
    uint32_t handle;
    point_us origin_us; /* monotonic moment of session time 0 */
    struct deadline deadline;
    struct peer **peers; /* owned */
    size_t peer_count, peer_capacity;
    unsigned lean_listeners;

    uint32_t runs; /* of its sources, so far */
    struct speaker speaker;
    struct peer *slots[SLOTS_MAX]; /* those who are heard by anyone */
    source_set told;               /* the audible ones as they were told last */

    struct plan plan;
    struct audience *audiences[PLAN_AUDIENCES_MAX]; /* owned; [i] is for plan.audiences[i] */
    struct mix mix;

    point_us reports_us;  /* when RTCP is due; NEVER_US where nothing flows */
    struct loss loss;     /* what the listeners lose */
    uint64_t decodes;     /* to measure */
    uint64_t encodes;     /* of all audiences */
    uint64_t packets_in;  /* accepted RTP */
    uint64_t packets_out; /* of peers that are gone */
    uint64_t bytes_in;    /* UDP payload of all peers */
    uint64_t bytes_out;   /* likewise, of peers that are gone */
    uint64_t dropped;     /* RTP that did not enter, or came too late */
};

struct media {
    const struct entropy *entropy;
    struct admit admit;
    struct directory *directory;
    struct table *sessions, *peers; /* by handle */
    struct deadlines deadlines;
    struct outbox outbox;
    struct facts facts;
    struct tap tap;
    struct media_counters counters;
};

/* ---- media_peer.c: a peer's beginning and end ---- */

enum err media_peer_create(struct media *m, struct media_session *s, uint32_t handle,
                           const struct peer_add *add, point_us now_us) MUST_USE;
enum err peer_restart(struct media *m, struct peer *p, const struct peer_restart *restart,
                      point_us now_us) MUST_USE;
/* Gives it the floor or takes it, at once. ERR_MEMORY: it stays as it was. */
enum err peer_set_right(struct media *m, struct peer *p, bool may_send, point_us now_us) MUST_USE;
/* Sound is sent to it no more, or again. */
void peer_set_waiting(struct peer *p, bool waits);
/* Goodbye where it can be said, then all of it is gone. */
void media_peer_destroy(struct media *m, struct peer *p, point_us now_us);
/* Its link is dead: tells the state plane why, then as above. */
void peer_down(struct media *m, struct peer *p, enum err why, point_us now_us);
/* After anything was done with its link: keys, output, deadline. */
void peer_tend(struct media *m, struct peer *p);

/* ---- media_session.c: a session's choice, from the floor to the plan ---- */

enum err media_session_create(struct media *m, uint32_t handle, point_us origin_us, int k) MUST_USE;
void media_session_destroy(struct media *m, struct media_session *s, point_us now_us);
session_samples session_now(const struct media_session *s, point_us now_us);
/* By how many samples, in whole ticks, the mix takes the source later than its map says: not at all, but that
 * its sound from `at` on goes nowhere before what hearers of the mix have been sent. Its run is under way. */
session_samples session_mix_shift(const struct media_session *s, const struct peer *p, session_samples at);
/* True where the mix has the source later than its map says, and this packet of it (timed as the mix has it)
 * lies between two words: it is to be left out of the mix, and the rest lies earlier by its length. A voice
 * that joins in begins where nothing has been sent yet, up to 20 ms too late; this takes that back in its
 * first pause. Whoever gets it passed does not notice. */
bool session_gives_back(const struct media_session *s, const struct peer *p,
                        const struct timed_packet *packet, point_us now_us);
/* Who is audible now, and what follows: slots, runs that end, the plan. */
void session_choose(struct media *m, struct media_session *s, point_us now_us);
/* The source has lost the floor or is gone. */
void session_silence(struct media *m, struct peer *p, point_us now_us);
void session_set_deadline(struct media *m, struct media_session *s, point_us now_us);
void session_expire(struct media *m, struct media_session *s, point_us now_us);
/* Sound flows: RTCP will be due. */
void session_sound(struct media_session *s, point_us now_us);

/* ---- way_in.c, way_out.c, way_out_plan.c: the packet's path ---- */

void way_in_datagram(struct media *m, const struct address *from, uint8_t *bytes, size_t len,
                     point_us now_us);

/* Whole ticks by which audience i is to be stamped later than the mix's time: what it was passed until now
 * goes on where it was, wherever the mix has it. */
session_samples way_out_mix_aside(const struct media_session *s, unsigned i);
/* The first time of the mix that neither the mix has made nor those who hear the slot mixed have been sent.
 */
session_samples way_out_mix_frontier(const struct media_session *s, int slot);
/* An audible source's packet, on its way to all who hear it. */
void way_out_packet(struct media *m, struct peer *p, const struct timed_packet *packet, point_us now_us);
/* Makes what the mix can make now, and closes what has fallen silent. */
void way_out_expire(struct media *m, struct media_session *s, point_us now_us);
point_us way_out_deadline(const struct media_session *s, point_us now_us);
/* RTCP to every peer that sound flows to or from; false where there was none. */
bool way_out_reports(struct media *m, struct media_session *s, point_us now_us);
void way_out_bye(struct media *m, struct peer *p, point_us now_us);

/* Makes the plan anew and follows it: audiences split and join, sources enter and leave the mix. */
void way_out_replan(struct media *m, struct media_session *s, point_us now_us);
/* The mix begins with this packet of a source in it, where the mix takes it. */
void way_out_start_mix(struct media *m, struct media_session *s, const struct timed_packet *packet,
                       point_us now_us);
void way_out_stop_mix(struct media_session *s);
/* Encoders for the audiences in the mix that have listeners and none yet; the rest lose theirs. */
void way_out_give_voices(struct media *m, struct media_session *s, point_us now_us);
/* From now on the session is recorded, or no more. */
void way_out_record(struct media *m, struct media_session *s, bool recorded, point_us now_us);
/* A listener whose link is up goes where he belongs. */
void way_out_place(struct media_session *s, struct listener *l);
struct made_csrcs way_out_csrcs(const struct media_session *s, source_set set);

#endif
