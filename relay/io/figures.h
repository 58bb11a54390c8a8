/* Which figures the relay tells to Prometheus and to the operator: what the shells and the desk have counted.
 */
#ifndef AULA_RELAY_IO_FIGURES_H
#define AULA_RELAY_IO_FIGURES_H

#include "io/metrics.h"
#include "io/pump.h"

#define METRICS_OTHER "other" /* session of all that have no place of their own */

struct shell_figures figures_gather(const struct pump *p);
/* Tells the desk what the shells have counted. */
void figures_tell(const struct pump *p);
/* As Prometheus reads them; from now on they are kept fresh for a while. */
void figures_write(const struct pump *p, struct metrics_text *t);

#endif
