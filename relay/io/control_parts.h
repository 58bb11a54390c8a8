/* What control_door.c (the door and its clients) and control_request.c (what they say) share. */
#ifndef AULA_RELAY_IO_CONTROL_PARTS_H
#define AULA_RELAY_IO_CONTROL_PARTS_H

#include <stdbool.h>

#include "io/control_door.h"
#include "wire/json_out.h"
#include "wire/signal.h"

enum control_state {
    CONTROL_LINE,   /* gathers a line */
    CONTROL_WAITS,  /* for the answer to one */
    CONTROL_BODY,   /* takes the bytes of a deck */
    CONTROL_DEAF,   /* what it says makes no sense any more and is dropped until it closes: closing with bytes
                       unread would take the refusal away with them */
    CONTROL_CLOSING /* its handle is closing */
};

struct control_client {
    uv_pipe_t pipe;
    struct control_door *door;
    enum control_state state;
    uint32_t request; /* under way at the desk; 0 = none */
    char *line;       /* CONTROL_LINE_MAX bytes: what was read and not yet taken */
    size_t line_len;
    size_t body_left;
    struct deck_job *job;
    char refusal[DECK_WHY_MAX]; /* of a deck whose bytes are still to be read; "" = none */
    char session[SESSION_ID_MAX + 1];
    struct control_client *next;
};

struct control_door {
    uv_pipe_t pipe;
    uv_loop_t *loop;
    struct decks *decks;
    struct control_listener listener;
    struct control_client *clients; /* list */
    int count;
    int handles; /* not yet closed: at 0 the door is freed */
    uint32_t last_request;
    bool closing;
};

/* control_door.c: writes a line to the client. */
void control_say(struct control_client *c, const char *text, size_t len);
/* Takes the next line, or more of the body, from what was read. */
void control_go_on(struct control_client *c);

/* control_request.c: one line; sets the client's state. */
void control_take_line(struct control_client *c, const char *text, size_t len);
/* Bytes of a deck; returns how many it took. */
size_t control_take_body(struct control_client *c, const char *bytes, size_t len);

#endif
