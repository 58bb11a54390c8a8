/* `aulactl console`: the model on a terminal, over ncurses. Only this file knows it. */
#ifndef AULA_RELAY_CTL_CONSOLE_CONSOLE_H
#define AULA_RELAY_CTL_CONSOLE_CONSOLE_H

#include "base/errors.h"
#include "ctl/door.h"

/* Runs until the operator leaves. `ask` says which relay; its request is not used. ERR_STATE: there is no
 * terminal. ERR_MEMORY, ERR_SYSTEM. */
enum err console_run(const struct door_ask *ask, char *why, size_t why_size) MUST_USE;

#endif
