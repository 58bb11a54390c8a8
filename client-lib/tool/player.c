#include "player.h"

#include <string.h>

#define WAITING_MAX (4 * AULA_TICK) /* samples ahead: what the process may be late */

bool player_init(struct player *p, const char *const *files, int count)
{
    *p = (struct player){.files = files, .count = count};
    for (int i = 0; i < count; i++) {
        struct audio_file *f = audio_file_open(files[i], p->why);
        if (f == NULL)
            return false;
        audio_file_close(f);
    }
    return true;
}

void player_finish(struct player *p)
{
    audio_file_close(p->file);
    p->file = NULL;
}

bool player_busy(const struct player *p)
{
    return p->begun && (p->file != NULL || p->next < p->count);
}

static bool open_next(struct player *p, struct lines *events, int64_t now_us)
{
    if (p->next == p->count)
        return true;
    p->file = audio_file_open(p->files[p->next], p->why);
    if (p->file == NULL)
        return false;
    lines_playing(events, "playing", p->files[p->next], now_us);
    p->next++;
    return true;
}

/* One tick out of the files; the last one is filled up with silence. False at the end of all, or on a file
 * that broke (then why). */
static bool fill(struct player *p, float *pcm, struct lines *events, int64_t now_us)
{
    size_t have = 0;
    memset(pcm, 0, AULA_TICK * sizeof *pcm);
    while (have < AULA_TICK) {
        if (p->file == NULL && !open_next(p, events, now_us))
            return false;
        if (p->file == NULL)
            break;
        size_t n = audio_file_read(p->file, pcm + have, AULA_TICK - have);
        have += n;
        if (n > 0)
            continue;
        player_finish(p);
        lines_playing(events, "played", p->files[p->next - 1], now_us);
    }
    return have > 0;
}

bool player_feed(struct player *p, struct aula_participant *participant, struct lines *events, int64_t now_us)
{
    float pcm[AULA_TICK];
    if (!p->begun && p->count > 0)
        p->begun = aula_may_send(participant);
    while (player_busy(p) && aula_send_waiting(participant) < WAITING_MAX) {
        if (!fill(p, pcm, events, now_us))
            break;
        aula_send(participant, pcm, AULA_TICK);
    }
    return p->why[0] == 0;
}
