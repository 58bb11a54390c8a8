/* The whole relay: opens what it needs in an order in which whatever is wrong is found before anything is
 * served, runs, and closes in the order that its libraries want. */
#ifndef AULA_RELAY_IO_RELAY_H
#define AULA_RELAY_IO_RELAY_H

#include "io/options.h"

struct relay;

/* Everything up to the point where it can serve. `argc` and `argv` are read again on SIGHUP. On failure a
 * line for the operator is in `why`; what is half open ends with the process. The caller owns *ret_relay. */
enum err relay_open(const struct options *options, int argc, char *const argv[], char *why, size_t why_size,
                    struct relay **ret_relay) MUST_USE;
/* "ready https://ADDR:PORT media ADDR:PORT". */
const char *relay_ready_line(const struct relay *r);
/* Serves until a signal or the end of draining; then says goodbye, closes and frees everything. */
void relay_run(struct relay *r);

#endif
