/* Events: the numbered changes of a session's state (proto/README.md, "Events"). The relay and the clients
 * read and write the same structs.
 *
 * Strings and arrays are borrowed: from the document they were read from, or from what the writer had. */
#ifndef AULA_WIRE_EVENT_H
#define AULA_WIRE_EVENT_H

#include "base/time.h"
#include "wire/json_in.h"
#include "wire/json_out.h"

#define NAME_CHARACTERS_MAX  64   /* of a person or a room: what a roster can show */
#define TITLE_CHARACTERS_MAX 200  /* of a session or a deck: two lines on a screen */
#define CHAT_CHARACTERS_MAX  2000 /* of one chat message: a page of text */
#define LANGUAGE_MAX         35   /* characters: RFC 5646 §4.4.1 */
#define DECK_ID_MAX          64   /* characters: room for a SHA-256 in hex */
#define MANIFEST_MAX         160  /* characters of a manifest's path */
#define ROOMS_MAX            64   /* halls of one session: acoustic groups the media plane tells apart */
#define LANGUAGES_MAX        32   /* of one session */
#define SESSION_ID_MAX       16   /* characters of a session's id */
#define PEOPLE_MAX           2000 /* participants of one session over its whole life */
#define DECKS_MAX            100  /* of one session */
#define PAGES_MAX            300  /* of one deck */
#define CHAT_KEPT            200  /* newest chat messages told to a newcomer */

#define PERSON_ID_MAX           64     /* characters of a person's identity in the programme or portal */
#define CODE_MAX                8      /* characters of a room's check-in code: ours have 5 */
#define TIMER_SECONDS_MAX       86400  /* a day: longer is a mistyped number */
#define QUESTION_CHARACTERS_MAX 500    /* of a question or a poll's: what a screen shows large */
#define OPTION_CHARACTERS_MAX   200    /* of one answer to choose */
#define POLL_OPTIONS_MAX        10     /* answers to choose from: as many as have keys */
#define POLL_OPTIONS_MIN        2      /* one is no choice */
#define POLLS_MAX               100    /* of one session, dropped ones apart */
#define QUESTIONS_MAX           500    /* of one session, dismissed ones apart */
#define AGENDA_MAX              64     /* items of a session's running order: a day in quarters of an hour */
#define AGENDA_TEXT_MAX         32768  /* bytes of all their titles and names: half of a sentence */
#define STROKE_POINTS_MAX       256    /* of one stroke: the client leaves out what the eye does not miss */
#define STROKES_PAGE_MAX        200    /* on one page */
#define STROKES_POINTS_TOTAL    100000 /* of all strokes of a session: 1 MB of a welcome */
#define STROKE_WIDTH_MAX        50     /* thousandths of the page's width */
#define STROKE_SCALE            10000 /* a point's x and y are ten-thousandths of the page's width and height */

enum role { ROLE_CHAIR, ROLE_LECTURER, ROLE_TRAINEE, ROLE_INTERPRETER, ROLE_ROOM, ROLE_OPERATOR, ROLE_COUNT };
enum session_state { SESSION_PLANNED, SESSION_BACKSTAGE, SESSION_OPEN, SESSION_ENDED, SESSION_STATE_COUNT };

/* What can be locked. Doors: nobody new but chairs and operators. */
enum lock { LOCK_DOORS, LOCK_HANDS, LOCK_CHAT, LOCK_COUNT };
enum ink { INK_RED, INK_BLUE, INK_GREEN, INK_YELLOW, INK_BLACK, INK_WHITE, INK_COUNT };

/* Members in [] are on disk and never told: of them only those hear who may (proto/README.md, "Asides"). */
enum event_kind {
    EVENT_CREATED,        /* title, rooms, languages, recorded, state */
    EVENT_STATE,          /* state */
    EVENT_JOINED,         /* who, name, role, place, language or NULL, deputy, [person or NULL] */
    EVENT_AWAY,           /* who */
    EVENT_LEFT,           /* who */
    EVENT_RESTARTED,      /* */
    EVENT_HAND_UP,        /* who, by */
    EVENT_HAND_DOWN,      /* who, by */
    EVENT_GRANTED,        /* who, by */
    EVENT_RELEASED,       /* who, by */
    EVENT_MUTED,          /* who, by */
    EVENT_UNMUTED,        /* who, by */
    EVENT_MUTED_ALL,      /* by */
    EVENT_UNMUTE_ASKED,   /* who, by */
    EVENT_REMOVED,        /* who, by */
    EVENT_LOCKED,         /* lock, by */
    EVENT_UNLOCKED,       /* lock, by */
    EVENT_PINNED,         /* who, by */
    EVENT_UNPINNED,       /* who, by */
    EVENT_BOTH_OPENED,    /* who, by */
    EVENT_BOTH_CLOSED,    /* who, by */
    EVENT_DECK_ADDED,     /* deck, title, pages, manifest, by */
    EVENT_PAGE,           /* deck, page, media, by */
    EVENT_CHAT,           /* who, text */
    EVENT_ROLE,           /* who, role, by */
    EVENT_DEPUTY_NAMED,   /* who, by */
    EVENT_DEPUTY_DROPPED, /* who, by */
    EVENT_TIMER,          /* seconds, started_ms, who (0 = nobody in particular), by */
    EVENT_TIMER_STOPPED,  /* by */
    EVENT_SCHEDULED,      /* starts_ms, by */
    EVENT_RECORDED,       /* recorded, by */
    EVENT_LANGUAGE,       /* who, language or NULL */
    EVENT_CODE,           /* room, by, [code] */
    EVENT_CHECKED_IN,     /* people, room, by */
    EVENT_CHECKED_OUT,    /* people, by */
    EVENT_STROKE,         /* deck, page, media, stroke, by */
    EVENT_CLEARED,        /* deck, page, media, by */
    EVENT_MODERATED,      /* moderated, by */
    EVENT_ASKED,          /* [who, text]: a question that waits for a chair */
    EVENT_QUESTION,       /* subject, who, text, by */
    EVENT_DISMISSED,      /* subject, by */
    EVENT_VOTED,          /* subject, count, [who, up] */
    EVENT_ANSWERED,       /* subject, media, by */
    EVENT_POLL_MADE,      /* by, [poll] */
    EVENT_POLL,           /* subject, poll without what is right, by */
    EVENT_POLL_ANSWERED,  /* subject, count, [who, choices] */
    EVENT_POLL_CLOSED,    /* subject, by */
    EVENT_POLL_RESULTS,   /* subject, counts, count, poll.right, by */
    EVENT_POLL_DROPPED,   /* subject, by */
    EVENT_CHANGED,        /* title, rooms, languages, recorded, starts_ms, by: before it opens */
    EVENT_AGENDA,         /* agenda, item (0 = none is on), by: the running order, whole */
    EVENT_ITEM,           /* item (0 = none), media, by: it is on from now */
    EVENT_OTHER           /* of a kind we do not know: only its number counts */
};

struct name_list {
    const char *const *at;
    size_t count;
};

struct number_list {
    const uint32_t *at;
    size_t count;
};

/* A line drawn on a page. Points are x, y, x, y …, each within [0, STROKE_SCALE]. */
struct stroke {
    enum ink ink;
    uint32_t width; /* 1 .. STROKE_WIDTH_MAX */
    const uint16_t *points;
    size_t count; /* points; the array holds twice as many numbers */
};

/* An item of the running order. Title and name of its speaker may be NULL; `who` 0 = nobody who has a link;
 * starts_ms 0 = not known. */
struct agenda_item {
    const char *title, *name;
    uint32_t who, seconds;
    int64_t starts_ms;
};

struct agenda {
    const struct agenda_item *at;
    size_t count;
};

/* A set of choices: bit i is option i + 1. */
typedef uint32_t choice_set;

struct poll_text {
    const char *text;
    struct name_list options;
    bool several; /* more than one may be chosen */
    bool quiz;    /* it has a right answer */
    choice_set right;
};

struct view_participant; /* wire/participant.h */

struct event {
    uint64_t n;    /* 1, 2, 3 … in its session, without gaps */
    int64_t at_ms; /* wall time since 1970 */
    enum event_kind kind;
    uint32_t who; /* participant; 0 = the operator (chat alone) */
    uint32_t by;  /* who did it; 0 = the operator */
    enum session_state state;
    enum role role;
    bool recorded;
    const char *name, *place, *language;
    const char *title;
    struct name_list rooms, languages;
    const char *deck, *manifest;
    uint32_t pages, page;
    session_samples media; /* session time of a page turn, a stroke, an answer */
    const char *text;
    enum lock lock;
    bool deputy, moderated, up;
    uint32_t seconds;
    int64_t started_ms, starts_ms; /* wall time; starts_ms 0 = not known */
    const char *room, *code;
    const char *person; /* who he is beyond this session; may be NULL */
    struct number_list people;
    uint64_t subject; /* the question or poll it is about: the number of the event that made it */
    uint32_t count;   /* of votes, or of people who have answered */
    struct stroke stroke;
    struct agenda agenda;
    uint32_t item; /* of the running order, from 1 */
    struct poll_text poll;
    choice_set choices;
    uint32_t counts[POLL_OPTIONS_MAX]; /* as many as poll.options.count */
    /* Told in a large session, never on disk: who `who` is and was before it, where not everyone has been
     * told of him. NULL. */
    const struct view_participant *participant;
};

const char *role_text(enum role role);
/* ERR_UNKNOWN where no role is called so. */
enum err role_read(const char *text, enum role *ret_role) MUST_USE;
const char *session_state_text(enum session_state state);
/* "joined", "hand-up" …; "other" for EVENT_OTHER. */
const char *event_kind_text(enum event_kind kind);

/* One event out of an object; failures stick to the document. */
void event_read(struct json_in in, struct event *ret_event);
/* The event as one object: whole, as it is on disk, or as everyone is told it. */
void event_write(struct json_out *o, const char *name, const struct event *e);
void event_write_told(struct json_out *o, const char *name, const struct event *e);
/* True where the two differ. */
bool event_is_confidential(enum event_kind kind);

/* Whether a running order keeps to its limits. */
bool agenda_fits(const struct agenda *a);
void agenda_write(struct json_out *o, const char *name, const struct agenda *a);

/* Reads a list of names (rooms, languages); an absent member is an empty list. */
struct name_list name_list_read(struct json_in in, const char *member, enum json_text text,
                                size_t max_characters, size_t max_count);

#endif
