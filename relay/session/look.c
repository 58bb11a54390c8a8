/* Looking at a session: single facts, and the view a newcomer is told. */
#include "session/state.h"

#include <stdlib.h>
#include <string.h>

const char *session_id(const struct session *s)
{
    return s->id;
}

const char *session_title(const struct session *s)
{
    return s->title ? s->title : "";
}

bool session_recorded(const struct session *s)
{
    return s->recorded;
}

uint64_t session_n(const struct session *s)
{
    return s->n;
}

enum session_state session_phase(const struct session *s)
{
    return s->state;
}

int64_t session_created_ms(const struct session *s)
{
    return s->created_ms;
}

const struct view_participant *session_person(const struct session *s, uint32_t number)
{
    const struct person *p = person_find(s, number);
    return p ? &p->seen : NULL;
}

uint32_t session_last_person(const struct session *s)
{
    uint32_t last = s->people_size;
    while (last > 0 && !s->people[last - 1])
        last--;
    return last;
}

size_t session_present_count(const struct session *s)
{
    return s->present_count;
}

size_t session_person_count(const struct session *s)
{
    return s->person_count;
}

bool session_removed(const struct session *s, uint32_t number)
{
    const struct person *p = person_find(s, number);
    return p && p->removed;
}

uint16_t session_room(const struct session *s, const char *place)
{
    for (size_t i = 0; i < s->rooms.count; i++) {
        if (strcmp(s->rooms.at[i], place) == 0)
            return (uint16_t)(i + 1);
    }
    return 0;
}

bool session_has_language(const struct session *s, const char *language)
{
    for (size_t i = 0; i < s->languages.count; i++) {
        if (strcmp(s->languages.at[i], language) == 0)
            return true;
    }
    return false;
}

/* Whoever was removed is not told any more. */
enum err session_view_make(const struct session *s, struct session_view *ret_view)
{
    struct view_participant *people = calloc(s->person_count + 1, sizeof *people);
    if (!people)
        return ERR_MEMORY;
    size_t count = 0;
    for (uint32_t i = 0; i < s->people_size; i++) {
        if (s->people[i] && !s->people[i]->removed)
            people[count++] = s->people[i]->seen;
    }
    *ret_view = (struct session_view){.id = s->id,
                                      .title = session_title(s),
                                      .state = s->state,
                                      .recorded = s->recorded,
                                      .locked = s->locked,
                                      .rooms = s->rooms,
                                      .languages = s->languages,
                                      .participants = people,
                                      .participant_count = count,
                                      .decks = s->decks,
                                      .deck_count = s->deck_count,
                                      .has_page = s->has_page,
                                      .page = s->page,
                                      .chat = s->chat,
                                      .chat_count = s->chat_count};
    return ERR_NONE;
}

void session_view_free(struct session_view *view)
{
    free((void *)view->participants);
    view->participants = NULL;
}
