/* Sentences: what a client and the relay say to each other (proto/README.md), bytes and structs, both
 * directions.
 *
 * Reading gives a struct whose strings and arrays live until its _finish. Writing appends to a json_out. */
#ifndef AULA_WIRE_SIGNAL_H
#define AULA_WIRE_SIGNAL_H

#include "wire/refusal.h"
#include "wire/session_view.h"

#define SENTENCE_MAX (64 * 1024) /* bytes of one sentence, either way, but for a welcome */
#define WELCOME_MAX                                                                                          \
    (8 * 1024 * 1024) /* bytes of a welcome: 2,000 people, 100 decks, 200 chat texts at their longest */
#define TOKEN_MAX        1024        /* characters; ours have 43, a portal's JWT some hundred */
#define AGENT_MAX        100         /* characters of a client's name and version */
#define SDP_MAX          (48 * 1024) /* characters of a description; browsers write 2 to 8 KB */
#define WHY_MAX          JSON_WHY_MAX
#define URL_MAX          400 /* characters of a link: a long host, a session, a key */
#define PROTOCOL_VERSION 1
#define SPEAKING_MAX     64 /* people told as speaking at once */
#define FOUND_MAX        50 /* people of one answer to a search: what one looks through; 36 KB at their longest */

/* ---- from a client ---- */

enum verb {
    VERB_HAND_UP,
    VERB_HAND_DOWN,
    VERB_GRANT,
    VERB_RELEASE,
    VERB_MUTE,
    VERB_UNMUTE,
    VERB_MUTE_ALL,
    VERB_ASK_UNMUTE,
    VERB_LOCK,
    VERB_UNLOCK,
    VERB_REMOVE,
    VERB_PIN,
    VERB_UNPIN,
    VERB_OPEN_BOTH,
    VERB_CLOSE_BOTH,
    VERB_OPEN,
    VERB_END,
    VERB_PAGE,
    VERB_CHAT,
    VERB_LEAVE,
    VERB_CHAIR,
    VERB_STEP_DOWN,
    VERB_DEPUTY,
    VERB_NO_DEPUTY,
    VERB_TIMER,
    VERB_TIMER_CHANGE,
    VERB_TIMER_STOP,
    VERB_SCHEDULE,
    VERB_RECORD,
    VERB_RECORD_STOP,
    VERB_LANGUAGE,
    VERB_CODE,
    VERB_CHECK_IN,
    VERB_CHECK_OUT,
    VERB_STROKE,
    VERB_CLEAR,
    VERB_MODERATE,
    VERB_ASK,
    VERB_APPROVE,
    VERB_DISMISS,
    VERB_VOTE,
    VERB_UNVOTE,
    VERB_ANSWERED,
    VERB_POLL,
    VERB_POLL_OPEN,
    VERB_ANSWER,
    VERB_POLL_CLOSE,
    VERB_POLL_SHOW,
    VERB_POLL_DROP,
    VERB_ITEM,
    VERB_COUNT
};

struct hello {
    const char *token;
    bool has_last;
    uint64_t last;     /* number of the newest event seen */
    const char *agent; /* may be NULL */
};

struct action {
    int64_t id;
    enum verb verb;
    uint32_t who; /* 0 = not named: oneself where the verb allows it */
    const char *deck;
    uint32_t page;
    bool has_rtp;
    uint32_t rtp; /* the sender's own RTP time at the turn */
    const char *text;
    enum lock lock;
    uint32_t seconds;
    int64_t starts_ms;         /* 0 = not known any more */
    const char *language;      /* NULL = the floor */
    const char *room, *code;   /* check-in: the code, or people and their room */
    struct number_list people; /* empty: oneself */
    bool moderated;
    struct stroke stroke;
    uint64_t subject; /* question or poll */
    struct poll_text poll;
    choice_set choices;
    uint32_t item; /* of the running order, from 1; 0 = none */
};

/* Either way; from a client `who` is 0 and time is `rtp`, from the relay it is `media`. */
struct pointer {
    uint32_t who;
    const char *deck;
    uint32_t page;
    bool gone;   /* without x and y */
    double x, y; /* 0 to 1 */
    bool has_rtp, has_media;
    uint32_t rtp;
    session_samples media;
};

/* A stroke while it is drawn, all of it so far; either way, as the pointer. */
struct drawing {
    uint32_t who;
    const char *deck;
    uint32_t page;
    bool gone; /* without points */
    struct stroke stroke;
    bool has_rtp, has_media;
    uint32_t rtp;
    session_samples media;
};

struct line_quality {
    uint32_t received, lost; /* packets in the last second */
    uint32_t jitter_ms;
};

/* Who is here: by a part of name or place, or all. */
struct people_query {
    int64_t id;
    const char *text;  /* words, each of which is in the name or the place; NULL = whatever */
    const char *place; /* exactly this one; NULL = any */
    uint32_t after;    /* of those with a larger number: the last one of the answer before */
};

enum client_kind {
    CLIENT_HELLO,
    CLIENT_PEEK,
    CLIENT_OFFER,
    CLIENT_DO,
    CLIENT_POINTER,
    CLIENT_LINE,
    CLIENT_DRAWING,
    CLIENT_PEOPLE
};

struct client_sentence {
    enum client_kind kind;
    union {
        struct hello hello;
        const char *peek;  /* token */
        const char *offer; /* SDP */
        struct action action;
        struct pointer pointer;
        struct line_quality line;
        struct drawing drawing;
        struct people_query people;
    };
    struct json_doc *doc;
};

/* Why a sentence could not be read. */
struct sentence_refusal {
    bool has_id; /* it was a `do` with a readable id */
    int64_t id;
    char why[WHY_MAX];
};

/* ERR_MALFORMED and ERR_LONG: no sentence at all. ERR_UNSUPPORTED: a sentence, but of an unknown kind or with
 * a member that is wrong. ERR_MEMORY. In each case *ret_refusal is filled and *ret_sentence untouched; on
 * success the caller owns *ret_sentence (client_sentence_finish). */
enum err client_sentence_read(const char *text, size_t len, struct client_sentence *ret_sentence,
                              struct sentence_refusal *ret_refusal) MUST_USE;
void client_sentence_finish(struct client_sentence *s);
/* `doc` is not looked at. */
void client_sentence_write(struct json_out *o, const struct client_sentence *s);

const char *verb_text(enum verb verb);
/* ERR_UNKNOWN where no verb is called so. */
enum err verb_read(const char *text, enum verb *ret_verb) MUST_USE;

/* ---- from the relay ---- */

/* Events, read; or to write, either structs or texts that are JSON already (then `raw` is not NULL). */
struct json_raw {
    const char *text;
    size_t len;
};
struct event_list {
    const struct event *events;
    const struct json_raw *raw;
    size_t count;
};

struct welcome {
    uint32_t you;
    uint64_t n;
    session_samples clock;
    int64_t now_ms; /* the relay's wall time; 0 = not told */
    bool resumed;
    const struct session_view *session; /* where not resumed */
    struct event_list events;           /* where resumed */
};

/* What a join link opens, for the page's door. */
struct link_view {
    const char *name, *place, *title;
    const char *language; /* may be NULL */
    int64_t starts_ms;    /* 0 = not known */
    enum role role;
    enum session_state state;
    bool recorded;
};

struct answer {
    const char *sdp;
    uint32_t offset;       /* RTP time = low 32 bits of session time + this */
    session_samples clock; /* session time at which it was written */
};

struct refused {
    bool has_id; /* false: answers a sentence that had none */
    int64_t id;
    const char *code; /* stable, for programs and translations (wire/refusal.h) */
    const char *why;
};

/* ---- asides: what only some may know, told to them beside the events ---- */

struct room_code {
    const char *room, *code;
};

/* A question that waits for a chair: to chairs and to who asked it. */
struct pending_question {
    uint64_t id;
    uint32_t who;
    int64_t at_ms;
    const char *text;
    const char *name; /* of who asked, in a large session; NULL */
};

/* A poll that is not open yet, or what is right in one that is. */
struct prepared_poll {
    uint64_t id;
    struct poll_text poll;
};

struct tally {
    uint64_t poll;
    uint32_t counts[POLL_OPTIONS_MAX], people;
    size_t count; /* of options */
};

struct own_answer {
    uint64_t poll;
    choice_set choices;
};

/* What oneself has voted for and answered. */
struct mine {
    const uint64_t *votes;
    size_t vote_count;
    const struct own_answer *answers;
    size_t answer_count;
};

/* ---- large sessions: those who are listed, and how many the rest are ---- */

/* From event n on: whom one is told of, in the place of all whom one knew but oneself. */
struct roster {
    uint64_t n;
    bool large;
    const struct view_participant *participants;
    size_t participant_count;
    const struct view_checkin *checkins;
    size_t checkin_count;
};

struct place_count {
    const char *place;
    uint32_t people; /* rooms' own devices are none */
};

struct people_counts {
    bool whole;      /* whoever is not counted here is not here; else what is not told is as it was */
    uint64_t n;      /* all events up to it have been told, as far as they are told to this member */
    uint32_t people; /* who are present, rooms' own devices among them */
    struct {
        bool told;
        uint32_t people;
    } roles[ROLE_COUNT];
    const struct place_count *places;
    size_t place_count;
};

/* The answer to a search. */
struct people_found {
    int64_t id;
    uint32_t found;                              /* in all, after which number one asked or not */
    bool more;                                   /* than are told here */
    const struct view_participant *participants; /* by growing number */
    size_t participant_count;
};

enum bye_why {
    BYE_REPLACED,
    BYE_REMOVED,
    BYE_ENDED,
    BYE_RESTART,
    BYE_TOKEN,
    BYE_SLOW,
    BYE_PROTOCOL,
    BYE_FULL,
    BYE_OTHER /* read only: a reason we do not know */
};

struct bye {
    enum bye_why why;
    bool again;       /* connect again by yourself */
    const char *text; /* a sentence for people; may be NULL */
};

enum relay_kind {
    RELAY_WELCOME,
    RELAY_LINK,
    RELAY_EVENTS,
    RELAY_ANSWER,
    RELAY_DONE,
    RELAY_REFUSED,
    RELAY_BYE,
    RELAY_SPEAKING,
    RELAY_POINTER,
    RELAY_MESSAGE, /* the operator's words to this member alone */
    RELAY_NOT_SAVED,
    RELAY_SAVED,
    RELAY_RECORDING,
    RELAY_DRAWING,
    RELAY_CODE,
    RELAY_PENDING,
    RELAY_PREPARED,
    RELAY_TALLY,
    RELAY_MINE,
    RELAY_ROSTER,
    RELAY_COUNTS,
    RELAY_PEOPLE,
    RELAY_OTHER /* of a kind we do not know: to be ignored */
};

/* What chairs and operators are told of the recording. */
struct recording_view {
    bool stopped;       /* the disk refuses it */
    int64_t since_ms;   /* since when, where stopped */
    const char *why;    /* a sentence, where stopped; may be NULL */
    const char *replay; /* where it can be watched; NULL: not known */
};

struct relay_sentence {
    enum relay_kind kind;
    union {
        struct welcome welcome;
        struct link_view link;
        struct event_list events;
        struct answer answer;
        struct {
            int64_t id;
            uint64_t n; /* 0: nothing had to change */
        } done;
        struct refused refused;
        struct bye bye;
        struct {
            const uint32_t *who;
            size_t count;
        } speaking;
        struct pointer pointer;
        const char *message;
        int64_t not_saved_since_ms;
        struct recording_view recording;
        struct drawing drawing;
        struct room_code code;
        struct pending_question pending;
        struct prepared_poll prepared;
        struct tally tally;
        struct mine mine;
        struct roster roster;
        struct people_counts counts;
        struct people_found people;
    };
    struct json_doc *doc;
};

/* On success the caller owns *ret_sentence (relay_sentence_finish). On failure a sentence is in ret_why. */
enum err relay_sentence_read(const char *text, size_t len, struct relay_sentence *ret_sentence,
                             char ret_why[WHY_MAX]) MUST_USE;
void relay_sentence_finish(struct relay_sentence *s);
void relay_sentence_write(struct json_out *o, const struct relay_sentence *s);
const char *bye_text(enum bye_why why);

#endif
