/* What a session is made of. Within session/ only. */
#ifndef AULA_RELAY_SESSION_STATE_H
#define AULA_RELAY_SESSION_STATE_H

#include "session/session.h"

struct person {
    struct view_participant seen; /* its strings are owned */
    bool removed;
};

struct session {
    char id[SESSION_ID_MAX + 1];
    uint64_t n;
    int64_t created_ms;
    char *title;
    enum session_state state;
    bool recorded, locked;
    struct name_list rooms, languages; /* owned */

    struct person **people; /* by number - 1; NULL where no one joined */
    uint32_t people_size;   /* length of the list */
    size_t person_count, present_count;
    uint32_t *queue; /* numbers in the order of their hands; room for people_size */
    uint32_t queue_len;

    struct view_deck *decks; /* their strings are owned */
    size_t deck_count;
    bool has_page;
    struct view_page page; /* its deck is borrowed from decks */

    struct view_chat chat[CHAT_KEPT]; /* the newest, oldest first; texts are owned */
    size_t chat_count;
};

/* The person, present, away or removed; NULL. */
struct person *person_find(const struct session *s, uint32_t number);
/* The person an action of `by` is about, if he is still of the session; else a sentence. */
enum err person_named(const struct session *s, uint32_t who, const struct person **ret_person,
                      const char **ret_why);
/* Whether `by` may act for the chair: chairs, operators, the operator's door (0). */
bool leads(const struct session *s, uint32_t by);

/* Appends an event of this kind; its number follows from what stands before. */
struct event *decide_event(const struct session *s, const struct command *c, enum event_kind kind,
                           struct decision *d);

void queue_remove(struct session *s, struct person *p);
void queue_append(struct session *s, struct person *p);

/* A copy, or NULL (also for NULL). */
char *copy_text(const char *text);

/* Each idea decides its commands and applies its events. */
enum err sitting_decide(const struct session *s, const struct command *c, struct decision *d,
                        const char **ret_why);
enum err sitting_apply(struct session *s, const struct event *e);
void sitting_finish(struct session *s);
enum err people_decide(const struct session *s, const struct command *c, struct decision *d,
                       const char **ret_why);
enum err people_apply(struct session *s, const struct event *e);
void people_finish(struct session *s);
enum err floor_decide(const struct session *s, const struct command *c, struct decision *d,
                      const char **ret_why);
enum err floor_apply(struct session *s, const struct event *e);
enum err slides_decide(const struct session *s, const struct command *c, struct decision *d,
                       const char **ret_why);
enum err slides_apply(struct session *s, const struct event *e);
void slides_finish(struct session *s);
enum err talk_decide(const struct session *s, const struct command *c, struct decision *d,
                     const char **ret_why);
enum err talk_apply(struct session *s, const struct event *e);
void talk_finish(struct session *s);

#endif
