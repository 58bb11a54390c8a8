/* What the desk is made of. Within signal/ only.
 *
 *   sitting   one session: its state, its newest events as texts, its seats
 *   seat      one join link, and whoever sits there: a participant's number, his member, his peer
 *   member    one connection: first a stranger, after hello a seat's
 *   peer      one participant's media, as the media plane knows it by its handle
 *
 * Nothing that rests on an event is told before the event is on disk: it waits in `pending`, by row. */
#ifndef AULA_RELAY_SIGNAL_PARTS_H
#define AULA_RELAY_SIGNAL_PARTS_H

#include "base/table.h"
#include "session/session.h"
#include "signal/desk.h"
#include "signal/rate.h"
#include "signal/text.h"
#include "wire/sdp.h"

#define CONNECTIONS_MAX  16384 /* WebSockets of one relay */
#define TOKEN_BYTES      32    /* 256 random bits */
#define TOKEN_CHARACTERS 43    /* the same in base64url */
#define TOKEN_SHA256     32
#define SENTENCES_SPACING_US                                                                                 \
    (US_PER_S / 80) /* a connection may say 80 sentences a second: 30 pointers, a line, keys */
#define SENTENCES_BURST 160
#define COMMANDS_SPACING_US                                                                                  \
    (US_PER_S / 10) /* each may become a row on disk: 10 a second, and for a while 40 */
#define COMMANDS_BURST      40
#define POINTERS_SPACING_US (US_PER_S / 30)
#define POINTERS_BURST      15
#define DRAWINGS_SPACING_US (US_PER_S / 10) /* a drawing is the whole stroke so far */
#define DRAWINGS_BURST      5
#define CODES_SPACING_US                                                                                     \
    (2 * (span_us)US_PER_S) /* guesses of a check-in code: five, then one in two seconds */
#define CODES_BURST         5
#define SEARCHES_SPACING_US (US_PER_S / 2) /* each looks at everybody; a page asks when the typing pauses */
#define SEARCHES_BURST      6
/* Of one session together: a search among 2,000 people takes 0.2 ms. */
#define SEARCHES_ALL_SPACING_US (US_PER_S / 100)
#define SEARCHES_ALL_BURST      100
/* Between two tellings of how many are here, at least, for each COUNTS_PEOPLE of them: told to everybody, it
 * is as many bytes a second however many they are. */
#define COUNTS_US          ((span_us)US_PER_S)
#define COUNTS_PEOPLE      200
#define SHOW_WAIT_US       (200 * (span_us)US_PER_MS) /* for counters that do not come */
#define MEDIA_LEAP_SAMPLES (10 * SAMPLES_PER_S)       /* a page turn this far from now is not believed */

struct member;
struct seat;
struct sitting;

/* ---- out.c: what the shell will take ---- */

struct row {
    struct desk_row head; /* head.text is text's */
    struct text *text;
};

struct out {
    struct out *next;
    enum desk_output_kind kind;
    uint32_t connection, request;
    int worker;
    bool droppable;
    struct text *text;
    struct media_order *order;
    struct desk_record *record; /* owned */
    struct row *row;            /* owned */
};

struct out_queue {
    struct out *first, **last;
    struct out *given; /* the one desk_output gave out last: its text is still borrowed */
};

void out_init(struct desk *d);
void out_finish(struct desk *d);
/* Takes over one share of the text (NULL: memory was short where it was written). False where memory is
 * short. */
bool out_sentence(struct desk *d, uint32_t connection, struct text *text, bool droppable);
bool out_close(struct desk *d, uint32_t connection);
bool out_reply(struct desk *d, uint32_t request, struct text *text);
bool out_order(struct desk *d, int worker, const struct media_order *order);
/* That the desk lets go of a session that is over. */
bool out_past(struct desk *d, const struct sitting *s);
/* The text may be NULL where the kind has none. */
bool out_record(struct desk *d, const struct desk_record *record, struct text *text);
/* A row is made first and pushed once nothing can fail any more. Takes over a share of the text. */
struct out *out_row_make(const struct desk_row *head, struct text *text);
void out_row_push(struct desk *d, struct out *made);
void out_free(struct out *o);

/* ---- pending.c: what waits for the disk ---- */

enum pending_kind {
    PENDING_EVENT,
    PENDING_WELCOME,
    PENDING_SENTENCE,
    PENDING_CLOSE, /* and the connection is forgotten */
    PENDING_REPLY
};

struct pending {
    struct pending *next;
    uint64_t row;
    enum pending_kind kind;
    uint32_t connection, request;
    struct sitting *sitting; /* PENDING_EVENT */
    enum event_kind event;   /* likewise */
    uint64_t n;              /* of the event, or the newest that a welcome includes */
    struct text *text;
};

/* Takes over a share of the text. NULL where memory (or a text that must be there) is short. */
struct pending *pending_make(enum pending_kind kind, struct text *text);
/* Lets it out at once if its row is on disk. */
void pending_push(struct desk *d, struct pending *p, point_us now_us);
/* Both for something said to a member once `row` is on disk; where memory is short the member is broken. */
void pending_say(struct desk *d, struct member *m, enum pending_kind kind, struct text *text, uint64_t row,
                 uint64_t n, point_us now_us);
void pending_release(struct desk *d, point_us now_us);
void pending_finish(struct desk *d);

/* ---- the parts ---- */

struct peer {
    uint32_t handle;
    struct seat *seat;
    uint8_t fingerprint[LINK_FINGERPRINT_LEN];
    char origin[SDP_ORIGIN_MAX + 1]; /* of its description */
    char local_ufrag[LINK_UFRAG_MAX + 1], local_pwd[LINK_PWD_MAX + 1];
    char remote_ufrag[LINK_UFRAG_MAX + 1];
    uint32_t ssrc, offset;
    uint64_t version; /* of its description */
    bool may_send, waits, up;
    bool sends;              /* by its description */
    point_us made_us, up_us; /* since when there is one, and it works */
    bool has_run;
    uint32_t run_rtp;
    session_samples run_time;
    struct peer_counters counters;
};

struct seat {
    struct sitting *sitting;
    uint8_t token_sha256[TOKEN_SHA256];
    uint32_t number;
    char *name, *place, *language, *person; /* owned; language and person may be NULL */
    enum role role;                         /* as the link says; what he is now the session knows */
    bool deputy;
    int64_t expires_ms;
    bool revoked;
    struct member *member; /* who sits here now, or NULL */
    struct peer *peer;     /* owned, or NULL */
};

/* Connections in the order in which their time is up. */
struct waiting {
    struct member *newest, *oldest;
};

struct member {
    uint32_t connection;
    struct seat *seat; /* NULL before hello */
    bool asked;        /* at the door: knows what the link opens */
    bool welcomed;
    bool leaving;                   /* its close is pending */
    bool broken;                    /* memory was short for something it had to be told */
    uint64_t told;                  /* newest event it knows */
    struct member *next, *previous; /* of the sitting, or of those who have not said hello */
    point_us hello_by_us;
    struct rate sentences, commands, pointers, drawings, codes, searches;
    bool has_line;
    struct line_quality line;
};

/* An event as members are told it. */
struct told {
    struct text *text;
    uint32_t only; /* to this participant alone; 0 = to everyone */
};

struct sitting {
    struct session *state;
    char id[SESSION_ID_MAX + 1];
    struct told *log; /* events, n from log_first on */
    uint64_t log_first;
    size_t log_count, log_size;
    uint64_t last_row; /* of the newest event */
    uint64_t ready_n;  /* newest event that may be told */
    uint64_t told_n;   /* newest event that has been told to everyone */
    point_us flushed_us, flush_at_us;
    bool tallies;        /* of polls have changed since they were told */
    struct text *roster; /* whom one is told of from event roster_n on: it became large there, or small */
    uint64_t roster_n;   /* 0 = none yet */
    struct rate searches;
    bool uncounted;     /* who is here has changed since the counts were told */
    bool rooms_changed; /* and so it must be told whole */
    bool has_counts;    /* the next are what everyone was told last */
    struct present_counts counts;
    point_us counted_us;
    bool due; /* in the list of those with a batch waiting */
    struct sitting *due_next;
    bool ready; /* in the list of those that are told at once, before anything else is said */
    struct sitting *ready_next;
    struct seat **seats; /* by number - 1; owned */
    uint32_t seat_count, seats_size;
    struct member *members;
    size_t peer_count;
    uint32_t handle; /* the media plane's; 0 = not open there */
    int worker;
    struct session_counters counters, counters_before; /* at the last look, and the one before */
    bool counters_due;                                 /* asked for in the survey under way */
    bool counted_once, counted_twice;
    point_us counters_us; /* when the counters came from the worker; 0: never */
    bool labelled;        /* has a place of its own in the metrics */
    uint32_t audible[AUDIBLE_MAX];
    uint32_t audible_count;
    bool recording;    /* now */
    bool record_begun; /* the recorder knows of it */
    bool record_stopped;
    int64_t record_since_ms;
    char record_why[WHY_MAX];
    char *replay;     /* owned: where it can be watched; NULL */
    int64_t ended_ms; /* these three once it is over */
    point_us leaves_at_us;
    struct sitting *leaving_next;
};

/* A token of the HTTP interface. */
struct api_token {
    uint8_t sha256[TOKEN_SHA256];
    uint32_t number; /* 1, 2, 3 … */
    unsigned rights; /* enum api_right */
    char *name;      /* owned; may be empty */
    int64_t created_ms, expires_ms;
    bool revoked;
};

/* A session that is over and of which the desk keeps no more. */
struct past {
    char id[SESSION_ID_MAX + 1];
    char *title; /* owned */
    size_t people;
    int64_t created_ms, ended_ms;
};

/* `show` waits for fresh counters. */
struct show {
    struct show *next;
    uint32_t request;
    struct sitting *sitting;
    point_us answer_by_us;
};

/* `top` waits for fresh counters of all sessions. */
struct look {
    struct look *next;
    uint32_t request;
    char session[SESSION_ID_MAX + 1]; /* whose people are asked for; "" = none */
    point_us asked_us, answer_by_us;
};

/* A table that grows: sessions and links have no fixed number over the years. */
struct registry {
    struct table *table;
    size_t maximum;
    uint64_t seed;
    const void *(*key_of)(const void *value);
    size_t key_len;
};

struct desk {
    struct desk_config config;
    struct out_queue out;
    struct pending *pending_first, **pending_last;
    uint64_t row, committed; /* newest row written, newest on disk */
    bool refused;            /* the disk refuses */
    bool full;               /* and has for so long that no more can be remembered */
    int64_t refused_since_ms;
    bool closing;                     /* desk_shutdown was said */
    bool draining;                    /* desk_drain was said */
    bool broken;                      /* some member is */
    struct registry sittings;         /* id → sitting */
    struct registry seats;            /* SHA-256 of the token → seat */
    struct registry tokens;           /* SHA-256 → api_token */
    struct registry pasts;            /* id → past */
    struct registry enrolled;         /* SHA-256 of a person's token → enrolled (programme.h) */
    struct programme *programmes;     /* list, owned */
    struct certificate *certificates; /* likewise */
    bool planned_known;               /* the next is what it says */
    point_us planned_at_us;           /* when the next planned session goes backstage, or opens */
    struct sitting *leaving;          /* sittings that are over */
    struct table *members;            /* connection → member */
    struct table *peers;              /* handle → peer */
    struct table *handles;            /* the media plane's session handle → sitting */
    struct waiting strangers, asked;  /* have not said hello: nothing at all, or what their link opens */
    struct sitting *due, *ready;
    struct show *shows;
    struct {
        struct look *first;
        point_us watched_until_us;
        point_us next_us; /* survey; NEVER_US while nobody looks */
        point_us surveyed_us;
        size_t waiting; /* sessions whose counters are on their way */
        bool has_shell, has_before;
        struct shell_figures shell, before; /* at the last look, and the one before */
    } look;
    struct session_counters gone, gone_unlabelled; /* of sessions that the media plane has let go of */
    size_t labelled;
    size_t open_count; /* sessions that are not ended */
    uint32_t next_session, next_peer;
    size_t load[DESK_WORKERS_MAX]; /* peers of each worker */
};

/* ---- registry.c ---- */

/* `key_of` gives the key of a value (key_len bytes), for moving it to a larger table. ERR_MEMORY. */
enum err registry_create(uint64_t seed, const void *(*key_of)(const void *value), size_t key_len,
                         struct registry *ret_registry) MUST_USE;
enum err registry_put(struct registry *r, void *value) MUST_USE;
void registry_finish(struct registry *r);

/* ---- sitting.c ---- */

struct sitting *sitting_find(const struct desk *d, const char *id);
enum err sitting_create(struct desk *d, const char *id, struct sitting **ret_sitting) MUST_USE;
void sitting_destroy(struct sitting *s);
#define FULL_WHY                                                                                             \
    "The relay's disk has refused for so long that no more changes can be remembered. The operator must "    \
    "free "                                                                                                  \
    "space on it."
/* Decides, writes rows, applies, and acts on the media plane at once. *ret_n: number of the last event, 0
 * where nothing had to change. On refusal *ret_why is a sentence. */
enum err sitting_do(struct desk *d, struct sitting *s, const struct command *c, point_us now_us,
                    uint64_t *ret_n, const char **ret_why) MUST_USE;
/* Keeps the text of event n, the next one (a share is taken over). */
enum err sitting_log(struct sitting *s, struct told told) MUST_USE;
/* The event as everyone is told it; NULL where memory is short. */
struct text *event_told_text(const struct event *e);
/* How members are told of an event that is about to be applied; `plain` is its text for a small session, of
 * which a share is taken over. The text is NULL where memory is short. */
struct told roster_told(const struct session *state, const struct event *e, struct text *plain);
/* One that is kept. */
const struct told *sitting_told(const struct sitting *s, uint64_t n);
int64_t wall_ms(const struct desk *d, point_us now_us);
point_us sitting_origin_us(const struct desk *d, const struct sitting *s);
session_samples sitting_clock(const struct desk *d, const struct sitting *s, point_us now_us);

/* ---- consequence.c ---- */

/* What an event that was just applied means for media, links and connections. */
void consequence(struct desk *d, struct sitting *s, const struct event *e, point_us now_us);

/* Says goodbye to everyone of a session that has ended, after what was said before. */
void farewell(struct desk *d, struct sitting *s, point_us now_us);

/* ---- restore.c ---- */

/* A row's text as JSON; the caller destroys *ret_doc. ERR_MALFORMED, ERR_MEMORY. */
enum err row_document(const struct desk_row *row, struct json_doc **ret_doc) MUST_USE;

/* ---- past.c ---- */

/* The session is over: it leaves in some minutes. */
void past_begin(struct desk *d, struct sitting *s, int64_t ended_ms, point_us now_us);
void past_expire(struct desk *d, point_us now_us);
point_us past_deadline(const struct desk *d);
const struct past *past_find(const struct desk *d, const char *id);
void past_destroy(struct past *p);
enum err past_restore(struct desk *d, const struct desk_row *row) MUST_USE;
/* Each as an element of the array that is open. */
void past_list(const struct desk *d, struct json_out *o);
/* ---- record.c ---- */

/* The recorder follows what the session has become. */
void record_follow(struct desk *d, struct sitting *s, point_us now_us);
/* An event that was just applied, with its text. */
void record_event(struct desk *d, struct sitting *s, const struct event *e, const struct text *text,
                  point_us now_us);
#define RECORD_KEY_SPEAKING     ((uint64_t)1 << 32)
#define RECORD_KEY_POINTER(who) ((uint64_t)2 << 32 | (who))
/* A signal, as it is told to members; NULL is legal. */
void record_signal(struct desk *d, const struct sitting *s, session_samples at, uint64_t key,
                   const struct text *text);
/* Its sound has a place at a worker. False where memory is short. */
bool record_media(struct desk *d, const struct sitting *s, int worker, uint32_t handle);
/* What a chair or an operator must know of the recording. */
void tell_recording(struct desk *d, struct member *m);

/* ---- tell.c ---- */

/* Event n is on disk: it is told with the next tell_now, or with the next batch. */
void tell_event(struct desk *d, struct sitting *s, uint64_t n, enum event_kind kind, point_us now_us);
/* Tells what must be told at once: events of one commit in one sentence. */
void tell_now(struct desk *d, point_us now_us);
void tell_due(struct desk *d, point_us now_us);
point_us tell_deadline(const struct desk *d);
/* To every welcomed member but `except` (may be NULL); the share of the text is taken over. */
void tell_all(struct desk *d, struct sitting *s, struct text *text, bool droppable,
              const struct member *except);
struct text *sentence_text(const struct relay_sentence *s);

/* ---- roster.c: large sessions ---- */

/* An event was applied: the session may have become large, or small; who is here may have changed. */
void roster_after(struct sitting *s, const struct event *e);
/* Whom one is told of from here on, to a member who was told the event of the change. */
void roster_say(struct desk *d, struct member *m);
/* How many are here: to everyone, at most once in COUNTS_US (returns when it is due, NEVER_US where it is
 * not); or to one who was just welcomed. */
point_us roster_count(struct desk *d, struct sitting *s, point_us now_us);
void roster_count_for(struct desk *d, struct member *m);
/* A member looks for people. */
void roster_search(struct desk *d, struct member *m, const struct people_query *q, point_us now_us);

/* ---- aside.c: what only some may know ---- */

/* Tells those who may know what the event that was just applied did not tell everyone. */
void aside(struct desk *d, struct sitting *s, const struct event *e, point_us now_us);
/* All of it that this member may know, after his welcome. */
void asides(struct desk *d, struct member *m, point_us now_us);
/* The counts of polls under way, to those who lead. */
void aside_tallies(struct desk *d, struct sitting *s);
/* A fresh check-in code. */
void code_make(const struct desk *d, char ret_code[CODE_MAX + 1]);

/* ---- seat.c ---- */

struct seat_offer { /* what a link is made with */
    const char *name, *place, *language;
    const char *person; /* who he is beyond this session; may be NULL */
    enum role role;
    bool deputy;
    int64_t expires_ms;
};
struct seat *seat_find(const struct sitting *s, uint32_t number);
/* A new link; the token is written as text. ERR_FULL, ERR_MEMORY. */
enum err seat_create(struct desk *d, struct sitting *s, const struct seat_offer *offer, point_us now_us,
                     char ret_token[TOKEN_CHARACTERS + 1], struct seat **ret_seat) MUST_USE;
/* Puts a record from disk in its place. */
enum err seat_restore(struct desk *d, const struct desk_row *row) MUST_USE;
enum err seat_revoke(struct desk *d, struct seat *seat, point_us now_us) MUST_USE;
/* The seat of a token that is right, not expired and not withdrawn; NULL. */
struct seat *seat_of_token(struct desk *d, const char *token, point_us now_us);
void seat_destroy(struct seat *seat);
/* The seat of this key (the SHA-256 of its token), as the offer says: made, or changed. ERR_FULL, ERR_MEMORY.
 */
enum err seat_settle(struct desk *d, struct sitting *s, const uint8_t key[TOKEN_SHA256],
                     const struct seat_offer *offer, point_us now_us) MUST_USE;
/* The link is withdrawn, and whoever joined with it goes. NULL, or why not. */
const char *seat_withdraw(struct desk *d, struct seat *seat, point_us now_us);
/* base64url (RFC 4648 §5) without padding. */
void token_print(const uint8_t bytes[TOKEN_BYTES], char ret_token[TOKEN_CHARACTERS + 1]);

/* ---- programme.c: see programme.h ---- */

/* The seat that a person's link opens now; NULL. */
struct seat *programme_seat(const struct desk *d, const uint8_t token_sha256[TOKEN_SHA256], point_us now_us);
/* He is let into this session: true where that is another than the last time. */
bool programme_moves(const struct desk *d, const char *token, const char *session);
point_us programme_deadline(const struct desk *d);
void programme_expire(struct desk *d, point_us now_us);

/* ---- jwt_seat.c ---- */

/* The seat that a JWT opens, made or changed as it says; NULL: it is none that is taken. */
struct seat *jwt_seat(struct desk *d, const char *token, point_us now_us);

/* ---- token.c ---- */

enum err token_restore(struct desk *d, const struct desk_row *row) MUST_USE;
void api_token_destroy(struct api_token *t);

/* ---- member.c, hello.c ---- */

struct member *member_find(const struct desk *d, uint32_t connection);
/* A sentence; takes over the share. */
void member_say(struct desk *d, struct member *m, struct text *text, bool droppable);
void member_refuse(struct desk *d, struct member *m, bool has_id, int64_t id, const char *why);
/* Says bye, closes, and forgets the connection; the seat becomes free, without an event. */
void member_bye(struct desk *d, struct member *m, enum bye_why why, bool again, const char *text);
/* Says `last_words` (taken over; NULL: nothing), closes, and forgets the connection; the seat becomes free.
 */
void member_last_words(struct desk *d, struct member *m, struct text *last_words);
/* As bye, and the session is told that he is away. */
void member_dismiss(struct desk *d, struct member *m, enum bye_why why, bool again, const char *text,
                    point_us now_us);
/* Bye once everything up to `row` is on disk. */
void member_bye_after(struct desk *d, struct member *m, enum bye_why why, const char *text, uint64_t row,
                      point_us now_us);
void member_forget(struct desk *d, struct member *m);
/* Takes the seat: no stranger any more. */
void member_sit(struct desk *d, struct member *m, struct seat *seat);
point_us strangers_deadline(const struct desk *d);
void strangers_expire(struct desk *d, point_us now_us);
void members_mend(struct desk *d, point_us now_us);
void hello(struct desk *d, struct member *m, const struct hello *h, point_us now_us);
/* A stranger who was told what his link opens: he may take his time. */
void member_wait(struct desk *d, struct member *m, point_us now_us);
/* What a link opens; nobody joins, and the connection waits for hello. */
void peek(struct desk *d, struct member *m, const char *token, point_us now_us);
/* A welcome whose event is on disk. */
void hello_welcome(struct desk *d, struct member *m, struct text *text, uint64_t n, point_us now_us);
void tell_not_saved(struct desk *d, struct member *m);
void action(struct desk *d, struct member *m, const struct action *a, point_us now_us);
void drawing(struct desk *d, struct member *m, const struct drawing *g, point_us now_us);
void pointer(struct desk *d, struct member *m, const struct pointer *p, point_us now_us);

/* ---- offer.c, peer.c ---- */

void offer(struct desk *d, struct member *m, const char *sdp, point_us now_us);
void peer_right(struct desk *d, struct seat *seat);
void peer_pin(struct desk *d, struct seat *seat, bool pinned);
void peer_both(struct desk *d, struct seat *seat, bool both);
/* Orders it gone (unless the media plane said so itself) and forgets it. */
void peer_remove(struct desk *d, struct seat *seat, bool order);
void peers_close(struct desk *d, struct sitting *s);
/* A worker for a session that has none: opens it there. */
bool sitting_open_media(struct desk *d, struct sitting *s);
/* The session time of an RTP time of this seat's sound; now, where it is not known. */
session_samples peer_media_time(const struct desk *d, const struct seat *seat, bool has_rtp, uint32_t rtp,
                                point_us now_us);

/* ---- operator_make.c ---- */

/* What is wrong with a link that is asked for (`room`: NULL where it is for none), or NULL. */
const char *link_wrong(const struct desk *d, const struct sitting *s, const struct seat_offer *offer,
                       const char *room);

/* ---- operator.c and its pieces ---- */

struct request {
    uint32_t number;
    struct json_in in;
    point_us now_us;
};

void reply_refuse(struct desk *d, uint32_t request, bool usage, const char *why);
/* {"ok":true, then what the caller adds; reply_send closes it, once `row` is on disk. */
void reply_open(struct json_out *o);
void reply_send(struct desk *d, uint32_t request, struct json_out *o, uint64_t row, point_us now_us);
/* True where a member was wrong, and the reply has been given. */
bool request_misread(struct desk *d, const struct request *r);
/* The session that a request names; NULL, and the reply has been given. */
struct sitting *request_sitting(struct desk *d, const struct request *r);
void operator_create(struct desk *d, const struct request *r);
/* A fresh id, of no session or programme. */
void session_new_id(const struct desk *d, char ret_id[SESSION_ID_MAX + 1]);
/* NULL, and a sentence. */
struct sitting *session_make(struct desk *d, struct command *c, point_us now_us, const char **ret_why);
/* What is wrong with names of rooms and languages, or NULL. */
const char *session_names_wrong(const struct name_list *rooms, const struct name_list *languages);
/* certificate.c: certificates of attendance, each with a number, signed */
void operator_certificate(struct desk *d, const struct request *r);
void operator_verify(struct desk *d, const struct request *r);
enum err certificate_restore(struct desk *d, const struct desk_row *row) MUST_USE;
void certificates_finish(struct desk *d);
void operator_programme(struct desk *d, const struct request *r);
void operator_programme_session(struct desk *d, const struct request *r);
void operator_programme_person(struct desk *d, const struct request *r);
void operator_programme_withdraw(struct desk *d, const struct request *r);
void operator_programme_list(struct desk *d, const struct request *r);
void operator_programme_show(struct desk *d, const struct request *r);
void operator_list(struct desk *d, const struct request *r);
void operator_link(struct desk *d, const struct request *r);
void operator_link_list(struct desk *d, const struct request *r);
void operator_link_revoke(struct desk *d, const struct request *r);
void operator_token_create(struct desk *d, const struct request *r);
void operator_token_list(struct desk *d, const struct request *r);
void operator_token_revoke(struct desk *d, const struct request *r);
void operator_message(struct desk *d, const struct request *r);
void operator_show(struct desk *d, const struct request *r);
void show_answer(struct desk *d, const struct sitting *s);
void show_expire(struct desk *d, point_us now_us);
point_us show_deadline(const struct desk *d);
void show_finish(struct desk *d);
/* A person, and a session's counters, as `show` and `top` tell them. */
void operator_put_person(struct json_out *o, const struct sitting *s, const struct view_participant *p);
void operator_put_counters(struct json_out *o, const struct session_counters *c);

/* ---- operator_top.c ---- */

void operator_top(struct desk *d, const struct request *r);
/* Somebody looks: counters are kept fresh for a while. */
void look_watch(struct desk *d, point_us now_us);
/* A session's counters have come, or never will. */
void look_counted(struct desk *d, struct sitting *s);
void look_expire(struct desk *d, point_us now_us);
point_us look_deadline(const struct desk *d);
void look_finish(struct desk *d);
void counters_add(struct session_counters *sum, const struct session_counters *c);
/* Who is meant, among those who joined (or, with_links, who only have a link): 0, and *ret_why is filled. */
uint32_t request_who(const struct sitting *s, const struct request *r, bool with_links,
                     char ret_why[WHY_MAX]);

#endif
