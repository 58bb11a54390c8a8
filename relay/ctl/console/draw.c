/* The frame: title, threads, alarms, the view, and what the keys do. */
#include <stdio.h>
#include <string.h>

#include "ctl/console/parts.h"

#define ALARMS_ROWS 3   /* above the lists */
#define WIDE        120 /* columns from which figures are told in full */
#define WHOLE_ROWS  6   /* below the list of alarms: the selected one, however long */

static void draw_title(const struct console *c, struct cells *s)
{
    const json_t *relay = json_object_get(c->now, "relay");
    long long up_s = member_number(relay, "uptime_s");
    cells_row(s, 0, STYLE_BAR);
    cells_format(s, 0, 0, s->width, STYLE_BAR,
                 " aula %s  up %lldd %02lld:%02lld  %lld sessions  %lld people connected  %lld with sound",
                 member_text(relay, "version"), up_s / 86400, up_s / 3600 % 24, up_s / 60 % 60,
                 member_number(relay, "sessions"), member_number(relay, "members"),
                 member_number(relay, "peers"));
    if (json_is_true(json_object_get(relay, "draining")))
        cells_put_right(s, 0, 0, s->width - 1, STYLE_BAR, "DRAINING");
    if (c->why[0] != '\0') {
        cells_row(s, 0, STYLE_BAD);
        cells_format(s, 0, 0, s->width, STYLE_BAD, " OLD PICTURE: %s", c->why);
    }
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

/* In lines that end where words do. */
static void draw_wrapped(struct cells *s, int y, int rows, const char *text)
{
    while (*text != '\0' && rows-- > 0) {
        char line[512];
        size_t len = strlen(text), most = (size_t)s->width - 4;
        if (len > most)
            for (len = most; len > 0 && text[len] != ' ';)
                len--;
        len = len == 0 ? most : len;
        snprintf(line, sizeof line, "%.*s", (int)len, text);
        cells_put(s, 2, y++, s->width - 2, STYLE_PLAIN, line);
        text += len;
        text += *text == ' ';
    }
}

void draw_alarms(struct console *c, struct cells *s, int y, int height, bool selects)
{
    const json_t *alarms = json_object_get(c->now, "alarms"), *alarm;
    int count = (int)json_array_size(alarms), first = 0,
        more = (int)member_number(c->now, "alarms_all") - count;
    if (selects) {
        height -= WHOLE_ROWS;
        c->page_rows = height;
        c->alarm = c->alarm >= count ? count > 0 ? count - 1 : 0 : c->alarm;
        first = c->alarm >= height ? c->alarm - height + 1 : 0;
    }
    if (count == 0)
        cells_put(s, 1, y, s->width - 1, STYLE_GOOD, "Nothing is wrong.");
    for (int i = first; i < count && i - first < height; i++) {
        alarm = json_array_get(alarms, (size_t)i);
        bool bad = strcmp(member_text(alarm, "severity"), "bad") == 0, last = i - first == height - 1;
        enum style style = selects && i == c->alarm ? STYLE_SELECTED : bad ? STYLE_BAD : STYLE_WARN;
        int left = last && !selects ? count - i - 1 + more : 0;
        int width = s->width - (left > 0 ? 16 : 0);
        if (selects && i == c->alarm)
            cells_row(s, y + i - first, style);
        cells_format(s, 0, y + i - first, width, style, "%s %s", bad ? "!!" : " !",
                     member_text(alarm, "text"));
        if (left > 0)
            cells_format(s, width + 1, y + i - first, 15, STYLE_DIM, "%d more: a", left);
    }
    if (selects && count > 0)
        draw_wrapped(s, y + height + 1, WHOLE_ROWS - 1,
                     member_text(json_array_get(alarms, (size_t)c->alarm), "text"));
}

void draw_help(struct cells *s, int y)
{
    static const char *const lines[] = {
        "arrows, Page Up/Down, Home, End   go about",
        "Enter                             into a session, a person's line, an alarm's matter",
        "Escape                            back",
        "s                                 sort by the next column",
        "f                                 show all, those with sound, those in trouble",
        "/                                 search by name, place, title or id; Escape ends it",
        "a                                 all alarms",
        "g  u  X                           give the floor, mute, remove (of a person)",
        "m                                 say something to a person, or to a session",
        "E                                 end the session",
        "D                                 drain the relay",
        "Ctrl-L                            draw everything anew",
        "q                                 leave; the relay goes on",
        "What changes something is asked about first: y does it, any other key does not.",
        "R is the E-model's quality: 93 is best, below 60 people complain."};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        cells_put(s, 2, y + (int)i, s->width - 2, STYLE_PLAIN, lines[i]);
}

static void draw_foot(const struct console *c, struct cells *s)
{
    static const char *const keys[VIEW_COUNT] = {
        [VIEW_SESSIONS] =
            " Enter people  s sort  f filter  / search  a alarms  m message  E end  D drain  ? help  q quit",
        [VIEW_PEOPLE] =
            " Enter line  g floor  u mute  X remove  m message  s sort  f filter  / search  E end  Esc back",
        [VIEW_PERSON] = " g floor  u mute  X remove  m message  up/down the next  Esc back",
        [VIEW_ALARMS] = " Enter to whom it is about  Esc back",
        [VIEW_HELP] = " Esc back"};
    int y = s->height - 1;
    enum style style = c->prompt == PROMPT_NONE ? STYLE_BAR : STYLE_SELECTED;
    cells_row(s, y, style);
    if (c->prompt == PROMPT_CONFIRM)
        cells_format(s, 0, y, s->width, style, " %s  y = yes, any other key = no", c->question);
    else if (c->prompt == PROMPT_SEARCH)
        cells_format(s, 0, y, s->width, style, " Search: %s_", c->search);
    else if (c->prompt == PROMPT_MESSAGE)
        cells_format(s, 0, y, s->width, style, " Say: %s_", c->text);
    else
        cells_format(s, 0, y, s->width, style, " %s", c->notice[0] ? c->notice : keys[c->view] + 1);
}

void console_draw(struct console *c, struct cells *s)
{
    if (s->width < CONSOLE_WIDTH_MIN || s->height < CONSOLE_HEIGHT_MIN) {
        cells_format(s, 0, 0, s->width, STYLE_BOLD, "Too small: %dx%d", s->width, s->height);
        cells_format(s, 0, 1, s->width, STYLE_PLAIN, "aula needs %dx%d", CONSOLE_WIDTH_MIN,
                     CONSOLE_HEIGHT_MIN);
        cells_put(s, 0, 2, s->width, STYLE_PLAIN, "q quits");
        return;
    }
    int y = 3, alarms = (int)json_array_size(json_object_get(c->now, "alarms"));
    draw_title(c, s);
    draw_threads(c, s, 1);
    draw_store(c, s, 2);
    if (c->view != VIEW_ALARMS && c->view != VIEW_HELP) {
        int rows = alarms < 1 ? 1 : alarms > ALARMS_ROWS ? ALARMS_ROWS : alarms;
        draw_alarms(c, s, y, rows, false);
        y += rows;
    }
    int height = s->height - 1 - y;
    if (c->view == VIEW_HELP)
        draw_help(s, y);
    else if (c->view == VIEW_ALARMS)
        draw_alarms(c, s, y, height, true);
    else if (c->view == VIEW_PERSON)
        draw_person(c, s, y, height);
    else
        draw_list(c, s, y, height);
    draw_foot(c, s);
}
