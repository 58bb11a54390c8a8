#include "check.h"

#include <string.h>

#include "../unit/rows.h"
#include "media/opus_codec.h"

bool packet_is_silence(const struct stage_packet *p)
{
    return p->len == OPUS_SILENCE_LEN && memcmp(p->payload, opus_silence, OPUS_SILENCE_LEN) == 0;
}

uint32_t packet_time(const struct stage_packet *p)
{
    return p->rtp_time - p->offset;
}

size_t packet_said(const struct stage_track *said, const struct stage_packet *p, size_t from)
{
    for (size_t i = from; i < said->count; i++)
        if (said->packets[i].len == p->len && memcmp(said->packets[i].payload, p->payload, p->len) == 0)
            return i;
    return SIZE_MAX;
}

void check_stream(const struct stage_member *m, size_t from, bool whole)
{
    for (size_t i = from + 1; i < m->heard.count; i++) {
        const struct stage_packet *a = &m->heard.packets[i - 1], *b = &m->heard.packets[i];
        int32_t step = (int32_t)(packet_time(b) - packet_time(a));
        if ((uint16_t)(b->seq - a->seq) != 1)
            fail_msg("%s, packet %zu: number %u after %u", m->name, i, b->seq, a->seq);
        if (step < TICK_SAMPLES || (whole && step != TICK_SAMPLES))
            fail_msg("%s, packet %zu of %zu: RTP time moved by %d", m->name, i, m->heard.count, step);
    }
}

void check_passed(const struct stage_member *m, const struct stage_member *speaker, size_t first, size_t end)
{
    size_t next = first;
    for (size_t i = 0; i < m->heard.count; i++) {
        const struct stage_packet *p = &m->heard.packets[i];
        if (packet_is_silence(p) && p->csrc_count == 0)
            continue;
        if (next >= end)
            fail_msg("%s heard packet %zu, which %s did not say", m->name, i, speaker->name);
        if (packet_said(&speaker->said, p, next) != next)
            fail_msg("%s, packet %zu is not what %s said as number %zu", m->name, i, speaker->name, next);
        if (p->csrc_count != 1 || p->csrc[0] != speaker->number)
            fail_msg("%s, packet %zu: CSRC", m->name, i);
        next++;
    }
    if (next != end)
        fail_msg("%s heard %zu of %zu packets of %s", m->name, next - first, end - first, speaker->name);
}

static bool names(const struct stage_packet *p, uint32_t number)
{
    for (unsigned i = 0; i < p->csrc_count; i++)
        if (p->csrc[i] == number)
            return true;
    return false;
}

size_t heard_of(const struct stage_member *m, const struct stage_member *speaker, size_t from)
{
    size_t count = 0;
    for (size_t i = from; i < m->heard.count; i++)
        count += names(&m->heard.packets[i], speaker->number);
    return count;
}

void check_not_heard(const struct stage_member *m, const struct stage_member *speaker, size_t from)
{
    size_t count = heard_of(m, speaker, from);
    if (count > 0)
        fail_msg("%s hears %s in %zu packets", m->name, speaker->name, count);
}

void check_same_tracks(const struct stage_track *a, const struct stage_track *b, const char *what)
{
    for (size_t i = 0; i < a->count && i < b->count; i++) {
        const struct stage_packet *x = &a->packets[i], *y = &b->packets[i];
        if (x->seq != y->seq || x->rtp_time != y->rtp_time || x->marker != y->marker ||
            x->csrc_count != y->csrc_count || memcmp(x->csrc, y->csrc, sizeof x->csrc) != 0 ||
            x->len != y->len || memcmp(x->payload, y->payload, x->len) != 0)
            fail_msg("%s: packet %zu of %zu and %zu differs: numbers %u %u, times %u %u, markers %d %d, "
                     "sources %u "
                     "%u, bytes %zu %zu",
                     what, i, a->count, b->count, x->seq, y->seq, packet_time(x), packet_time(y), x->marker,
                     y->marker, x->csrc_count, y->csrc_count, x->len, y->len);
    }
    if (a->count != b->count)
        fail_msg("%s: %zu packets and %zu", what, a->count, b->count);
}
