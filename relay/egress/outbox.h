/* Datagrams that wait to be sent. Slots of bytes come from blocks that are kept and used again, so in the
 * steady state nothing is allocated; bytes never move while they wait. */
#ifndef AULA_EGRESS_OUTBOX_H
#define AULA_EGRESS_OUTBOX_H

#include "base/errors.h"
#include "plane.h"

/* Waiting at once: a packet for each of PEERS_MAX listeners, four deep. Beyond that the network is stuck, and
 * old sound is worth nothing. */
#define OUTBOX_DATAGRAMS_MAX (4 * PEERS_MAX)
#define OUTBOX_BLOCK_BYTES   (64 * 1024)

struct outbox_block;

struct outbox {
    struct media_datagram *queue; /* owned */
    size_t head, tail, capacity;
    struct outbox_block *blocks, *block; /* all of them; the one being filled */
    size_t used;                         /* bytes of it */
    uint64_t dropped;                    /* for want of room */
};

void outbox_init(struct outbox *o);
void outbox_finish(struct outbox *o);

/* Room for a datagram of up to `len` bytes (at most LINK_DATAGRAM_MAX + LINK_SEAL_OVERHEAD), or NULL: then it
 * is counted as dropped. Filled by the caller, then put; a claim that is not put is simply claimed again. */
uint8_t *outbox_claim(struct outbox *o, size_t len);
/* Queues the claimed bytes. */
void outbox_put(struct outbox *o, const struct address *to, uint8_t *claimed, size_t len);

size_t outbox_waiting(const struct outbox *o, const struct media_datagram **ret_first);
/* The first `count` have gone. */
void outbox_sent(struct outbox *o, size_t count);

#endif
