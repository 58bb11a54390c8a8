/* How the relay's sentences are called. Within wire/ only. */
#ifndef AULA_WIRE_SIGNAL_RELAY_H
#define AULA_WIRE_SIGNAL_RELAY_H

#include "wire/signal.h"

extern const char *const relay_kinds[RELAY_OTHER];

#endif
