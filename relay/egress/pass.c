#include "egress/pass.h"

enum err pass_packet(struct audience *a, int slot, uint32_t number, const struct timed_packet *packet,
                     struct outbox *outbox, point_us now_us)
{
    struct out_packet out = {
        .samples = packet->samples,
        .csrc_count = a->tier == TIER_FULL ? 1 : 0,
        .csrc = {number},
        .payload = packet->payload,
        .len = packet->len,
    };
    struct passed_place place;
    enum err e = audience_place_passed(a, slot, packet, &place);
    if (e != ERR_NONE)
        return e;
    out.number = place.number;
    out.at = place.at;
    out.marker = place.marker;
    closing_sound(&a->closing, now_us);
    fanout_send(&a->fanout, &out, outbox);
    return ERR_NONE;
}
