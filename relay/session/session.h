/* One session as a pure machine: a command in, events out; an event in, a new state.
 *
 * session_decide says what a command would change, and changes nothing; session_apply is the fold. The state
 * is the fold of the events, bit for bit: replaying them gives the same dump. It knows no packet, no socket
 * and no connection; who a participant is it knows by his number. One thread. */
#ifndef AULA_RELAY_SESSION_SESSION_H
#define AULA_RELAY_SESSION_SESSION_H

#include "wire/signal.h"

#define DECISION_EVENTS_MAX 4 /* events of one command */
#define PLACE_REMOTE        "remote"
#define SNAPSHOT_VERSION    3                 /* of session_dump's form: one of another version is not read */
#define SNAPSHOT_OLDEST     2                 /* but for those from this one on: what they lack is empty */
#define SNAPSHOT_MAX        (4 * WELCOME_MAX) /* bytes of a dump: a welcome, and who voted and answered what */

/* A session in which more than ROSTER_WHOLE_MAX are present becomes large (roster.c): a list that long is not
 * looked through, and telling everyone of everyone grows with the square. It is small again below
 * ROSTER_LARGE_MIN, so that it does not flutter; after a restart its people have ROSTER_RETURN_MS to come
 * back first. */
#define ROSTER_WHOLE_MAX 200
#define ROSTER_LARGE_MIN 150
#define ROSTER_RETURN_MS 60000

struct session;

/* The caller owns *ret_session (session_destroy). `id` has at most SESSION_ID_MAX characters. Until `created`
 * is applied it is nothing. ERR_MEMORY. */
enum err session_create(const char *id, struct session **ret_session) MUST_USE;
/* NULL is legal. */
void session_destroy(struct session *s);

/* ---- decide ---- */

enum command_kind {
    COMMAND_CREATE,    /* create */
    COMMAND_JOIN,      /* join */
    COMMAND_AWAY,      /* by: the connection is gone */
    COMMAND_RESTART,   /* the relay came back */
    COMMAND_BACKSTAGE, /* its time has come: a planned session is prepared */
    COMMAND_OPEN,      /* its time has come: it opens */
    COMMAND_CHANGE,    /* create, but for `planned`: a session that is not open yet becomes what it says */
    COMMAND_AGENDA,    /* agenda: the running order is this one */
    COMMAND_DECK,      /* by, deck */
    COMMAND_ACTION     /* by, action, media */
};

struct command {
    enum command_kind kind;
    uint32_t by;   /* participant, 0 = the operator */
    int64_t at_ms; /* wall time since 1970 */
    union {
        struct {
            const char *title;
            struct name_list rooms, languages;
            bool recorded, planned;
            int64_t starts_ms; /* 0 = not known */
        } create;
        struct agenda agenda;
        struct {
            uint32_t who;
            const char *name, *place, *language; /* language may be NULL */
            enum role role;
            bool deputy;
            const char *person; /* who he is beyond this session; may be NULL */
        } join;
        struct {
            const char *deck, *title, *manifest;
            uint32_t pages;
        } deck;
        struct {
            const struct action *action; /* `id` and `rtp` are not looked at */
            session_samples media;       /* session time of what it does */
            const char *new_code;        /* for `code`: a fresh one */
        } action;
    };
};

/* Events to apply one after the other. Their strings are the command's: apply or write them before it
 * goes. No event: nothing had to change. */
struct decision {
    struct event events[DECISION_EVENTS_MAX];
    size_t count;
};

/* ERR_FORBIDDEN (no right), ERR_UNKNOWN (names what is not there), ERR_STATE (not now), ERR_FULL: *ret_why is
 * a sentence for people, static storage. */
enum err session_decide(const struct session *s, const struct command *c, struct decision *ret_decision,
                        const char **ret_why) MUST_USE;

/* ---- apply ---- */

/* Folds one event in. ERR_MALFORMED: it does not follow from this state (a wrong number, a person who is not
 * there); ERR_FULL: over a limit; ERR_MEMORY. On failure nothing has changed. */
enum err session_apply(struct session *s, const struct event *e) MUST_USE;

/* ---- look ---- */

const char *session_id(const struct session *s);
const char *session_title(const struct session *s);
bool session_recorded(const struct session *s);
/* Number of the newest event; 0 before `created`. */
uint64_t session_n(const struct session *s);
enum session_state session_phase(const struct session *s);
/* Planned start, wall time; 0 = not known. */
int64_t session_starts_ms(const struct session *s);
/* Wall time of `created`: the session clock starts there. */
int64_t session_created_ms(const struct session *s);
/* The person, or NULL where no one of that number ever joined. `queue` is filled. Valid until the next
 * apply. */
const struct view_participant *session_person(const struct session *s, uint32_t number);
/* The largest number that joined; 0 = none. */
uint32_t session_last_person(const struct session *s);
size_t session_present_count(const struct session *s);
size_t session_person_count(const struct session *s);
bool session_removed(const struct session *s, uint32_t number);
/* Whether sound of this person may enter: the floor, not muted, and a state that allows it. */
bool session_may_send(const struct session *s, uint32_t number);
/* 0 = remote or no such room, else the room's number, which stays its own. */
uint16_t session_room(const struct session *s, const char *place);
bool session_has_language(const struct session *s, const char *language);
bool session_has_deck(const struct session *s, const char *deck);
/* Pages of a deck; 0 where it is not there. */
uint32_t session_deck_pages(const struct session *s, const char *deck);
/* Whether he acts for the chair now: chairs, operators, deputies while no chair is here. */
bool session_leads(const struct session *s, uint32_t number);
/* Chairs and lecturers, as they are now. */
bool session_presents(const struct session *s, uint32_t number);
/* Whether sound is sent to this person: those who wait for the opening hear nothing. */
bool session_may_hear(const struct session *s, uint32_t number);
bool role_leads(enum role role);     /* chairs and operators */
bool role_presents(enum role role);  /* may turn pages: chairs and lecturers */
bool role_has_floor(enum role role); /* by default */

/* The state as welcome tells it: borrowed from the session until the next apply, but for the participants,
 * which session_view_free frees. ERR_MEMORY. */
enum err session_view_make(const struct session *s, struct session_view *ret_view) MUST_USE;
void session_view_free(struct session_view *view);

/* ---- large sessions: roster.c, find.c ---- */

bool session_large(const struct session *s);
/* Number of the event at which it became large, or small again; 0 = it never was. */
uint64_t session_switched_n(const struct session *s);
/* Whom an event that is about to be applied is told to in a large session, and whom it must name; nothing in
 * a small one. The participant is as he was before the event, valid until it is applied. */
struct telling {
    uint32_t only;                              /* to this participant alone; 0 = to everyone */
    const struct view_participant *participant; /* or NULL */
};
struct telling session_telling(const struct session *s, const struct event *e);
/* Like session_view_make, as this member is told it; 0: as everyone is. */
enum err session_view_for(const struct session *s, uint32_t you, struct session_view *ret_view) MUST_USE;
/* Who is present, counted. */
struct present_counts {
    uint32_t people;
    uint32_t roles[ROLE_COUNT];
    uint32_t places[ROOMS_MAX + 1]; /* the session's rooms, then remote; rooms' own devices are none */
};
void session_counts(const struct session *s, struct present_counts *ret_counts);
/* Those present whom a query finds. Valid until the next apply. */
void session_find(const struct session *s, const struct people_query *q,
                  struct view_participant ret_people[FOUND_MAX], struct people_found *ret_found);

/* ---- asides: what only some may know ---- */

/* Room i and its check-in code; NULL where there is no such room, or no code yet. Valid until the next apply,
 * as all that follow. */
const char *session_room_name(const struct session *s, size_t room);
const char *session_code(const struct session *s, size_t room);
bool session_has_code(const struct session *s, const char *room);
/* One after the other, *at beginning at 0; false after the last. */
bool session_pending(const struct session *s, size_t *at, struct pending_question *ret_question);
bool session_prepared(const struct session *s, size_t *at, struct prepared_poll *ret_poll);
/* Of polls that are open, or closed and not shown. */
bool session_tally(const struct session *s, size_t *at, struct tally *ret_tally);
/* What one person has voted for and answered; they return how many. */
size_t session_votes(const struct session *s, uint32_t who, uint64_t ret_votes[QUESTIONS_MAX]);
size_t session_answers(const struct session *s, uint32_t who, struct own_answer ret_answers[POLLS_MAX]);

/* ---- snapshots (snapshot.c) ---- */

/* Every bit of the state as JSON, the same bytes for the same state. */
void session_dump(const struct session *s, struct json_out *o);
/* The session that a dump describes; events from the one after its n on may be applied to it. The caller owns
 * *ret_session (session_destroy). ERR_MALFORMED: no dump of this version; ERR_MEMORY. */
enum err session_load(const char *id, const char *text, size_t len, struct session **ret_session) MUST_USE;

#endif
