/* One participant as a machine: sentences and datagrams in and out, events for the program out, sound in
 * ticks both ways. It opens no socket and reads no clock; client-lib/io drives it with real ones, tests with
 * scripted and simulated ones.
 *
 *   reading     client_connected, client_sentence, client_disconnected, client_datagram
 *   writing     client_output until false, client_datagram_out until false, client_event
 *   time        client_deadline, client_expire
 *   sound       client_hear and client_speak, each 20 ms
 *
 * The life of a participant: connect, hello, welcome, offer, answer, up. A lost connection is made again
 * with growing patience (backoff.h), and says the last event's number; the sound's path is kept where the
 * relay still knows it. */
#ifndef AULA_CLIENT_CLIENT_H
#define AULA_CLIENT_CLIENT_H

#include "aula/aula.h"
#include "base/entropy.h"
#include "link/link.h"
#include "mirror.h"
#include "playout.h"

#define CLIENT_CONNECT_US (10 * (span_us)US_PER_S) /* TCP, TLS and upgrade on a bad line */
#define CLIENT_WELCOME_US (10 * (span_us)US_PER_S) /* from hello to welcome */
#define CLIENT_ANSWER_US  (10 * (span_us)US_PER_S) /* from offer to answer */
#define CLIENT_LINK_US    (5 * (span_us)US_PER_S)  /* from answer to up; then the next candidate */
#define CLIENT_RESTART_US                                                                                    \
    (2 * (span_us)US_PER_S) /* from the offer of an ICE restart to its answer: else the line of sentences is \
                               as dead as the network it went over */
#define CLIENT_GOODBYE_US (2 * (span_us)US_PER_S) /* from `leave` to the relay's closing */
#define CLIENT_OUT_MAX    256                     /* sentences that wait to be taken */

struct client_config {
    const char *token;                    /* copied */
    const char *agent;                    /* copied */
    const struct link_identity *identity; /* borrowed; may be NULL without sound */
    const struct entropy *entropy;        /* borrowed */
    bool sound, decode, tell_payloads;
    span_us first_connect_us; /* give up when nobody answers; 0 = never */
    span_us reconnect_us;     /* likewise after a loss */
};

enum client_output_kind {
    CLIENT_OUT_CONNECT,   /* open the WebSocket; then client_connected or client_disconnected */
    CLIENT_OUT_SENTENCE,  /* text, len */
    CLIENT_OUT_DISCONNECT /* close it, after the sentences before; no client_disconnected is expected */
};

struct client_output {
    enum client_output_kind kind;
    const char *text; /* owned by the client until the next client_output */
    size_t len;
};

struct client;

/* The caller owns *ret_client. ERR_MEMORY, ERR_SYSTEM. */
enum err client_create(const struct client_config *config, point_us now_us,
                       struct client **ret_client) MUST_USE;
void client_destroy(struct client *c);

void client_connected(struct client *c, point_us now_us);
void client_sentence(struct client *c, const char *text, size_t len, point_us now_us);
/* The connection broke or could not be made; `why` is a sentence. */
void client_disconnected(struct client *c, const char *why, point_us now_us);
/* The machine's addresses are others now: an ICE restart, and the line of sentences is made anew where it
 * does not answer. */
void client_network_changed(struct client *c, point_us now_us);
/* The relay showed a certificate that is not trusted: the end, unless it was trusted before. */
void client_untrusted(struct client *c, const char *why, point_us now_us);
/* Bytes are changed in place. came_us: when the packet came, at the latest now_us. */
void client_datagram(struct client *c, const struct address *from, uint8_t *bytes, size_t len,
                     point_us came_us, point_us now_us);

bool client_output(struct client *c, struct client_output *ret_output);
/* `bytes` has room for LINK_DATAGRAM_MAX. now_us is when it leaves: what a payload's event says. */
bool client_datagram_out(struct client *c, struct address *ret_to, uint8_t *bytes, size_t *ret_len,
                         point_us now_us);
bool client_event(struct client *c, struct aula_event *ret_event);
bool client_has_event(const struct client *c);
point_us client_deadline(const struct client *c);
void client_expire(struct client *c, point_us now_us);

/* The next tick heard (TICK_SAMPLES); false where it is silence. */
bool client_hear(struct client *c, float *pcm, point_us now_us);
/* How long after the ticks of the ear those of the microphone begin: 0 until the sound's path is there, and
 * then such that packets reach the relay together with other talkers' (phase.h). */
span_us client_phase_us(const struct client *c);
/* A tick from the microphone that begins at now_us; sent where client_may_send. */
void client_speak(struct client *c, const float *pcm, point_us now_us);
bool client_may_send(const struct client *c);

/* Says a command; the verb's members are in `action`, whose id is set here. A page without deck means the one
 * being shown, and gets the microphone's RTP time. Returns the command's number. ERR_STATE while not joined,
 * ERR_UNKNOWN for a page without any deck, ERR_MEMORY. */
enum err client_do(struct client *c, const struct action *action, point_us now_us, int64_t *ret_id) MUST_USE;

/* Asks who is here; the query's id is set here and returned. ERR_STATE while not joined. */
enum err client_search(struct client *c, const struct people_query *query, int64_t *ret_id) MUST_USE;

const struct mirror *client_mirror(const struct client *c);
/* 0 before the first welcome. */
point_us client_joined_us(const struct client *c);
bool client_is_over(const struct client *c);
session_samples client_playing(const struct client *c, point_us now_us);
/* Fills all but receive_overrun. */
void client_counters(const struct client *c, struct aula_counters *ret_counters);

#endif
