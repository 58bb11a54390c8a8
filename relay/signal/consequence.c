/* What an event means beyond the session's state: rights at the media plane at once, a withdrawn link, a
 * goodbye once the event is on disk. */
#include "signal/parts.h"

static void everyones_right(struct desk *d, struct sitting *s)
{
    for (uint32_t i = 0; i < s->seat_count; i++) {
        if (s->seats[i] && s->seats[i]->peer)
            peer_right(d, s->seats[i]);
    }
}

void farewell(struct desk *d, struct sitting *s, point_us now_us)
{
    if (session_phase(s->state) != SESSION_ENDED)
        return;
    struct member *next;
    for (struct member *m = s->members; m; m = next) {
        next = m->next;
        member_bye_after(d, m, BYE_ENDED, "The session has ended.", s->last_row, now_us);
    }
}

static void removed(struct desk *d, struct sitting *s, struct seat *seat, point_us now_us)
{
    peer_remove(d, seat, true);
    /* The event is the truth: where memory is short for the link's row, restore finds him removed. */
    if (seat_revoke(d, seat, now_us))
        seat->revoked = true;
    if (seat->member)
        member_bye_after(d, seat->member, BYE_REMOVED, "You were removed from the session.", s->last_row,
                         now_us);
}

void consequence(struct desk *d, struct sitting *s, const struct event *e, point_us now_us)
{
    struct seat *seat = e->who ? seat_find(s, e->who) : NULL;
    if (e->kind == EVENT_CREATED) {
        d->open_count++;
    } else if (e->kind == EVENT_STATE && e->state == SESSION_ENDED) {
        d->open_count--;
        peers_close(d, s);
        past_begin(d, s, e->at_ms, now_us);
    } else if (e->kind == EVENT_STATE || e->kind == EVENT_MUTED_ALL) {
        everyones_right(d, s);
    }
    if (!seat)
        return;
    if (e->kind == EVENT_REMOVED)
        removed(d, s, seat, now_us);
    else if (e->kind == EVENT_LEFT)
        peer_remove(d, seat, true);
    else if (e->kind == EVENT_PINNED || e->kind == EVENT_UNPINNED)
        peer_pin(d, seat, e->kind == EVENT_PINNED);
    else if (e->kind == EVENT_BOTH_OPENED || e->kind == EVENT_BOTH_CLOSED)
        peer_both(d, seat, e->kind == EVENT_BOTH_OPENED);
    else
        peer_right(d, seat);
}
