/* Events: the numbered changes of a session's state (proto/README.md, "Events"), and the state as a newcomer
 * is told it. The relay and the clients read and write the same structs.
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

enum role { ROLE_CHAIR, ROLE_LECTURER, ROLE_TRAINEE, ROLE_INTERPRETER, ROLE_ROOM, ROLE_OPERATOR, ROLE_COUNT };
enum session_state { SESSION_PLANNED, SESSION_BACKSTAGE, SESSION_OPEN, SESSION_ENDED, SESSION_STATE_COUNT };

enum event_kind {
    EVENT_CREATED,      /* title, rooms, languages, recorded, state */
    EVENT_STATE,        /* state */
    EVENT_JOINED,       /* who, name, role, place, language or NULL */
    EVENT_AWAY,         /* who */
    EVENT_LEFT,         /* who */
    EVENT_RESTARTED,    /* */
    EVENT_HAND_UP,      /* who, by */
    EVENT_HAND_DOWN,    /* who, by */
    EVENT_GRANTED,      /* who, by */
    EVENT_RELEASED,     /* who, by */
    EVENT_MUTED,        /* who, by */
    EVENT_UNMUTED,      /* who, by */
    EVENT_MUTED_ALL,    /* by */
    EVENT_UNMUTE_ASKED, /* who, by */
    EVENT_REMOVED,      /* who, by */
    EVENT_LOCKED,       /* by */
    EVENT_UNLOCKED,     /* by */
    EVENT_PINNED,       /* who, by */
    EVENT_UNPINNED,     /* who, by */
    EVENT_BOTH_OPENED,  /* who, by */
    EVENT_BOTH_CLOSED,  /* who, by */
    EVENT_DECK_ADDED,   /* deck, title, pages, manifest, by */
    EVENT_PAGE,         /* deck, page, media, by */
    EVENT_CHAT,         /* who, text */
    EVENT_OTHER         /* of a kind we do not know: only its number counts */
};

struct name_list {
    const char *const *at;
    size_t count;
};

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
    session_samples media; /* session time of a page turn */
    const char *text;
};

struct view_participant {
    uint32_t id;
    const char *name, *place, *language; /* language may be NULL */
    enum role role;
    bool present, floor, muted, hand, pinned, both;
    uint32_t queue; /* place in the queue from 1; 0 = not in it */
};

struct view_deck {
    const char *id, *title, *manifest;
    uint32_t pages;
};

struct view_page {
    const char *deck;
    uint32_t page, by;
    session_samples media;
    int64_t at_ms;
};

struct view_chat {
    uint64_t n;
    int64_t at_ms;
    uint32_t who;
    const char *text;
};

/* A session as welcome tells it. */
struct session_view {
    const char *id, *title;
    enum session_state state;
    bool recorded, locked;
    struct name_list rooms, languages;
    const struct view_participant *participants;
    size_t participant_count;
    const struct view_deck *decks;
    size_t deck_count;
    bool has_page;
    struct view_page page;
    const struct view_chat *chat; /* oldest first */
    size_t chat_count;
};

const char *role_text(enum role role);
/* ERR_UNKNOWN where no role is called so. */
enum err role_read(const char *text, enum role *ret_role) MUST_USE;
const char *session_state_text(enum session_state state);
/* "joined", "hand-up" …; "other" for EVENT_OTHER. */
const char *event_kind_text(enum event_kind kind);

/* One event out of an object; failures stick to the document. */
void event_read(struct json_in in, struct event *ret_event);
/* The event as one object, or only its members (into an object that is open). */
void event_write(struct json_out *o, const char *name, const struct event *e);
void event_write_members(struct json_out *o, const struct event *e);

/* A whole state; arrays live in the document. */
void session_view_read(struct json_in in, struct session_view *ret_view);
void session_view_write(struct json_out *o, const char *name, const struct session_view *view);
/* Reads a list of names (rooms, languages); an absent member is an empty list. */
struct name_list name_list_read(struct json_in in, const char *member, enum json_text text,
                                size_t max_characters, size_t max_count);

#endif
