/* The machine's clock and randomness, for io/ alone. */
#ifndef AULA_CLIENT_IO_CLOCK_H
#define AULA_CLIENT_IO_CLOCK_H

#include "base/entropy.h"
#include "base/time.h"

/* CLOCK_MONOTONIC in microseconds. */
point_us clock_us(void);
/* The operating system's randomness. */
struct entropy system_entropy(void);

#endif
