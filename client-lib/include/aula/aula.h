/* libaula: take part in a session of aula from a program.
 *
 * A host is one event loop in the caller's thread; it carries any number of participants. Nothing happens but
 * in aula_host_run, nothing calls back, and nothing here is thread-safe: one host, one thread (several hosts
 * in several threads are fine).
 *
 *     host = aula_host_create; p = aula_join(host, url)
 *     loop: aula_host_run(host, 20); while (aula_next_event(p, &event)) …; aula_receive(p, …); aula_send(p,
 * …)
 *
 * Sound is 48 kHz, mono, 32-bit float, full scale ±1. Times are microseconds of the monotonic clock
 * (CLOCK_MONOTONIC), or seconds since the join where said. The join is the relay's first welcome. */
#ifndef AULA_AULA_H
#define AULA_AULA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define AULA_EXPORT __attribute__((visibility("default")))

#define AULA_RATE       48000 /* samples a second, in and out */
#define AULA_TICK       960   /* samples that go in and out at once: 20 ms */
#define AULA_WHY_MAX    256   /* bytes of a sentence that says what went wrong */
#define AULA_BUFFER_MAX 48000 /* samples kept either way when the program is late: one second */

struct aula_host;
struct aula_participant;

enum aula_result {
    AULA_OK = 0,
    AULA_BAD_ARGUMENT, /* a URL, number or text that cannot be right */
    AULA_NOT_NOW,      /* not connected, or already over */
    AULA_UNKNOWN,      /* nobody or nothing of that name */
    AULA_AMBIGUOUS,    /* several people of that name */
    AULA_NO_MEMORY,
    AULA_SYSTEM /* the operating system or a library refused */
};

/* A fixed sentence fragment for a result. Never NULL, static. */
AULA_EXPORT const char *aula_result_text(enum aula_result result);
/* "0.1.0". Static. */
AULA_EXPORT const char *aula_version(void);

/* ---- the host ---- */

struct aula_host_config {
    const char *ca_file; /* PEM file of certificates to trust instead of the system's; NULL = the system's */
    bool insecure;       /* trust any certificate: for tests and a relay on the same machine */
};

/* Makes a host; `config` may be NULL. On success the caller owns *ret_host (aula_host_destroy). On failure a
 * sentence is in `why` (AULA_WHY_MAX bytes; may be NULL) and *ret_host is untouched.
 * AULA_SYSTEM (no event loop, unreadable ca_file), AULA_NO_MEMORY. */
AULA_EXPORT enum aula_result aula_host_create(const struct aula_host_config *config,
                                              struct aula_host **ret_host, char *why);
/* Destroys the host and every participant still in it; connections are closed without a goodbye, so their
 * seats are kept for them. NULL is legal. May block some 10 ms. */
AULA_EXPORT void aula_host_destroy(struct aula_host *host);
/* Lets things happen for at most timeout_ms (0 = what is ready now, negative = until something happens):
 * returns as soon as a participant has an event, or its 20 ms of sound have moved on. */
AULA_EXPORT enum aula_result aula_host_run(struct aula_host *host, int timeout_ms);
/* A file descriptor that becomes readable when aula_host_run has something to do, for the caller's own poll;
 * use aula_host_timeout for the rest. It belongs to the host. */
AULA_EXPORT int aula_host_fd(const struct aula_host *host);
/* Milliseconds until aula_host_run wants to be called whatever the descriptor says; -1 = never. */
AULA_EXPORT int aula_host_timeout(const struct aula_host *host);

/* ---- a participant ---- */

struct aula_join {
    const char *url;    /* the join URL, https://HOST[:PORT]/j/TOKEN */
    const char *agent;  /* name and version of the program, at most 100 characters; NULL = libaula's */
    bool no_sound;      /* neither send nor receive sound */
    bool no_decode;     /* receive packets, but do not decode: aula_receive gives nothing (load generators) */
    bool tell_payloads; /* an AULA_PAYLOAD event for every Opus payload sent and received */
    int first_connect_ms; /* give up when nobody answered for so long before the first welcome; 0 = never */
    int reconnect_ms;     /* the same after a connection was lost; 0 = never */
};

/* Begins to join; connecting, coming back after a loss and everything else happens in aula_host_run, and is
 * told by events. Strings are copied. On success *ret_participant belongs to the host and lives until
 * aula_leave_now or aula_host_destroy. On failure a sentence is in `why` (AULA_WHY_MAX bytes, may be NULL).
 * AULA_BAD_ARGUMENT (not a join URL), AULA_SYSTEM (no socket), AULA_NO_MEMORY. */
AULA_EXPORT enum aula_result aula_join(struct aula_host *host, const struct aula_join *join,
                                       struct aula_participant **ret_participant, char *why);
/* Closes the connections and frees the participant; the seat is kept at the relay. To say goodbye first, use
 * aula_leave and wait for AULA_OVER. NULL is legal. */
AULA_EXPORT void aula_leave_now(struct aula_participant *participant);

enum aula_event_kind {
    AULA_JOINED,     /* welcome, first or after a loss: `text` holds you, n, resumed and, where not resumed,
                        the whole session */
    AULA_TOLD,       /* an event of the session's log (proto/README.md): text, n */
    AULA_PAGE,       /* an event `page`, told at the moment at which the page is to be shown: shown_us. n is 0
                        for the page that a welcome held */
    AULA_SIGNAL,     /* speaking, pointer, message, not-saved, saved, and of large sessions roster, counts,
                        people: text */
    AULA_DONE,       /* a command was carried out: command, n (0 = nothing had to change) */
    AULA_REFUSED,    /* a command was refused: command, why */
    AULA_SOUND_UP,   /* the sound's path is there */
    AULA_SOUND_LOST, /* and gone: why. It is made anew by itself */
    AULA_LOST,       /* the connection to the relay was lost: why. It is made anew by itself */
    AULA_PAYLOAD,    /* payload */
    AULA_OVER        /* the end; nothing more comes: over, why */
};

enum aula_over {
    AULA_OVER_LEFT,     /* aula_leave was carried out */
    AULA_OVER_ENDED,    /* the session has ended */
    AULA_OVER_REFUSED,  /* the relay does not want us (again): token, removed, replaced, locked */
    AULA_OVER_NOBODY,   /* nobody answered for the time set in aula_join */
    AULA_OVER_UNTRUSTED /* the relay's certificate is not one we trust */
};

struct aula_payload {
    bool sent;           /* else received */
    bool marker;         /* it begins to talk */
    const uint8_t *opus; /* one Opus packet, length bytes */
    size_t length;
    uint32_t rtp_time;
    uint32_t offset; /* received: RTP time minus the low 32 bits of session time */
    uint16_t seq;
    uint8_t csrc_count; /* received: who is in it */
    uint32_t csrc[15];
};

/* Pointers are good until the next call of aula_next_event, aula_leave_now or aula_host_destroy. */
struct aula_event {
    enum aula_event_kind kind;
    int64_t at_us;    /* when it came; for a packet, as near to the wire as the system tells */
    int64_t shown_us; /* AULA_PAGE: when it was due */
    uint64_t n;       /* number of an event; 0 = none */
    const char *name; /* "joined", "hand-up", "speaking" …; never NULL */
    const char *text; /* one JSON object, zero-ended; "{}" where there is nothing to say */
    const char *why;  /* a sentence; "" where there is none */
    int64_t command;  /* AULA_DONE, AULA_REFUSED: what the command's function gave; 0 = none of ours */
    enum aula_over over;
    struct aula_payload payload;
};

/* The next event, oldest first; false when there is none. */
AULA_EXPORT bool aula_next_event(struct aula_participant *p, struct aula_event *ret_event);
/* Moment of the join, the zero of recordings; 0 while it has not happened. */
AULA_EXPORT int64_t aula_joined_us(const struct aula_participant *p);

/* ---- sound ---- */

/* Gives samples to be sent; they go out in real time, one tick each 20 ms, while the participant has the
 * floor, is not muted and the path is up; else they pass by as before a switched-off microphone. Returns how
 * many were taken: fewer where a second waits already. */
AULA_EXPORT size_t aula_send(struct aula_participant *p, const float *pcm, size_t samples);
/* Samples given and not yet gone. */
AULA_EXPORT size_t aula_send_waiting(const struct aula_participant *p);
/* Takes at most `samples` of what was heard; the stream begins at the join and runs on in real time whatever
 * happens, silence where nothing is heard. Returns how many were written. When nobody takes them for a
 * second, the oldest are lost, and counted. */
AULA_EXPORT size_t aula_receive(struct aula_participant *p, float *pcm, size_t samples);
/* True while sound given now is sent: floor, not muted, path up. */
AULA_EXPORT bool aula_may_send(const struct aula_participant *p);

struct aula_counters {
    uint64_t received, lost, duplicate, reordered; /* RTP packets since the join */
    uint64_t sent;                                 /* RTP packets */
    uint64_t dropped;                              /* datagrams that were none of ours or broken */
    uint64_t concealed_ticks, fec_ticks;           /* ticks of 20 ms that had to be made up */
    uint64_t held_ticks, skipped_ticks;            /* put in and left out to adapt the delay */
    uint64_t receive_overrun;                      /* samples lost because nobody took them */
    uint64_t events_lost;                          /* signals and payloads lost because nobody took them */
    int64_t round_trip_us;                         /* of the sound's path; -1 = unknown */
};
AULA_EXPORT void aula_counters(const struct aula_participant *p, struct aula_counters *ret_counters);

/* ---- commands ----
 * Each gives a number in *ret_command (may be NULL) that AULA_DONE or AULA_REFUSED names later. AULA_NOT_NOW
 * while there is no connection: nothing is kept for later. */
AULA_EXPORT enum aula_result aula_hand(struct aula_participant *p, bool up, int64_t *ret_command);
AULA_EXPORT enum aula_result aula_mute(struct aula_participant *p, bool muted, int64_t *ret_command);
/* Page 1 … of the deck being shown, or of the newest. AULA_UNKNOWN: there is no deck. */
AULA_EXPORT enum aula_result aula_page(struct aula_participant *p, unsigned page, int64_t *ret_command);
/* UTF-8, 1 to 2,000 characters. */
AULA_EXPORT enum aula_result aula_chat(struct aula_participant *p, const char *text, int64_t *ret_command);
/* `who` is a participant's number, or a name where unique (AULA_UNKNOWN, AULA_AMBIGUOUS). In a session of
 * more than 200 only names of those who are listed are known; others have their number from aula_people. */
AULA_EXPORT enum aula_result aula_grant(struct aula_participant *p, const char *who, int64_t *ret_command);
AULA_EXPORT enum aula_result aula_release(struct aula_participant *p, const char *who, int64_t *ret_command);
/* Of a room, for chairs: it stays among those heard, however many speak; its own microphone may be heard
 * beside one of its seats'. */
AULA_EXPORT enum aula_result aula_pin(struct aula_participant *p, const char *who, bool pinned,
                                      int64_t *ret_command);
AULA_EXPORT enum aula_result aula_both(struct aula_participant *p, const char *who, bool both,
                                       int64_t *ret_command);
/* Any other command of the protocol (proto/README.md, "Commands"): its verb, and its members as one JSON
 * object
 * ("{}" where there are none). Where it could not be right a sentence is in `why` (AULA_WHY_MAX bytes, may be
 * NULL): AULA_BAD_ARGUMENT. */
AULA_EXPORT enum aula_result aula_command(struct aula_participant *p, const char *verb, const char *members,
                                          int64_t *ret_command, char *why);
/* A participant's number from what people write: a number, or a name where unique. */
AULA_EXPORT enum aula_result aula_find(const struct aula_participant *p, const char *who,
                                       uint32_t *ret_number);
/* Who is here: each word of `text` (at most 64 characters; NULL or "" = everyone) in the name or the place.
 * The answer is an AULA_SIGNAL `people` whose text has the command's number as `id`: at most 50 of them, by
 * number; where it says `more`, ask again with `after` = the last one's number (else 0). In a session of more
 * than 200 this is how to find whoever only listens. AULA_REFUSED: too fast. */
AULA_EXPORT enum aula_result aula_people(struct aula_participant *p, const char *text, uint32_t after,
                                         int64_t *ret_command);
/* Says goodbye: hand and granted floor are given back; AULA_OVER follows. */
AULA_EXPORT enum aula_result aula_leave(struct aula_participant *p, int64_t *ret_command);

/* ---- what is known of the session ---- */

/* Own number, 0 before the join. */
AULA_EXPORT uint32_t aula_number(const struct aula_participant *p);
/* Own floor and place in the queue from 1 (0 = hand down). */
AULA_EXPORT bool aula_has_floor(const struct aula_participant *p);
AULA_EXPORT unsigned aula_queue_place(const struct aula_participant *p);
/* A person's name, or NULL where one is not told of him; good until the next aula_host_run. */
AULA_EXPORT const char *aula_name(const struct aula_participant *p, uint32_t number);
/* Session time, in samples, of the sound that is heard now. */
AULA_EXPORT int64_t aula_playing(const struct aula_participant *p);

#ifdef __cplusplus
}
#endif

#endif
