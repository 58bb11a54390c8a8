/* Members that events, views and sentences share. Within wire/ only. */
#ifndef AULA_WIRE_EVENT_MEMBERS_H
#define AULA_WIRE_EVENT_MEMBERS_H

#include "wire/event.h"

enum role role_member(struct json_in in, const char *member);
enum session_state state_member(struct json_in in, const char *member);
void name_list_write(struct json_out *o, const char *name, const struct name_list *list);
/* `what`: left out for the doors, which older logs and clients do not name. */
enum lock lock_member(struct json_in in);
void lock_write(struct json_out *o, enum lock lock);
/* ink, width, points */
struct stroke stroke_read(struct json_in in);
void stroke_write(struct json_out *o, const struct stroke *s);
struct number_list number_list_read(struct json_in in, const char *member, size_t max_count);
void number_list_write(struct json_out *o, const char *name, const struct number_list *list);

/* An absent member is an empty list. */
struct agenda agenda_read(struct json_in in, const char *member);

/* Choices are numbers of options, from 1. */
choice_set choices_read(struct json_in in, const char *member);
choice_set choices_read_or_none(struct json_in in, const char *member);
void choices_write(struct json_out *o, const char *name, choice_set set);
/* text, options, several, quiz, right */
struct poll_text poll_text_read(struct json_in in);
void poll_text_write(struct json_out *o, const struct poll_text *p, bool with_right);
/* Returns how many. */
size_t counts_read(struct json_in in, uint32_t ret_counts[POLL_OPTIONS_MAX]);
void counts_write(struct json_out *o, const uint32_t counts[POLL_OPTIONS_MAX], size_t count);

#endif
