#include "wire/signal_pointer.h"
#include "wire/event_members.h"

void pointer_read(struct json_in in, struct pointer *ret_pointer)
{
    struct pointer p = {.deck = json_in_string(in, "deck", JSON_TEXT_ID, DECK_ID_MAX),
                        .page = (uint32_t)json_in_integer(in, "page", 1, PAGES_MAX)};
    p.gone = !json_in_has(in, "x") && !json_in_has(in, "y");
    if (!p.gone) {
        p.x = json_in_number(in, "x", 0, 1);
        p.y = json_in_number(in, "y", 0, 1);
    }
    p.has_rtp = json_in_has(in, "rtp");
    p.rtp = (uint32_t)json_in_integer_or(in, "rtp", 0, UINT32_MAX, 0);
    p.has_media = json_in_has(in, "media");
    p.media = json_in_integer_or(in, "media", -JSON_INTEGER_MAX, JSON_INTEGER_MAX, 0);
    *ret_pointer = p;
}

void pointer_write_members(struct json_out *o, const struct pointer *p)
{
    json_put_string(o, "deck", p->deck);
    json_put_integer(o, "page", p->page);
    if (!p->gone) {
        json_put_fraction(o, "x", p->x);
        json_put_fraction(o, "y", p->y);
    }
    if (p->has_rtp)
        json_put_integer(o, "rtp", p->rtp);
    if (p->has_media)
        json_put_integer(o, "media", p->media);
}

void drawing_read(struct json_in in, struct drawing *ret_drawing)
{
    struct drawing d = {.deck = json_in_string(in, "deck", JSON_TEXT_ID, DECK_ID_MAX),
                        .page = (uint32_t)json_in_integer(in, "page", 1, PAGES_MAX)};
    d.gone = !json_in_has(in, "points");
    if (!d.gone)
        d.stroke = stroke_read(in);
    d.has_rtp = json_in_has(in, "rtp");
    d.rtp = (uint32_t)json_in_integer_or(in, "rtp", 0, UINT32_MAX, 0);
    d.has_media = json_in_has(in, "media");
    d.media = json_in_integer_or(in, "media", -JSON_INTEGER_MAX, JSON_INTEGER_MAX, 0);
    *ret_drawing = d;
}

void drawing_write_members(struct json_out *o, const struct drawing *d)
{
    json_put_string(o, "deck", d->deck);
    json_put_integer(o, "page", d->page);
    if (!d->gone)
        stroke_write(o, &d->stroke);
    if (d->has_rtp)
        json_put_integer(o, "rtp", d->rtp);
    if (d->has_media)
        json_put_integer(o, "media", d->media);
}
