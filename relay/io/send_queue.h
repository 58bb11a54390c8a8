/* What waits to be sent on one WebSocket.
 *
 * A message is one buffer shared by everyone to whom it goes (reference counted, one thread), with room in
 * front for the frame's header. A reader that does not keep up first loses what is droppable, new or waiting;
 * once even the rest does not fit he is slow, and the caller ends it. */
#ifndef AULA_RELAY_IO_SEND_QUEUE_H
#define AULA_RELAY_IO_SEND_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/errors.h"

#define SEND_SLOTS_MAX       256 /* messages waiting for one reader: half a minute at eight a second */
#define SEND_BYTES_MAX       (512 * 1024) /* bytes of them, unless it is one alone (a whole state) */
#define SEND_DROPPABLE_SLOTS 64           /* above so many waiting, what is droppable is skipped */
#define SEND_HEAD_BYTES      32           /* room before the text; at least LWS_PRE */

struct message {
    unsigned references;
    size_t len;
    unsigned char bytes[]; /* SEND_HEAD_BYTES, then the text */
};

/* Copies the text; one reference, the caller's. NULL: no memory. */
struct message *message_create(const char *text, size_t len);
/* Gives back one reference; the last one frees. NULL is legal. */
void message_release(struct message *m);
unsigned char *message_text(struct message *m);

struct send_queue {
    struct {
        struct message *message;
        bool droppable;
    } slots[SEND_SLOTS_MAX];
    size_t head, count, bytes;
    unsigned long skipped; /* droppable messages this reader did not get */
};

enum send_result { SEND_QUEUED, SEND_SKIPPED, SEND_SLOW };

void send_queue_init(struct send_queue *q);
/* Gives back whatever waits. */
void send_queue_finish(struct send_queue *q);
/* Takes a reference of its own when queued. SEND_SLOW: not even everything droppable made room. */
enum send_result send_queue_push(struct send_queue *q, struct message *m, bool droppable);
/* The oldest, or NULL; it stays until send_queue_pop. */
struct message *send_queue_first(const struct send_queue *q);
void send_queue_pop(struct send_queue *q);

#endif
