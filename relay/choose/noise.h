/* A source's own noise floor: what it never falls below for long. A minimum follower: down at once, up
 * slowly, so that the dips between syllables hold it down while a fan pulls it up. */
#ifndef AULA_CHOOSE_NOISE_H
#define AULA_CHOOSE_NOISE_H

#include <stdbool.h>
#include <stdint.h>

#define NOISE_START_DBOV    (-60.0) /* nothing is known yet: a first word above it counts at once */
#define NOISE_HIGHEST_DBOV  (-45.0) /* never believed higher: steady sound well above is music or a voice */
#define NOISE_LOWEST_DBOV   (-65.0) /* nor lower: a muted microphone says nothing of the room */
#define NOISE_MARGIN_DB     9.0     /* speech stands this far above its floor */
#define NOISE_GATE_DBOV     (-60.0) /* what is not louder than this is never speech */
#define NOISE_RISE_DB_PER_S 2.0

struct noise {
    double floor_dbov;
};

void noise_init(struct noise *n);
/* A packet of `samples` with this RFC 6464 level (0 loudest .. 127): true where it is above the floor. */
bool noise_hears(struct noise *n, uint8_t level, int32_t samples);

#endif
