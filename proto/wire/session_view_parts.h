/* What both directions of a session's view share. Within wire/ only. */
#ifndef AULA_WIRE_SESSION_VIEW_PARTS_H
#define AULA_WIRE_SESSION_VIEW_PARTS_H

#include "wire/event_members.h"
#include "wire/session_view.h"

extern const char *const poll_states[POLL_STATE_COUNT];

#endif
