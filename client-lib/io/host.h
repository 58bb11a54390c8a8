/* The inside of what aula.h calls a host and a participant: a loop, and for each participant a client with a
 * WebSocket, a UDP socket and a timer. */
#ifndef AULA_CLIENT_IO_HOST_H
#define AULA_CLIENT_IO_HOST_H

#include <uv.h>

#include "aula/aula.h"
#include "client.h"
#include "clock.h"
#include "join_url.h"
#include "network.h"
#include "ring.h"
#include "udp.h"
#include "websocket.h"

#define HOST_CATCH_UP_TICKS                                                                                  \
    50 /* made at once after the process stood still; beyond a second sound is skipped */

struct aula_host {
    uv_loop_t loop;
    uv_timer_t timeout; /* ends aula_host_run: */
    bool timed_out;     /* it rang */
    bool progressed;    /* something for the program: aula_host_run returns, this one or the next */
    struct websockets *websockets;
    struct network *network; /* NULL where the system does not tell of changes */
    struct link_identity *identity;
    struct entropy entropy;
    struct aula_participant *participants; /* a list */
};

struct aula_participant {
    struct aula_host *host;
    struct aula_participant *next;
    struct client *client;
    struct join_url url;
    struct websocket *websocket; /* NULL while not connected */
    unsigned attempt;
    struct udp *udp; /* NULL without sound */
    uv_timer_t timer;
    point_us armed_us; /* when the timer fires; NEVER_US = it is off */
    bool settling;
    bool hears;            /* decodes: ticks from the join on */
    int64_t ticks;         /* of the ear, done since the join */
    int64_t spoken;        /* of the microphone, likewise */
    struct ring *in, *out; /* samples for the program, and from it; NULL without sound */
    uint64_t receive_overrun;
    bool gone; /* leaves with the next turn of the loop */
};

/* ---- participant.c ---- */
/* After every input: takes what the client has to say to the outside, and sets the timer. */
void participant_settle(struct aula_participant *p);
/* The machine's addresses are others now. */
void participant_network_changed(struct aula_participant *p);
/* Closes its handles; memory is freed when the loop has turned. */
void participant_close(struct aula_participant *p);

#endif
