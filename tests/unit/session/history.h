/* A session in a test: commands in few words. */
#ifndef AULA_TESTS_SESSION_HISTORY_H
#define AULA_TESTS_SESSION_HISTORY_H

#include "session/session.h"

/* A session with two rooms, "A" and "B". */
struct session *history_session(bool planned);
/* Decides and applies; returns the events and copies them into *ret_decision where it is not NULL. On refusal
 * the number of events is the error, negated, and history_why says why. */
int history_do(struct session *s, const struct command *c, struct decision *ret_decision);
const char *history_why(void);
int history_join(struct session *s, uint32_t who, enum role role, const char *place);
int history_away(struct session *s, uint32_t who);
int history_act(struct session *s, uint32_t by, enum verb verb, uint32_t who);
int history_chat(struct session *s, uint32_t by, const char *text);
int history_deck(struct session *s, const char *deck, uint32_t pages);
int history_page(struct session *s, uint32_t by, const char *deck, uint32_t page);
/* The dump as a text that the caller frees. */
char *history_dump(const struct session *s);

#endif
