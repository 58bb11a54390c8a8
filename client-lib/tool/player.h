/* The files of --play, one after the other, into the participant's microphone. */
#ifndef AULA_TOOL_PLAYER_H
#define AULA_TOOL_PLAYER_H

#include "audio_file.h"
#include "lines.h"

struct player {
    const char *const *files;
    int count, next;         /* next: the one to be opened */
    struct audio_file *file; /* NULL between two */
    bool begun;
    char why[AUDIO_FILE_WHY_MAX];
};

/* Opens every file once, so that a wrong one is said before anything begins. False: player_why. */
bool player_init(struct player *p, const char *const *files, int count);
void player_finish(struct player *p);
/* Keeps some ticks waiting in the participant; begins when it first may send. False where a file broke. */
bool player_feed(struct player *p, struct aula_participant *participant, struct lines *events,
                 int64_t now_us);
/* True while there is something to feed. */
bool player_busy(const struct player *p);

#endif
