/* The timeline: lines of JSON on the session clock, in the order in which they came. Events are written all;
 * of signals (pointer, speaking) the newest of each sender, ten a second at the most. */
#ifndef AULA_RECORD_LINES_H
#define AULA_RECORD_LINES_H

#include "base/errors.h"
#include "base/time.h"
#include "record/buffer.h"

#define LINES_SIGNAL_US   (100 * (span_us)US_PER_MS) /* between two signals of one sender */
#define LINES_SENDERS_MAX 32 /* whose signals are thinned apart; more take turns in the last place */
#define LINES_FLUSH_US    (500 * (span_us)US_PER_MS) /* a line's wait for its writing, at the most */
#define LINES_BYTES_MAX   (256 * 1024)               /* that wait; more are written at once */

struct lines_sender {
    uint64_t key;
    point_us written_us;
    char *waiting; /* owned; NULL: none */
    size_t len;
};

struct lines {
    struct lines_sender senders[LINES_SENDERS_MAX];
    unsigned count;
    struct buffer out; /* not taken yet */
    point_us since_us; /* since when; NEVER_US */
};

void lines_init(struct lines *l);
void lines_finish(struct lines *l);
/* A line without its end. Whoever sends signals has a key; 0 is an event, which is never thinned. The text is
 * copied. ERR_MEMORY: it is lost. */
enum err lines_put(struct lines *l, uint64_t key, const char *text, size_t len, point_us now_us) MUST_USE;
/* True where bytes should be written now (`all`: or at all): l->out, then lines_taken. */
bool lines_make(struct lines *l, bool all, point_us now_us);
void lines_taken(struct lines *l);
point_us lines_deadline(const struct lines *l);

#endif
