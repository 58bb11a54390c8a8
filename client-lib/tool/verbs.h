/* Commands on standard input that are the protocol's verbs: one table. */
#ifndef AULA_TOOL_VERBS_H
#define AULA_TOOL_VERBS_H

#include "aula/aula.h"

#define VERBS_HELP                                                                                           \
    "open, end, lock [doors|hands|chat], unlock [...], remove WHO, mute-all, ask-unmute WHO, chair WHO, "    \
    "step-down, deputy WHO, no-deputy WHO, timer SECONDS [WHO], timer-change SECONDS, timer-stop, "          \
    "item N|none, record, record-stop, language [CODE], code ROOM, check-in CODE, check-out, moderate "      \
    "on|off, ask TEXT, "                                                                                     \
    "approve N, dismiss N, vote N, unvote N, answered N, poll QUESTION | ANSWER | *RIGHT ANSWER ..., "       \
    "poll-open N, poll-close N, poll-show N, poll-drop N, answer N CHOICE..."

/* True where the word is one of these; then *ret_wrong is a sentence where it was not possible, else NULL.
 * The sentence is good until the next call. `rest` is written into. */
bool verb_run(struct aula_participant *p, const char *word, char *rest, const char **ret_wrong);

#endif
