/* Attendance: who has a seat in the session under way, and who that is beyond it. */
#include "report/attendance_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct attendance_session *attendance_current(struct attendance *a)
{
    return &a->sessions[a->session_count - 1];
}

enum err attendance_place(struct attendance *a, const char *place, const char **ret_place)
{
    for (size_t i = 0; i < a->place_count; i++) {
        if (strcmp(a->places[i], place) == 0) {
            *ret_place = a->places[i];
            return ERR_NONE;
        }
    }
    if (a->place_count == a->place_size) {
        size_t size = a->place_size ? 2 * a->place_size : 8;
        char **places = realloc(a->places, size * sizeof *places);
        if (!places)
            return ERR_MEMORY;
        a->places = places;
        a->place_size = size;
    }
    char *copy = strdup(place);
    if (!copy)
        return ERR_MEMORY;
    *ret_place = a->places[a->place_count++] = copy;
    return ERR_NONE;
}

enum err attendance_set_text(const char **place, const char *text)
{
    if (!text || (*place && strcmp(*place, text) == 0))
        return ERR_NONE;
    char *copy = strdup(text);
    if (!copy)
        return ERR_MEMORY;
    free((char *)*place);
    *place = copy;
    return ERR_NONE;
}

static enum err person_add(struct attendance *a, const char *id, const char *person, size_t *ret_index)
{
    if (a->person_count == a->person_size) {
        size_t size = a->person_size ? 2 * a->person_size : 64;
        struct person *people = realloc(a->people, size * sizeof *people);
        if (!people)
            return ERR_MEMORY;
        a->people = people;
        a->person_size = size;
    }
    struct person *p = &a->people[a->person_count];
    *p = (struct person){.span_count = 0};
    enum err e = attendance_set_text(&p->told.id, id);
    if (!e)
        e = attendance_set_text(&p->told.person, person);
    if (e)
        free((char *)p->told.id);
    else
        *ret_index = a->person_count++;
    return e;
}

static enum err person_of(struct attendance *a, uint32_t number, const char *person, size_t *ret_index)
{
    char id[SESSION_ID_MAX + 16];
    snprintf(id, sizeof id, "%s/%u", attendance_current(a)->id, (unsigned)number);
    const char *wanted = person ? person : id;
    for (size_t i = 0; i < a->person_count; i++) {
        bool of_a_kind = (a->people[i].told.person != NULL) == (person != NULL);
        if (of_a_kind && strcmp(a->people[i].told.id, wanted) == 0) {
            *ret_index = i;
            return ERR_NONE;
        }
    }
    return person_add(a, wanted, person, ret_index);
}

struct seat *attendance_seat(struct attendance *a, uint32_t number)
{
    return number >= 1 && number <= PEOPLE_MAX ? &a->seats[number - 1] : NULL;
}

enum err attendance_link(struct attendance *a, uint32_t number, const char *name, const char *place,
                         const char *person, enum role role)
{
    struct seat *seat = attendance_seat(a, number);
    if (!seat)
        return ERR_MALFORMED;
    size_t index = 0;
    enum err e = seat->known ? ERR_NONE : person_of(a, number, person, &index);
    if (e)
        return e;
    if (!seat->known)
        *seat = (struct seat){.known = true, .person = index};
    seat->role = a->people[seat->person].told.role = role;
    e = attendance_set_text(&a->people[seat->person].told.name, name);
    return e ? e : attendance_place(a, place, &seat->home);
}
