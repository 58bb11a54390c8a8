/* Who is audible. One speaker choice a session; one seat for each source that has the floor.
 *
 * - One open source alone is audible while it sends: nothing is gated.
 * - Of several, one is audible from its first packet above its own noise floor until SPEAKER_HANG_US below
 * it.
 * - Where the open ones are of two groups, each group has one source to hear, and hears it as if it were
 * alone
 *   (`solo`): what a hall is sent does not depend on what the hall itself says.
 * - Of one hall one source at a time: a seat's microphone goes before the room's own. Where a chair has
 * opened both, one of the seats' and the room's.
 * - At most K at once, the loudest of late; a pinned one is never pushed out, and who is there stays until a
 *   newcomer has been clearly louder for longer than a cough. */
#ifndef AULA_CHOOSE_SPEAKER_H
#define AULA_CHOOSE_SPEAKER_H

#include "base/errors.h"
#include "choose/echo.h"
#include "choose/noise.h"
#include "plane.h"

#define SPEAKER_OPEN_US     ((span_us)US_PER_S) /* a source that sent within this long is open */
#define SPEAKER_HANG_US     ((span_us)US_PER_S)
#define SPEAKER_PAUSE_US    (200 * (span_us)US_PER_MS) /* without packets: its run is over */
#define SPEAKER_QUIET_US    (40 * (span_us)US_PER_MS)  /* below its floor: fit for going back to pass */
#define SPEAKER_ROOM_US     (300 * (span_us)US_PER_MS) /* a hall's seat keeps the room's microphone out */
#define SPEAKER_NEWCOMER_US (300 * (span_us)US_PER_MS) /* of voice, before it may push another out */
#define SPEAKER_STAY_DB     6.0                        /* a newcomer must be louder by this */
#define SPEAKER_SCORE_US    (400 * (span_us)US_PER_MS) /* time constant of "loud of late" */

/* Embedded in the peer. Fields are speaker's own, but for the first block. */
struct seat {
    struct peer *peer;
    uint32_t key; /* acoustic_key */
    enum source_rank rank;
    bool pinned;
    bool both; /* a room's own microphone that a chair has opened beside its seats' */

    bool open;          /* in the list: sent a packet within SPEAKER_OPEN_US */
    bool audible;       /* as of the last choice */
    bool solo;          /* likewise: the one source that the other group has to hear, ungated */
    bool wanted;        /* while choosing */
    bool paused;        /* no packet for SPEAKER_PAUSE_US */
    point_us packet_us; /* its last packet */
    point_us above_us;  /* its last packet above its floor */
    point_us below_us;  /* since when every packet has been below it */
    span_us voiced_us;  /* sound above the floor since it began to talk */
    double score_db;    /* loudness of late: 0 silence .. 127 */
    point_us echo_us;   /* its last packet in which an echo was to be expected */
    bool guarded;       /* as of the last choice: an echo was, of late; so nothing of it is ungated */
    struct noise noise;
    struct echo echo;
};

struct speaker {
    int k;
    struct seat **open; /* owned array; seats are borrowed */
    size_t count, capacity;
    struct sent sent; /* what those who are heard said lately */
};

void speaker_init(struct speaker *s, int k);
void speaker_finish(struct speaker *s);
void seat_init(struct seat *seat, struct peer *peer, uint32_t key, enum source_rank rank);

/* True where levels decide (several are open, or a second one opens with this packet, or an echo may be in
 * it): a source without levels must then be measured. */
bool speaker_needs_level(const struct speaker *s, const struct seat *seat, point_us now_us);

/* A packet of a source that has the floor came; `level` as in RFC 6464, or LEVEL_UNKNOWN. ERR_MEMORY: the
 * source cannot be heard now. */
enum err speaker_packet(struct speaker *s, struct seat *seat, uint8_t level, int32_t samples,
                        point_us now_us) MUST_USE;
/* That packet went to all who are to hear the seat. Whoever hears it has a microphone, too. */
void speaker_sent(struct speaker *s, const struct seat *seat, uint8_t level, int32_t samples,
                  point_us now_us);
/* The source is gone or has lost the floor. */
void speaker_remove(struct speaker *s, struct seat *seat);

/* Chooses anew: sets `audible`, `solo` and `paused` of every open seat, and lets those go that have closed.
 * True where any of it changed. Seats that closed are neither audible nor solo. */
bool speaker_choose(struct speaker *s, point_us now_us);

/* True where the seat has been below its floor, or without packets, for SPEAKER_QUIET_US. */
bool seat_is_quiet(const struct seat *seat, point_us now_us);

/* When the passing of time alone may change the choice; NEVER_US where nobody is open. */
point_us speaker_deadline(const struct speaker *s);

#endif
