/* The frame: title, threads, the view, and what the keys do. */
#include <stdio.h>
#include <string.h>

#include "ctl/console/parts.h"

static void draw_title(const struct console *c, struct cells *s)
{
    const json_t *relay = json_object_get(c->now, "relay");
    long long up_s = member_number(relay, "uptime_s");
    if (c->why[0] != '\0') {
        cells_row(s, 0, STYLE_BAD);
        cells_format(s, 0, 0, s->width, STYLE_BAD, " OLD PICTURE: %s", c->why);
        return;
    }
    cells_row(s, 0, STYLE_BAR);
    cells_format(s, 0, 0, s->width, STYLE_BAR,
                 "%s aula %s  up %lldd %02lld:%02lld  sessions %lld  people connected %lld  with sound %lld",
                 json_is_true(json_object_get(relay, "draining")) ? " DRAINING" : "",
                 member_text(relay, "version"), up_s / 86400, up_s / 3600 % 24, up_s / 60 % 60,
                 member_number(relay, "sessions"), member_number(relay, "members"),
                 member_number(relay, "peers"));
}

/* Each piece whole, or not at all; where the next one begins. */
static int put_piece(struct cells *s, int x, int y, enum style style, const char *text)
{
    int len = (int)strlen(text); /* words and figures of our own: ASCII */
    return x + len <= s->width ? x + cells_put(s, x, y, len, style, text) + 2 : x;
}

static void draw_store(const struct console *c, struct cells *s, int y)
{
    const json_t *relay = json_object_get(c->now, "relay"), *webhook = json_object_get(relay, "webhook");
    double events[CONSOLE_HISTORY];
    char text[160];
    long long waiting = member_number(webhook, "waiting");
    int x = 1, n = history_get(c, "", 0, "events", events), graph = s->width < WIDE ? 8 : 16;
    x += cells_format(s, x, y, s->width - 1, STYLE_PLAIN, "events %lld/s, %lld to save ",
                      member_number(relay, "events_per_s"), member_number(relay, "events_waiting"));
    cells_graph(s, x, y, graph, STYLE_DIM, events, n, 4, c->ascii);
    x += graph + 2;
    if (json_object_get(relay, "disk_free_bytes")) {
        snprintf(text, sizeof text, "disk %.1f GB left",
                 (double)member_number(relay, "disk_free_bytes") / 1e9);
        x = put_piece(s, x, y, STYLE_PLAIN, text);
    }
    enum style style = json_object_get(webhook, "failing_s") ? STYLE_WARN : STYLE_PLAIN;
    snprintf(text, sizeof text,
             s->width < WIDE ? "webhook %lld wait" : "webhook %lld wait, %lld told, %lld failed, at row %lld",
             waiting, member_number(webhook, "delivered"), member_number(webhook, "failed"),
             member_number(webhook, "position"));
    if (webhook != NULL)
        x = put_piece(s, x, y, style, text);
    snprintf(text, sizeof text, "certificate %lld days", member_number(relay, "certificate_days"));
    if (json_object_get(relay, "certificate_days"))
        put_piece(s, x, y, STYLE_PLAIN, text);
}

/* CPU of each thread, and what waits. */
static void draw_threads(const struct console *c, struct cells *s, int y)
{
    const json_t *relay = json_object_get(c->now, "relay"), *worker;
    size_t i;
    int x = 1;
    x += cells_format(s, x, y, s->width - x, STYLE_PLAIN, "CPU: control %lld%%",
                      member_number(relay, "control_cpu_percent"));
    json_array_foreach(json_object_get(relay, "workers"), i, worker) x +=
        cells_format(s, x, y, s->width - x, STYLE_PLAIN, "  worker %zu %lld%%, %lld+%lld wait", i,
                     member_number(worker, "cpu_percent"), member_number(worker, "orders_waiting"),
                     member_number(worker, "facts_waiting"));
}

void draw_help(struct cells *s, int y)
{
    static const char *const lines[] = {"arrows, Page, Home, End  go about",
                                        "Enter                    into a session, a person's line, an alarm",
                                        "Escape                   back",
                                        "s                        sort by the next column",
                                        "f                        all, those with sound, those in trouble",
                                        "/                        search by name, place, title or id",
                                        "a                        all alarms",
                                        "g  u  X                  give the floor, mute, remove a person",
                                        "m                        say something to a person or session",
                                        "E                        end the session",
                                        "D                        drain the relay",
                                        "Ctrl-L                   draw everything anew",
                                        "q                        leave; the relay goes on",
                                        "",
                                        "What changes something is asked about first: only y does it.",
                                        "> is what comes from there, < what goes there; -DB is the level.",
                                        "R is the E-model's quality: 93 is best, below 60 is bad."};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        cells_put(s, 2, y + (int)i, s->width - 2, STYLE_PLAIN, lines[i]);
}

static void draw_foot(const struct console *c, struct cells *s)
{
    /* In full, and for terminals that have less room; the last is for the least. */
    static const char *const keys[VIEW_COUNT][3] = {
        [VIEW_SESSIONS] = {"Enter people  s sort  f filter  / search  a alarms  m message  E end  D drain  "
                           "? help  q quit",
                           "Enter people  s sort  f filter  / search  a alarms  E end  ? more  q quit",
                           "Enter people  s sort  / search  a alarms  ? more  q quit"},
        [VIEW_PEOPLE] = {"Enter line  g floor  u mute  X remove  m message  s sort  f filter  / search  "
                         "E end  Esc back  ? help",
                         "Enter line  g floor  u mute  X remove  m message  s sort  ? more  Esc back",
                         "Enter line  g floor  u mute  m message  ? more  Esc back"},
        [VIEW_PERSON] = {"g floor  u mute  X remove  m message  up/down the next  Esc back",
                         "g floor  u mute  X remove  m message  up/down the next  Esc back",
                         "g floor  u mute  X remove  m message  Esc back"},
        [VIEW_ALARMS] = {"Enter to whom it is about  Esc back", "Enter to whom it is about  Esc back",
                         "Enter to whom it is about  Esc back"},
        [VIEW_HELP] = {"Esc back", "Esc back", "Esc back"}};
    int y = s->height - 1, form = 0;
    while (form < 2 && (int)strlen(keys[c->view][form]) >= s->width - 1)
        form++;
    enum style style = c->prompt == PROMPT_NONE ? STYLE_BAR : STYLE_SELECTED;
    cells_row(s, y, style);
    if (c->prompt == PROMPT_CONFIRM)
        cells_format(s, 0, y, s->width, style, " %s  y = yes, any other key = no", c->question);
    else if (c->prompt == PROMPT_SEARCH)
        cells_format(s, 0, y, s->width, style, " Search: %s_", c->search);
    else if (c->prompt == PROMPT_MESSAGE)
        cells_format(s, 0, y, s->width, style, " Say: %s_", c->text);
    else
        cells_format(s, 0, y, s->width, style, " %s", c->notice[0] ? c->notice : keys[c->view][form]);
}

void console_draw(struct console *c, struct cells *s)
{
    c->too_small = s->width < CONSOLE_WIDTH_MIN || s->height < CONSOLE_HEIGHT_MIN;
    if (c->too_small) {
        cells_format(s, 0, 0, s->width, STYLE_BOLD, "Too small: %dx%d", s->width, s->height);
        cells_format(s, 0, 1, s->width, STYLE_PLAIN, "aula needs %dx%d", CONSOLE_WIDTH_MIN,
                     CONSOLE_HEIGHT_MIN);
        cells_put(s, 0, 2, s->width, STYLE_PLAIN, "q quits");
        return;
    }
    int y = 3;
    draw_title(c, s);
    draw_threads(c, s, 1);
    draw_store(c, s, 2);
    if (c->view != VIEW_ALARMS && c->view != VIEW_HELP) {
        int rows = alarms_rows(c, s);
        draw_alarms(c, s, y, rows);
        y += rows;
    }
    int height = s->height - 1 - y;
    if (c->view == VIEW_HELP)
        draw_help(s, y);
    else if (c->view == VIEW_ALARMS)
        draw_all_alarms(c, s, y, height);
    else if (c->view == VIEW_PERSON)
        draw_person(c, s, y, height);
    else
        draw_list(c, s, y, height);
    draw_foot(c, s);
}
