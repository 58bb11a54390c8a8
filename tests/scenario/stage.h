/* A relay and its participants in virtual time: the desk, one media worker, a store in memory, and client
 * cores; datagrams cross the simulated network, sentences an ordered channel of their own. All of it is the
 * code that runs in earnest, less the shells. What goes wrong fails the test. */
#ifndef AULA_SCENARIO_STAGE_H
#define AULA_SCENARIO_STAGE_H

#include "air.h"
#include "client.h"
#include "media.h"
#include "signal/desk.h"
#include "sim/heap.h"
#include "sim/net.h"
#include "sound.h"

#define STAGE_MEMBERS_MAX 256
#define STAGE_PAYLOAD_MAX 512 /* bytes of an Opus packet that is kept */
#define STAGE_START_US    (100 * (point_us)US_PER_S)

/* One RTP packet as a client had it after unsealing, or before sealing. */
struct stage_packet {
    point_us at_us;
    uint16_t seq;
    bool marker;
    uint32_t rtp_time, offset; /* received: session time = rtp_time - offset */
    unsigned csrc_count;
    uint32_t csrc[15];
    size_t len;
    uint8_t payload[STAGE_PAYLOAD_MAX];
};

struct stage_track {
    struct stage_packet *packets; /* owned */
    size_t count, capacity;
};

/* Anything else that a client told its program. */
struct stage_told {
    enum aula_event_kind kind;
    point_us at_us, shown_us;
    uint64_t n;
    int64_t command;
    char *text; /* owned */
    char name[24];
};

/* When the relay dies at a row. */
enum stage_kill {
    KILL_UNSAVED, /* the moment before it is on disk */
    KILL_UNTOLD,  /* it is on disk, and the desk has not heard of it */
    KILL_TOLD
};

enum stage_talk { TALK_NOTHING, TALK_SOUND, TALK_DIGITAL_SILENCE };

struct stage_join {
    const char *role, *name, *room; /* room NULL: remote */
    bool hears;                     /* decodes, and keeps what it hears */
    bool no_sound;
    span_us sentence_us; /* one way; 0 = the stage's */
    double ppm;          /* by which its clock is fast */
};

struct stage_member {
    struct stage *stage;
    size_t place;
    char token[64], name[80];
    uint32_t number;
    struct client *client; /* NULL: went without a word */
    struct address address;
    struct sim_random random;
    struct entropy entropy;
    double ppm; /* all that it is told and tells is by its own clock; what is kept of it by the stage's */
    /* sentences */
    span_us sentence_us;
    uint32_t connection;      /* as the client sees it; 0 = none */
    uint32_t desk_connection; /* as the desk sees it */
    point_us last_up_us, last_down_us;
    unsigned sentences_lost; /* while cut */
    /* sound */
    bool hears;
    int64_t ticks; /* done */
    enum stage_talk talk;
    bool past_the_gate; /* sends whatever its client thinks of its right to */
    const struct sound *sound;
    size_t sound_at;
    const struct air *loudspeaker; /* of the room that the microphone is in; NULL = a headset */
    struct stage_track heard, said;
    float *pcm; /* owned; heard, from the join on, less what was forgotten */
    size_t pcm_samples, pcm_capacity, pcm_forgotten;
    struct stage_told *told; /* owned */
    size_t told_count, told_capacity;
    unsigned ups, downs, losses; /* sound-up, sound-lost, lost */
    bool over;
};

struct stage_row {
    struct desk_row row;
    char *text; /* owned */
    point_us commit_us;
};

struct stage_config {
    uint64_t seed;
    struct sim_path_config line; /* of every datagram's path until told otherwise */
    span_us sentence_us;         /* one way */
    span_us commit_us;           /* from a row to its being on disk */
    /* The recorder; NULL: nothing is recorded. */
    void (*note)(void *recorder, const struct desk_record *record, const char *text, size_t len,
                 point_us now_us);
    void (*packet)(void *recorder, const struct media_record *record, point_us now_us);
    void *recorder;
};

struct stage {
    struct stage_config config;
    point_us now_us;
    struct sim_net *net;
    struct sim_random desk_random, media_random;
    struct entropy desk_entropy, media_entropy;
    struct link_identity *relay_identity, *client_identity;
    struct address address;
    struct desk *desk;   /* NULL while the relay is dead */
    struct media *media; /* likewise */
    uint64_t wakeups;    /* of desk and media by deadline */
    struct sim_heap sentences;
    uint32_t connections;
    struct stage_row *rows; /* owned */
    size_t row_count, row_capacity, committed;
    size_t kill_at; /* the row at which the relay is killed; 0 = never */
    enum stage_kill kill_when;
    span_us dead_for_us; /* then */
    point_us rise_us;    /* when it comes back; NEVER_US while it lives */
    unsigned kills;
    point_us killed_us; /* last */
    char *reply;        /* owned; the newest */
    uint32_t requests, replied;
    char session[SESSION_ID_MAX + 1];
    struct stage_member *members[STAGE_MEMBERS_MAX]; /* owned */
    size_t member_count;
};

/* ---- stage.c: life and time ---- */

/* 20 ms each way, no loss; sentences 20 ms, the disk 1 ms. */
struct stage_config stage_config_good(uint64_t seed);
struct stage *stage_create(const struct stage_config *config);
void stage_destroy(struct stage *s);
void stage_run(struct stage *s, span_us span);
/* Until every member's sound is up; at most 10 s. */
void stage_run_until_up(struct stage *s);
/* kill -9: what is not on disk is lost, and nobody is told. */
void stage_kill(struct stage *s);
/* A new relay on the rows that are on disk; the same address and certificate. */
void stage_rise(struct stage *s);

/* ---- stage_desk.c: the operator and the desk's output ---- */

/* An operator's request; its reply, good until the next. The reply must be ok. */
const char *stage_ask(struct stage *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* An open session with the halls "Hall A" and "Hall B"; it is the stage's from now on. */
void stage_session(struct stage *s);
struct session_counters stage_counters(struct stage *s);
/* A number of a participant in `show`. */
int64_t stage_shown(struct stage *s, const struct stage_member *m, const char *what);
void stage_deck(struct stage *s, const char *deck, int pages);

/* ---- stage_member.c: participants ---- */

struct stage_member *stage_join(struct stage *s, const struct stage_join *join);
/* The same for most: with sound, not decoding. */
struct stage_member *stage_enter(struct stage *s, const char *role, const char *name, const char *room);
/* So many trainees, "NAME 1" and so on, from `room` or remote. */
void stage_enter_many(struct stage *s, const char *name, const char *room, int count,
                      struct stage_member **ret_members);
/* A second device with the same link. */
struct stage_member *stage_join_again(struct stage *s, const struct stage_member *seat);
void stage_talk(struct stage_member *m, enum stage_talk talk, const struct sound *sound);
/* Its microphone hears what it hears itself, by way of this air, borrowed; NULL: no more. */
void stage_loudspeaker(struct stage_member *m, const struct air *room);
/* When its next tick begins; when a sample of what it has heard was played. */
point_us stage_next_tick_us(const struct stage_member *m);
point_us stage_played_us(const struct stage_member *m, size_t sample);
/* What was kept of it so far, but for what it was told: in a session of hours. */
void stage_forget(struct stage_member *m);
void stage_do(struct stage_member *m, const struct action *action);
/* Bad lines: of datagrams to the relay and from it. */
void stage_lines(struct stage_member *m, const struct sim_path_config *up,
                 const struct sim_path_config *down);
/* The WebSocket breaks: what is under way is lost, both ends notice. */
void stage_cut(struct stage_member *m);
/* Another network: a new address, and the WebSocket breaks. */
void stage_move(struct stage_member *m);
bool stage_is_joined(const struct stage_member *m);
size_t stage_told_count(const struct stage_member *m, enum aula_event_kind kind, const char *name);
const struct stage_told *stage_told_last(const struct stage_member *m, enum aula_event_kind kind,
                                         const char *name);

/* ---- between the stage's files ---- */

void stage_settle_relay(struct stage *s);
void stage_settle_member(struct stage_member *m);
void stage_commits(struct stage *s);
/* The member's clock now. */
point_us stage_member_now(const struct stage_member *m);
point_us stage_member_deadline(const struct stage_member *m);
void stage_member_expire(struct stage_member *m);
void stage_member_destroy(struct stage_member *m);
/* stage_wire.c */
void stage_wire_down(struct stage_member *m, uint32_t connection, const char *text, size_t len);
void stage_wire_close(struct stage_member *m, uint32_t connection);
void stage_wire_client(struct stage_member *m, const struct client_output *out);
void stage_wire_deliver(struct stage *s);
void stage_wire_relay_died(struct stage *s);
void stage_wire_finish(struct stage *s);
/* bypass.c: into the client's inside */
/* A tick is sent whether or not the client may. */
void bypass_speak(struct client *c, const float *pcm, point_us now_us);
/* The microphone's RTP time at the join becomes this; between offer and up: false, and nothing was done,
 * while there is no offer. */
bool bypass_first_time(struct client *c, uint32_t first_time);
struct playout_counters bypass_playout(const struct client *c);

#endif
