/* What both directions of a session's view share. Within wire/ only. */
#ifndef AULA_WIRE_SESSION_VIEW_PARTS_H
#define AULA_WIRE_SESSION_VIEW_PARTS_H

#include "wire/event_members.h"
#include "wire/session_view.h"

extern const char *const poll_states[POLL_STATE_COUNT];

void checkin_read(struct json_in in, struct view_checkin *ret_checkin);
void checkin_write(struct json_out *o, const struct view_checkin *c);

/* Reads the array `member` into `list`, of which there are `number`, by `read_one`. */
#define READ_LIST(in, member, max, list, number, type, read_one)                                             \
    do {                                                                                                     \
        size_t count_ = json_in_array_or_none(in, member, max);                                              \
        type *at_ = count_ ? json_doc_alloc(in.doc, count_, sizeof *at_) : NULL;                             \
        list = at_;                                                                                          \
        number = at_ ? count_ : 0;                                                                           \
        for (size_t i_ = 0; i_ < number; i_++)                                                               \
            read_one(json_in_array_object(in, member, i_), &at_[i_]);                                        \
    } while (0)

#endif
