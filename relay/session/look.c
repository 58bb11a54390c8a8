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

int64_t session_starts_ms(const struct session *s)
{
    return s->starts_ms;
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

size_t room_index(const struct session *s, const char *place)
{
    size_t i = 0;
    while (i < s->rooms.count && strcmp(s->rooms.at[i], place) != 0)
        i++;
    return i;
}

uint16_t session_room(const struct session *s, const char *place)
{
    size_t i = room_index(s, place);
    return i < s->rooms.count ? s->room_numbers[i] : 0;
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
static size_t view_people(const struct session *s, struct view_participant *people)
{
    size_t count = 0;
    for (uint32_t i = 0; i < s->people_size; i++) {
        if (s->people[i] && !s->people[i]->removed)
            people[count++] = s->people[i]->seen;
    }
    return count;
}

static size_t view_questions(const struct session *s, struct view_question *questions)
{
    size_t count = 0;
    for (size_t i = 0; i < s->question_count; i++) {
        if (s->questions[i]->shown)
            questions[count++] = s->questions[i]->seen;
    }
    return count;
}

static size_t view_polls(const struct session *s, struct view_poll *polls)
{
    size_t count = 0;
    for (size_t i = 0; i < s->poll_count; i++) {
        if (s->polls[i]->opened)
            polls[count++] = s->polls[i]->seen;
    }
    return count;
}

enum err session_view_make(const struct session *s, struct session_view *ret_view)
{
    struct view_participant *people = calloc(s->person_count + 1, sizeof *people);
    struct view_question *questions = calloc(s->question_count + 1, sizeof *questions);
    struct view_poll *polls = calloc(s->poll_count + 1, sizeof *polls);
    if (!people || !questions || !polls) {
        free(people);
        free(questions);
        free(polls);
        return ERR_MEMORY;
    }
    *ret_view = (struct session_view){.id = s->id,
                                      .title = session_title(s),
                                      .state = s->state,
                                      .recorded = s->recorded,
                                      .moderated = s->moderated,
                                      .starts_ms = s->starts_ms,
                                      .rooms = s->rooms,
                                      .languages = s->languages,
                                      .participants = people,
                                      .participant_count = view_people(s, people),
                                      .decks = s->decks,
                                      .deck_count = s->deck_count,
                                      .has_page = s->has_page,
                                      .page = s->page,
                                      .chat = s->chat,
                                      .chat_count = s->chat_count,
                                      .has_timer = s->has_timer,
                                      .timer = s->timer,
                                      .agenda = s->agenda,
                                      .item = s->item,
                                      .strokes = s->strokes,
                                      .stroke_count = s->stroke_count,
                                      .questions = questions,
                                      .question_count = view_questions(s, questions),
                                      .polls = polls,
                                      .poll_count = view_polls(s, polls),
                                      .checkins = s->checkins,
                                      .checkin_count = s->checkin_count};
    memcpy(ret_view->locked, s->locked, sizeof s->locked);
    return ERR_NONE;
}

void session_view_free(struct session_view *view)
{
    free((void *)view->participants);
    free((void *)view->questions);
    free((void *)view->polls);
    free((void *)view->names);
    view->participants = NULL;
    view->names = NULL;
    view->questions = NULL;
    view->polls = NULL;
}
