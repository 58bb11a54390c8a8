/* The people of the mirror: by growing number, and in a large session only those who are listed. */
#include "mirror_parts.h"

#include <stdlib.h>
#include <string.h>

void mirror_free_person(struct mirror_person *p)
{
    free(p->name);
    free(p->place);
}

enum err mirror_text(char **text, const char *with)
{
    char *copy = strdup(with != NULL ? with : "");
    if (copy == NULL)
        return ERR_MEMORY;
    free(*text);
    *text = copy;
    return ERR_NONE;
}

/* Index of the first person whose number is not below id. */
static size_t place_of(const struct mirror *m, uint32_t id)
{
    size_t low = 0, high = m->people_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (m->people[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct mirror_person *mirror_known(const struct mirror *m, uint32_t id)
{
    size_t i = place_of(m, id);
    return i < m->people_count && m->people[i].id == id ? &m->people[i] : NULL;
}

static enum err make_room(struct mirror *m)
{
    if (m->people_count >= PEOPLE_MAX)
        return ERR_FULL;
    if (m->people_count < m->people_capacity)
        return ERR_NONE;
    size_t capacity = m->people_capacity == 0 ? 16 : m->people_capacity * 2;
    struct mirror_person *people = realloc(m->people, capacity * sizeof *people);
    if (people == NULL)
        return ERR_MEMORY;
    m->people = people;
    m->people_capacity = capacity;
    return ERR_NONE;
}

enum err mirror_add(struct mirror *m, uint32_t id, const char *name, const char *place,
                    struct mirror_person **ret_person)
{
    enum err e = make_room(m);
    if (e != ERR_NONE)
        return e;
    struct mirror_person person = {.id = id};
    e = mirror_text(&person.name, name);
    if (e == ERR_NONE)
        e = mirror_text(&person.place, place);
    if (e != ERR_NONE) {
        free(person.name);
        return e;
    }
    size_t i = place_of(m, id);
    memmove(&m->people[i + 1], &m->people[i], (m->people_count - i) * sizeof m->people[0]);
    m->people[i] = person;
    m->people_count++;
    *ret_person = &m->people[i];
    return ERR_NONE;
}

enum err mirror_take(struct mirror *m, const struct view_participant *v)
{
    struct mirror_person *p;
    if (mirror_known(m, v->id) != NULL)
        return ERR_MALFORMED;
    enum err e = mirror_add(m, v->id, v->name, v->place, &p);
    if (e != ERR_NONE)
        return e;
    p->role = v->role;
    p->present = v->present;
    p->floor = v->floor;
    p->muted = v->muted;
    p->pinned = v->pinned;
    p->deputy = v->deputy;
    p->both = v->both;
    p->hand = v->hand;
    p->hand_n = v->queue; /* below every event's number to come: the order among them stays */
    return ERR_NONE;
}

static void drop(struct mirror *m, size_t i)
{
    mirror_free_person(&m->people[i]);
    m->people_count--;
    memmove(&m->people[i], &m->people[i + 1], (m->people_count - i) * sizeof m->people[0]);
}

void mirror_forget_unlisted(struct mirror *m, uint32_t id)
{
    size_t i = place_of(m, id);
    if (!m->large || id == m->you || i == m->people_count || m->people[i].id != id)
        return;
    const struct mirror_person *p = &m->people[i];
    if (p->left || !is_listed(p->role, p->floor, p->hand, p->deputy))
        drop(m, i);
}

enum err mirror_roster(struct mirror *m, const struct roster *r)
{
    enum err e = ERR_NONE;
    bool with_me = false;
    for (size_t i = 0; i < r->participant_count; i++)
        with_me = with_me || r->participants[i].id == m->you;
    for (size_t i = m->people_count; i-- > 0;)
        if (with_me || m->people[i].id != m->you)
            drop(m, i);
    for (size_t i = 0; e == ERR_NONE && i < r->participant_count; i++)
        e = mirror_take(m, &r->participants[i]);
    if (e != ERR_NONE) {
        mirror_finish(m);
        return e;
    }
    m->large = r->large;
    return ERR_NONE;
}

void mirror_counts(struct mirror *m, const struct people_counts *c)
{
    m->present = c->people;
    if (c->n > m->n)
        m->n = c->n;
}
