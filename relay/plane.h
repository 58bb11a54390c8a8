/* What the stages of a packet's path hand to each other. Structs only: door, ingress, choose and egress know
 * these, never one another; way_in, way_out and media.c put them together. */
#ifndef AULA_RELAY_PLANE_H
#define AULA_RELAY_PLANE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/time.h"
#include "types.h"

struct peer; /* one connection's media; the stages only carry the pointer */

#define SLOTS_MAX 32 /* of a session: twice AUDIBLE_MAX, so that a newcomer never takes a slot just left */
#define NO_SLOT   (-1)

/* Earlier than any session time, with room to calculate. */
#define SESSION_NEVER (INT64_MIN / 2)

/* A set of a session's audible sources: bit i is the source in slot i. */
typedef uint32_t source_set;

#define SOURCE_PAYLOAD_MAX 1400 /* bytes: a packet, its header and tag fit into one datagram of 1500 */
#define SILENCE_DBOV       127  /* RFC 6464's level of silence: levels are -dBov, 0 loudest */
#define DIGITAL_SILENCE_DBOV                                                                                 \
    100 /* as quiet or quieter: no microphone, whose own noise is above the last of 16 bits (-90 dBov) */
#define LEVEL_UNKNOWN 255 /* nobody has said or measured it */

/* One packet of a source that may be heard, as ingress hands it on. */
struct source_packet {
    int64_t seq;       /* extended; only grows, also over a restart of the sender */
    uint32_t rtp_time; /* the sender's own */
    int32_t samples;   /* its length at 48 kHz */
    bool restarted;    /* first of a new numbering or SSRC: whatever was counted before is over */
    bool has_level;
    uint8_t level_dbov; /* where has_level */
    bool dtx;           /* carries no sound */
    uint16_t len;
    const uint8_t *payload; /* borrowed from the datagram */
};

/* A packet with its place on the session clock, on its way out. */
struct timed_packet {
    session_samples at; /* of its first sample */
    int32_t samples;
    int64_t seq;  /* the source's, extended */
    uint32_t run; /* changes with each run of the source */
    const uint8_t *payload;
    size_t len;
};

/* Who is one acoustic group: a hall, or a remote participant alone. Never 0, which is the default audience's
 * key. */
static inline uint32_t acoustic_key(uint16_t group, uint32_t number)
{
    return group == GROUP_REMOTE ? 0x80000000u | number : group;
}

/* Whether a group is a hall, which has a loudspeaker; else it is one remote participant. */
static inline bool acoustic_is_hall(uint32_t key)
{
    return !(key & 0x80000000u);
}

#endif
