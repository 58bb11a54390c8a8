/* Which figures the relay tells to Prometheus and to the operator: what the shells and the desk have counted.
 */
#ifndef AULA_RELAY_IO_FIGURES_H
#define AULA_RELAY_IO_FIGURES_H

#include "io/metrics.h"
#include "io/pump.h"

/* Tells the desk what the shells have counted. */
void figures_tell(const struct pump *p);
void figures_write(const struct pump *p, struct metrics_text *t);

#endif
