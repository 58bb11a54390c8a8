/* A media plane and real peers around it, in virtual time: links on both sides, no network between them (a
 * datagram arrives at the moment it is sent). Members speak pre-made Opus packets and keep what they hear. */
#ifndef AULA_TEST_PLANE_BENCH_H
#define AULA_TEST_PLANE_BENCH_H

#include "media.h"
#include "wire/rtcp.h"

#define BENCH_MEMBERS_MAX  16
#define BENCH_HEARD_MAX    4096
#define BENCH_SPEECH       256 /* packets of 20 ms prepared for each member; then they begin anew */
#define BENCH_OPUS_PT      111
#define BENCH_LEVEL_EXT    1
#define BENCH_SESSION      7
#define BENCH_PAYLOAD_MAX  1400
#define BENCH_REPORT_PARTS 4

struct heard {
    point_us at_us;
    bool marker;
    uint16_t seq;
    uint32_t time, ssrc;
    unsigned csrc_count;
    uint32_t csrc[15];
    size_t len;
    uint8_t payload[BENCH_PAYLOAD_MAX];
};

struct speech {
    size_t len;
    uint8_t payload[400];
};

/* A packet of a script: whatever a member is to say instead of its prepared speech. */
struct script_packet {
    const uint8_t *payload;
    size_t len;
    int32_t samples; /* by which its RTP time goes on */
    uint8_t level;
};

struct script {
    const struct script_packet *packets; /* borrowed; said over and over */
    size_t count;
};

/* Where a packet said lay, by the newest FACT_RUN about its source. */
struct place {
    bool known;
    const struct script_packet *words; /* of the script; NULL: speech */
    session_samples at;
    point_us said_us;
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
    uint64_t wraps; /* of seq */
    uint32_t rtp_time, ssrc;
    unsigned said; /* packets */
    bool has_run;  /* the newest FACT_RUN about it */
    uint32_t run_rtp_time;
    session_samples run_time;
    struct speech speech[BENCH_SPEECH];
    const struct script *script; /* borrowed; NULL: speech, at `level` */
    size_t script_at;
    double ppm;           /* by which its clock is slow: its seconds last longer */
    double next_exact_us; /* of its next packet, where ppm is not 0 */
    size_t place_count, place_capacity;
    struct place *places; /* owned; of the packets said */
    /* hearing */
    size_t count, reports;
    struct rtcp_packet report[BENCH_REPORT_PARTS]; /* the newest */
    unsigned report_parts;
    char report_cname[32]; /* of its SDES */
    point_us report_us;
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
/* The same with a session that is `age_us` old. */
struct bench *bench_create_old(int k, span_us age_us);
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
/* From now on its script, from packet `at` on; NULL: its speech. */
void bench_script(struct member *m, const struct script *script, size_t at);
/* Fetches the counters of the session. */
void bench_counters(struct bench *b);
struct peer_counters bench_peer_counters(struct bench *b, const struct member *m);

#endif
