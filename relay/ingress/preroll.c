#include "ingress/preroll.h"

#include <string.h>

void preroll_init(struct preroll *p)
{
    p->count = 0;
    for (unsigned i = 0; i < PREROLL_PACKETS; i++)
        p->order[i] = i;
}

/* Gives a free slot at the end of the order: the oldest packet's where all are taken. */
static void make_room(struct preroll *p)
{
    if (p->count < PREROLL_PACKETS)
        return;
    unsigned oldest = p->order[0];
    memmove(&p->order[0], &p->order[1], (PREROLL_PACKETS - 1) * sizeof p->order[0]);
    p->order[PREROLL_PACKETS - 1] = oldest;
    p->count--;
}

void preroll_put(struct preroll *p, const struct source_packet *packet)
{
    if (packet->restarted)
        p->count = 0;
    if (p->count == PREROLL_PACKETS && packet->seq < p->slots[p->order[0]].seq)
        return;
    make_room(p);
    unsigned slot = p->order[p->count];
    unsigned at = p->count++;
    for (; at > 0 && p->slots[p->order[at - 1]].seq > packet->seq; at--)
        p->order[at] = p->order[at - 1];
    p->order[at] = slot;
    struct preroll_packet *to = &p->slots[slot];
    to->seq = packet->seq;
    to->rtp_time = packet->rtp_time;
    to->samples = packet->samples;
    to->len = packet->len;
    memcpy(to->payload, packet->payload, packet->len);
}

const struct preroll_packet *preroll_at(const struct preroll *p, unsigned n)
{
    return n < p->count ? &p->slots[p->order[n]] : NULL;
}
