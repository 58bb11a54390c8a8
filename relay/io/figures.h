/* Which figures the relay tells: what the shells and the desk have counted, as OpenMetrics. */
#ifndef AULA_RELAY_IO_FIGURES_H
#define AULA_RELAY_IO_FIGURES_H

#include "io/metrics.h"
#include "io/pump.h"

void figures_write(const struct pump *p, struct metrics_text *t);

#endif
