/* A media plane and real peers around it, in virtual time: links on both sides, no network between them (a
 * datagram arrives at the moment it is sent). Members speak pre-made Opus packets and keep what they hear. */
#ifndef AULA_TEST_PLANE_BENCH_H
#define AULA_TEST_PLANE_BENCH_H

#include "media.h"

#define BENCH_MEMBERS_MAX 8
#define BENCH_HEARD_MAX   4096
#define BENCH_SPEECH      256 /* packets of 20 ms prepared for each member; then they begin anew */
#define BENCH_OPUS_PT     111
#define BENCH_LEVEL_EXT   1
#define BENCH_SESSION     7

struct heard {
    point_us at_us;
    bool marker;
    uint16_t seq;
    uint32_t time, ssrc;
    unsigned csrc_count;
    uint32_t csrc[15];
    size_t len;
    uint8_t payload[400]; /* as much of it as goes in */
};

struct speech {
    size_t len;
    uint8_t payload[400];
};

struct member {
    uint32_t number; /* also the peer's handle */
    struct link *link;
    struct address address;
    char ufrag[5];
    /* speaking */
    bool talks;
    bool sends_levels;
    uint8_t level;    /* RFC 6464 */
    point_us next_us; /* of its next packet */
    uint16_t seq;
    uint32_t rtp_time, ssrc;
    unsigned said; /* packets */
    bool has_run;  /* the newest FACT_RUN about it */
    uint32_t run_rtp_time;
    session_samples run_time;
    struct speech speech[BENCH_SPEECH];
    /* hearing */
    size_t count, reports;
    struct heard heard[BENCH_HEARD_MAX];
};

struct bench {
    struct media *media;
    struct link_identity *relay_id, *client_id;
    struct entropy entropy;
    uint64_t dice;
    point_us now_us;
    size_t member_count;
    struct member *members[BENCH_MEMBERS_MAX];
    struct session_counters counters;               /* of the last bench_counters */
    uint32_t speaking[AUDIBLE_MAX], speaking_count; /* newest FACT_SPEAKING */
    unsigned ups, downs, runs;
};

struct bench *bench_create(int k);
void bench_destroy(struct bench *b);
/* A member in full tier, with the floor; its link is up on return. group GROUP_REMOTE: remote. */
struct member *bench_join(struct bench *b, uint16_t group, enum source_rank rank, enum tier tier);
void bench_order(struct bench *b, const struct media_order *order);
/* Begins to talk `after_us` from now, at this level. */
void bench_talk(struct bench *b, struct member *m, uint8_t level, span_us after_us);
/* Sends one packet of its speech now, unless it is to be lost on the way. */
void bench_say(struct bench *b, struct member *m, bool lost);
/* Any bytes, from the member's address or (NULL) from a stranger's; they are changed in place. */
void bench_input(struct bench *b, const struct member *m, uint8_t *bytes, size_t len);
/* Lets time pass, everyone speaking who does. */
void bench_run(struct bench *b, span_us span);
/* Fetches the counters of the session. */
void bench_counters(struct bench *b);
struct peer_counters bench_peer_counters(struct bench *b, const struct member *m);

#endif
