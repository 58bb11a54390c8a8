/* The two clocks of the operating system. Any thread. */
#ifndef AULA_RELAY_IO_CLOCK_H
#define AULA_RELAY_IO_CLOCK_H

#include "base/time.h"

/* CLOCK_MONOTONIC: what the core is told as now_us. */
point_us clock_monotonic_us(void);
/* Microseconds since 1970. */
int64_t clock_wall_us(void);

#endif
