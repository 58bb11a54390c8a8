#include "ctl/programme_print.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <jansson.h>

#include "ctl/calendar.h"
#include "ctl/table.h"
#include "ctl/zone.h"

static const struct table_column session_columns[] = {
    {"key", "KEY"}, {"session", "SESSION"}, {"state", "STATE"}, {"starts", "FROM"},
    {"ends", "TO"}, {"zone", "ZONE"},       {"title", "TITLE"}, {0}};
static const struct table_column people_columns[] = {
    {"key", "KEY"},         {"name", "NAME"},      {"role", "ROLE"},      {"place", "PLACE"},
    {"country", "COUNTRY"}, {"seats", "SESSIONS"}, {"withdrawn", "GONE"}, {0}};
static const struct table_column link_columns[] = {
    {"name", "NAME"}, {"address", "ADDRESS"}, {"role", "ROLE"}, {"url", "URL"}, {0}};

static const char *text_of(const json_t *object, const char *member)
{
    const char *text = json_string_value(json_object_get(object, member));
    return text != NULL ? text : "";
}

static void show_programme(FILE *out, const json_t *programme)
{
    json_t *rows = json_array(), *session;
    char cell[TABLE_CELL_MAX], text[ZONE_TEXT_SIZE];
    size_t i;
    static const struct {
        const char *member, *form;
    } times[] = {{"starts", "%Y-%m-%d %H:%M"}, {"ends", "%H:%M"}};
    table_cell(json_object_get(programme, "id"), cell);
    fprintf(out, "programme  %s\n", cell);
    table_cell(json_object_get(programme, "title"), cell);
    fprintf(out, "title      %s\n\n", cell);
    json_array_foreach(json_object_get(programme, "sessions"), i, session)
    {
        json_t *row = json_copy(session);
        for (size_t k = 0; k < 2; k++) {
            zone_print(text_of(session, "zone"),
                       json_integer_value(json_object_get(session, times[k].member)), times[k].form, text);
            json_object_set_new(row, times[k].member, json_string(text));
        }
        json_array_append_new(rows, row);
    }
    table_print(out, session_columns, rows, "It has no sessions.");
    json_decref(rows);
    fputc('\n', out);
    table_print(out, people_columns, json_object_get(programme, "people"), "It has no people.");
}

/* RFC 4180; a cell that a spreadsheet would take for a formula gets an apostrophe before it. */
static void put_cell(FILE *out, const char *text, bool last)
{
    fputc('"', out);
    if (text[0] != '\0' && strchr("=+-@\t\r", text[0]) != NULL)
        fputc('\'', out);
    for (; *text != '\0'; text++) {
        if (*text == '"')
            fputc('"', out);
        fputc(*text, out);
    }
    fputs(last ? "\"\r\n" : "\",", out);
}

static void links_csv(FILE *out, const json_t *people)
{
    static const char *const members[] = {"key", "name", "address", "role", "country", "place", "url"};
    const size_t count = sizeof members / sizeof members[0];
    const json_t *one;
    size_t i;
    for (size_t k = 0; k < count; k++)
        put_cell(out, members[k], k + 1 == count);
    json_array_foreach(people, i, one) for (size_t k = 0; k < count; k++)
        put_cell(out, text_of(one, members[k]), k + 1 == count);
}

/* Whose link is withdrawn, or not known to this relay any more, gets none mailed. */
static json_t *with_links(const json_t *programme)
{
    json_t *rows = json_array(), *one;
    size_t i;
    json_array_foreach(json_object_get(programme, "people"), i, one) if (text_of(one, "url")[0] != '\0')
        json_array_append(rows, one);
    return rows;
}

static enum err show_calendar(FILE *out, const json_t *programme, const char *person, char *why,
                              size_t why_size)
{
    char *text = NULL;
    enum err e = calendar_write(programme, person, (long long)time(NULL) * 1000, &text);
    if (e == ERR_UNKNOWN)
        snprintf(why, why_size,
                 "The programme has nobody with the key \"%.60s\"; \"aulactl programme show\" lists them.",
                 person);
    else if (e != ERR_NONE)
        snprintf(why, why_size, "There is not enough memory.");
    else
        fputs(text, out);
    free(text);
    return e;
}

enum err programme_print(FILE *out, enum ctl_show show, const char *request, const char *reply, char *why,
                         size_t why_size)
{
    json_t *asked = json_loads(request, 0, NULL), *r = json_loads(reply, 0, NULL), *links;
    const json_t *programme = json_object_get(r, "programme");
    enum err e = ERR_NONE;
    switch (show) {
    case CTL_SHOW_PROGRAMME:
        show_programme(out, programme);
        break;
    case CTL_SHOW_PROGRAMME_LINKS:
        links = with_links(programme);
        if (json_is_true(json_object_get(asked, "csv")))
            links_csv(out, links);
        else
            table_print(out, link_columns, links, "Nobody has a link.");
        json_decref(links);
        break;
    default:
        e = show_calendar(out, programme, json_string_value(json_object_get(asked, "person")), why, why_size);
        break;
    }
    json_decref(asked);
    json_decref(r);
    return e;
}
