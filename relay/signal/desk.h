/* The state plane as one machine: sentences, operators' requests, facts and commits in; sentences, orders and
 * rows out.
 *
 * The desk composes: session/ holds what a session is and decides; signal/ turns sentences into commands and
 * events into sentences. It touches no socket, file, thread or clock, so that whole sessions run in virtual
 * time. Output is drained until empty after every input. One thread. */
#ifndef AULA_RELAY_SIGNAL_DESK_H
#define AULA_RELAY_SIGNAL_DESK_H

#include "base/address.h"
#include "base/entropy.h"
#include "signal/shell_figures.h"
#include "types.h"
#include "wire/signal.h" /* SENTENCE_MAX, SESSION_ID_MAX */

#define DESK_HELLO_US (5 * (span_us)US_PER_S)    /* a connection that says nothing for this long is closed */
#define DESK_DOOR_US  (600 * (span_us)US_PER_S)  /* the same for who asked what his link opens */
#define DESK_BATCH_US (200 * (span_us)US_PER_MS) /* at most five batched messages a second to a member */
#define DESK_GATHER_US                                                                                       \
    (20 * (span_us)US_PER_MS) /* what is said waits so long after the last: 50 sentences a                   \
                               * second to a member, and nobody sees it */
#define DESK_ADDRESSES_MAX 2  /* candidates of a worker: one IPv4, one IPv6 */
#define DESK_WORKERS_MAX   16
#define DESK_ENDED_KEEP_US                                                                                   \
    (600 * (span_us)US_PER_S)  /* a session that is over is kept for those who come late */
#define RESUME_EVENTS_MAX 2000 /* newest events of a session that are kept for those who come back */

struct desk_config {
    const struct entropy *entropy;        /* borrowed */
    const struct link_identity *identity; /* borrowed: its fingerprint goes into every answer */
    struct address media[DESK_WORKERS_MAX]
                        [DESK_ADDRESSES_MAX]; /* where each worker's media is reached; port 0 = none */
    int workers;
    char url[256];                   /* "https://HOST:PORT": join URLs are this, "/j/" and the token */
    bool url_is_public;              /* it was configured: it may be printed */
    uint8_t link_key[32];            /* personal links of programmes are made of it */
    const void *jwt_secret;          /* borrowed: whose signature makes a JWT a join link */
    size_t jwt_secret_len;           /* 0 = none is taken */
    bool record_chat;                /* chat goes into recordings too */
    int64_t wall_minus_monotonic_us; /* wall time (us since 1970) minus the monotonic clock */
};

/* One line for the log on disk. Text is owned by the desk until the next desk_output. */
enum desk_row_kind {
    ROW_EVENT,
    ROW_LINK,
    ROW_PROGRAMME,   /* a programme, one of its sessions or people, whole; of no session */
    ROW_TOKEN,       /* of the HTTP interface; of no session */
    ROW_CERTIFICATE, /* of attendance; of no session */
    ROW_KINDS, /* those before it are rows of the log; a new one stands at their end, and is restored first */
    ROW_SNAPSHOT, /* restore only: a session_dump; its events follow, from some that are in it on */
    ROW_PAST      /* restore only: a session that is over, in a few words */
};
struct desk_row {
    uint64_t row; /* 1, 2, 3 … over the relay's life; desk_committed speaks of it */
    enum desk_row_kind kind;
    char session[SESSION_ID_MAX + 1];
    uint64_t n;    /* ROW_EVENT: the event's number in its session */
    int64_t at_ms; /* wall time */
    uint8_t
        token_sha256[32]; /* ROW_LINK, ROW_TOKEN: the key; a later row of the same key replaces the earlier */
    const char *text;     /* JSON: the event, or the link's record */
    size_t len;
};

/* For the recorder. Of one session in this order: begin, anything but that, pause, begin …, end. */
enum desk_record_kind {
    RECORD_BEGIN, /* from now on it is recorded */
    RECORD_PAUSE, /* not any more, for now */
    RECORD_END,   /* the session has ended */
    RECORD_MEDIA, /* worker, handle: its sound comes as this session of that worker */
    RECORD_LINE   /* text, key: a line of the timeline; key 0: an event, else whose signal it is */
};
struct desk_record {
    enum desk_record_kind kind;
    char session[SESSION_ID_MAX + 1];
    uint32_t handle;
    int worker;
    uint64_t key;
};

enum desk_output_kind {
    DESK_SENTENCE, /* connection, text, droppable */
    DESK_CLOSE,    /* connection: after the sentences before it */
    DESK_ORDER,    /* worker, order */
    DESK_ROW,      /* row */
    DESK_REPLY,    /* request, text: one JSON object */
    DESK_RECORD,   /* record, text */
    DESK_PAST      /* row.session, row.n: it is over, everything is said, and the desk has let go of it */
};

struct desk_output {
    enum desk_output_kind kind;
    uint32_t connection;
    uint32_t request;
    int worker;
    const char *text; /* owned by the desk until the next desk_output; the same text for many connections is
                         the same pointer */
    size_t len;
    bool droppable; /* a signal: may be skipped for a slow reader */
    struct media_order order;
    struct desk_row row;
    struct desk_record record;
};

struct desk;

enum err desk_create(const struct desk_config *config, struct desk **ret_desk) MUST_USE;
void desk_destroy(struct desk *d);

/* At the start, before anything else: the rows on disk, each session's in order; then desk_restored once.
 * ERR_MALFORMED: a row that makes no sense: the relay must not start on it, but may leave out a snapshot and
 * give all the session's events. */
enum err desk_restore(struct desk *d, const struct desk_row *row) MUST_USE;
enum err desk_restored(struct desk *d, uint64_t last_row, point_us now_us) MUST_USE;

/* A WebSocket of subprotocol aula.v1. `connection` is the shell's number, not reused while output for it may
 * be under way. */
void desk_connected(struct desk *d, uint32_t connection, const struct address *from, point_us now_us);
void desk_sentence(struct desk *d, uint32_t connection, const char *text, size_t len, point_us now_us);
void desk_disconnected(struct desk *d, uint32_t connection, point_us now_us);

/* A request from the operator's door (relay/signal/README.md); answered by one DESK_REPLY with the same
 * `request`, perhaps later. */
void desk_request(struct desk *d, uint32_t request, const char *text, size_t len, point_us now_us);

void desk_fact(struct desk *d, int worker, const struct media_fact *fact, point_us now_us);

/* Every row up to this one is on disk: its events may be told. */
void desk_committed(struct desk *d, uint64_t row, point_us now_us);
/* The disk refuses (true), or took everything again (false). While it refuses, sessions go on from memory and
 * events are told at once. */
void desk_not_saved(struct desk *d, bool refused, point_us now_us);
/* So many rows wait for the disk that no more may be begun: commands are refused, but for those that end
 * something. */
void desk_full(struct desk *d, bool full);

/* The recorder tells of a session's recording: `stopped` is why the disk refuses it (NULL: it is written),
 * `replay` where it can be watched (NULL: as before). */
void desk_recording(struct desk *d, const char *session, const char *stopped, const char *replay,
                    point_us now_us);

/* Who may add a deck with this join token: writes the session's id and the participant's number. ERR_UNKNOWN
 * (no such link), ERR_FORBIDDEN. */
enum err desk_may_upload(struct desk *d, const char *token, point_us now_us,
                         char ret_session[SESSION_ID_MAX + 1], uint32_t *ret_number) MUST_USE;
/* A deck has been converted and its pages are on disk. `by` 0 = the operator. ERR_UNKNOWN session. */
enum err desk_deck_added(struct desk *d, const char *session, const char *deck, const char *title, int pages,
                         const char *manifest_url, uint32_t by, point_us now_us) MUST_USE;
/* What a token of the HTTP interface may do (enum api_right), and its number. ERR_UNKNOWN: it is none, or
 * withdrawn, or its time is over. */
enum err desk_token_rights(const struct desk *d, const char *token, point_us now_us, unsigned *ret_rights,
                           uint32_t *ret_number) MUST_USE;
/* The number of a session's newest event; 0: there is no such session in memory. */
uint64_t desk_session_n(const struct desk *d, const char *session);
bool desk_session_exists(const struct desk *d, const char *session);
/* A session in the desk's memory in which somebody of that identity or name (or, with `session`, number) has
 * a link; NULL. `session` NULL: any. */
const char *desk_knows_person(const struct desk *d, const char *session, const char *who);
/* The person of this identity was erased from the log. */
void desk_erased(struct desk *d, const char *identity);
/* What anybody may know of a certificate whose number he has. Strings are the desk's, until its next input;
 * name, title and day are not known of older ones (NULL, ""). */
struct desk_certificate {
    char number[16], signature[129], key[65]; /* these in hex */
    const char *name, *title, *statement;
    int64_t seconds, of;
    char day[40]; /* on which it was issued, "2026-11-24"; "" where it is not known */
    bool erased;  /* whom it was for is not known any more */
};
/* ERR_UNKNOWN: none has that number; ERR_MEMORY. */
enum err desk_certificate(const struct desk *d, const char *number,
                          struct desk_certificate *ret_certificate) MUST_USE;
#define DESK_PROGRAMME_SESSIONS_MAX 64
/* The sessions of a programme, by its id or its key, in their order. ERR_UNKNOWN. */
enum err desk_programme_sessions(const struct desk *d, const char *programme,
                                 char ret_sessions[DESK_PROGRAMME_SESSIONS_MAX][SESSION_ID_MAX + 1],
                                 size_t *ret_count) MUST_USE;
/* A session that is over has left the disk too. */
void desk_forget(struct desk *d, const char *session);
/* Whether one more session would be made now. */
bool desk_takes_sessions(const struct desk *d);
/* True while any session is not ended: a draining relay waits for it. */
bool desk_busy(const struct desk *d);
struct desk_figures {
    size_t sessions; /* that are not ended */
    size_t members;  /* connections */
    size_t peers;    /* media links */
};
struct desk_figures desk_figures(const struct desk *d);
#define DESK_LABELLED_MAX                                                                                    \
    50 /* sessions that are told of one by one in the metrics: series cost whoever keeps them */
struct session_figures {
    const char *id; /* NULL: all that have no place of their own, those that are gone among them */
    size_t present, peers;
    uint32_t speaking;
    struct session_counters counters;
};
/* Those that have sound, each with a place of its own as long as it has; the rest in one, last. *at is 0 at
 * first. The counters are a second old at the most while this is called now and then. */
bool desk_next_session(const struct desk *d, size_t *at, struct session_figures *ret_session);
/* Of all sessions, those that are gone too: they never fall. */
struct session_counters desk_totals(const struct desk *d);
/* Somebody looks now and then: counters are kept fresh. */
void desk_watch(struct desk *d, point_us now_us);
/* From now on JWTs of this secret are join links, and of no other; borrowed. */
void desk_use_jwt_secret(struct desk *d, const void *secret, size_t len);
/* Before a request: what the shells have counted. */
void desk_shell_told(struct desk *d, const struct shell_figures *figures);
/* From now on nobody joins who never joined before, and no session is made; who was there may come back. */
void desk_drain(struct desk *d);

/* Tells everyone to come back (bye, why restart) and closes. */
void desk_shutdown(struct desk *d, point_us now_us);

bool desk_output(struct desk *d, struct desk_output *ret_output);
point_us desk_deadline(const struct desk *d);
void desk_expire(struct desk *d, point_us now_us);

#endif
