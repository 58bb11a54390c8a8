/* Recorded speech as Opus packets of any shape, with its levels and with what a decoder makes of it: what a
 * member of the plane's bench says, and what its listeners should hear. */
#ifndef AULA_SOUND_TAPE_H
#define AULA_SOUND_TAPE_H

#include "../scenario/sound.h"
#include "bench.h"

struct tape_config {
    int32_t samples; /* of a packet; 0: 960 */
    int channels;    /* 0: 1. Stereo has the voice on one side, an octave of hum on the other */
    int bitrate_bps; /* 0: 32000 */
    bool dtx;
    double seconds; /* of the sound; 0: all */
    double from;    /* second of the sound at which it begins */
    double level;   /* factor on the sound; 0: 1 */
};

struct tape {
    struct tape_config config;
    struct script script;
    struct script_packet *packets; /* owned, with their payloads: script's */
    float *sound;                  /* owned; what was encoded, first channel */
    size_t samples;
};

struct tape tape_make(const struct sound *sound, const struct tape_config *config);
void tape_free(struct tape *t);

#endif
