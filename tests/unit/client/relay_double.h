/* The other side for tests of the client: a relay reduced to what one client sees of it, in virtual time. Its
 * link is the real one, so the client's offers, keys and packets are real too. */
#ifndef AULA_TESTS_RELAY_DOUBLE_H
#define AULA_TESTS_RELAY_DOUBLE_H

#include "client.h"
#include "wire/sdp.h"

#define DOUBLE_OFFSET 0x80000000u /* RTP time of what we send = session time + this */
#define DOUBLE_HEARD  64

#define CLOCK 480000 /* session time of the welcome */

/* Person 7 is we, a trainee; 9 lectures remotely. */
#define SESSION                                                                                              \
    "\"session\":{\"id\":\"s1\",\"title\":\"T\",\"state\":\"open\",\"recorded\":false,\"locked\":false,"     \
    "\"rooms\":[],\"languages\":[],\"participants\":["                                                       \
    "{\"id\":7,\"name\":\"We\",\"role\":\"trainee\",\"place\":\"remote\",\"present\":true,\"floor\":false,"  \
    "\"muted\":false,\"hand\":false,\"queue\":0},"                                                           \
    "{\"id\":9,\"name\":\"L\",\"role\":\"lecturer\",\"place\":\"remote\",\"present\":true,\"floor\":true,"   \
    "\"muted\":false,\"hand\":false,\"queue\":0}],"                                                          \
    "\"decks\":[{\"id\":\"d1\",\"title\":\"D\",\"pages\":20,\"manifest\":\"/d/x.json\"}],"                   \
    "\"page\":{\"deck\":\"d1\",\"page\":2,\"media\":1000,\"at\":1790000000000,\"by\":9},\"chat\":[]}"
#define WELCOME                                                                                              \
    "{\"kind\":\"welcome\",\"v\":1,\"you\":7,\"n\":57,\"clock\":480000,\"resumed\":false," SESSION "}"
#define GRANTED                                                                                              \
    "{\"kind\":\"events\",\"events\":[{\"n\":58,\"at\":1790000000000,\"kind\":\"granted\",\"who\":7,\"by\":" \
    "0}]}"

struct relay_double {
    struct client *client;
    point_us now_us;
    uint64_t seed;
    struct entropy entropy;
    struct link_identity *identity, *client_identity;
    struct link *link; /* NULL until an offer was answered */
    char origin[SDP_ORIGIN_MAX + 1];
    char ufrag[LINK_UFRAG_MAX + 1]; /* ours: another one for each ICE restart */
    uint64_t index;                 /* of the next packet sent */
    /* what the client did, counted since relay_double_clear */
    unsigned restarts; /* offers among them that were ICE restarts */
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

/* Makes, connects and welcomes a client; with sound, waits until its path is up. */
void relay_double_join(struct relay_double *r, bool sound);
/* The next event of that kind, over others; false where there is none. */
bool relay_double_event(struct relay_double *r, enum aula_event_kind kind, struct aula_event *ret_event);
/* Over all events. */
void relay_double_drain(struct relay_double *r);
/* So many ticks of noise into the client's microphone, in time. */
void relay_double_speak(struct relay_double *r, int ticks);

#endif
