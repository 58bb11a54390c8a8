/* Which rows are shown, in which order, and which one is selected. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ctl/console/parts.h"

struct order {
    const char *member, *name;
    bool text; /* else a number, the largest first */
};
#define TROUBLE "trouble"
static const struct order session_orders[] = {
    {TROUBLE, "trouble", false},         {"present", "people", false}, {"bits_out_per_s", "bits out", false},
    {"bits_in_per_s", "bits in", false}, {"title", "title", true},     {"id", "id", true}};
static const struct order people_orders[] = {{TROUBLE, "trouble", false},
                                             {"lost_out_percent", "loss", false},
                                             {"round_trip_ms", "round trip", false},
                                             {"packets_in", "packets in", false},
                                             {"name", "name", true},
                                             {"id", "number", true}};
#define ORDERS (int)(sizeof session_orders / sizeof session_orders[0])
_Static_assert(sizeof people_orders == sizeof session_orders, "as many of both");

static bool of_people(const struct console *c)
{
    return c->view == VIEW_PEOPLE || c->view == VIEW_PERSON;
}

static const struct order *order_of(const struct console *c)
{
    return of_people(c) ? &people_orders[c->sort[VIEW_PEOPLE]] : &session_orders[c->sort[VIEW_SESSIONS]];
}

const char *listing_sort_name(const struct console *c)
{
    return order_of(c)->name;
}

void listing_sort_next(struct console *c)
{
    int *at = &c->sort[of_people(c) ? VIEW_PEOPLE : VIEW_SESSIONS];
    *at = (*at + 1) % ORDERS;
}

long long member_number(const json_t *object, const char *name)
{
    return (long long)json_integer_value(json_object_get(object, name));
}

const char *member_text(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

int alarms_about(const struct console *c, const char *session, long long person, bool *ret_bad)
{
    const json_t *alarm;
    size_t i;
    int n = 0;
    *ret_bad = false;
    json_array_foreach(json_object_get(c->now, "alarms"), i, alarm)
    {
        if (strcmp(member_text(alarm, "session"), session) != 0 ||
            (person && member_number(alarm, "participant") != person))
            continue;
        n++;
        *ret_bad |= strcmp(member_text(alarm, "severity"), "bad") == 0;
    }
    return n;
}

static bool contains(const char *text, const char *wanted)
{
    size_t len = strlen(wanted);
    for (; *text != '\0'; text++)
        if (strncasecmp(text, wanted, len) == 0)
            return true;
    return len == 0;
}

/* A number to sort by: bad alarms before others. */
static long long trouble(const struct console *c, const json_t *row)
{
    bool bad, people = of_people(c);
    int n = people ? alarms_about(c, c->session, member_number(row, "id"), &bad)
                   : alarms_about(c, member_text(row, "id"), 0, &bad);
    return n + (bad ? 1000 : 0);
}

static bool is_shown(const struct console *c, const json_t *row)
{
    bool people = of_people(c);
    const char *sound = people ? member_text(row, "transport") : NULL;
    if (!contains(member_text(row, people ? "name" : "title"), c->search) &&
        !contains(member_text(row, people ? "place" : "id"), c->search))
        return false;
    if (c->filter == FILTER_SOUND)
        return people ? sound[0] != '\0' : member_number(row, "peers") > 0;
    return c->filter != FILTER_TROUBLE || trouble(c, row) > 0;
}

/* Rows with what they are sorted by; their first order breaks ties, so that nothing jumps about. */
struct ranked {
    const json_t *row;
    const char *text;
    long long number;
    int place;
};

static int compare(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    int by_text = x->text && y->text ? strcasecmp(x->text, y->text) : 0;
    if (by_text != 0)
        return by_text;
    if (x->number != y->number)
        return x->number > y->number ? -1 : 1;
    return x->place - y->place;
}

static struct ranked rank(const struct console *c, const json_t *row, int place)
{
    const struct order *by = order_of(c);
    struct ranked r = {.row = row, .place = place};
    if (strcmp(by->member, TROUBLE) == 0)
        r.number = trouble(c, row);
    else if (by->text && json_is_string(json_object_get(row, by->member)))
        r.text = member_text(row, by->member);
    else
        r.number = by->text ? -member_number(row, by->member) : member_number(row, by->member);
    return r;
}

static bool is_selected(const struct console *c, const json_t *row)
{
    return of_people(c) ? member_number(row, "id") == c->person
                        : strcmp(member_text(row, "id"), c->session) == 0;
}

void listing_make(struct console *c, struct listing *ret)
{
    const json_t *rows = json_object_get(c->now, of_people(c) ? "people" : "sessions"), *row;
    bool ours = !of_people(c) || strcmp(member_text(c->now, "session"), c->session) == 0;
    size_t n = ours ? json_array_size(rows) : 0, i;
    struct ranked *ranked = calloc(n + 1, sizeof *ranked);
    *ret = (struct listing){calloc(n + 1, sizeof(json_t *)), 0, -1};
    for (i = 0; i < n && ranked != NULL && ret->rows != NULL; i++) {
        row = json_array_get(rows, i);
        if (is_shown(c, row)) {
            ranked[ret->count] = rank(c, row, (int)i);
            ret->count++;
        }
    }
    qsort(ranked, (size_t)ret->count, sizeof *ranked, compare);
    for (int k = 0; k < ret->count; k++) {
        ret->rows[k] = ranked[k].row;
        if (is_selected(c, ranked[k].row))
            ret->selected = k;
    }
    free(ranked);
    if (ret->selected < 0 && ret->count > 0 && c->view != VIEW_PERSON)
        listing_select(c, ret, 0), ret->selected = 0;
}

void listing_free(struct listing *l)
{
    free(l->rows);
}

void listing_select(struct console *c, const struct listing *l, int place)
{
    if (l->count == 0)
        return;
    place = place < 0 ? 0 : place >= l->count ? l->count - 1 : place;
    if (of_people(c))
        c->person = member_number(l->rows[place], "id");
    else
        strncpy(c->session, member_text(l->rows[place], "id"), sizeof c->session - 1);
}

static const json_t *row_where(const json_t *rows, const char *id, long long number)
{
    const json_t *row;
    size_t i;
    json_array_foreach(rows, i, row) if (id ? strcmp(member_text(row, "id"), id) == 0
                                            : member_number(row, "id") == number) return row;
    return NULL;
}

const json_t *selected_session(const struct console *c)
{
    return row_where(json_object_get(c->now, "sessions"), c->session, 0);
}

const json_t *selected_person(const struct console *c)
{
    bool ours = strcmp(member_text(c->now, "session"), c->session) == 0;
    return ours ? row_where(json_object_get(c->now, "people"), NULL, c->person) : NULL;
}
