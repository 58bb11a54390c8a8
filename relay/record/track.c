#include "record/track.h"

#include "record/fill.h"
#include "wire/opus_toc.h"

enum err track_init(struct track *t, const struct track_place *place)
{
    *t = (struct track){.place = *place, .since_us = NEVER_US};
    if (!place->begun)
        t->place.toc = FILL_TOC_DEFAULT;
    enum err e = window_init(&t->window);
    if (e == ERR_NONE && place->begun)
        e = pages_resume(&t->pages, place->serial, place->page);
    if (e != ERR_NONE)
        track_finish(t);
    return e;
}

void track_finish(struct track *t)
{
    window_finish(&t->window);
    pages_finish(&t->pages);
    buffer_finish(&t->data);
    buffer_finish(&t->ogg);
    buffer_finish(&t->mp4);
}

enum err track_packet(struct track *t, session_samples at, const uint8_t *packet, size_t len, point_us now_us)
{
    struct opus_toc toc;
    const struct track_place *p = &t->place;
    if (opus_toc_parse(packet, len, &toc) != ERR_NONE)
        return ERR_UNSUPPORTED;
    if (p->begun && at - p->end > TRACK_GAP_MAX_SAMPLES)
        return ERR_UNSUPPORTED;
    enum err e = ERR_STALE;
    if (!p->begun || at - p->end > -FILL_STEP_SAMPLES)
        e = window_put(&t->window, at, toc.samples, packet, len, now_us);
    if (e == ERR_STALE || e == ERR_REPLAY)
        t->counters.late++;
    return e;
}

/* The page under way is finished; its fragment too. */
static void finish_page(struct track *t)
{
    struct track_place *p = &t->place;
    if (t->count == 0)
        return;
    pages_flush(&t->pages, &t->ogg);
    mp4_fragment(&t->mp4, p->page + 1 - PAGES_HEAD, (uint64_t)(t->page_start - p->start), t->samples,
                 t->count, t->data.bytes, t->data.len);
    p->page++;
    t->count = t->segments = 0;
    t->sound_samples = 0;
    t->since_us = NEVER_US;
    buffer_clear(&t->data);
}

/* Appends a packet where the track ends. */
static void add(struct track *t, const uint8_t *packet, size_t len, int32_t samples, bool last)
{
    struct track_place *p = &t->place;
    unsigned segments = pages_segments(len);
    if (t->segments + segments > PAGES_SEGMENTS_MAX || t->data.len + len > PAGES_BYTES_MAX)
        finish_page(t);
    if (t->count == 0)
        t->page_start = p->end;
    p->end += samples;
    p->toc = packet[0];
    if (pages_put(&t->pages, packet, len, p->end - p->start, last) != ERR_NONE)
        t->ogg.failed = true;
    t->samples[t->count++] = (struct mp4_sample){(uint32_t)samples, (uint32_t)len};
    t->segments += segments;
    buffer_put(&t->data, packet, len);
    t->counters.opus_bytes += len;
}

static void begin(struct track *t, session_samples start)
{
    struct track_place *p = &t->place;
    size_t duration_at;
    if (pages_begin(&t->pages, p->serial, start, &t->ogg) != ERR_NONE)
        t->ogg.failed = true;
    mp4_head(&t->mp4, &duration_at);
    p->begun = true;
    p->start = p->end = start;
    p->page = PAGES_HEAD;
}

static bool output_is_long(const struct track *t)
{
    return t->ogg.len + t->mp4.len >= TRACK_OUTPUT_BYTES;
}

/* Fills up to `at`; false where that is not all done yet. */
static bool fill(struct track *t, session_samples at)
{
    uint8_t packet[FILL_BYTES_MAX];
    int32_t samples;
    size_t len;
    while ((len = fill_packet(t->place.toc, at - t->place.end, packet, &samples)) > 0) {
        if (output_is_long(t))
            return false;
        add(t, packet, len, samples, false);
        t->counters.filled_samples += (uint64_t)samples;
    }
    return true;
}

/* A packet that the window lets go; false: not yet. */
static bool write_packet(struct track *t, const struct window_packet *packet)
{
    if (!t->place.begun)
        begin(t, packet->at);
    if (packet->at - t->place.end <= -FILL_STEP_SAMPLES) {
        t->counters.late++; /* the one before it reaches over it */
        return true;
    }
    if (!fill(t, packet->at))
        return false;
    add(t, packet->bytes, packet->len, packet->samples, false);
    t->counters.packets++;
    t->sound_samples += packet->samples;
    t->since_us = earlier_us(t->since_us, packet->came_us);
    if (t->sound_samples >= TRACK_PAGE_SAMPLES)
        finish_page(t);
    return true;
}

bool track_make(struct track *t, bool all, point_us now_us)
{
    const struct window_packet *packet;
    session_samples next;
    while (!output_is_long(t)) {
        next = t->place.begun ? t->place.end + FILL_STEP_SAMPLES - 1 : INT64_MIN;
        packet = all ? window_first(&t->window) : window_ready(&t->window, next, now_us);
        if (!packet || !write_packet(t, packet))
            break;
        window_drop(&t->window);
    }
    if (all ? !window_first(&t->window) : t->since_us != NEVER_US && t->since_us + TRACK_PAGE_US <= now_us)
        finish_page(t);
    return t->ogg.len > 0;
}

bool track_end(struct track *t, point_us now_us)
{
    uint8_t packet[FILL_BYTES_MAX];
    int32_t samples;
    if (track_make(t, true, now_us) && output_is_long(t))
        return true;
    if (!t->place.begun)
        return false;
    size_t len = fill_packet(t->place.toc, FILL_STEP_SAMPLES, packet, &samples);
    add(t, packet, len, samples, true);
    finish_page(t);
    return true;
}

point_us track_deadline(const struct track *t)
{
    point_us page = t->since_us == NEVER_US ? NEVER_US : t->since_us + TRACK_PAGE_US;
    return earlier_us(page, window_deadline(&t->window));
}

bool track_taken(struct track *t)
{
    bool whole = !t->ogg.failed && !t->mp4.failed && !t->data.failed;
    buffer_clear(&t->ogg);
    buffer_clear(&t->mp4);
    return whole;
}
