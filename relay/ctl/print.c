#include "ctl/print.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "ctl/table.h"
#include "ctl/top.h"

static const struct table_column session_columns[] = {{"id", "ID"},           {"state", "STATE"},
                                                      {"present", "PRESENT"}, {"participants", "PEOPLE"},
                                                      {"title", "TITLE"},     {0}};

static const struct table_column programme_columns[] = {
    {"id", "ID"}, {"key", "KEY"}, {"sessions", "SESSIONS"}, {"people", "PEOPLE"}, {"title", "TITLE"}, {0}};

static const struct table_column link_columns[] = {
    {"number", "NO"},       {"name", "NAME"},         {"role", "ROLE"},
    {"place", "PLACE"},     {"language", "LANGUAGE"}, {"joined", "JOINED"},
    {"revoked", "REVOKED"}, {"expires", "EXPIRES"},   {0}};

static const struct table_column token_columns[] = {{"number", "NO"},
                                                    {"name", "NAME"},
                                                    {"words", "RIGHTS"},
                                                    {"created", "CREATED"},
                                                    {"expires", "EXPIRES"},
                                                    {"revoked", "REVOKED"},
                                                    {0}};

static const struct table_column deck_columns[] = {
    {"id", "DECK"}, {"pages", "PAGES"}, {"title", "TITLE"}, {0}};

static const struct table_column attendance_columns[] = {{"name", "NAME"},
                                                         {"role", "ROLE"},
                                                         {"place", "PLACE"},
                                                         {"time", "TIME"},
                                                         {"percent", "%"},
                                                         {"passed", "PASSED"},
                                                         {0}};

static const struct table_column people_columns[] = {
    {"id", "NO"},         {"name", "NAME"},       {"role", "ROLE"},   {"place", "PLACE"},
    {"present", "HERE"},  {"floor", "FLOOR"},     {"muted", "MUTED"}, {"hand", "HAND"},
    {"queue", "QUEUE"},   {"audible", "HEARD"},   {"tier", "TIER"},   {"transport", "BY"},
    {"packets_in", "IN"}, {"packets_out", "OUT"}, {"lost", "LOST"},   {0}};

static void print_line(FILE *out, const char *label, const json_t *value)
{
    if (value == NULL)
        return;
    char cell[TABLE_CELL_MAX];
    table_cell(value, cell);
    fprintf(out, "%s  %s\n", label, cell);
}

static void print_counters(FILE *out, json_t *counters)
{
    const char *name, *between = "";
    json_t *value;
    fputs("relay     ", out);
    json_object_foreach(counters, name, value)
    {
        char cell[TABLE_CELL_MAX];
        table_cell(value, cell);
        fprintf(out, "%s%s %s", between, name, cell);
        between = ", ";
    }
    fputc('\n', out);
}

static void print_session(FILE *out, const json_t *session)
{
    print_line(out, "session ", json_object_get(session, "id"));
    print_line(out, "title   ", json_object_get(session, "title"));
    print_line(out, "state   ", json_object_get(session, "state"));
    json_t *counters = json_object_get(session, "counters");
    if (json_is_object(counters))
        print_counters(out, counters);
    const json_t *page = json_object_get(session, "page");
    if (json_is_object(page)) {
        char deck[TABLE_CELL_MAX], number[TABLE_CELL_MAX];
        table_cell(json_object_get(page, "deck"), deck);
        table_cell(json_object_get(page, "page"), number);
        fprintf(out, "shown     page %s of deck %s\n", number, deck);
    }
    fputc('\n', out);
    if (json_array_size(json_object_get(session, "decks")) > 0) {
        table_print(out, deck_columns, json_object_get(session, "decks"), "");
        fputc('\n', out);
    }
    table_print(out, people_columns, json_object_get(session, "participants"), "Nobody has joined.");
}

/* As they are on disk; jansson escapes what would move a terminal. */
static void print_events(FILE *out, const json_t *events)
{
    size_t i;
    json_t *e;
    json_array_foreach(events, i, e)
    {
        json_dumpf(e, out, JSON_COMPACT);
        fputc('\n', out);
    }
}

/* A text of lines: what else would move a terminal is left out. */
static void print_text(FILE *out, const char *text)
{
    for (const char *c = text; *c != '\0'; c++)
        if ((unsigned char)*c >= 0x20 || *c == '\n' || *c == '\r')
            fputc(*c, out);
}

/* The words of a list, with commas; the caller's. */
static char *joined(const json_t *list)
{
    char *text = NULL;
    size_t len = 0, i;
    const json_t *word;
    FILE *f = open_memstream(&text, &len);
    if (f == NULL)
        return NULL;
    json_array_foreach(list, i, word) fprintf(f, "%s%s", i > 0 ? ", " : "", json_string_value(word));
    fclose(f);
    return text;
}

/* Seconds as h:mm:ss, and the share as per cent, are for people. */
static json_t *attendance_row(json_t *person)
{
    char text[40];
    long long s = (long long)json_integer_value(json_object_get(person, "seconds"));
    json_t *row = json_copy(person);
    snprintf(text, sizeof text, "%lld:%02lld:%02lld", s / 3600, s / 60 % 60, s % 60);
    json_object_set_new(row, "time", json_string(text));
    snprintf(text, sizeof text, "%.1f", 100 * json_number_value(json_object_get(person, "share")));
    json_object_set_new(row, "percent", json_string(text));
    char *places = joined(json_object_get(person, "places"));
    if (places != NULL && places[0] != '\0')
        json_object_set_new(row, "place", json_string(places));
    free(places);
    return row;
}

static void print_attendance(FILE *out, bool json, const json_t *reply)
{
    const json_t *statements = json_object_get(reply, "statements");
    json_t *person;
    const char *text = json_string_value(json_object_get(reply, "text"));
    if (text != NULL) {
        print_text(out, text);
    } else if (json || statements != NULL) {
        json_dumpf(statements != NULL ? statements : reply, out, JSON_COMPACT);
        fputc('\n', out);
    } else {
        json_t *rows = json_array();
        size_t i;
        json_array_foreach(json_object_get(reply, "people"), i, person)
            json_array_append_new(rows, attendance_row(person));
        table_print(out, attendance_columns, rows, "Nobody was there.");
        json_decref(rows);
    }
}

/* Rights on one line; times are ms since 1970 in the reply. */
static void print_tokens(FILE *out, const json_t *tokens)
{
    json_t *rows = json_deep_copy(tokens), *row, *right;
    size_t i, k;
    json_array_foreach(rows, i, row)
    {
        char words[TABLE_CELL_MAX] = "";
        json_array_foreach(json_object_get(row, "rights"), k, right)
        {
            size_t len = strlen(words);
            const char *word = json_string_value(right);
            snprintf(words + len, sizeof words - len, "%s%s", k ? "," : "", word ? word : "?");
        }
        json_object_set_new(row, "words", json_string(words));
    }
    table_print(out, token_columns, rows, "There are no tokens.");
    json_decref(rows);
}

static void print_erased(FILE *out, const json_t *reply)
{
    size_t i;
    const json_t *session;
    fprintf(out, "%lld rows rewritten, in sessions:",
            (long long)json_integer_value(json_object_get(reply, "rows")));
    json_array_foreach(json_object_get(reply, "sessions"), i, session)
    {
        char cell[TABLE_CELL_MAX];
        table_cell(session, cell);
        fprintf(out, " %s", cell);
    }
    fputs("\nCopies of the log, and the voice in these recordings, are yours to delete. Lists of people of "
          "programmes and certificates still name him.\n",
          out);
}

static void print_verdict(FILE *out, const json_t *reply)
{
    static const char *const members[] = {"sessions", "events", "links", "snapshots"};
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
        fprintf(out, "%s%lld %s", i ? ", " : "",
                (long long)json_integer_value(json_object_get(reply, members[i])), members[i]);
    long long wrong = (long long)json_integer_value(json_object_get(reply, "wrong"));
    const json_t *findings = json_object_get(reply, "findings"), *f;
    size_t i, count = json_array_size(findings);
    if (wrong == 0)
        fputs(": all is as it must be\n", out);
    else
        fprintf(out, ": %lld found wrong\n", wrong);
    json_array_foreach(findings, i, f)
    {
        char cell[TABLE_CELL_MAX];
        table_cell(f, cell);
        fprintf(out, "%s\n", cell);
    }
    if ((long long)count < wrong)
        fprintf(out, "and %lld more\n", wrong - (long long)count);
}

static void show(FILE *out, const struct ctl_command *command, const json_t *reply)
{
    switch (command->show) {
    case CTL_SHOW_NOTHING:
    case CTL_SHOW_LOADED:
    case CTL_SHOW_REPORT:
    case CTL_SHOW_PROGRAMME:
    case CTL_SHOW_PROGRAMME_LINKS:
    case CTL_SHOW_PROGRAMME_CALENDAR:
        break;
    case CTL_SHOW_PROGRAMMES:
        table_print(out, programme_columns, json_object_get(reply, "programmes"), "There are no programmes.");
        break;
    case CTL_SHOW_MEMBER: {
        char cell[TABLE_CELL_MAX];
        table_cell(json_object_get(reply, command->member), cell);
        fprintf(out, "%s\n", cell);
        break;
    }
    case CTL_SHOW_SESSIONS:
        table_print(out, session_columns, json_object_get(reply, "sessions"), "There are no sessions.");
        break;
    case CTL_SHOW_LINKS:
        table_print(out, link_columns, json_object_get(reply, "links"), "There are no links.");
        break;
    case CTL_SHOW_TOKENS:
        print_tokens(out, json_object_get(reply, "tokens"));
        break;
    case CTL_SHOW_SESSION:
        print_session(out, json_object_get(reply, "session"));
        break;
    case CTL_SHOW_EVENTS:
        print_events(out, json_object_get(reply, "events"));
        break;
    case CTL_SHOW_VERDICT:
        print_verdict(out, reply);
        break;
    case CTL_SHOW_ATTENDANCE:
        print_attendance(out, false, reply);
        break;
    case CTL_SHOW_ERASED:
        print_erased(out, reply);
        break;
    case CTL_SHOW_CONSOLE:
    case CTL_SHOW_TOP:
        top_print(out, reply);
        break;
    case CTL_SHOW_BACKUP:
        fprintf(out, "%lld rows, %lld bytes\n", (long long)json_integer_value(json_object_get(reply, "rows")),
                (long long)json_integer_value(json_object_get(reply, "bytes")));
        break;
    }
}

/* `show` gives the session itself, as its readers expect; all others the reply without its `ok`. jansson
 * escapes control characters. */
static void show_json(FILE *out, const struct ctl_command *command, json_t *reply)
{
    if (command->show == CTL_SHOW_EVENTS) {
        print_events(out, json_object_get(reply, "events"));
        return;
    }
    json_object_del(reply, "ok");
    if (command->show == CTL_SHOW_ATTENDANCE) {
        print_attendance(out, true, reply);
        return;
    }
    const json_t *what = command->show == CTL_SHOW_SESSION ? json_object_get(reply, "session") : reply;
    json_dumpf(what, out, JSON_COMPACT);
    fputc('\n', out);
}

/* What `show` needs must be there before any of it is shown. */
static bool is_whole(const struct ctl_command *command, const json_t *reply)
{
    switch (command->show) {
    case CTL_SHOW_MEMBER:
        return json_object_get(reply, command->member) != NULL;
    case CTL_SHOW_SESSIONS:
        return json_is_array(json_object_get(reply, "sessions"));
    case CTL_SHOW_LINKS:
        return json_is_array(json_object_get(reply, "links"));
    case CTL_SHOW_TOKENS:
        return json_is_array(json_object_get(reply, "tokens"));
    case CTL_SHOW_SESSION:
        return json_is_object(json_object_get(reply, "session"));
    case CTL_SHOW_ERASED:
        return json_is_array(json_object_get(reply, "sessions"));
    case CTL_SHOW_EVENTS:
        return json_is_array(json_object_get(reply, "events"));
    case CTL_SHOW_ATTENDANCE:
        return json_is_array(json_object_get(reply, "people")) ||
               json_is_array(json_object_get(reply, "statements")) ||
               json_is_string(json_object_get(reply, "text"));
    case CTL_SHOW_VERDICT:
        return json_is_boolean(json_object_get(reply, "good")) &&
               json_is_array(json_object_get(reply, "findings"));
    case CTL_SHOW_CONSOLE:
    case CTL_SHOW_TOP:
        return json_is_object(json_object_get(reply, "relay"));
    case CTL_SHOW_PROGRAMMES:
        return json_is_array(json_object_get(reply, "programmes"));
    case CTL_SHOW_PROGRAMME:
    case CTL_SHOW_PROGRAMME_LINKS:
    case CTL_SHOW_PROGRAMME_CALENDAR:
        return json_is_object(json_object_get(reply, "programme"));
    case CTL_SHOW_NOTHING:
    case CTL_SHOW_REPORT:
    case CTL_SHOW_LOADED:
    case CTL_SHOW_BACKUP:
        break;
    }
    return true;
}

enum err print_next(const char *reply, char **request, size_t *request_len)
{
    json_t *r = json_loads(reply, 0, NULL), *asked = json_loads(*request, 0, NULL);
    json_t *next = json_object_get(r, "next");
    char *text = NULL;
    if (next != NULL && json_object_set(asked, "from", next) == 0)
        text = json_dumps(asked, JSON_COMPACT);
    if (text != NULL) {
        free(*request);
        *request = text;
        *request_len = strlen(text);
    }
    json_decref(r);
    json_decref(asked);
    return text != NULL ? ERR_NONE : ERR_UNKNOWN;
}

enum print_answer print_reply(FILE *out, const struct ctl_command *command, bool json, const char *reply,
                              char *why, size_t why_size)
{
    json_t *r = json_loads(reply, JSON_REJECT_DUPLICATES, NULL);
    const json_t *ok = json_object_get(r, "ok");
    enum print_answer answer = PRINT_DONE;
    if (json_is_true(ok) && is_whole(command, r)) {
        bool bad = command->show == CTL_SHOW_VERDICT && !json_is_true(json_object_get(r, "good"));
        if (bad) {
            answer = PRINT_BAD;
            snprintf(why, why_size, "The event log is not as it must be. Put a copy of it back.");
        }
        if (json)
            show_json(out, command, r);
        else
            show(out, command, r);
    } else if (json_is_false(ok)) {
        answer = json_is_true(json_object_get(r, "usage")) ? PRINT_USAGE : PRINT_REFUSED;
        char cell[TABLE_CELL_MAX];
        table_cell(json_object_get(r, "why"), cell);
        snprintf(why, why_size, "%s", cell);
    } else {
        answer = PRINT_ODD;
        snprintf(
            why, why_size,
            "The answer is not one that this aulactl understands. Are aulad and aulactl of one version?");
    }
    json_decref(r);
    return answer;
}
