#include "egress/fanout.h"

#include <stdlib.h>
#include <string.h>

#include "base/cursor.h"

#define HEADER_MAX (RTP_HEADER_BYTES + 4 * RTP_CSRC_MAX)
#define MARKER_BIT 0x80

void fanout_init(struct fanout *f)
{
    memset(f, 0, sizeof *f);
}

void fanout_finish(struct fanout *f)
{
    for (size_t i = 0; i < f->count; i++)
        f->listeners[i]->in = NULL;
    free(f->listeners);
    fanout_init(f);
}

enum err fanout_join(struct fanout *f, struct listener *l, session_samples later)
{
    if (f->count == f->capacity) {
        size_t capacity = f->capacity ? 2 * f->capacity : 8;
        struct listener **listeners = realloc(f->listeners, capacity * sizeof *listeners);
        if (!listeners)
            return ERR_MEMORY;
        f->listeners = listeners;
        f->capacity = capacity;
    }
    fanout_leave(l);
    l->aside -= later;
    l->in = f;
    l->place = f->count;
    f->listeners[f->count++] = l;
    numbers_join(&l->numbers);
    return ERR_NONE;
}

void fanout_leave(struct listener *l)
{
    struct fanout *f = l->in;
    if (!f)
        return;
    struct listener *last = f->listeners[--f->count];
    f->listeners[l->place] = last;
    last->place = l->place;
    l->in = NULL;
}

bool fanout_is_heard(const struct fanout *f)
{
    return f->count > 0 || f->tap;
}

/* The header as it is for all: what differs is written over for each. */
static size_t write_common(const struct out_packet *packet, uint8_t header[HEADER_MAX])
{
    struct writer w = writer_on(header, HEADER_MAX);
    write_u8(&w, (uint8_t)(RTP_VERSION << 6 | packet->csrc_count));
    write_zeros(&w, RTP_HEADER_BYTES - 1);
    for (unsigned i = 0; i < packet->csrc_count; i++)
        write_u32(&w, packet->csrc[i]);
    return writer_len(&w);
}

static void write_own(const struct listener *l, session_samples at, uint64_t index, bool marker,
                      uint8_t *bytes)
{
    struct writer w = writer_on(bytes + RTP_SEQ_OFFSET, RTP_HEADER_BYTES - RTP_SEQ_OFFSET);
    bytes[1] = (uint8_t)((marker ? MARKER_BIT : 0) | l->opus_pt);
    write_u16(&w, (uint16_t)index);
    write_u32(&w, (uint32_t)at + l->offset);
    write_u32(&w, l->ssrc);
}

/* Where the packet lies for him. A run that begins after a gap brings him back to where the others are. */
static session_samples own_time(struct listener *l, const struct out_packet *packet)
{
    bool goes_on = packet->at + l->aside == l->numbers.heard_to;
    if (packet->marker && !goes_on && packet->at >= l->numbers.heard_to)
        l->aside = 0;
    return packet->at + l->aside;
}

static bool send_one(struct listener *l, const struct out_packet *packet, const uint8_t *header,
                     size_t header_len, struct outbox *outbox)
{
    uint64_t index;
    const struct address *to = link_path(l->link);
    size_t len = header_len + packet->len;
    uint8_t *bytes = to ? outbox_claim(outbox, len + LINK_SEAL_OVERHEAD) : NULL;
    if (!bytes)
        return false;
    session_samples at = own_time(l, packet);
    bool marker = packet->marker && at != l->numbers.heard_to; /* what goes on without a gap begins nothing */
    if (numbers_take(&l->numbers, packet->number, at, at + packet->samples, &index) != ERR_NONE)
        return false;
    memcpy(bytes, header, header_len);
    write_own(l, at, index, marker, bytes);
    memcpy(bytes + header_len, packet->payload, packet->len);
    if (link_seal_rtp(l->link, bytes, &len, index) != ERR_NONE)
        return false;
    outbox_put(outbox, to, bytes, len);
    l->packets++;
    l->bytes += len;
    l->octets += packet->len;
    return true;
}

size_t fanout_send(struct fanout *f, const struct out_packet *packet, struct outbox *outbox)
{
    uint8_t header[HEADER_MAX];
    size_t header_len = write_common(packet, header);
    size_t sent = 0;
    if (f->tap)
        tap_put(f->tap, f->tap_session, packet->at, packet->samples, packet->payload, packet->len);
    for (size_t i = 0; i < f->count; i++)
        sent += send_one(f->listeners[i], packet, header, header_len, outbox);
    return sent;
}
