/* The last packets of a source that has the floor. A mix starts warm from them, and an audience that goes
 * back to pass gets from them what the mix had not sent yet. */
#ifndef AULA_INGRESS_PREROLL_H
#define AULA_INGRESS_PREROLL_H

#include "plane.h"

#define PREROLL_PACKETS 8 /* measured: with the last 8 the first frame of a mix is as good as any */

struct preroll_packet {
    int64_t seq;
    uint32_t rtp_time;
    int32_t samples;
    uint16_t len;
    uint8_t payload[SOURCE_PAYLOAD_MAX];
};

struct preroll {
    unsigned count;
    unsigned order[PREROLL_PACKETS]; /* slots, by number: oldest first */
    struct preroll_packet slots[PREROLL_PACKETS];
};

void preroll_init(struct preroll *p);
/* Copies the packet in, in the order of numbers; the oldest leaves. A restart forgets all before it. */
void preroll_put(struct preroll *p, const struct source_packet *packet);
/* The nth oldest held, or NULL past the newest. */
const struct preroll_packet *preroll_at(const struct preroll *p, unsigned n);

#endif
