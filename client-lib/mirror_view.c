/* What is asked of the mirror; mirror.c is how it changes. */
#include "mirror.h"

#include <stdlib.h>
#include <string.h>

#define PLACE_REMOTE "remote"

const struct mirror_person *mirror_person(const struct mirror *m, uint32_t id)
{
    size_t low = 0, high = m->people_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (m->people[middle].id == id)
            return &m->people[middle];
        if (m->people[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

const struct mirror_person *mirror_self(const struct mirror *m)
{
    return mirror_person(m, m->you);
}

static bool is_number(const char *text, uint32_t *ret_number)
{
    if (*text < '1' || *text > '9')
        return false;
    char *end;
    unsigned long v = strtoul(text, &end, 10);
    if (*end != 0 || v > UINT32_MAX)
        return false;
    *ret_number = (uint32_t)v;
    return true;
}

enum err mirror_find(const struct mirror *m, const char *who, uint32_t *ret_id)
{
    uint32_t id;
    if (is_number(who, &id) && (m->large || mirror_person(m, id) != NULL)) {
        *ret_id = id;
        return ERR_NONE;
    }
    const struct mirror_person *found = NULL;
    for (size_t i = 0; i < m->people_count; i++) {
        if (strcmp(m->people[i].name, who) != 0)
            continue;
        if (found != NULL)
            return ERR_FULL;
        found = &m->people[i];
    }
    if (found == NULL)
        return ERR_UNKNOWN;
    *ret_id = found->id;
    return ERR_NONE;
}

uint32_t mirror_queue(const struct mirror *m, uint32_t id)
{
    const struct mirror_person *p = mirror_person(m, id);
    if (p == NULL || !p->hand)
        return 0;
    uint32_t place = 1;
    for (size_t i = 0; i < m->people_count; i++)
        if (m->people[i].hand && m->people[i].hand_n < p->hand_n)
            place++;
    return place;
}

static bool chair_is_here(const struct mirror *m)
{
    for (size_t i = 0; i < m->people_count; i++) {
        if (m->people[i].role == ROLE_CHAIR && m->people[i].present)
            return true;
    }
    return false;
}

bool mirror_leads(const struct mirror *m, uint32_t id)
{
    const struct mirror_person *p = mirror_person(m, id);
    if (p == NULL || p->left)
        return false;
    return p->role == ROLE_CHAIR || p->role == ROLE_OPERATOR || (p->deputy && !chair_is_here(m));
}

bool mirror_may_send(const struct mirror *m)
{
    const struct mirror_person *self = mirror_self(m);
    bool tests = self != NULL && self->role != ROLE_TRAINEE && self->role != ROLE_OPERATOR;
    return self != NULL && self->floor && !self->muted &&
           (m->state == SESSION_OPEN || (m->state == SESSION_BACKSTAGE && tests));
}

const char *mirror_deck(const struct mirror *m)
{
    if (m->has_page)
        return m->page_deck;
    return m->deck_count > 0 ? m->decks[m->deck_count - 1].id : NULL;
}

bool mirror_sees_at_once(const struct mirror *m, uint32_t by)
{
    const struct mirror_person *self = mirror_self(m), *presenter = mirror_person(m, by);
    if (self == NULL || by == m->you)
        return true;
    bool in_hall = strcmp(self->place, PLACE_REMOTE) != 0;
    if (in_hall && self->role != ROLE_ROOM)
        return true;
    return in_hall && presenter != NULL && strcmp(presenter->place, self->place) == 0;
}
