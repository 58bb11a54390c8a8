/* What a participant knows of its session: the fold of the welcome's state and the events since. Small: who
 * is here, who may be heard, the queue, the page, the decks and the newest chat. */
#ifndef AULA_CLIENT_MIRROR_H
#define AULA_CLIENT_MIRROR_H

#include "wire/signal.h"

struct mirror_person {
    uint32_t id;
    char *name, *place; /* owned, never NULL */
    enum role role;
    bool deputy, present, floor, muted, hand, pinned, both;
    bool left;       /* said goodbye: a return starts with his role's rights again */
    uint64_t hand_n; /* number of the event that raised it: the queue's order */
};

struct mirror_deck {
    char *id, *title; /* owned */
    uint32_t pages;
};

struct mirror_chat {
    uint64_t n;
    uint32_t who;
    char *text; /* owned */
};

struct mirror {
    uint64_t n;   /* newest event folded in; 0 = nothing known yet */
    uint32_t you; /* own number */
    char *id, *title;
    enum session_state state;
    bool recorded, locked[LOCK_COUNT];
    int64_t starts_ms; /* planned start; 0 = not known */
    bool has_timer;
    struct view_timer timer;
    bool large;                   /* people are those who are listed (wire/participant.h), and oneself */
    uint32_t present;             /* in a large session: how many are here */
    struct mirror_person *people; /* by growing number */
    size_t people_count, people_capacity;
    struct mirror_deck *decks;
    size_t deck_count;
    struct mirror_chat *chat; /* CHAT_KEPT of them, a ring */
    uint64_t chat_total;      /* ever; the newest is at (chat_total - 1) % CHAT_KEPT */
    bool has_page;
    char page_deck[DECK_ID_MAX + 1];
    uint32_t page, page_by;
    session_samples page_media;
};

void mirror_init(struct mirror *m);
void mirror_finish(struct mirror *m);

/* A whole state instead of what was known; n is the newest event it includes. ERR_MEMORY: the mirror is empty
 * then. */
enum err mirror_welcome(struct mirror *m, const struct session_view *view, uint32_t you, uint64_t n) MUST_USE;
/* From here on these are the people, beside oneself. ERR_MEMORY, ERR_MALFORMED (one of them twice): what was
 * known is gone then. */
enum err mirror_roster(struct mirror *m, const struct roster *r) MUST_USE;
void mirror_counts(struct mirror *m, const struct people_counts *c);
/* One more event. ERR_STALE where it is not newer than what was folded (nothing changes); ERR_FULL over
 * PEOPLE_MAX or DECKS_MAX; ERR_MEMORY. A gap in the numbers is not an error here: the relay promises none. */
enum err mirror_event(struct mirror *m, const struct event *e) MUST_USE;

/* NULL where there is none. Borrowed until the next change. */
const struct mirror_person *mirror_person(const struct mirror *m, uint32_t id);
const struct mirror_person *mirror_self(const struct mirror *m);
/* WHO as a user writes it: a number, or a name where unique. ERR_UNKNOWN, ERR_FULL where several are called
 * so. In a large session any number is taken: one may have found it by a search. */
enum err mirror_find(const struct mirror *m, const char *who, uint32_t *ret_id) MUST_USE;
/* Place in the queue from 1; 0 = hand not up. */
uint32_t mirror_queue(const struct mirror *m, uint32_t id);
/* Whether he acts for the chair now: chairs, operators, deputies while no chair is here. */
bool mirror_leads(const struct mirror *m, uint32_t id);
/* Whether one's own sound may be sent: floor, not muted, and a session that is open or backstage. */
bool mirror_may_send(const struct mirror *m);
/* The deck that a bare page number means: the one being shown, else the newest; NULL where there is none. */
const char *mirror_deck(const struct mirror *m);
/* True where a page turned by `by` is seen at once here: one's own turn, the presenter's own hall, or a
 * companion, who hears through the air. */
bool mirror_sees_at_once(const struct mirror *m, uint32_t by);

#endif
