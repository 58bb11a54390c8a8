/* What a session is made of. Within session/ only. */
#ifndef AULA_RELAY_SESSION_STATE_H
#define AULA_RELAY_SESSION_STATE_H

#include "session/session.h"

struct person {
    struct view_participant seen; /* its strings are owned */
    bool removed;
    enum role link_role; /* as his link says */
};

#define QUESTIONS_WAITING_MAX 3 /* of one person, for a chair: more is a flood */

struct question {
    struct view_question seen; /* its text is owned */
    bool shown;
    uint8_t voters[PEOPLE_MAX / 8 + 1]; /* a bit for each number */
};

struct poll {
    struct view_poll seen; /* its strings are owned */
    bool opened;
    uint16_t answers[PEOPLE_MAX + 1]; /* by number: the choices, 0 = none */
};

struct session {
    char id[SESSION_ID_MAX + 1];
    uint64_t n;
    int64_t created_ms;
    char *title;
    enum session_state state;
    bool recorded, locked[LOCK_COUNT], moderated;
    int64_t starts_ms;
    struct name_list rooms, languages;   /* owned */
    char codes[ROOMS_MAX][CODE_MAX + 1]; /* of the rooms; "" = none yet */
    uint16_t room_numbers[ROOMS_MAX];    /* each its own as long as the session is; 1 and up */
    uint16_t last_room;                  /* the largest that was given */
    bool has_timer;
    struct view_timer timer;
    struct agenda agenda; /* owned */
    uint32_t item;        /* of it, from 1; 0 = none is on */

    struct person **people; /* by number - 1; NULL where no one joined */
    uint32_t people_size;   /* length of the list */
    size_t person_count, present_count;
    bool large; /* not everyone is told of everyone: roster.c */
    uint64_t switched_n;
    int64_t restarted_ms; /* last while large; 0 = never */
    uint32_t *queue;      /* numbers in the order of their hands; room for people_size */
    uint32_t queue_len;

    struct view_deck *decks; /* their strings are owned */
    size_t deck_count;
    bool has_page;
    struct view_page page; /* its deck is borrowed from decks */

    struct view_chat chat[CHAT_KEPT]; /* the newest, oldest first; texts are owned */
    size_t chat_count;

    struct view_stroke *strokes; /* points are owned, decks borrowed from decks */
    size_t stroke_count, stroke_size, point_count;
    struct question **questions; /* by growing number, as the polls */
    size_t question_count;
    struct poll **polls;
    size_t poll_count;
    struct view_checkin *checkins; /* room for PEOPLE_MAX once there is one; rooms are borrowed */
    size_t checkin_count;
};

enum err refuse(const char **ret_why, enum err error, enum refusal refusal);

/* The person, present, away or removed; NULL. */
struct person *person_find(const struct session *s, uint32_t number);
/* The person an action of `by` is about, if he is still of the session; else a sentence. */
enum err person_named(const struct session *s, uint32_t who, const struct person **ret_person,
                      const char **ret_why);
/* Whether `by` may act for the chair: chairs, operators, deputies while no chair is here, the operator's door
 * (0). */
bool leads(const struct session *s, uint32_t by);

/* Appends an event of this kind; its number follows from what stands before. */
struct event *decide_event(const struct session *s, const struct command *c, enum event_kind kind,
                           struct decision *d);

/* Whether `by` may turn pages and draw. */
bool presents(const struct session *s, uint32_t by);
/* The deck's own string, or NULL. */
const char *deck_id(const struct session *s, const char *id);
/* Its place in the list of rooms; their count where there is no such room. */
size_t room_index(const struct session *s, const char *place);
void free_names(struct name_list *list);
/* ERR_FULL over `max`, ERR_MEMORY. */
enum err copy_names(const struct name_list *from, size_t max, struct name_list *ret_list);
/* Title, rooms, languages, recording and start become those of the event; *ret_rooms has the rooms there
 * were, the caller's to free. On failure nothing has changed. ERR_FULL, ERR_MEMORY. */
enum err take_description(struct session *s, const struct event *e, struct name_list *ret_rooms);

/* Its place in the list of rooms; their number where it is none of them. */
size_t room_index(const struct session *s, const char *place);

/* What an event that was just applied means for the size of the session. */
void roster_follow(struct session *s, const struct event *e);

void queue_remove(struct session *s, struct person *p);
void queue_append(struct session *s, struct person *p);

/* A copy, or NULL (also for NULL). */
char *copy_text(const char *text);

/* snapshot_talk.c: all questions and polls, with what is not in the view. ERR_MALFORMED, ERR_FULL,
 * ERR_MEMORY. */
void questions_dump(const struct session *s, struct json_out *o);
enum err questions_load(struct session *s, struct json_in in);
void polls_dump(const struct session *s, struct json_out *o);
enum err polls_load(struct session *s, struct json_in in);

/* Each idea decides its commands and applies its events. */
enum err sitting_decide(const struct session *s, const struct command *c, struct decision *d,
                        const char **ret_why);
enum err sitting_apply(struct session *s, const struct event *e);
void sitting_finish(struct session *s);
/* change.c: what a session is called, its rooms and languages, before it opens. */
enum err change_decide(const struct session *s, const struct command *c, struct decision *d,
                       const char **ret_why);
enum err change_apply(struct session *s, const struct event *e);
/* Gives each of its rooms the next number. */
void rooms_number(struct session *s);
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
enum err chairs_decide(const struct session *s, const struct command *c, struct decision *d,
                       const char **ret_why);
enum err chairs_apply(struct session *s, const struct event *e);
enum err timer_decide(const struct session *s, const struct command *c, struct decision *d,
                      const char **ret_why);
enum err timer_apply(struct session *s, const struct event *e);
enum err agenda_decide(const struct session *s, const struct command *c, struct decision *d,
                       const char **ret_why);
enum err agenda_apply(struct session *s, const struct event *e);
void agenda_finish(struct session *s);
enum err strokes_decide(const struct session *s, const struct command *c, struct decision *d,
                        const char **ret_why);
enum err strokes_apply(struct session *s, const struct event *e);
void strokes_finish(struct session *s);
enum err checkin_decide(const struct session *s, const struct command *c, struct decision *d,
                        const char **ret_why);
enum err checkin_apply(struct session *s, const struct event *e);
void checkin_finish(struct session *s);
enum err questions_decide(const struct session *s, const struct command *c, struct decision *d,
                          const char **ret_why);
enum err questions_apply(struct session *s, const struct event *e);
void questions_finish(struct session *s);
enum err polls_decide(const struct session *s, const struct command *c, struct decision *d,
                      const char **ret_why);
enum err polls_apply(struct session *s, const struct event *e);
void polls_finish(struct session *s);

#endif
