/* Programmes: what is planned, and one link a person for all of it. Within signal/ only.
 *
 *   programme   one training programme, known by its id and by the key in its file
 *   planned     one of its sessions, known by its key; the sitting itself is a session like any other
 *   enrolled    one person of it. His token opens whichever of his sessions is the one of now
 *
 * Each is one row of the log, written again whole when it changes (kind ROW_PROGRAMME, of no session). */
#ifndef AULA_RELAY_SIGNAL_PROGRAMME_H
#define AULA_RELAY_SIGNAL_PROGRAMME_H

#include "signal/parts.h"

#define KEY_MAX        47   /* characters of a key in a programme's file: with its id an identity */
#define PROGRAMMES_MAX 1000 /* of one relay over the years */
#define PLANNED_MAX                                                                                          \
    DESK_PROGRAMME_SESSIONS_MAX /* sessions of one programme: what attendance takes together */
#define ENROLLED_MAX       PEOPLE_MAX
#define SLOTS_MAX          64               /* of one session's running order */
#define ADDRESS_MAX        254              /* characters of a mail address: RFC 5321 §4.5.3.1 */
#define COUNTRY_MAX        64               /* characters: a name or a code */
#define BACKSTAGE_MAX_MIN  (7 * 24 * 60)    /* longer before the start is a mistyped number */
#define LINK_AFTER_END_MS  (7 * 86400000LL) /* a session that slips is still reached by its links */
#define PROGRAMME_TEXT_MAX 2000             /* characters of what a programme says about itself */

struct planned {
    struct planned *next;
    char key[KEY_MAX + 1], session[SESSION_ID_MAX + 1];
    int64_t starts_ms, ends_ms; /* wall time, as all here */
    int64_t backstage_ms;       /* when it goes there by itself; 0 = when somebody comes who may */
    int64_t opens_ms;           /* when it opens by itself; 0 = when a chair opens it */
    struct text *text;          /* its row */
};

struct enrolled {
    struct enrolled *next;
    struct programme *programme;
    uint8_t token_sha256[TOKEN_SHA256];
    char key[KEY_MAX + 1];
    bool withdrawn, erased;
    char seated[SESSION_ID_MAX + 1]; /* the session he was last let into; "" = none since the start */
    struct text *text;
};

struct programme {
    struct programme *next;
    char id[SESSION_ID_MAX + 1], key[KEY_MAX + 1];
    struct text *text;
    struct planned *planned; /* in the order of the file, as the people */
    struct enrolled *enrolled;
    size_t planned_count, enrolled_count;
};

struct slot {
    int64_t starts_ms;
    uint32_t seconds;
    const char *who, *title; /* a person's key, or NULL; what it is about */
};

/* A piece as it is asked for and as it lies on disk. Strings are the document's. */
struct programme_piece {
    enum { PIECE_PROGRAMME, PIECE_SESSION, PIECE_PERSON } kind;
    const char *programme; /* id */
    const char *key, *title, *zone, *text;
    const char *session; /* id */
    int64_t starts_ms, ends_ms, backstage_min;
    struct name_list rooms, languages, chairs, lecturers;
    bool record, opens; /* opens: by itself, at its start */
    struct slot slots[SLOTS_MAX];
    size_t slot_count;
    const char *name, *address, *country, *place, *language;
    enum role role;
    struct {
        const char *key;
        enum role role;
    } seats[PLANNED_MAX];
    size_t seat_count;
    uint8_t token_sha256[TOKEN_SHA256];
    bool withdrawn;
    bool erased; /* his name is not known any more, and nothing is told of him again */
};

/* ---- programme_piece.c ---- */

/* Failures stick to the document. `from_disk`: it also has what the relay gave it. */
void piece_read(struct json_in in, int kind, bool from_disk, struct programme_piece *ret_piece);
/* NULL where memory is short. */
struct text *piece_text(const struct programme_piece *p);

/* ---- programme_agenda.c ---- */

/* The session's running order follows its slots: names and numbers of who speaks are those of now. NULL, or
 * why not. */
const char *agenda_of_planned(struct desk *d, struct programme *p, const struct planned *one,
                              point_us now_us);
/* The same for all sessions whose slots name this person. */
const char *agenda_of_speaker(struct desk *d, struct programme *p, const char *key, point_us now_us);

/* ---- operator_programme.c ---- */

#define MEMORY_WHY "The relay is out of memory; try again in a moment."
/* The programme that a request names; NULL, and the reply has been given. */
struct programme *programme_named(struct desk *d, const struct request *r);
bool piece_is_same(const struct text *old, const struct programme_piece *piece);
void programme_refuse(struct desk *d, const struct request *r, enum err e);
struct piece_reply {
    bool changed;
    const char *member, *value, *note; /* note: a sentence, or NULL */
};
void programme_reply(struct desk *d, const struct request *r, const struct piece_reply *reply);

/* ---- programme.c ---- */

struct programme *programme_find(const struct desk *d, const char *id);
struct programme *programme_of_key(const struct desk *d, const char *key);
struct planned *planned_find(const struct programme *p, const char *key);
struct enrolled *enrolled_find(const struct programme *p, const char *key);
/* Takes the piece into memory, new or in place of the one before, with its row's text (a share is taken
 * over). ERR_MALFORMED, ERR_FULL, ERR_MEMORY. */
enum err programme_take(struct desk *d, const struct programme_piece *piece, struct text *text) MUST_USE;
/* The same, and onto disk. */
enum err programme_write(struct desk *d, const struct programme_piece *piece, point_us now_us) MUST_USE;
enum err programme_restore(struct desk *d, const struct desk_row *row) MUST_USE;
void programmes_finish(struct desk *d);

/* The key under which a person's token opens one session. */
enum err programme_seat_key(const uint8_t token_sha256[TOKEN_SHA256], const char *session,
                            uint8_t ret_key[TOKEN_SHA256]) MUST_USE;
/* The token of a person's link: made of the relay's own key, so that it can be told again. */
enum err programme_token(const struct desk *d, const char *programme, const char *person,
                         char ret_token[TOKEN_CHARACTERS + 1]) MUST_USE;

#endif
