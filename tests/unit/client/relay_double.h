/* The other side for tests of the client: a relay reduced to what one client sees of it, in virtual time. Its
 * link is the real one, so the client's offers, keys and packets are real too. */
#ifndef AULA_TESTS_RELAY_DOUBLE_H
#define AULA_TESTS_RELAY_DOUBLE_H

#include "client.h"
#include "wire/sdp.h"

#define DOUBLE_OFFSET 0x80000000u /* RTP time of what we send = session time + this */
#define DOUBLE_HEARD  64

struct relay_double {
    struct client *client;
    point_us now_us;
    uint64_t seed;
    struct entropy entropy;
    struct link_identity *identity, *client_identity;
    struct link *link; /* NULL until an offer was answered */
    uint64_t index;    /* of the next packet sent */
    /* what the client did, counted since relay_double_clear */
    unsigned connects, disconnects, hellos, offers, lines, actions, leaves;
    struct hello hello; /* the last; its strings are not kept */
    bool has_token;
    enum verb verb;
    bool has_rtp;
    uint32_t page;
    unsigned packets; /* RTP from the client */
    uint32_t rtp[DOUBLE_HEARD];
    uint16_t seq[DOUBLE_HEARD];
    bool deaf;   /* datagrams reach nobody */
    bool silent; /* offers are not answered */
};

/* A client that has just been made; `sound` as in its config. */
void relay_double_init(struct relay_double *r, bool sound, span_us first_connect_us, span_us reconnect_us);
void relay_double_finish(struct relay_double *r);
void relay_double_clear(struct relay_double *r);
/* Everything that is under way arrives: sentences, answers to offers, datagrams both ways. */
void relay_double_pump(struct relay_double *r);
/* Lets time pass in steps of 20 ms, pumping; with `hear` the client's ear is asked each step. */
void relay_double_wait(struct relay_double *r, span_us span, bool hear);
/* A sentence of the relay, then pump. */
void relay_double_say(struct relay_double *r, const char *text);
/* One packet of sound at this session time. */
void relay_double_sound(struct relay_double *r, session_samples at, uint32_t csrc);

#endif
