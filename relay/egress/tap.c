#include "egress/tap.h"

#include <stdlib.h>
#include <string.h>

void tap_init(struct tap *t)
{
    *t = (struct tap){0};
}

void tap_finish(struct tap *t)
{
    free(t->ring);
    tap_init(t);
}

void tap_put(struct tap *t, uint32_t session, session_samples at, int32_t samples, const uint8_t *payload,
             size_t len)
{
    if (!t->ring)
        t->ring = malloc(TAP_PACKETS_MAX * sizeof *t->ring);
    if (!t->ring || t->count == TAP_PACKETS_MAX || len > MEDIA_RECORD_MAX) {
        t->lost++;
        return;
    }
    struct media_record *r = &t->ring[(t->first + t->count++) % TAP_PACKETS_MAX];
    r->session = session;
    r->at = at;
    r->samples = samples;
    r->len = (uint16_t)len;
    memcpy(r->payload, payload, len);
}

bool tap_take(struct tap *t, struct media_record *ret_record)
{
    if (t->count == 0)
        return false;
    const struct media_record *r = &t->ring[t->first];
    memcpy(ret_record, r, offsetof(struct media_record, payload) + r->len);
    t->first = (t->first + 1) % TAP_PACKETS_MAX;
    t->count--;
    return true;
}
