#include "egress/audience.h"

#include <stdlib.h>

enum err audience_create(uint32_t key, enum tier tier, struct audience **ret_audience)
{
    struct audience *a = calloc(1, sizeof *a);
    if (!a)
        return ERR_MEMORY;
    a->key = key;
    a->tier = tier;
    a->pass_slot = NO_SLOT;
    a->sent_end = a->sound_end = SESSION_NEVER;
    a->marker = true;
    fanout_init(&a->fanout);
    closing_init(&a->closing);
    *ret_audience = a;
    return ERR_NONE;
}

enum err audience_split(const struct audience *from, uint32_t key, struct audience **ret_audience)
{
    struct audience *a = malloc(sizeof *a);
    if (!a)
        return ERR_MEMORY;
    *a = *from;
    a->key = key;
    fanout_init(&a->fanout);
    a->voice = NULL;
    if (from->voice) {
        enum err e = voice_copy(from->voice, &a->voice);
        if (e != ERR_NONE) {
            free(a);
            return e;
        }
    }
    *ret_audience = a;
    return ERR_NONE;
}

void audience_destroy(struct audience *a)
{
    if (!a)
        return;
    fanout_finish(&a->fanout);
    voice_destroy(a->voice);
    free(a);
}

static void reach(struct audience *a, uint64_t number, session_samples end)
{
    if (number >= a->next_number)
        a->next_number = number + 1;
    if (end > a->sent_end)
        a->sent_end = end;
    if (end > a->sound_end)
        a->sound_end = end;
}

/* A run begins here with this packet. */
static enum err begin_pass(struct audience *a, int slot, const struct timed_packet *packet)
{
    bool goes_on = packet->run == a->mixed_run;
    session_samples overlap = a->sent_end - packet->at;
    if (goes_on && overlap > a->mixed_at)
        return ERR_STALE;
    if (overlap > 0 && slot == a->pass_slot && packet->at >= a->sound_end)
        return ERR_STALE;
    a->in_pass = true;
    a->pass_slot = slot;
    a->pass_run = packet->run;
    a->pass_first_seq = packet->seq;
    a->pass_base = a->next_number;
    a->pass_shift = goes_on ? a->mixed_at : overlap > 0 ? grid_floor(overlap + TICK_SAMPLES - 1) : 0;
    a->mixed_run = 0;
    return ERR_NONE;
}

enum err audience_place_passed(struct audience *a, int slot, const struct timed_packet *packet,
                               struct passed_place *ret_place)
{
    bool begins = !audience_is_passing(a, slot, packet->run);
    enum err e = begins ? begin_pass(a, slot, packet) : ERR_NONE;
    if (e != ERR_NONE)
        return e;
    if (packet->seq < a->pass_first_seq)
        return ERR_STALE;
    uint64_t number = a->pass_base + (uint64_t)(packet->seq - a->pass_first_seq);
    if (number >= a->next_number && packet->at + a->pass_shift < a->sent_end)
        return ERR_STALE;
    ret_place->number = number;
    ret_place->at = packet->at + a->pass_shift;
    ret_place->marker = begins;
    reach(a, ret_place->number, ret_place->at + packet->samples);
    return ERR_NONE;
}

bool audience_give_back(struct audience *a, int slot, const struct timed_packet *packet)
{
    if (!audience_is_passing(a, slot, packet->run) || packet->seq < a->pass_first_seq)
        return false;
    uint64_t number = a->pass_base + (uint64_t)(packet->seq - a->pass_first_seq);
    if (number < a->next_number)
        return false;
    if (a->pass_shift < 0)
        a->pass_shift += TICK_SAMPLES;
    if (packet->samples > a->pass_shift || packet->samples % TICK_SAMPLES != 0)
        return false;
    a->pass_shift -= packet->samples;
    a->pass_first_seq = packet->seq + 1; /* all before it are late now: their numbers may be taken twice */
    a->pass_base = number;
    return true;
}

uint64_t audience_number_made(struct audience *a, session_samples at, int32_t samples)
{
    uint64_t number = a->next_number;
    audience_end_pass(a);
    reach(a, number, at + samples);
    return number;
}

uint64_t audience_number_silence(struct audience *a, int32_t samples)
{
    session_samples sound_end = a->sound_end;
    uint64_t number = audience_number_made(a, a->sent_end, samples);
    a->sound_end = sound_end;
    return number;
}

void audience_end_pass(struct audience *a)
{
    a->in_pass = false;
}

void audience_leave_mix(struct audience *a, uint32_t run, session_samples shift)
{
    a->mixed_run = run;
    a->mixed_at = shift;
}

bool audience_is_passing(const struct audience *a, int slot, uint32_t run)
{
    return a->in_pass && a->pass_slot == slot && a->pass_run == run;
}

void audience_end_mix(struct audience *a)
{
    voice_destroy(a->voice);
    a->voice = NULL;
    a->fading = 0;
}
