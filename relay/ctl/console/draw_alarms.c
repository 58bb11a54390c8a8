/* What is wrong: a few whole sentences above the lists, and all of them in a view of their own. */
#include <stdio.h>
#include <string.h>

#include "ctl/console/parts.h"

#define WHOLE_ROWS    6  /* below the list of all alarms: the selected one, however long */
#define ALARM_INDENT  3  /* "!! " */
#define SENTENCE_ROWS 3  /* of one alarm above the lists, at the most */
#define MORE_WIDTH    16 /* "123 more: a" */

/* Bytes of the next line, which ends where a word does; *ret_skip: of the blank behind it. */
static size_t line_length(const char *text, size_t most, size_t *ret_skip)
{
    size_t len = strlen(text);
    if (len > most)
        for (len = most; len > 0 && text[len] != ' ';)
            len--;
    if (len == 0)
        len = strlen(text) < most ? strlen(text) : most;
    *ret_skip = text[len] == ' ';
    return len;
}

/* In lines that end where words do, `rows` at the most; how many. Without `s` it only counts. */
static int draw_wrapped(struct cells *s, int x, int y, int width, int rows, enum style style,
                        const char *text)
{
    int n = 0;
    size_t skip = 0;
    for (; *text != '\0' && n < rows; n++) {
        char line[512];
        size_t len = line_length(text, (size_t)width, &skip);
        snprintf(line, sizeof line, "%.*s", (int)len, text);
        if (s != NULL)
            cells_put(s, x, y + n, width, style, line);
        text += len + skip;
    }
    return n;
}

static bool is_bad(const json_t *alarm)
{
    return strcmp(member_text(alarm, "severity"), "bad") == 0;
}

/* Rows of all of them where each has `most_each` at the most. */
static int rows_with(const struct console *c, int width, int most_each)
{
    const json_t *alarm;
    size_t i;
    int rows = 0;
    json_array_foreach(json_object_get(c->now, "alarms"), i, alarm) rows +=
        draw_wrapped(NULL, 0, 0, width - ALARM_INDENT, most_each, STYLE_PLAIN, member_text(alarm, "text"));
    return rows;
}

/* Whole sentences where there is room, else the beginnings of more of them: who, and what. */
static int rows_each(const struct console *c, const struct cells *s)
{
    int each = SENTENCE_ROWS;
    while (each > 1 && rows_with(c, s->width, each) > s->height / ALARMS_SHARE)
        each--;
    return each;
}

int alarms_rows(const struct console *c, const struct cells *s)
{
    int rows = rows_with(c, s->width, rows_each(c, s)), most = s->height / ALARMS_SHARE;
    return rows < 1 ? 1 : rows > most ? most : rows;
}

void draw_alarms(const struct console *c, struct cells *s, int y, int rows)
{
    const json_t *alarms = json_object_get(c->now, "alarms");
    int count = (int)json_array_size(alarms), used = 0, i = 0, each = rows_each(c, s),
        more = (int)member_number(c->now, "alarms_all") - count;
    if (count == 0)
        cells_put(s, 1, y, s->width - 1, STYLE_GOOD, c->now == NULL ? "" : "Nothing is wrong.");
    for (; i < count && used < rows; i++) {
        const json_t *alarm = json_array_get(alarms, (size_t)i);
        const char *text = member_text(alarm, "text");
        enum style style = is_bad(alarm) ? STYLE_BAD : STYLE_WARN;
        cells_put(s, 0, y + used, 2, style, is_bad(alarm) ? "!!" : " !");
        if (each == 1)
            used += cells_put(s, ALARM_INDENT, y + used, s->width - ALARM_INDENT, style, text) > 0;
        else
            used += draw_wrapped(s, ALARM_INDENT, y + used, s->width - ALARM_INDENT, each, style, text);
    }
    if (used == rows && count - i + more > 0)
        cells_format(s, s->width - MORE_WIDTH, y + rows - 1, MORE_WIDTH, STYLE_BOLD, "  %d more: a        ",
                     count - i + more);
}

void draw_all_alarms(struct console *c, struct cells *s, int y, int height)
{
    const json_t *alarms = json_object_get(c->now, "alarms");
    int count = (int)json_array_size(alarms);
    height -= WHOLE_ROWS;
    c->page_rows = height;
    c->alarm = c->alarm >= count ? count > 0 ? count - 1 : 0 : c->alarm;
    int first = c->alarm >= height ? c->alarm - height + 1 : 0;
    if (count == 0)
        cells_put(s, 1, y, s->width - 1, STYLE_GOOD, "Nothing is wrong.");
    for (int i = first; i < count && i - first < height; i++) {
        const json_t *alarm = json_array_get(alarms, (size_t)i);
        enum style style = i == c->alarm ? STYLE_SELECTED : is_bad(alarm) ? STYLE_BAD : STYLE_WARN;
        if (i == c->alarm)
            cells_row(s, y + i - first, style);
        cells_format(s, 0, y + i - first, s->width, style, "%s %s", is_bad(alarm) ? "!!" : " !",
                     member_text(alarm, "text"));
    }
    if (count > 0)
        draw_wrapped(s, 2, y + height + 1, s->width - 4, WHOLE_ROWS - 1, STYLE_PLAIN,
                     member_text(json_array_get(alarms, (size_t)c->alarm), "text"));
}
