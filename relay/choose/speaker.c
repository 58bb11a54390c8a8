#include "choose/speaker.h"

#include <stdlib.h>
#include <string.h>

#define LONG_AGO INT64_MIN / 2
#define UNFIT_DB 1000.0 /* taken off a newcomer that may not push anyone out yet */
#define PIN_DB   10000.0

void speaker_init(struct speaker *s, int k)
{
    *s = (struct speaker){.k = k};
    sent_init(&s->sent);
}

void speaker_finish(struct speaker *s)
{
    free(s->open);
    *s = (struct speaker){0};
}

void seat_init(struct seat *seat, struct peer *peer, uint32_t key, enum source_rank rank)
{
    *seat = (struct seat){.peer = peer,
                          .key = key,
                          .rank = rank,
                          .packet_us = LONG_AGO,
                          .above_us = LONG_AGO,
                          .echo_us = LONG_AGO,
                          .below_us = NEVER_US};
    noise_init(&seat->noise);
    echo_init(&seat->echo, acoustic_is_hall(key));
}

static int64_t tick_of(point_us now_us)
{
    return now_us / TICK_US;
}

static int ticks_of(int32_t samples)
{
    return samples > TICK_SAMPLES ? (int)((samples + TICK_SAMPLES - 1) / TICK_SAMPLES) : 1;
}

bool speaker_needs_level(const struct speaker *s, const struct seat *seat, point_us now_us)
{
    return s->count + (seat->open ? 0 : 1) > 1 || sent_any(&s->sent, seat->key, tick_of(now_us));
}

static enum err add(struct speaker *s, struct seat *seat)
{
    if (s->count == s->capacity) {
        size_t capacity = s->capacity ? 2 * s->capacity : 8;
        struct seat **open = realloc(s->open, capacity * sizeof *open);
        if (!open)
            return ERR_MEMORY;
        s->open = open;
        s->capacity = capacity;
    }
    s->open[s->count++] = seat;
    seat->open = true;
    seat->score_db = 0;
    seat->voiced_us = 0;
    return ERR_NONE;
}

static void forget(struct speaker *s, size_t i)
{
    s->open[i]->open = s->open[i]->audible = s->open[i]->solo = s->open[i]->paused = false;
    s->open[i] = s->open[--s->count];
}

/* Sound, be it a voice or an echo. */
static void feel_sound(struct seat *seat, bool sounds, span_us length_us, point_us now_us)
{
    if (sounds)
        seat->below_us = NEVER_US;
    else if (seat->below_us == NEVER_US)
        seat->below_us = now_us - length_us;
}

/* A voice, as far as levels tell. */
static void feel_voice(struct seat *seat, span_us length_us, point_us now_us)
{
    if (now_us - seat->above_us > SPEAKER_HANG_US)
        seat->voiced_us = 0;
    seat->voiced_us += length_us;
    seat->above_us = now_us;
}

/* The echo was not expected to be so loud: what was taken for a voice was that. */
static void take_back(struct seat *seat)
{
    if (seat->echo.surprised)
        seat->above_us = LONG_AGO;
    seat->echo.surprised = false;
}

/* What the packet's level says. Unknown counts as talk, and teaches nothing. */
static void feel_level(struct speaker *s, struct seat *seat, uint8_t level, int32_t samples, point_us now_us)
{
    span_us length_us = us_from_samples(samples);
    bool known = level <= SILENCE_DBOV;
    bool sounds = !known || noise_hears(&seat->noise, level, samples);
    enum echo_verdict verdict = known
                                    ? echo_packet(&seat->echo, &s->sent, seat->key, level,
                                                  seat->noise.floor_dbov, ticks_of(samples), tick_of(now_us))
                                    : ECHO_NONE;
    bool echo = verdict == ECHO_BELOW || verdict == ECHO_HIDDEN;
    if (verdict == ECHO_BELOW || verdict == ECHO_ABOVE)
        seat->echo_us = now_us;
    feel_sound(seat, sounds, length_us, now_us);
    if (sounds && !echo)
        feel_voice(seat, length_us, now_us);
    take_back(seat);
    if (!known)
        return;
    double loudness = echo ? 0 : SILENCE_DBOV - level;
    double weight = (double)length_us / (double)(SPEAKER_SCORE_US + length_us);
    seat->score_db += (loudness - seat->score_db) * weight;
}

enum err speaker_packet(struct speaker *s, struct seat *seat, uint8_t level, int32_t samples, point_us now_us)
{
    if (!seat->open) {
        enum err e = add(s, seat);
        if (e != ERR_NONE)
            return e;
    }
    seat->packet_us = now_us;
    feel_level(s, seat, level, samples, now_us);
    return ERR_NONE;
}

void speaker_sent(struct speaker *s, const struct seat *seat, uint8_t level, int32_t samples, point_us now_us)
{
    sent_put(&s->sent, seat->key, level, ticks_of(samples), tick_of(now_us));
}

void speaker_remove(struct speaker *s, struct seat *seat)
{
    echo_close(&seat->echo);
    for (size_t i = 0; i < s->count; i++)
        if (s->open[i] == seat) {
            forget(s, i);
            return;
        }
}

static bool talks(const struct seat *seat, point_us now_us)
{
    return now_us - seat->above_us < SPEAKER_HANG_US;
}

static double standing(const struct seat *seat)
{
    return seat->score_db + (seat->audible ? SPEAKER_STAY_DB : 0);
}

/* What it has said may have been a cough. */
static bool is_newcomer(const struct seat *seat)
{
    return seat->voiced_us < SPEAKER_NEWCOMER_US;
}

/* Of two sources of one hall: does a go before b? The room's own microphone has to hear something that the
 * seat's has not heard for a while: else it only hears the end of the seat's voice in the air. */
static bool goes_before(const struct seat *a, const struct seat *b)
{
    span_us a_later = a->above_us - b->above_us;
    if (a->rank == SOURCE_SEAT && b->rank == SOURCE_ROOM)
        return a_later > -SPEAKER_ROOM_US;
    if (a->rank == SOURCE_ROOM && b->rank == SOURCE_SEAT)
        return a_later >= SPEAKER_ROOM_US;
    if (a_later >= SPEAKER_ROOM_US || a_later <= -SPEAKER_ROOM_US)
        return a_later > 0;
    if (is_newcomer(a) != is_newcomer(b)) /* a cough in a pause of the other does not keep him out after it */
        return is_newcomer(b);
    return standing(a) > standing(b);
}

/* A chair wants to hear the two of them together. */
static bool both_open(const struct seat *a, const struct seat *b)
{
    return a->rank != b->rank && (a->rank == SOURCE_ROOM ? a : b)->both;
}

/* Leaves one wanted source of each hall. */
static void one_of_each_hall(struct speaker *s)
{
    for (size_t i = 0; i < s->count; i++)
        for (size_t j = i + 1; j < s->count && s->open[i]->wanted; j++) {
            struct seat *a = s->open[i], *b = s->open[j];
            if (!b->wanted || a->key != b->key || both_open(a, b))
                continue;
            if (goes_before(a, b))
                b->wanted = false;
            else
                a->wanted = false;
        }
}

/* Place among those who want to be heard where not all can. */
static double claim(const struct seat *seat)
{
    double claim = standing(seat);
    if (seat->pinned)
        claim += PIN_DB;
    if (!seat->audible && !seat->pinned && is_newcomer(seat))
        claim -= UNFIT_DB;
    return claim;
}

/* Pushes the weakest out until k are left. */
static void at_most_k(struct speaker *s)
{
    int wanted = 0;
    for (size_t i = 0; i < s->count; i++)
        wanted += s->open[i]->wanted;
    for (; wanted > s->k; wanted--) {
        struct seat *weakest = NULL;
        for (size_t i = 0; i < s->count; i++) {
            struct seat *seat = s->open[i];
            if (seat->wanted && (!weakest || claim(seat) < claim(weakest)))
                weakest = seat;
        }
        if (weakest->pinned && wanted <= AUDIBLE_MAX)
            return;
        weakest->wanted = false;
    }
}

/* A group's one source: whoever of it is heard, else whoever would be. */
static const struct seat *voice_of(const struct speaker *s, uint32_t key)
{
    const struct seat *voice = NULL;
    for (size_t i = 0; i < s->count; i++) {
        const struct seat *seat = s->open[i];
        if (seat->key != key)
            continue;
        if (!voice || (seat->wanted && !voice->wanted) ||
            (seat->wanted == voice->wanted && goes_before(seat, voice)))
            voice = seat;
    }
    return voice;
}

/* What it says may be heard whatever its level: nobody hears his own echo. */
static bool is_ungated(const struct seat *seat)
{
    return seat->wanted || !seat->guarded;
}

/* The two solo sources where exactly two groups are open, those of them that need no gate; else none. */
static void find_solos(const struct speaker *s, const struct seat *solos[2])
{
    solos[0] = solos[1] = NULL;
    size_t other = 0;
    for (size_t i = 1; i < s->count; i++) {
        if (s->open[i]->key == s->open[0]->key)
            continue;
        if (other && s->open[i]->key != s->open[other]->key)
            return;
        other = other ? other : i;
    }
    if (!other)
        return;
    solos[0] = voice_of(s, s->open[0]->key);
    solos[1] = voice_of(s, s->open[other]->key);
    for (int i = 0; i < 2; i++)
        if (!is_ungated(solos[i]))
            solos[i] = NULL;
}

/* Seats that have sent nothing for SPEAKER_OPEN_US leave. */
static bool let_closed_go(struct speaker *s, point_us now_us)
{
    bool changed = false;
    for (size_t i = s->count; i-- > 0;) {
        if (now_us - s->open[i]->packet_us < SPEAKER_OPEN_US)
            continue;
        changed |= s->open[i]->audible || s->open[i]->solo;
        forget(s, i);
    }
    return changed;
}

bool speaker_choose(struct speaker *s, point_us now_us)
{
    bool changed = let_closed_go(s, now_us);
    for (size_t i = 0; i < s->count; i++) {
        struct seat *seat = s->open[i];
        seat->guarded = now_us - seat->echo_us < SPEAKER_HANG_US;
        seat->wanted = talks(seat, now_us) || (s->count == 1 && !seat->guarded);
    }
    one_of_each_hall(s);
    const struct seat *solos[2];
    find_solos(s, solos); /* before K: of one source there is nothing to choose */
    at_most_k(s);
    for (size_t i = 0; i < s->count; i++) {
        struct seat *seat = s->open[i];
        bool paused = now_us - seat->packet_us >= SPEAKER_PAUSE_US;
        bool solo = seat == solos[0] || seat == solos[1];
        changed |= seat->audible != seat->wanted || seat->solo != solo || seat->paused != paused;
        seat->audible = seat->wanted;
        seat->solo = solo;
        seat->paused = paused;
    }
    return changed;
}

bool seat_is_quiet(const struct seat *seat, point_us now_us)
{
    span_us below = seat->below_us == NEVER_US ? 0 : now_us - seat->below_us;
    return below >= SPEAKER_QUIET_US || now_us - seat->packet_us >= SPEAKER_QUIET_US;
}

/* A moment that lies ahead, or never. */
static point_us ahead(point_us at, point_us last_us)
{
    return at > last_us ? at : NEVER_US;
}

point_us speaker_deadline(const struct speaker *s)
{
    point_us next = NEVER_US;
    for (size_t i = 0; i < s->count; i++) {
        const struct seat *seat = s->open[i];
        if (!seat->paused)
            next = earlier_us(next, seat->packet_us + SPEAKER_PAUSE_US);
        next = earlier_us(next, seat->packet_us + SPEAKER_OPEN_US);
        if (seat->guarded)
            next = earlier_us(next, ahead(seat->echo_us + SPEAKER_HANG_US, seat->packet_us));
        if (seat->audible && (s->count > 1 || seat->guarded))
            next = earlier_us(next, ahead(seat->above_us + SPEAKER_HANG_US, seat->packet_us));
    }
    return next;
}
