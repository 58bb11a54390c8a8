/* Sessions and people as lists, one person in detail. */
#include <stdio.h>
#include <string.h>

#include "ctl/console/parts.h"

/* A column; those that find no room are left out from the end, the text column takes what is left. */
struct column {
    const char *heading;
    int width;
    const char *member;
    const char *in; /* the member is in this object of the row; NULL: in the row itself */
};

static const struct column session_columns[] = {
    {"PEOPLE", 6, "present", NULL},          {"SOUND", 5, "peers", NULL},
    {"-DB", 3, "level_dbov", NULL},          {"IN/S", 6, "packets_in_per_s", NULL},
    {"OUT/S", 7, "packets_out_per_s", NULL}, {"kBIT IN", 7, "bits_in_per_s", "k"},
    {"kBIT OUT", 8, "bits_out_per_s", "k"},  {"MIXES", 8, "mixes", "counters"},
    {"LATE", 6, "late_mixes", "counters"},   {"ENCODES", 9, "encodes", "counters"},
    {"DECODES", 9, "decodes", "counters"},   {"IN", 9, "packets_in", "counters"},
    {"OUT", 10, "packets_out", "counters"},  {"DROPPED", 7, "dropped", "counters"}};
static const struct column people_columns[] = {
    {"-DB", 3, "level_dbov", NULL},         {"LOST>", 5, "lost_in_percent", NULL},
    {"LOST<", 5, "lost_out_percent", NULL}, {"RTT", 4, "round_trip_ms", NULL},
    {"R>", 3, "quality_in", NULL},          {"R<", 3, "quality_out", NULL},
    {"JIT>", 4, "jitter_in_ms", NULL},      {"JIT<", 4, "jitter_out_ms", NULL},
    {"IN", 8, "packets_in", NULL},          {"OUT", 9, "packets_out", NULL},
    {"kBIT IN", 7, "bits_in_per_s", "k"},   {"kBIT OUT", 8, "bits_out_per_s", "k"}};
#define SESSION_COLUMNS (int)(sizeof session_columns / sizeof session_columns[0])
#define PEOPLE_COLUMNS  (int)(sizeof people_columns / sizeof people_columns[0])
#define NAME_LEAST      28
#define NAME_MOST       56
#define STATE_WIDTH     10 /* open, backstage; floor and muted of a person */

static void cell_text(const json_t *row, const struct column *k, char *ret_text, size_t size)
{
    bool kilo = k->in && strcmp(k->in, "k") == 0;
    const json_t *value = json_object_get(k->in && !kilo ? json_object_get(row, k->in) : row, k->member);
    if (!json_is_number(value))
        snprintf(ret_text, size, "-");
    else
        snprintf(ret_text, size, "%lld", (long long)json_number_value(value) / (kilo ? 1000 : 1));
}

static const char *state_of(const json_t *row, bool people)
{
    if (!people)
        return member_text(row, "state");
    if (!json_is_true(json_object_get(row, "present")))
        return "away";
    return json_is_true(json_object_get(row, "audible")) ? "SPEAKS"
           : json_is_true(json_object_get(row, "muted")) ? "muted"
           : json_is_true(json_object_get(row, "floor")) ? "floor"
           : json_is_true(json_object_get(row, "hand"))  ? "hand up"
                                                         : "";
}

static void row_name(const json_t *row, bool people, char *ret_name, size_t size)
{
    if (people) {
        const char *place = member_text(row, "place");
        bool plain = strcmp(place, "remote") == 0 || strcmp(place, member_text(row, "name")) == 0;
        snprintf(ret_name, size, "%lld %s (%s%s%s)", member_number(row, "id"), member_text(row, "name"),
                 member_text(row, "role"), plain ? "" : ", ", plain ? "" : place);
        return;
    }
    const json_t *speaker;
    size_t i, len = (size_t)snprintf(ret_name, size, "%s", member_text(row, "title"));
    json_array_foreach(json_object_get(row, "speaking"), i, speaker) if (len < size) len += (size_t)snprintf(
        ret_name + len, size - len, "%s%s", i == 0 ? ": " : ", ", json_string_value(speaker));
}

/* What stands where in a row: mark and name, state, the columns that have room, and the graph, which has the
 * rest. */
struct places {
    const struct column *columns;
    int count, name, graph; /* widths of the latter */
};

static struct places places_of(bool people, int width)
{
    int most = people ? PEOPLE_COLUMNS : SESSION_COLUMNS, graph = width < 100 ? 8 : 12;
    int left = width - 2 - NAME_LEAST - STATE_WIDTH - graph;
    struct places p = {.columns = people ? people_columns : session_columns};
    for (; p.count < most && left > p.columns[p.count].width; p.count++)
        left -= p.columns[p.count].width + 1;
    p.name = NAME_LEAST + left < NAME_MOST ? NAME_LEAST + left : NAME_MOST;
    left -= p.name - NAME_LEAST;
    p.graph = graph + left < CONSOLE_HISTORY ? graph + left : CONSOLE_HISTORY;
    return p;
}

static void draw_row(const struct console *c, struct cells *s, int y, const json_t *row, bool selected)
{
    bool people = c->view == VIEW_PEOPLE, bad = false;
    const struct places p = places_of(people, s->width);
    int troubles = people ? alarms_about(c, c->session, member_number(row, "id"), &bad)
                          : alarms_about(c, member_text(row, "id"), 0, &bad);
    enum style style = selected ? STYLE_SELECTED : bad ? STYLE_BAD : troubles ? STYLE_WARN : STYLE_PLAIN;
    char text[1024];
    double values[CONSOLE_HISTORY];
    int x = 2;
    cells_row(s, y, style);
    cells_put(s, 0, y, 2, style, bad ? "!!" : troubles ? " !" : selected ? " >" : "  ");
    row_name(row, people, text, sizeof text);
    cells_put(s, x, y, p.name - 1, style, text);
    x += p.name;
    cells_put(s, x, y, STATE_WIDTH - 1, style, state_of(row, people));
    x += STATE_WIDTH;
    for (int i = 0; i < p.count; i++) {
        cell_text(row, &p.columns[i], text, sizeof text);
        cells_put_right(s, x, y, p.columns[i].width, style, text);
        x += p.columns[i].width + 1;
    }
    int count = people ? history_get(c, c->session, member_number(row, "id"), "lost_out_percent", values)
                       : history_get(c, member_text(row, "id"), 0, "bits_out_per_s", values);
    cells_graph(s, x, y, p.graph, style, values, count, people ? 10 : 8000, c->ascii);
}

static void draw_heading(const struct console *c, struct cells *s, int y, const struct listing *l)
{
    static const char *const filters[FILTER_COUNT] = {"all", "with sound", "in trouble"};
    bool people = c->view == VIEW_PEOPLE;
    const struct places p = places_of(people, s->width);
    int x = 2;
    cells_row(s, y, STYLE_BOLD);
    /* The title comes last: it may be long. */
    cells_format(s, x, y, p.name + STATE_WIDTH - 1, STYLE_BOLD, "%s: %d %s by %s%s%s%s%s",
                 people ? "PEOPLE" : "SESSIONS", l->count, filters[c->filter], listing_sort_name(c),
                 c->search[0] ? ", /" : "", c->search, people ? " of " : "",
                 people ? member_text(selected_session(c), "title") : "");
    x += p.name + STATE_WIDTH;
    for (int i = 0; i < p.count; i++) {
        cells_put_right(s, x, y, p.columns[i].width, STYLE_BOLD, p.columns[i].heading);
        x += p.columns[i].width + 1;
    }
    cells_put_right(s, x, y, p.graph, STYLE_BOLD, people ? "LOST<" : "BITS OUT");
}

void draw_list(struct console *c, struct cells *s, int y, int height)
{
    struct listing l;
    int *top = &c->top[c->view], rows = height - 1;
    listing_make(c, &l);
    c->page_rows = rows;
    draw_heading(c, s, y, &l);
    if (l.selected < *top)
        *top = l.selected < 0 ? 0 : l.selected;
    if (l.selected >= *top + rows)
        *top = l.selected - rows + 1;
    if (*top > 0 && *top + rows > l.count)
        *top = l.count > rows ? l.count - rows : 0;
    for (int i = 0; i < rows && *top + i < l.count; i++)
        draw_row(c, s, y + 1 + i, l.rows[*top + i], *top + i == l.selected);
    if (l.count == 0)
        cells_put(s, 2, y + 1, s->width - 2, STYLE_DIM,
                  c->now == NULL ? "" : "There is none. f shows others, / searches.");
    listing_free(&l);
}

/* --- one person --- */

static void draw_figure(const struct console *c, struct cells *s, int y, const char *label,
                        const json_t *person, const char *member, const char *unit, double least)
{
    double values[CONSOLE_HISTORY];
    int n = history_get(c, c->session, c->person, member, values), width = s->width - 46;
    const json_t *value = json_object_get(person, member);
    cells_put(s, 2, y, 30, STYLE_PLAIN, label);
    if (json_is_number(value))
        cells_format(s, 33, y, 12, STYLE_BOLD, "%lld %s", (long long)json_number_value(value), unit);
    else
        cells_put(s, 33, y, 12, STYLE_DIM, "not known");
    if (n > 0)
        cells_graph(s, 45, y, width < CONSOLE_HISTORY ? width : CONSOLE_HISTORY, STYLE_DIM, values, n, least,
                    c->ascii);
}

void draw_person(const struct console *c, struct cells *s, int y, int height)
{
    static const struct {
        const char *label, *member, *unit;
        double least;
    } figures[] = {{"lost of what is sent there", "lost_out_percent", "%", 10},
                   {"lost of what comes from there", "lost_in_percent", "%", 10},
                   {"round trip", "round_trip_ms", "ms", 100},
                   {"quality there (R of 93)", "quality_out", "", 93},
                   {"quality of his sound (R of 93)", "quality_in", "", 93},
                   {"jitter there", "jitter_out_ms", "ms", 20},
                   {"jitter from there", "jitter_in_ms", "ms", 20},
                   {"level, below full scale", "level_dbov", "dB", 127},
                   {"since the last packet", "still_ms", "ms", 1000},
                   {"since the last sound", "quiet_ms", "ms", 1000},
                   {"packets in", "packets_in", "", 1},
                   {"packets out", "packets_out", "", 1},
                   {"bits in, a second", "bits_in_per_s", "", 1},
                   {"bits out, a second", "bits_out_per_s", "", 1},
                   {"without the floor, dropped", "refused", "", 1},
                   {"too late, dropped", "late", "", 1}};
    const json_t *person = selected_person(c);
    if (person == NULL) {
        cells_put(s, 2, y, s->width - 2, STYLE_DIM, "This person is not in the picture (yet).");
        return;
    }
    cells_format(s, 2, y, s->width - 2, STYLE_BOLD, "%lld %s, %s, %s  %s", c->person,
                 member_text(person, "name"), member_text(person, "role"), member_text(person, "place"),
                 state_of(person, true));
    for (int i = 0; i < (int)(sizeof figures / sizeof figures[0]) && i < height - 1; i++)
        draw_figure(c, s, y + 1 + i, figures[i].label, person, figures[i].member, figures[i].unit,
                    figures[i].least);
}
