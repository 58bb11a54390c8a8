#include "mirror_parts.h"

#include <stdlib.h>
#include <string.h>

void mirror_init(struct mirror *m)
{
    *m = (struct mirror){0};
}

void mirror_finish(struct mirror *m)
{
    for (size_t i = 0; i < m->people_count; i++)
        mirror_free_person(&m->people[i]);
    for (size_t i = 0; i < m->deck_count; i++) {
        free(m->decks[i].id);
        free(m->decks[i].title);
    }
    for (size_t i = 0; m->chat != NULL && i < CHAT_KEPT; i++)
        free(m->chat[i].text);
    free(m->people);
    free(m->decks);
    free(m->chat);
    free(m->id);
    free(m->title);
    mirror_init(m);
}

static enum err add_deck(struct mirror *m, const char *id, const char *title, uint32_t pages)
{
    if (m->deck_count >= DECKS_MAX)
        return ERR_FULL;
    if (m->decks == NULL)
        m->decks = calloc(DECKS_MAX, sizeof m->decks[0]);
    if (m->decks == NULL)
        return ERR_MEMORY;
    struct mirror_deck deck = {.pages = pages};
    enum err e = mirror_text(&deck.id, id);
    if (e == ERR_NONE)
        e = mirror_text(&deck.title, title);
    if (e != ERR_NONE)
        free(deck.id);
    else
        m->decks[m->deck_count++] = deck;
    return e;
}

static enum err add_chat(struct mirror *m, uint64_t n, uint32_t who, const char *text)
{
    if (m->chat == NULL)
        m->chat = calloc(CHAT_KEPT, sizeof m->chat[0]);
    if (m->chat == NULL)
        return ERR_MEMORY;
    struct mirror_chat *slot = &m->chat[m->chat_total % CHAT_KEPT];
    enum err e = mirror_text(&slot->text, text);
    if (e != ERR_NONE)
        return e;
    slot->n = n;
    slot->who = who;
    m->chat_total++;
    return ERR_NONE;
}

static void set_page(struct mirror *m, const char *deck, uint32_t page, uint32_t by, session_samples media)
{
    size_t len = deck != NULL ? strnlen(deck, DECK_ID_MAX) : 0;
    memcpy(m->page_deck, deck != NULL ? deck : "", len);
    m->page_deck[len] = 0;
    m->page = page;
    m->page_by = by;
    m->page_media = media;
    m->has_page = true;
}

static enum err take_view(struct mirror *m, const struct session_view *view)
{
    enum err e = mirror_text(&m->id, view->id);
    if (e == ERR_NONE)
        e = mirror_text(&m->title, view->title);
    for (size_t i = 0; e == ERR_NONE && i < view->participant_count; i++)
        e = mirror_take(m, &view->participants[i]);
    for (size_t i = 0; e == ERR_NONE && i < view->deck_count; i++)
        e = add_deck(m, view->decks[i].id, view->decks[i].title, view->decks[i].pages);
    for (size_t i = 0; e == ERR_NONE && i < view->chat_count; i++)
        e = add_chat(m, view->chat[i].n, view->chat[i].who, view->chat[i].text);
    m->large = view->large;
    m->state = view->state;
    m->recorded = view->recorded;
    m->starts_ms = view->starts_ms;
    m->has_timer = view->has_timer;
    m->timer = view->timer;
    memcpy(m->locked, view->locked, sizeof m->locked);
    if (view->has_page)
        set_page(m, view->page.deck, view->page.page, view->page.by, view->page.media);
    return e;
}

enum err mirror_welcome(struct mirror *m, const struct session_view *view, uint32_t you, uint64_t n)
{
    mirror_finish(m);
    enum err e = take_view(m, view);
    if (e != ERR_NONE) {
        mirror_finish(m);
        return e;
    }
    m->you = you;
    m->n = n;
    return ERR_NONE;
}

/* Chairs, lecturers and rooms have the floor by their role; all others when it is granted. */
static bool has_floor_by_role(enum role role)
{
    return role == ROLE_CHAIR || role == ROLE_LECTURER || role == ROLE_ROOM;
}

static enum err joined(struct mirror *m, const struct event *e)
{
    struct mirror_person *p = mirror_known(m, e->who);
    enum err error = ERR_NONE;
    bool afresh = p == NULL || p->left;
    if (p == NULL)
        error = mirror_add(m, e->who, e->name, e->place, &p);
    if (error == ERR_NONE)
        error = mirror_text(&p->name, e->name);
    if (error == ERR_NONE)
        error = mirror_text(&p->place, e->place);
    if (error != ERR_NONE)
        return error;
    p->role = e->role;
    p->deputy = e->deputy;
    p->present = true;
    p->left = false;
    if (afresh)
        p->floor = has_floor_by_role(e->role);
    return ERR_NONE;
}

static void left(struct mirror_person *p)
{
    p->present = p->hand = false;
    p->floor = has_floor_by_role(p->role) && p->floor; /* a granted floor is given back */
}

/* Events about one person who is known. */
static void person_event(struct mirror_person *p, const struct event *e)
{
    switch (e->kind) {
    case EVENT_AWAY:
        p->present = false;
        break;
    case EVENT_LEFT:
        left(p);
        break;
    case EVENT_REMOVED:
        left(p);
        p->floor = false;
        p->left = true;
        break;
    case EVENT_HAND_UP:
        p->hand = true;
        p->hand_n = e->n;
        break;
    case EVENT_HAND_DOWN:
        p->hand = false;
        break;
    case EVENT_GRANTED:
        p->floor = true;
        p->hand = false;
        break;
    case EVENT_RELEASED:
        p->floor = false;
        break;
    case EVENT_MUTED:
    case EVENT_UNMUTED:
        p->muted = e->kind == EVENT_MUTED;
        break;
    case EVENT_PINNED:
    case EVENT_UNPINNED:
        p->pinned = e->kind == EVENT_PINNED;
        break;
    case EVENT_ROLE:
        p->role = e->role;
        p->floor = has_floor_by_role(e->role);
        p->hand = p->hand && !p->floor;
        break;
    case EVENT_DEPUTY_NAMED:
    case EVENT_DEPUTY_DROPPED:
        p->deputy = e->kind == EVENT_DEPUTY_NAMED;
        break;
    case EVENT_BOTH_OPENED:
    case EVENT_BOTH_CLOSED:
        p->both = e->kind == EVENT_BOTH_OPENED;
        break;
    default:
        break;
    }
}

static void everyone(struct mirror *m, enum event_kind kind)
{
    for (size_t i = 0; i < m->people_count; i++) {
        struct mirror_person *p = &m->people[i];
        if (kind == EVENT_RESTARTED)
            p->present = false;
        else if (p->role != ROLE_CHAIR)
            p->muted = true;
    }
}

static enum err session_event(struct mirror *m, const struct event *e)
{
    switch (e->kind) {
    case EVENT_CREATED:
    case EVENT_CHANGED:
        m->recorded = e->recorded;
        m->starts_ms = e->starts_ms;
        m->state = e->kind == EVENT_CREATED ? e->state : m->state;
        return mirror_text(&m->title, e->title);
    case EVENT_STATE:
        m->state = e->state;
        return ERR_NONE;
    case EVENT_JOINED:
        return joined(m, e);
    case EVENT_RESTARTED:
    case EVENT_MUTED_ALL:
        everyone(m, e->kind);
        return ERR_NONE;
    case EVENT_LOCKED:
    case EVENT_UNLOCKED:
        m->locked[e->lock] = e->kind == EVENT_LOCKED;
        return ERR_NONE;
    case EVENT_SCHEDULED:
        m->starts_ms = e->starts_ms;
        return ERR_NONE;
    case EVENT_RECORDED:
        m->recorded = e->recorded;
        return ERR_NONE;
    case EVENT_TIMER:
        m->has_timer = true;
        m->timer = (struct view_timer){e->who, e->by, e->seconds, e->started_ms};
        return ERR_NONE;
    case EVENT_TIMER_STOPPED:
        m->has_timer = false;
        return ERR_NONE;
    case EVENT_DECK_ADDED:
        return add_deck(m, e->deck, e->title, e->pages);
    case EVENT_PAGE:
        set_page(m, e->deck, e->page, e->by, e->media);
        return ERR_NONE;
    case EVENT_CHAT:
        return add_chat(m, e->n, e->who, e->text);
    default:
        break;
    }
    struct mirror_person *p = mirror_known(m, e->who);
    if (p != NULL)
        person_event(p, e);
    return ERR_NONE;
}

enum err mirror_event(struct mirror *m, const struct event *e)
{
    if (e->n <= m->n)
        return ERR_STALE;
    enum err error = ERR_NONE;
    if (e->participant != NULL && mirror_known(m, e->participant->id) == NULL)
        error = mirror_take(m, e->participant);
    if (error == ERR_NONE)
        error = session_event(m, e);
    if (e->kind == EVENT_RESTARTED)
        m->present = 0;
    mirror_forget_unlisted(m, e->who);
    m->n = e->n;
    return error;
}
