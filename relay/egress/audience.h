/* An audience: everyone who hears exactly the same. One outgoing stream with one numbering and one place on
 * the session clock, whether its packets are passed, mixed or closing silence; at most one encoder. */
#ifndef AULA_EGRESS_AUDIENCE_H
#define AULA_EGRESS_AUDIENCE_H

#include "base/errors.h"
#include "egress/closing.h"
#include "egress/fanout.h"
#include "egress/voice.h"

struct audience {
    uint32_t key; /* the acoustic group that it must not hear; 0 = the default audience */
    enum tier tier;
    struct fanout fanout;
    struct voice *voice; /* owned; NULL where it is not in a mix */
    struct closing closing;

    uint64_t next_number;       /* after the highest used */
    session_samples sent_end;   /* end of all that was sent, */
    session_samples sound_end;  /* and of what of it was no closing silence */
    bool in_pass;               /* a passed run is under way */
    int pass_slot;              /* whose, */
    uint32_t pass_run;          /* which run of it, */
    int64_t pass_first_seq;     /* from which packet of the source on, */
    uint64_t pass_base;         /* and what number that got; */
    session_samples pass_shift; /* whole ticks by which it is put later than its source's map says */
    session_samples mix_shift;  /* whole ticks by which it is stamped later than the mix's own time */
    uint32_t mixed_run;         /* the run that it heard mixed last; 0 = none, */
    session_samples mixed_at;   /* and by how much later than its map says */
    source_set fading;          /* sources in the mix that it hears for one more tick */
    bool marker;                /* the next mixed packet begins a run */
};

/* The caller owns *ret_audience. ERR_MEMORY. */
enum err audience_create(uint32_t key, enum tier tier, struct audience **ret_audience) MUST_USE;
/* One that splits off: it goes on exactly where `from` is, encoder included. ERR_MEMORY. */
enum err audience_split(const struct audience *from, uint32_t key, struct audience **ret_audience) MUST_USE;
/* Its listeners are in no audience afterwards. NULL is legal. */
void audience_destroy(struct audience *a);

/* What a passed packet is here: a place in the numbers, and on this audience's session time. */
struct passed_place {
    uint64_t number;
    session_samples at;
    bool marker; /* it begins a run */
};

/* The place of a passed packet. Numbers are within a run the source's own distances, so that gaps stay gaps
 * and a late packet keeps its place. Where the run begins at a time that the audience has been sent already
 * (by another source that has just ended, or by the closing silence), all of it is put whole ticks later, by
 * what this audience has been sent and nothing else. A run that it was hearing in the mix goes on where that
 * had it. ERR_STALE: it is late for its run here; the mix has sent its time; or the stream was closed in this
 * very time, because the line held the source's packets back: they come too late for anybody; or its time
 * goes back while its numbers go on. */
enum err audience_place_passed(struct audience *a, int slot, const struct timed_packet *packet,
                               struct passed_place *ret_place) MUST_USE;
/* With a packet between two words of a run that is not put where its map says, the newest of it. Where the
 * run is put later, true: the packet is to be left out, and the rest lies earlier by its length. Where it is
 * put earlier, false: the packet and the rest lie a tick later, after a gap. False, too, for any other. */
bool audience_give_back(struct audience *a, int slot, const struct timed_packet *packet);
/* The number of a packet that we made: the next. Ends a passed run. */
uint64_t audience_number_made(struct audience *a, session_samples at, int32_t samples);
/* The same for closing silence, which goes on where all ends. */
uint64_t audience_number_silence(struct audience *a, int32_t samples);
/* Whatever is passed next begins a run. */
void audience_end_pass(struct audience *a);
bool audience_is_passing(const struct audience *a, int slot, uint32_t run);
/* It goes from the mix to passing this run, which the mix had `shift` later than its map says: there it goes
 * on. */
void audience_leave_mix(struct audience *a, uint32_t run, session_samples shift);
/* Its encoder is not needed any more. */
void audience_end_mix(struct audience *a);

#endif
