/* Looking for people by a part of their name or place. */
#include "session/name_fold.h"
#include "session/state.h"

#include <string.h>

#define LINE_MAX   (NAME_CHARACTERS_MAX * 4 + 1) /* bytes of a name; UTF-8 has four a character at most */
#define FOLDED_MAX (2 * LINE_MAX)                /* of one that is folded */
#define BOTH_MAX   (2 * FOLDED_MAX + 1)          /* name, a line feed, place */
#define WORDS_MAX  (NAME_CHARACTERS_MAX / 2 + 1)

struct wanted {
    char text[FOLDED_MAX];
    const char *words[WORDS_MAX];
    size_t count;
};

static void read_words(const char *text, struct wanted *w)
{
    char *rest;
    name_fold(text ? text : "", w->text, sizeof w->text);
    w->count = 0;
    for (char *word = strtok_r(w->text, " \t", &rest); word && w->count < WORDS_MAX;
         word = strtok_r(NULL, " \t", &rest))
        w->words[w->count++] = word;
}

/* Every word is in his name or his place. */
static bool fits(const struct wanted *w, const struct view_participant *p)
{
    char both[BOTH_MAX];
    if (w->count == 0)
        return true;
    name_fold(p->name, both, FOLDED_MAX);
    size_t len = strlen(both);
    both[len++] = '\n';
    name_fold(strcmp(p->place, PLACE_REMOTE) == 0 ? "" : p->place, both + len, FOLDED_MAX);
    for (size_t i = 0; i < w->count; i++) {
        if (!strstr(both, w->words[i]))
            return false;
    }
    return true;
}

void session_find(const struct session *s, const struct people_query *q,
                  struct view_participant ret_people[FOUND_MAX], struct people_found *ret_found)
{
    struct wanted w;
    struct people_found f = {.id = q->id, .participants = ret_people};
    read_words(q->text, &w);
    for (uint32_t i = 0; i < s->people_size; i++) {
        const struct person *p = s->people[i];
        if (!p || !p->seen.present || (q->place && strcmp(q->place, p->seen.place) != 0) ||
            !fits(&w, &p->seen))
            continue;
        f.found++;
        if (p->seen.id <= q->after)
            continue;
        if (f.participant_count < FOUND_MAX)
            ret_people[f.participant_count++] = p->seen;
        else
            f.more = true;
    }
    *ret_found = f;
}
