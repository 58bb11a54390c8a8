/* A source's runs on the session clock. A run is what lies between one pause, restart or leap and the next;
 * within it the map from RTP time to session time stands, and packets of an earlier run are late for ever. */
#ifndef AULA_INGRESS_TIMELINE_H
#define AULA_INGRESS_TIMELINE_H

#include "base/errors.h"
#include "media/clock_map.h"
#include "plane.h"

struct timeline {
    struct clock_map map;
    bool in_run;
    uint32_t run;            /* the run's number in its session */
    int64_t first_seq;       /* the run's first packet, */
    session_samples start;   /* and where it was put */
    session_samples end;     /* of all that has been put anywhere: the next run begins no earlier */
    int64_t skipped;         /* packets left out within the run: later ones move up */
    int64_t offset_told;     /* timeline_moved's */
    session_samples arrival; /* of the newest packet */
    uint64_t late;           /* packets that came after their run */
};

void timeline_init(struct timeline *t);

/* A packet came at session time `arrival`. A leap of its RTP time, a restart, or drift of CLOCK_MAP_DRIFT
 * ends or moves the run. ERR_STALE: the packet is to be dropped, its 20 ms are what drift has cost. */
enum err timeline_arrival(struct timeline *t, const struct source_packet *packet, session_samples arrival,
                          point_us now_us) MUST_USE;
/* Begins a run with the packet that came last, by its own arrivals and where its last run ended, whoever else
 * is heard. `run` is its number, another for each run of any source of the session: an audience knows by it
 * what it goes on passing. */
void timeline_begin(struct timeline *t, const struct source_packet *packet, uint32_t run);
void timeline_end(struct timeline *t);

/* Leaves the newest packet out, so that the source's sound lies a tick earlier from the next one on. All up
 * to it are late now; later ones move up a number, so that nobody takes it for lost. */
void timeline_skip(struct timeline *t, const struct source_packet *packet);
/* True once each time the map has changed since it was asked last. */
bool timeline_moved(struct timeline *t);
/* Where in the time after its stamp a packet comes at the earliest: what the mix makes alike in its sources
 * by whole ticks. Only valid in a run. */
session_samples timeline_phase(const struct timeline *t);

/* The packet's place. ERR_STALE (counted): it belongs to an earlier run. ERR_STATE outside a run. */
enum err timeline_place(struct timeline *t, const struct source_packet *packet,
                        struct timed_packet *ret_packet) MUST_USE;
/* How much later the newest packet came than the earliest expected moment, in samples, at least 0. */
int64_t timeline_lateness(const struct timeline *t, session_samples at);

#endif
