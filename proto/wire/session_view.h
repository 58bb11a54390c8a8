/* A session's state as a newcomer is told it (proto/README.md, "Joining"). Borrowed like events. */
#ifndef AULA_WIRE_SESSION_VIEW_H
#define AULA_WIRE_SESSION_VIEW_H

#include "wire/participant.h"

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

struct view_timer {
    uint32_t who, by; /* who 0 = nobody in particular */
    uint32_t seconds;
    int64_t started_ms;
};

struct view_stroke {
    uint64_t n;
    const char *deck;
    uint32_t page, by;
    struct stroke stroke;
};

/* A question that everyone sees. */
struct view_question {
    uint64_t id;
    uint32_t who, votes;
    int64_t at_ms;
    const char *text;
    bool answered;
    session_samples media; /* where answered */
};

/* A poll that was opened; counts and what is right once its results are shown. */
enum poll_state { POLL_OPEN, POLL_CLOSED, POLL_SHOWN, POLL_STATE_COUNT };
struct view_poll {
    uint64_t id;
    enum poll_state state;
    struct poll_text poll;
    uint32_t count; /* people who have answered */
    uint32_t counts[POLL_OPTIONS_MAX];
};

struct view_checkin {
    uint32_t who;
    int64_t at_ms;
    const char *room;
};

/* Whoever wrote or asked something that is shown, and is not among the participants of a large session. */
struct view_name {
    uint32_t id;
    const char *name;
};

/* A session as welcome tells it. */
struct session_view {
    const char *id, *title;
    enum session_state state;
    bool recorded, locked[LOCK_COUNT];
    bool moderated;    /* questions wait for a chair */
    int64_t starts_ms; /* 0 = not known */
    struct name_list rooms, languages;
    bool large; /* participants are those who are listed, and oneself */
    const struct view_participant *participants;
    size_t participant_count;
    const struct view_name *names; /* where large */
    size_t name_count;
    const struct view_deck *decks;
    size_t deck_count;
    bool has_page;
    struct view_page page;
    const struct view_chat *chat; /* oldest first */
    size_t chat_count;
    bool has_timer;
    struct view_timer timer;
    struct agenda agenda;
    uint32_t item;                     /* of it that is on; 0 = none */
    const struct view_stroke *strokes; /* oldest first, as all that follow */
    size_t stroke_count;
    const struct view_question *questions;
    size_t question_count;
    const struct view_poll *polls;
    size_t poll_count;
    const struct view_checkin *checkins;
    size_t checkin_count;
};

/* A whole state; arrays live in the document. */
void session_view_read(struct json_in in, struct session_view *ret_view);
void session_view_write(struct json_out *o, const char *name, const struct session_view *view);

#endif
