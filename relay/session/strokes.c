/* Strokes drawn on pages; a page is cleared as a whole. */
#include "session/state.h"

#include <stdlib.h>
#include <string.h>

static bool on_page(const struct view_stroke *k, const char *deck, uint32_t page)
{
    return k->page == page && strcmp(k->deck, deck) == 0;
}

static size_t count_page(const struct session *s, const char *deck, uint32_t page)
{
    size_t count = 0;
    for (size_t i = 0; i < s->stroke_count; i++)
        count += on_page(&s->strokes[i], deck, page);
    return count;
}

enum err strokes_decide(const struct session *s, const struct command *c, struct decision *d,
                        const char **ret_why)
{
    const struct action *a = c->action.action;
    if (!presents(s, c->by))
        return refuse(ret_why, ERR_FORBIDDEN, REFUSAL_DRAW_RIGHT);
    uint32_t pages = session_deck_pages(s, a->deck);
    if (a->page < 1 || a->page > pages)
        return refuse(ret_why, ERR_UNKNOWN, pages ? REFUSAL_PAGE_UNKNOWN : REFUSAL_DECK_UNKNOWN);
    size_t there = count_page(s, a->deck, a->page);
    if (a->verb == VERB_CLEAR && there == 0)
        return ERR_NONE;
    if (a->verb == VERB_STROKE && there >= STROKES_PAGE_MAX)
        return refuse(ret_why, ERR_FULL, REFUSAL_PAGE_DRAWN_FULL);
    if (a->verb == VERB_STROKE && s->point_count + a->stroke.count > STROKES_POINTS_TOTAL)
        return refuse(ret_why, ERR_FULL, REFUSAL_DRAWN_FULL);
    struct event *e = decide_event(s, c, a->verb == VERB_STROKE ? EVENT_STROKE : EVENT_CLEARED, d);
    e->deck = a->deck;
    e->page = a->page;
    e->media = c->action.media;
    e->stroke = a->stroke;
    return ERR_NONE;
}

static enum err grow(struct session *s)
{
    if (s->stroke_count < s->stroke_size)
        return ERR_NONE;
    size_t size = s->stroke_size ? 2 * s->stroke_size : 16;
    struct view_stroke *strokes = realloc(s->strokes, size * sizeof *strokes);
    if (!strokes)
        return ERR_MEMORY;
    s->strokes = strokes;
    s->stroke_size = size;
    return ERR_NONE;
}

static enum err add(struct session *s, const struct event *e, const char *deck)
{
    size_t bytes = 2 * e->stroke.count * sizeof *e->stroke.points;
    if (s->point_count + e->stroke.count > STROKES_POINTS_TOTAL)
        return ERR_FULL;
    uint16_t *points = bytes ? malloc(bytes) : NULL;
    if (!points || grow(s)) {
        free(points);
        return bytes ? ERR_MEMORY : ERR_MALFORMED;
    }
    memcpy(points, e->stroke.points, bytes);
    struct view_stroke *k = &s->strokes[s->stroke_count++];
    *k = (struct view_stroke){.n = e->n, .deck = deck, .page = e->page, .by = e->by, .stroke = e->stroke};
    k->stroke.points = points;
    s->point_count += k->stroke.count;
    return ERR_NONE;
}

static void clear(struct session *s, const struct event *e)
{
    size_t kept = 0;
    for (size_t i = 0; i < s->stroke_count; i++) {
        struct view_stroke *k = &s->strokes[i];
        if (on_page(k, e->deck, e->page)) {
            s->point_count -= k->stroke.count;
            free((void *)k->stroke.points);
        } else {
            s->strokes[kept++] = *k;
        }
    }
    s->stroke_count = kept;
}

enum err strokes_apply(struct session *s, const struct event *e)
{
    const char *deck = deck_id(s, e->deck);
    if (!deck || e->page < 1 || e->page > session_deck_pages(s, deck))
        return ERR_MALFORMED;
    if (e->kind == EVENT_STROKE)
        return add(s, e, deck);
    clear(s, e);
    return ERR_NONE;
}

void strokes_finish(struct session *s)
{
    for (size_t i = 0; i < s->stroke_count; i++)
        free((void *)s->strokes[i].stroke.points);
    free(s->strokes);
}
