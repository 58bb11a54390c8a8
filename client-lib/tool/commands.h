/* The commands on standard input. */
#ifndef AULA_TOOL_COMMANDS_H
#define AULA_TOOL_COMMANDS_H

#include "aula/aula.h"

#define COMMANDS_LINE_MAX 9000 /* bytes: a chat of 2,000 characters at four bytes each, and its verb */

struct commands {
    char line[COMMANDS_LINE_MAX];
    size_t len;
    bool skipping; /* the rest of a line that was too long */
    bool ended;    /* no more input */
};

void commands_init(struct commands *c);
/* Reads what is there and carries it out; never blocks where poll said that there is something. */
void commands_read(struct commands *c, struct aula_participant *p);
/* One command, zero-ended. Returns a sentence where it was not understood or not possible, else NULL. */
const char *command_run(struct aula_participant *p, char *line);

#endif
