/* The client's inside, shared by the files it is cut into: client.c (the verbs and the connection's life),
 * client_sentences.c (what the relay says), client_sound.c (peer, ticks, datagrams). */
#ifndef AULA_CLIENT_STATE_H
#define AULA_CLIENT_STATE_H

#include "backoff.h"
#include "client.h"
#include "notices.h"
#include "pages.h"
#include "peer.h"

enum client_stage {
    CLIENT_WAITING,    /* not connected; due_us is the next attempt */
    CLIENT_CONNECTING, /* due_us: give up this attempt */
    CLIENT_GREETING,   /* hello said; due_us likewise */
    CLIENT_JOINED,     /* welcome came; due_us is NEVER_US */
    CLIENT_OVER
};

struct client_out {
    enum client_output_kind kind;
    char *text; /* owned; NULL but for a sentence */
    size_t len;
};

/* A page turn that waits for its moment, with what is told then. */
struct client_page {
    uint64_t n;
    char *text; /* owned */
};

struct client {
    struct client_config config; /* its strings are the two below */
    char *token, *agent;

    enum client_stage stage;
    point_us due_us;
    point_us nobody_us; /* give up altogether; NEVER_US while connected or never */
    struct backoff backoff;
    point_us joined_us;           /* first welcome; 0 = not yet */
    span_us phase_us;             /* of the microphone's ticks against the join: phase.h */
    session_samples answer_clock; /* what the newest answer said of the relay's clock, */
    point_us answered_us;         /* and when that came */
    bool leaving;
    point_us goodbye_us;
    int64_t next_command;
    char last_why[AULA_WHY_MAX]; /* of the last attempt that failed: what to say when patience is over */

    struct mirror mirror;
    struct pages pages;
    struct client_page page_texts[PAGES_WAITING_MAX];
    point_us page_us; /* when the next one is due, as far as is known */
    struct notices notices;

    struct playout *playout; /* always: it is the session clock too */
    struct uplink *uplink;   /* NULL without sound */
    struct peer *peer;       /* NULL between two */
    struct backoff peer_backoff;
    point_us offer_us;    /* make a new peer then; NEVER_US = none due */
    point_us answer_us;   /* the peer must have come a step further by then */
    point_us restart_us;  /* likewise the answer to an ICE restart; NEVER_US while none is under way */
    unsigned answers_due; /* offers said on this connection and not answered */
    point_us line_us;     /* next `line` sentence; NEVER_US while nothing comes */
    unsigned attempt;     /* candidates tried */

    struct client_out out[CLIENT_OUT_MAX]; /* a ring */
    unsigned out_first, out_count;
    char *out_taken;                     /* the text given last */
    struct line_counters line_before;    /* of earlier peers */
    struct uplink_packet leaving_packet; /* sealed, not yet taken; told when it is */
    bool has_leaving_packet;
    uint64_t dropped;
};

/* ---- client.c ---- */
void client_put(struct client *c, enum client_output_kind kind, char *text, size_t len);
/* Writes and puts a sentence; lost (and the connection with it) where there is no memory. */
void client_say(struct client *c, const struct client_sentence *sentence);
void client_tell(struct client *c, enum aula_event_kind kind, const char *name, const char *text,
                 const char *why, uint64_t n, point_us now_us);
void client_end(struct client *c, enum aula_over over, const char *why, point_us now_us);
/* Leaves the connection and tries again after a while. */
void client_retry(struct client *c, const char *why, point_us now_us);

/* ---- client_sentences.c ---- */
void client_pages_due(struct client *c, point_us now_us);
void client_pages_forget(struct client *c);

/* ---- client_sound.c ---- */
void client_sound_joined(struct client *c, bool keep_peer, point_us now_us);
/* The connection broke or is back, or our addresses are others: the sound's path is checked at once from
 * where we are now, and gets an ICE restart where there is a line of sentences. */
void client_sound_network_changed(struct client *c, point_us now_us);
void client_sound_answer(struct client *c, const struct answer *answer, point_us now_us);
void client_sound_expire(struct client *c, point_us now_us);
point_us client_sound_deadline(const struct client *c);
void client_sound_end(struct client *c);
/* The microphone's media time at now_us. */
int64_t client_media_time(const struct client *c, point_us now_us);
bool client_sound_rtp(const struct client *c, point_us now_us, uint32_t *ret_rtp);

#endif
