/* What two looks at the relay say of each second between them. */
#ifndef AULA_RELAY_CTL_RATES_H
#define AULA_RELAY_CTL_RATES_H

#include <jansson.h>

/* `before` and `now` are replies to `top`. Adds to `now`: in `relay` events_per_s, control_cpu_percent, and
 * in each of its workers cpu_percent; in each session and each person packets_in_per_s, packets_out_per_s,
 * bits_in_per_s, bits_out_per_s. What was not there before, or began anew, gets none. */
void rates_add(const json_t *before, json_t *now);

#endif
