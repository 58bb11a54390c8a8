/* Members that events, views and sentences share. Within wire/ only. */
#ifndef AULA_WIRE_EVENT_MEMBERS_H
#define AULA_WIRE_EVENT_MEMBERS_H

#include "wire/event.h"

enum role role_member(struct json_in in, const char *member);
enum session_state state_member(struct json_in in, const char *member);
void name_list_write(struct json_out *o, const char *name, const struct name_list *list);

#endif
