/* Decks and the page that is shown. */
#include "session/state.h"

#include <stdlib.h>
#include <string.h>

static const struct view_deck *deck_find(const struct session *s, const char *id)
{
    for (size_t i = 0; i < s->deck_count; i++) {
        if (strcmp(s->decks[i].id, id) == 0)
            return &s->decks[i];
    }
    return NULL;
}

bool session_has_deck(const struct session *s, const char *deck)
{
    return deck_find(s, deck) != NULL;
}

uint32_t session_deck_pages(const struct session *s, const char *deck)
{
    const struct view_deck *d = deck_find(s, deck);
    return d ? d->pages : 0;
}

const char *deck_id(const struct session *s, const char *id)
{
    const struct view_deck *d = deck_find(s, id);
    return d ? d->id : NULL;
}

/* Who may add a deck is asked before it is converted, by his link: he need not have joined. */
static enum err decide_deck(const struct session *s, const struct command *c, struct decision *d,
                            const char **ret_why)
{
    if (deck_find(s, c->deck.deck))
        return ERR_NONE;
    if (s->deck_count >= DECKS_MAX) {
        *ret_why = refusal_why(REFUSAL_DECKS_FULL);
        return ERR_FULL;
    }
    struct event *e = decide_event(s, c, EVENT_DECK_ADDED, d);
    e->deck = c->deck.deck;
    e->title = c->deck.title;
    e->manifest = c->deck.manifest;
    e->pages = c->deck.pages;
    return ERR_NONE;
}

static enum err decide_page(const struct session *s, const struct command *c, struct decision *d,
                            const char **ret_why)
{
    const struct action *a = c->action.action;
    if (!presents(s, c->by)) {
        *ret_why = refusal_why(REFUSAL_PAGE_RIGHT);
        return ERR_FORBIDDEN;
    }
    const struct view_deck *deck = deck_find(s, a->deck);
    if (!deck) {
        *ret_why = refusal_why(REFUSAL_DECK_UNKNOWN);
        return ERR_UNKNOWN;
    }
    if (a->page < 1 || a->page > deck->pages) {
        *ret_why = refusal_why(REFUSAL_PAGE_UNKNOWN);
        return ERR_UNKNOWN;
    }
    if (s->has_page && s->page.page == a->page && strcmp(s->page.deck, a->deck) == 0)
        return ERR_NONE;
    struct event *e = decide_event(s, c, EVENT_PAGE, d);
    e->deck = a->deck;
    e->page = a->page;
    e->media = c->action.media;
    return ERR_NONE;
}

enum err slides_decide(const struct session *s, const struct command *c, struct decision *d,
                       const char **ret_why)
{
    return c->kind == COMMAND_DECK ? decide_deck(s, c, d, ret_why) : decide_page(s, c, d, ret_why);
}

static void deck_finish(struct view_deck *d)
{
    free((char *)d->id);
    free((char *)d->title);
    free((char *)d->manifest);
}

static enum err apply_deck(struct session *s, const struct event *e)
{
    if (deck_find(s, e->deck))
        return ERR_MALFORMED;
    if (s->deck_count >= DECKS_MAX)
        return ERR_FULL;
    struct view_deck *decks = realloc(s->decks, (s->deck_count + 1) * sizeof *decks);
    if (!decks)
        return ERR_MEMORY;
    s->decks = decks;
    struct view_deck d = {.id = copy_text(e->deck),
                          .title = copy_text(e->title),
                          .manifest = copy_text(e->manifest),
                          .pages = e->pages};
    if (!d.id || !d.title || !d.manifest) {
        deck_finish(&d);
        return ERR_MEMORY;
    }
    decks[s->deck_count++] = d;
    return ERR_NONE;
}

enum err slides_apply(struct session *s, const struct event *e)
{
    if (e->kind == EVENT_DECK_ADDED)
        return apply_deck(s, e);
    const struct view_deck *deck = deck_find(s, e->deck);
    if (!deck || e->page < 1 || e->page > deck->pages)
        return ERR_MALFORMED;
    s->has_page = true;
    s->page = (struct view_page){
        .deck = deck->id, .page = e->page, .by = e->by, .media = e->media, .at_ms = e->at_ms};
    return ERR_NONE;
}

void slides_finish(struct session *s)
{
    for (size_t i = 0; i < s->deck_count; i++)
        deck_finish(&s->decks[i]);
    free(s->decks);
}
