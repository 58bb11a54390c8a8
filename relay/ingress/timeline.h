/* A source's runs on the session clock. A run is what lies between one pause, restart or leap and the next;
 * within it the map from RTP time to session time stands, and packets of an earlier run are late for ever. */
#ifndef AULA_INGRESS_TIMELINE_H
#define AULA_INGRESS_TIMELINE_H

#include "base/errors.h"
#include "media/clock_map.h"
#include "plane.h"

#define TIMELINE_AHEAD_SAMPLES (500 * SAMPLES_PER_MS)

struct timeline {
    struct clock_map map;
    bool in_run;
    uint32_t run;            /* the run's number in its session */
    int64_t first_seq;       /* the run's first packet, */
    session_samples start;   /* and where it was put */
    session_samples end;     /* of all that has been put anywhere: the next run begins no earlier */
    int64_t skipped;         /* packets left out within the run: later ones move up */
    int64_t offset_told;     /* timeline_moved's */
    session_samples arrival; /* of the newest packet, */
    session_samples before;  /* and of the one before it */
    uint64_t late;           /* packets that came after their run */
};

void timeline_init(struct timeline *t);

/* A packet came at session time `arrival`. A leap of its RTP time or a restart ends the run. */
void timeline_arrival(struct timeline *t, const struct source_packet *packet, session_samples arrival,
                      point_us now_us);
/* Takes up the drift of a run under way before its newest packet, by a tick: where the source is `quiet` as
 * soon as that brings the map nearer, else once it is CLOCK_MAP_DRIFT. Where the source's clock is slow there
 * is a gap before the packet. ERR_STALE: it is fast, and the packet is to be left out. */
enum err timeline_take_up(struct timeline *t, const struct source_packet *packet, bool quiet) MUST_USE;
/* Begins a run with the packet that came last, by its own arrivals and where its last run ended, whoever else
 * is heard. `run` is its number, another for each run of any source of the session: an audience knows by it
 * what it goes on passing. ERR_STALE: its sound would lie further than TIMELINE_AHEAD ahead of now, because
 * it has sent more than time has passed: there is no run. */
enum err timeline_begin(struct timeline *t, const struct source_packet *packet, uint32_t run) MUST_USE;
void timeline_end(struct timeline *t);

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
