/* Levels of a source that sends none (RFC 6464 was not negotiated): it is decoded to be measured, and passed
 * all the same. */
#ifndef AULA_INGRESS_MEASURE_H
#define AULA_INGRESS_MEASURE_H

#include "base/errors.h"
#include "plane.h"

struct measure; /* heap: a decoder */

enum err measure_create(struct measure **ret_measure) MUST_USE;
void measure_destroy(struct measure *m);
/* The packet's loudness in -dBov; silence where it does not decode. One decode. */
uint8_t measure_packet(struct measure *m, const struct source_packet *packet);

#endif
